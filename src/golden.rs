//! Golden files against a render.
//!
//! A case's golden files are a tree of paths and texts, as `--output-dir` would write them, or one
//! file for all. This module says what differs and what an update would write; `cli` reads and writes.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Group, Severity};

/// The golden files of one case: path below the case's folder, and text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Path below the case's folder.
    pub path: String,
    pub kind: DifferenceKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DifferenceKind {
    /// Rendered, but there is no golden file.
    Missing,
    /// There is a golden file, but nothing renders it any more.
    Stale,
    /// Both are there and differ.
    Changed { golden: Vec<u8>, rendered: Vec<u8> },
}

/// All files that differ, by path.
pub fn compare(golden: &Tree, rendered: &Tree) -> Vec<Difference> {
    let paths: BTreeSet<&String> = golden.files.keys().chain(rendered.files.keys()).collect();
    paths
        .into_iter()
        .filter_map(|path| difference(path, golden.files.get(path), rendered.files.get(path)))
        .collect()
}

fn difference(
    path: &str,
    golden: Option<&Vec<u8>>,
    rendered: Option<&Vec<u8>>,
) -> Option<Difference> {
    let kind = match (golden, rendered) {
        (Some(golden), Some(rendered)) if golden == rendered => return None,
        (Some(golden), Some(rendered)) => {
            DifferenceKind::Changed { golden: golden.clone(), rendered: rendered.clone() }
        }
        (None, _) => DifferenceKind::Missing,
        (Some(_), None) => DifferenceKind::Stale,
    };
    Some(Difference { path: path.to_owned(), kind })
}

impl Difference {
    /// The finding; `file` is the golden file as the user would open it.
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let message = match &self.kind {
            DifferenceKind::Missing => format!("no golden file {file}, but the chart renders it"),
            DifferenceKind::Stale => {
                format!("golden file {file} is stale: the chart renders no such file any more")
            }
            DifferenceKind::Changed { .. } => format!("{file} differs from what the chart renders"),
        };
        let diagnostic = Diagnostic::new(
            Group::Golden,
            "golden",
            Severity::Error,
            crate::diagnostic::Place::default(),
            message,
        );
        diagnostic.help("look at the difference; if it is meant, run `chartc golden --update`")
    }

    /// The lines that differ, as a unified diff; empty for a file that is missing or stale.
    pub fn unified(&self, file: &str) -> String {
        let DifferenceKind::Changed { golden, rendered } = &self.kind else { return String::new() };
        let (golden, rendered) =
            (String::from_utf8_lossy(golden), String::from_utf8_lossy(rendered));
        let diff = similar::TextDiff::from_lines(golden.as_ref(), rendered.as_ref());
        diff.unified_diff()
            .context_radius(3)
            .header(&format!("golden {file}"), "rendered")
            .to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Tree { files: files.collect() }
    }

    #[track_caller]
    fn check(golden: &[(&str, &str)], rendered: &[(&str, &str)], expected: &str) {
        let found = compare(&tree(golden), &tree(rendered));
        let lines: Vec<String> = found
            .iter()
            .map(|one| format!("{}\n{}", one.diagnostic(&one.path).message, one.unified(&one.path)))
            .collect();
        assert_eq!(lines.concat(), expected);
    }

    #[test]
    fn equal_trees_pass() {
        check(&[("a.yaml", "x: 1\n")], &[("a.yaml", "x: 1\n")], "");
    }

    #[test]
    fn missing_and_stale_files_are_differences() {
        check(
            &[("old.yaml", "")],
            &[("new.yaml", "")],
            "no golden file new.yaml, but the chart renders it\ngolden file old.yaml is stale: the chart renders no such file any more\n",
        );
    }

    #[test]
    fn changed_lines_are_shown() {
        check(
            &[("a.yaml", "x: 1\ny: 2\n")],
            &[("a.yaml", "x: 1\ny: 3\n")],
            "a.yaml differs from what the chart renders\n--- golden a.yaml\n+++ rendered\n@@ -1,2 +1,2 @@\n x: 1\n-y: 2\n+y: 3\n",
        );
    }
}
