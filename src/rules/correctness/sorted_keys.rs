//! Mappings whose keys are not in order.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Object;
use crate::rules::{Check, Context, Level, Rule};
use crate::yaml::Node;

pub(crate) const RULE: Rule = Rule {
    name: "sorted-keys",
    group: Group::Correctness,
    summary: "Mappings whose keys are not in order",
    severity: Severity::Info,
    level: Level::Optional,
    pod_security: None,
    aliases: &["sorted-keys"],
    parameters: &[],
    page: include_str!("sorted_keys.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    for object in context.index.objects() {
        if let Some(key) = first_out_of_order(object.root()) {
            sink.report(out_of_order(object, key));
        }
    }
}

/// The first key of the document that should stand before the one above it.
fn first_out_of_order(root: Node<'_>) -> Option<Node<'_>> {
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        let mut before = None;
        for entry in node.entries() {
            let key = entry.key.as_str();
            if before > key {
                return Some(entry.key);
            }
            before = key;
        }
        open.extend(node.items());
        open.extend(node.entries().map(|entry| entry.value));
    }
    None
}

fn out_of_order(object: Object<'_>, key: Node<'_>) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    let message = format!("`{name}` stands after a key that comes later in the alphabet");
    let place = object.place(key);
    Diagnostic::new(RULE.group, RULE.name, RULE.severity, place, message)
        .object(object.reference().clone())
        .help("sort the keys")
}
