//! Documents that no text holds: what becomes of an object when others are merged into it.

use std::sync::Arc;

use super::node::{Document, Node, NodeData, Shape};
use crate::source::{FileId, Span};

/// A document in the making, from the leaves to the root.
pub(crate) struct Assembly {
    document: Document,
}

/// A node of an [`Assembly`].
#[derive(Copy, Clone)]
pub(crate) struct Piece(u32);

/// From how many keys on a mapping is searched by halves.
const SEARCHED_BY_HALVES: usize = 16;

impl Assembly {
    /// An empty one, whose nodes will show places in `file`.
    pub(crate) fn new(file: FileId) -> Assembly {
        Assembly {
            document: Document {
                file,
                text: Arc::new([]),
                unescaped: String::new(),
                nodes: Vec::new(),
                children: Vec::new(),
                root: 0,
                duplicates: Vec::new(),
            },
        }
    }

    /// A copy of a scalar of another document.
    pub(crate) fn scalar(&mut self, at: Span, scalar: Node<'_>) -> Piece {
        match (scalar.as_str(), *scalar.shape()) {
            (Some(text), _) => self.text(at, text),
            (None, shape @ (Shape::Bool(_) | Shape::Int(_) | Shape::Uint(_) | Shape::Float(_))) => {
                self.push(at, shape)
            }
            (
                None,
                Shape::Null
                | Shape::Borrowed { .. }
                | Shape::Owned { .. }
                | Shape::Seq { .. }
                | Shape::Map { .. }
                | Shape::Alias(_),
            ) => self.push(at, Shape::Null),
        }
    }

    pub(crate) fn null(&mut self, at: Span) -> Piece {
        self.push(at, Shape::Null)
    }

    pub(crate) fn bool(&mut self, at: Span, value: bool) -> Piece {
        self.push(at, Shape::Bool(value))
    }

    pub(crate) fn int(&mut self, at: Span, value: i64) -> Piece {
        self.push(at, Shape::Int(value))
    }

    pub(crate) fn text(&mut self, at: Span, text: &str) -> Piece {
        let start = self.document.unescaped.len() as u32;
        self.document.unescaped.push_str(text);
        self.push(at, Shape::Owned { start, end: self.document.unescaped.len() as u32 })
    }

    pub(crate) fn seq(&mut self, at: Span, items: &[Piece]) -> Piece {
        let first = self.document.children.len() as u32;
        self.document.children.extend(items.iter().map(|item| item.0));
        self.push(at, Shape::Seq { first, len: items.len() as u32 })
    }

    /// A mapping; no key may come twice.
    pub(crate) fn map(&mut self, at: Span, pairs: &[(Piece, Piece)]) -> Piece {
        let first = self.document.children.len() as u32;
        let flat = pairs.iter().flat_map(|(key, value)| [key.0, value.0]);
        self.document.children.extend(flat);
        let sorted = pairs.len() >= SEARCHED_BY_HALVES;
        if sorted {
            let mut order: Vec<u32> = (0..pairs.len() as u32).collect();
            let text = |pair: &u32| self.document.key_text(pairs[*pair as usize].0.0);
            order.sort_by(|a, b| text(a).cmp(text(b)));
            self.document.children.extend(order);
        }
        self.push(at, Shape::Map { first, len: pairs.len() as u32, sorted })
    }

    pub(crate) fn finish(mut self, root: Piece) -> Document {
        self.document.root = root.0;
        self.document
    }

    fn push(&mut self, at: Span, shape: Shape) -> Piece {
        debug_assert_eq!(at.file, self.document.file);
        self.document.nodes.push(NodeData { start: at.start, end: at.end, shape });
        Piece(self.document.nodes.len() as u32 - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Kind, Sources};

    #[test]
    fn large_and_small_mappings_find_their_keys() {
        for len in [0, 1, 15, 16, 100] {
            let file = Sources::default().add(Kind::File, "a.yaml", *b"");
            let at = Span { file, start: 3, end: 5 };
            let mut assembly = Assembly::new(file);
            let pairs: Vec<_> = (0..len)
                .map(|nth| (assembly.text(at, &format!("k{nth}")), assembly.int(at, nth)))
                .collect();
            let root = assembly.map(at, &pairs);
            let document = assembly.finish(root);
            for nth in 0..len {
                assert_eq!(document.root().get(&format!("k{nth}")).unwrap().as_i64(), Some(nth));
            }
            assert!(document.root().get("other").is_none());
            assert_eq!(document.root().span(), at);
        }
    }
}
