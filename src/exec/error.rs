//! Errors with their places, and in Helm's words (`pkg/engine/engine.go` of Helm 4.2).

use crate::value::runes::lossy;
use std::sync::Arc;

use crate::diagnostic::{Frame as Call, FrameKind, Place};
use crate::exec::RenderError;
use crate::exec::fault::{Cause, Fault, ROOT};
use crate::exec::machine::{Frame, Machine};
use crate::exec::templates::Return;
use crate::origin::Origin;
use crate::program;
use crate::source::{Kind, Span};
use crate::template::{NodeId, Problem, Tree, quote};

/// A file that does not parse.
pub(crate) fn syntax(tree: &Tree, problem: &Problem) -> RenderError {
    RenderError {
        helm: parse_error(tree, problem),
        go: go_parse_error(tree, problem),
        rule: program::SYNTAX,
        message: problem.message(tree),
        place: Place::source(problem.span),
    }
}

/// A template that failed: the machine still stands where it did.
pub(crate) fn execution(machine: &mut Machine<'_>, fault: &Fault) -> RenderError {
    let tree = &machine.frame.code.tree;
    let text = fault.text(tree);
    let message = fault.message(tree);
    let levels = levels(machine);
    let helm = exec_error(&levels, fault, &text);
    let go = go_error(&levels, &text);
    RenderError { helm, go, rule: "template-error", message, place: place(machine) }
}

/// The node that the machine is at, and the calls that are open. Of what lies in the text of a
/// `tpl`, the primary place is the nearest text that the user wrote.
pub(crate) fn place(machine: &mut Machine<'_>) -> Place {
    let at = machine.frame.at;
    if machine.tracer.is_some() {
        return traced_place(machine, at);
    }
    let innermost = machine.frames.len();
    let span = span_of(machine, innermost, at);
    let mut place = Place { primary: Some(span), ..Place::default() };
    if machine.sources.kind(span.file) == Kind::Rendered {
        place = Place { primary: None, rendered: Some(span), ..place };
    }
    for index in (1..=innermost).rev() {
        let callee = frame(machine, index);
        let name = lossy(&callee.template.name);
        let (kind, node) = match &callee.returns {
            Return::File => break,
            Return::Template => (FrameKind::Template, frame(machine, index - 1).at),
            Return::Include { site, .. } => (FrameKind::Include, site.node),
            Return::Tpl { site, .. } => (FrameKind::Tpl, site.node),
        };
        let call = span_of(machine, index - 1, node);
        let written = machine.sources.kind(call.file) == Kind::File;
        place.primary = place.primary.or(written.then_some(call));
        place.trace.push(Call { kind, name, call });
    }
    place
}

/// The same in a render that traces, with the values that the error is about.
fn traced_place(machine: &mut Machine<'_>, at: NodeId) -> Place {
    let origin = machine.origin_of(machine.frame.code.tree.span(at));
    let blamed = machine.blamed;
    let Some(tracer) = machine.tracer.as_deref_mut() else { return Place::default() };
    let src = tracer.union([blamed, origin.src]);
    tracer.place(Origin { src, ..origin })
}

/// A frame by its depth; the innermost is the current one.
fn frame<'a>(machine: &'a Machine<'_>, index: usize) -> &'a Frame {
    machine.frames.get(index).unwrap_or(&machine.frame)
}

/// The span of a node. The text of a `tpl` becomes a source now, unless it is one already.
fn span_of(machine: &mut Machine<'_>, index: usize, node: NodeId) -> Span {
    let tree = Arc::clone(&frame(machine, index).code.tree);
    let span = tree.span(node);
    if tree.name != ROOT || machine.tracer.is_some() {
        return span;
    }
    let text = Arc::clone(&tree.text);
    let known = machine.text_files.iter().find(|(known, _)| Arc::ptr_eq(known, &text));
    let file = known.map(|(_, file)| *file).unwrap_or_else(|| {
        let file = machine.sources.add(Kind::Rendered, ROOT, Arc::clone(&text));
        machine.text_files.push((text, file));
        file
    });
    Span { file, ..span }
}

/// What was running: one level for the file, and one for each `include` and `tpl`. A `template`
/// action stays in the level of its caller and takes its place.
fn levels(machine: &Machine<'_>) -> Vec<Level> {
    let mut levels = Vec::new();
    let current = std::iter::once(&machine.frame);
    let frames: Vec<&Frame> = machine.frames.iter().chain(current).collect();
    for pair in frames.windows(2) {
        let [caller, callee] = pair else { continue };
        match &callee.returns {
            Return::File | Return::Template => {}
            Return::Include { site, .. } => {
                levels.push(level(caller, site.node, Some(LevelCall::Include)));
            }
            Return::Tpl { site, text } => {
                let call = LevelCall::Tpl((&**text).into());
                levels.push(level(caller, site.node, Some(call)));
            }
        }
    }
    levels.push(level(&machine.frame, machine.frame.at, None));
    levels
}

