//! A named line below a picture, with the line of source that it speaks of.

use std::io::{self, Write};

use crate::report::{Location, Style};

pub(super) struct Note {
    name: &'static str,
    text: String,
    source: Option<String>,
}

/// Names are as wide as the widest of them.
const NAME_WIDTH: usize = "included from".len();

impl Note {
    pub(super) fn new(name: &'static str, text: String) -> Note {
        Note { name, text, source: None }
    }

    pub(super) fn with(name: &'static str, text: String, source: &str) -> Note {
        Note { name, text, source: Some(source.to_owned()) }
    }

    /// A place with the line that stands there.
    pub(super) fn at(name: &'static str, at: &Location) -> Note {
        let place = format!("{}:{}:{}", at.file, at.line, at.column);
        Note::with(name, place, at.whole_line().trim())
    }

    pub(super) fn write(&self, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let indent = " ".repeat(NAME_WIDTH + 4);
        let (dim, end) = if style.color { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
        let name = format!("  {dim}{:NAME_WIDTH$}{end}  ", self.name);
        let room = style.width.saturating_sub(indent.len()).max(20);
        for (nth, line) in wrapped(&self.text, room).iter().enumerate() {
            writeln!(out, "{}{line}", if nth == 0 { &name } else { &indent })?;
        }
        match &self.source {
            Some(source) => writeln!(out, "{indent}{dim}│{end} {}", cut(source, room)),
            None => Ok(()),
        }
    }
}

/// A text in lines of so many characters; a longer word stays whole.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        lines.push(String::new());
        for word in line.split(' ') {
            let Some(last) = lines.last_mut() else { continue };
            if last.is_empty() {
                last.push_str(word);
            } else if last.chars().count() + 1 + word.chars().count() <= width {
                last.extend([" ", word]);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    lines
}

/// The beginning of a text that is too long.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(note: &Note, width: usize, expected: &str) {
        let mut out = Vec::new();
        note.write(Style { color: false, width }, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn texts_are_wrapped_between_words() {
        let note = Note::new("help", "raise the grace period of the pod".to_owned());
        check(&note, 37, "  help           raise the grace\n                 period of the pod\n");
    }

    #[test]
    fn lines_of_source_are_cut() {
        let note = Note::with("set in", "values.yaml:1:1".to_owned(), "a: 0123456789012345678901");
        check(
            &note,
            37,
            "  set in         values.yaml:1:1\n                 │ a: 0123456789012345…\n",
        );
    }
}
