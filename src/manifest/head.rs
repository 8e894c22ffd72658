//! What Helm reads of a manifest before it prints it: kind and annotations.

use crate::yaml::{Decoder, GoStruct, Node, TypeMismatch};

/// `SimpleHead` in `pkg/release/v1/util/manifest.go`.
#[derive(Debug, Default)]
pub(super) struct SimpleHead {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) annotations: Vec<(String, String)>,
}

const HEAD: GoStruct = GoStruct {
    name: "SimpleHead",
    type_name: "util.SimpleHead",
    fields: &["apiVersion", "kind", "metadata"],
};

const METADATA: GoStruct = GoStruct {
    name: "",
    type_name: r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#,
    fields: &["name", "annotations"],
};

impl SimpleHead {
    pub(super) fn read(root: Node<'_>) -> Result<SimpleHead, TypeMismatch> {
        let mut head = SimpleHead::default();
        let mut decoder = Decoder::default();
        decoder.structure(root, HEAD, |decoder, name, node| match name {
            "apiVersion" => head.api_version = decoder.string(node).unwrap_or_default(),
            "kind" => head.kind = decoder.string(node).unwrap_or_default(),
            _ => {
                decoder.structure(node, METADATA, |decoder, name, node| {
                    if name == "annotations" {
                        head.annotations = decoder.string_map(node).unwrap_or_default();
                    } else {
                        drop(decoder.string(node));
                    }
                });
            }
        });
        decoder.finish().map(|()| head)
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        let found = self.annotations.iter().find(|(name, _)| name == key)?;
        Some(&found.1)
    }
}
