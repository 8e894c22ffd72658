//! Which renders of a chart a command looks at: what the flags say, else what `chartc.yaml` says, else
//! the chart's own values and each `ci/*-values.yaml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config;
use crate::kube::Version;
use crate::pipeline::{Request, Shared};
use crate::source::Sources;
use crate::value::Value;
use crate::values::{Capabilities, KubeVersion, Layers, Release};

use super::settings::Settings;
use super::values_flags::ValuesFlags;
use super::{Failure, lookup};

/// The flags that make a case.
#[derive(Clone, Default, clap::Args)]
pub(super) struct CaseFlags {
    #[command(flatten)]
    pub(super) values: ValuesFlags,
    /// Name of the release
    #[arg(long, value_name = "NAME")]
    pub(super) release: Option<String>,
    /// Namespace of the release
    #[arg(short, long)]
    pub(super) namespace: Option<String>,
    /// Kubernetes version or range (1.36, 1.33..1.36) to check against; templates see the last
    #[arg(long, value_name = "VERSION")]
    kube_version: Vec<String>,
    /// Further API versions for `.Capabilities.APIVersions`
    #[arg(short, long, value_delimiter = ',', value_name = "VERSION")]
    api_versions: Vec<String>,
    /// Sets `.Release.IsUpgrade` instead of `.Release.IsInstall`
    #[arg(long)]
    is_upgrade: bool,
    /// Folder with manifests that `lookup` finds
    #[arg(long, value_name = "FOLDER")]
    lookup_from: Option<PathBuf>,
    /// The flags make a case even if none of them is given.
    #[arg(skip)]
    pub(super) one_case: bool,
}

/// One render.
#[derive(Clone)]
pub(super) struct Case {
    /// None for a case that flags make.
    pub(super) name: Option<String>,
    pub(super) values: ValuesFlags,
    pub(super) release: Release,
    /// Those of the version that stands last in the configuration.
    pub(super) capabilities: Capabilities,
    /// The versions of Kubernetes that the case is rendered and judged for, oldest first.
    pub(super) versions: Vec<(Version, KubeVersion)>,
    pub(super) lookup_from: Option<PathBuf>,
}

impl Case {
    /// What `lookup` finds; the error is for people.
    pub(super) fn lookup(&self, sources: &mut Sources) -> Result<Vec<Value>, String> {
        self.lookup_from
            .as_deref()
            .map_or_else(|| Ok(Vec::new()), |from| lookup::read(from, sources))
    }

    pub(super) fn request<'a>(
        &self,
        layers: &'a Layers,
        lookup: Vec<Value>,
        shared: &'a Shared,
    ) -> Request<'a> {
        let (release, capabilities) = (self.release.clone(), self.capabilities.clone());
        Request { layers, release, capabilities, lookup, skip_schema: false, shared }
    }
}

impl CaseFlags {
    /// Whether the flags make a case of their own, in place of those that are configured.
    pub(super) fn make_a_case(&self) -> bool {
        self.one_case
            || !self.values.is_empty()
            || self.release.is_some()
            || self.namespace.is_some()
            || self.is_upgrade
    }

    /// Whether a run with these flags looks at less than all that is configured.
    pub(super) fn narrow(&self) -> bool {
        self.make_a_case()
            || !self.kube_version.is_empty()
            || !self.api_versions.is_empty()
            || self.lookup_from.is_some()
    }

    /// The versions that the flags name, for inputs that are not rendered.
    pub(super) fn versions(&self, settings: &Settings) -> Result<Vec<Version>, Failure> {
        let texts = if self.kube_version.is_empty() {
            &settings.config.kube_versions
        } else {
            &self.kube_version
        };
        Ok(versions(texts)?.into_iter().map(|(version, _)| version).collect())
    }
}

/// The cases of a chart. Where nobody names the release, it has the name that Helm gives it.
pub(super) fn of_chart(
    chart: &Path,
    settings: &Settings,
    flags: &CaseFlags,
) -> Result<Vec<Case>, Failure> {
    let configured = configured(chart, settings);
    let base = configured.map_or_else(config::Settings::default, |chart| chart.settings.clone());
    if flags.make_a_case() {
        return Ok(vec![make(None, flags.values.clone(), &base, settings, flags)?]);
    }
    let Some(configured) = configured.filter(|chart| !chart.cases.is_empty()) else {
        return by_convention(chart, &base, settings, flags);
    };
    let case = |case: &config::Case| {
        let values = values_of(case, &settings.folder);
        let merged = override_with(&configured.settings, &case.settings);
        make(Some(case.name.clone()), values, &merged, settings, flags)
    };
    configured.cases.iter().map(case).collect()
}

/// What `chartc.yaml` says of a chart.
pub(super) fn configured<'s>(chart: &Path, settings: &'s Settings) -> Option<&'s config::Chart> {
    let absolute = |path: &Path| {
        std::path::absolute(path).ok().map(|path| path.components().collect::<PathBuf>())
    };
    let here = absolute(chart)?;
    settings
        .config
        .charts
        .iter()
        .find(|one| absolute(&settings.folder.join(&one.path)).as_ref() == Some(&here))
}

