//! The files of a chart, read but not yet understood.

use std::sync::Arc;

/// The largest file that Helm loads (`MaxDecompressedFileSize` in `pkg/chart/loader/archive`).
pub const MAX_FILE_SIZE: u64 = 5 << 20;

/// The most files that a chart may have; ours, not Helm's.
pub const MAX_FILES: usize = 50_000;

/// Files that were read already. A test writes them as a literal; `cli::disk` reads them from a
/// directory or from an archive.
#[derive(Clone, Debug, Default)]
pub struct FileSet {
    /// The directory or archive as the user named it; messages show it before the files' paths.
    pub root: String,
    /// In the order in which Helm meets them: by path in a directory, as packed in an archive.
    pub files: Vec<File>,
}

/// A file of a [`FileSet`].
#[derive(Clone, Debug)]
pub struct File {
    /// Relative to the chart's directory, with `/`.
    pub path: String,
    pub data: Arc<[u8]>,
}

impl FileSet {
    pub fn new(root: impl Into<String>, files: Vec<File>) -> FileSet {
        FileSet { root: root.into(), files }
    }
}

impl File {
    /// A byte order mark at the start is dropped, as Helm's loaders do.
    pub fn new(path: impl Into<String>, data: &[u8]) -> File {
        let data = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
        File { path: path.into(), data: data.into() }
    }
}
