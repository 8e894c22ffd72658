//! The lines around a place in a file, as miette draws them.

use miette::{
    LabeledSpan, MietteError, MietteSpanContents, Severity as MietteSeverity, SourceCode,
    SourceSpan, SpanContents,
};

use crate::diagnostic::Severity;
use crate::report::{Finding, Location, Style};

/// A finding with the line that it is about, the one before and the one after. Lines that do not fit
/// the terminal are cut around the place.
#[derive(Debug)]
pub(super) struct Excerpt<'a> {
    finding: &'a Finding,
    source: Option<Lines>,
}

/// A few lines of a file.
#[derive(Debug)]
struct Lines {
    name: String,
    text: String,
    /// Of the first line and of the label, from 0.
    first: usize,
    line: usize,
    column: usize,
    /// The label in `text`.
    start: usize,
    length: usize,
}

/// The gutter left of the excerpt, at its widest.
const GUTTER: usize = 10;

impl<'a> Excerpt<'a> {
    pub(super) fn new(finding: &'a Finding, style: Style) -> Excerpt<'a> {
        let rendered = finding.rendered.as_ref().map(|rendered| &rendered.location);
        let shown = finding.location.as_ref().or(rendered);
        let width = style.width.saturating_sub(GUTTER).max(30);
        Excerpt { finding, source: shown.map(|at| Lines::new(at, width)) }
    }
}

impl Lines {
    fn new(at: &Location, width: usize) -> Lines {
        let text = String::from_utf8_lossy(&at.text);
        let line = at.line.saturating_sub(1) as usize;
        let first = line.saturating_sub(1);
        let (column, length) = label(at);
        let mut lines = Lines {
            name: at.file.clone(),
            text: String::new(),
            first,
            line,
            column: at.column.saturating_sub(1) as usize,
            start: 0,
            length: 0,
        };
        // A line is cut before the label as far as the label's end needs it.
        let skip = (column + length.min(width / 2)).saturating_sub(width);
        for (number, shown) in text.lines().enumerate().skip(first).take(line + 2 - first) {
            if number == line {
                let before: usize =
                    shown.chars().skip(skip).take(column - skip).map(char::len_utf8).sum();
                let marked = shown.chars().skip(column).take(length);
                lines.start = lines.text.len() + before;
                lines.length =
                    marked.take(width + skip - column).map(char::len_utf8).sum::<usize>();
            } else if number > line && shown.trim().is_empty() {
                continue;
            }
            lines.text.extend(shown.chars().skip(skip).take(width));
            lines.text.push('\n');
        }
        lines
    }
}

/// How many characters stand before the label on its line, and how many it covers there.
fn label(at: &Location) -> (usize, usize) {
    let column = at.column.saturating_sub(1) as usize;
    let length = if at.end_line == at.line {
        at.end_column.saturating_sub(at.column) as usize
    } else {
        at.whole_line().chars().count().saturating_sub(column)
    };
    (column, length)
}

impl SourceCode for Lines {
    /// Always the whole excerpt; what is asked without context is where the label starts.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (line, column) =
            if before + after == 0 { (self.line, self.column) } else { (self.first, 0) };
        let whole = SourceSpan::from((0, self.text.len()));
        let count = self.text.lines().count();
        let (name, data) = (self.name.clone(), self.text.as_bytes());
        Ok(Box::new(MietteSpanContents::new_named(name, data, whole, line, column, count)))
    }
}

impl std::fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.finding.message)
    }
}

impl std::error::Error for Excerpt<'_> {}

impl miette::Diagnostic for Excerpt<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(&self.finding.rule))
    }

    fn severity(&self) -> Option<MietteSeverity> {
        Some(match self.finding.severity {
            Severity::Info => MietteSeverity::Advice,
            Severity::Warning => MietteSeverity::Warning,
            Severity::Error => MietteSeverity::Error,
        })
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let source = self.source.as_ref()?;
        let label = LabeledSpan::new_primary_with_span(None, (source.start, source.length));
        Some(Box::new(std::iter::once(label)))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Kind, Sources, Span};

    /// What is shown of a text around the part between `«` and `»`, which is marked so again.
    #[track_caller]
    fn check(text: &str, width: usize, expected: &str) {
        let start = text.find('«').unwrap();
        let end = text.find('»').unwrap() - '«'.len_utf8();
        let mut sources = Sources::default();
        let file = sources.add(Kind::File, "a", text.replace(['«', '»'], "").into_bytes());
        let span = Span { file, start: start as u32, end: end as u32 };
        let mut lines = Lines::new(&Location::new(&sources, span), width);
        lines.text.insert(lines.start + lines.length, '»');
        lines.text.insert(lines.start, '«');
        assert_eq!(lines.text, expected);
    }

    #[test]
    fn the_lines_around_are_shown() {
        check("a\nb\nc «d» e\nf\ng\n", 30, "b\nc «d» e\nf\n");
        check("«a»\n", 30, "«a»\n");
        check("a\n«b»\n\nc", 30, "a\n«b»\n");
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        check("0123456789 «x» 0123456789", 16, "0123456789 «x» 012\n");
        check("0123456789 0123456789 «xy»", 16, "89 0123456789 «xy»\n");
    }

    #[test]
    fn letters_of_several_bytes_count_once() {
        check("é: «ü»\n", 30, "é: «ü»\n");
    }
}
