//! What is wrong with templates whether they run or not.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::program::mistake::MistakeKind;
use crate::program::{Program, functions};
use crate::source::Span;
use crate::template::{NodeId, Problem, Shape, Tree};

/// The rule of syntax errors, whether a check finds them or a render stops at them.
pub(crate) const SYNTAX: &str = "template-syntax";

/// Reports all syntax errors; if there are none, calls of templates that do not exist, and calls of
/// functions that would fail if they ran. Of the latter only those in files whose names start with
/// `own`: what is wrong in a part of a dependency that never runs is not the user's to mend.
pub fn check(program: &Program, own: &str, sink: &mut Sink) {
    let mut problems = program.problems().peekable();
    if problems.peek().is_some() {
        problems.for_each(|(tree, problem)| sink.report(syntax(tree, problem)));
        return;
    }
    for tree in program.trees().filter(|tree| tree.name.starts_with(own)) {
        for (node, name) in calls(tree).filter(|(_, name)| program.find(name).is_none()) {
            sink.report(undefined_template(tree.span(node), name));
        }
    }
    for template in program.templates.iter().filter(|one| one.tree.name.starts_with(own)) {
        let code = template.code(program);
        for mistake in &code.mistakes {
            if let Some(node) = mistake.node {
                sink.report(invalid_call(&code.tree, node, &mistake.kind));
            }
        }
    }
}

/// The literal names that `template` actions and calls of `include` have.
fn calls(tree: &Tree) -> impl Iterator<Item = (NodeId, &[u8])> {
    let include = functions::find(b"include");
    (0..tree.len()).map(NodeId::of).filter_map(move |node| match tree.shape(node) {
        Shape::Template { name, .. } => Some((node, tree.string(name))),
        Shape::Command(operands) => match *tree.children(operands) {
            [function, name, ..] => match (tree.shape(function), tree.shape(name)) {
                (Shape::Function(id), Shape::Str(text)) if Some(id) == include => {
                    Some((name, tree.string(text)))
                }
                _ => None,
            },
            _ => None,
        },
        Shape::List(_)
        | Shape::Text { .. }
        | Shape::Action(_)
        | Shape::If(_)
        | Shape::With(_)
        | Shape::Range(_)
        | Shape::Break
        | Shape::Continue
        | Shape::Pipe { .. }
        | Shape::Function(_)
        | Shape::Dot
        | Shape::Nil
        | Shape::Bool(_)
        | Shape::Number(_)
        | Shape::Str(_)
        | Shape::Field(_)
        | Shape::Variable(_)
        | Shape::Chain { .. }
        | Shape::Broken => None,
    })
}

fn syntax(tree: &Tree, problem: &Problem) -> Diagnostic {
    let message = problem.message(tree);
    Diagnostic::new(Group::Template, SYNTAX, Severity::Error, problem.span, message)
}

fn undefined_template(call: Span, name: &[u8]) -> Diagnostic {
    let message = format!("no template is named `{}`", String::from_utf8_lossy(name));
    Diagnostic::new(Group::Template, "undefined-template", Severity::Warning, call, message)
        .help("define it, or correct the name; the render fails where this is reached")
}

fn invalid_call(tree: &Tree, node: NodeId, mistake: &MistakeKind) -> Diagnostic {
    let (place, message) = (tree.span(node), mistake.text(tree));
    Diagnostic::new(Group::Template, "invalid-call", Severity::Warning, place, message)
        .help("the render fails where this is reached")
}
