//! `cargo run -p xtask --features typed -- typed`: compares what chartc takes for an object of a type
//! with what k8s-openapi takes for one, compiled: objects made from the tables fit both, and one
//! value of a wrong type is refused by both.
//!
//! A feature, as the crate takes minutes to compile.

use std::path::Path;

use chartc::pipeline::check_manifests;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::schemas::{self, Definition, Definitions, Scalar, Shape};

/// The version that the feature of k8s-openapi in `Cargo.toml` names.
const MINOR: u8 = 36;
/// How many objects are made of each kind.
const OBJECTS: u64 = 25;
/// How deep they are filled.
const DEPTH: usize = 7;

/// Reads an object into the struct of its kind, and writes it again.
type Decode = fn(&Value) -> Result<Value, String>;

fn decode<T: DeserializeOwned + Serialize>(object: &Value) -> Result<Value, String> {
    let typed: T = T::deserialize(object).map_err(|error| error.to_string())?;
    serde_json::to_value(typed).map_err(|error| error.to_string())
}

macro_rules! kinds {
    ($($group:ident :: $version:ident :: $kind:ident),* $(,)?) => {
        &[$((
            concat!("api::", stringify!($group), "::", stringify!($version), "::", stringify!($kind)),
            decode::<k8s_openapi::api::$group::$version::$kind>,
        )),*]
    };
}

/// The kinds that charts ship, by their place in k8s-openapi.
const KINDS: &[(&str, Decode)] = kinds![
    admissionregistration::v1::MutatingWebhookConfiguration,
    admissionregistration::v1::ValidatingAdmissionPolicy,
    admissionregistration::v1::ValidatingAdmissionPolicyBinding,
    admissionregistration::v1::ValidatingWebhookConfiguration,
    apps::v1::DaemonSet,
    apps::v1::Deployment,
    apps::v1::ReplicaSet,
    apps::v1::StatefulSet,
    autoscaling::v1::HorizontalPodAutoscaler,
    autoscaling::v2::HorizontalPodAutoscaler,
    batch::v1::CronJob,
    batch::v1::Job,
    coordination::v1::Lease,
    core::v1::ConfigMap,
    core::v1::Endpoints,
    core::v1::LimitRange,
    core::v1::Namespace,
    core::v1::PersistentVolume,
    core::v1::PersistentVolumeClaim,
    core::v1::Pod,
    core::v1::PodTemplate,
    core::v1::ReplicationController,
    core::v1::ResourceQuota,
    core::v1::Secret,
    core::v1::Service,
    core::v1::ServiceAccount,
    discovery::v1::EndpointSlice,
    flowcontrol::v1::FlowSchema,
    flowcontrol::v1::PriorityLevelConfiguration,
    networking::v1::Ingress,
    networking::v1::IngressClass,
    networking::v1::NetworkPolicy,
    node::v1::RuntimeClass,
    policy::v1::PodDisruptionBudget,
    rbac::v1::ClusterRole,
    rbac::v1::ClusterRoleBinding,
    rbac::v1::Role,
    rbac::v1::RoleBinding,
    scheduling::v1::PriorityClass,
    storage::v1::CSIDriver,
    storage::v1::StorageClass,
    storage::v1::VolumeAttributesClass,
];

/// Returns whether both agree on all.
pub(crate) fn run(root: &Path) -> Result<bool, String> {
    let definitions = schemas::definitions(root, MINOR)?;
    let mut differences = 0;
    for (path, decode) in KINDS {
        let definition = definitions.get(*path).ok_or_else(|| format!("no type {path}"))?;
        for seed in 0..OBJECTS {
            let mut maker = Maker { definitions: &definitions, random: Random(seed) };
            let object = maker.object(definition, DEPTH);
            let mut wrong = object.clone();
            let place = maker.spoil(&mut wrong, definition);
            let found = [agree_on_good(&object, *decode), agree_on_wrong(&wrong, &place, *decode)];
            for difference in found.into_iter().flatten() {
                println!("{path} {seed}: {difference}");
                differences += 1;
            }
        }
    }
    println!("{} kinds, {OBJECTS} objects each: {differences} differences", KINDS.len());
    Ok(differences == 0)
}

/// What the decoder of chartc says of an object.
fn faults(object: &Value) -> Vec<String> {
    let version = format!("1.{MINOR}");
    let found = check_manifests(&object.to_string(), &version).into_iter();
    let of_decoder = found.filter(|found| matches!(&*found.rule, "unknown-field" | "wrong-type"));
    of_decoder.map(|found| found.message).collect()
}

fn agree_on_good(object: &Value, decode: Decode) -> Option<String> {
    if let Some(fault) = faults(object).first() {
        return Some(format!("chartc refuses what the tables made: {fault}"));
    }
    match decode(object) {
        Err(error) => Some(format!("k8s-openapi refuses what the tables made: {error}")),
        Ok(written) => lost(object, &written, "").map(|at| format!("k8s-openapi drops `{at}`")),
    }
}

