//! What `helm lint` says of a chart (`pkg/chart/v2/lint`): the same rules in the same order, with the
//! same words.

use std::fmt;

use super::render::{Case, run_templates};
use crate::chart::{self, Chart, FileSet, Log};
pub use crate::diagnostic::Severity;
use crate::exec::{self, WarningCause};
use crate::funcs::Env;
use crate::kube::{lifecycle, names};
use crate::pipeline::Shared;
use crate::source::{Kind, Sources};
use crate::value::quote::quoted;
use crate::value::{Value, from_node, json};
use crate::values::{self, Capabilities, KubeVersion, Release};
use crate::yaml::{self, Decoder, Document, GoStruct, Node};

/// What is linted, and how.
pub struct Request<'a> {
    /// The files of the chart, or why they cannot be read.
    pub files: Result<FileSet, String>,
    /// `Chart.yaml`, even where the ignore file names it.
    pub chart_yaml: Option<Vec<u8>>,
    pub layout: Layout,
    /// All layers that the user gave, as one table.
    pub values: &'a Value,
    pub namespace: String,
    pub capabilities: Capabilities,
    pub skip_schema: bool,
    pub env: Env,
}

/// What lies in the chart's directory.
pub struct Layout {
    /// Absolute; Helm names it in messages.
    pub directory: String,
    /// `Chart.yaml`, `values.yaml`, `templates`, `crds`; None for an archive, whose files tell.
    pub entries: Option<[Entry; 4]>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Missing,
    File,
    Directory,
}

/// What was found, in Helm's order, and what was logged.
#[derive(Default)]
pub struct Linted {
    pub messages: Vec<Message>,
    pub log: Vec<Log>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub severity: Severity,
    /// A file of the chart, or the chart's directory.
    pub path: String,
    pub text: String,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Info => "INFO",
            Severity::Warning => "WARNING",
            Severity::Error => "ERROR",
        };
        write!(f, "[{severity}] {}: {}", self.path, self.text)
    }
}

/// Lints a chart (`RunAll` in `pkg/chart/v2/lint/lint.go`).
pub fn lint(request: &Request<'_>, sources: &mut Sources) -> Linted {
    let mut linter = Linter { request, linted: Linted::default() };
    linter.chart_file();
    linter.values();
    let loaded = match &request.files {
        Ok(files) => chart::load(files, sources).map_err(|error| error.to_string()),
        Err(error) => Err(error.clone()),
    };
    match &loaded {
        Ok(loaded) => {
            linter.templates(Ok(&loaded.chart), sources);
            linter.dependencies(&loaded.chart);
            linter.crds(&loaded.chart, sources);
        }
        Err(error) => {
            linter.templates(Err(error), sources);
            linter.error("", format!("unable to load chart\n\t{error}"));
            if linter.entry(3, "crds/") == Entry::Directory {
                linter.error("crds/", error.clone());
            }
        }
    }
    linter.linted
}

struct Linter<'a> {
    request: &'a Request<'a>,
    linted: Linted,
}

