//! Why a chart cannot be loaded, in Helm's words.

use std::fmt;

use super::MAX_FILE_SIZE;
use crate::source::Span;
use crate::yaml;

/// What stops the loading of a chart. Its text is Helm's.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// The archive cannot be unpacked; only the cause knows Helm's words.
    Archive(ArchiveError),
    /// A line of `.helmignore`.
    Ignore(IgnoreError),
    /// A file that is not what Helm reads it as: the file, the reason.
    Unreadable {
        file: &'static str,
        reason: Unreadable,
    },
    ChartYamlMissing,
    /// An archive without `Chart.yaml`.
    Undetected,
    UnsupportedVersion,
    Invalid(Invalid),
    Subchart {
        file: String,
        parent: String,
        error: Box<Error>,
    },
    /// A directory in `charts/` that is named like an archive.
    NotAnArchive {
        expected: String,
        found: String,
    },
    /// Archives within archives, deeper than any chart nests them.
    TooDeep,
    /// The archives within the archive hold more than we are ready to unpack.
    TooLarge,
}

/// Why a file is not the YAML that it should be.
#[derive(Clone, Debug, PartialEq)]
pub enum Unreadable {
    Yaml(Box<yaml::Error>),
    Type(yaml::TypeMismatch),
    /// A values file, of which every document must be a mapping.
    Values(Box<yaml::Error>),
}

/// What is wrong with an archive (`pkg/chart/loader/archive/archive.go`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveError {
    NotGzip,
    Corrupt(String),
    AbsolutePath,
    OutsideBase(String),
    ParentDirectory,
    IllegalName,
    ChartYamlAtRoot,
    /// A link to a file outside the chart; ours, Helm takes links for empty files.
    LinkOutside(String),
    TooLarge,
    FileTooLarge(String),
    Empty,
    TooManyFiles,
}

/// Why `.helmignore` is refused (`pkg/ignore/rules.go`).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum IgnoreError {
    DoubleStar,
    Pattern,
}

/// Why `Metadata.Validate` refuses a `Chart.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invalid {
    ApiVersionMissing,
    NameMissing,
    NameNotAllowed(String),
    Name(String),
    VersionMissing,
    Version(String),
    Type,
    NullMaintainer,
    NullDependency,
    Alias(String),
    DependencyTwice(String),
}

/// The largest sum of files that Helm unpacks (`MaxDecompressedChartSize`).
pub(super) const MAX_CHART_SIZE: u64 = 100 << 20;

impl Error {
    /// The place in a file of the chart, if the problem has one.
    pub fn span(&self) -> Option<Span> {
        match self {
            Error::Unreadable { reason, .. } => reason.span(),
            Error::Subchart { error, .. } => error.span(),
            Error::Archive(_)
            | Error::Ignore(_)
            | Error::ChartYamlMissing
            | Error::Undetected
            | Error::UnsupportedVersion
            | Error::Invalid(_)
            | Error::NotAnArchive { .. }
            | Error::TooDeep
            | Error::TooLarge => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Archive(error) => error.fmt(f),
            Error::Ignore(error) => error.fmt(f),
            Error::Unreadable { file, reason } => write!(f, "cannot load {file}: {reason}"),
            Error::ChartYamlMissing => f.write_str("Chart.yaml file is missing"),
            Error::Undetected => f.write_str("unable to detect chart version, no Chart.yaml found"),
            Error::UnsupportedVersion => f.write_str("unsupported chart version"),
            Error::Invalid(invalid) => write!(f, "validation: {invalid}"),
            Error::Subchart { parent, error, .. }
                if let Error::NotAnArchive { expected, found } = &**error =>
            {
                write!(
                    f,
                    "error unpacking subchart tar in {parent}: expected {expected}, got {found}"
                )
            }
            Error::Subchart { file, parent, error } => {
                write!(f, "error unpacking subchart {file} in {parent}: {error}")
            }
            Error::NotAnArchive { expected, found } => {
                write!(f, "expected {expected}, got {found}")
            }
            Error::TooDeep => f.write_str("chart archives are nested too deeply"),
            Error::TooLarge => f.write_str("the archives within the chart are too large"),
        }
    }
}

impl Unreadable {
    fn span(&self) -> Option<Span> {
        match self {
            Unreadable::Yaml(error) | Unreadable::Values(error) => Some(error.span),
            Unreadable::Type(mismatch) => Some(mismatch.span),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Yaml(error) => f.write_str(&error.unmarshal_text()),
            Unreadable::Type(mismatch) => mismatch.fmt(f),
            Unreadable::Values(error) => f.write_str(&error.load_values_text()),
        }
    }
}

impl fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveError::NotGzip => f.write_str("gzip: invalid header"),
            ArchiveError::Corrupt(reason) => f.write_str(reason),
            ArchiveError::AbsolutePath => f.write_str("chart illegally contains absolute paths"),
            ArchiveError::OutsideBase(name) => {
                write!(f, "chart illegally contains content outside the base directory: {name:?}")
            }
            ArchiveError::ParentDirectory => {
                f.write_str("chart illegally references parent directory")
            }
            ArchiveError::IllegalName => f.write_str("chart contains illegally named files"),
            ArchiveError::ChartYamlAtRoot => f.write_str("chart yaml not in base directory"),
            ArchiveError::LinkOutside(name) => {
                write!(f, "chart illegally contains a link to a file outside it: {name:?}")
            }
            ArchiveError::TooLarge => {
                write!(f, "decompressed chart is larger than the maximum size {MAX_CHART_SIZE}")
            }
            ArchiveError::FileTooLarge(name) => write!(
                f,
                "decompressed chart file {name:?} is larger than the maximum file size {MAX_FILE_SIZE}"
            ),
            ArchiveError::Empty => f.write_str("no files in chart archive"),
            ArchiveError::TooManyFiles => {
                write!(f, "chart has more files than the maximum number {}", super::MAX_FILES)
            }
        }
    }
}

impl fmt::Display for IgnoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            IgnoreError::DoubleStar => "double-star (**) syntax is not supported",
            IgnoreError::Pattern => "syntax error in pattern",
        })
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Invalid::ApiVersionMissing => f.write_str("chart.metadata.apiVersion is required"),
            Invalid::NameMissing => f.write_str("chart.metadata.name is required"),
            Invalid::NameNotAllowed(name) => {
                write!(f, "chart.metadata.name {name:?} is not allowed")
            }
            Invalid::Name(name) => write!(f, "chart.metadata.name {name:?} is invalid"),
            Invalid::VersionMissing => f.write_str("chart.metadata.version is required"),
            Invalid::Version(version) => write!(f, "chart.metadata.version {version:?} is invalid"),
            Invalid::Type => f.write_str("chart.metadata.type must be application or library"),
            Invalid::NullMaintainer => {
                f.write_str("maintainers must not contain empty or null nodes")
            }
            Invalid::NullDependency => {
                f.write_str("dependencies must not contain empty or null nodes")
            }
            Invalid::Alias(name) => {
                write!(f, "dependency {name:?} has disallowed characters in the alias")
            }
            Invalid::DependencyTwice(key) => {
                write!(f, "more than one dependency with name or alias {key:?}")
            }
        }
    }
}
