//! Annotations on objects that accept findings: `chartc.dev/ignore`, and those of kube-linter,
//! kube-score, polaris and checkov.

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
        "polaris.fairwinds.com/exempt" if value == "true" => Some(vec!["*".to_owned()]),
        // `checkov.io/skip1: CKV_K8S_20=reason`
        _ if key.starts_with("checkov.io/skip") => {
            Some(vec![value.split('=').next().unwrap_or_default().trim().to_owned()])
        }
        _ => named(key, value).map(|check| vec![check.to_owned()]),
    }
}

/// The check that the key of an annotation names.
fn named<'a>(key: &'a str, value: &str) -> Option<&'a str> {
    let polaris = |key: &'a str| {
        let check = key.strip_prefix("polaris.fairwinds.com/")?.strip_suffix("-exempt")?;
        (value == "true").then_some(check)
    };
    key.strip_prefix("ignore-check.kube-linter.io/").or_else(|| polaris(key))
}
