//! Updates of the core group, but for Services.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use data_encoding::BASE64;

use super::super::Version;
use super::super::quantity::Quantity;
use super::super::types::{Shape, Type};
use super::tree::Tree;
use super::{Change, equal};
use crate::diagnostic::Cause;

const IMMUTABLE_SET: &str = "field is immutable when `immutable` is set";

pub(super) fn config_map(change: &mut Change<'_, '_>) {
    immutable_data(change, &["data", "binaryData"]);
}

pub(super) fn secret(change: &mut Change<'_, '_>) {
    immutable_data(change, &["data"]);
}

/// `ValidateConfigMapUpdate`, `ValidateSecretUpdate`: `immutable` holds for ever, for the data too.
fn immutable_data(change: &mut Change<'_, '_>, fields: &[&str]) {
    let is_immutable =
        |tree: &Tree<'_>| tree.get("immutable").and_then(Tree::as_bool) == Some(true);
    if !is_immutable(change.old) {
        return;
    }
    if !is_immutable(change.new) {
        change.refuse(&["immutable"], "immutable", Cause::Forbidden, IMMUTABLE_SET);
    }
    for field in fields {
        if !change.same(&[field]) {
            change.refuse(&[field], field, Cause::Forbidden, IMMUTABLE_SET);
        }
    }
}

/// Of the two fields for what a claim is filled from, one gives the other (`NormalizeDataSources`).
pub(super) fn fill_data_sources(claim: &mut Tree<'_>) {
    let Some(spec) = claim.get_mut("spec") else { return };
    let found =
        |spec: &Tree<'_>, name: &str| spec.get(name).is_some_and(|source| !source.is_null());
    let has_namespace =
        spec.at(&["dataSourceRef", "namespace"]).is_some_and(|namespace| !namespace.is_zero());
    match (found(spec, "dataSource"), found(spec, "dataSourceRef")) {
        (true, false) => copy_field(spec, "dataSource", "dataSourceRef"),
        (false, true) if !has_namespace => copy_field(spec, "dataSourceRef", "dataSource"),
        _ => {}
    }
}

fn copy_field(tree: &mut Tree<'_>, from: &str, to: &'static str) {
    if let Some(value) = tree.get(from).cloned() {
        tree.set(to, value);
    }
}

/// `stringData` is written only: the server moves it into `data`.
pub(super) fn move_string_data(secret: &mut Tree<'_>) {
    let Some(string_data) = secret.get("stringData").cloned() else { return };
    secret.remove("stringData");
    if secret.get("data").is_none() {
        secret.set("data", Tree::empty_map(string_data.span));
    }
    let Some(data) = secret.get_mut("data") else { return };
    let encoded: BTreeMap<Cow<'_, str>, Tree<'_>> = string_data
        .entries()
        .iter()
        .map(|(key, value)| {
            let text = BASE64.encode(value.as_str().unwrap_or_default().as_bytes());
            (key.text.clone(), Tree::text(value.span, text))
        })
        .collect();
    for (key, value) in encoded {
        data.set(key, value);
    }
}

/// A claim whose manifest says nothing of its status is taken for bound: charts are upgraded while
/// their pods run.
pub(super) fn bind_claim(claim: &mut Tree<'_>) {
    let span = claim.span;
    if claim.at(&["status", "phase"]).is_none() {
        if claim.get("status").is_none() {
            claim.set("status", Tree::empty_map(span));
        }
        if let Some(status) = claim.get_mut("status") {
            status.set("phase", Tree::text(span, "Bound"));
        }
    }
    let requested = claim.at(REQUESTED).cloned();
    let is_bound = claim.at(&["status", "phase"]).and_then(Tree::as_str) == Some("Bound");
    let (true, Some(requested)) = (is_bound, requested) else { return };
    if let Some(status) = claim.get_mut("status")
        && status.get("capacity").is_none()
    {
        let mut capacity = Tree::empty_map(span);
        capacity.set("storage", requested);
        status.set("capacity", capacity);
    }
}

const REQUESTED: &[&str] = &["spec", "resources", "requests", "storage"];
const VOLUME_MODE: &[&str] = &["spec", "volumeMode"];

