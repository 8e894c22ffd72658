//! Volumes that hold files made from a Secret, a ConfigMap or the pod itself.

use super::super::env::{validate_resource_field_ref, validate_volume_field_ref};
use super::super::values::require;
use super::paths::validate_local_non_reserved_path;
use crate::kube::field::{Errors, Field};

const MODE: &str = "must be a number between 0 and 0777 (octal), both inclusive";

pub(super) fn validate_secret(secret: &Field, errors: &mut Errors) {
    require(secret, &["secretName"], errors);
    validate_files(secret, errors);
}

pub(super) fn validate_config_map(config_map: &Field, errors: &mut Errors) {
    require(config_map, &["name"], errors);
    validate_files(config_map, errors);
}

fn validate_files(source: &Field, errors: &mut Errors) {
    validate_mode(&source.get("defaultMode"), errors);
    for item in source.get("items").items() {
        validate_key_to_path(&item, errors);
    }
}

pub(super) fn validate_mode(mode: &Field, errors: &mut Errors) {
    if mode.int().is_some_and(|mode| !(0..=0o777).contains(&mode)) {
        errors.invalid(mode, MODE);
    }
}

pub(super) fn validate_key_to_path(item: &Field, errors: &mut Errors) {
    require(item, &["key", "path"], errors);
    validate_local_non_reserved_path(&item.get("path"), errors);
    validate_mode(&item.get("mode"), errors);
}

pub(super) fn validate_downward_api(downward_api: &Field, errors: &mut Errors) {
    validate_mode(&downward_api.get("defaultMode"), errors);
    for file in downward_api.get("items").items() {
        // The server reports the file at the path of the volume.
        validate_downward_api_file(&file.value_in(downward_api), errors);
    }
}

pub(super) fn validate_downward_api_file(file: &Field, errors: &mut Errors) {
    let (path, field_ref) = (file.get("path"), file.get("fieldRef"));
    let resource_ref = file.get("resourceFieldRef");
    require(file, &["path"], errors);
    validate_local_non_reserved_path(&path, errors);
    if field_ref.is_set() {
        validate_volume_field_ref(&field_ref, errors);
        if resource_ref.is_set() {
            let problem = "fieldRef and resourceFieldRef can not be specified simultaneously";
            errors.invalid_text(file, "resource", problem);
        }
    } else if resource_ref.is_set() {
        validate_resource_field_ref(&resource_ref, true, errors);
    } else {
        errors.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    validate_mode(&file.get("mode"), errors);
}
