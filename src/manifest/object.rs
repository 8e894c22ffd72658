//! One Kubernetes object of a render.

use crate::diagnostic::{ObjectRef, Place};
use crate::yaml::{Document, Node};

/// The objects of one render, in the order in which they stand in it. A `kind: List` is opened:
/// its items are objects of their own.
#[derive(Default)]
pub struct Objects {
    pub(crate) documents: Vec<Document>,
    pub(crate) heads: Vec<Head>,
}

/// What every check needs of an object, read once.
pub(crate) struct Head {
    /// Which of the documents.
    pub(crate) document: usize,
    /// Steps from the document's root to the object: empty, or the index in a List's `items`.
    pub(crate) item: Option<usize>,
    pub(crate) hook: bool,
    pub(crate) reference: ObjectRef,
}

/// An object, lent.
#[derive(Copy, Clone)]
pub struct Object<'a> {
    objects: &'a Objects,
    index: usize,
}

impl Objects {
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Object<'_>> {
        (0..self.heads.len()).map(|index| Object { objects: self, index })
    }
}

impl<'a> Object<'a> {
    /// Position in [`Objects`], for indexes over a render.
    pub fn index(self) -> usize {
        self.index
    }

    pub fn root(self) -> Node<'a> {
        let head = self.head();
        let root = self.objects.documents[head.document].root();
        head.item.and_then(|item| root.get("items")?.items().nth(item)).unwrap_or(root)
    }

    pub fn api_version(self) -> &'a str {
        &self.head().reference.api_version
    }

    pub fn kind(self) -> &'a str {
        &self.head().reference.kind
    }

    pub fn name(self) -> Option<&'a str> {
        self.head().reference.name.as_deref()
    }

    pub fn namespace(self) -> Option<&'a str> {
        self.head().reference.namespace.as_deref()
    }

    pub fn reference(self) -> &'a ObjectRef {
        &self.head().reference
    }

    /// Has a `helm.sh/hook` annotation.
    pub fn is_hook(self) -> bool {
        self.head().hook
    }

    /// An item of a `kind: List`.
    pub fn is_listed(self) -> bool {
        self.head().item.is_some()
    }

    /// Keys that stand twice in one of its mappings: the earlier ones, which lost.
    pub fn duplicate_keys(self) -> impl Iterator<Item = Node<'a>> {
        let root = self.root().span();
        let keys = self.objects.documents[self.head().document].duplicates();
        keys.filter(move |key| root.start <= key.span().start && key.span().end <= root.end)
    }

    /// The place of one of its nodes.
    pub fn place(self, node: Node<'_>) -> Place {
        Place::rendered(node.span())
    }

    fn head(self) -> &'a Head {
        &self.objects.heads[self.index]
    }
}
