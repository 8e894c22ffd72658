//! The custom kinds that charts ship most, for when their CRDs are not at hand:
//! `schemas/custom-resources.jsonl`, which `cargo xtask schemas` writes.
//!
//! Their schemas say less than the CRDs (no patterns, limits, defaults or rules), and may be older
//! than those of a cluster.

use std::sync::{Arc, LazyLock, OnceLock};

use super::Definition;
use super::schema::Schema;
use crate::source::FileId;
use crate::yaml::{self, Document};

static TABLE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/custom-resources.jsonl"));

/// How a line of the table begins, before the API version and the kind.
const START: &str = r#"{"is":""#;

/// A line of the table.
struct Entry {
    api_version: &'static str,
    kind: &'static str,
    line: &'static str,
    /// Read when it is first asked for.
    document: OnceLock<Option<Document>>,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let entry = |line: &'static str| {
        let (api_version, rest) = line.strip_prefix(START)?.split_once(' ')?;
        let kind = rest.split('"').next()?;
        Some(Entry { api_version, kind, line, document: OnceLock::new() })
    };
    TABLE.lines().filter_map(entry).collect()
});

/// What is known of a kind.
pub(super) fn find(api_version: &str, kind: &str) -> Option<Definition<'static>> {
    let entry = ENTRIES.iter().find(|one| one.api_version == api_version && one.kind == kind)?;
    let read = || {
        let text: Arc<[u8]> = entry.line.as_bytes().into();
        yaml::read_first(FileId::NOWHERE, &text, 0..text.len()).ok().flatten()
    };
    let schema = entry.document.get_or_init(read).as_ref()?.root().get("schema")?;
    Some(Definition {
        version: entry.api_version.rsplit('/').next()?,
        schema: Some(Schema::new(schema)),
        scale: None,
        has_status: true,
        is_certain: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_can_be_found_and_read() {
        assert_eq!(ENTRIES.len(), TABLE.lines().count());
        for entry in ENTRIES.iter() {
            let definition = find(entry.api_version, entry.kind).unwrap();
            assert!(definition.schema.unwrap().property("spec").is_some(), "{}", entry.kind);
        }
    }

    #[test]
    fn every_kind_is_in_the_documentation() {
        let page = include_str!("../../../docs/custom-resources.md");
        for Entry { api_version, kind, .. } in ENTRIES.iter() {
            let (group, version) = api_version.split_once('/').unwrap();
            let names = |line: &&str| {
                line.contains(group) && line.contains(&format!("{version}`")) && line.contains(kind)
            };
            assert!(page.lines().any(|line| names(&line)), "{api_version} {kind}");
        }
    }
}
