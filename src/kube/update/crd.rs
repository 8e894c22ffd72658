//! Updates of CustomResourceDefinitions.

use super::Change;
use super::tree::Tree;
use crate::diagnostic::Cause;

/// `ValidateCustomResourceDefinitionStoredVersions`: objects may lie in the store in the version
/// that the old definition stored, so that it must stay.
pub(super) fn definition(change: &mut Change<'_, '_>) {
    const VERSIONS: &[&str] = &["spec", "versions"];
    let versions = |tree: &Tree<'_>| -> Vec<(String, bool)> {
        let items = tree.at(VERSIONS).map(Tree::items).unwrap_or_default();
        let name = |item: &Tree<'_>| item.get("name")?.as_str().map(str::to_owned);
        let stored = |item: &Tree<'_>| item.get("storage").and_then(Tree::as_bool) == Some(true);
        items.iter().filter_map(|item| Some((name(item)?, stored(item)))).collect()
    };
    let kept = versions(change.new);
    let stored = versions(change.old).into_iter().find(|(_, stored)| *stored);
    if let Some((name, _)) = stored.filter(|(name, _)| kept.iter().all(|(kept, _)| kept != name)) {
        let detail = format!(
            "missing from spec.versions; {name} was previously a storage version, and must remain \
             in spec.versions until a storage migration ensures no data remains persisted in \
             {name} and removes {name} from status.storedVersions"
        );
        change.refuse(VERSIONS, "status.storedVersions[0]", Cause::Invalid, detail);
    }
}
