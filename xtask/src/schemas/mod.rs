//! `cargo xtask schemas [--check]`: writes `schemas/kubernetes.bin`, the types of every Kubernetes
//! version that chartc knows, from the sources of k8s-openapi.
//!
//! The sources are those of the packages that `xtask/k8s-openapi` locks. They are read as text:
//! they are generated themselves and keep one layout, and compiling them takes minutes.

mod pack;
mod patches;
mod source;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

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

/// Writes the table, or with `check` says whether the committed one is what would be written.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let path = root.join("schemas/kubernetes.bin");
    let bytes = generate(root)?;
    let committed = fs::read(&path).unwrap_or_default();
    if committed == bytes {
        Ok(())
    } else if check {
        Err(format!("{} is stale: run `cargo xtask schemas`", path.display()))
    } else {
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    }
}

fn generate(root: &Path) -> Result<Vec<u8>, String> {
    let packages = locate_packages(root)?;
    let mut versions = Vec::new();
    for &(minor, release) in VERSIONS {
        let package = packages
            .iter()
            .find(|(version, _)| version.starts_with(release))
            .ok_or_else(|| format!("no k8s-openapi {release} in xtask/k8s-openapi"))?;
        let mut definitions = source::read(&package.1.join(format!("src/v1_{minor}")))?;
        patches::apply(&mut definitions)?;
        versions.push((minor, definitions));
    }
    pack::pack(&versions)
}

/// The version and the directory of every k8s-openapi package, downloaded if need be.
fn locate_packages(root: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let manifest = root.join("xtask/k8s-openapi/Cargo.toml");
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path"])
        .arg(&manifest)
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
        .filter(|package| package["name"] == "k8s-openapi")
        .filter_map(|package| {
            let directory = Path::new(package["manifest_path"].as_str()?).parent()?;
            Some((package["version"].as_str()?.to_owned(), directory.to_owned()))
        })
        .collect())
}
