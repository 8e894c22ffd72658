//! Splits a values file into documents as `k8s.io/apimachinery` does (`NewYAMLReader` in
//! `pkg/util/yaml/decoder.go`).

use std::ops::Range;

/// What stands behind a `---` and is no comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadSeparator(pub String);

/// The documents of a text. A separator is a line that starts with `---`; the first one of a text
/// belongs to the document after it.
pub(super) fn split(text: &[u8]) -> Result<Vec<Range<usize>>, BadSeparator> {
    let mut documents = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length + 1);
        if let Some(rest) = text[at..end].strip_prefix(b"---") {
            check(rest)?;
            if start < at {
                documents.push(start..at);
                start = end;
            }
        }
        at = end;
    }
    if start < text.len() {
        documents.push(start..text.len());
    }
    Ok(documents)
}

fn check(rest: &[u8]) -> Result<(), BadSeparator> {
    let rest = String::from_utf8_lossy(rest);
    match rest.trim() {
        "" => Ok(()),
        comment if comment.starts_with('#') => Ok(()),
        other => Err(BadSeparator(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let ranges = split(text.as_bytes()).unwrap();
        let parts: Vec<&str> = ranges.into_iter().map(|range| &text[range]).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn documents_end_at_separators() {
        check("", &[]);
        check("a: 1", &["a: 1"]);
        check("a: 1\n---\nb: 2\n", &["a: 1\n", "b: 2\n"]);
        check("---\na: 1\n--- # next\nb: 2\n---\n", &["---\na: 1\n", "b: 2\n"]);
        check("a: |\n  ---\n", &["a: |\n  ---\n"]);
        check("---\n---\na: 1\n", &["---\n", "a: 1\n"]);
    }

    #[test]
    fn other_text_behind_a_separator_is_refused() {
        assert_eq!(split(b"a: 1\n--- b\n"), Err(BadSeparator("b".to_owned())));
        assert_eq!(split(b"----"), Err(BadSeparator("-".to_owned())));
    }
}
