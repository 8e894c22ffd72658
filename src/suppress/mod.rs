//! What the user accepts: comments beside the problem, annotations on objects, `ignores` in
//! `chartc.yaml`, a baseline of what was there before.

mod baseline;
mod comment;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Ignore;
use crate::diagnostic::{Diagnostic, Group, ObjectRef, Place, Severity};
use crate::report::Finding;
use crate::rules;

pub use baseline::{Baseline, BaselineError};
pub use comment::Comments;

/// All that a run accepts. Each part notes what it was used for, so that stale ones can be told.
#[derive(Default)]
pub struct Accepted<'a> {
    pub comments: Comments,
    pub ignores: &'a [Ignore],
    /// What annotations of objects accept.
    pub annotations: BTreeMap<ObjectRef, BTreeSet<String>>,
    used_ignores: BTreeSet<usize>,
}

impl<'a> Accepted<'a> {
    pub fn new(ignores: &'a [Ignore]) -> Accepted<'a> {
        Accepted { ignores, ..Accepted::default() }
    }

    /// The findings that nothing accepts.
    pub fn filter(&mut self, findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().filter(|finding| !self.accepts(finding)).collect()
    }

    /// Every part is asked, so that none counts as stale only because another came first.
    fn accepts(&mut self, finding: &Finding) -> bool {
        let commented = self.comments.accept(finding);
        let configured = self.configured(finding);
        commented || configured || self.annotated(finding)
    }

    fn configured(&mut self, finding: &Finding) -> bool {
        let matching =
            self.ignores.iter().enumerate().filter(|(_, ignore)| matches(ignore, finding));
        let matching: Vec<usize> = matching.map(|(index, _)| index).collect();
        self.used_ignores.extend(&matching);
        !matching.is_empty()
    }

    fn annotated(&self, finding: &Finding) -> bool {
        let accepted = finding.object.as_ref().and_then(|object| self.annotations.get(object));
        accepted.is_some_and(|names| names.iter().any(|name| name == "*" || covers(name, finding)))
    }

    /// The comments and `ignores` that accepted nothing, of those whose rules ran.
    pub fn stale(&self, ran: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let ignores = self.ignores.iter().enumerate();
        let stale = ignores
            .filter(|(index, ignore)| !self.used_ignores.contains(index) && ran(&ignore.rule));
        stale.map(|(_, ignore)| unused_ignore(ignore.span, &ignore.rule)).collect()
    }
}

/// Whether a user's word for a rule (its name, its group, another linter's name) means that of the finding.
fn covers(name: &str, finding: &Finding) -> bool {
    name == finding.rule
        || name == finding.group.name()
        || rules::find(&finding.rule).is_some_and(|rule| rule.aliases.contains(&name))
}

/// Whether a glob (`*`, `?`, `[…]`, `{a,b}`) matches a whole name. A glob that is none matches itself.
fn glob_matches(glob: &str, name: &str) -> bool {
    globset::Glob::new(glob).map_or(glob == name, |glob| glob.compile_matcher().is_match(name))
}

fn matches(ignore: &Ignore, finding: &Finding) -> bool {
    let object = finding.object.as_ref();
    let fits = |glob: &Option<String>, text: Option<&str>| match (glob, text) {
        (None, _) => true,
        (Some(glob), Some(text)) => glob_matches(glob, text),
        (Some(_), None) => false,
    };
    covers(&ignore.rule, finding)
        && fits(&ignore.chart, finding.chart.as_deref())
        && fits(&ignore.kind, object.map(|object| object.kind.as_str()))
        && fits(&ignore.name, object.and_then(|object| object.name.as_deref()))
}

/// A suppression that suppresses nothing.
pub fn unused_ignore(place: impl Into<Place>, rule: &str) -> Diagnostic {
    let message = format!("nothing to ignore here: `{rule}` finds no problem");
    Diagnostic::new(Group::Chart, "unused-ignore", Severity::Warning, place, message)
        .help("remove the suppression, so that it cannot hide a new problem")
}
