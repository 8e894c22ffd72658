//! `lookup` in objects that were given beforehand (`pkg/engine/lookup_func.go` asks the cluster).

use crate::value::{Map, MapKind, Value};

/// The object that the four arguments name; all of a kind if they name none; else an empty map.
pub(crate) fn find(objects: &[Value], args: &[Value]) -> Value {
    let arg = |index: usize| args.get(index).and_then(Value::as_str).unwrap_or_default();
    let (api_version, kind, namespace, name) = (arg(0), arg(1), arg(2), arg(3));
    let matches = |object: &&Value| {
        text(object, &["apiVersion"]) == api_version
            && text(object, &["kind"]) == kind
            && (namespace.is_empty() || in_namespace(object, namespace))
            && (name.is_empty() || text(object, &["metadata", "name"]) == name)
    };
    let mut found = objects.iter().filter(matches);
    if !name.is_empty() {
        return found.next().cloned().unwrap_or_else(|| Map::new(MapKind::Any).into());
    }
    let items: Vec<Value> = found.cloned().collect();
    if items.is_empty() {
        return Map::new(MapKind::Any).into();
    }
    let list = Map::new(MapKind::Any);
    list.insert(&b"apiVersion"[..], Value::text(api_version));
    list.insert(&b"kind"[..], Value::text([kind, b"List"].concat()));
    list.insert(&b"items"[..], Value::from(items));
    list.into()
}

/// An object without a namespace belongs to none, so it is found under any.
fn in_namespace(object: &Value, namespace: &[u8]) -> bool {
    let own = text(object, &["metadata", "namespace"]);
    own.is_empty() || own == namespace
}

/// The string at a path of keys; empty if there is none.
fn text(object: &Value, path: &[&str]) -> Vec<u8> {
    let mut current = object.clone();
    for key in path {
        let next = current.as_map().and_then(|map| map.get(key.as_bytes()));
        current = next.unwrap_or(Value::NIL);
    }
    current.as_str().unwrap_or_default().to_vec()
}