impl Linter<'_> {
    fn tell(&mut self, severity: Severity, path: &str, text: impl Into<String>) {
        let message = Message { severity, path: path.to_owned(), text: text.into() };
        self.linted.messages.push(message);
    }

    fn error(&mut self, path: &str, text: impl Into<String>) {
        self.tell(Severity::Error, path, text);
    }

    /// What lies in the directory under a name; of an archive, what its files say.
    fn entry(&self, index: usize, path: &str) -> Entry {
        if let Some(entries) = &self.request.layout.entries {
            return entries.get(index).copied().unwrap_or(Entry::Missing);
        }
        let files = self.request.files.as_ref().map_or(&[][..], |files| &files.files);
        let inside = |file: &chart::File| {
            if path.ends_with('/') { file.path.starts_with(path) } else { file.path == path }
        };
        match files.iter().any(inside) {
            false => Entry::Missing,
            true if path.ends_with('/') => Entry::Directory,
            true => Entry::File,
        }
    }

    fn file(&self, path: &str) -> Option<&[u8]> {
        let files = self.request.files.as_ref().ok()?;
        files.files.iter().find(|file| file.path == path).map(|file| &*file.data)
    }

    /// The rules of `rules/chartfile.go`.
    fn chart_file(&mut self) {
        const PATH: &str = "Chart.yaml";
        if self.entry(0, PATH) == Entry::Directory {
            self.error(PATH, "should be a file, not a directory");
        }
        let text = self.request.chart_yaml.clone().or_else(|| self.file(PATH).map(<[u8]>::to_vec));
        let text = text.unwrap_or_default();
        match chart::lint(&text) {
            Ok(faults) => {
                faults.into_iter().for_each(|one| self.tell(one.severity, PATH, one.text));
            }
            Err(error) => self.error(PATH, format!("unable to parse YAML\n\t{error}")),
        }
    }

    /// The rules of `rules/values.go`: only the chart's own values and schema.
    fn values(&mut self) {
        const PATH: &str = "values.yaml";
        if self.entry(1, PATH) == Entry::Missing {
            return self.tell(Severity::Info, PATH, "file does not exist");
        }
        let mut sources = Sources::default();
        let text = self.file(PATH).unwrap_or_default().to_vec();
        let id = sources.add(Kind::File, PATH, text);
        let text = sources.text(id);
        let values = match yaml::read_first(id, text, 0..text.len())
            .map_err(|error| error.unmarshal_text())
        {
            Err(error) => return self.error(PATH, format!("unable to parse YAML: {error}")),
            Ok(document) => match document.as_ref().map(Document::root) {
                None => values::empty(),
                Some(root) => match read_map(root) {
                    Err(error) => {
                        return self.error(PATH, format!("unable to parse YAML: {error}"));
                    }
                    Ok(values) => values,
                },
            },
        };
        let Some(schema) = self.file("values.schema.json").filter(|schema| !schema.is_empty())
        else {
            return;
        };
        if self.request.skip_schema {
            return;
        }
        let schema = schema.to_vec();
        let merged = values::over(self.request.values, &values);
        if let Err(error) = values::check_schema(&schema, &merged, &mut self.linted.log) {
            self.error(PATH, error);
        }
    }

    /// The rules of `rules/template.go`.
    fn templates(&mut self, chart: Result<&Chart, &String>, sources: &mut Sources) {
        const PATH: &str = "templates/";
        match self.entry(2, PATH) {
            Entry::Missing => {
                return self.tell(Severity::Warning, PATH, "directory does not exist");
            }
            Entry::File => return self.error(PATH, "not a directory"),
            Entry::Directory => {}
        }
        let chart = match chart {
            Ok(chart) => chart,
            Err(error) => return self.error(PATH, error.clone()),
        };
        let shared = Shared::default();
        let case = Case {
            values: self.request.values,
            // A lint makes no release: it is neither an installation nor an upgrade.
            release: Release {
                name: "test-release".to_owned(),
                namespace: self.request.namespace.clone(),
                is_upgrade: false,
                revision: 0,
            },
            capabilities: self.request.capabilities.clone(),
            skip_schema: self.request.skip_schema,
            shared: &shared,
            env: self.request.env.clone(),
            exec: exec::Options { lint: true, ..exec::Options::default() },
        };
        // Helm says nothing where dependencies cannot be processed.
        let Ok(merged) = values::merge(chart, case.values, None, &mut self.linted.log) else {
            return;
        };
        if !case.skip_schema
            && let Err(error) =
                values::check_schemas(&merged, &shared.schemas, sources, &mut self.linted.log)
        {
            return self.error(PATH, super::render::Problem::Schema(error).to_string());
        }
        let rendered = match run_templates(&merged, &case, sources, None) {
            Ok(rendered) => rendered,
            Err(problem) => return self.error(PATH, problem.to_string()),
        };
        self.linted.log.extend(rendered.warnings.iter().map(warning_log));
        for template in &chart.templates {
            let name = format!("{}/{}", chart.name(), template.path);
            let output = rendered.files.iter().find(|file| file.name == name);
            let output = output.map_or(&[][..], |file| &file.output.text);
            if self.template(&template.path, output, sources).is_none() {
                return;
            }
        }
    }

    /// One file of `templates/`; None if Helm stops here.
    fn template(&mut self, path: &str, output: &[u8], sources: &mut Sources) -> Option<()> {
        let extension = extension(path);
        if !matches!(extension, ".yaml" | ".yml" | ".tpl" | ".txt") {
            self.error(path, format!("file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"));
        }
        let is_yaml =
            extension.eq_ignore_ascii_case(".yaml") || extension.eq_ignore_ascii_case(".yml");
        if !is_yaml || output.trim_ascii().is_empty() {
            return Some(());
        }
        if let Some(line) = illegal_indent(output) {
            let line = quoted(&line);
            let text = format!(
                "document starts with an illegal indent: {line}, which may cause parsing problems"
            );
            self.tell(Severity::Warning, path, text);
        }
        for manifest in read_manifests(path, output, sources) {
            match manifest {
                Err(error) => {
                    self.error(path, format!("unable to parse YAML: {error}"));
                    return None;
                }
                Ok(manifest) => self.manifest(path, &manifest, output),
            }
        }
        Some(())
    }

    fn manifest(&mut self, path: &str, manifest: &Manifest, output: &[u8]) {
        if let Some(text) = wrong_object_name(manifest) {
            self.tell(Severity::Warning, path, text);
        }
        if let Some(text) = deprecation(manifest, &self.request.capabilities.kube_version) {
            self.tell(Severity::Warning, path, text);
        }
        let kind = manifest.kind.as_str();
        let output = String::from_utf8_lossy(output);
        let has_selector = output.contains("matchLabels") || output.contains("matchExpressions");
        if matches!(kind, "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet")
            && !has_selector
        {
            let name = quoted(&manifest.name);
            self.error(
                path,
                format!(
                    "a {kind} must contain matchLabels or matchExpressions, and {name} does not"
                ),
            );
        }
        if kind == "List" && manifest.keeps_items {
            self.error(
                path,
                "annotation 'helm.sh/resource-policy' within List objects are ignored",
            );
        }
    }

    /// The rules of `rules/dependencies.go`.
    fn dependencies(&mut self, chart: &Chart) {
        let named: Vec<_> = chart.metadata.dependencies.iter().flatten().flatten().collect();
        let present: Vec<&str> = chart.dependencies.iter().map(Chart::name).collect();
        let path = self.request.layout.directory.clone();
        let unnamed: Vec<&str> = present
            .iter()
            .copied()
            .filter(|name| !named.iter().any(|one| one.name == *name))
            .collect();
        if !unnamed.is_empty() {
            let names = unnamed.join(",");
            self.error(&path, format!("chart metadata is missing these dependencies: {names}"));
        }
        let missing: Vec<&str> = named
            .iter()
            .map(|one| one.name.as_str())
            .filter(|name| !present.contains(name))
            .collect();
        if !missing.is_empty() {
            let text =
                format!("chart directory is missing these dependencies: {}", missing.join(","));
            self.tell(Severity::Warning, &path, text);
        }
    }

    /// The rules of `rules/crds.go`.
    fn crds(&mut self, chart: &Chart, sources: &mut Sources) {
        match self.entry(3, "crds/") {
            Entry::Missing => return,
            Entry::File => return self.error("crds/", "not a directory"),
            Entry::Directory => {}
        }
        for file in chart.files.iter().filter(|file| super::render::is_crd(&file.path)) {
            let text = sources.text(file.id).to_vec();
            for manifest in read_manifests(&file.path, &text, sources) {
                let manifest = match manifest {
                    Ok(manifest) => manifest,
                    Err(error) => {
                        return self.error(&file.path, format!("unable to parse YAML: {error}"));
                    }
                };
                if !manifest.api_version.starts_with("apiextensions.k8s.io") {
                    self.error(&file.path, "apiVersion is not in 'apiextensions.k8s.io'");
                }
                if manifest.kind != "CustomResourceDefinition" {
                    self.error(&file.path, "object kind is not 'CustomResourceDefinition'");
                }
            }
        }
    }
}

