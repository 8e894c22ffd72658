//! `chartc golden` as users run it: what it finds, writes and removes, and how it ends.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 1.0.0\n";

const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  labels:
    helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
data:
  kubernetes: {{ .Capabilities.KubeVersion.Version }}
  size: {{ .Values.size | quote }}
";

const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: {{ .Values.password }}\n";

const CONFIG: &str = "\
golden: {directory: expected}
charts:
  - path: shop
    cases: [{name: small}]
";

/// A folder with a chart of two templates and its `chartc.yaml`.
struct Project(PathBuf);

impl Project {
    fn new(name: &str) -> Project {
        let folder =
            std::env::temp_dir().join(format!("chartc-golden-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&folder));
        let project = Project(folder);
        project.write("shop/Chart.yaml", CHART);
        project.write("shop/values.yaml", "size: 1\npassword: secret\n");
        project.write("shop/templates/settings.yaml", CONFIG_MAP);
        project.write("shop/templates/secret.yaml", SECRET);
        project.write("chartc.yaml", CONFIG);
        project
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.0.join(path)).unwrap();
        self.write(path, &text.replace(from, to));
    }

    /// The exit code, and rule and message of each finding.
    fn run(&self, args: &[&str], key: &str) -> (i32, Vec<String>) {
        let output = Command::new(env!("CARGO_BIN_EXE_chartc"))
            .args(args)
            .current_dir(&self.0)
            .env("CHARTC_MASK_KEY", key)
            .output()
            .unwrap();
        let text =
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code().unwrap(), text.lines().map(str::to_owned).collect())
    }

    /// Runs `chartc golden`: the exit code and the findings, one in a line.
    #[track_caller]
    fn check(&self, code: i32, expected: &[&str]) {
        self.check_with("", code, expected);
    }

    #[track_caller]
    fn check_with(&self, key: &str, code: i32, expected: &[&str]) {
        let (found_code, lines) = self.run(&["golden", "--output-format", "json-lines"], key);
        let message = |line: &String| {
            let finding: serde_json::Value = serde_json::from_str(line).unwrap();
            format!(
                "{}: {}",
                finding["rule"].as_str().unwrap(),
                finding["message"].as_str().unwrap()
            )
        };
        let found: Vec<String> = lines.iter().map(message).collect();
        assert_eq!(found, expected);
        assert_eq!(found_code, code);
    }

    #[track_caller]
    fn update(&self, key: &str) {
        let (code, lines) = self.run(&["golden", "--update"], key);
        assert_eq!(code, 0, "{lines:?}");
    }

