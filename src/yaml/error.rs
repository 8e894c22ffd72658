//! Why a text is no YAML, in go-yaml's words.

use std::fmt;

use crate::source::Span;

/// Why a text could not be read. Displays as go-yaml's error does: `yaml: line 3: …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    pub problem: Problem,
    /// The line that go-yaml names: of the parser's problems it is one too low, and it never says
    /// `line 0` nor `line 1` (`parser.fail` in go-yaml's `decode.go`).
    pub line: Option<u32>,
    /// Where the problem is.
    pub span: Span,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The text breaks a rule of YAML's syntax, or has bytes that YAML does not allow.
    Syntax(&'static str),
    UnknownAnchor(String),
    /// The node of this anchor contains an alias for itself.
    Recursive(String),
    /// Aliases would make the document many times as large as it is written.
    ExcessiveAliasing,
    /// The value of `<<` is neither a mapping nor a list of mappings.
    MergeOfNoMap,
    /// A tag that the scalar does not fit: `!!int abc`.
    WrongTag {
        found: &'static str,
        value: String,
        wanted: String,
    },
    /// The contents of a `!!binary` scalar.
    Base64,
    /// A key that is a sequence or a mapping, as Go prints it.
    CollectionKey(String),
    /// A key that is null or beyond `i64`, which JSON conversion knows nothing of; its type, and
    /// key and value as Go prints them.
    UnsupportedKey {
        type_name: &'static str,
        key: String,
        value: String,
    },
    /// A number that JSON cannot express: `+Inf`, `-Inf`, `NaN`.
    NotFinite(String),
    /// Deeper than Go's JSON decoder goes; the bracket that is one too many.
    Depth(char),
    /// A value of another JSON type than the Go type that it is read into.
    Type {
        found: &'static str,
        wanted: &'static str,
    },
    /// What follows the `---` between two documents of a values file.
    Separator(String),
}

impl Error {
    /// The text of the error that `yaml.Unmarshal` of sigs.k8s.io/yaml returns, which is what
    /// nearly all of Helm sees.
    pub fn unmarshal_text(&self) -> String {
        if matches!(self.problem, Problem::Depth(_) | Problem::Type { .. }) {
            format!("error unmarshaling JSON: while decoding JSON: {self}")
        } else {
            format!("error converting YAML to JSON: {self}")
        }
    }

    /// The text of the error that `LoadValues` returns (`pkg/chart/v2/loader/load.go`).
    pub fn load_values_text(&self) -> String {
        if matches!(self.problem, Problem::Separator(_)) {
            format!("error reading yaml document: {self}")
        } else {
            format!("cannot unmarshal yaml document: {}", self.unmarshal_text())
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>| match self.line {
            Some(line) => write!(f, "yaml: line {line}: "),
            None => f.write_str("yaml: "),
        };
        match &self.problem {
            Problem::Syntax(problem) => {
                line(f)?;
                f.write_str(problem)
            }
            Problem::UnknownAnchor(name) => write!(f, "yaml: unknown anchor '{name}' referenced"),
            Problem::Recursive(name) => write!(f, "yaml: anchor '{name}' value contains itself"),
            Problem::ExcessiveAliasing => f.write_str("yaml: document contains excessive aliasing"),
            Problem::MergeOfNoMap => {
                f.write_str("yaml: map merge requires map or sequence of maps as the value")
            }
            Problem::WrongTag { found, value, wanted } => {
                write!(f, "yaml: cannot decode {found} `{value}` as a {wanted}")
            }
            Problem::Base64 => f.write_str("yaml: !!binary value contains invalid base64 data"),
            Problem::CollectionKey(key) => write!(f, "yaml: invalid map key: {key}"),
            Problem::UnsupportedKey { type_name, key, value } => {
                write!(f, "unsupported map key of type: {type_name}, key: {key}, value: {value}")
            }
            Problem::NotFinite(number) => write!(f, "json: unsupported value: {number}"),
            Problem::Depth(bracket) => {
                write!(f, "invalid character '{bracket}' exceeded max depth")
            }
            Problem::Type { found, wanted } => {
                write!(f, "json: cannot unmarshal {found} into Go value of type {wanted}")
            }
            Problem::Separator(rest) => write!(f, "invalid Yaml document separator: {rest}"),
        }
    }
}

impl std::error::Error for Error {}
