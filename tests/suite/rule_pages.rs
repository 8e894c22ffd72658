//! Every rule has a page, and every example on a page is a test.
//!
//! The examples under `## Found` say in comments such as `# warning: …` what the rule must report,
//! and where; those under `## Not found` must pass in silence. An example of a rule about charts holds
//! several files, each below a line `# file: PATH`.

use std::fs;
use std::path::{Path, PathBuf};

use chartc::chart::{self, File, FileSet};
use chartc::config;
use chartc::diagnostic::{Diagnostic, Sink};
use chartc::manifest;
use chartc::program::Trees;
use chartc::rules::{self, Input, Rule, Selection};
use chartc::source::{Kind, Sources};

#[test]
fn every_example_is_judged_as_its_comments_say() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        for example in examples(rule.page) {
            let (found, expected) = (judge(rule, example), expected(example));
            if found != expected {
                let list = |lines: &[String]| lines.join("\n  ");
                let (name, found, expected) = (rule.name, list(&found), list(&expected));
                wrong.push(format!("{name}\n expected\n  {expected}\n found\n  {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn every_page_names_its_rule_and_shows_both_sides() {
    for rule in rules::all() {
        let title = format!("# {}\n\n{}.\n\n## Why\n\n", rule.name, rule.summary);
        assert!(rule.page.starts_with(&title), "{} should start with {title:?}", rule.name);
        let (_, examples) = rule.page.split_once("## Found\n\n").unwrap();
        let (found, not_found) = examples.split_once("## Not found\n\n").unwrap();
        assert!(expectations(found) > 0, "{}: no example is reported", rule.name);
        assert_eq!(expectations(not_found), 0, "{}: an example for silence is reported", rule.name);
    }
}

#[test]
fn every_page_documents_its_parameters() {
    for rule in rules::all() {
        let section = rule.page.split_once("## Parameters\n\n").map_or("", |(_, rest)| rest);
        let section = section.split_once("## Found").map_or("", |(section, _)| section);
        let documented: Vec<&str> = section
            .lines()
            .filter_map(|line| line.strip_prefix("- `")?.split('`').next())
            .collect();
        let known: Vec<&str> = rule.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(documented, known, "{}", rule.name);
        for parameter in rule.parameters {
            assert!(section.contains(parameter.summary), "{}: {}", rule.name, parameter.name);
        }
    }
}

#[test]
fn names_are_unique_and_lie_in_the_folder_of_their_group() {
    let mut names: Vec<&str> = rules::all().map(|rule| rule.name).collect();
    names.sort_unstable();
    let mut unique = names.clone();
    unique.dedup();
    assert_eq!(names, unique);
    for rule in rules::all() {
        assert!(page_path(rule).is_file(), "{} is missing", page_path(rule).display());
    }
}

#[test]
fn every_page_belongs_to_a_rule_in_the_table() {
    let known: Vec<PathBuf> = rules::all().map(page_path).collect();
    for group in directories(&rules_directory()) {
        for file in files(&group) {
            let is_page = file.extension().is_some_and(|extension| extension == "md");
            assert!(!is_page || known.contains(&file), "{} is in no table", file.display());
        }
    }
}

/// The contents of the YAML blocks of a page.
fn examples(page: &str) -> impl Iterator<Item = &str> {
    page.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next())
}

/// `line severity: message` for each comment that expects something.
fn expected(example: &str) -> Vec<String> {
    let lines = example.lines().enumerate();
    let marked = lines.filter_map(|(index, line)| {
        let (_, expectation) = line.split_once(" # ")?;
        Some(format!("{} {expectation}", index + 1))
    });
    let mut all: Vec<String> = marked.flat_map(split_expectations).collect();
    all.sort();
    all
}

/// Several findings on one line stand in one comment, with ` | ` between them.
fn split_expectations(marked: String) -> Vec<String> {
    let (line, rest) = marked.split_once(' ').unwrap();
    rest.split(" | ").map(|one| format!("{line} {one}")).collect()
}

/// `line severity: message` for each finding.
fn judge(rule: &Rule, example: &str) -> Vec<String> {
    if rule.judges_files() { judge_files(rule, example) } else { judge_objects(rule, example) }
}

/// The lines of a finding in a file count from the start of the example.
fn judge_files(rule: &Rule, example: &str) -> Vec<String> {
    let parts = chart_files(example);
    let named = |name: &str| parts.iter().any(|(path, ..)| *path == name);
    let mut files: Vec<File> =
        parts.iter().map(|(path, _, text)| File::new(*path, text.as_bytes())).collect();
    if !named("Chart.yaml") {
        files.push(File::new("Chart.yaml", b"apiVersion: v2\nname: web\nversion: 1.0.0\n"));
    }
    let mut sources = Sources::default();
    let loaded = match chart::load(&FileSet::new("chart", files), &mut sources) {
        Ok(loaded) => loaded,
        Err(error) => panic!("{}: {error}", rule.name),
    };
    let mut sink = Sink::default();
    let selection = Selection::new(&choice(rule, example), &mut sink);
    rules::check_chart(&loaded.chart, &Trees::default(), &sources, &selection, &mut sink);
    let place = |found: &Diagnostic| {
        let span = found.place.primary.unwrap();
        let path = sources.path(span.file).strip_prefix("chart/").unwrap();
        let first = parts.iter().find(|(name, ..)| *name == path).map_or(0, |(_, line, _)| *line);
        let line = first + sources.line_column(span.file, span.start).line as usize;
        format!("{line} {}: {}", found.severity.name(), found.message)
    };
    let mut found: Vec<String> = sink.into_vec().iter().map(place).collect();
    found.sort();
    found
}

/// The path of each file of an example, the number of the line above it, and its text.
fn chart_files(example: &str) -> Vec<(&str, usize, String)> {
    let mut files: Vec<(&str, usize, String)> = Vec::new();
    for (index, line) in example.lines().enumerate() {
        match (line.strip_prefix("# file: "), files.last_mut()) {
            (Some(path), _) => files.push((path, index + 1, String::new())),
            (None, Some((.., text))) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    files
}

/// The lines of a finding in rendered text count from its start.
fn judge_objects(rule: &Rule, example: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::Rendered, "example.yaml", example.as_bytes());
    let mut sink = Sink::default();
    let objects = manifest::read_stream(file, &sources, &mut sink);
    assert!(sink.is_empty(), "{}: {:?}", rule.name, sink.into_vec());
    let selection = Selection::new(&choice(rule, example), &mut sink);
    assert!(sink.is_empty(), "{}: {:?}", rule.name, sink.into_vec());
    let input = Input { objects: &objects, namespace: "default", release: None, values: None };
    rules::check(&input, &selection, &mut sink);
    let mut found: Vec<String> = sink.into_vec().iter().map(|one| line(&sources, one)).collect();
    found.sort();
    found
}

fn line(sources: &Sources, found: &Diagnostic) -> String {
    let span = found.place.rendered.unwrap();
    let line = sources.line_column(span.file, span.start).line;
    format!("{line} {}: {}", found.severity.name(), found.message)
}

/// The rule alone; a first line `# parameters: {…}` sets its parameters.
fn choice(rule: &Rule, example: &str) -> config::Selection {
    let name = rule.name.to_owned();
    let mut choice =
        config::Selection { select: vec![config::Word::flag(&name)], ..Default::default() };
    if let Some(line) = example.lines().next().and_then(|line| line.strip_prefix("# parameters: "))
    {
        let mut sources = Sources::default();
        let file = sources.add(Kind::File, "parameters.yaml", line.as_bytes());
        let parameters: std::collections::BTreeMap<String, serde_json::Value> =
            serde_yaml::from_str(line).unwrap();
        choice.rules.push(config::RuleSetting {
            name,
            span: chartc::source::Span { file, start: 0, end: 0 },
            severity: None,
            parameters: parameters.into_iter().collect(),
        });
    }
    choice
}

fn expectations(text: &str) -> usize {
    ["# error: ", "# warning: ", "# info: "].iter().map(|mark| text.matches(mark).count()).sum()
}

fn page_path(rule: &Rule) -> PathBuf {
    let file = format!("{}.md", rule.name.replace('-', "_"));
    rules_directory().join(rule.group.name()).join(file)
}

fn rules_directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

fn directories(path: &Path) -> Vec<PathBuf> {
    entries(path).into_iter().filter(|path| path.is_dir()).collect()
}

fn files(path: &Path) -> Vec<PathBuf> {
    entries(path).into_iter().filter(|path| path.is_file()).collect()
}

fn entries(path: &Path) -> Vec<PathBuf> {
    fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect()
}
