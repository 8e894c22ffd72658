//! Reports in every format, as their consumers read them.
#![allow(clippy::wildcard_enum_match_arm, reason = "of XML only elements matter here")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Value, json};

use crate::folder::Folder;

/// A chart with a template that is included, a value of a case, and letters of two bytes before a finding.
fn chart() -> Folder {
    Folder::new(&[
        ("Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"),
        ("chartc.yaml", "select: [host-pid, image-tag]\n"),
        ("values.yaml", "image: nginx:latest\n"),
        ("ci/small-values.yaml", "size: small\n"),
        (
            "templates/_pod.tpl",
            "{{- define \"app.spec\" -}}\nhostPID: true\ncontainers:\n  - {name: \"é\", image: {{ .Values.image }}}\n{{- end }}\n",
        ),
        (
            "templates/my pod.yaml",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: app\nspec:\n  {{- include \"app.spec\" . | nindent 2 }}\n",
        ),
    ])
}

fn report(format: &str) -> String {
    chart().run(&["check", "--output-format", format, "."])
}

fn json_of(format: &str) -> Value {
    serde_json::from_str(&report(format)).unwrap()
}

#[track_caller]
fn check_schema(document: &Value, schema: &str) {
    // The pattern for languages in OASIS' schema closes a bracket that it did not open.
    let text = schema_text(schema).replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

fn schema_text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas");
    fs::read_to_string(folder.join(name)).unwrap()
}

const HOST_PID: &str = "the pods of Pod `app` share the process list of their node";
const IMAGE: &str = "image `nginx:latest` is whatever was pushed last";

#[test]
fn a_finding_of_two_cases_is_shown_once() {
    let shown = report("concise");
    let found: Vec<&str> = shown.lines().collect();
    assert_eq!(
        found[0],
        format!(
            "templates/_pod.tpl:2:10: warning[host-pid] {HOST_PID} (spec.hostPID; default, small)"
        )
    );
    assert_eq!(
        found[1],
        format!(
            "templates/_pod.tpl:4:24: warning[image-tag] {IMAGE} (Pod app, spec.containers[0].image; default, small)"
        )
    );
    assert!(found[2].starts_with("1 chart, 2 cases, 2 objects: 2 warnings ("), "{}", found[2]);
}

#[test]
fn grouped_names_each_file_once() {
    let shown = report("grouped");
    let expected = format!(
        "templates/_pod.tpl\n  2:10  warning[host-pid] {HOST_PID} (spec.hostPID; default, small)\n  4:24  \
         warning[image-tag] {IMAGE} (Pod app, spec.containers[0].image; default, small)\n\n"
    );
    assert!(shown.starts_with(&expected), "{shown}");
}

#[test]
fn full_shows_every_place_once() {
    let shown = report("full");
    let expected = "\
image-tag

  ⚠ image `nginx:latest` is whatever was pushed last
   ╭─[templates/_pod.tpl:4:24]
 3 │ containers:
 4 │   - {name: \"é\", image: {{ .Values.image }}}
   ·                        ───────────────────
 5 │ {{- end }}
   ╰────
  in             Pod app: spec.containers[0].image
  included from  templates/my pod.yaml:6:7
                 │ {{- include \"app.spec\" . | nindent 2 }}
  set in         values.yaml:1:8
                 │ image: nginx:latest
  rendered in    app/templates/my pod.yaml:8:26
                 │ - {name: \"é\", image: nginx:latest}
  cases          default, small
  help           name a version or a digest, so that all pods run the same and a rollback rolls back
";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn a_pipe_gets_no_colour() {
    let folder = chart();
    assert!(!folder.run(&["check", "."]).contains('\x1b'));
    let forced = folder.run(&["check", "--output-format", "concise", "--color", "always", "."]);
    assert!(
        forced.starts_with("templates/_pod.tpl:2:10: \x1b[33mwarning\x1b[0m[host-pid] "),
        "{forced}"
    );
}

#[test]
fn json_holds_every_place() {
    let document = json_of("json");
    let summary =
        json!({"charts": 1, "cases": 2, "objects": 2, "errors": 0, "warnings": 2, "infos": 0});
    assert_eq!(document["version"], 1);
    assert_eq!(document["summary"], summary);
    let found = &document["findings"][1];
    let template = "templates/_pod.tpl";
    assert_eq!(
        found["location"],
        json!({"file": template, "line": 4, "column": 24, "end_line": 4, "end_column": 43})
    );
    assert_eq!(
        found["stack"],
        json!([{"file": "templates/my pod.yaml", "line": 6, "column": 7, "call": "include \"app.spec\""}])
    );
    assert_eq!(
        found["values"],
        json!([{"key": "image", "file": "values.yaml", "line": 1, "column": 8}])
    );
    assert_eq!(
        found["rendered"],
        json!({"document": "app/templates/my pod.yaml", "line": 8, "column": 26})
    );
    assert_eq!(found["cases"], json!(["default", "small"]));
    assert_eq!(found["case"], "default");
}

#[test]
fn json_lines_are_the_findings_of_json() {
    let lines: Vec<Value> =
        report("json-lines").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json!(lines), json_of("json")["findings"]);
}

#[test]
fn sarif_is_valid() {
    let document = json_of("sarif");
    check_schema(&document, "sarif-2.1.0.json");
    let result = &document["runs"][0]["results"][1];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "templates/_pod.tpl");
    let region = json!({"startLine": 4, "startColumn": 24, "endLine": 4, "endColumn": 43});
    assert_eq!(place["region"], region);
    let flow = &result["codeFlows"][0]["threadFlows"][0]["locations"];
    let call = &flow[0]["location"]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(call, "templates/my%20pod.yaml");
    let rule = result["ruleIndex"].as_u64().unwrap() as usize;
    assert_eq!(document["runs"][0]["tool"]["driver"]["rules"][rule]["id"], "image-tag");
}

#[test]
fn gitlab_is_valid() {
    let document = json_of("gitlab");
    check_schema(&document, "gitlab-code-quality.json");
    let place = json!({"path": "templates/_pod.tpl", "lines": {"begin": 4}});
    assert_eq!(document[1]["location"], place);
    assert_ne!(document[0]["fingerprint"], document[1]["fingerprint"]);
}

#[test]
fn rdjson_is_valid_and_counts_bytes() {
    let document = json_of("rdjson");
    check_schema(&document, "rdjson.json");
    let range = json!({"start": {"line": 4, "column": 25}, "end": {"line": 4, "column": 44}});
    let place = json!({"path": "templates/_pod.tpl", "range": range});
    assert_eq!(document["diagnostics"][1]["location"], place);
}

#[test]
fn github_commands_are_escaped() {
    let folder = chart();
    folder.write("values.yaml", "image: a%0Ab:latest\n");
    let shown = folder.run(&["check", "--output-format", "github", "--select", "image-tag", "."]);
    let expected = "::warning file=templates/_pod.tpl,line=4,endLine=4,col=24,endColumn=43,title=chartc%3A \
                    image-tag::image `a%250Ab:latest` is whatever was pushed last%0A";
    assert!(shown.starts_with(expected), "{shown}");
    assert_eq!(shown.lines().count(), 1);
}

#[test]
fn a_flag_is_no_file() {
    let folder = chart();
    folder.write("values.schema.json", r#"{"properties": {"size": {"type": "integer"}}}"#);
    let args = ["check", "--set", "size=x", "--select", "schema", "--output-format"];
    let run = |format| folder.run(&[&args[..], &[format, "."]].concat());
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "Chart.yaml");
    let gitlab: Value = serde_json::from_str(&run("gitlab")).unwrap();
    assert_eq!(gitlab[0]["location"]["path"], "Chart.yaml");
    assert!(run("github").starts_with("::error title=chartc%3A schema-violation::"));
}

#[test]
fn junit_is_as_its_schema_says() {
    let report = report("junit");
    let elements = elements(&schema_text("junit-10.xsd"));
    assert_eq!(broken_elements(&report, &elements), Vec::<String>::new(), "{report}");
    let suite = r#"<testsuite name="." tests="2" failures="2" errors="0">"#;
    assert!(report.contains(suite), "{report}");
}

#[test]
fn what_does_not_fail_the_run_is_no_failure_of_junit() {
    let args = ["check", "--output-format", "junit", "--fail-on", "error", "."];
    let report = chart().run(&args);
    assert!(report.contains(r#"tests="2" failures="0" errors="0""#), "{report}");
}

#[test]
fn several_reports_come_of_one_run() {
    let folder = chart();
    let args = [
        "check",
        "--output-format",
        "concise",
        "--output-format",
        "sarif",
        "-o",
        "-",
        "-o",
        "out/a.sarif",
        ".",
    ];
    assert_eq!(folder.run(&args).lines().count(), 3);
    let saved: Value = serde_json::from_str(&folder.read("out/a.sarif")).unwrap();
    check_schema(&saved, "sarif-2.1.0.json");
}

#[test]
fn two_reports_cannot_share_the_standard_output() {
    let (_, said) =
        chart().outputs(&["check", "--output-format", "json", "--output-format", "sarif", "."]);
    assert_eq!(
        said,
        "error: only one report can go to the standard output: give the others a file with -o\n"
    );
}

#[test]
fn a_report_without_findings_is_valid_too() {
    let folder = chart();
    let run =
        |format| folder.run(&["check", "--output-format", format, "--select", "host-ipc", "."]);
    let document = |format| serde_json::from_str(&run(format)).unwrap();
    check_schema(&document("sarif"), "sarif-2.1.0.json");
    check_schema(&document("rdjson"), "rdjson.json");
    assert_eq!(document("gitlab"), json!([]));
    let elements = elements(&schema_text("junit-10.xsd"));
    assert_eq!(broken_elements(&run("junit"), &elements), Vec::<String>::new());
}

/// What may stand in an element, as an XSD says.
#[derive(Default)]
struct Element {
    attributes: BTreeSet<String>,
    required: BTreeSet<String>,
    children: BTreeSet<String>,
}

/// The elements that an XSD declares at its top.
fn elements(xsd: &str) -> BTreeMap<String, Element> {
    let (mut found, mut current, mut depth) = (BTreeMap::new(), String::new(), 0);
    let mut reader = Reader::from_str(xsd);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                depth += 1;
                note(&start, depth, &mut current, &mut found);
            }
            Event::Empty(start) => note(&start, depth + 1, &mut current, &mut found),
            Event::End(_) => depth -= 1,
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn note(
    start: &BytesStart<'_>,
    depth: usize,
    current: &mut String,
    found: &mut BTreeMap<String, Element>,
) {
    let attribute = |name: &str| {
        let found = start.try_get_attribute(name).unwrap()?;
        Some(found.value.into_owned())
    };
    let name = attribute("name").unwrap_or_default();
    let open = found.get_mut(&*current);
    match (start.name().as_ref(), depth, open) {
        ("xs:element", 2, _) => {
            current.clone_from(&name);
            found.entry(name).or_default();
        }
        ("xs:element", _, Some(open)) => open.children.extend(attribute("ref")),
        ("xs:attribute", _, Some(open)) => {
            if attribute("use").as_deref() == Some("required") {
                open.required.insert(name.clone());
            }
            open.attributes.insert(name);
        }
        _ => {}
    }
}

/// What a document holds that its schema does not know, and what it lacks.
fn broken_elements(document: &str, elements: &BTreeMap<String, Element>) -> Vec<String> {
    let (mut wrong, mut open): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut reader = Reader::from_str(document);
    loop {
        let (start, closed) = match reader.read_event().unwrap() {
            Event::Start(start) => (start, false),
            Event::Empty(start) => (start, true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => return wrong,
            _ => continue,
        };
        let name = start.name().as_ref().to_owned();
        let Some(element) = elements.get(&name) else {
            wrong.push(format!("unknown element {name}"));
            continue;
        };
        if open.last().is_some_and(|parent| !elements[parent].children.contains(&name)) {
            wrong.push(format!("{name} in {open:?}"));
        }
        let found: BTreeSet<String> =
            start.attributes().map(|one| one.unwrap().key.as_ref().to_owned()).collect();
        wrong.extend(found.difference(&element.attributes).map(|one| format!("{name} {one}")));
        wrong.extend(element.required.difference(&found).map(|one| format!("{name} no {one}")));
        if !closed {
            open.push(name);
        }
    }
}
