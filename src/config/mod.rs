//! `chartc.yaml` as data: the cases, the golden files, which rules hold, what is ignored.
//!
//! The JSON schema in `schemas/chartc.schema.json` says the same; a test holds the two together.

mod section;

use crate::diagnostic::{Severity, Sink};
use crate::source::Span;
use crate::yaml::Node;
use section::Section;

/// A whole `chartc.yaml`. Paths are as written, relative to the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub charts: Vec<Chart>,
    /// Globs of folders in which no charts are looked for.
    pub exclude: Vec<String>,
    /// None if the file does not speak of golden files.
    pub golden: Option<Golden>,
    pub selection: Selection,
    pub ignores: Vec<Ignore>,
    pub kube_versions: Vec<String>,
    /// Files and folders with CustomResourceDefinitions.
    pub crds: Vec<String>,
    /// ValidatingAdmissionPolicy files.
    pub policies: Vec<String>,
    pub custom_rules: Vec<CustomRule>,
    pub fail_on: Option<Severity>,
    pub baseline: Option<String>,
}

/// What `select`, `extend-select`, `ignore` and `rules` say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    pub select: Vec<Word>,
    pub extend_select: Vec<Word>,
    pub ignore: Vec<Word>,
    pub rules: Vec<RuleSetting>,
}

/// What a user calls rules by: the name of a rule, a group or a preset.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: String,
    /// Where it stands in a file; None for the command line.
    pub span: Option<Span>,
}

impl Word {
    /// A word of the command line.
    pub fn flag(text: &str) -> Word {
        Word { text: text.to_owned(), span: None }
    }
}

/// `rules: {NAME: {severity: …, PARAMETER: …}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSetting {
    pub name: String,
    pub span: Span,
    pub severity: Option<Severity>,
    pub parameters: Vec<(String, serde_json::Value)>,
}

/// A chart and its cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub path: String,
    pub span: Span,
    pub settings: Settings,
    pub cases: Vec<Case>,
}

/// One render of a chart. What a case leaves open, its chart says.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub name: String,
    pub name_span: Span,
    pub span: Span,
    pub values: Vec<(String, Span)>,
    pub set: Vec<String>,
    pub set_string: Vec<String>,
    pub set_json: Vec<String>,
    pub set_file: Vec<String>,
    pub set_literal: Vec<String>,
    pub settings: Settings,
}

/// What both a chart and a case may say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub release: Option<String>,
    pub namespace: Option<String>,
    pub kube_versions: Vec<String>,
    pub api_versions: Vec<String>,
    pub is_upgrade: Option<bool>,
    pub lookup_from: Option<String>,
}

/// Where golden files lie and how they are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Golden {
    pub directory: String,
    pub layout: Layout,
    pub compare: Compare,
    /// Labels and annotations whose values golden files do not hold; a `*` at the end matches any rest.
    pub mask: Vec<String>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One file per template, as `--output-dir` writes them.
    Templates,
    /// One file per case.
    Cases,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Byte for byte.
    Bytes,
    /// Object by object, whatever their order and layout.
    Objects,
}

/// Findings that the user accepts, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Ignore {
    pub span: Span,
    /// Name or group.
    pub rule: String,
    /// Globs; None matches all.
    pub chart: Option<String>,
    pub kind: Option<String>,
    pub name: Option<String>,
    pub reason: String,
}

/// A rule that the user wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomRule {
    pub name: String,
    pub span: Span,
    /// The kinds of objects that it judges; none stand for all.
    pub kinds: Vec<String>,
    /// The same for `apiVersion`; a `*` at the end matches any rest.
    pub api_versions: Vec<String>,
    pub severity: Severity,
    /// The rule holds where this is true: CEL over `object`.
    pub cel: Option<Spanned>,
    /// The same as a minijinja expression.
    pub jinja: Option<Spanned>,
    /// A minijinja template.
    pub message: Spanned,
    pub help: Option<String>,
    /// The path of the field that findings point to.
    pub field: Option<String>,
}

/// A text and the place where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned {
    pub text: String,
    pub span: Span,
}

impl Default for Golden {
    fn default() -> Golden {
        Golden {
            directory: "golden".to_owned(),
            layout: Layout::Templates,
            compare: Compare::Bytes,
            mask: Vec::new(),
        }
    }
}

