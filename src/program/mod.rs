//! Resolves trees: template names, functions, variable slots; all static checks of templates.

use crate::source::{FileId, Sources};
use crate::value::Map;

/// One file of a chart's `templates` folder, and the scope that it runs in.
pub struct Unit {
    /// The whole path, as Helm prints it: `chart/templates/x.yaml`,
    /// `chart/charts/sub/templates/_helpers.tpl`.
    pub name: String,
    pub file: FileId,
    /// `.Template.BasePath`: `chart/templates`.
    pub base: String,
    /// What the file sees as `.`: Values, Chart, Release, Files, Capabilities, Subcharts. The files
    /// of one chart share one map.
    pub scope: Map,
    /// Only its definitions matter; it is not rendered itself (its name starts with `_`).
    pub partial: bool,
}

/// All templates of a chart and its subcharts, ready to run.
pub struct Program {}

/// Parses and resolves the files of a chart and its subcharts.
///
/// Never fails: what is wrong is in [`Program`], and `exec::render` refuses to run a program with
/// syntax errors, as Helm does.
pub fn compile(_units: &[Unit], _sources: &Sources) -> Program {
    Program {}
}
