//! What Helm's linter has against `Chart.yaml` (`pkg/chart/v2/lint/rules/chartfile.go`), in its words.

use super::Metadata;
use super::address::{is_email, is_request_url, is_url};
use crate::diagnostic::Severity;
use crate::funcs::sprig::semver::{Constraints, Version};
use crate::source::{Kind, Sources};
use crate::value::from_node;
use crate::value::quote::quoted;
use crate::yaml::{self, Document, Node};

/// Something that Helm's linter tells about `Chart.yaml`.
pub struct Fault {
    pub severity: Severity,
    /// The key that it is about; empty for the whole file.
    pub key: &'static str,
    pub text: String,
}

/// Judges the text of a `Chart.yaml`, in Helm's order. Fails where Helm cannot read it.
pub fn lint(text: &[u8]) -> Result<Vec<Fault>, String> {
    let (metadata, document) = read_metadata(text)?;
    let root = document.as_ref().map(Document::root);
    let strict = document.as_ref().and_then(|document| strict_error(document, text));
    let strict =
        strict.map(|error| format!("failed to strictly parse chart metadata file\n\t{error}"));
    let no_icon = metadata.icon.is_empty().then(|| "icon is recommended".to_owned());
    let found = [
        (Severity::Warning, "", strict),
        (Severity::Error, "name", wrong_name(&metadata)),
        (Severity::Error, "apiVersion", wrong_api_version(&metadata)),
        (Severity::Error, "version", wrong_type(root, "version")),
        (Severity::Error, "version", wrong_version(&metadata)),
        (Severity::Error, "appVersion", wrong_type(root, "appVersion")),
        (Severity::Error, "maintainers", wrong_maintainer(&metadata)),
        (Severity::Error, "sources", wrong_source(&metadata)),
        (Severity::Info, "icon", no_icon),
        (Severity::Error, "icon", wrong_icon(&metadata)),
        (Severity::Error, "type", wrong_kind(&metadata)),
        (Severity::Error, "dependencies", wrong_dependencies(&metadata)),
        (Severity::Warning, "version", wrong_strict_version(&metadata)),
    ];
    let found = found.into_iter();
    Ok(found
        .filter_map(|(severity, key, text)| Some(Fault { severity, key, text: text? }))
        .collect())
}

fn read_metadata(text: &[u8]) -> Result<(Metadata, Option<Document>), String> {
    let mut sources = Sources::default();
    let id = sources.add(Kind::File, "Chart.yaml", text);
    let text = sources.text(id);
    let document =
        yaml::read_first(id, text, 0..text.len()).map_err(|error| error.unmarshal_text())?;
    let mut metadata = Metadata::default();
    if let Some(document) = &document {
        metadata.read(document.root()).map_err(|error| error.to_string())?;
    }
    Ok((metadata, document))
}

/// What a strict reader has against it: a key that stands twice, or one that Helm does not know.
fn strict_error(document: &Document, text: &[u8]) -> Option<String> {
    let mut twice = document.duplicates().map(|key| {
        let before = text.get(..key.span().start as usize).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let key = quoted(key.as_str().unwrap_or_default());
        format!("\n  line {line}: key {key} already set in map")
    });
    if let Some(first) = twice.next() {
        let all: String = std::iter::once(first).chain(twice).collect();
        return Some(format!("error converting YAML to JSON: yaml: unmarshal errors:{all}"));
    }
    let mut unknown: Vec<&str> = document
        .root()
        .entries()
        .filter_map(|entry| entry.key.as_str())
        .filter(|key| !Metadata::has_field(key))
        .collect();
    unknown.sort_unstable();
    let unknown = quoted(unknown.first()?);
    Some(format!("error unmarshaling JSON: while decoding JSON: json: unknown field {unknown}"))
}

fn wrong_name(metadata: &Metadata) -> Option<String> {
    match metadata.name.as_str() {
        "" => Some("name is required".to_owned()),
        name if name.contains('/') => Some(format!("chart name {} is invalid", quoted(name))),
        _ => None,
    }
}

fn wrong_api_version(metadata: &Metadata) -> Option<String> {
    match metadata.api_version.as_str() {
        "" => Some("apiVersion is required. The value must be either \"v1\" or \"v2\"".to_owned()),
        "v1" | "v2" => None,
        other => Some(format!(
            "apiVersion '{other}' is not valid. The value must be either \"v1\" or \"v2\""
        )),
    }
}

fn wrong_type(root: Option<Node<'_>>, key: &str) -> Option<String> {
    let node = root?.get(key)?;
    let value = from_node(node, crate::origin::Src::NONE, crate::value::Sources::Same);
    let found = value.type_name();
    (found != "string").then(|| format!("{key} should be of type string but it's of type {found}"))
}

fn wrong_version(metadata: &Metadata) -> Option<String> {
    let text = metadata.version.as_str();
    if text.is_empty() {
        return Some("version is required".to_owned());
    }
    let Ok(version) = Version::parse(text) else {
        return Some(format!("version '{text}' is not a valid SemVer"));
    };
    let above = Constraints::parse(">0.0.0-0").is_ok_and(|above| above.check(&version));
    (!above).then(|| format!("version \"{version}\" is less than or equal to \"0.0.0-0\""))
}

/// `StrictNewVersion`: exactly three numbers without leading zeros, and no `v`.
fn wrong_strict_version(metadata: &Metadata) -> Option<String> {
    let text = metadata.version.as_str();
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0'))
    };
    let parts: Vec<&str> = core.split('.').collect();
    let strict = parts.len() == 3 && parts.iter().all(|part| number(part));
    let valid = strict && Version::parse(text).is_ok();
    (!valid).then(|| format!("version '{text}' is not a valid SemVerV2"))
}

fn wrong_maintainer(metadata: &Metadata) -> Option<String> {
    metadata.maintainers.iter().find_map(|maintainer| match maintainer {
        None => Some("a maintainer entry is empty".to_owned()),
        Some(one) if one.name.is_empty() => Some("each maintainer requires a name".to_owned()),
        Some(one) if !one.email.is_empty() && !is_email(&one.email) => {
            Some(format!("invalid email '{}' for maintainer '{}'", one.email, one.name))
        }
        Some(one) if !one.url.is_empty() && !is_url(&one.url) => {
            Some(format!("invalid url '{}' for maintainer '{}'", one.url, one.name))
        }
        Some(_) => None,
    })
}

fn wrong_source(metadata: &Metadata) -> Option<String> {
    let wrong = metadata.sources.iter().find(|source| !is_request_url(source))?;
    Some(format!("invalid source URL '{wrong}'"))
}

fn wrong_icon(metadata: &Metadata) -> Option<String> {
    let icon = &metadata.icon;
    (!icon.is_empty() && !is_request_url(icon)).then(|| format!("invalid icon URL '{icon}'"))
}

fn wrong_kind(metadata: &Metadata) -> Option<String> {
    let api = &metadata.api_version;
    let wrong = !metadata.kind.is_empty() && api != "v2";
    wrong.then(|| {
        format!("chart type is not valid in apiVersion '{api}'. It is valid in apiVersion 'v2'")
    })
}

fn wrong_dependencies(metadata: &Metadata) -> Option<String> {
    let api = &metadata.api_version;
    let wrong = metadata.dependencies.as_ref().is_some_and(|all| !all.is_empty()) && api != "v2";
    wrong.then(|| {
        format!("dependencies are not valid in the Chart file with apiVersion '{api}'. They are valid in apiVersion 'v2'")
    })
}