/// Reads a `chartc.yaml`. What is wrong with it goes to the sink; the rest is kept.
pub fn read(root: Node<'_>, sink: &mut Sink) -> Config {
    if root.is_null() {
        return Config::default();
    }
    let mut top = Section::new(root, "chartc.yaml", sink);
    let config = Config {
        exclude: top.strings("exclude"),
        kube_versions: top.strings("kube-versions"),
        crds: top.strings("crds"),
        policies: top.strings("policies"),
        fail_on: top.severity("fail-on"),
        baseline: top.string("baseline"),
        selection: Selection {
            select: words(top.strings_with_spans("select")),
            extend_select: words(top.strings_with_spans("extend-select")),
            ignore: words(top.strings_with_spans("ignore")),
            rules: top.map("rules", rule_setting),
        },
        ignores: top.list("ignores", ignore),
        custom_rules: top.list("custom-rules", custom_rule),
        golden: top.section("golden", golden),
        charts: top.list("charts", chart),
    };
    top.finish();
    config
}

fn words(texts: Vec<(String, Span)>) -> Vec<Word> {
    texts.into_iter().map(|(text, span)| Word { text, span: Some(span) }).collect()
}

fn chart(section: &mut Section<'_, '_>) -> Option<Chart> {
    let cases: Vec<Case> = section.list("cases", case);
    section.refuse_duplicates(cases.iter().map(|case| (case.name.as_str(), case.name_span)));
    Some(Chart {
        span: section.span(),
        path: section.required_string("path")?,
        settings: settings(section),
        cases,
    })
}

fn case(section: &mut Section<'_, '_>) -> Option<Case> {
    let (name, name_span) = section.required_file_name("name")?;
    Some(Case {
        span: section.span(),
        name,
        name_span,
        values: section.strings_with_spans("values"),
        set: section.strings("set"),
        set_string: section.strings("set-string"),
        set_json: section.strings("set-json"),
        set_file: section.strings("set-file"),
        set_literal: section.strings("set-literal"),
        settings: settings(section),
    })
}

fn settings(section: &mut Section<'_, '_>) -> Settings {
    Settings {
        release: section.string("release"),
        namespace: section.string("namespace"),
        kube_versions: section.strings("kube-versions"),
        api_versions: section.strings("api-versions"),
        is_upgrade: section.bool("is-upgrade"),
        lookup_from: section.string("lookup-from"),
    }
}

fn golden(section: &mut Section<'_, '_>) -> Golden {
    let default = Golden::default();
    let layouts = [("templates", Layout::Templates), ("cases", Layout::Cases)];
    let compares = [("bytes", Compare::Bytes), ("objects", Compare::Objects)];
    Golden {
        directory: section.string("directory").unwrap_or(default.directory),
        layout: section.one_of("layout", &layouts).unwrap_or(default.layout),
        compare: section.one_of("compare", &compares).unwrap_or(default.compare),
        mask: section.strings("mask"),
    }
}

fn ignore(section: &mut Section<'_, '_>) -> Option<Ignore> {
    let (rule, reason) = (section.required_string("rule"), section.required_string("reason"));
    Some(Ignore {
        span: section.span(),
        chart: section.string("chart"),
        kind: section.string("kind"),
        name: section.string("name"),
        rule: rule?,
        reason: reason?,
    })
}

fn custom_rule(section: &mut Section<'_, '_>) -> Option<CustomRule> {
    let (name, message) = (section.required_string("name"), section.required_spanned("message"));
    Some(CustomRule {
        span: section.span(),
        kinds: section.strings("kinds"),
        api_versions: section.strings("api-versions"),
        severity: section.severity("severity").unwrap_or(Severity::Warning),
        cel: section.spanned("cel"),
        jinja: section.spanned("jinja"),
        help: section.string("help"),
        field: section.string("field"),
        name: name?,
        message: message?,
    })
}

fn rule_setting(name: &str, section: &mut Section<'_, '_>) -> RuleSetting {
    RuleSetting {
        name: name.to_owned(),
        span: section.span(),
        severity: section.severity("severity"),
        parameters: section.rest(),
    }
}

/// A `chartc.yaml` that is no YAML.
pub fn unreadable(error: &crate::yaml::Error) -> crate::diagnostic::Diagnostic {
    section::error(error.span, error.to_string())
}
