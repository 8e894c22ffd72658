//! A diagnostic at the edge of the program: every span resolved to a file, a line and a column.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diagnostic::{Cause, Diagnostic, Group, ObjectRef, Severity, ValueSource};
use crate::source::{Kind, Sources, Span};

/// What a report shows of one problem. It stands on its own: no [`Sources`] is needed to print it.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: String,
    pub group: Group,
    pub severity: Severity,
    pub message: String,
    pub help: Option<String>,
    /// Lines to show as they are, such as a diff.
    pub detail: Option<String>,
    pub location: Option<Location>,
    /// The chain of includes, innermost first.
    pub stack: Vec<StackFrame>,
    pub values: Vec<ValueLocation>,
    pub rendered: Option<Rendered>,
    pub labels: Vec<(Location, String)>,
    pub object: Option<ObjectRef>,
    pub field: Option<String>,
    pub cause: Option<Cause>,
    pub chart: Option<ChartRef>,
    /// The cases in which it was found, in the order of their runs; none for plain manifests.
    pub cases: Vec<String>,
    /// The Kubernetes versions for which it holds, if not all that were asked for.
    pub kube_versions: Vec<String>,
    /// Which of the findings of a run that have all else in common that a fingerprint is made of.
    pub(super) occurrence: usize,
}

/// The chart that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartRef {
    /// As the user would type it.
    pub path: String,
    /// From the folder of its `chartc.yaml`, if it has one.
    pub below_config: String,
    /// As its `Chart.yaml` says; empty if that cannot be read.
    pub name: String,
}

/// A place in a file. Lines and columns count from 1; columns count characters.
#[derive(Clone)]
pub struct Location {
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The columns in bytes.
    pub byte_columns: (u32, u32),
    /// In the text of a flag: the file is the flag, and there is no line to open.
    pub is_flag: bool,
    /// The whole text of the file, and the range in it, for excerpts.
    pub text: Arc<[u8]>,
    pub range: (u32, u32),
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[derive(Clone, Debug)]
pub struct StackFrame {
    pub location: Location,
    /// The call as a template author writes it: `include "app.labels"`, `tpl`.
    pub call: String,
}

#[derive(Clone, Debug)]
pub struct ValueLocation {
    pub key: String,
    pub location: Location,
}

/// A place in rendered output.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The chart file whose output it is.
    pub document: String,
    pub location: Location,
}

impl ValueLocation {
    /// Resolves where values were set.
    pub(super) fn all(values: Vec<ValueSource>, sources: &Sources) -> Vec<ValueLocation> {
        let resolve = |value: ValueSource| ValueLocation {
            key: value.key,
            location: Location::new(sources, value.span),
        };
        values.into_iter().map(resolve).collect()
    }

    /// The file, line and column, with the key if its line does not show it whole; of a flag, its text.
    pub(super) fn place(&self) -> String {
        let at = &self.location;
        if at.is_flag {
            return at.file.clone();
        }
        let place = format!("{}:{}:{}", at.file, at.line, at.column);
        if self.key.contains(['.', '[']) { format!("{place} ({})", self.key) } else { place }
    }

    /// Whether nothing but an empty text, list or table was set.
    pub(super) fn is_empty(&self) -> bool {
        let set = self.location.excerpt();
        // A list or table is located at its key.
        let line = self.location.whole_line();
        let behind_key = line.split_once(':').map_or("", |(_, rest)| rest).trim_start();
        let set = if self.key.ends_with(&*set) && !set.is_empty() { behind_key } else { &set };
        let set = set.split(" #").next().unwrap_or_default().trim_end();
        matches!(set, "" | "\"\"" | "''" | "null" | "~" | "{}" | "[]")
    }
}

impl Location {
    pub(super) fn is_same(&self, other: &Location) -> bool {
        self.file == other.file && self.range == other.range
    }

    /// Resolves a span.
    pub fn new(sources: &Sources, span: Span) -> Location {
        let start = sources.line_column(span.file, span.start);
        let end = sources.line_column(span.file, span.end);
        let text = sources.text(span.file);
        let column = |offset: u32, bytes: u32| {
            let line_start = (offset + 1).saturating_sub(bytes) as usize;
            let before = text.get(line_start..offset as usize).unwrap_or_default();
            String::from_utf8_lossy(before).chars().count() as u32 + 1
        };
        Location {
            file: sources.path(span.file).to_owned(),
            line: start.line,
            column: column(span.start, start.column),
            end_line: end.line,
            end_column: column(span.end, end.column),
            byte_columns: (start.column, end.column),
            is_flag: sources.kind(span.file) == Kind::Flag,
            text: Arc::clone(text),
            range: (span.start, span.end),
        }
    }

    /// The line that it starts on, as it stands in the file.
    pub(super) fn whole_line(&self) -> Cow<'_, str> {
        let start = (self.range.0 as usize).min(self.text.len());
        let from = memchr::memrchr(b'\n', &self.text[..start]).map_or(0, |newline| newline + 1);
        let rest = &self.text[from..];
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(rest[..length].trim_ascii_end())
    }

    /// The first line of what it covers.
    pub(super) fn excerpt(&self) -> Cow<'_, str> {
        let (start, end) = self.range;
        let covered = self.text.get(start as usize..end as usize).unwrap_or_default();
        let length = memchr::memchr(b'\n', covered).unwrap_or(covered.len());
        String::from_utf8_lossy(covered[..length].trim_ascii())
    }
}

