//! What is wrong with the user's input, as data.
//!
//! A [`Diagnostic`] is made by a function named after the problem (in the module that finds it),
//! travels in a [`Sink`], and is put into words for a terminal or a machine by `report`.

use std::borrow::Cow;

use crate::source::Span;

/// One problem, with every place that explains it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable kebab-case name, such as `undefined-template`. Users write it in suppressions.
    pub rule: Cow<'static, str>,
    pub group: Group,
    pub severity: Severity,
    /// One line that can be understood alone.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Lines to show below the message as they are, such as a diff.
    pub detail: Option<String>,
    pub place: Place,
    /// Further places, each with a note of its own.
    pub labels: Vec<Label>,
    /// The Kubernetes object that the problem is in.
    pub object: Option<ObjectRef>,
    /// The field, spelled as the API server spells paths: `spec.containers[0].ports[0].name`.
    pub field: Option<String>,
    /// The API server's own cause; groups `api-server` and `upgrade` only.
    pub cause: Option<Cause>,
    /// The Kubernetes versions for which it holds, if not all that were asked for.
    pub kube_versions: Vec<String>,
}

/// The family a rule belongs to; users select and ignore by it.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Files that cannot be read as what they should be: Chart.yaml, values, `chartc.yaml`.
    Input,
    /// Values against the chart's JSON schema.
    Schema,
    /// Templates: syntax, execution, output that is not YAML.
    Template,
    /// Rendered output against golden files.
    Golden,
    /// With severity error: the API server would refuse this object.
    ApiServer,
    /// With severity error: the API server would refuse this change.
    Upgrade,
    Reliability,
    Security,
    Networking,
    Resources,
    Correctness,
    Deprecation,
    Topology,
    Chart,
    /// Rules that the user wrote in `chartc.yaml` or in a policy file.
    Custom,
}

impl Group {
    pub const ALL: [Group; 15] = [
        Group::Input,
        Group::Schema,
        Group::Template,
        Group::Golden,
        Group::ApiServer,
        Group::Upgrade,
        Group::Reliability,
        Group::Security,
        Group::Networking,
        Group::Resources,
        Group::Correctness,
        Group::Deprecation,
        Group::Topology,
        Group::Chart,
        Group::Custom,
    ];

    /// The name that users write and reports show.
    pub fn name(self) -> &'static str {
        match self {
            Group::Input => "input",
            Group::Schema => "schema",
            Group::Template => "template",
            Group::Golden => "golden",
            Group::ApiServer => "api-server",
            Group::Upgrade => "upgrade",
            Group::Reliability => "reliability",
            Group::Security => "security",
            Group::Networking => "networking",
            Group::Resources => "resources",
            Group::Correctness => "correctness",
            Group::Deprecation => "deprecation",
            Group::Topology => "topology",
            Group::Chart => "chart",
            Group::Custom => "custom",
        }
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// Where a problem is, and how execution came to it.
///
/// A stage that looks at rendered text knows `rendered` only; `pipeline` fills in the rest from
/// the origins of that text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The text to mend, in a file the user wrote.
    pub primary: Option<Span>,
    /// The text that it became, if the problem shows only there.
    pub rendered: Option<Span>,
    /// The calls that were open, innermost first.
    pub trace: Vec<Frame>,
    /// The values that made the text.
    pub values: Vec<ValueSource>,
}

impl Place {
    /// A place in a file that the user wrote.
    pub fn source(span: Span) -> Place {
        Place { primary: Some(span), ..Place::default() }
    }

    /// A place in rendered text.
    pub fn rendered(span: Span) -> Place {
        Place { rendered: Some(span), ..Place::default() }
    }
}

impl From<Span> for Place {
    fn from(primary: Span) -> Place {
        Place::source(primary)
    }
}

/// A values key and the text that set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSource {
    /// Dotted, as in `--set`: `deployment.replicas`, `ports[0].name`.
    pub key: String,
    /// In a values file, or in the text of a flag.
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub note: String,
}

/// A call that was open when the problem arose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub kind: FrameKind,
    /// The name of the template that was entered.
    pub name: String,
    /// The action that entered it.
    pub call: Span,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum FrameKind {
    Template,
    Include,
    Tpl,
}

/// Which Kubernetes object a problem is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef {
    pub api_version: String,
    pub kind: String,
    pub namespace: Option<String>,
    pub name: Option<String>,
}

/// The API server's reason codes, and those of its decoder (`metav1.CauseType`).
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    Required,
    Invalid,
    NotSupported,
    Duplicate,
    Forbidden,
    TooLong,
    TooMany,
    NotFound,
    TypeInvalid,
    UnknownField,
}

impl Cause {
    /// The name as the API server and our JSON output spell it.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Required => "FieldValueRequired",
            Cause::Invalid => "FieldValueInvalid",
            Cause::NotSupported => "FieldValueNotSupported",
            Cause::Duplicate => "FieldValueDuplicate",
            Cause::Forbidden => "FieldValueForbidden",
            Cause::TooLong => "FieldValueTooLong",
            Cause::TooMany => "FieldValueTooMany",
            Cause::NotFound => "FieldValueNotFound",
            Cause::TypeInvalid => "TypeInvalid",
            Cause::UnknownField => "UnknownField",
        }
    }
}

impl Diagnostic {
    pub fn new(
        group: Group,
        rule: impl Into<Cow<'static, str>>,
        severity: Severity,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic {
            rule: rule.into(),
            group,
            severity,
            message: message.into(),
            help: None,
            detail: None,
            place: place.into(),
            labels: Vec::new(),
            object: None,
            field: None,
            cause: None,
            kube_versions: Vec::new(),
        }
    }

    #[must_use]
    pub fn label(mut self, span: Span, note: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, note: note.into() });
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    #[must_use]
    pub fn object(mut self, object: ObjectRef) -> Diagnostic {
        self.object = Some(object);
        self
    }

    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Diagnostic {
        self.field = Some(field.into());
        self
    }

    #[must_use]
    pub fn cause(mut self, cause: Cause) -> Diagnostic {
        self.cause = Some(cause);
        self
    }
}

/// Where stages put their diagnostics.
#[derive(Default)]
pub struct Sink {
    found: Vec<Diagnostic>,
}

impl Sink {
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Reports each of several, or what there may be one of.
    pub fn report_all(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.found.extend(diagnostics);
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The diagnostics in the order in which they were reported.
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.found
    }
}
