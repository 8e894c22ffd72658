//! Volumes of drivers of the Container Storage Interface.

use super::super::meta;
use super::super::values::{require, require_valid};
use crate::kube::field::{Errors, Field};
use crate::kube::names;

/// `ValidateCSIDriverName`.
pub(crate) fn validate_csi_driver_name(driver: &Field, errors: &mut Errors) {
    let name = driver.text();
    if name.is_empty() {
        return errors.required(driver, "");
    }
    if name.len() > 63 {
        errors.too_long(driver, 63);
    }
    errors.invalid_each(driver, names::is_dns1123_subdomain(&meta::lower(name)));
}

pub(super) fn validate_csi(csi: &Field, errors: &mut Errors) {
    validate_csi_driver_name(&csi.get("driver"), errors);
    let secret = csi.get("nodePublishSecretRef");
    let name = secret.get("name");
    if secret.is_set() && name.text().is_empty() {
        errors.required(&name, "");
    } else if secret.is_set() {
        let name = name.moved(csi.path().child("name"));
        errors.invalid_each(&name, names::is_dns1123_subdomain(name.text()));
    }
}

pub(super) fn validate_csi_persistent(csi: &Field, errors: &mut Errors) {
    validate_csi_driver_name(&csi.get("driver"), errors);
    require(csi, &["volumeHandle"], errors);
    let secrets = [
        "controllerPublishSecretRef",
        "controllerExpandSecretRef",
        "nodePublishSecretRef",
        "nodeExpandSecretRef",
    ];
    for name in secrets {
        let secret = csi.get(name);
        if secret.is_set() {
            validate_pv_secret_reference(&secret, errors);
        }
    }
}

fn validate_pv_secret_reference(secret: &Field, errors: &mut Errors) {
    let (name, namespace) = (secret.get("name"), secret.get("namespace"));
    require_valid(&name, names::is_dns1123_subdomain, errors);
    require_valid(&namespace, names::is_dns1123_label, errors);
}
