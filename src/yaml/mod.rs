//! YAML as Helm reads and writes it.
//!
//! The reader resolves what go-yaml (v2, through sigs.k8s.io/yaml) resolves: YAML 1.1 scalars,
//! anchors, merge keys, duplicate keys (the last wins), keys of any scalar turned into strings.
//! What remains is JSON's model with spans. The writer prints byte for byte what `toYaml` prints.

mod node;

pub use node::{Document, Entry, Kind, Node};
