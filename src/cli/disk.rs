//! Reads charts from directories and archives, as Helm's loaders do (`pkg/chart/v2/loader`).
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the kinds of I/O errors are many, and only these are worded"
)]

use std::fmt;
use std::fs::{self, File as Opened};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::symlink;
use crate::chart::{self, ArchiveError, File, FileSet, Ignore, Log, MAX_FILE_SIZE, MAX_FILES};

/// The files of a chart, and what Helm logs while it reads them.
pub(super) struct ReadChart {
    pub(super) files: FileSet,
    pub(super) log: Vec<Log>,
}

/// Why the files of a chart cannot be read, in Helm's words.
#[derive(Debug)]
pub(super) enum ReadError {
    Io {
        operation: &'static str,
        path: PathBuf,
        error: io::Error,
    },
    /// A directory without a `Chart.yaml` that can be read.
    Undetected {
        path: PathBuf,
        error: io::Error,
    },
    Chart(chart::Error),
    /// No archive; the path and what it seems to be.
    NotAnArchive {
        path: PathBuf,
        kind: FileKind,
    },
    /// An archive that cannot be unpacked.
    Archive {
        path: PathBuf,
        error: ArchiveError,
    },
    Irregular(PathBuf),
    TooLarge(String),
    TooManyFiles,
    /// The files of a directory together; ours, Helm measures archives only.
    TooMuch,
    /// A link to a directory that it lies in.
    LinkLoop {
        path: PathBuf,
        target: PathBuf,
    },
    /// A link that leads nowhere, and what Go says of it.
    BrokenLink {
        path: PathBuf,
        error: String,
    },
    /// A link to a place outside the chart and its repository; ours, Helm follows any link.
    LinkOutside {
        path: PathBuf,
        target: PathBuf,
    },
}

/// What a file seems to be that is no archive.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    Yaml,
    /// Named as Go's `http.DetectContentType` does.
    Other(&'static str),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io { operation, path, error } => {
                write!(f, "{operation} {}: {}", path.display(), go_error(error))
            }
            ReadError::Undetected { path, error } => {
                let (path, error) = (path.display(), go_error(error));
                write!(f, "unable to detect chart at {path}: open {path}: {error}")
            }
            ReadError::Chart(error) => error.fmt(f),
            ReadError::NotAnArchive { path, kind: FileKind::Yaml } => write!(
                f,
                "file '{}' seems to be a YAML file, but expected a gzipped archive",
                path.display()
            ),
            ReadError::NotAnArchive { path, kind: FileKind::Other(kind) } => write!(
                f,
                "file '{}' does not appear to be a gzipped archive; got '{kind}'",
                path.display()
            ),
            ReadError::Archive { path, error: ArchiveError::NotGzip } => write!(
                f,
                "file '{}' does not appear to be a valid chart file (details: {})",
                path.display(),
                ArchiveError::NotGzip
            ),
            ReadError::Archive { error, .. } => {
                write!(f, "unable to load chart archive: {error}")
            }
            ReadError::Irregular(path) => write!(
                f,
                "cannot load irregular file {} as it has file mode type bits set",
                path.display()
            ),
            ReadError::TooLarge(name) => write!(
                f,
                "chart file {name:?} is larger than the maximum file size {MAX_FILE_SIZE}"
            ),
            ReadError::TooManyFiles => ArchiveError::TooManyFiles.fmt(f),
            ReadError::TooMuch => {
                write!(f, "the files of the chart are larger than {MAX_SIZE} bytes together")
            }
            ReadError::LinkLoop { path, target } => write!(
                f,
                "symbolic link {} leads to {}, which it is part of",
                path.display(),
                target.display()
            ),
            ReadError::BrokenLink { path, error } => {
                write!(f, "error evaluating symlink {}: {error}", path.display())
            }
            ReadError::LinkOutside { path, target } => write!(
                f,
                "{} is a link to {}, which is outside the chart and its repository",
                path.display(),
                target.display()
            ),
        }
    }
}

/// Go's `filepath.Abs`: absolute, and without `..`, whatever links there are.
pub(super) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let mut clean = PathBuf::new();
    for component in std::path::absolute(path)?.components() {
        match component {
            Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    Ok(clean)
}

/// An error of the operating system as Go prints it.
pub(super) fn go_error(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => {
            let text = error.to_string().to_lowercase();
            text.split_once(" (os error").map_or(text.clone(), |(text, _)| text.to_owned())
        }
    }
}

/// Reads the chart at a path, which messages show as `shown`.
pub(super) fn read_chart(path: &Path, shown: &str) -> Result<ReadChart, ReadError> {
    let path = &std::path::absolute(path).map_err(|error| ReadError::Io {
        operation: "stat",
        path: path.to_owned(),
        error,
    })?;
    let kind = fs::metadata(path).map_err(io_error("stat", path))?;
    let shown = shown.trim_end_matches('/');
    if kind.is_dir() {
        read_directory(path, shown)
    } else {
        let files = read_archive(path)?;
        Ok(ReadChart { files: FileSet::new(shown, files), log: Vec::new() })
    }
}

