//! What a user accepts is not reported, and what accepts nothing is.

use crate::folder::Folder;

const CHART: &str = "apiVersion: v2\nname: app\nversion: 1.0.0\n";

const VALUES: &str = "hostPID: true\nimage: nginx:latest\n";

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: app
spec:
  hostPID: {{ .Values.hostPID }}
  containers:
    - name: main
      image: {{ .Values.image }}
";

const HOST_PID: &str = "templates/pod.yaml:6:12: warning[host-pid] the pods of Pod `app` share the \
                        process list of their node (spec.hostPID)\n";

const IMAGE: &str = "templates/pod.yaml:9:14: warning[image-tag] image `nginx:latest` is whatever was \
                     pushed last (Pod app, spec.containers[0].image)\n";

/// The chart with some files in place of its own.
fn chart(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new(&[
        ("Chart.yaml", CHART),
        ("values.yaml", VALUES),
        ("templates/pod.yaml", POD),
        ("chartc.yaml", "select: [host-pid, image-tag, unused-ignore]\n"),
    ]);
    files.iter().for_each(|(path, text)| folder.write(path, text));
    folder
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    assert_eq!(chart(files).check(&["."]), expected);
}

fn unused(place: &str, word: &str) -> String {
    format!("{place}: warning[unused-ignore] nothing to ignore here: `{word}` finds no problem\n")
}

#[test]
fn nothing_is_accepted_by_itself() {
    check(&[], &[HOST_PID, IMAGE].concat());
}

#[test]
fn a_comment_in_values_is_about_its_line_or_the_next() {
    let behind =
        "hostPID: true # chartc: ignore[host-pid]: it is a debugger\nimage: nginx:latest\n";
    check(&[("values.yaml", behind)], IMAGE);
    let above = "# chartc: ignore[host-pid]\nhostPID: true\nimage: nginx:latest\n";
    check(&[("values.yaml", above)], IMAGE);
    let two = "# chartc: ignore[image-tag]\n# chartc: ignore[host-pid]\nhostPID: true\nimage: nginx:latest\n";
    let expected = [IMAGE, &unused("values.yaml:1:3", "image-tag")].concat();
    check(&[("values.yaml", two)], &expected);
}

#[test]
fn a_comment_behind_a_line_is_not_about_the_next() {
    let behind = "x: 1 # chartc: ignore[host-pid]\nhostPID: true\nimage: nginx:latest\n";
    let expected = [HOST_PID, IMAGE, &unused("values.yaml:1:8", "host-pid")].concat();
    check(&[("values.yaml", behind)], &expected);
}

#[test]
fn a_comment_in_a_template_is_about_its_line_or_the_next() {
    let above = POD.replace("  hostPID", "  {{- /* chartc: ignore[host-pid]: why */}}\n  hostPID");
    let expected = IMAGE.replace(":9:", ":10:");
    check(&[("templates/pod.yaml", &above)], &expected);
    let behind = POD.replace(".hostPID }}", ".hostPID }} {{/* chartc: ignore[host-pid] */}}");
    check(&[("templates/pod.yaml", &behind)], IMAGE);
    let yaml = POD.replace("  hostPID", "  # chartc: ignore[host-pid]\n  hostPID");
    check(&[("templates/pod.yaml", &yaml)], &expected);
}

#[test]
fn a_comment_can_be_about_several_rules_or_a_group() {
    let several = "# chartc: file-ignore[host-pid, image-tag]: not ours\n".to_owned() + VALUES;
    check(&[("values.yaml", &several)], "");
    let group = "# chartc: file-ignore[security]: not ours\n".to_owned() + VALUES;
    check(&[("values.yaml", &group)], "");
}

#[test]
fn other_linters_names_count() {
    let alias = VALUES.replace("nginx:latest", "nginx:latest # chartc: ignore[latest-tag]");
    check(&[("values.yaml", &alias)], HOST_PID);
}

#[test]
fn annotations_accept_for_their_object() {
    let with = |annotation: &str| {
        POD.replace("  name: app", &format!("  name: app\n  annotations:\n    {annotation}"))
    };
    let own = HOST_PID.replace(":6:", ":8:");
    check(&[("templates/pod.yaml", &with("chartc.dev/ignore: image-tag"))], &own);
    check(&[("templates/pod.yaml", &with("chartc.dev/ignore: 'image-tag, host-pid'"))], "");
    let linter = with("ignore-check.kube-linter.io/latest-tag: it is pinned by the registry");
    check(&[("templates/pod.yaml", &linter)], &own);
    check(&[("templates/pod.yaml", &with("kube-linter.io/ignore-all: not ours"))], "");
    check(&[("templates/pod.yaml", &with("kube-score/ignore: container-image-tag"))], &own);
}