/// `ValidatePersistentVolumeClaimUpdate`.
pub(super) fn persistent_volume_claim(change: &mut Change<'_, '_>) {
    const DETAIL: &str = "spec is immutable after creation except resources.requests and \
         volumeAttributesClassName for bound claims";
    refuse_class_annotation(change);
    let bound = change.old.at(&["status", "phase"]).and_then(Tree::as_str) == Some("Bound");
    let mut may_change = vec!["resources"];
    if bound {
        may_change.push("volumeAttributesClassName");
    }
    if change.old.at(&["spec", "volumeName"]).is_none() {
        may_change.push("volumeName");
    }
    if may_set_class(change) {
        may_change.push("storageClassName");
    }
    let mut changed = change.changed(&["spec"], &may_change);
    if !same_resources(change, bound) {
        changed.push("resources".to_owned());
    }
    if !changed.is_empty() {
        change.refuse_changed(&["spec"], "spec", Cause::Forbidden, DETAIL, changed);
    }
    if let Some(detail) = shrinks(change) {
        change.refuse(REQUESTED, "spec.resources.requests.storage", Cause::Forbidden, detail);
    }
    if !change.same(VOLUME_MODE) {
        change.refuse(VOLUME_MODE, "volumeMode", Cause::Invalid, "field is immutable");
    }
}

const CLASS: &[&str] = &["spec", "storageClassName"];
/// Where classes stood before they had a field.
const BETA: &[&str] = &["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"];

/// `validateStorageClassUpgradeFromNil`, `…FromAnnotation`: a class can be given to a claim that
/// has none.
fn may_set_class(change: &Change<'_, '_>) -> bool {
    let class = change.new.at(CLASS).and_then(Tree::as_str);
    let annotated = change.old.at(BETA).and_then(Tree::as_str);
    change.old.at(CLASS).is_none()
        && class.is_some()
        && annotated.is_none_or(|annotated| class == Some(annotated))
}

/// The class in the annotation stays, unless it becomes that of the field.
fn refuse_class_annotation(change: &mut Change<'_, '_>) {
    let annotated = change.old.at(BETA).and_then(Tree::as_str);
    let class = change.new.at(CLASS).and_then(Tree::as_str);
    let moves = annotated.is_some() && class == annotated && change.old.at(CLASS).is_none();
    if !moves && annotated != change.new.at(BETA).and_then(Tree::as_str) {
        let path = "metadata.annotations.volume.beta.kubernetes.io/storage-class";
        change.refuse(BETA, path, Cause::Invalid, "field is immutable");
    }
}

/// Whether the resources are the same, but for the storage that a bound claim asks for.
fn same_resources(change: &Change<'_, '_>, bound: bool) -> bool {
    const WAY: &[&str] = &["spec", "resources"];
    let (old, mut new) = (change.old.at(WAY).cloned(), change.new.at(WAY).cloned());
    if bound
        && let Some(new) = new.as_mut().and_then(|new| new.get_mut("requests"))
        && let Some(storage) = change.old.at(REQUESTED)
    {
        new.set("storage", storage.clone());
    }
    change.same_as(old.as_ref(), new.as_ref(), WAY)
}

/// Why a request may not shrink as it does: since 1.32, it may as far as the volume allows
/// (`RecoverVolumeExpansionFailure`).
fn shrinks(change: &Change<'_, '_>) -> Option<&'static str> {
    let amount =
        |tree: &Tree<'_>, way: &[&str]| tree.at(way).map_or(Some(Quantity::ZERO), equal::quantity);
    let (old, new) = (amount(change.old, REQUESTED)?, amount(change.new, REQUESTED)?);
    if new >= old {
        return None;
    }
    if change.version < Version::new(32) {
        return Some("field can not be less than previous value");
    }
    let capacity = amount(change.old, &["status", "capacity", "storage"])?;
    (new <= capacity).then_some("field can not be less than status.capacity")
}

/// `ValidatePersistentVolumeUpdate`.
pub(super) fn persistent_volume(change: &mut Change<'_, '_>) {
    let Shape::One(Type::Struct(of)) = change.shape(&["spec"]) else { return };
    let sources: Vec<&'static str> = of
        .fields(change.version)
        .filter(|field| field.embedded() == "PersistentVolumeSource")
        .map(|field| field.name)
        .collect();
    let mut changed = change.changed(&["spec"], &[]);
    changed.retain(|name| sources.contains(&name.as_str()));
    changed.retain(|name| name != "csi" || !only_adds_expand_secret(change));
    if !changed.is_empty() {
        let detail = "spec.persistentvolumesource is immutable after creation";
        let path = "spec.persistentvolumesource";
        change.refuse_changed(&["spec"], path, Cause::Forbidden, detail, changed);
    }
    if !change.same(VOLUME_MODE) {
        change.refuse(VOLUME_MODE, "volumeMode", Cause::Invalid, "field is immutable");
    }
    const AFFINITY: &[&str] = &["spec", "nodeAffinity"];
    if change.old.at(AFFINITY).is_some() && !change.same(AFFINITY) {
        let detail = "field is immutable, except for updating from beta label to GA";
        change.refuse(AFFINITY, "nodeAffinity", Cause::Invalid, detail);
    }
    const ATTRIBUTES: &[&str] = &["spec", "volumeAttributesClassName"];
    let had_class = change.old.at(ATTRIBUTES).is_some() && change.version >= Version::new(34);
    if had_class && change.new.at(ATTRIBUTES).is_none() {
        let detail = "update from non-nil value to nil is forbidden";
        let path = "spec.volumeAttributesClassName";
        change.refuse(ATTRIBUTES, path, Cause::Forbidden, detail);
    }
}

