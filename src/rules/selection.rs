//! Which rules run, how severe their findings are, and their parameters.

use std::fmt;

use serde_json::Value;

use crate::config::{self, RuleSetting, Word};
use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::manifest::Objects;
use crate::nearest::nearest;
use crate::rules::custom::Custom;
use crate::rules::{self, Level, PodSecurity, Rule, stages};
use crate::source::Span;

/// A parameter of a rule, as `chartc.yaml` sets it and the rule's page documents it.
pub struct Parameter {
    pub name: &'static str,
    pub summary: &'static str,
    pub default: Setting,
}

/// What a parameter is where nobody sets it; says its type, too.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    Int(i64),
    Texts(&'static [&'static str]),
}

/// The rules of a run.
#[derive(Default)]
pub struct Selection {
    pub(super) active: Vec<Active>,
    /// The words that the user chose by.
    select: Vec<String>,
    ignore: Vec<String>,
    /// The user's own.
    pub(super) custom: Custom,
}

/// A rule of a run, as the user tuned it.
pub(super) struct Active {
    pub(super) rule: &'static Rule,
    /// In place of the severity that each finding has.
    pub(super) severity: Option<Severity>,
    pub(super) tuning: Tuning,
}

impl Active {
    /// Passes on what a check reports, with the severity that the user gave it.
    pub(super) fn tell(&self, sink: &mut Sink, check: impl FnOnce(&mut Sink)) {
        let mut found = Sink::default();
        check(&mut found);
        for diagnostic in found.into_vec() {
            let severity = self.severity.unwrap_or(diagnostic.severity);
            sink.report(Diagnostic { severity, ..diagnostic });
        }
    }
}

/// The parameters that the user set.
#[derive(Default)]
pub(crate) struct Tuning {
    ints: Vec<(&'static str, i64)>,
    texts: Vec<(&'static str, Vec<String>)>,
}

/// A named set of rules.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Preset {
    Recommended,
    Strict,
    PssBaseline,
    PssRestricted,
    All,
}

impl Preset {
    pub const ALL: [Preset; 5] = [
        Preset::Recommended,
        Preset::Strict,
        Preset::PssBaseline,
        Preset::PssRestricted,
        Preset::All,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Preset::Recommended => "recommended",
            Preset::Strict => "strict",
            Preset::PssBaseline => "pss-baseline",
            Preset::PssRestricted => "pss-restricted",
            Preset::All => "all",
        }
    }

    pub fn contains(self, rule: &Rule) -> bool {
        match self {
            Preset::Recommended => rule.level == Level::Recommended,
            Preset::Strict => matches!(rule.level, Level::Recommended | Level::Strict),
            Preset::PssBaseline => rule.pod_security == Some(PodSecurity::Baseline),
            Preset::PssRestricted => rule.pod_security.is_some(),
            Preset::All => true,
        }
    }

    /// A namespace that enforces the standard refuses what these rules find.
    fn is_standard(self) -> bool {
        matches!(self, Preset::PssBaseline | Preset::PssRestricted)
    }
}

impl Selection {
    /// The same choice of what other stages report, and no rule.
    #[must_use]
    pub fn without_rules(self) -> Selection {
        Selection { active: Vec::new(), custom: Custom::default(), ..self }
    }

    /// The rules that a user chose. What the settings of rules get wrong goes to the sink.
    ///
    /// The more exact word wins: a rule's name over its group, a group over a preset. Words that
    /// name no rule may name what another stage reports ([`Selection::allows`]).
    pub fn new(choice: &config::Selection, sink: &mut Sink) -> Selection {
        let recommended = [Word::flag(Preset::Recommended.name())];
        let select = if choice.select.is_empty() { &recommended[..] } else { &choice.select[..] };
        let words = select.iter().chain(&choice.extend_select).map(|word| &word.text);
        let ignore = choice.ignore.iter().map(|word| &word.text);
        let mut active = Vec::new();
        for rule in rules::all() {
            let chosen = words.clone().filter_map(|word| reach(word, rule)).max();
            let refused = ignore.clone().filter_map(|word| reach(word, rule)).max();
            if let Some(chosen) = chosen.filter(|chosen| Some(*chosen) > refused) {
                let severity = matches!(chosen, Reach::Standard).then_some(Severity::Error);
                active.push(Active { rule, severity, tuning: Tuning::default() });
            }
        }
        for setting in &choice.rules {
            let Some(rule) = rules::find(&setting.name) else { continue };
            let tuning = Tuning::read(rule, setting, sink);
            if let Some(one) = active.iter_mut().find(|one| one.rule.name == rule.name) {
                one.severity = setting.severity.or(one.severity);
                one.tuning = tuning;
            }
        }
        let (select, ignore) = (words.cloned().collect(), ignore.cloned().collect());
        Selection { active, custom: Custom::default(), select, ignore }
    }

    /// Whether a rule runs.
    pub fn contains(&self, rule: &Rule) -> bool {
        self.active.iter().any(|active| active.rule.name == rule.name)
    }