#[test]
fn an_annotation_that_accepts_nothing_is_told_unless_it_is_anothers() {
    let with = |annotation: &str| {
        POD.replace("  name: app", &format!("  name: app\n  annotations:\n    {annotation}"))
    };
    let none = [("values.yaml", "hostPID: false\nimage: nginx:1.29\n")];
    let own = with("chartc.dev/ignore: host-pid");
    let expected = unused("templates/pod.yaml:6:24", "host-pid");
    check(&[none[0], ("templates/pod.yaml", &own)], &expected);
    let other = with("ignore-check.kube-linter.io/host-pid: why");
    check(&[none[0], ("templates/pod.yaml", &other)], "");
}

const IGNORE: &str = "\
select: [host-pid, image-tag, unused-ignore]
ignores:
  - rule: host-pid
    kind: P*
    name: app
    chart: app
    reason: it is a debugger
  - rule: image-tag
    kind: Job
    reason: there is none
";

#[test]
fn the_configuration_accepts_by_chart_kind_and_name() {
    let expected = [IMAGE, &unused("chartc.yaml:8:5", "image-tag")].concat();
    check(&[("chartc.yaml", IGNORE)], &expected);
}

#[test]
fn an_entry_without_a_reason_is_refused() {
    let config = "select: [host-pid]\nignores:\n  - rule: host-pid\n";
    let found = chart(&[("chartc.yaml", config)]).check(&["."]);
    assert_eq!(
        found.lines().next(),
        Some("chartc.yaml:3:5: error[config] `ignores` needs the key `reason`")
    );
}

const CONFIG: &str = "\
select: [host-pid, host-ipc, image-tag, golden, unused-ignore]
ignores: [{rule: golden, reason: why}, {rule: host-ipc, reason: why}]
";

#[test]
fn only_what_ran_can_be_stale() {
    let files = [
        ("values.yaml", "hostPID: false # chartc: ignore[host-pid]\nimage: nginx:1.29\n"),
        ("chartc.yaml", CONFIG),
    ];
    let folder = chart(&files);
    let found = |args: &[&str]| folder.check(args);
    let stale = [unused("chartc.yaml:2:40", "host-ipc"), unused("values.yaml:1:18", "host-pid")];
    assert_eq!(found(&["--select", "image-tag,unused-ignore", "."]), "");
    assert_eq!(found(&["--ignore", "host-pid,host-ipc,security", "."]), "");
    assert_eq!(found(&["--set", "a=b", "."]), "");
    assert_eq!(found(&["--select", "host-pid,host-ipc,unused-ignore", "."]), stale.concat());
}

#[test]
fn a_document_about_suppressions_is_none() {
    check(&[("README.md", "# chartc: ignore[no-pdb]: an example\n")], &[HOST_PID, IMAGE].concat());
}

#[test]
fn a_baseline_accepts_what_was_there() {
    let folder = chart(&[]);
    let (_, said) = folder.outputs(&["check", "--write-baseline", "baseline.json", "."]);
    assert_eq!(said, "2 findings accepted in baseline.json\n");
    assert_eq!(folder.check(&["--baseline", "baseline.json", "."]), "");
}

#[test]
fn a_baseline_outlives_edits_elsewhere() {
    let folder = chart(&[]);
    folder.run(&["check", "--write-baseline", "baseline.json", "."]);
    folder.write("values.yaml", "other: 1\n\n\nimage: nginx:latest\nhostPID: true\n");
    folder.write("templates/pod.yaml", &format!("# a comment\n\n{POD}"));
    assert_eq!(folder.check(&["--baseline", "baseline.json", "."]), "");
    let again = POD.replace("  hostPID", "  hostIPC: true\n  hostPID");
    folder.write("templates/pod.yaml", &again);
    let found = folder.check(&["--baseline", "baseline.json", "--extend-select", "host-ipc", "."]);
    let expected = "templates/pod.yaml:6:12: warning[host-ipc] the pods of Pod `app` share the shared memory \
                    of their node (spec.hostIPC)\n";
    assert_eq!(found, expected);
}

#[test]
fn entries_of_a_baseline_that_are_gone_are_told() {
    let folder =
        chart(&[("chartc.yaml", "select: [host-pid, unused-ignore]\nbaseline: baseline.json\n")]);
    folder.run(&["check", "--write-baseline", "baseline.json", "."]);
    folder.write("values.yaml", "hostPID: false\nimage: nginx\n");
    let expected = "baseline.json:4:56: info[unused-ignore] the baseline accepts a finding of `host-pid` \
                    that is gone\n";
    assert_eq!(folder.check(&["."]), expected);
    folder.run(&["check", "--write-baseline", "baseline.json", "."]);
    assert_eq!(folder.read("baseline.json"), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
}

#[test]
fn words_for_rules_mean_something() {
    let config = "\
select: [host-pdi, host-pid, own, security]
ignore: [latest-tag]
rules:
  image-tags: {severity: error}
custom-rules:
  - {name: own, message: m, cel: \"true\"}
";
    let unknown = |place: &str, word: &str| {
        format!("chartc.yaml:{place}: error[config] no rule, group or preset is called `{word}`\n")
    };
    check(
        &[("chartc.yaml", config), ("templates/pod.yaml", "")],
        &[unknown("1:10", "host-pdi"), unknown("4:15", "image-tags")].concat(),
    );
}
