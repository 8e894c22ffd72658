//! Comments in values files, manifests and templates: `chartc: ignore[rule]: reason` for the same
//! line or the next, `chartc: file-ignore[rule]: reason` for a whole file.

use std::collections::BTreeMap;

use memchr::memmem;

use crate::diagnostic::Diagnostic;
use crate::report::{Finding, Location};
use crate::source::{FileId, Sources, Span};

/// The suppression comments of a set of files.
#[derive(Default)]
pub struct Comments {
    files: BTreeMap<String, Vec<Comment>>,
}

struct Comment {
    span: Span,
    line: u32,
    rules: Vec<String>,
    whole_file: bool,
    used: bool,
}

const LINE: &[u8] = b"chartc: ignore[";
const FILE: &[u8] = b"chartc: file-ignore[";

impl Comments {
    /// Reads the comments of a file, unless it was read before.
    pub fn read(&mut self, file: FileId, sources: &Sources) {
        let path = sources.path(file);
        if !self.files.contains_key(path) {
            self.files.insert(path.to_owned(), comments(file, sources));
        }
    }

    /// Whether a comment accepts the finding: at its line, at a line that called it, or where one of its
    /// values is set.
    pub(super) fn accept(&mut self, finding: &Finding) -> bool {
        let calls = finding.stack.iter().map(|frame| &frame.location);
        let values = finding.values.iter().map(|value| &value.location);
        let places: Vec<&Location> = finding.location.iter().chain(calls).chain(values).collect();
        let mut accepted = false;
        for place in places {
            for comment in self.files.get_mut(&place.file).into_iter().flatten() {
                let here =
                    comment.whole_file || (comment.line..=comment.line + 1).contains(&place.line);
                if here && comment.rules.iter().any(|rule| super::covers(rule, finding)) {
                    comment.used = true;
                    accepted = true;
                }
            }
        }
        accepted
    }

    /// The comments that accepted nothing, of those whose rules ran.
    pub fn stale(&self, ran: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let unused = self.files.values().flatten().filter(|comment| !comment.used);
        let unused = unused.filter(|comment| comment.rules.iter().all(|rule| ran(rule)));
        unused
            .map(|comment| super::unused_ignore(comment.span, &comment.rules.join(", ")))
            .collect()
    }
}

fn comments(file: FileId, sources: &Sources) -> Vec<Comment> {
    let text = sources.text(file);
    let mut found = Vec::new();
    for (marker, whole_file) in [(LINE, false), (FILE, true)] {
        for start in memmem::find_iter(text, marker) {
            let rest = &text[start + marker.len()..];
            let end =
                rest.iter().position(|&byte| byte == b']' || byte == b'\n').unwrap_or(rest.len());
            let names = String::from_utf8_lossy(&rest[..end]);
            let span =
                Span { file, start: start as u32, end: (start + marker.len() + end + 1) as u32 };
            found.push(Comment {
                span,
                line: sources.line_column(file, span.start).line,
                rules: names.split(',').map(|name| name.trim().to_owned()).collect(),
                whole_file,
                used: false,
            });
        }
    }
    found
}
