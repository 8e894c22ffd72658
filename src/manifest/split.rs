//! Splits rendered text into documents as Helm does.

use std::ops::Range;

use bstr::ByteSlice;

/// The documents of a rendered file (`SplitManifests` in `pkg/release/v1/util/manifest.go`).
///
/// This is the separator of Helm 4.2, the regular expression `(?m)^---[ \t]*`. It is no YAML: `---a`
/// separates too, and so does a `---` at the start of a line of a quoted text.
pub fn split(text: &[u8]) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let mut start = text.len() - text.trim_start().len();
    let mut add = |range: Range<usize>| {
        let document = text.get(range.clone()).unwrap_or_default();
        let trimmed = document.trim_start();
        if !trimmed.is_empty() {
            documents.push(range.end - trimmed.len()..range.end);
        }
    };
    for separator in separators(text, start) {
        let end = separator + b"---".len();
        let blanks = text[end..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        add(start..separator);
        start = end + blanks;
    }
    add(start..text.len());
    documents
}

/// The offsets of `---` at the start of a line.
fn separators(text: &[u8], start: usize) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(&text[start..], b"---")
        .map(move |at| start + at)
        .filter(move |&at| at == start || text[at - 1] == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let parts: Vec<&str> =
            split(text.as_bytes()).into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, expected);
    }

    /// From `pkg/release/v1/util/manifest_test.go` and the recorded behaviour of Helm.
    #[test]
    fn rendered_files_split_at_dashes_at_the_start_of_a_line() {
        check("", &[]);
        check("a: 1\n", &["a: 1\n"]);
        check("\n\n---\na: 1\n\n---  \nb: 2\n\n", &["a: 1\n\n", "b: 2\n\n"]);
        check("---a: 1\n", &["a: 1\n"]);
        check("----\n", &["-\n"]);
        check("a: 1 ---\n  ---\n", &["a: 1 ---\n  ---\n"]);
        check("---\n---\n\n---", &[]);
        check("  ---\na: 1", &["a: 1"]);
    }
}
