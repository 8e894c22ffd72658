//! Warnings about ResourceQuotas (`WarningsOnCreate` of their registry).

use super::super::field::Field;
use super::super::quantity::Quantity;
use super::Warnings;

/// What pods may ask for together should not exceed what they may use. The plain name of a resource
/// is another name of its requests.
pub(super) fn quota(spec: &Field, warnings: &mut Warnings) {
    let hard = spec.get("hard");
    for (request, plain, limit) in [
        ("requests.cpu", "cpu", "limits.cpu"),
        ("requests.memory", "memory", "limits.memory"),
        ("requests.ephemeral-storage", "", "limits.ephemeral-storage"),
    ] {
        let name = if hard.key(request).is_set() { request } else { plain };
        let (request, limit) = (hard.key(name), hard.key(limit));
        let amounts = (Quantity::read(request.node()), Quantity::read(limit.node()));
        if let (Ok(asked), Ok(used)) = amounts
            && request.is_set()
            && limit.is_set()
            && asked > used
        {
            let text = format!("{asked} should be less than {} ({used})", limit.path());
            warnings.incorrect("quota-exceeds-limit", &request, text);
        }
    }
}
