//! The lines of `cases.jsonl` as data.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A case of the family `snippets`.
#[derive(Deserialize)]
pub(super) struct Snippet {
    pub(super) id: String,
    pub(super) group: String,
    pub(super) kind: SnippetKind,
    #[serde(default)]
    pub(super) files: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) files_b64: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) values: Option<OneOrMany>,
    #[serde(default)]
    pub(super) set: Vec<String>,
    #[serde(default)]
    pub(super) set_string: Vec<String>,
    #[serde(default)]
    pub(super) set_json: Vec<String>,
    #[serde(default)]
    pub(super) set_file: Vec<String>,
    #[serde(default)]
    pub(super) set_literal: Vec<String>,
    #[serde(default)]
    pub(super) mode: Option<String>,
    #[serde(default)]
    pub(super) release: Option<String>,
    #[serde(default)]
    pub(super) namespace: Option<String>,
    #[serde(default)]
    pub(super) is_upgrade: bool,
    #[serde(default)]
    pub(super) kube_version: Option<String>,
    #[serde(default)]
    pub(super) api_versions: Vec<String>,
    #[serde(default)]
    pub(super) cli_args: Vec<String>,
    #[serde(default)]
    pub(super) exit: i32,
    #[serde(default)]
    pub(super) written: BTreeMap<String, String>,
    pub(super) expect: Expect,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum SnippetKind {
    Engine,
    Cli,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
pub(super) struct Expect {
    pub(super) error: Option<String>,
    pub(super) stdout: Option<String>,
    #[serde(default)]
    pub(super) outputs: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) outputs_b64: BTreeMap<String, String>,
}

/// A case of the family `charts`.
#[derive(Deserialize)]
pub(super) struct Chart {
    pub(super) id: String,
    pub(super) chart: String,
    #[serde(default = "default_release")]
    pub(super) release: String,
    #[serde(default)]
    pub(super) args: Vec<String>,
    pub(super) status: String,
    pub(super) expected: Option<String>,
    #[serde(default)]
    pub(super) stderr: String,
    #[serde(default)]
    pub(super) stderr_match: Option<String>,
    #[serde(default)]
    pub(super) mask_lines: Vec<usize>,
}

fn default_release() -> String {
    "rel".to_owned()
}

/// A case of the family `kubernetes`.
#[derive(Deserialize)]
pub(super) struct Manifest {
    pub(super) id: String,
    pub(super) mode: String,
    #[serde(default)]
    pub(super) old: Option<String>,
    pub(super) manifest: String,
    pub(super) accepted: bool,
    #[serde(default)]
    pub(super) errors: Vec<FieldError>,
    #[serde(default)]
    pub(super) either: bool,
    #[serde(default)]
    pub(super) change: String,
    pub(super) k8s_version: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FieldError {
    #[serde(default)]
    pub(super) field: String,
}

/// A case of the family `objects`.
#[derive(Deserialize)]
pub(super) struct Stream {
    pub(super) id: String,
    pub(super) rendered: String,
    pub(super) refused: Vec<Refused>,
    #[serde(default)]
    pub(super) either: Vec<Refused>,
    pub(super) k8s_version: String,
}

#[derive(Deserialize)]
pub(super) struct Refused {
    pub(super) kind: String,
    pub(super) name: Option<String>,
}

/// A case of the family `lint`.
#[derive(Deserialize)]
pub(super) struct Lint {
    pub(super) id: String,
    pub(super) group: String,
    pub(super) about: String,
    pub(super) manifest: String,
    pub(super) api_server: Verdict,
}

#[derive(Deserialize)]
pub(super) struct Verdict {
    pub(super) accepted: bool,
    #[serde(default)]
    pub(super) either: bool,
}

/// Reads the cases of a family; none where the directory has none.
pub(super) fn read<T: DeserializeOwned>(dir: &Path, family: &str) -> Result<Vec<T>, String> {
    let path = dir.join(family).join("cases.jsonl");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text =
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            serde_json::from_str(line).map_err(|error| format!("{}: {error}", path.display()))
        })
        .collect()
}
