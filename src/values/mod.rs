//! Layers of values merged as Helm merges them, each leaf with its source; the JSON schema check.
