//! Label selectors, evaluated in full.
//!
//! Source of the behaviour: `LabelSelectorAsSelector` in apimachinery `pkg/apis/meta/v1` and
//! `Requirement.Matches` in `pkg/labels`.

use crate::yaml::Node;

/// A selector of labels, read once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Selector<'a> {
    /// Pairs that must all be there, sorted.
    pub(crate) pairs: Vec<(&'a str, &'a str)>,
    requirements: Vec<Requirement<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Requirement<'a> {
    key: &'a str,
    operator: Operator,
    values: Vec<&'a str>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, Hash)]
enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist,
}

impl<'a> Selector<'a> {
    /// A `LabelSelector` with `matchLabels` and `matchExpressions`. None if it cannot be read: then
    /// the check of types has spoken, and no rule should guess.
    pub(crate) fn of(node: Node<'a>) -> Option<Selector<'a>> {
        let mut pairs = match node.get("matchLabels") {
            Some(map) => all_pairs(map)?,
            None => Vec::new(),
        };
        pairs.sort_unstable();
        let expressions = node.get("matchExpressions");
        let expressions = expressions.into_iter().flat_map(|list| list.items());
        let requirements = expressions.map(requirement).collect::<Option<_>>()?;
        Some(Selector { pairs, requirements })
    }

    /// A plain map of labels, as a Service has it.
    pub(crate) fn of_map(node: Node<'a>) -> Option<Selector<'a>> {
        let mut pairs = all_pairs(node)?;
        pairs.sort_unstable();
        Some(Selector { pairs, requirements: Vec::new() })
    }

    /// Selects everything.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty() && self.requirements.is_empty()
    }

    /// The keys that it asks for.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> {
        let required = self.requirements.iter().map(|requirement| requirement.key);
        self.pairs.iter().map(|(key, _)| *key).chain(required)
    }

    /// The values that it asks for.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'a str> {
        let listed = self.requirements.iter().flat_map(|requirement| &requirement.values).copied();
        self.pairs.iter().map(|(_, value)| *value).chain(listed)
    }

    /// The selector without what it asks of some keys.
    pub(crate) fn without(&self, drop: impl Fn(&str) -> bool) -> Selector<'a> {
        let mut rest = self.clone();
        rest.pairs.retain(|(key, _)| !drop(key));
        rest.requirements.retain(|requirement| !drop(requirement.key));
        rest
    }

    /// Whether it selects something that has these labels, sorted by key.
    pub(crate) fn matches(&self, labels: &[(&str, &str)]) -> bool {
        self.pairs.iter().all(|(key, value)| label(labels, key) == Some(value))
            && self.requirements.iter().all(|requirement| requirement.holds(labels))
    }
}

impl Requirement<'_> {
    fn holds(&self, labels: &[(&str, &str)]) -> bool {
        let found = label(labels, self.key);
        match self.operator {
            Operator::In => found.is_some_and(|value| self.values.contains(&value)),
            Operator::NotIn => found.is_none_or(|value| !self.values.contains(&value)),
            Operator::Exists => found.is_some(),
            Operator::DoesNotExist => found.is_none(),
        }
    }
}

fn label<'l>(labels: &[(&str, &'l str)], key: &str) -> Option<&'l str> {
    let at = labels.binary_search_by(|(name, _)| (*name).cmp(key)).ok()?;
    labels.get(at).map(|(_, value)| *value)
}

fn all_pairs(map: Node<'_>) -> Option<Vec<(&str, &str)>> {
    map.entries().map(|entry| Some((entry.key.as_str()?, entry.value.as_str()?))).collect()
}

fn requirement(node: Node<'_>) -> Option<Requirement<'_>> {
    let operator = match node.get("operator")?.as_str()? {
        "In" => Operator::In,
        "NotIn" => Operator::NotIn,
        "Exists" => Operator::Exists,
        "DoesNotExist" => Operator::DoesNotExist,
        _ => return None,
    };
    let values = node.get("values").into_iter().flat_map(|list| list.items());
    Some(Requirement {
        key: node.get("key")?.as_str()?,
        operator,
        values: values.map(Node::as_str).collect::<Option<_>>()?,
    })
}
