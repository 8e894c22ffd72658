//! Updates of ranges of service addresses.

use super::Change;
use super::tree::Tree;
use crate::diagnostic::Cause;

/// `ValidateServiceCIDRUpdate`: of another family, a second range can be added.
pub(super) fn service_cidr(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "cidrs"];
    const DETAIL: &str = "field is immutable";
    let ranges = |tree: &Tree<'_>| -> Vec<String> {
        let items = tree.at(WAY).map(Tree::items).unwrap_or_default();
        items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
    };
    let (old, new) = (ranges(change.old), ranges(change.new));
    if old.len() != new.len() && (old.len(), new.len()) != (1, 2) {
        return change.refuse(WAY, "spec.cidrs", Cause::Invalid, DETAIL);
    }
    for (nth, (old, new)) in old.iter().zip(&new).enumerate() {
        if old != new {
            change.refuse(WAY, &format!("spec.cidrs[{nth}]"), Cause::Invalid, DETAIL);
        }
    }
}
