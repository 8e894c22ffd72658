//! What changes the number of replicas.

use crate::manifest::Object;
use crate::yaml::Node;

/// A HorizontalPodAutoscaler, or KEDA's ScaledObject.
#[derive(Copy, Clone)]
pub(crate) struct Scaler<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) target_kind: &'a str,
    pub(crate) target_name: &'a str,
    pub(crate) target_version: Option<&'a str>,
    pub(crate) min: i64,
    pub(crate) max: Option<i64>,
}

impl<'a> Scaler<'a> {
    pub(crate) fn of(object: Object<'a>) -> Option<Scaler<'a>> {
        // Both have a default for an absent minimum; KEDA's scales to nothing.
        let (min, max, default) = match object.kind() {
            "HorizontalPodAutoscaler" => ("minReplicas", "maxReplicas", 1),
            "ScaledObject" => ("minReplicaCount", "maxReplicaCount", 0),
            _ => return None,
        };
        let spec = object.root().get("spec")?;
        let target = spec.get("scaleTargetRef")?;
        Some(Scaler {
            object,
            target_kind: target.get("kind").and_then(Node::as_str).unwrap_or("Deployment"),
            target_name: target.get("name")?.as_str()?,
            target_version: target.get("apiVersion").and_then(Node::as_str),
            min: spec.get(min).and_then(Node::as_i64).unwrap_or(default),
            max: spec.get(max).and_then(Node::as_i64),
        })
    }

    /// Kubernetes' own.
    pub(crate) fn is_native(&self) -> bool {
        self.object.kind() == "HorizontalPodAutoscaler"
    }
}
