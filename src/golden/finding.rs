//! Differences from golden files in words.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::compare::{self, Difference, Kind};
use crate::diagnostic::{Diagnostic, Group, Place, Severity};
use crate::diff::{self, Action, Change};

/// The rule of differences that change nothing of what objects do.
pub const NOISE_RULE: &str = "golden-noise";

/// The finding of a difference; `file` is the golden file as the user would open it, `masks` what the
/// configuration masks.
pub fn diagnostic(difference: &Difference, file: &str, masks: &[String]) -> Diagnostic {
    let noise = difference.is_noise(masks);
    let what = match (&difference.kind, &difference.changes) {
        (Kind::Missing, _) => format!("no golden file {file}, but the chart renders it"),
        (Kind::Stale, _) => {
            format!("golden file {file} is stale: the chart renders no such file any more")
        }
        (Kind::Changed { .. }, Some(changes)) if noise => {
            format!("{file} differs only in {}", noise_of(changes))
        }
        (Kind::Changed { .. }, changes) => {
            let counts = changes.as_ref().map_or(String::new(), |all| format!(": {}", counts(all)));
            format!("{file} differs from what the chart renders{counts}")
        }
    };
    let detail = Some(detail(difference, file)).filter(|detail| !detail.is_empty());
    let (rule, severity) =
        if noise { (NOISE_RULE, Severity::Warning) } else { ("golden", Severity::Error) };
    Diagnostic { detail, ..finding(rule, severity, what) }
}

/// A folder of golden files that no case has.
pub fn stale_case(folder: &str) -> Diagnostic {
    let message = format!("golden files in {folder} are stale: no case has this name");
    finding("golden", Severity::Error, message)
}

fn finding(rule: &'static str, severity: Severity, message: String) -> Diagnostic {
    let help = "look at the difference; if it is meant, run `chartc golden --update`";
    Diagnostic::new(Group::Golden, rule, severity, Place::default(), message).help(help)
}

/// What of noise has changed: its labels and annotations, or nothing of the objects at all.
fn noise_of(changes: &[Change]) -> String {
    let fields = changes.iter().flat_map(|change| &change.fields);
    let keys: BTreeSet<&str> = fields.filter_map(|field| compare::label(&field.field)).collect();
    if keys.is_empty() {
        return "layout: the objects are the same".to_owned();
    }
    let keys: Vec<String> = keys.into_iter().map(|key| format!("`{key}`")).collect();
    keys.join(", ")
}

/// `2 objects changed (3 fields), 1 added`.
fn counts(changes: &[Change]) -> String {
    let count = |action| changes.iter().filter(|change| change.action == action).count();
    let fields: usize = changes.iter().map(|change| change.fields.len()).sum();
    let mut parts = Vec::new();
    match count(Action::Changed) {
        0 => {}
        objects => parts.push(format!(
            "{} changed ({})",
            counted(objects, "object"),
            counted(fields, "field")
        )),
    }
    for action in [Action::Added, Action::Removed] {
        match count(action) {
            0 => {}
            objects if parts.is_empty() => {
                parts.push(format!("{} {}", counted(objects, "object"), action.name()));
            }
            objects => parts.push(format!("{objects} {}", action.name())),
        }
    }
    parts.join(", ")
}

fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The objects and fields that change, then the lines.
fn detail(difference: &Difference, file: &str) -> String {
    let mut text = String::new();
    let Kind::Changed { golden, rendered } = &difference.kind else { return text };
    for change in difference.changes.iter().flatten() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", object(change));
        for field in &change.fields {
            let (old, new) = (diff::shown(field.old.as_deref()), diff::shown(field.new.as_deref()));
            let _ = writeln!(text, "  {}: {old} → {new}", field.field);
        }
    }
    text.push_str(&unified(golden, rendered, file));
    text
}

/// `changed Deployment web`
fn object(change: &Change) -> String {
    let name = change.object.name.as_deref().unwrap_or_default();
    format!("{} {} {name}", change.action.name(), change.object.kind)
}

/// More lines than this are not compared one by one: that takes time with the square of their number.
const MAX_LINES: usize = 10_000;