/// How much of a file Go looks at to say what it is (`http.DetectContentType`).
const DETECTED: u64 = 512;

/// No archive within Helm's limits is larger.
const MAX_ARCHIVE: u64 = 128 << 20;

fn read_archive(path: &Path) -> Result<Vec<File>, ReadError> {
    let mut file = Opened::open(path).map_err(io_error("open", path))?;
    let mut bytes = Vec::new();
    file.by_ref().take(DETECTED).read_to_end(&mut bytes).map_err(io_error("read", path))?;
    if !bytes.starts_with(b"\x1F\x8B\x08") {
        let is_yaml =
            path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        let kind = if is_yaml { FileKind::Yaml } else { FileKind::Other(content_type(&bytes)) };
        return Err(ReadError::NotAnArchive { path: path.to_owned(), kind });
    }
    let refuse = |error| ReadError::Archive { path: path.to_owned(), error };
    let size = file.metadata().map_err(io_error("stat", path))?.len();
    if size > MAX_ARCHIVE {
        return Err(refuse(ArchiveError::TooLarge));
    }
    bytes.reserve_exact(size as usize);
    file.take(MAX_ARCHIVE).read_to_end(&mut bytes).map_err(io_error("read", path))?;
    let files = chart::unpack(&bytes).map_err(refuse)?;
    if !files.iter().any(|file| file.path == "Chart.yaml") {
        return Err(ReadError::Chart(chart::Error::Undetected));
    }
    Ok(files)
}

/// `http.DetectContentType` of the 512 bytes that Helm looks at, zeros behind a shorter file.
fn content_type(bytes: &[u8]) -> &'static str {
    let binary = |byte: u8| matches!(byte, 0..=8 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    let head = bytes.get(..512);
    let trimmed = bytes.trim_ascii_start();
    match () {
        () if bytes.starts_with(b"PK\x03\x04") => "application/zip",
        () if bytes.starts_with(b"%PDF-") => "application/pdf",
        () if trimmed.starts_with(b"<?xml") => "text/xml; charset=utf-8",
        () if head.is_none_or(|head| head.iter().copied().any(binary)) => {
            "application/octet-stream"
        }
        () => "text/plain; charset=utf-8",
    }
}

fn read_directory(path: &Path, shown: &str) -> Result<ReadChart, ReadError> {
    let chart_yaml = path.join("Chart.yaml");
    if let Err(error) = Opened::open(&chart_yaml) {
        return Err(ReadError::Undetected { path: chart_yaml, error });
    }
    let rules = read_rules(&path.join(".helmignore"));
    let ignore = Ignore::parse(rules.as_deref())
        .map_err(|error| ReadError::Chart(chart::Error::Ignore(error)))?;
    let mut walk = Walk {
        ignore,
        root: path,
        home: None,
        open: Vec::new(),
        files: Vec::new(),
        size: 0,
        seen: 0,
        log: Vec::new(),
    };
    walk.directory(path, "")?;
    Ok(ReadChart { files: FileSet::new(shown, walk.files), log: walk.log })
}

/// The ignore file, if there is one.
fn read_rules(path: &Path) -> Option<Vec<u8>> {
    // A link may lead to a device, which has no end.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let mut rules = Vec::new();
    Opened::open(path).ok()?.take(MAX_FILE_SIZE).read_to_end(&mut rules).ok()?;
    Some(rules)
}

/// A walk through a chart's directory in the order of names; it follows links, as Helm's does
/// (`internal/sympath/walk.go`).
struct Walk<'a> {
    ignore: Ignore,
    root: &'a Path,
    /// Where links may lead: the chart, or the repository that it is part of.
    home: Option<PathBuf>,
    /// The real directories of the links that are being followed.
    open: Vec<PathBuf>,
    files: Vec<File>,
    size: usize,
    seen: usize,
    log: Vec<Log>,
}

/// How much the files of a directory may hold together.
const MAX_SIZE: usize = 256 << 20;

