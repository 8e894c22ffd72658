//! Fields that no update may change, of kinds whose `ValidateXUpdate` says no more than that.

use super::super::Version;
use super::Change;
use crate::diagnostic::Cause;

struct Immutable {
    api_version: &'static str,
    kind: &'static str,
    way: &'static [&'static str],
    /// Where it is reported, if not at the field itself.
    path: &'static str,
    cause: Cause,
    detail: &'static str,
}

const fn field(
    api_version: &'static str,
    kind: &'static str,
    way: &'static [&'static str],
    path: &'static str,
) -> Immutable {
    Immutable { api_version, kind, way, path, cause: Cause::Invalid, detail: "field is immutable" }
}

const fn forbidden(row: Immutable, detail: &'static str) -> Immutable {
    Immutable { cause: Cause::Forbidden, detail, ..row }
}

const CRDS: &str = "apiextensions.k8s.io/v1";
const STORAGE: &str = "storage.k8s.io/v1";
const RBAC: &str = "rbac.authorization.k8s.io/v1";
const ROLE_REF: &str = "cannot change roleRef";

/// `ValidateImmutableField` and its like, by kind.
const IMMUTABLE: &[Immutable] = &[
    field(CRDS, "CustomResourceDefinition", &["spec", "scope"], "spec.scope"),
    field(CRDS, "CustomResourceDefinition", &["spec", "names", "kind"], "spec.names.kind"),
    field("apps/v1", "DaemonSet", &["spec", "selector"], "spec.selector"),
    field("apps/v1", "Deployment", &["spec", "selector"], "spec.selector"),
    field("apps/v1", "ReplicaSet", &["spec", "selector"], "spec.selector"),
    field("batch/v1", "Job", &["spec", "selector"], "spec.selector"),
    field("batch/v1", "Job", &["spec", "completionMode"], "spec.completionMode"),
    field("batch/v1", "Job", &["spec", "podFailurePolicy"], "spec.podFailurePolicy"),
    field("batch/v1", "Job", &["spec", "backoffLimitPerIndex"], "spec.backoffLimitPerIndex"),
    field("batch/v1", "Job", &["spec", "managedBy"], "spec.managedBy"),
    field("batch/v1", "Job", &["spec", "successPolicy"], "spec.successPolicy"),
    field("discovery.k8s.io/v1", "EndpointSlice", &["addressType"], "addressType"),
    field("networking.k8s.io/v1", "IngressClass", &["spec", "controller"], "spec.controller"),
    field("node.k8s.io/v1", "RuntimeClass", &["handler"], "handler"),
    Immutable { detail: ROLE_REF, ..field(RBAC, "ClusterRoleBinding", &["roleRef"], "roleRef") },
    Immutable { detail: ROLE_REF, ..field(RBAC, "RoleBinding", &["roleRef"], "roleRef") },
    field("resource.k8s.io/v1", "ResourceClaim", &["spec"], "spec"),
    field("resource.k8s.io/v1", "ResourceClaimTemplate", &["spec"], "spec"),
    field("scheduling.k8s.io/v1", "PriorityClass", &["preemptionPolicy"], "preemptionPolicy"),
    forbidden(
        field("scheduling.k8s.io/v1", "PriorityClass", &["value"], "value"),
        "may not be changed in an update.",
    ),
    field(STORAGE, "CSIDriver", &["spec", "attachRequired"], "spec.attachedRequired"),
    field(STORAGE, "CSIDriver", &["spec", "volumeLifecycleModes"], "spec.volumeLifecycleModes"),
    field(STORAGE, "CSIStorageCapacity", &["nodeTopology"], "nodeTopology"),
    field(STORAGE, "CSIStorageCapacity", &["storageClassName"], "storageClassName"),
    field(STORAGE, "StorageClass", &["parameters"], "parameters"),
    field(STORAGE, "StorageClass", &["provisioner"], "provisioner"),
    field(STORAGE, "StorageClass", &["reclaimPolicy"], "reclaimPolicy"),
    field(STORAGE, "StorageClass", &["volumeBindingMode"], "volumeBindingMode"),
    forbidden(
        field(STORAGE, "VolumeAttributesClass", &["driverName"], "driverName"),
        "updates to driverName are forbidden.",
    ),
    forbidden(
        field(STORAGE, "VolumeAttributesClass", &["parameters"], "parameters"),
        "updates to parameters are forbidden.",
    ),
    field("v1", "Secret", &["type"], "type"),
];

/// Refuses what the table says of the kind.
pub(super) fn check(change: &mut Change<'_, '_>) {
    let (api_version, kind) = (change.kind.api_version, change.kind.kind);
    let rows = IMMUTABLE.iter().filter(|row| row.kind == kind && row.api_version == api_version);
    for row in rows {
        if !change.same(row.way) {
            change.refuse(row.way, row.path, cause(row, change.version), row.detail);
        }
    }
}

/// Before 1.36, changes of storage classes were `Forbidden` in words of their own, but for the
/// binding mode.
fn cause(row: &Immutable, version: Version) -> Cause {
    let was_forbidden = row.kind == "StorageClass" && row.path != "volumeBindingMode";
    if was_forbidden && version < Version::new(36) { Cause::Forbidden } else { row.cause }
}