    /// The words of a choice that mean no rule, no group, no preset and no finding of another stage.
    pub fn unknown<'c>(&self, choice: &'c config::Selection) -> Vec<Unknown<'c>> {
        let words = choice.select.iter().chain(&choice.extend_select).chain(&choice.ignore);
        let words = words.map(|word| (word.text.as_str(), word.span));
        let settings =
            choice.rules.iter().map(|setting| (setting.name.as_str(), Some(setting.span)));
        if words.clone().chain(settings.clone()).next().is_none() {
            return Vec::new();
        }
        let mut names: Vec<&str> = self.custom.names.iter().map(String::as_str).collect();
        names.extend(stages::TOLD.iter().map(|told| told.name));
        for rule in rules::all() {
            names.push(rule.name);
            names.extend(rule.aliases);
        }
        let mut known = names.clone();
        known.extend(Group::ALL.map(Group::name));
        known.extend(Preset::ALL.map(Preset::name));
        let unknown = words
            .filter(|(text, _)| !known.contains(text))
            .chain(settings.filter(|(text, _)| !names.contains(text)));
        let meant = |text| nearest(text, known.iter().copied()).map(str::to_owned);
        unknown.map(|(text, span)| Unknown { text, span, meant: meant(text) }).collect()
    }

    /// Whether a finding of another stage is asked for. What keeps a chart from being read or rendered
    /// is told whatever was selected, unless it is ignored.
    pub fn allows(&self, name: &str, group: Group) -> bool {
        if rules::find(name).is_some() {
            return true;
        }
        let reach = |word: &String| match word.as_str() {
            word if word == name => Some(Reach::Name),
            word if word == group.name() => Some(Reach::Group),
            "recommended" | "strict" | "all" => Some(Reach::Preset),
            _ => None,
        };
        let always = matches!(group, Group::Input | Group::Template).then_some(Reach::Preset);
        let chosen = self.select.iter().filter_map(reach).max().max(always);
        chosen > self.ignore.iter().filter_map(reach).max()
    }

    /// Adds the `custom-rules` of a `chartc.yaml`. What is wrong with them goes to the sink.
    pub fn add_custom(
        &mut self,
        rules: &[config::CustomRule],
        choice: &config::Selection,
        sink: &mut Sink,
    ) {
        self.custom.add_rules(rules, choice, sink);
    }

    /// Adds the ValidatingAdmissionPolicies among some objects, with the bindings beside them.
    pub fn add_policies(&mut self, objects: Objects, choice: &config::Selection, sink: &mut Sink) {
        self.custom.add_policies(objects, choice, sink);
    }
}

/// A word that means nothing.
pub struct Unknown<'c> {
    pub text: &'c str,
    pub span: Option<Span>,
    /// What it was probably meant to be.
    pub meant: Option<String>,
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no rule, group or preset is called `{}`", self.text)
    }
}

impl Unknown<'_> {
    /// What would mend it.
    pub fn help(&self) -> String {
        match &self.meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`chartc rules` lists them".to_owned(),
        }
    }

    /// The finding for a word of a file.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        self.span.map(|span| error(span, self.to_string()).help(self.help()))
    }
}

/// How exactly a word names a rule; the later, the more exactly.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Preset,
    /// A preset that a namespace may enforce.
    Standard,
    Group,
    Name,
}

fn reach(word: &str, rule: &Rule) -> Option<Reach> {
    if word == rule.name || rule.aliases.contains(&word) {
        return Some(Reach::Name);
    }
    if word == rule.group.name() {
        return Some(Reach::Group);
    }
    let preset = Preset::ALL.into_iter().find(|preset| preset.name() == word)?;
    let reach = if preset.is_standard() { Reach::Standard } else { Reach::Preset };
    preset.contains(rule).then_some(reach)
}

impl Tuning {
    fn read(rule: &Rule, setting: &RuleSetting, sink: &mut Sink) -> Tuning {
        let mut tuning = Tuning::default();
        for (name, value) in &setting.parameters {
            let known = rule.parameters.iter().find(|parameter| parameter.name == name);
            match known {
                Some(parameter) => tuning.set(rule, parameter, value, setting.span, sink),
                None => sink.report(unknown_parameter(rule, name, setting.span)),
            }
        }
        tuning
    }

    fn set(
        &mut self,
        rule: &Rule,
        parameter: &Parameter,
        value: &Value,
        span: Span,
        sink: &mut Sink,
    ) {
        match parameter.default {
            Setting::Int(_) => match value.as_i64() {
                Some(int) => self.ints.push((parameter.name, int)),
                None => sink.report(wrong_type(rule, parameter, "an integer", span)),
            },
            Setting::Texts(_) => match texts(value) {
                Some(texts) => self.texts.push((parameter.name, texts)),
                None => sink.report(wrong_type(rule, parameter, "a list of strings", span)),
            },
        }
    }

    /// The value of an integer parameter.
    pub(crate) fn int(&self, parameter: &Parameter) -> i64 {
        let set = self.ints.iter().find(|(name, _)| *name == parameter.name);
        match (set, parameter.default) {
            (Some(&(_, int)), _) | (None, Setting::Int(int)) => int,
            (None, Setting::Texts(_)) => 0,
        }
    }

    /// The items of a list parameter.
    pub(crate) fn texts(&self, parameter: &Parameter) -> Vec<&str> {
        let set = self.texts.iter().find(|(name, _)| *name == parameter.name);
        match (set, parameter.default) {
            (Some((_, texts)), _) => texts.iter().map(String::as_str).collect(),
            (None, Setting::Texts(texts)) => texts.to_vec(),
            (None, Setting::Int(_)) => Vec::new(),
        }
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

fn unknown_parameter(rule: &Rule, name: &str, span: Span) -> Diagnostic {
    let known: Vec<&str> = rule.parameters.iter().map(|parameter| parameter.name).collect();
    let unknown = error(span, format!("rule `{}` has no parameter `{name}`", rule.name));
    match known[..] {
        [] => unknown.help("it has none; `severity` can be set for every rule"),
        _ => unknown.help(format!("its parameters: {}", known.join(", "))),
    }
}

fn wrong_type(rule: &Rule, parameter: &Parameter, expected: &str, span: Span) -> Diagnostic {
    let name = parameter.name;
    error(span, format!("`{name}` of rule `{}` should be {expected}", rule.name))
}

fn error(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Group::Input, "config", Severity::Error, span, message)
}