    /// All golden files.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.0.join("expected")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.insert(name(&self.0, &path), fs::read_to_string(&path).unwrap());
                }
            }
        }
        files
    }

    fn names(&self) -> String {
        self.files().into_keys().collect::<Vec<_>>().join(" ")
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

fn name(root: &Path, path: &Path) -> String {
    let inside = path.strip_prefix(root.join("expected")).unwrap();
    inside.to_string_lossy().replace('\\', "/")
}

const SETTINGS: &str = "expected/shop/small/shop/templates/settings.yaml";

#[test]
fn missing_files_are_found_written_and_compared() {
    let project = Project::new("missing");
    project.check(
        1,
        &[
            "golden: no golden file expected/shop/small/shop/templates/secret.yaml, but the chart renders it",
            "golden: no golden file expected/shop/small/shop/templates/settings.yaml, but the chart renders it",
        ],
    );
    assert_eq!(project.names(), "");
    project.update("");
    assert_eq!(
        project.names(),
        "shop/small/shop/templates/secret.yaml shop/small/shop/templates/settings.yaml"
    );
    project.check(0, &[]);
    project.replace("shop/values.yaml", "size: 1", "size: 2");
    project.check(
        1,
        &[&format!(
            "golden: {SETTINGS} differs from what the chart renders: 1 object changed (1 field)"
        )],
    );
}

#[test]
fn stale_files_and_cases_are_found_and_removed() {
    let project = Project::new("stale");
    project.update("");
    project.write("expected/shop/small/shop/templates/old.yaml", "kind: Pod\n");
    project.write("expected/shop/large/shop/templates/settings.yaml", "kind: Pod\n");
    project.write("expected/gone/small/x.yaml", "kind: Pod\n");
    project.check(
        1,
        &[
            "golden: golden file expected/shop/small/shop/templates/old.yaml is stale: the chart renders no such file any more",
            "golden: golden files in expected/shop/large are stale: no case has this name",
            "golden: golden files in expected/gone are stale: no case has this name",
        ],
    );
    project.update("");
    assert_eq!(
        project.names(),
        "shop/small/shop/templates/secret.yaml shop/small/shop/templates/settings.yaml"
    );
    assert!(!project.0.join("expected/gone").exists());
}

#[test]
fn noise_has_an_exit_code_of_its_own() {
    let project = Project::new("noise");
    project.update("");
    project.replace("shop/Chart.yaml", "1.0.0", "1.1.0");
    project.check(3, &[&format!("golden-noise: {SETTINGS} differs only in `helm.sh/chart`")]);
    project.replace("shop/values.yaml", "size: 1", "size: 2");
    project.check(
        1,
        &[&format!(
            "golden: {SETTINGS} differs from what the chart renders: 1 object changed (2 fields)"
        )],
    );
}

#[test]
fn masked_labels_never_differ() {
    let project = Project::new("mask");
    project.replace("chartc.yaml", "expected}", "expected, mask: [helm.sh/chart]}");
    project.update("");
    project.replace("shop/Chart.yaml", "1.0.0", "1.1.0");
    project.check(0, &[]);
    assert!(
        project.files()["shop/small/shop/templates/settings.yaml"]
            .contains("helm.sh/chart: masked\n")
    );
}

#[test]
fn layout_does_not_count_among_objects() {
    let project = Project::new("objects");
    project.update("");
    project.replace("shop/templates/settings.yaml", "kind: ConfigMap", "kind: 'ConfigMap' # a map");
    project.check(
        3,
        &[&format!("golden-noise: {SETTINGS} differs only in layout: the objects are the same")],
    );
    project.replace("chartc.yaml", "expected}", "expected, compare: objects}");
    project.check(0, &[]);
}

#[test]
fn a_case_has_golden_files_for_each_of_its_versions() {
    let project = Project::new("versions");
    project.replace("chartc.yaml", "{name: small}", "{name: small, kube-versions: 1.35..1.36}");
    project.replace("chartc.yaml", "expected}", "expected, layout: cases}");
    project.update("");
    let files = project.files();
    let versions: Vec<String> = files
        .iter()
        .map(|(name, text)| {
            let line = text.lines().find(|line| line.contains("kubernetes:"));
            format!("{name}{}", line.unwrap_or_default())
        })
        .collect();
    assert_eq!(
        versions,
        [
            "shop/small/1.35/manifests.yaml  kubernetes: v1.35",
            "shop/small/1.36/manifests.yaml  kubernetes: v1.36",
        ]
    );
    project.check(0, &[]);
    project.replace("chartc.yaml", "1.35..1.36", "'1.36'");
    project.check(
        1,
        &[
            "golden: golden file expected/shop/small/1.35/manifests.yaml is stale: the chart renders no such file any more",
            "golden: golden file expected/shop/small/1.36/manifests.yaml is stale: the chart renders no such file any more",
            "golden: no golden file expected/shop/small/manifests.yaml, but the chart renders it",
        ],
    );
}

#[test]
fn changes_of_secrets_show_only_with_a_key() {
    let project = Project::new("secrets");
    let secret = "expected/shop/small/shop/templates/secret.yaml";
    project.update("");
    assert!(
        project.files()["shop/small/shop/templates/secret.yaml"].contains("password: masked\n")
    );
    project.replace("shop/values.yaml", "password: secret", "password: other");
    project.check(0, &[]);
    project.update("key");
    assert!(!project.files().values().any(|text| text.contains("other")));
    project.check_with("key", 0, &[]);
    // Who has no key cannot tell, and is not bothered.
    project.check(0, &[]);
    project.replace("shop/values.yaml", "password: other", "password: third");
    project.check(0, &[]);
    project.check_with(
        "key",
        1,
        &[&format!(
            "golden: {secret} differs from what the chart renders: 1 object changed (1 field)"
        )],
    );
}

#[test]
fn an_update_that_fails_leaves_all_files_as_they_were() {
    let project = Project::new("atomic");
    project.update("");
    let before = project.files();
    project.replace("shop/values.yaml", "size: 1", "size: 2");
    project
        .write("shop/templates/z.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: z}\n");
    // A folder stands where a file has to go.
    fs::create_dir_all(project.0.join("expected/shop/small/shop/templates/z.yaml/in-the-way"))
        .unwrap();
    let (code, lines) = project.run(&["golden", "--update"], "");
    assert_eq!(code, 2);
    assert!(
        lines[0].starts_with("error: cannot update golden files, all are as they were: "),
        "{lines:?}"
    );
    assert_eq!(project.files(), before);
}

#[test]
fn names_of_cases_are_names_of_folders() {
    let project = Project::new("names");
    project.replace("chartc.yaml", "{name: small}", "{name: ../small}, {name: a}, {name: a}");
    let (code, lines) = project.run(&["golden", "--output-format", "concise"], "");
    assert_eq!(code, 2);
    assert!(
        lines[0].contains("`name` `../small` cannot be the name of a folder of golden files"),
        "{lines:?}"
    );
    assert!(lines[1].contains("two cases are named `a`"), "{lines:?}");
}
