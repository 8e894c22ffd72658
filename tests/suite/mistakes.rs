//! The mistakes that the documents of the five systems warn of (`tests/seeds/mistakes.md`), each with
//! the rule that must find it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// One entry of the list.
struct Mistake<'a> {
    title: &'a str,
    rule: &'a str,
    input: Input<'a>,
}

enum Input<'a> {
    Manifests(&'a str),
    /// What to check, with flags.
    Arguments(&'a str),
}

#[test]
fn every_mistake_is_found_by_its_rule() {
    let list = fs::read_to_string(root().join("tests/seeds/mistakes.md")).unwrap();
    let mut missed = Vec::new();
    let mut count = 0;
    for mistake in list.split("\n### ").skip(1).map(read) {
        count += 1;
        let found = rules(&mistake.input);
        if !found.contains(mistake.rule) {
            missed.push(format!("{}: no {} among {found:?}", mistake.title, mistake.rule));
        }
    }
    assert!(count > 40, "the list has {count} entries");
    assert!(missed.is_empty(), "\n{}\n", missed.join("\n"));
}

/// A manifest as its document has it may be unwise, but the API server takes it.
#[test]
fn manifests_of_the_documents_are_accepted() {
    for file in ["tests/seeds/gke.yaml", "tests/seeds/ingress.yaml"] {
        let found = rules(&Input::Arguments(file));
        for refusal in ["invalid-value", "unknown-field", "required-field", "unsupported-value"] {
            assert!(!found.contains(refusal), "{file}: {found:?}");
        }
    }
}

fn read(entry: &str) -> Mistake<'_> {
    let (title, rest) = entry.split_once('\n').unwrap();
    assert!(rest.contains("Section: "), "{title}: no section");
    let (_, rule) = rest.split_once("Rule: `").unwrap_or_else(|| panic!("{title}: no rule"));
    let rule = rule.split('`').next().unwrap_or_default();
    let block = |fence: &str| {
        let (_, block) = rest.split_once(&format!("```{fence}\n"))?;
        block.split("```").next()
    };
    let input = match (block("yaml"), block("console")) {
        (Some(manifests), _) => Input::Manifests(manifests),
        (None, Some(arguments)) => Input::Arguments(arguments.trim()),
        (None, None) => panic!("{title}: no input"),
    };
    Mistake { title, rule, input }
}

/// The rules that find something.
fn rules(input: &Input<'_>) -> BTreeSet<String> {
    let (arguments, manifests) = match *input {
        Input::Manifests(manifests) => ("-", manifests),
        Input::Arguments(arguments) => (arguments, ""),
    };
    let mut child = Command::new(env!("CARGO_BIN_EXE_chartc"))
        .args(["lint", "--output-format", "json-lines"])
        .args(arguments.split(' '))
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(manifests.as_bytes()).unwrap();
    let output = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let rule = |line: &str| {
        let finding: serde_json::Value = serde_json::from_str(line).unwrap();
        finding["rule"].as_str().unwrap().to_owned()
    };
    output.lines().map(rule).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