fn read_map(root: Node<'_>) -> Result<Value, String> {
    let mut decoder = Decoder::default();
    decoder.any_map(root);
    decoder.finish().map_err(|error| error.to_string())?;
    Ok(from_node(root, crate::origin::Src::NONE, crate::value::Sources::Same))
}

fn extension(path: &str) -> &str {
    let base = path.rsplit('/').next().unwrap_or(path);
    base.rfind('.').map_or("", |at| &base[at..])
}

/// The first line that is not blank, if it is indented.
fn illegal_indent(output: &[u8]) -> Option<String> {
    let output = String::from_utf8_lossy(output);
    let line = output.lines().find(|line| !line.trim().is_empty())?;
    line.starts_with([' ', '\t']).then(|| line.to_owned())
}

/// What the rules know of an object (`k8sYamlStruct`).
#[derive(Default)]
struct Manifest {
    api_version: String,
    kind: String,
    name: String,
    /// A List with an item that has the annotation for keeping resources.
    keeps_items: bool,
}

const STRUCT: GoStruct = GoStruct {
    name: "k8sYamlStruct",
    type_name: "rules.k8sYamlStruct",
    fields: &["apiVersion", "Kind", "Metadata"],
};

const METADATA: GoStruct = GoStruct {
    name: "k8sYamlMetadata",
    type_name: "rules.k8sYamlMetadata",
    fields: &["Namespace", "Name"],
};

/// The documents of a text; the last one may be an error.
fn read_manifests(path: &str, text: &[u8], sources: &mut Sources) -> Vec<Result<Manifest, String>> {
    let id = sources.add(Kind::Rendered, path, text);
    let text = sources.text(id);
    let ranges = match yaml::split_values(id, text) {
        Ok(ranges) => ranges,
        Err(error) => return vec![Err(error.to_string())],
    };
    let mut manifests = Vec::new();
    for (index, range) in ranges.into_iter().enumerate() {
        let read = yaml::read_first(id, text, range).map_err(|error| error.unmarshal_text());
        match read.and_then(|document| document.map(|one| read_manifest(one.root())).transpose()) {
            Ok(None) => {}
            Ok(Some(None)) => {}
            Ok(Some(Some(manifest))) => manifests.push(Ok(manifest)),
            Err(error) => {
                let json = if index == 0 { json_error(text) } else { None };
                manifests.push(Err(json.unwrap_or(error)));
                break;
            }
        }
    }
    manifests
}

