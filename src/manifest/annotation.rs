//! Annotations on objects: `chartc.dev/ignore`, and those of kube-linter and kube-score.

use std::collections::BTreeSet;

use super::Object;

/// The names that an object's annotations accept; `*` is all of them.
pub fn accepted(object: Object<'_>) -> BTreeSet<String> {
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
