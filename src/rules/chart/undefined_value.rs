//! Values that templates print and nobody sets.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::chart_files::ChartFiles;
use crate::rules::{Check, Level, Rule};
use crate::source::Span;
use crate::template::{Branch, NodeId, Shape, Tree};

pub(crate) const RULE: Rule = Rule {
    name: "undefined-value",
    group: Group::Chart,
    summary: "Values that templates print and nobody sets",
    severity: Severity::Info,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("undefined_value.md"),
    check: Check::Chart(check),
};

fn check(files: &ChartFiles<'_>, sink: &mut Sink) {
    // A chart that handles its values as a whole may add others to them.
    let open = files.chart.defaults.is_empty() || files.reads().takes_everything();
    if open || files.chart.is_library() {
        return;
    }
    let comments = comments(files);
    let mut told = HashSet::new();
    for template in files.templates() {
        for print in prints(&template.tree) {
            if told.insert(print.path.join(".")) {
                sink.report_all(undefined(files, &comments, &print));
            }
        }
    }
}

/// The finding about a value that is printed as it is, and that nothing speaks of.
fn undefined(
    files: &ChartFiles<'_>,
    comments: &HashSet<&[u8]>,
    print: &Print<'_>,
) -> Option<Diagnostic> {
    let (last, parents) = print.path.split_last()?;
    let first = print.path.first()?;
    let known_elsewhere = *first == "global"
        || files.dependencies().any(|(_, one)| one.key() == *first)
        || files.chart.dependencies.iter().any(|chart| chart.name() == *first)
        || files.schema_words().contains(last.as_bytes());
    if known_elsewhere || files.defaults().any(|root| root.at(&print.path).is_some()) {
        return None;
    }
    let parent = files.defaults().find_map(|root| root.at(parents));
    let siblings: Vec<&str> = parent
        .into_iter()
        .flat_map(|parent| parent.entries())
        .filter_map(|entry| entry.key.as_str())
        .collect();
    // An empty mapping is for users to fill, and a comment may tell them how.
    let free = parent.is_some() && siblings.is_empty() && !parents.is_empty();
    if free || comments.contains(last.as_bytes()) {
        return None;
    }
    Some(nowhere(print, &siblings))
}

/// The words in comments of `values.yaml`, which may show keys: `# name: …`, `## @param a.name …`.
fn comments<'a>(files: &ChartFiles<'a>) -> HashSet<&'a [u8]> {
    let texts = files.chart.defaults.iter().map(|document| files.text(document.file()));
    let lines = texts.flat_map(|text| text.split(|byte| *byte == b'\n'));
    let comments = lines.filter(|line| line.trim_ascii_start().starts_with(b"#"));
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    comments.flat_map(|line| line.split(move |byte| !part(byte))).collect()
}

fn nowhere(print: &Print<'_>, siblings: &[&str]) -> Diagnostic {
    let path = print.path.join(".");
    let finding = RULE.finding_in(print.span, format!("`values.yaml` has no `{path}`"));
    let name = print.path.last().copied().unwrap_or_default();
    let slips = siblings.iter().take(MAX_SIBLINGS);
    match slips.into_iter().find(|other| is_slip(name, other)) {
        Some(near) => Diagnostic { severity: Severity::Warning, ..finding }
            .help(format!("did you mean `{near}`?")),
        None => finding.help("set it in `values.yaml`, if only to nothing, so that users find it"),
    }
}

/// How many names a mistyped one is compared with.
const MAX_SIBLINGS: usize = 200;

/// Whether one name is most likely the other one, mistyped: `livenessProbe` is no slip for
/// `readinessProbe`.
fn is_slip(name: &str, other: &str) -> bool {
    name.len() > 3 && strsim::osa_distance(name, other) <= 2
}

/// A value that a template prints without asking whether it is there.
struct Print<'t> {
    path: Vec<&'t str>,
    span: Span,
}

fn prints(tree: &Tree) -> Vec<Print<'_>> {
    let mut walk = Walk { tree, guards: Vec::new(), found: Vec::new() };
    for define in &tree.defines {
        walk.list(define.body);
    }
    walk.found
}

struct Walk<'t> {
    tree: &'t Tree,
    /// The pipes of the branches around.
    guards: Vec<&'t [u8]>,
    found: Vec<Print<'t>>,
}

impl<'t> Walk<'t> {
    fn list(&mut self, list: NodeId) {
        let Shape::List(nodes) = self.tree.shape(list) else { return };
        for &node in self.tree.children(nodes) {
            let shape = self.tree.shape(node);
            if let Shape::Action(pipe) = shape {
                self.action(pipe);
            } else if let Shape::If(branch) | Shape::With(branch) | Shape::Range(branch) = shape {
                self.branch(branch);
            }
        }
    }

    fn branch(&mut self, branch: Branch) {
        let span = self.tree.span(branch.pipe);
        self.guards.push(self.tree.slice(span.start, span.end));
        self.list(branch.then);
        if let Some(otherwise) = branch.otherwise {
            self.list(otherwise);
        }
        self.guards.pop();
    }

    /// `{{ .Values.a.b }}`, alone or through functions that only dress it.
    fn action(&mut self, pipe: NodeId) {
        let Shape::Pipe { variables, commands, .. } = self.tree.shape(pipe) else { return };
        let commands = self.tree.children(commands);
        let Some((first, rest)) = commands.split_first().filter(|_| variables.len() == 0) else {
            return;
        };
        if !rest.iter().all(|command| self.dresses(*command)) {
            return;
        }
        let Shape::Command(words) = self.tree.shape(*first) else { return };
        let words = self.tree.children(words);
        let value = match words {
            [value] => *value,
            [function, value] if self.is_dress(*function) => *value,
            _ => return,
        };
        let Some(path) = self.path(value).filter(|path| !self.is_guarded(path)) else { return };
        self.found.push(Print { path, span: self.tree.span(value) });
    }

    fn dresses(&self, command: NodeId) -> bool {
        let Shape::Command(words) = self.tree.shape(command) else { return false };
        self.tree.children(words).first().is_some_and(|function| self.is_dress(*function))
    }

    fn is_dress(&self, function: NodeId) -> bool {
        const DRESS: &[&[u8]] = &[
            b"quote",
            b"squote",
            b"toYaml",
            b"toString",
            b"indent",
            b"nindent",
            b"trim",
            b"upper",
            b"lower",
            b"b64enc",
            b"int",
            b"int64",
        ];
        let span = self.tree.span(function);
        matches!(self.tree.shape(function), Shape::Function(_))
            && DRESS.contains(&self.tree.slice(span.start, span.end))
    }

    /// The names behind `.Values` or `$.Values`.
    fn path(&self, node: NodeId) -> Option<Vec<&'t str>> {
        let (Shape::Field(names) | Shape::Variable(names)) = self.tree.shape(node) else {
            return None;
        };
        let names = self.tree.names(names);
        let names: Vec<&str> =
            names.map(|name| std::str::from_utf8(name).ok()).collect::<Option<_>>()?;
        match names.as_slice() {
            ["Values" | "$", "Values", path @ ..] | ["Values", path @ ..] if !path.is_empty() => {
                Some(path.to_vec())
            }
            _ => None,
        }
    }

    /// Whether a branch around asks for the value, or for what it is a part of.
    fn is_guarded(&self, path: &[&str]) -> bool {
        let Some(first) = path.first() else { return false };
        let asked = format!(".Values.{first}");
        let asked = memchr::memmem::Finder::new(&asked);
        self.guards.iter().any(|guard| asked.find(guard).is_some())
    }
}
