//! `Chart.yaml`: what Helm reads of it, and what Helm refuses in it.

use super::Invalid;
use crate::funcs::sprig::semver::Version;
use crate::value::printable::is_printable;
use crate::yaml::{Decoder, GoStruct, Node, TypeMismatch};

/// `Metadata` in `pkg/chart/v2/metadata.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Vec<String>,
    pub version: String,
    pub description: String,
    pub keywords: Vec<String>,
    /// None where the list has a null.
    pub maintainers: Vec<Option<Maintainer>>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    pub annotations: Option<Vec<(String, String)>>,
    pub kube_version: String,
    /// None where the list has a null. The whole list is None if the key is missing.
    pub dependencies: Option<Vec<Option<Dependency>>>,
    /// `type`: `application`, `library`, or empty.
    pub kind: String,
}

/// `Maintainer` in `pkg/chart/v2/metadata.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// `Dependency` in `pkg/chart/v2/dependency.go`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    pub name: String,
    pub version: String,
    pub repository: String,
    pub condition: String,
    pub tags: Vec<String>,
    pub enabled: bool,
    pub import_values: Vec<Import>,
    pub alias: String,
}

/// An item of `import-values`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Import {
    /// A key below the dependency's `exports`.
    Export(String),
    /// The table `child` of the dependency becomes the table `parent` of the chart. Missing keys
    /// read as `<nil>`, because Helm prints what it finds.
    Table { child: String, parent: String },
    /// Anything else, which Helm skips.
    Other,
}

const METADATA: GoStruct = GoStruct {
    name: "Metadata",
    type_name: "v2.Metadata",
    fields: &[
        "name",
        "home",
        "sources",
        "version",
        "description",
        "keywords",
        "maintainers",
        "icon",
        "apiVersion",
        "condition",
        "tags",
        "appVersion",
        "deprecated",
        "annotations",
        "kubeVersion",
        "dependencies",
        "type",
    ],
};

const MAINTAINER: GoStruct =
    GoStruct { name: "Maintainer", type_name: "v2.Maintainer", fields: &["name", "email", "url"] };

const DEPENDENCY: GoStruct = GoStruct {
    name: "Dependency",
    type_name: "v2.Dependency",
    fields: &[
        "name",
        "version",
        "repository",
        "condition",
        "tags",
        "enabled",
        "import-values",
        "alias",
    ],
};

const CHART_BASE: GoStruct =
    GoStruct { name: "chartBase", type_name: "loader.chartBase", fields: &["apiVersion"] };

/// The `apiVersion` alone, as Helm reads it to choose a loader (`pkg/chart/loader/load.go`).
pub(super) fn api_version(root: Node<'_>) -> Result<String, TypeMismatch> {
    let mut version = String::new();
    let mut decoder = Decoder::default();
    decoder.structure(root, CHART_BASE, |decoder, _, node| {
        version = decoder.string(node).unwrap_or_default();
    });
    decoder.finish().map(|()| version)
}

impl Metadata {
    /// Reads a document into `self`; fields that it does not name stay, so that the dependencies of
    /// `requirements.yaml` join what `Chart.yaml` said.
    pub fn read(&mut self, root: Node<'_>) -> Result<(), TypeMismatch> {
        let mut decoder = Decoder::default();
        decoder
            .structure(root, METADATA, |decoder, name, node| self.read_field(decoder, name, node));
        decoder.finish()
    }

    /// The keys that `Chart.yaml` may have.
    pub const KEYS: &[&str] = METADATA.fields;

    /// Whether `Chart.yaml` may have the key.
    pub fn has_field(key: &str) -> bool {
        METADATA.fields.iter().any(|field| field.eq_ignore_ascii_case(key))
    }

    fn read_field(&mut self, decoder: &mut Decoder, name: &str, node: Node<'_>) {
        match name {
            "sources" => self.sources = decoder.strings(node),
            "keywords" => self.keywords = decoder.strings(node),
            "deprecated" => self.deprecated = decoder.bool(node).unwrap_or(self.deprecated),
            "annotations" => self.annotations = decoder.string_map(node),
            "maintainers" => {
                self.maintainers = decoder.list(node, "[]*v2.Maintainer", Maintainer::read);
            }
            "dependencies" if node.is_null() => self.dependencies = None,
            "dependencies" => {
                let list = decoder.list(node, "[]*v2.Dependency", Dependency::read);
                self.dependencies = Some(list);
            }
            _ => self.read_text(decoder, name, node),
        }
    }

    fn read_text(&mut self, decoder: &mut Decoder, name: &str, node: Node<'_>) {
        let field = match name {
            "name" => &mut self.name,
            "home" => &mut self.home,
            "version" => &mut self.version,
            "description" => &mut self.description,
            "icon" => &mut self.icon,
            "apiVersion" => &mut self.api_version,
            "condition" => &mut self.condition,
            "tags" => &mut self.tags,
            "appVersion" => &mut self.app_version,
            "kubeVersion" => &mut self.kube_version,
            _ => &mut self.kind,
        };
        if let Some(text) = decoder.string(node) {
            *field = text;
        }
    }

