//! Label selectors, read once and ready to be looked up in an index.

use crate::kube::selector::requirement;
use crate::source::Span;
use crate::yaml::Node;

/// A selector of labels. What it means is told by `kube::selector`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Selector<'a> {
    /// Pairs that must all be there, sorted.
    pub(crate) pairs: Vec<(&'a str, &'a str)>,
    expressions: Vec<Expression<'a>>,
}

/// An item of `matchExpressions`. Two are equal if they are the same piece of text.
#[derive(Copy, Clone)]
struct Expression<'a> {
    key: &'a str,
    node: Node<'a>,
}

/// The labels of an object or a pod template.
#[derive(Default)]
pub(crate) struct Labels<'a> {
    /// Sorted by key.
    pub(crate) pairs: Vec<(&'a str, &'a str)>,
    node: Option<Node<'a>>,
}

impl<'a> Selector<'a> {
    /// A `LabelSelector` with `matchLabels` and `matchExpressions`. None if it cannot be read: then
    /// the check of types has spoken, and no rule should guess.
    pub(crate) fn of(node: Node<'a>) -> Option<Selector<'a>> {
        let pairs = node.get("matchLabels").map_or(Some(Vec::new()), sorted_pairs)?;
        let expressions = node.get("matchExpressions").into_iter().flat_map(|list| list.items());
        let expressions = expressions
            .map(|node| Some(Expression { key: node.get("key")?.as_str()?, node }))
            .collect::<Option<_>>()?;
        Some(Selector { pairs, expressions })
    }

    /// A plain map of labels, as a Service has it.
    pub(crate) fn of_map(node: Node<'a>) -> Option<Selector<'a>> {
        Some(Selector { pairs: sorted_pairs(node)?, expressions: Vec::new() })
    }

    /// Selects everything.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.expressions.is_empty()
    }

    /// The keys that it asks for.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let asked = self.expressions.iter().map(|expression| expression.key);
        self.pairs.iter().map(|(key, _)| *key).chain(asked)
    }

    /// The values that it asks for.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a str> {
        let lists = self.expressions.iter().filter_map(|expression| expression.node.get("values"));
        let listed = lists.flat_map(|list| list.items()).filter_map(Node::as_str);
        self.pairs.iter().map(|(_, value)| *value).chain(listed)
    }

    /// The selector without what it asks of some keys.
    pub(crate) fn without(&self, drop: impl Fn(&str) -> bool) -> Selector<'a> {
        let mut rest = self.clone();
        rest.pairs.retain(|(key, _)| !drop(key));
        rest.expressions.retain(|expression| !drop(expression.key));
        rest
    }

    pub(crate) fn matches(&self, labels: &Labels<'_>) -> bool {
        self.pairs.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|one| requirement(one.node, labels.node))
    }
}

impl<'a> Labels<'a> {
    /// A map of labels; values that are no strings are the type check's business.
    pub(crate) fn of(node: Option<Node<'a>>) -> Labels<'a> {
        let entries = node.into_iter().flat_map(|map| map.entries());
        let pairs = entries.filter_map(|one| Some((one.key.as_str()?, one.value.as_str()?)));
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_unstable();
        Labels { pairs, node }
    }

    fn get(&self, key: &str) -> Option<&'a str> {
        let at = self.pairs.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
        self.pairs.get(at).map(|(_, value)| *value)
    }
}

impl PartialEq for Expression<'_> {
    fn eq(&self, other: &Expression<'_>) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Expression<'_> {}

impl std::hash::Hash for Expression<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.place().hash(state);
    }
}

impl Expression<'_> {
    fn place(&self) -> Span {
        self.node.span()
    }
}

fn sorted_pairs(map: Node<'_>) -> Option<Vec<(&str, &str)>> {
    let pairs = map.entries().map(|entry| Some((entry.key.as_str()?, entry.value.as_str()?)));
    let mut pairs = pairs.collect::<Option<Vec<_>>>()?;
    pairs.sort_unstable();
    Some(pairs)
}
