//! A `FileSet` (directory or .tgz) into a chart tree: metadata, ignore file, dependencies.

use crate::source::FileId;
use crate::yaml::Document;

mod address;
mod archive;
mod error;
mod files;
mod ignore;
mod lint;
mod load;
mod log;
mod metadata;
pub mod pattern;

pub use archive::unpack;
pub use error::{ArchiveError, Error, IgnoreError, Invalid, Unreadable};
pub use files::{File, FileSet, MAX_FILE_SIZE, MAX_FILES};
pub use ignore::Ignore;
pub use lint::{Fault, lint};
pub use load::{Loaded, load};
pub use log::{Level, Log};
pub use metadata::{Dependency, Import, Maintainer, Metadata};

/// A chart as its files describe it, before values decide which dependencies take part.
pub struct Chart {
    pub metadata: Metadata,
    pub api: Api,
    /// `Chart.yaml`.
    pub chart_yaml: FileId,
    /// The documents of `values.yaml`: each a mapping or null, later ones win.
    pub defaults: Vec<Document>,
    /// `values.schema.json`.
    pub schema: Option<FileId>,
    /// The files in `templates/`.
    pub templates: Vec<Member>,
    /// All other files that are not Helm's own; `.Files` and `crds/` are among them.
    pub files: Vec<Member>,
    /// The charts in `charts/`, in the order of their names there.
    pub dependencies: Vec<Chart>,
}

/// The chart API that `Chart.yaml` declares.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Api {
    V1,
    V2,
    /// Known to Helm 4, but not installable with it.
    V3,
}

/// A file of a chart.
pub struct Member {
    /// Relative to the chart's directory.
    pub path: String,
    pub id: FileId,
}

/// Whether a template is written in the second dialect, not in Go's.
pub fn is_jinja(path: &str) -> bool {
    path.ends_with(".j2")
}

impl Chart {
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// `IsLibraryChart` in `pkg/chart/common.go`.
    pub fn is_library(&self) -> bool {
        self.metadata.kind.eq_ignore_ascii_case("library")
    }
}
