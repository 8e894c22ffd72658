//! Updates of StatefulSets and Jobs.

use super::super::Version;
use super::Change;
use super::tree::Tree;
use crate::diagnostic::Cause;

/// `ValidateStatefulSetUpdate`: one error, whatever and however much has changed.
pub(super) fn stateful_set(change: &mut Change<'_, '_>) {
    const DETAIL: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', \
         'template', 'updateStrategy', 'revisionHistoryLimit', \
         'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
    let mut may_change = vec![
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];
    if change.version >= Version::new(33) {
        may_change.push("revisionHistoryLimit");
    }
    let changed = change.changed(&["spec"], &may_change);
    if !changed.is_empty() {
        change.refuse_changed(&["spec"], "spec", Cause::Forbidden, DETAIL, changed);
    }
}

/// `ValidateJobSpecUpdate`, but for what is in the table of immutable fields.
pub(super) fn job(change: &mut Change<'_, '_>) {
    completions(change);
    template(change);
}

/// `validateCompletions`: an indexed job may scale both its numbers together.
fn completions(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "completions"];
    if change.same(WAY) {
        return;
    }
    let number = |name| change.new.at(&["spec", name]).and_then(Tree::as_i64);
    let mode = change.new.at(&["spec", "completionMode"]).and_then(Tree::as_str);
    let detail = match mode {
        // An indexed job without completions is refused as such.
        Some("Indexed") if number("completions").is_none() => return,
        Some("Indexed") if number("completions") == number("parallelism") => return,
        Some("Indexed") => "can only be modified in tandem with spec.parallelism",
        _ => "field is immutable",
    };
    change.refuse(WAY, "spec.completions", Cause::Invalid, detail);
}

/// `validatePodTemplateUpdate`: where a suspended job may run can be changed, and since 1.36 what
/// its containers may use.
fn template(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "template"];
    const DETAIL: &str = "field is immutable";
    let (Some(old), Some(new)) = (change.old.at(WAY), change.new.at(WAY)) else { return };
    let suspended = change.old.at(&["spec", "suspend"]).and_then(Tree::as_bool).unwrap_or_default();
    let mut old = old.clone();
    if suspended {
        take_scheduling(&mut old, new);
    }
    if !suspended || change.version < Version::new(36) {
        if !change.same_as(Some(&old), Some(new), WAY) {
            let changed = change.changed(WAY, &[]);
            change.refuse_changed(WAY, "spec.template", Cause::Invalid, DETAIL, changed);
        }
        return;
    }
    if let (Some(old), Some(new)) = (old.get_mut("spec"), new.get("spec")) {
        take_resources(old, new, "containers");
        take_resources(old, new, "initContainers");
    }
    const SPEC: &[&str] = &["spec", "template", "spec"];
    if !change.same_as(old.get("spec"), new.get("spec"), SPEC) {
        let changed = change.changed(SPEC, &[]);
        change.refuse_changed(SPEC, "spec.template.spec", Cause::Invalid, DETAIL, changed);
    }
}

/// Makes the scheduling directives of a template those of another.
fn take_scheduling<'a>(old: &mut Tree<'a>, new: &Tree<'a>) {
    if let (Some(old), Some(new)) = (old.get_mut("metadata"), new.get("metadata")) {
        old.copy("annotations", new);
        old.copy("labels", new);
    }
    let (Some(old), Some(new)) = (old.get_mut("spec"), new.get("spec")) else { return };
    for field in ["nodeSelector", "tolerations", "schedulingGates"] {
        old.copy(field, new);
    }
    if old.get("affinity").is_none() && new.at(&["affinity", "nodeAffinity"]).is_some() {
        old.set("affinity", Tree::empty_map(new.span));
    }
    let empty = Tree::empty_map(new.span);
    let affinity = new.get("affinity").unwrap_or(&empty);
    if let Some(old) = old.get_mut("affinity") {
        old.copy("nodeAffinity", affinity);
    }
}

/// Makes the resources of containers those of another pod's, where they are the same containers.
fn take_resources<'a>(old: &mut Tree<'a>, new: &Tree<'a>, list: &str) {
    let (Some(old), Some(new)) = (old.get_mut(list), new.get(list)) else { return };
    if old.items().len() != new.items().len() {
        return;
    }
    for (old, new) in old.items_mut().iter_mut().zip(new.items()) {
        let name =
            |container: &Tree<'a>| container.get("name").and_then(Tree::as_str).map(str::to_owned);
        if name(old) == name(new) {
            old.copy("resources", new);
        }
    }
}
