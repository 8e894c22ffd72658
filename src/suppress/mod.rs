//! What the user accepts: comments beside the problem, annotations on objects, `ignores` in
//! `chartc.yaml`, a baseline of what was there before.

mod baseline;
mod comment;

use std::collections::{BTreeMap, BTreeSet};

use globset::GlobMatcher;

use crate::config::Ignore;
use crate::diagnostic::{Diagnostic, Group, ObjectRef, Place, Severity};
use crate::report::{ChartRef, Finding, Location};
use crate::rules::{self, Selection};

pub use baseline::{Baseline, BaselineError};
pub use comment::Comments;

/// All that a run accepts. Each part notes what it was used for, so that stale ones can be told.
#[derive(Default)]
pub struct Accepted<'a> {
    pub comments: Comments,
    ignores: Vec<Accepting<'a>>,
    annotations: BTreeMap<ObjectRef, Vec<Annotation>>,
}

/// An entry of `ignores`, ready to be asked.
struct Accepting<'a> {
    ignore: &'a Ignore,
    chart: Option<Glob>,
    kind: Option<Glob>,
    name: Option<Glob>,
    used: bool,
}

/// An annotation that accepts findings about its object.
struct Annotation {
    name: String,
    /// Where a template writes it; None if another tool reads it too, so that it is no business of ours
    /// whether it is needed.
    location: Option<Location>,
    used: bool,
}

/// What a run looked at, for the question whether a suppression that it did not need is stale.
pub struct Ran<'a> {
    /// The rules that ran.
    pub rules: &'a Selection,
    /// The rules that the configuration asks for.
    pub configured: &'a Selection,
    /// Whether golden files were compared.
    pub golden: bool,
    /// The charts that were checked.
    pub charts: &'a [ChartRef],
    /// All charts that the configuration is about were among them.
    pub every_chart: bool,
}

impl Ran<'_> {
    /// Whether a word for rules means some that ran, and none that the command line left out.
    fn rule(&self, word: &str) -> bool {
        if matches!(word, "golden" | "golden-noise") {
            return self.golden;
        }
        let means = |rule: &&rules::Rule| is_called(word, rule);
        if rules::all().any(|rule| means(&rule)) {
            return rules::all().filter(means).any(|rule| self.rules.contains(rule))
                && rules::all()
                    .filter(means)
                    .all(|rule| self.rules.contains(rule) || !self.configured.contains(rule));
        }
        self.rules.allows(word, group_of(word))
    }

    /// Whether everything was looked at that an entry of `ignores` is about.
    fn covers(&self, ignore: &Ignore) -> bool {
        let exact = |glob: &str| self.charts.iter().any(|chart| is_exactly(glob, chart));
        self.every_chart || ignore.chart.as_deref().is_some_and(exact)
    }
}

/// The group of a finding of another stage, or the group that a word names; what is neither is taken for
/// a check of the API server.
fn group_of(word: &str) -> Group {
    let told = rules::stages::TOLD.iter().find(|told| told.name == word).map(|told| told.group);
    let named = || Group::ALL.into_iter().find(|group| group.name() == word);
    told.or_else(named).unwrap_or(Group::ApiServer)
}

fn is_exactly(glob: &str, chart: &ChartRef) -> bool {
    glob == chart.below_config || glob == chart.path || glob == chart.name
}

impl<'a> Accepted<'a> {
    pub fn new(ignores: &'a [Ignore]) -> Accepted<'a> {
        Accepted { ignores: ignores.iter().map(Accepting::new).collect(), ..Accepted::default() }
    }

    /// Adds an annotation. The places of those that are not our own are not asked for.
    pub fn add_annotation(&mut self, object: &ObjectRef, name: &str, location: Option<Location>) {
        let annotation = Annotation { name: name.to_owned(), location, used: false };
        self.annotations.entry(object.clone()).or_default().push(annotation);
    }

    /// The findings that nothing accepts.
    pub fn filter(&mut self, findings: Vec<Finding>) -> Vec<Finding> {
        findings.into_iter().filter(|finding| !self.accepts(finding)).collect()
    }

    /// Every part is asked, so that none counts as stale only because another came first.
    fn accepts(&mut self, finding: &Finding) -> bool {
        let commented = self.comments.accept(finding);
        let configured = self.configured(finding);
        let annotated = self.annotated(finding);
        commented || configured || annotated
    }

    fn configured(&mut self, finding: &Finding) -> bool {
        let what = What::of(finding);
        let mut accepted = false;
        for entry in &mut self.ignores {
            if entry.accepts(&what) {
                entry.used = true;
                accepted = true;
            }
        }
        accepted
    }

    fn annotated(&mut self, finding: &Finding) -> bool {
        let annotations =
            finding.object.as_ref().and_then(|object| self.annotations.get_mut(object));
        let mut accepted = false;
        for annotation in annotations.into_iter().flatten() {
            if annotation.name == "*" || What::of(finding).is_called(&annotation.name) {
                annotation.used = true;
                accepted = true;
            }
        }
        accepted
    }

    /// The suppressions that accepted nothing although what they are about was looked at. `locate` says
    /// where an entry of `ignores` stands.
    pub fn stale(&self, ran: &Ran<'_>, locate: impl Fn(&Ignore) -> Location) -> Vec<Finding> {
        let unused = self.ignores.iter().filter(|entry| !entry.used);
        let ignores = unused
            .map(|entry| entry.ignore)
            .filter(|ignore| ran.rule(&ignore.rule) && ran.covers(ignore))
            .map(|ignore| Finding::at(unused_ignore(&ignore.rule), locate(ignore)));
        ignores.chain(self.comments.stale(ran)).chain(self.stale_annotations(ran)).collect()
    }

    /// One template line may write an annotation for many objects and cases; it is stale if none of them
    /// needs it.
    fn stale_annotations(&self, ran: &Ran<'_>) -> Vec<Finding> {
        let key = |one: &Annotation| {
            let at = one.location.as_ref()?;
            Some((at.file.clone(), at.range, one.name.clone()))
        };
        let mut known: BTreeSet<_> =
            self.annotations.values().flatten().filter(|one| one.used).filter_map(key).collect();
        let mut stale = Vec::new();
        for annotation in self.annotations.values().flatten().filter(|one| ran.rule(&one.name)) {
            let Some(location) = &annotation.location else { continue };
            if key(annotation).is_some_and(|key| known.insert(key)) {
                stale.push(Finding::at(unused_ignore(&annotation.name), location.clone()));
            }
        }
        stale
    }
}

/// The `ignores` of a configuration, which accept a problem wherever it is.
pub struct Ignores<'a>(Vec<Accepting<'a>>);

