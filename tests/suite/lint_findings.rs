//! Small manifests with one defect each: the rule that is meant finds it, where it is.
//!
//! The manifests are those of the conformance family `lint`; `tests/rules/lint_findings.txt` says of each
//! which rule is meant, and at which field. Errors and warnings besides are false alarms.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

const EXPECTED: &str = include_str!("../rules/lint_findings.txt");

#[test]
fn the_rule_that_is_meant_fires_where_the_defect_is() {
    let Some(cases) = cases() else {
        let line = "left out: findings in the conformance family `lint`: no CHARTC_CONFORMANCE\n";
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    let expected = expected();
    let mut wrong = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        if let Some(expected) = expected.get(id) {
            let found = findings(case["manifest"].as_str().unwrap(), expected);
            wrong.extend(judge(expected, &found).map(|problem| format!("{id}: {problem}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What a line of the table expects.
enum Expected {
    /// No error and no warning.
    Silence,
    /// A finding of this rule at this field; the rule may have to be asked for.
    Finding { rule: &'static str, field: &'static str, opt_in: bool },
}

/// Lines such as `ID RULE FIELD`; `+RULE` runs only on demand, `-` stands for no finding.
fn expected() -> BTreeMap<&'static str, Expected> {
    let lines = EXPECTED.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let parsed = lines.map(|line| {
        let mut words = line.split(' ');
        let (id, rule) = (words.next().unwrap(), words.next().unwrap());
        let field = words.next().unwrap_or_default();
        let opt_in = rule.starts_with('+');
        let rule = rule.trim_start_matches('+');
        let finding = Expected::Finding { rule, field, opt_in };
        (id, if rule == "-" { Expected::Silence } else { finding })
    });
    parsed.collect()
}

fn judge(expected: &Expected, found: &[Value]) -> Option<String> {
    let Expected::Finding { rule, field, .. } = expected else {
        let loud = found.iter().find(|one| one["severity"] != "info")?;
        return Some(format!("false alarm: {loud}"));
    };
    let meant = found
        .iter()
        .any(|one| one["rule"] == **rule && one["field"].as_str().unwrap_or_default() == *field);
    (!meant).then(|| format!("no `{rule}` at `{field}`"))
}

fn findings(manifest: &str, expected: &Expected) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartc"));
    command.args(["check", "--output-format", "json", "-"]).current_dir(std::env::temp_dir());
    if let Expected::Finding { rule, opt_in: true, .. } = expected {
        command.args(["--extend-select", rule]);
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(manifest.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["findings"].as_array().unwrap().clone()
}

fn cases() -> Option<Vec<Value>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut beside = beside.ancestors().map(|folder| folder.join("shared/conformance"));
    let named = std::env::var_os("CHARTC_CONFORMANCE").map(PathBuf::from);
    let directory = named.or_else(|| beside.find(|folder| folder.is_dir()))?;
    let text = fs::read_to_string(directory.join("lint/cases.jsonl")).ok()?;
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