/// A secret for the expansion can be given to a volume that has none.
fn only_adds_expand_secret(change: &Change<'_, '_>) -> bool {
    const CSI: &[&str] = &["spec", "csi"];
    const SECRET: &str = "controllerExpandSecretRef";
    let (Some(old), Some(new)) = (change.old.at(CSI), change.new.at(CSI)) else { return false };
    let mut rest = new.clone();
    rest.remove(SECRET);
    old.get(SECRET).is_none()
        && new.get(SECRET).is_some()
        && change.same_as(Some(old), Some(&rest), CSI)
}

/// `ValidateResourceQuotaUpdate`.
pub(super) fn resource_quota(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "scopes"];
    let scopes = |tree: &Tree<'_>| -> BTreeSet<String> {
        let items = tree.at(WAY).map(Tree::items).unwrap_or_default();
        items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    if scopes(change.old) != scopes(change.new) {
        change.refuse(WAY, "spec.scopes", Cause::Invalid, "field is immutable");
    }
}

/// `ValidatePodUpdate`: of a pod that exists, little more than the images can be changed.
pub(super) fn pod(change: &mut Change<'_, '_>) {
    const DETAIL: &str = "pod updates may not change fields other than \
         `spec.containers[*].image`, `spec.initContainers[*].image`, \
         `spec.activeDeadlineSeconds`, `spec.tolerations` (only additions to existing \
         tolerations), `spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
         previously negative)";
    for list in ["containers", "initContainers"] {
        let count = |tree: &Tree<'_>| tree.at(&["spec", list]).map_or(0, |list| list.items().len());
        if count(change.old) != count(change.new) {
            let detail = "pod updates may not add or remove containers";
            change.refuse(&["spec", list], &format!("spec.{list}"), Cause::Forbidden, detail);
            return;
        }
    }
    deadline(change);
    tolerations(change);
    let may_change =
        ["containers", "initContainers", "activeDeadlineSeconds", "tolerations", "schedulingGates"];
    let mut changed = change.changed(&["spec"], &may_change);
    let lists = ["containers", "initContainers"];
    changed.extend(
        lists.iter().filter(|list| !same_but_images(change, list)).map(|&list| list.to_owned()),
    );
    if !changed.is_empty() {
        change.refuse_changed(&["spec"], "spec", Cause::Forbidden, DETAIL, changed);
    }
}

/// A deadline can be set or brought forward.
fn deadline(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "activeDeadlineSeconds"];
    const PATH: &str = "spec.activeDeadlineSeconds";
    let seconds = |tree: &Tree<'_>| tree.at(WAY).and_then(Tree::as_i64);
    match (seconds(change.old), seconds(change.new)) {
        (Some(old), Some(new)) if new > old => {
            change.refuse(
                WAY,
                PATH,
                Cause::Invalid,
                "must be less than or equal to previous value",
            );
        }
        (Some(_), None) => {
            let detail = "must not update from a positive integer to nil value";
            change.refuse(WAY, PATH, Cause::Invalid, detail);
        }
        (Some(_) | None, Some(_)) | (None, None) => {}
    }
}

/// `validateOnlyAddedTolerations`: every old one must still be there, for however long.
fn tolerations(change: &mut Change<'_, '_>) {
    const WAY: &[&str] = &["spec", "tolerations"];
    let (old, new) = (
        without(change.old, WAY, "tolerationSeconds"),
        without(change.new, WAY, "tolerationSeconds"),
    );
    let kept = |old: &Tree<'_>| {
        new.iter().any(|new| equal::equal(Some(old), Some(new), equal::ANY, change.version))
    };
    if !old.iter().all(kept) {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        change.refuse(WAY, "spec.tolerations", Cause::Forbidden, detail);
    }
}

/// Whether containers are the same but for their images. What an image without a tag makes the
/// pull policy is not a change of its own.
fn same_but_images(change: &Change<'_, '_>, list: &str) -> bool {
    let way = ["spec", list];
    let (old, new) = (without(change.old, &way, "image"), without(change.new, &way, "image"));
    let equal =
        |old, new| equal::equal(Some(old), Some(new), change.item_shape(&way), change.version);
    old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| equal(old, new))
}

/// The items of a list without one of their fields.
fn without<'a>(tree: &Tree<'a>, way: &[&str], field: &str) -> Vec<Tree<'a>> {
    let mut items = tree.at(way).map(Tree::items).unwrap_or_default().to_vec();
    items.iter_mut().for_each(|item| item.remove(field));
    items
}