impl<'a> Ignores<'a> {
    pub fn new(ignores: &'a [Ignore]) -> Ignores<'a> {
        Ignores(ignores.iter().map(Accepting::new).collect())
    }

    /// Whether they accept a problem of a chart.
    pub fn accept(&self, found: &Diagnostic, chart: &ChartRef) -> bool {
        let what = What {
            rule: &found.rule,
            group: found.group,
            chart: Some(chart),
            object: found.object.as_ref(),
        };
        self.0.iter().any(|ignore| ignore.accepts(&what))
    }
}

/// What suppressions go by.
struct What<'a> {
    rule: &'a str,
    group: Group,
    chart: Option<&'a ChartRef>,
    object: Option<&'a ObjectRef>,
}

impl What<'_> {
    fn of(finding: &Finding) -> What<'_> {
        What {
            rule: &finding.rule,
            group: finding.group,
            chart: finding.chart.as_ref(),
            object: finding.object.as_ref(),
        }
    }

    /// Whether a user's word for a rule (its name, its group, another linter's name) means this one.
    fn is_called(&self, word: &str) -> bool {
        word == self.rule
            || word == self.group.name()
            || rules::find(self.rule).is_some_and(|rule| is_called(word, rule))
    }
}

fn is_called(word: &str, rule: &rules::Rule) -> bool {
    word == rule.name || word == rule.group.name() || rule.aliases.contains(&word)
}

/// A glob (`*`, `?`, `[…]`, `{a,b}`) that is to match a whole name. One that is none matches itself.
enum Glob {
    Text(String),
    Pattern(GlobMatcher),
}

impl Glob {
    fn new(text: &str) -> Glob {
        // Building a matcher takes longer than a small chart does.
        let is_plain = !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
        match globset::Glob::new(text) {
            Ok(glob) if !is_plain => Glob::Pattern(glob.compile_matcher()),
            _ => Glob::Text(text.to_owned()),
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Glob::Text(text) => text == name,
            Glob::Pattern(pattern) => pattern.is_match(name),
        }
    }
}

impl Accepting<'_> {
    fn new(ignore: &Ignore) -> Accepting<'_> {
        let glob = |text: &Option<String>| text.as_deref().map(Glob::new);
        let (chart, kind, name) = (glob(&ignore.chart), glob(&ignore.kind), glob(&ignore.name));
        Accepting { ignore, chart, kind, name, used: false }
    }

    fn accepts(&self, what: &What<'_>) -> bool {
        let fits = |glob: &Option<Glob>, text: Option<&str>| match (glob, text) {
            (None, _) => true,
            (Some(glob), Some(text)) => glob.matches(text),
            (Some(_), None) => false,
        };
        let of_chart = |glob: &Glob| {
            what.chart.is_some_and(|ChartRef { path, below_config, name }| {
                [path, below_config, name].into_iter().any(|text| glob.matches(text))
            })
        };
        what.is_called(&self.ignore.rule)
            && self.chart.as_ref().is_none_or(of_chart)
            && fits(&self.kind, what.object.map(|object| object.kind.as_str()))
            && fits(&self.name, what.object.and_then(|object| object.name.as_deref()))
    }
}

/// A suppression that suppresses nothing.
fn unused_ignore(word: &str) -> Diagnostic {
    let message = format!("nothing to ignore here: `{word}` finds no problem");
    Diagnostic::new(Group::Chart, "unused-ignore", Severity::Warning, Place::default(), message)
        .help("remove the suppression, so that it cannot hide a new problem")
}
