//! Which template line, calls and values made a field of an object.

use std::fmt;

use crate::chart::Chart;
use crate::diagnostic::{Place, Sink, ValueSource};
use crate::manifest::Object;
use crate::nearest::nearest;
use crate::origin::Tracer;
use crate::pipeline::{self, Request};
use crate::source::{Sources, Span};
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
    /// Of its first line.
    pub place: Place,
    /// All template lines that made it, in the order of the rendered text.
    pub lines: Vec<Span>,
    /// The values that decided that it was written at all.
    pub conditions: Vec<ValueSource>,
    /// What the field holds, as it is rendered.
    pub value: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unanswered {
    /// The render stopped; the sink says why.
    Stopped(String),
    NoObject {
        asked: String,
        /// The objects that there are, as KIND/NAME.
        rendered: Vec<String>,
    },
    /// The path leads to a field only so far.
    NoField {
        reached: String,
        /// The step that leads nowhere.
        step: String,
        there: Vec<String>,
    },
}

/// How many names a message lists.
const MAX_LISTED: usize = 12;

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unanswered::Stopped(reason) => f.write_str(reason),
            Unanswered::NoObject { asked, rendered } => {
                write!(f, "the chart renders no {asked}; ")?;
                say_what_is_there(f, asked, &like(asked, rendered), "it renders")
            }
            Unanswered::NoField { reached, step, there } => {
                let of = match reached.as_str() {
                    "" => "the object".to_owned(),
                    reached => format!("`{reached}`"),
                };
                write!(f, "{of} has no field `{step}`; ")?;
                say_what_is_there(f, step, there, "it has")
            }
        }
    }
}

/// The objects of the kind that was asked for, or all of them.
fn like(asked: &str, rendered: &[String]) -> Vec<String> {
    let kind = |text: &str| text.split('/').next().unwrap_or_default().to_lowercase();
    let alike: Vec<String> =
        rendered.iter().filter(|object| kind(object) == kind(asked)).cloned().collect();
    if alike.is_empty() { rendered.to_vec() } else { alike }
}

/// The nearest name, or a list.
fn say_what_is_there(
    f: &mut fmt::Formatter<'_>,
    asked: &str,
    there: &[String],
    verb: &str,
) -> fmt::Result {
    let names: Vec<&str> = there.iter().map(String::as_str).collect();
    if let Some(near) = nearest(asked, names.iter().copied()) {
        return write!(f, "did you mean `{near}`?");
    }
    if names.is_empty() {
        return write!(f, "{verb} none");
    }
    let listed = names.iter().take(MAX_LISTED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(MAX_LISTED) {
        0 => write!(f, "{verb} {listed}"),
        more => write!(f, "{verb} {listed} and {more} more"),
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
        let asked = format!("{}/{}", subject.kind, subject.name);
        return Err(Unanswered::NoObject { asked, rendered: objects.iter().map(name).collect() });
    };
    let node = find(object.root(), subject.field)?;
    let (span, origins) = (node.span(), &render.origins);
    Ok(Answer {
        place: origins.place(span, sources, &tracer),
        lines: origins.lines(span, sources, &tracer),
        conditions: origins.conditions(span, sources, &tracer),
        value: String::from_utf8_lossy(sources.slice(span)).into_owned(),
    })
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
                step: step.to_owned(),
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
    keys.chain(indices).collect()
}
