//! Which template line, calls and values made a field of an object.

use std::fmt;

use crate::chart::Chart;
use crate::diagnostic::{Place, Sink};
use crate::manifest::Object;
use crate::origin::Tracer;
use crate::pipeline::{self, Request};
use crate::source::Sources;
use crate::yaml::Node;

/// A field of an object.
pub struct Subject<'a> {
    /// In any case: `deployment` and `Deployment` are one.
    pub kind: &'a str,
    pub name: &'a str,
    /// As the API server spells it: `spec.ports[0].name`, `metadata.annotations[a.b/c]`.
    pub field: &'a str,
}

/// What made a field.
pub struct Answer {
    pub place: Place,
    /// What the field holds, as it is rendered.
    pub value: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The render stopped; the sink says why.
    Stopped(String),
    NoObject {
        rendered: Vec<String>,
    },
    /// The path leads to a field only so far.
    NoField {
        reached: String,
        there: Vec<String>,
    },
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unanswered::Stopped(reason) => f.write_str(reason),
            Unanswered::NoObject { rendered } => {
                write!(f, "no such object; the chart renders {}", rendered.join(", "))
            }
            Unanswered::NoField { reached, there } if reached.is_empty() => {
                write!(f, "no such field; the object has {}", there.join(", "))
            }
            Unanswered::NoField { reached, there } => {
                write!(f, "no such field; `{reached}` has {}", there.join(", "))
            }
        }
    }
}

/// Renders with origins, and looks the field up.
///
/// # Errors
/// If the chart does not render, or does not render the field.
pub fn why(
    chart: &Chart,
    request: &Request<'_>,
    subject: &Subject<'_>,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Result<Answer, Unanswered> {
    let mut tracer = Tracer::default();
    let stopped = |reason: &dyn fmt::Display| Unanswered::Stopped(reason.to_string());
    let values =
        request.layers.merge(sources, Some(&mut tracer)).map_err(|error| stopped(&error))?;
    let case = pipeline::check::case(request, &values);
    let render = pipeline::render(chart, &case, sources, Some(&mut tracer)).map_err(|error| {
        error.problem.diagnostics(chart, None).into_iter().for_each(|found| sink.report(found));
        stopped(&error.problem)
    })?;
    let objects = render.manifests.into_objects();
    let named = |object: &Object<'_>| {
        object.kind().eq_ignore_ascii_case(subject.kind) && object.name() == Some(subject.name)
    };
    let Some(object) = objects.iter().find(named) else {
        let name =
            |object: Object<'_>| format!("{}/{}", object.kind(), object.name().unwrap_or("?"));
        return Err(Unanswered::NoObject { rendered: objects.iter().map(name).collect() });
    };
    let node = find(object.root(), subject.field)?;
    let value = String::from_utf8_lossy(sources.slice(node.span())).into_owned();
    Ok(Answer { place: render.origins.place(node.span(), sources, &tracer), value })
}

/// Follows a path: keys behind dots, indices and keys with dots in brackets.
fn find<'a>(root: Node<'a>, path: &str) -> Result<Node<'a>, Unanswered> {
    let mut node = root;
    let mut reached = 0;
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = step(rest);
        let next = match step.parse::<usize>() {
            Ok(index) if rest.starts_with('[') => {
                node.items().nth(index).or_else(|| node.get(step))
            }
            _ => node.get(step).or_else(|| named_item(node, step)),
        };
        let Some(next) = next else {
            let there = children(node);
            return Err(Unanswered::NoField {
                reached: path[..reached].trim_end_matches('.').to_owned(),
                there,
            });
        };
        node = next;
        reached = path.len() - after.len();
        rest = after;
    }
    Ok(node)
}

/// The first step of a path, and what follows it.
fn step(path: &str) -> (&str, &str) {
    if let Some(inside) = path.strip_prefix('[') {
        let (step, after) = inside.split_once(']').unwrap_or((inside, ""));
        return (step, after.strip_prefix('.').unwrap_or(after));
    }
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (step, after) = path.split_at(end);
    (step, after.strip_prefix('.').unwrap_or(after))
}

/// The item of a list with that name, so that `containers[app]` works too.
fn named_item<'a>(node: Node<'a>, name: &str) -> Option<Node<'a>> {
    node.items().find(|item| item.get("name").and_then(Node::as_str) == Some(name))
}

fn children(node: Node<'_>) -> Vec<String> {
    let keys = node.entries().filter_map(|entry| entry.key.as_str().map(str::to_owned));
    let indices = (0..node.items().len()).map(|index| format!("[{index}]"));
    let all: Vec<String> = keys.chain(indices).collect();
    if all.is_empty() { vec!["nothing below it".to_owned()] } else { all }
}
