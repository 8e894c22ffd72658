//! The examples of `docs/custom-rules.md` do what the page says, and mistakes in expressions are told with
//! their places.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs `check` in a folder with these files; the lines of the report without its summary.
#[track_caller]
fn check(files: &[(&str, &str)], arguments: &[&str], expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartc"));
    command.args(["check", "--output-format", "concise", "--select", "custom"]).args(arguments);
    let output = command.current_dir(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // What other stages say is not looked at.
    let lines: Vec<&str> = text.lines().filter(|line| line.contains(": ")).collect();
    let lines: Vec<&str> = lines.into_iter().filter(|line| line.contains('[')).collect();
    assert_eq!(lines, expected);
}

/// The blocks of code of a page in order.
fn blocks(page: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    blocks.map(|block| block.split_once('\n').unwrap().1.to_owned()).collect()
}

#[test]
fn the_page_tells_the_truth() {
    let blocks = blocks("docs/custom-rules.md");
    let [config, manifest, report, policy, policy_report] = &blocks[..] else {
        panic!("the page has {} blocks", blocks.len());
    };
    let lines = |report: &str| report.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let files = [("chartc.yaml", config.as_str()), ("web.yaml", manifest.as_str())];
    let expected = lines(report);
    check(&files, &["web.yaml"], &expected.iter().map(String::as_str).collect::<Vec<_>>());
    let files = [("policy.yaml", policy.as_str()), ("web.yaml", manifest.as_str())];
    let expected = lines(policy_report);
    let arguments = ["--policy", "policy.yaml", "web.yaml"];
    check(&files, &arguments, &expected.iter().map(String::as_str).collect::<Vec<_>>());
}

const WEB: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n";

#[track_caller]
fn check_rule(rule: &str, expected: &[&str]) {
    let config = format!("custom-rules:\n  - name: own\n{rule}");
    check(&[("chartc.yaml", config.as_str()), ("web.yaml", WEB)], &["web.yaml"], expected);
}

#[test]
fn mistakes_are_told_with_their_places() {
    check_rule(
        "    cel: object.metadata.name == nme\n    message: wrong\n",
        &[
            "chartc.yaml:3:10: error[config] `cel` of rule `own`, line 1: undeclared reference to 'nme'",
        ],
    );
    check_rule(
        "    jinja: object.metadata.name ==\n    message: wrong\n",
        &[
            "chartc.yaml:3:12: error[config] `jinja` of rule `own`, line 1: unexpected end of input, expected expression",
        ],
    );
    check_rule(
        "    message: wrong\n",
        &["chartc.yaml:2:5: error[config] rule `own` needs either `cel` or `jinja`"],
    );
}

#[test]
fn what_an_object_lacks_is_told_where_it_lies() {
    check_rule(
        "    cel: object.spec.replicas > 1\n    message: wrong\n",
        &[
            "web.yaml:1:1: error[own] custom rule `own` cannot be evaluated here: No such key: spec (ConfigMap web)",
        ],
    );
    check_rule(
        "    cel: \"!has(object.spec) || object.spec.replicas > 1\"\n    message: wrong\n",
        &[],
    );
}

#[track_caller]
fn check_policy(spec: &str, expected: &[&str]) {
    let policy = format!(
        "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n\
         metadata:\n  name: own\nspec:\n  matchConstraints:\n    resourceRules:\n    - apiGroups: ['']\n      \
         apiVersions: [v1]\n      operations: [CREATE]\n      resources: [configmaps]\n{spec}"
    );
    let files = [("policy.yaml", policy.as_str()), ("web.yaml", WEB)];
    check(&files, &["--policy", "policy.yaml", "web.yaml"], expected);
}

#[test]
fn policies() {
    check_policy(
        "  variables:\n  - name: given\n    expression: object.metadata.name\n  validations:\n  \
         - expression: variables.given != 'web'\n    messageExpression: \"'not ' + variables.given\"\n",
        &["web.yaml:1:1: error[own] policy `own`: not web (ConfigMap web)"],
    );
    check_policy(
        "  matchConditions:\n  - name: c\n    expression: object.metadata.name != 'web'\n  validations:\n  \
         - expression: 'false'\n",
        &[],
    );
    check_policy(
        "  validations:\n  - expression: object.spec.x == 1\n",
        &[
            "web.yaml:1:1: error[own] policy `own`: expression 'object.spec.x == 1' resulted in error: No such key: spec (ConfigMap web)",
        ],
    );
    check_policy(
        "  failurePolicy: Ignore\n  validations:\n  - expression: object.spec.x == 1\n",
        &[],
    );
    check_policy(
        "  validations:\n  - expression: authorizer.serviceAccount('a', 'b').check('get').allowed()\n",
        &[
            "policy.yaml:13:17: error[config] policy `own` has an `expression` that does not compile, line 1: undeclared reference to 'authorizer' (in `authorizer.serviceAccount('a', 'b').check('get').allowed()`)",
        ],
    );
    check_policy(
        "  paramKind: {apiVersion: v1, kind: ConfigMap}\n  validations:\n  - expression: params.x\n",
        &[
            "policy.yaml:12:14: error[config] policy `own` needs parameters (`paramKind`), which no manifest can tell",
        ],
    );
}
