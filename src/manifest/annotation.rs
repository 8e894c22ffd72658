//! Annotations on objects: `chartc.dev/ignore`, and those of kube-linter and kube-score.

use std::collections::{BTreeMap, BTreeSet};

use super::{Object, Objects};
use crate::diagnostic::ObjectRef;

/// What the annotations of all objects accept; objects that accept nothing are left out.
pub fn annotations(objects: &Objects) -> BTreeMap<ObjectRef, BTreeSet<String>> {
    let accepted = objects.iter().map(|object| (object, accepted(object)));
    let accepted = accepted.filter(|(_, names)| !names.is_empty());
    accepted.map(|(object, names)| (object.reference().clone(), names)).collect()
}

/// The names that an object's annotations accept; `*` is all of them.
fn accepted(object: Object<'_>) -> BTreeSet<String> {
    let annotations = object.root().at(&["metadata", "annotations"]);
    let entries = annotations.into_iter().flat_map(|node| node.entries());
    let mut names = BTreeSet::new();
    for entry in entries {
        let (Some(key), Some(value)) = (entry.key.as_str(), entry.value.as_str()) else { continue };
        match key {
            "chartc.dev/ignore" | "kube-score/ignore" => {
                names.extend(value.split(',').map(|name| name.trim().to_owned()));
            }
            "kube-linter.io/ignore-all" => {
                names.insert("*".to_owned());
            }
            _ => names.extend(key.strip_prefix("ignore-check.kube-linter.io/").map(str::to_owned)),
        }
    }
    names
}