fn unified(golden: &[u8], rendered: &[u8], file: &str) -> String {
    let lines = |text| memchr::memchr_iter(b'\n', text).count();
    if lines(golden) + lines(rendered) > MAX_LINES {
        return String::new();
    }
    let (golden, rendered) = (String::from_utf8_lossy(golden), String::from_utf8_lossy(rendered));
    let diff = similar::TextDiff::from_lines(golden.as_ref(), rendered.as_ref());
    diff.unified_diff().context_radius(3).header(&format!("golden {file}"), "rendered").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Compare;
    use crate::golden::{Tree, compare};

    fn tree(files: &[(&str, &str)]) -> Tree {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Tree { files: files.collect() }
    }

    /// One line for each difference that counts, and the objects and fields.
    #[track_caller]
    fn check(how: Compare, golden: &[(&str, &str)], rendered: &[(&str, &str)], expected: &str) {
        let found = compare(&tree(golden), &tree(rendered), true);
        let mut lines = Vec::new();
        for difference in found.iter().filter(|difference| difference.counts(how)) {
            let finding = diagnostic(difference, &difference.path, &[]);
            lines.push(format!("{} {}", finding.severity.name(), finding.message));
            let detail = finding.detail.unwrap_or_default();
            let objects = detail.lines().take_while(|line| !line.starts_with("---"));
            lines.extend(objects.map(str::to_owned));
        }
        assert_eq!(lines.join("\n"), expected);
    }

    const MAP: &str =
        "kind: ConfigMap\nmetadata:\n  name: m\n  labels:\n    helm.sh/chart: c-1\ndata:\n  a: x\n";

    #[test]
    fn equal_trees_pass() {
        check(Compare::Bytes, &[("a.yaml", MAP)], &[("a.yaml", MAP)], "");
    }

    #[test]
    fn missing_and_stale_files_are_differences() {
        check(
            Compare::Bytes,
            &[("old.yaml", "")],
            &[("new.yaml", MAP)],
            "error no golden file new.yaml, but the chart renders it\n\
             error golden file old.yaml is stale: the chart renders no such file any more",
        );
    }

    #[test]
    fn what_changes_is_told_by_object_and_field() {
        let other = MAP.replace("a: x", "a: z\n  b: w") + "---\nkind: Pod\nmetadata: {name: p}\n";
        check(
            Compare::Bytes,
            &[("a.yaml", MAP)],
            &[("a.yaml", &other)],
            "error a.yaml differs from what the chart renders: 1 object changed (2 fields), 1 added\n\
             changed ConfigMap m\n  data.a: \"x\" → \"z\"\n  data.b: (none) → \"w\"\nadded Pod p",
        );
    }

    #[test]
    fn labels_that_every_release_changes_are_noise() {
        let other = MAP.replace("c-1", "c-2");
        let noise = "warning a.yaml differs only in `helm.sh/chart`\nchanged ConfigMap m\n  \
                     metadata.labels[helm.sh/chart]: \"c-1\" → \"c-2\"";
        check(Compare::Bytes, &[("a.yaml", MAP)], &[("a.yaml", &other)], noise);
        check(Compare::Objects, &[("a.yaml", MAP)], &[("a.yaml", &other)], noise);
    }

    #[test]
    fn a_label_of_another_name_is_no_noise() {
        let other = MAP.replace("helm.sh/chart", "chart");
        let message = "error a.yaml differs from what the chart renders: 1 object changed (2 fields)\n\
                       changed ConfigMap m\n  metadata.labels.chart: (none) → \"c-1\"\n  \
                       metadata.labels[helm.sh/chart]: \"c-1\" → (none)";
        check(Compare::Bytes, &[("a.yaml", MAP)], &[("a.yaml", &other)], message);
    }

    #[test]
    fn layout_counts_among_bytes_only() {
        let other = "# why\ndata: {\"a\": 'x'}\nmetadata: {labels: {helm.sh/chart: c-1}, name: m}\nkind: ConfigMap\n";
        let (golden, rendered) = ([("a.yaml", MAP)], [("a.yaml", other)]);
        let noise = "warning a.yaml differs only in layout: the objects are the same";
        check(Compare::Bytes, &golden, &rendered, noise);
        check(Compare::Objects, &golden, &rendered, "");
    }

    #[test]
    fn objects_may_change_their_order_and_file() {
        let pod = "kind: Pod\nmetadata: {name: p}\n";
        check(
            Compare::Objects,
            &[("a.yaml", &format!("{MAP}---\n{pod}"))],
            &[("a.yaml", pod), ("b.yaml", MAP)],
            "",
        );
        check(
            Compare::Objects,
            &[("a.yaml", &format!("{MAP}---\n{pod}"))],
            &[("b.yaml", MAP)],
            "error golden file a.yaml is stale: the chart renders no such file any more",
        );
    }

    #[test]
    fn what_is_no_yaml_is_compared_by_bytes() {
        check(
            Compare::Objects,
            &[("a.yaml", "a: b: c\n")],
            &[("a.yaml", "a:  b: c\n")],
            "error a.yaml differs from what the chart renders",
        );
    }
}
