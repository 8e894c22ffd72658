//! Files and places in them.
//!
//! Every stage talks about places with [`Span`]; only `report` turns a span into a line and a
//! column. A span is 12 bytes and `Copy`, so it may be stored in every node without a thought.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A file held by [`Sources`].
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

impl FileId {
    /// Of a text that no [`Sources`] holds, such as the argument of a function. Places in it are
    /// never shown.
    pub const NOWHERE: FileId = FileId(u32::MAX);
}

/// A range of bytes in one file.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

const _: () = assert!(size_of::<Span>() == 12);

impl Span {
    /// The smallest span that covers both; both lie in one file.
    pub fn to(self, last: Span) -> Span {
        debug_assert_eq!(self.file, last.file);
        Span { file: self.file, start: self.start.min(last.start), end: self.end.max(last.end) }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A one-based line and column, for people. The column counts bytes.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// What kind of text a [`FileId`] stands for.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file that the user wrote.
    File,
    /// The text of a command-line flag; its path is the flag as typed.
    Flag,
    /// Text that a template made: the output of a chart file, or the text that `tpl` ran.
    Rendered,
}

/// All text that a run has read or produced. A clone is cheap: it shares the texts.
#[derive(Clone, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

struct SourceFile {
    path: String,
    kind: Kind,
    text: Arc<[u8]>,
    line_starts: OnceLock<Vec<u32>>,
}

impl SourceFile {
    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', &self.text);
            std::iter::once(0).chain(newlines.map(|at| at as u32 + 1)).collect()
        })
    }
}

impl Sources {
    /// Adds a text under the path that messages will show.
    pub fn add(
        &mut self,
        kind: Kind,
        path: impl Into<String>,
        text: impl Into<Arc<[u8]>>,
    ) -> FileId {
        let (path, text, line_starts) = (path.into(), text.into(), OnceLock::new());
        self.files.push(Arc::new(SourceFile { path, kind, text, line_starts }));
        FileId(self.files.len() as u32 - 1)
    }

    /// All files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = FileId> {
        (0..self.files.len() as u32).map(FileId)
    }

    pub fn path(&self, file: FileId) -> &str {
        &self.file(file).path
    }

    pub fn kind(&self, file: FileId) -> Kind {
        self.file(file).kind
    }

    pub fn text(&self, file: FileId) -> &Arc<[u8]> {
        &self.file(file).text
    }

    pub fn slice(&self, span: Span) -> &[u8] {
        self.text(span.file).get(span.range()).unwrap_or_default()
    }

    /// Finds where each line of the file starts when first asked, and searches from then on.
    pub fn line_column(&self, file: FileId, offset: u32) -> LineColumn {
        let starts = self.file(file).line_starts();
        let line = starts.partition_point(|&start| start <= offset).max(1);
        let end = self.text(file).len() as u32;
        let start = starts.get(line - 1).copied().unwrap_or(0);
        LineColumn { line: line as u32, column: offset.min(end) - start + 1 }
    }

    fn file(&self, file: FileId) -> &SourceFile {
        &self.files[file.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, offset: u32, line: u32, column: u32) {
        let mut sources = Sources::default();
        let file = sources.add(Kind::File, "a.yaml", text.as_bytes());
        assert_eq!(sources.line_column(file, offset), LineColumn { line, column });
    }

    #[test]
    fn line_columns() {
        check("", 0, 1, 1);
        check("a\nb", 0, 1, 1);
        check("a\nb", 1, 1, 2);
        check("a\nb", 2, 2, 1);
        check("a\n", 2, 2, 1);
        check("a\n", 9, 2, 1);
    }
}
