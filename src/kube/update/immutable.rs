//! Fields that no update may change, of kinds whose `ValidateXUpdate` says no more than that.

use super::super::Version;
use super::super::lifecycle::group;
use super::Change;
use crate::diagnostic::Cause;

struct Immutable {
    group: &'static str,
    kind: &'static str,
    way: &'static [&'static str],
    /// Where it is reported, if not at the field itself.
    path: &'static str,
    cause: Cause,
    detail: &'static str,
    /// The first minor version in which the field may change.
    until: u8,
}

const fn field(
    group: &'static str,
    kind: &'static str,
    way: &'static [&'static str],
    path: &'static str,
) -> Immutable {
    let (cause, detail) = (Cause::Invalid, "field is immutable");
    Immutable { group, kind, way, path, cause, detail, until: u8::MAX }
}

const fn forbidden(row: Immutable, detail: &'static str) -> Immutable {
    Immutable { cause: Cause::Forbidden, detail, ..row }
}

const CRDS: &str = "apiextensions.k8s.io";
const NETWORKING: &str = "networking.k8s.io";
const STORAGE: &str = "storage.k8s.io";
const RBAC: &str = "rbac.authorization.k8s.io";
const CRD: &str = "CustomResourceDefinition";
const ROLE_REF: &str = "cannot change roleRef";

/// `ValidateImmutableField` and its like, by kind.
const IMMUTABLE: &[Immutable] = &[
    field(CRDS, CRD, &["spec", "scope"], "spec.scope"),
    field(CRDS, CRD, &["spec", "names", "kind"], "spec.names.kind"),
    field(CRDS, CRD, &["spec", "group"], "spec.group"),
    field(CRDS, CRD, &["spec", "names", "plural"], "spec.names.plural"),
    field("apps", "ControllerRevision", &["data"], "data"),
    field("apps", "DaemonSet", &["spec", "selector"], "spec.selector"),
    field("apps", "Deployment", &["spec", "selector"], "spec.selector"),
    field("apps", "ReplicaSet", &["spec", "selector"], "spec.selector"),
    field("batch", "Job", &["spec", "selector"], "spec.selector"),
    field("batch", "Job", &["spec", "completionMode"], "spec.completionMode"),
    field("batch", "Job", &["spec", "podFailurePolicy"], "spec.podFailurePolicy"),
    field("batch", "Job", &["spec", "backoffLimitPerIndex"], "spec.backoffLimitPerIndex"),
    field("batch", "Job", &["spec", "managedBy"], "spec.managedBy"),
    field("batch", "Job", &["spec", "successPolicy"], "spec.successPolicy"),
    field("discovery.k8s.io", "EndpointSlice", &["addressType"], "addressType"),
    field(NETWORKING, "IPAddress", &["spec", "parentRef"], "spec.parentRef"),
    field(NETWORKING, "IngressClass", &["spec", "controller"], "spec.controller"),
    field("node.k8s.io", "RuntimeClass", &["handler"], "handler"),
    Immutable { detail: ROLE_REF, ..field(RBAC, "ClusterRoleBinding", &["roleRef"], "roleRef") },
    Immutable { detail: ROLE_REF, ..field(RBAC, "RoleBinding", &["roleRef"], "roleRef") },
    field("resource.k8s.io", "ResourceClaim", &["spec"], "spec"),
    field("resource.k8s.io", "ResourceClaimTemplate", &["spec"], "spec"),
    field("scheduling.k8s.io", "PriorityClass", &["preemptionPolicy"], "preemptionPolicy"),
    forbidden(
        field("scheduling.k8s.io", "PriorityClass", &["value"], "value"),
        "may not be changed in an update.",
    ),
    field(STORAGE, "CSIDriver", &["spec", "attachRequired"], "spec.attachedRequired"),
    Immutable {
        until: 29,
        ..field(STORAGE, "CSIDriver", &["spec", "fsGroupPolicy"], "spec.fsGroupPolicy")
    },
    Immutable {
        until: 29,
        ..field(STORAGE, "CSIDriver", &["spec", "podInfoOnMount"], "spec.podInfoOnMount")
    },
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
    field(STORAGE, "VolumeAttachment", &["spec"], "spec"),
    field("", "Secret", &["type"], "type"),
];

/// Refuses what the table says of the kind.
pub(super) fn check(change: &mut Change<'_, '_>) {
    let (group, kind) = (group(change.kind.api_version), change.kind.kind);
    let version = change.version;
    let rows = IMMUTABLE.iter().filter(|row| row.kind == kind && row.group == group);
    for row in rows.filter(|row| version < Version::new(row.until)) {
        if !change.same(row.way) {
            change.refuse(row.way, row.path, cause(row, version), row.detail);
        }
    }
}

/// Before 1.36, changes of storage classes were `Forbidden` in words of their own, but for the
/// binding mode.
fn cause(row: &Immutable, version: Version) -> Cause {
    let was_forbidden = row.kind == "StorageClass" && row.path != "volumeBindingMode";
    if was_forbidden && version < Version::new(36) { Cause::Forbidden } else { row.cause }
}
