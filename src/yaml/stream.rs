//! Values files cut into documents, as `YAMLReader` of k8s.io/apimachinery does: by lines, with no
//! regard for what they are part of.

use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memmem};

use super::error::{Error, Problem};
use super::node::{Document, Kind};
use super::read_first;
use crate::source::{FileId, Span};

/// The documents of a values file, each a mapping or null (`LoadValues` in Helm's
/// `pkg/chart/v2/loader/load.go`).
pub fn read_values(file: FileId, text: &Arc<[u8]>) -> Result<Vec<Document>, Box<Error>> {
    let text = with_last_break(text);
    let mut documents = Vec::new();
    let mut rest = 0;
    while let Some(part) = next_part(file, &text, &mut rest)? {
        if let Some(document) = read_first(file, &text, part)? {
            document.root().expect(Kind::Map)?;
            documents.push(document);
        }
    }
    Ok(documents)
}

/// Where the documents of a stream are, as `YAMLReader` finds them.
pub fn split_values(file: FileId, text: &Arc<[u8]>) -> Result<Vec<Range<usize>>, Box<Error>> {
    let mut parts = Vec::new();
    let mut rest = 0;
    while let Some(part) = next_part(file, text, &mut rest)? {
        parts.push(part);
    }
    Ok(parts)
}

/// `YAMLReader` ends the last line if it has no end.
fn with_last_break(text: &Arc<[u8]>) -> Arc<[u8]> {
    match text.last() {
        None | Some(b'\n') => Arc::clone(text),
        Some(_) => text.iter().copied().chain([b'\n']).collect(),
    }
}

/// The lines from `rest` to the next `---`, which is part of a document if nothing precedes it.
fn next_part(
    file: FileId,
    text: &[u8],
    rest: &mut usize,
) -> Result<Option<Range<usize>>, Box<Error>> {
    let start = *rest;
    for dashes in memmem::find_iter(&text[start..], "---").map(|at| start + at) {
        if dashes > start && text[dashes - 1] != b'\n' {
            continue;
        }
        let end = memchr(b'\n', &text[dashes..]).map_or(text.len(), |len| dashes + len + 1);
        let behind = text[dashes + 3..end].trim_ascii();
        if !behind.is_empty() && !behind.starts_with(b"#") {
            let rest = String::from_utf8_lossy(behind).into_owned();
            let span = Span { file, start: dashes as u32, end: end as u32 };
            return Err(Box::new(Error { problem: Problem::Separator(rest), line: None, span }));
        }
        if dashes > start {
            *rest = end;
            return Ok(Some(start..dashes));
        }
    }
    *rest = text.len();
    Ok((text.len() > start).then_some(start..text.len()))
}
