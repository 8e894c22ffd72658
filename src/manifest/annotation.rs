//! Annotations on objects that accept findings: `chartc.dev/ignore`, and those of kube-linter and
//! kube-score.

use super::{Object, Objects};
use crate::diagnostic::{ObjectRef, Place};

/// What one annotation accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepting {
    pub object: ObjectRef,
    /// Rules, by our names or by another linter's; `*` is all of them.
    pub names: Vec<String>,
    /// It is `chartc.dev/ignore`; the others are also read by the tools that they were written for.
    pub own: bool,
    pub place: Place,
}

/// The annotations that accept findings, in the order of the objects.
pub fn annotations(objects: &Objects) -> Vec<Accepting> {
    objects.iter().flat_map(accepting).collect()
}

fn accepting(object: Object<'_>) -> impl Iterator<Item = Accepting> {
    let annotations = object.root().at(&["metadata", "annotations"]);
    let entries = annotations.into_iter().flat_map(|node| node.entries());
    entries.filter_map(move |entry| {
        let key = entry.key.as_str()?;
        let names = names(key, entry.value.as_str().unwrap_or_default())?;
        let place = object.place(entry.value);
        let own = key == "chartc.dev/ignore";
        Some(Accepting { object: object.reference().clone(), names, own, place })
    })
}

/// The names that an annotation accepts; None if it is about something else.
fn names(key: &str, value: &str) -> Option<Vec<String>> {
    match key {
        "chartc.dev/ignore" | "kube-score/ignore" => {
            Some(value.split(',').map(|name| name.trim().to_owned()).collect())
        }
        "kube-linter.io/ignore-all" => Some(vec!["*".to_owned()]),
        _ => {
            let check = key.strip_prefix("ignore-check.kube-linter.io/")?;
            Some(vec![check.to_owned()])
        }
    }
}
