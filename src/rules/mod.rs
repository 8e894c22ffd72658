//! Policy rules: one file per rule, with its page beside it.
//!
//! `security/privileged_container.rs` holds a rule, `security/privileged_container.md` its page.
//! The page is what `explain privileged-container` prints, and every example on it is a test
//! (`tests/suite/rule_pages.rs`), so it cannot go stale.

use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::{Object, Objects};
use crate::program::Trees;
use crate::source::{Sources, Span};
use crate::value::Value;
use crate::values::Release;

mod affinity;
mod budget;
mod chart_files;
mod credential;
mod field;
mod image;
mod index;
mod ingress;
mod mention;
mod miss;
mod rbac;
mod reads;
mod reference;
mod selection;
mod selector;
mod shell;
pub mod stages;
mod workload;

mod chart;
mod correctness;
mod custom;
mod networking;
mod reliability;
mod resources;
mod security;
mod topology;

pub use selection::{Parameter, Preset, Selection, Setting, Unknown};

use chart_files::ChartFiles;
use field::Field;
use index::Index;
use selection::Tuning;
use workload::{Container, Workload};

/// Every rule, group by group.
const TABLES: [&[&Rule]; 7] = [
    reliability::RULES,
    security::RULES,
    networking::RULES,
    resources::RULES,
    correctness::RULES,
    topology::RULES,
    chart::RULES,
];

/// A rule, as users meet it.
pub struct Rule {
    /// Reads well after "allow": `privileged-container`, not `container-must-not-be-privileged`.
    pub name: &'static str,
    pub group: Group,
    /// One line without a full stop, for lists.
    pub summary: &'static str,
    /// Of most of its findings; the page says which have another.
    pub severity: Severity,
    pub level: Level,
    /// The Pod Security Standard that it is a part of.
    pub pod_security: Option<PodSecurity>,
    /// What other linters call it: users write these names in suppressions too.
    pub aliases: &'static [&'static str],
    pub parameters: &'static [Parameter],
    /// The page, in Markdown.
    pub page: &'static str,
    pub(crate) check: Check,
}

/// The smallest preset that a rule is in.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Few would disagree.
    Recommended,
    /// Good practice that costs something.
    Strict,
    /// Opinion, or without meaning until it is configured.
    Optional,
}

/// The levels of the Pod Security Standards that forbid something.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum PodSecurity {
    Baseline,
    /// Only in `restricted`; what `baseline` forbids, it forbids too.
    Restricted,
}

/// What a rule looks at. The runner walks each thing once and calls every rule that asked for it.
pub(crate) enum Check {
    /// Objects of these kinds.
    Object(&'static [&'static str], fn(Object<'_>, &Context<'_>, &mut Sink)),
    /// Every object that owns pods.
    Workload(Scope, fn(&Workload<'_>, &Context<'_>, &mut Sink)),
    /// Every container of every pod template.
    Container(Scope, fn(&Container<'_>, &Workload<'_>, &Context<'_>, &mut Sink)),
    /// The render as a whole.
    Render(fn(&Context<'_>, &mut Sink)),
    /// The files of a chart, whatever they render to.
    Chart(fn(&ChartFiles<'_>, &mut Sink)),
}

/// Which workloads a rule judges.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    All,
    /// Not those that `helm test` runs.
    Installed,
    /// No hooks: what stays when the install is over.
    Released,
    /// Not those that run to an end: Jobs, CronJobs, hooks.
    Lasting,
}

/// What a check may know besides the thing it looks at.
#[derive(Copy, Clone)]
pub(crate) struct Context<'a> {
    pub(crate) index: &'a Index<'a>,
    pub(crate) tuning: &'a Tuning,
}

/// What the rules judge.
pub struct Input<'a> {
    pub objects: &'a Objects,
    /// The namespace of objects that name none.
    pub namespace: &'a str,
    /// What rendered them; None for plain manifests.
    pub release: Option<&'a Release>,
    pub values: Option<&'a Value>,
}

/// Every rule, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TABLES.into_iter().flatten().copied()
}

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

/// The rules that another linter calls by that name.
pub fn aliased(name: &str) -> impl Iterator<Item = &'static Rule> {
    all().filter(move |rule| rule.aliases.contains(&name))
}

/// Runs the selected rules over a render.
pub fn check(input: &Input<'_>, selection: &Selection, sink: &mut Sink) {
    let index = Index::new(input.objects, input.namespace);
    for active in &selection.active {
        let context = Context { index: &index, tuning: &active.tuning };
        active.tell(sink, |sink| run(&active.rule.check, &context, sink));
    }
    selection.custom.check(input, sink);
}

/// Runs the selected rules over the files of a chart.
pub fn check_chart(
    chart: &Chart,
    trees: &Trees,
    sources: &Sources,
    selection: &Selection,
    sink: &mut Sink,
) {
    let files = ChartFiles::new(chart, trees, sources);
    for active in &selection.active {
        if let Check::Chart(check) = active.rule.check {
            active.tell(sink, |sink| check(&files, sink));
        }
    }
}

fn run(check: &Check, context: &Context<'_>, sink: &mut Sink) {
    let workloads = &context.index.workloads;
    match check {
        Check::Object(kinds, check) => {
            for kind in *kinds {
                context.index.of_kind(kind).for_each(|object| check(object, context, sink));
            }
        }
        Check::Workload(scope, check) => {
            for workload in workloads.iter().filter(|workload| scope.covers(workload)) {
                check(workload, context, sink);
            }
        }
        Check::Container(scope, check) => {
            for workload in workloads.iter().filter(|workload| scope.covers(workload)) {
                for container in &workload.containers {
                    check(container, workload, context, sink);
                }
            }
        }
        Check::Render(check) => check(context, sink),
        Check::Chart(_) => {}
    }
}

impl Scope {
    fn covers(self, workload: &Workload<'_>) -> bool {
        match self {
            Scope::All => true,
            Scope::Installed => workload.purpose != workload::Purpose::Test,
            Scope::Released => workload.purpose == workload::Purpose::Installed,
            Scope::Lasting => workload.is_lasting(),
        }
    }
}

impl Rule {
    /// A finding of this rule at a field.
    fn finding(&self, field: Field<'_>, message: impl Into<String>) -> Diagnostic {
        self.finding_as(self.severity, field, message)
    }

    /// A finding that is less or more severe than the rule's others.
    fn finding_as(
        &self,
        severity: Severity,
        field: Field<'_>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let place = field.object.place(field.spot);
        Diagnostic::new(self.group, self.name, severity, place, message)
            .object(field.object.reference().clone())
            .field(field.path)
    }

    /// Judges the files of a chart, not what they render to.
    pub fn judges_files(&self) -> bool {
        matches!(self.check, Check::Chart(_))
    }

    /// A finding of this rule in a file of the chart.
    fn finding_in(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.group, self.name, self.severity, span, message)
    }
}
