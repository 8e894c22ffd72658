//! Paths of fields as users write them: `spec.template.spec.containers[0].image`,
//! `metadata.labels[app.kubernetes.io/name]`.

use crate::manifest::Object;
use crate::rules::field::Field;

/// One step from a node to one below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
    /// A key in brackets, because it has dots.
    Name(String),
}

/// None if the text is no path.
pub(super) fn parse(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (inner, after) = inside.split_once(']')?;
            let name = inner.trim_matches(['"', '\'']);
            steps.push(inner.parse().map_or_else(|_| Step::Name(name.to_owned()), Step::Index));
            rest = after;
        } else {
            let key = if steps.is_empty() { rest } else { rest.strip_prefix('.')? };
            let end = key.find(['.', '[']).unwrap_or(key.len());
            let (key, after) = key.split_at(end);
            steps.push(Step::Key(Some(key).filter(|key| !key.is_empty())?.to_owned()));
            rest = after;
        }
    }
    Some(steps)
}

/// The field of an object, present or not.
pub(super) fn field<'a>(object: Object<'a>, steps: &[Step]) -> Field<'a> {
    steps.iter().fold(Field::root(object), |field, step| match step {
        Step::Key(key) => field.key(key),
        Step::Index(index) => field.index(*index),
        Step::Name(name) => field.name(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let key = |text: &str| Step::Key(text.to_owned());
        assert_eq!(parse("spec.replicas"), Some(vec![key("spec"), key("replicas")]));
        assert_eq!(parse("a.b[0].c"), Some(vec![key("a"), key("b"), Step::Index(0), key("c")]));
        assert_eq!(
            parse("metadata.labels[a.b/c]"),
            Some(vec![key("metadata"), key("labels"), Step::Name("a.b/c".to_owned())])
        );
        for wrong in ["a..b", "a[0", ".a", "a.", "a[0]b"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
