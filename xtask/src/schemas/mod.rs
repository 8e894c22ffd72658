//! `cargo xtask schemas [--check]`: writes `schemas/kubernetes.bin`, the types of every Kubernetes
//! version that chartc knows, from the sources of k8s-openapi, and `schemas/custom-resources.jsonl`,
//! the types of widely used custom resources.
//!
//! The sources are those of the packages that `xtask/k8s-openapi` and `xtask/custom-resources` lock.
//! They are read as text: they are generated themselves and keep one layout, and compiling them takes
//! minutes.

mod custom;
mod pack;
mod patches;
mod source;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) use source::Definitions;
#[cfg(feature = "typed")]
pub(crate) use source::{Definition, Scalar, Shape};

/// Each minor version and the k8s-openapi release that its types are read from.
const VERSIONS: &[(u8, &str)] = &[
    (27, "0.23"),
    (28, "0.24"),
    (29, "0.24"),
    (30, "0.26"),
    (31, "0.27"),
    (32, "0.28"),
    (33, "0.29"),
    (34, "0.29"),
    (35, "0.29"),
    (36, "0.29"),
    (37, "0.29"),
];

/// Writes the tables, or with `check` says whether the committed ones are what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let custom = locate_packages(root, "xtask/custom-resources")?;
    let custom = custom.into_iter().map(|package| (package.name, package.directory)).collect();
    for (name, bytes) in [
        ("schemas/kubernetes.bin", generate(root)?),
        ("schemas/custom-resources.jsonl", custom::generate(&custom)?),
    ] {
        let path = root.join(name);
        if fs::read(&path).unwrap_or_default() == bytes {
            continue;
        }
        if check {
            return Err(format!("{name} is stale: run `cargo xtask schemas`"));
        }
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn generate(root: &Path) -> Result<Vec<u8>, String> {
    let packages = sources(root)?;
    let read = |&(minor, _): &(u8, &str)| Ok((minor, read(&packages, minor)?));
    let versions: Result<Vec<_>, String> = VERSIONS.iter().map(read).collect();
    pack::pack(&versions?)
}

/// The definitions of one version.
#[cfg(feature = "typed")]
pub(crate) fn definitions(root: &Path, minor: u8) -> Result<Definitions, String> {
    read(&sources(root)?, minor)
}

/// The releases of k8s-openapi.
fn sources(root: &Path) -> Result<Vec<Package>, String> {
    let mut packages = locate_packages(root, "xtask/k8s-openapi")?;
    packages.retain(|package| package.name == "k8s-openapi");
    Ok(packages)
}

/// Reads the definitions of one version, and completes them.
fn read(packages: &[Package], minor: u8) -> Result<Definitions, String> {
    let release = VERSIONS.iter().find(|(known, _)| *known == minor).map(|(_, release)| *release);
    let release = release.ok_or_else(|| format!("no k8s-openapi for 1.{minor}"))?;
    let package = packages
        .iter()
        .find(|package| package.version.starts_with(release))
        .ok_or_else(|| format!("no k8s-openapi {release} in xtask/k8s-openapi"))?;
    let mut definitions = source::read(&package.directory.join(format!("src/v1_{minor}")))?;
    patches::apply(&mut definitions)?;
    Ok(definitions)
}

/// A package whose sources are at hand.
struct Package {
    name: String,
    version: String,
    directory: PathBuf,
}

/// The packages that a folder locks, downloaded if need be.
fn locate_packages(root: &Path, folder: &str) -> Result<Vec<Package>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(root.join(folder).join("Cargo.toml"))
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    Ok(packages
        .iter()
        .filter_map(|package| {
            let text = |key: &str| Some(package[key].as_str()?.to_owned());
            let manifest = PathBuf::from(text("manifest_path")?);
            let directory = manifest.parent()?.to_owned();
            Some(Package { name: text("name")?, version: text("version")?, directory })
        })
        .collect())
}