/// What is said of a text that is neither JSON nor YAML, and looks more like JSON
/// (`YAMLOrJSONDecoder` of apimachinery).
fn json_error(text: &[u8]) -> Option<String> {
    let head = text.get(..4096).unwrap_or(text);
    if !head.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let (offset, error) = json::syntax_error(text)?;
    let is_cut = offset > text.len();
    Some(if is_cut {
        "unexpected EOF".to_owned()
    } else {
        format!("json: offset {offset}: {error}")
    })
}

/// None for null.
fn read_manifest(root: Node<'_>) -> Result<Option<Manifest>, String> {
    if root.is_null() {
        return Ok(None);
    }
    let mut manifest = Manifest::default();
    let mut decoder = Decoder::default();
    decoder.structure(root, STRUCT, |decoder, name, node| match name {
        "apiVersion" => manifest.api_version = decoder.string(node).unwrap_or_default(),
        "Kind" => manifest.kind = decoder.string(node).unwrap_or_default(),
        _ => {
            decoder.structure(node, METADATA, |decoder, name, node| {
                let text = decoder.string(node).unwrap_or_default();
                if name == "Name" {
                    manifest.name = text;
                }
            });
        }
    });
    decoder.finish().map_err(|error| error.to_string())?;
    let keeps = |item: Node<'_>| {
        item.at(&["metadata", "annotations"])
            .is_some_and(|all| all.get("helm.sh/resource-policy").is_some())
    };
    manifest.keeps_items = root.get("items").is_some_and(|items| items.items().any(keeps));
    Ok(Some(manifest))
}

/// `validateMetadataName`: the rule for names depends on the kind.
fn wrong_object_name(manifest: &Manifest) -> Option<String> {
    let name = manifest.name.as_str();
    let problems = match manifest.kind.to_lowercase().as_str() {
        "service" => names::name_is_dns1035_label(name, false),
        "namespace" => names::name_is_dns_label(name, false),
        "certificatesigningrequest" => return None,
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => {
            names::path_segment_name(name, false)
        }
        _ => names::name_is_dns_subdomain(name, false),
    };
    let shown = quoted(name);
    let each: Vec<String> = problems
        .iter()
        .map(|one| format!("metadata.name: Invalid value: {shown}: {one}"))
        .collect();
    let all = match each.as_slice() {
        [] => return None,
        [one] => one.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Some(format!("object name does not conform to Kubernetes naming requirements: {shown}: {all}"))
}

/// Whether the client that Helm is built with has the kind (`kubernetes/scheme` of client-go 0.36):
/// not those of API extensions, nor those whose types Kubernetes took out.
fn is_in_client(api_version: &str, kind: &str) -> bool {
    let taken_out = matches!(kind, "PodSecurityPolicy" | "JobTemplate" | "ClusterCIDR")
        || api_version == "resource.k8s.io/v1alpha3";
    let is_extension = api_version.starts_with("apiextensions.k8s.io/");
    !taken_out && !is_extension && values::is_known(api_version)
}

/// `validateNoDeprecations`, with the words of the API server's warning.
fn deprecation(manifest: &Manifest, version: &KubeVersion) -> Option<String> {
    if !is_in_client(&manifest.api_version, &manifest.kind) {
        return None;
    }
    let life = lifecycle::life(&manifest.api_version, &manifest.kind)?;
    let deprecated = life.deprecated?;
    let minor: u8 = version.minor.parse().ok()?;
    if minor < deprecated.minor {
        return None;
    }
    let (api, kind) = (&manifest.api_version, &manifest.kind);
    let removed = life.removed.map(|removed| format!(", unavailable in v1.{}+", removed.minor));
    let other = if kind == "Endpoints" { "EndpointSlice" } else { kind };
    let replacement = life.replacement.map(|replacement| format!("; use {replacement} {other}"));
    let (removed, replacement) = (removed.unwrap_or_default(), replacement.unwrap_or_default());
    Some(format!("{api} {kind} is deprecated in v1.{}+{removed}{replacement}", deprecated.minor))
}

/// What `required` and `fail` log instead of failing.
fn warning_log(warning: &exec::Warning) -> Log {
    let log = match warning.cause {
        WarningCause::Missing => Log::warn("missing required value"),
        WarningCause::Empty => Log::warn("missing required values"),
        WarningCause::Fail => Log::info("funcMap fail"),
    };
    log.with("message", &warning.message)
}