fn level(frame: &Frame, node: NodeId, call: Option<LevelCall>) -> Level {
    let tree = &frame.code.tree;
    Level {
        location: location(tree, tree.pos(node)),
        template: lossy(&frame.template.name),
        node: lossy(&tree.print(node)),
        call,
    }
}

/// One template that was running when the error arose.
struct Level {
    /// `file:line:column` of the node, with a column that counts from zero.
    location: String,
    /// The name of the template.
    template: String,
    /// The node, printed back.
    node: String,
    /// How it called the next level.
    call: Option<LevelCall>,
}

enum LevelCall {
    Include,
    /// With the text that it ran.
    Tpl(Box<[u8]>),
}

/// What Helm says of a file that does not parse (`cleanupParseError`): only what follows the last
/// colon of Go's message.
fn parse_error(tree: &Tree, problem: &Problem) -> String {
    let message = problem.message(tree);
    let last = message.rsplit(": ").next().unwrap_or_default();
    format!("parse error at ({}:{}): {last}", tree.name, problem.line(tree))
}

/// What Go says of a text that does not parse.
pub(crate) fn go_parse_error(tree: &Tree, problem: &Problem) -> String {
    format!("template: {}:{}: {}", tree.name, problem.line(tree), problem.message(tree))
}

/// What Helm says of a template that failed (`reformatExecErrorMsg`); `levels` has the outermost
/// first, `text` is the innermost level's own message.
fn exec_error(levels: &[Level], fault: &Fault, text: &str) -> String {
    let whole = if let Fault::Function { name, cause: Cause::Chart(message) } = fault {
        go_error(levels, &format!("error calling {name}: {START}{message}{END}"))
    } else {
        go_error(levels, text)
    };
    if let Some(message) = between_marks(&whole) {
        let location = levels.first().map_or("", |level| &level.location);
        return format!("execution error at ({location}): {message}");
    }
    let through_tpl = levels.iter().any(|level| matches!(level.call, Some(LevelCall::Tpl(_))));
    let plain_cause = matches!(
        fault,
        Fault::Function {
            cause: Cause::Text(_) | Cause::Recursion { .. } | Cause::Syntax { .. },
            ..
        }
    );
    if through_tpl || plain_cause { whole } else { traced(levels, fault, text) }
}

/// The marks that Helm puts around the message of `fail` and `required` (`warnWrap`).
const START: &str = "HELM_ERR_START";
const END: &str = "HELM_ERR_END";

/// The message that Helm finds in Go's text (`warnRegex`): from the first mark to the last one,
/// also where the chart itself wrote them.
fn between_marks(text: &str) -> Option<&str> {
    let chain = text.splitn(3, ": ").nth(2)?;
    let (_, message) = chain.split_once(START)?;
    message.rsplit_once(END).map(|(message, _)| message)
}

/// Go's own message: all levels on one line.
fn go_error(levels: &[Level], text: &str) -> String {
    let mut message = String::new();
    for Level { location, template, node, call } in levels {
        let template = quote(template.as_bytes());
        message.push_str("template: ");
        message.push_str(location);
        message.push_str(": executing ");
        message.push_str(&template);
        message.push_str(" at <");
        message.push_str(node);
        message.push_str(">: ");
        match call {
            Some(LevelCall::Include) => message.push_str("error calling include: "),
            Some(LevelCall::Tpl(text)) => {
                message.push_str("error calling tpl: error during tpl function execution for ");
                message.push_str(&quote(text));
                message.push_str(": ");
            }
            None => message.push_str(text),
        }
    }
    message
}

/// Helm's own layout: three lines for each level.
///
/// Helm takes Go's message apart again, so what looks like its marks inside a node or a message
/// cuts them short.
fn traced(levels: &[Level], fault: &Fault, text: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    for level in levels {
        let own = if level.call.is_some() { "error calling include:" } else { text };
        blocks.push(block(level, own));
    }
    if let Fault::Function { cause: cause @ Cause::NoTemplate { .. }, name } = fault {
        if let (Some(last), Some(level)) = (blocks.last_mut(), levels.last()) {
            *last = block(level, &format!("error calling {name}:"));
        }
        blocks.push(cause.text());
    }
    blocks.dedup();
    blocks.join("\n").trim().to_owned()
}

fn block(level: &Level, message: &str) -> String {
    let quoted = quote(level.template.as_bytes());
    let name = quoted.trim_matches('"');
    let rest = format!("{}>: {message}", level.node);
    let (node, message) = rest.split_once(">: ").unwrap_or((&level.node, message));
    let message = message.find(" template:").map_or(message, |cut| &message[..cut]);
    format!("{}\n  executing \"{name}\" at <{node}>:\n    {message}", level.location)
}

/// The place of a node as Go's messages name it.
fn location(tree: &Tree, offset: u32) -> String {
    let (line, column) = tree.line_column(offset);
    format!("{}:{line}:{column}", tree.name)
}