impl Walk<'_> {
    fn directory(&mut self, path: &Path, inner: &str) -> Result<(), ReadError> {
        let entries = fs::read_dir(path).map_err(io_error("open", path))?;
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(io_error("readdirent", path))?;
            let kind = entry.file_type().map_err(io_error("lstat", path))?;
            names.push((entry.file_name().to_string_lossy().into_owned(), kind));
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, kind) in names {
            self.seen += 1;
            if self.seen > MAX_FILES {
                return Err(ReadError::TooManyFiles);
            }
            let path = path.join(&name);
            let inner = if inner.is_empty() { name } else { format!("{inner}/{name}") };
            if kind.is_symlink() {
                self.link(&path, inner)?;
            } else {
                self.entry(&path, inner, kind)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, inner: String, kind: fs::FileType) -> Result<(), ReadError> {
        if self.ignore.skips(&inner, kind.is_dir()) {
            return Ok(());
        }
        if kind.is_dir() {
            return self.directory(path, &inner);
        }
        if !kind.is_file() {
            return Err(ReadError::Irregular(path.to_owned()));
        }
        let bytes = read_file(path)?;
        self.size += bytes.len();
        if self.size > MAX_SIZE {
            return Err(ReadError::TooMuch);
        }
        self.files.push(File::new(inner, &bytes));
        Ok(())
    }

    /// Helm follows a link even where the ignore file names it, and only then looks at the rules.
    fn link(&mut self, path: &Path, inner: String) -> Result<(), ReadError> {
        let target = fs::canonicalize(path).map_err(|_| ReadError::BrokenLink {
            path: path.to_owned(),
            error: symlink::evaluation_error(path),
        })?;
        if !target.starts_with(self.home()?) {
            return Err(ReadError::LinkOutside { path: path.to_owned(), target });
        }
        let message = "found symbolic link in path. Contents of linked file included and used";
        let line = Log::info(message)
            .with("path", path.to_string_lossy())
            .with("resolved", target.to_string_lossy());
        self.log.push(line);
        let kind = fs::metadata(&target).map_err(io_error("lstat", &target))?.file_type();
        if !kind.is_dir() {
            return self.entry(path, inner, kind);
        }
        let parent = path.parent().unwrap_or(path);
        self.open.push(fs::canonicalize(parent).map_err(io_error("lstat", parent))?);
        if self.open.iter().any(|open| open.starts_with(&target)) {
            return Err(ReadError::LinkLoop { path: path.to_owned(), target });
        }
        self.entry(path, inner, kind)?;
        self.open.pop();
        Ok(())
    }

    fn home(&mut self) -> Result<&Path, ReadError> {
        if self.home.is_none() {
            let root = fs::canonicalize(self.root).map_err(io_error("lstat", self.root))?;
            let repository = root.ancestors().find(|ancestor| ancestor.join(".git").exists());
            self.home = Some(repository.unwrap_or(&root).to_owned());
        }
        Ok(self.home.as_deref().unwrap_or(self.root))
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    let mut file = Opened::open(path).map_err(io_error("open", path))?;
    let size = file.metadata().map_err(io_error("stat", path))?.len();
    if size > MAX_FILE_SIZE {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(ReadError::TooLarge(name));
    }
    let mut bytes = Vec::with_capacity(size as usize + 1);
    file.read_to_end(&mut bytes).map_err(io_error("read", path))?;
    Ok(bytes)
}

fn io_error(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReadError {
    move |error| ReadError::Io { operation, path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_files_of_the_chart_only() {
        let outside = tempfile::tempdir().unwrap();
        let chart = outside.path().join("chart");
        fs::create_dir_all(chart.join("templates")).unwrap();
        fs::write(chart.join("Chart.yaml"), "name: a").unwrap();
        fs::write(outside.path().join("secret"), "s").unwrap();
        let link = chart.join("templates/x.yaml");
        std::os::unix::fs::symlink("../Chart.yaml", &link).unwrap();
        let read = read_chart(&chart, "chart").unwrap();
        let paths: Vec<&str> = read.files.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["Chart.yaml", "templates/x.yaml"]);
        fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink("../../secret", &link).unwrap();
        let error = read_chart(&chart, "chart").err().unwrap().to_string();
        assert!(error.ends_with("which is outside the chart and its repository"), "{error}");
    }

    #[test]
    fn links_that_never_end_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let chart = folder.path();
        fs::create_dir_all(chart.join("a")).unwrap();
        fs::create_dir_all(chart.join("b")).unwrap();
        fs::write(chart.join("Chart.yaml"), "name: a").unwrap();
        fs::write(chart.join("b/x"), "x").unwrap();
        std::os::unix::fs::symlink("../b", chart.join("a/b")).unwrap();
        let read = read_chart(chart, "chart").unwrap();
        let paths: Vec<&str> = read.files.files.iter().map(|file| &*file.path).collect();
        assert_eq!(paths, ["Chart.yaml", "a/b/x", "b/x"]);
        for (link, target) in [("b/self", "."), ("b/up", ".."), ("b/back", "../a")] {
            let link = chart.join(link);
            std::os::unix::fs::symlink(target, &link).unwrap();
            let error = read_chart(chart, "chart").err().unwrap();
            assert!(matches!(error, ReadError::LinkLoop { .. }), "{error}");
            fs::remove_file(&link).unwrap();
        }
    }

    #[test]
    fn files_without_end_are_not_read_to_it() {
        let error = read_chart(Path::new("/dev/zero"), "zero").err().unwrap();
        assert!(matches!(error, ReadError::NotAnArchive { .. }), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.tgz");
        fs::write(&path, b"\x1F\x8B\x08").unwrap();
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(1 << 40).unwrap();
        let error = read_chart(&path, "large.tgz").err().unwrap();
        assert!(
            matches!(error, ReadError::Archive { error: ArchiveError::TooLarge, .. }),
            "{error}"
        );
    }

    #[test]
    fn what_is_no_archive_is_named_as_go_names_it() {
        let text = "a: 1\n".repeat(200);
        assert_eq!(content_type(text.as_bytes()), "text/plain; charset=utf-8");
        assert_eq!(content_type(b"a: 1\n"), "application/octet-stream");
        assert_eq!(content_type(b"PK\x03\x04"), "application/zip");
    }
}
