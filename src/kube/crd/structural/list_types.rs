//! The types of lists and maps: what the items of a set and the keys of a list by keys must be.

use super::super::At;
use super::super::schema::Schema;
use super::Found;
use crate::diagnostic::Cause;

impl Found<'_> {
    pub(super) fn map_type(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        let Some(node) = schema.get("x-kubernetes-map-type") else { return };
        self.needs_type(
            at,
            schema,
            "object",
            "must be object if x-kubernetes-map-type is specified",
        );
        if !matches!(node.as_str(), Some("atomic" | "granular")) {
            let path = at.path.child("x-kubernetes-map-type");
            let detail = "supported values: \"atomic\", \"granular\"";
            self.push((path, node), Cause::NotSupported, detail);
        }
    }

    fn needs_type(
        &mut self,
        at: At<'_, '_>,
        schema: Schema<'_>,
        wanted: &str,
        detail: &'static str,
    ) {
        let path = at.path.child("type");
        match schema.text("type") {
            None => self.push((path, at.node), Cause::Required, detail),
            Some(kind) if kind != wanted => {
                let node = schema.get("type").unwrap_or(at.node);
                self.push((path, node), Cause::Invalid, detail);
            }
            Some(_) => {}
        }
    }

    pub(super) fn list_type(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        let list_type = schema.text("x-kubernetes-list-type");
        let keys: Vec<&str> = schema.texts("x-kubernetes-list-map-keys").collect();
        let path = at.path.child("x-kubernetes-list-type");
        if let (Some(kind), Some(node)) = (list_type, schema.get("x-kubernetes-list-type")) {
            let detail = "must be array if x-kubernetes-list-type is specified";
            self.needs_type(at, schema, "array", detail);
            if !matches!(kind, "atomic" | "set" | "map") {
                let detail = "supported values: \"atomic\", \"set\", \"map\"";
                self.push((path, node), Cause::NotSupported, detail);
            }
            if kind == "set" && schema.text("type") == Some("array") {
                self.set_items(at, schema);
            }
        }
        if !keys.is_empty() && list_type != Some("map") {
            let cause = if list_type.is_none() { Cause::Required } else { Cause::Invalid };
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
            self.push(
                (path, schema.get("x-kubernetes-list-type").unwrap_or(at.node)),
                cause,
                detail,
            );
        }
        if list_type == Some("map") {
            self.map_keys(at, schema, &keys);
        }
        if matches!(list_type, Some("set" | "map"))
            && let Some(items) = schema.items()
            && items.is_nullable()
        {
            let inner = at.child("items", items.node());
            let detail = "cannot be nullable when x-kubernetes-list-type is set or map";
            self.push((inner.path.child("nullable"), inner.node), Cause::Forbidden, detail);
        }
    }

    /// Items of a set are compared as a whole: they must be atomic.
    fn set_items(&mut self, at: At<'_, '_>, schema: Schema<'_>) {
        const DETAIL: &str = "must be atomic as item of a list with x-kubernetes-list-type=set";
        let Some(items) = schema.items() else { return };
        let inner = at.child("items", items.node());
        let list_type = items.text("x-kubernetes-list-type");
        match items.text("type") {
            Some("array") if list_type.is_some_and(|kind| kind != "atomic") => {
                let path = inner.path.child("x-kubernetes-list-type");
                self.push((path, inner.node), Cause::Invalid, DETAIL);
            }
            Some("object") if items.text("x-kubernetes-map-type") != Some("atomic") => {
                let path = inner.path.child("x-kubernetes-map-type");
                self.push((path, inner.node), Cause::Invalid, DETAIL);
            }
            _ => {}
        }
    }

    fn map_keys(&mut self, at: At<'_, '_>, schema: Schema<'_>, keys: &[&str]) {
        let keys_path = at.path.child("x-kubernetes-list-map-keys");
        let keys_node = schema.get("x-kubernetes-list-map-keys").unwrap_or(at.node);
        if keys.is_empty() {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            self.push((keys_path, keys_node), Cause::Required, detail);
        }
        let Some(items) = schema.items() else {
            let detail = "must have a schema if x-kubernetes-list-type is map";
            self.push((at.path.child("items"), at.node), Cause::Required, detail);
            return;
        };
        let inner = at.child("items", items.node());
        if items.text("type") != Some("object") {
            let detail = "must be object if parent array's x-kubernetes-list-type is map";
            self.push((inner.path.child("type"), inner.node), Cause::Invalid, detail);
            return;
        }
        let properties = inner.path.child("properties");
        for (nth, key) in keys.iter().enumerate() {
            if keys[..nth].contains(key) {
                self.push(
                    (keys_path, keys_node),
                    Cause::Invalid,
                    "must not contain duplicate entries",
                );
            }
            let Some(property) = items.property(key) else {
                let detail = "entries must all be names of item properties";
                self.push((keys_path, keys_node), Cause::Invalid, detail);
                continue;
            };
            let place = properties.key(key);
            if matches!(property.text("type"), Some("array" | "object")) {
                let detail =
                    "must be a scalar type if parent array's x-kubernetes-list-type is map";
                self.push((place.child("type"), property.node()), Cause::Invalid, detail);
            }
            let required = items.texts("required").any(|name| name == *key);
            if !required && property.get("default").is_none() {
                let detail = "this property is in x-kubernetes-list-map-keys, so it must have a \
                     default or be a required property";
                self.push((place.child("default"), property.node()), Cause::Required, detail);
            }
            if property.is_nullable() {
                let detail =
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable";
                self.push((place.child("nullable"), property.node()), Cause::Forbidden, detail);
            }
        }
    }
}