fn agree_on_wrong(object: &Value, place: &str, decode: Decode) -> Option<String> {
    match (faults(object).is_empty(), decode(object).is_ok()) {
        (false, false) => None,
        (true, true) => Some(format!("both take a wrong type at `{place}`")),
        (true, false) => Some(format!("chartc takes a wrong type at `{place}`")),
        (false, true) => Some(format!("k8s-openapi takes a wrong type at `{place}`")),
    }
}

/// The first part of a value that another one does not have.
fn lost(value: &Value, written: &Value, at: &str) -> Option<String> {
    match (value, written) {
        (Value::Object(value), Value::Object(written)) => value.iter().find_map(|(key, value)| {
            let at = format!("{at}.{key}");
            match written.get(key) {
                Some(written) => lost(value, written, &at),
                None => Some(at),
            }
        }),
        (Value::Array(value), Value::Array(written)) if value.len() == written.len() => {
            value.iter().zip(written).find_map(|(value, written)| lost(value, written, at))
        }
        (value, written) if value == written => None,
        (value, written) => Some(format!("{at}: {value} becomes {written}")),
    }
}

/// SplitMix64: the same objects on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) as usize % end.max(1)
    }
}

struct Maker<'d> {
    definitions: &'d Definitions,
    random: Random,
}

impl Maker<'_> {
    fn object(&mut self, definition: &Definition, depth: usize) -> Value {
        let mut object = Map::new();
        for field in &definition.fields {
            // Of times, k8s-openapi has no empty one.
            let is_needed = field.shape == Shape::Scalar(Scalar::Time);
            if (is_needed || self.random.below(3) > 0)
                && let Some(value) = self.value(&field.shape, depth)
            {
                object.insert(field.name.clone(), value);
            }
        }
        if let Some(kind) = &definition.kind {
            object.insert("apiVersion".to_owned(), json!(kind.api_version));
            object.insert("kind".to_owned(), json!(kind.kind));
        }
        Value::Object(object)
    }

    /// A value of that shape; None for an object that would nest too deep.
    fn value(&mut self, shape: &Shape, depth: usize) -> Option<Value> {
        Some(match shape {
            Shape::Scalar(scalar) => self.scalar(*scalar),
            Shape::Struct(path) => {
                let definitions = self.definitions;
                self.object(definitions.get(path)?, depth.checked_sub(1)?)
            }
            Shape::List(item) => json!([self.value(item, depth)?]),
            Shape::Map(item) => json!({ "key": self.value(item, depth)? }),
        })
    }

    fn scalar(&mut self, scalar: Scalar) -> Value {
        match scalar {
            Scalar::String => json!("text"),
            Scalar::Bool => json!(true),
            Scalar::Int32 | Scalar::Int64 => json!(7),
            Scalar::Float => json!(1.5),
            Scalar::Bytes => json!("dGV4dA=="),
            Scalar::Quantity => json!("7"),
            Scalar::IntOrString if self.random.below(2) == 0 => json!(7),
            Scalar::IntOrString => json!("7%"),
            Scalar::Time => json!("2024-02-29T12:30:00Z"),
            Scalar::MicroTime => json!("2024-02-29T12:30:00.000000Z"),
            Scalar::Any => json!({ "key": 7 }),
            Scalar::SchemaOrBool | Scalar::SchemaOrArray | Scalar::SchemaOrStrings => json!({}),
        }
    }

    /// Gives one field a value of another type; says which.
    fn spoil(&mut self, object: &mut Value, definition: &Definition) -> String {
        let Value::Object(fields) = object else { return String::new() };
        let is_typed = |shape: &Shape| !matches!(shape, Shape::Scalar(Scalar::Any));
        let present: Vec<_> = definition
            .fields
            .iter()
            .filter(|field| fields.contains_key(&field.name) && is_typed(&field.shape))
            .filter(|field| !matches!(field.name.as_str(), "apiVersion" | "kind"))
            .collect();
        let Some(field) = present.get(self.random.below(present.len())) else {
            fields.insert("metadata".to_owned(), json!("text"));
            return "metadata".to_owned();
        };
        let value = fields.entry(field.name.clone()).or_insert(Value::Null);
        if let (Shape::Struct(path), Some(inner)) = (&field.shape, value.as_object())
            && inner.len() > 1
        {
            let definitions = self.definitions;
            let inner = definitions.get(path).map(|of| self.spoil(value, of));
            return format!("{}.{}", field.name, inner.unwrap_or_default());
        }
        *value = match &field.shape {
            Shape::Struct(_) | Shape::Map(_) => json!("text"),
            Shape::Scalar(_) | Shape::List(_) => json!({ "key": 7 }),
        };
        field.name.clone()
    }
}