/// The convention of chart-testing: the chart as it is, and with each `ci/*-values.yaml`.
fn by_convention(
    chart: &Path,
    base: &config::Settings,
    settings: &Settings,
    flags: &CaseFlags,
) -> Result<Vec<Case>, Failure> {
    let mut cases =
        vec![make(Some("default".to_owned()), ValuesFlags::default(), base, settings, flags)?];
    // A chart without the folder has no such cases.
    let files = std::fs::read_dir(chart.join("ci"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.to_string_lossy().ends_with("-values.yaml")).collect();
    files.sort();
    for file in files {
        let stem =
            file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let case = stem.trim_end_matches("-values.yaml").to_owned();
        let values = ValuesFlags {
            files: vec![file.to_string_lossy().into_owned()],
            ..ValuesFlags::default()
        };
        cases.push(make(Some(case), values, base, settings, flags)?);
    }
    Ok(cases)
}

fn values_of(case: &config::Case, folder: &Path) -> ValuesFlags {
    let beside = |path: &str| folder.join(path).to_string_lossy().into_owned();
    let beside_value = |flag: &String| match flag.split_once('=') {
        Some((key, path)) => format!("{key}={}", beside(path)),
        None => flag.clone(),
    };
    ValuesFlags {
        files: case.values.iter().map(|(path, _)| beside(path)).collect(),
        set: case.set.clone(),
        set_string: case.set_string.clone(),
        set_json: case.set_json.clone(),
        set_file: case.set_file.iter().map(beside_value).collect(),
        set_literal: case.set_literal.clone(),
    }
}

/// What a case leaves open, its chart says.
fn override_with(chart: &config::Settings, case: &config::Settings) -> config::Settings {
    let or = |own: &Vec<String>, other: &Vec<String>| {
        if own.is_empty() { other.clone() } else { own.clone() }
    };
    config::Settings {
        release: case.release.clone().or_else(|| chart.release.clone()),
        namespace: case.namespace.clone().or_else(|| chart.namespace.clone()),
        kube_versions: or(&case.kube_versions, &chart.kube_versions),
        api_versions: or(&case.api_versions, &chart.api_versions),
        is_upgrade: case.is_upgrade.or(chart.is_upgrade),
        lookup_from: case.lookup_from.clone().or_else(|| chart.lookup_from.clone()),
    }
}

fn make(
    case: Option<String>,
    values: ValuesFlags,
    said: &config::Settings,
    settings: &Settings,
    flags: &CaseFlags,
) -> Result<Case, Failure> {
    let texts = [&flags.kube_version, &said.kube_versions, &settings.config.kube_versions];
    let texts = texts.into_iter().find(|texts| !texts.is_empty());
    let versions = versions(texts.map_or(&[][..], Vec::as_slice))?;
    let mut capabilities = Capabilities::default();
    if let Some(text) = texts.and_then(|texts| texts.last()) {
        let last = text.rsplit("..").next().unwrap_or(text);
        capabilities.kube_version =
            KubeVersion::parse(last).map_err(|error| Failure(error.to_string()))?;
    }
    let api_versions =
        if flags.api_versions.is_empty() { &said.api_versions } else { &flags.api_versions };
    capabilities.api_versions.clone_from(api_versions);
    let default = Release::default();
    let lookup_from = said.lookup_from.as_ref().map(|path| settings.folder.join(path));
    Ok(Case {
        name: case,
        values,
        release: Release {
            name: flags.release.clone().or_else(|| said.release.clone()).unwrap_or(default.name),
            namespace: flags
                .namespace
                .clone()
                .or_else(|| said.namespace.clone())
                .unwrap_or(default.namespace),
            is_upgrade: flags.is_upgrade || said.is_upgrade.unwrap_or(false),
            revision: default.revision,
        },
        capabilities,
        versions,
        lookup_from: flags.lookup_from.clone().or(lookup_from),
    })
}

/// The versions that the texts name, each once, oldest first, as templates see them; the default if
/// they name none.
fn versions(texts: &[String]) -> Result<Vec<(Version, KubeVersion)>, Failure> {
    let mut all = BTreeMap::new();
    for text in texts {
        let range = Version::parse_range(text).ok_or_else(|| {
            Failure(format!("`{text}` is no version of Kubernetes that chartc knows"))
        })?;
        for &version in &range {
            let text = if range.len() == 1 { text.clone() } else { version.to_string() };
            let seen = KubeVersion::parse(text.rsplit("..").next().unwrap_or(&text));
            all.insert(version, seen.map_err(|error| Failure(error.to_string()))?);
        }
    }
    if all.is_empty() {
        all.insert(Version::DEFAULT, Capabilities::default().kube_version);
    }
    Ok(all.into_iter().collect())
}
