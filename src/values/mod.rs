//! Layers of values merged as Helm merges them, each leaf with its source; the JSON schema check.
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "most matches here are on foreign enums, or tell one kind of value from all others"
)]

mod capabilities;
mod coalesce;
mod import;
mod layers;
mod schema;
mod scope;
mod strvals;
mod table;
mod tree;

pub use capabilities::{Capabilities, HELM, HelmVersion, KubeVersion, KubeVersionError, is_known};
pub use coalesce::TypeMismatch;
pub use layers::{LayerError, Layers, Set, SetKind, ValuesFile};
pub use schema::{SchemaError, Schemas, check_schema, check_schemas};
pub use scope::{Release, Scope};
pub use tree::{Node, is_compatible};

use crate::chart::{Chart, Log};
use crate::origin::Tracer;
use crate::source::Sources;
use crate::value::Value;
use coalesce::{Nulls, coalesce, share_globals};
use layers::from_documents;

/// The charts that take part, and their values.
pub struct Merged<'c> {
    pub root: Node<'c>,
    /// The values of the whole tree, those of a subchart under its name.
    pub values: Value,
}

/// The values of `chart` with what the user gave, for the chart and all that it depends on.
///
/// Fails where a value stands at the name of a subchart and is no table.
pub fn merge<'c>(
    chart: &'c Chart,
    user: &Value,
    mut tracer: Option<&mut Tracer>,
    log: &mut Vec<Log>,
) -> Result<Merged<'c>, MergeError> {
    let mut defaults = |chart: &Chart| from_documents(&chart.defaults, tracer.as_deref_mut());
    let mut root = Node::new(chart, &mut defaults);
    let at = |stage| move |mismatch| MergeError { stage, mismatch };
    tree::enable(&mut root, user, "", log).map_err(at(Stage::Dependencies))?;
    import::import(&mut root, log).map_err(at(Stage::Dependencies))?;
    let mut values = coalesce(&root, user, Nulls::Delete, log).map_err(at(Stage::Values))?;
    forget_defaults(&mut root);
    table::unshare(&mut values);
    share_globals(&root, &values);
    Ok(Merged { root, values })
}

/// Why values cannot be merged.
pub struct MergeError {
    pub stage: Stage,
    pub mismatch: TypeMismatch,
}

/// Where merging failed.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// While dependencies were switched on and off.
    Dependencies,
    /// While the values of the charts that take part were put together.
    Values,
}

impl Merged<'_> {
    /// What the templates of each chart see.
    pub fn scopes(
        &self,
        release: &Release,
        capabilities: &Capabilities,
        sources: &Sources,
    ) -> Vec<Scope<'_>> {
        scope::scopes(&self.root, &self.values, release, capabilities, sources)
    }
}

/// A table without entries.
pub fn empty() -> Value {
    table::empty()
}

/// A table over another one, of which nulls delete what they stand over (`CoalesceTables`).
pub fn over(values: &Value, defaults: &Value) -> Value {
    let mut merged = values.clone();
    coalesce::coalesce_tables(&mut merged, defaults, "", Nulls::Delete, &mut Vec::new());
    merged
}

/// Lets go of the defaults, so that the merged values share nothing with them.
fn forget_defaults(node: &mut Node<'_>) {
    node.values = table::empty();
    node.children.iter_mut().for_each(forget_defaults);
}

/// A value as Go's `%v` prints it, for messages.
fn go_text(value: &Value) -> String {
    let mut text = Vec::new();
    // Beyond the limit the text is cut.
    let _ = crate::value::print::write(&mut text, value, MAX_MESSAGE);
    String::from_utf8_lossy(&text).into_owned()
}

/// The longest value that a message shows.
const MAX_MESSAGE: usize = 1 << 20;
