//! Every rule has a page, and every rule file is in the table.

use std::fs;
use std::path::{Path, PathBuf};

use chartc::rules::{self, Rule};

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