impl Finding {
    /// Resolves every span of a diagnostic.
    pub fn new(
        diagnostic: Diagnostic,
        sources: &Sources,
        chart: Option<&ChartRef>,
        case: Option<&str>,
    ) -> Finding {
        let place = diagnostic.place;
        // In a manifest that the user wrote, what is rendered is also what is to be mended.
        let written = place.rendered.filter(|span| sources.kind(span.file) == Kind::File);
        let location = place.primary.or(written).map(|span| Location::new(sources, span));
        let rendered = place.rendered.map(|span| Rendered {
            document: sources.path(span.file).to_owned(),
            location: Location::new(sources, span),
        });
        let stack = place.trace.into_iter().map(|frame| StackFrame {
            call: match frame.kind {
                crate::diagnostic::FrameKind::Template => format!("template {:?}", frame.name),
                crate::diagnostic::FrameKind::Include => format!("include {:?}", frame.name),
                crate::diagnostic::FrameKind::Tpl => "tpl".to_owned(),
            },
            location: Location::new(sources, frame.call),
        });
        let values = ValueLocation::all(place.values, sources);
        let labels = diagnostic
            .labels
            .into_iter()
            .map(|label| (Location::new(sources, label.span), label.note));
        Finding {
            rule: diagnostic.rule.into_owned(),
            group: diagnostic.group,
            severity: diagnostic.severity,
            message: diagnostic.message,
            help: diagnostic.help,
            detail: diagnostic.detail,
            location,
            stack: stack.collect(),
            values,
            rendered,
            labels: labels.collect(),
            object: diagnostic.object,
            field: diagnostic.field,
            cause: diagnostic.cause,
            chart: chart.cloned(),
            cases: case.into_iter().map(str::to_owned).collect(),
            kube_versions: diagnostic.kube_versions,
            occurrence: 0,
        }
    }

    /// Takes in the same problem, as another case has it.
    pub(super) fn absorb(&mut self, other: Finding) {
        fn add<T>(all: &mut Vec<T>, more: Vec<T>, same: impl Fn(&T, &T) -> bool) {
            for one in more {
                if !all.iter().any(|known| same(known, &one)) {
                    all.push(one);
                }
            }
        }
        // No versions means all of them.
        if self.kube_versions.is_empty() || other.kube_versions.is_empty() {
            self.kube_versions.clear();
        } else {
            add(&mut self.kube_versions, other.kube_versions, PartialEq::eq);
        }
        add(&mut self.cases, other.cases, PartialEq::eq);
        add(&mut self.values, other.values, |a, b| {
            a.key == b.key && a.location.is_same(&b.location)
        });
    }

    /// A finding in a file whose [`Sources`] are gone.
    pub fn at(diagnostic: Diagnostic, location: Location) -> Finding {
        let finding = Finding::new(diagnostic, &Sources::default(), None, None);
        Finding { location: Some(location), ..finding }
    }

    /// The place to mend, if it is in a file.
    pub(super) fn in_file(&self) -> Option<&Location> {
        self.location.as_ref().filter(|at| !at.is_flag)
    }

    /// A file and a line for readers that cannot do without: where there is no source, the rendered text
    /// or the chart as a whole.
    pub(super) fn anchor(&self) -> (String, u32) {
        match (self.in_file(), &self.chart, &self.rendered) {
            (Some(at), ..) => (at.file.clone(), at.line),
            (None, Some(chart), _) if chart.name.is_empty() => (chart.path.clone(), 1),
            (None, Some(chart), _) if chart.path == "." => ("Chart.yaml".to_owned(), 1),
            (None, Some(chart), _) if chart.path.ends_with("gz") => (chart.path.clone(), 1),
            (None, Some(chart), _) => (format!("{}/Chart.yaml", chart.path), 1),
            (None, None, Some(rendered)) => (rendered.document.clone(), rendered.location.line),
            (None, None, None) => ("chartc.yaml".to_owned(), 1),
        }
    }

    /// The path of the chart, as the user would type it.
    pub fn chart_path(&self) -> Option<&str> {
        self.chart.as_ref().map(|chart| chart.path.as_str())
    }

    /// What stays the same when lines move.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new_with_prefix(self.lasting());
        hash.update(self.occurrence.to_le_bytes());
        data_encoding::HEXLOWER.encode(&hash.finalize()[..8])
    }

    /// What a fingerprint is made of, but for the occurrence: rule, chart, template, object, field. The
    /// message, which may hold values, counts only if there is no object.
    pub(super) fn lasting(&self) -> String {
        let object = self.object.as_ref();
        let message = object.is_none().then_some(self.message.as_str());
        let chart = self.chart.as_ref().map(|chart| match chart.name.as_str() {
            "" => chart.below_config.as_str(),
            name => name,
        });
        let template = self.rendered.as_ref().map(|rendered| rendered.document.as_str());
        let file = self.location.as_ref().map(|location| location.file.as_str());
        let mut lasting = String::new();
        for part in [
            Some(self.rule.as_str()),
            chart,
            template.or(file),
            object.map(|object| object.kind.as_str()),
            object.and_then(|object| object.namespace.as_deref()),
            object.and_then(|object| object.name.as_deref()),
            self.field.as_deref(),
            message,
        ] {
            lasting.push_str(part.unwrap_or_default());
            lasting.push('\0');
        }
        lasting
    }
}
