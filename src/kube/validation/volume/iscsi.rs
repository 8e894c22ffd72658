//! iSCSI volumes and the names of their targets and initiators.

use super::super::values::require;
use super::plugins::require_in_secret_ref;
use crate::kube::field::{Errors, Field};

const TOO_LONG: &str = "Total length of <volume name>:<iscsi.targetPortal> must be under 64 \
     characters if iscsi.initiatorName is specified.";
const UNKNOWN: &str = "must be valid format starting with iqn, eui, or naa";
const INVALID: &str = "must be valid format";

pub(super) fn validate_iscsi(iscsi: &Field, errors: &mut Errors) {
    validate_iscsi_target(iscsi, UNKNOWN, errors);
    validate_iscsi_initiator(iscsi, UNKNOWN, errors);
}

pub(super) fn validate_iscsi_persistent(iscsi: &Field, errors: &mut Errors) {
    validate_iscsi_target(iscsi, INVALID, errors);
    require_in_secret_ref(iscsi, &["name"], errors);
    validate_iscsi_initiator(iscsi, INVALID, errors);
}

/// The name of a pod's volume and the portal make a path, whatever else the volume holds.
pub(super) fn validate_name_length(volume: &Field, errors: &mut Errors) {
    let (name, iscsi) = (volume.get("name"), volume.get("iscsi"));
    if is_too_long(name.text(), &iscsi) {
        errors.invalid(&name, TOO_LONG);
    }
}

/// The same for a persistent volume. The field is reported in lower case.
pub(super) fn validate_portal_length(iscsi: &Field, name: &str, errors: &mut Errors) {
    if is_too_long(name, iscsi) {
        let portal = iscsi.get("targetPortal");
        errors.invalid(&portal.moved(iscsi.path().child("targetportal")), TOO_LONG);
    }
}

fn is_too_long(name: &str, iscsi: &Field) -> bool {
    let length = name.len() + 1 + iscsi.get("targetPortal").text().len();
    iscsi.get("initiatorName").is_set() && length > 64
}

fn validate_iscsi_target(iscsi: &Field, problem: &'static str, errors: &mut Errors) {
    require(iscsi, &["targetPortal", "iqn"], errors);
    let (iqn, lun) = (iscsi.get("iqn"), iscsi.get("lun"));
    if !iqn.text().is_empty() {
        validate_iscsi_name(&iqn, problem, errors);
    }
    if !(0..=255).contains(&lun.int_or(0)) {
        errors.invalid(&lun, "must be between 0 and 255, inclusive");
    }
    let secret = iscsi.get("secretRef");
    let chap =
        ["chapAuthDiscovery", "chapAuthSession"].iter().any(|name| iscsi.get(name).is_true());
    if chap && !secret.is_set() {
        errors.required(&secret, "");
    }
}

fn validate_iscsi_initiator(iscsi: &Field, problem: &'static str, errors: &mut Errors) {
    let initiator = iscsi.get("initiatorName");
    if initiator.is_set() {
        validate_iscsi_name(&initiator.moved(iscsi.path().child("initiatorname")), problem, errors);
    }
}

fn validate_iscsi_name(name: &Field, unknown: &'static str, errors: &mut Errors) {
    let text = name.text();
    let is_good = match text.get(..3) {
        Some("iqn") => is_iqn(text),
        Some("eui") => is_fixed_name(text, 16),
        Some("naa") => is_fixed_name(text, 32),
        _ => return errors.invalid(name, unknown),
    };
    if !is_good {
        errors.invalid(name, INVALID);
    }
}

/// `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`, which need not start where the text does.
fn is_iqn(text: &str) -> bool {
    text.match_indices("iqn.").any(|(at, _)| text.get(at + 4..).is_some_and(is_dated_name))
}

/// What follows the first point of an `iqn`.
fn is_dated_name(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('.') else { return false };
    let Some((authority, name)) = rest.split_once(':') else { return false };
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    let dated =
        date.split_once('-').is_some_and(|(year, month)| digits(year, 4) && digits(month, 2));
    let named = !authority.is_empty()
        && authority.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let plain =
        |c: char| !matches!(c, ',' | ';' | '*' | '&' | '$' | '|') && !c.is_ascii_whitespace();
    dated && named && !name.is_empty() && name.chars().all(plain)
}

/// `eui.[[:alnum:]]{16}`, where the point stands for any character.
fn is_fixed_name(text: &str, len: usize) -> bool {
    let mut rest = text.chars().skip(3);
    rest.next().is_some() && rest.clone().count() == len && rest.all(|c| c.is_ascii_alphanumeric())
}
