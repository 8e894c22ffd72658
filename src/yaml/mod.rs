//! YAML as Helm reads and writes it.
//!
//! The reader resolves what go-yaml (v2, through sigs.k8s.io/yaml) resolves: YAML 1.1 scalars,
//! anchors, merge keys, duplicate keys (the last wins), keys of any scalar turned into strings.
//! What remains is JSON's model with spans. The writer prints byte for byte what `toYaml` prints.
//!
//! Reading goes through the files in this order: `input` checks the bytes, `scanner` makes tokens,
//! `parser` events, `builder` nodes, and `decode` applies what is not syntax, with `entries` for
//! mappings and `json_check` for what sigs.k8s.io/yaml refuses. Writing is `emitter`'s alone.

mod assemble;
mod binary;
mod builder;
mod decode;
mod emitter;
mod entries;
mod error;
mod float;
mod go_syntax;
mod input;
mod json_check;
mod key_order;
mod node;
mod parser;
mod resolve;
mod scanner;
mod stream;
#[cfg(test)]
mod tests;
mod typed;

use std::ops::Range;
use std::sync::Arc;

use crate::source::FileId;

pub(crate) use assemble::{Assembly, Piece};
pub use emitter::{Collection, Emitter, Version};
pub use error::{Error, Problem};
pub use float::{json_float, yaml_float};
pub use key_order::sort_keys;
pub use node::{Document, Entry, Kind, Node};
pub use stream::{read_values, split_values};
pub use typed::{Decoder, GoStruct, TypeMismatch};

/// All documents of a file. A file without any has none.
pub fn read(file: FileId, text: &Arc<[u8]>) -> Result<Vec<Document>, Box<Error>> {
    let input = input::prepare(text, 0..text.len());
    let mut builder = builder::Builder::new(file, text, &input);
    let mut documents = Vec::new();
    while let Some(document) = builder.document()? {
        documents.push(document);
    }
    Ok(documents)
}

/// The first document of a part of a file, None if there is no document. What follows the first
/// document is not read: this is `yaml.Unmarshal`, by which Helm reads everything but streams.
///
/// Lines of errors are counted from the start of the part, as Helm does; spans are offsets in the
/// file.
pub fn read_first(
    file: FileId,
    text: &Arc<[u8]>,
    part: Range<usize>,
) -> Result<Option<Document>, Box<Error>> {
    let input = input::prepare(text, part);
    let mut builder = builder::Builder::new(file, text, &input);
    builder.expect_one();
    builder.document()
}
