//! What validation of a new object finds, and an update does not report: what no update looks at,
//! and what may stay as it was (`Validate…Update`, `ValidationOptionsFor…`).

use super::super::field::FieldError;
use super::super::types::Kind;

/// What is never looked at again: the name, which cannot change, and what only the store refuses
/// of a new object.
const META: [&str; 4] =
    ["metadata.name", "metadata.generateName", "metadata.namespace", "metadata.resourceVersion"];

/// Errors that are not reported if the old object has one of the same row.
struct Tolerated {
    kinds: &'static [&'static str],
    /// All of them are in the path.
    path: &'static [&'static str],
    /// How the reason begins.
    detail: &'static str,
    /// Only values that the old object has are tolerated.
    same_value: bool,
}

const fn tolerated(
    kinds: &'static [&'static str],
    path: &'static [&'static str],
    detail: &'static str,
) -> Tolerated {
    Tolerated { kinds, path, detail, same_value: false }
}

const WEBHOOKS: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const SELECTING: &[&str] = &[
    "CSIStorageCapacity",
    "ClusterRole",
    "MutatingWebhookConfiguration",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "ValidatingWebhookConfiguration",
];
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric";

const TOLERATED: &[Tolerated] = &[
    tolerated(SELECTING, &[".matchExpressions["], LABEL_VALUE),
    tolerated(WEBHOOKS, &["webhooks[", ".admissionReviewVersions"], "must include at least one"),
    tolerated(WEBHOOKS, &["webhooks[", ".sideEffects"], ""),
    tolerated(&["CronJob"], &["spec.schedule"], "cannot use TZ or CRON_TZ in schedule"),
    tolerated(&["CronJob"], &["spec.timeZone"], ""),
    tolerated(&["EndpointSlice"], &["endpoints["], ""),
    tolerated(&["Endpoints"], &["subsets["], ""),
    tolerated(&["HorizontalPodAutoscaler"], &["spec.scaleTargetRef.apiVersion"], ""),
    tolerated(&["Ingress"], &["spec.tls[", ".secretName"], ""),
    Tolerated { same_value: true, ..tolerated(&["NetworkPolicy"], &[".ipBlock."], "") },
    // The set may have been stored before its template was validated.
    tolerated(&["StatefulSet"], &["spec.template"], ""),
];

impl Tolerated {
    fn covers(&self, error: &FieldError) -> bool {
        self.path.iter().all(|part| error.path.contains(part))
            && error.detail.starts_with(self.detail)
    }

    /// Whether an error may stay, as the old object has one like it.
    fn lets_stay(&self, error: &FieldError, before: &[FieldError]) -> bool {
        let is_alike =
            |old: &FieldError| self.covers(old) && (!self.same_value || old.value == error.value);
        self.covers(error) && before.iter().any(is_alike)
    }
}

/// The errors that an update reports, of those that the new object would have if it were created.
/// `before` finds those of the old object.
pub(super) fn reported(
    mut errors: Vec<FieldError>,
    kind: Kind,
    before: impl FnOnce() -> Vec<FieldError>,
) -> Vec<FieldError> {
    errors.retain(|error| is_looked_at(kind, &error.path));
    let rows: Vec<&Tolerated> =
        TOLERATED.iter().filter(|row| row.kinds.contains(&kind.kind)).collect();
    if errors.iter().any(|error| rows.iter().any(|row| row.covers(error))) {
        let before = before();
        errors.retain(|error| !rows.iter().any(|row| row.lets_stay(error, &before)));
    }
    errors
}

/// Whether an update validates that part of an object again.
fn is_looked_at(kind: Kind, path: &str) -> bool {
    if META.contains(&path) {
        return false;
    }
    match kind.kind {
        // Immutable, so that an old mistake may stay.
        "StatefulSet" => {
            !path.starts_with("spec.serviceName") && !path.starts_with("spec.volumeClaimTemplates")
        }
        "Ingress" => !path.starts_with("annotations."),
        "IPAddress"
        | "PriorityClass"
        | "ResourceClaim"
        | "ResourceClaimTemplate"
        | "ServiceCIDR" => path.starts_with("metadata"),
        _ => true,
    }
}
