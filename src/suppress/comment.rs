//! Comments in values files, manifests and templates: `chartc: ignore[rule]: reason` for its own line,
//! or for the next if it stands alone; `chartc: file-ignore[rule]: reason` for a whole file.

use std::collections::BTreeMap;

use memchr::memmem;

use super::Ran;
use crate::report::{Finding, Location};
use crate::source::{FileId, Sources, Span};

/// The suppression comments of a set of files.
#[derive(Default)]
pub struct Comments {
    files: BTreeMap<String, Vec<Comment>>,
}

struct Comment {
    location: Location,
    /// The line that it is about.
    line: u32,
    words: Vec<Word>,
    whole_file: bool,
}

/// One of the rules that a comment names.
struct Word {
    rule: String,
    used: bool,
}

const LINE: &[u8] = b"chartc: ignore[";
const FILE: &[u8] = b"chartc: file-ignore[";

/// What opens a comment: YAML's, Go templates', Jinja's.
const OPENERS: [&[u8]; 3] = [b"#", b"/*", b"{#"];

/// Files in which such a comment is one; in a README it is an example.
const EXTENSIONS: [&str; 5] = [".yaml", ".yml", ".tpl", ".txt", ".j2"];

impl Comments {
    /// Reads the comments of a file, unless it was read before.
    pub fn read(&mut self, file: FileId, sources: &Sources) {
        let path = sources.path(file);
        let can_have = path == "-" || EXTENSIONS.iter().any(|ending| path.ends_with(ending));
        if can_have && !self.files.contains_key(path) {
            self.files.insert(path.to_owned(), comments(file, sources));
        }
    }

    /// Whether a comment accepts the finding: at its line, at a line that called it, or where one of its
    /// values is set.
    pub(super) fn accept(&mut self, finding: &Finding) -> bool {
        let calls = finding.stack.iter().map(|frame| &frame.location);
        let values = finding.values.iter().map(|value| &value.location);
        let mut accepted = false;
        for place in finding.location.iter().chain(calls).chain(values) {
            for comment in self.files.get_mut(&place.file).into_iter().flatten() {
                if comment.whole_file || comment.line == place.line {
                    accepted |= comment.accept(finding);
                }
            }
        }
        accepted
    }

    /// The words that accepted nothing, of rules that ran.
    pub(super) fn stale(&self, ran: &Ran<'_>) -> Vec<Finding> {
        let comments = self.files.values().flatten();
        let words = comments.flat_map(|one| one.words.iter().map(|word| (&one.location, word)));
        words
            .filter(|(_, word)| !word.used && ran.rule(&word.rule))
            .map(|(location, word)| Finding::at(super::unused_ignore(&word.rule), location.clone()))
            .collect()
    }
}

impl Comment {
    fn accept(&mut self, finding: &Finding) -> bool {
        let mut accepted = false;
        let what = super::What::of(finding);
        for word in self.words.iter_mut().filter(|word| what.is_called(&word.rule)) {
            word.used = true;
            accepted = true;
        }
        accepted
    }
}

fn comments(file: FileId, sources: &Sources) -> Vec<Comment> {
    let text = sources.text(file);
    let mut found = Vec::new();
    for (marker, whole_file) in [(LINE, false), (FILE, true)] {
        for start in memmem::find_iter(text, marker) {
            found.extend(comment(file, start, marker.len(), whole_file, sources));
        }
    }
    found
}

/// The comment whose marker stands at `start`; None if no comment opens there.
fn comment(
    file: FileId,
    start: usize,
    marker: usize,
    whole_file: bool,
    sources: &Sources,
) -> Option<Comment> {
    let text = sources.text(file);
    let line_start = memchr::memrchr(b'\n', &text[..start]).map_or(0, |newline| newline + 1);
    let before = text[line_start..start].trim_ascii_end();
    let opener = OPENERS.iter().find(|opener| before.ends_with(opener))?;
    let before = &before[..before.len() - opener.len()];
    let rest = &text[start + marker..];
    let end = rest.iter().position(|&byte| byte == b']' || byte == b'\n').unwrap_or(rest.len());
    let names = String::from_utf8_lossy(&rest[..end]);
    let closed = rest.get(end) == Some(&b']');
    let end = start + marker + end + usize::from(closed);
    let location = Location::new(sources, Span { file, start: start as u32, end: end as u32 });
    let alone = matches!(before.trim_ascii(), b"" | b"{{" | b"{{-" | b"{");
    let word = |name: &str| Word { rule: name.trim().to_owned(), used: false };
    Some(Comment {
        line: if alone { next_line(text, line_start, location.line) } else { location.line },
        location,
        words: names.split(',').map(word).collect(),
        whole_file,
    })
}

/// The number of the line below that is no suppression itself.
fn next_line(text: &[u8], line_start: usize, mut number: u32) -> u32 {
    let lines = text[line_start..].split(|&byte| byte == b'\n').skip(1);
    for line in lines {
        number += 1;
        if memmem::find(line, LINE).is_none() {
            break;
        }
    }
    number
}