    /// Normalises the texts and returns the first thing that Helm refuses (`Metadata.Validate`).
    pub(super) fn validate(&mut self) -> Result<(), Invalid> {
        self.sanitize();
        if self.api_version.is_empty() {
            return Err(Invalid::ApiVersionMissing);
        }
        self.validate_name()?;
        if self.version.is_empty() {
            return Err(Invalid::VersionMissing);
        }
        if Version::parse(&self.version).is_err() {
            return Err(Invalid::Version(self.version.clone()));
        }
        if !matches!(self.kind.as_str(), "" | "application" | "library") {
            return Err(Invalid::Type);
        }
        if self.maintainers.iter().any(Option::is_none) {
            return Err(Invalid::NullMaintainer);
        }
        self.validate_dependencies()
    }

    fn sanitize(&mut self) {
        let texts = [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ];
        texts.into_iter().chain(&mut self.sources).chain(&mut self.keywords).for_each(sanitize);
        for maintainer in self.maintainers.iter_mut().flatten() {
            sanitize(&mut maintainer.name);
            sanitize(&mut maintainer.email);
            sanitize(&mut maintainer.url);
        }
    }

    fn validate_name(&self) -> Result<(), Invalid> {
        match self.name.as_str() {
            "" => Err(Invalid::NameMissing),
            "." | ".." => Err(Invalid::NameNotAllowed(self.name.clone())),
            name if name.contains('/') => Err(Invalid::Name(self.name.clone())),
            _ => Ok(()),
        }
    }

    fn validate_dependencies(&mut self) -> Result<(), Invalid> {
        let mut seen = std::collections::BTreeSet::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            let Some(dependency) = dependency else { return Err(Invalid::NullDependency) };
            dependency.validate()?;
            let key = dependency.key();
            if !seen.insert(key.to_owned()) {
                return Err(Invalid::DependencyTwice(key.to_owned()));
            }
        }
        Ok(())
    }
}

impl Maintainer {
    fn read(decoder: &mut Decoder, node: Node<'_>) -> Option<Maintainer> {
        let mut maintainer = Maintainer::default();
        let read = decoder.structure(node, MAINTAINER, |decoder, name, node| {
            let field = match name {
                "name" => &mut maintainer.name,
                "email" => &mut maintainer.email,
                _ => &mut maintainer.url,
            };
            *field = decoder.string(node).unwrap_or_default();
        });
        read.then_some(maintainer)
    }
}

impl Dependency {
    /// The alias if it has one, else the name.
    pub fn key(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }

    pub(super) fn read(decoder: &mut Decoder, node: Node<'_>) -> Option<Dependency> {
        let mut dependency = Dependency::default();
        let read = decoder.structure(node, DEPENDENCY, |decoder, name, node| {
            dependency.read_field(decoder, name, node);
        });
        read.then_some(dependency)
    }

    fn read_field(&mut self, decoder: &mut Decoder, name: &str, node: Node<'_>) {
        let field = match name {
            "tags" => return self.tags = decoder.strings(node),
            "enabled" => return self.enabled = decoder.bool(node).unwrap_or_default(),
            "import-values" => {
                self.import_values =
                    decoder.list(node, "[]interface {}", |_, item| Import::read(item));
                return;
            }
            "name" => &mut self.name,
            "version" => &mut self.version,
            "repository" => &mut self.repository,
            "condition" => &mut self.condition,
            _ => &mut self.alias,
        };
        *field = decoder.string(node).unwrap_or_default();
    }

    /// `Dependency.Validate`.
    fn validate(&mut self) -> Result<(), Invalid> {
        let texts = [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition];
        texts.into_iter().chain(&mut self.tags).for_each(sanitize);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if self.alias.bytes().all(allowed) {
            return Ok(());
        }
        Err(Invalid::Alias(self.name.clone()))
    }
}

impl Import {
    fn read(node: Node<'_>) -> Import {
        if let Some(export) = node.as_str() {
            return Import::Export(export.to_owned());
        }
        if node.kind() != crate::yaml::Kind::Map {
            return Import::Other;
        }
        let path = |key| node.get(key).and_then(Node::as_str).unwrap_or("<nil>").to_owned();
        Import::Table { child: path("child"), parent: path("parent") }
    }
}

/// `sanitizeString` in `pkg/chart/v2/metadata.go`: every space a plain one, nothing unprintable.
fn sanitize(text: &mut String) {
    let clean = |c: char| !c.is_control() && (c == ' ' || !c.is_whitespace());
    if text.chars().all(|c| clean(c) && c.is_ascii()) {
        return;
    }
    let normal = |c: char| if c.is_whitespace() { Some(' ') } else { is_printable(c).then_some(c) };
    *text = text.chars().filter_map(normal).collect();
}
