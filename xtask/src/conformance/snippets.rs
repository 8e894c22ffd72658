//! Family `snippets`: small charts for one behaviour each, below the command line and at it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use chartc::chart::{self, File, FileSet};
use chartc::exec;
use chartc::funcs::Env;
use chartc::pipeline;
use chartc::source::{Kind, Sources};
use chartc::values::{Capabilities, KubeVersion, Layers, Release, Set, SetKind, ValuesFile};

use super::case::{self, OneOrMany, Snippet, SnippetKind};
use super::{Options, Outcome, parallel};

pub(super) fn run(options: &Options) -> Result<Vec<Outcome>, String> {
    let cases: Vec<Snippet> = case::read(&options.dir, "snippets")?;
    let cases: Vec<Snippet> =
        cases.into_iter().filter(|case| case.id.contains(&options.filter)).collect();
    Ok(parallel(&cases, |case| Outcome {
        id: case.id.clone(),
        group: case.group.clone(),
        difference: match case.kind {
            SnippetKind::Engine => engine(case),
            SnippetKind::Cli => command_line(options, case),
        }
        .err(),
    }))
}

/// About when the answers were recorded, in nanoseconds since 1970: some tell how long ago
/// something was.
const RECORDED: i128 = 1_782_864_000_000_000_000;

/// A case below the command line.
fn engine(case: &Snippet) -> Result<(), String> {
    let mut expected = decode(&case.expect.outputs, &case.expect.outputs_b64);
    if let Some(error) = &case.expect.error {
        expected.insert("error".to_owned(), error.clone().into_bytes());
    }
    let found = match render(case) {
        Ok(outputs) => outputs,
        Err(error) => Outputs::from([("error".to_owned(), error.into_bytes())]),
    };
    compare(case, &expected, &found)
}

/// What the engine makes of a case: the text of every chart file, or Helm's error.
fn render(case: &Snippet) -> Result<Outputs, String> {
    let mut sources = Sources::default();
    let files = decode(&case.files, &case.files_b64);
    let set = FileSet::new(
        "ch",
        files.iter().map(|(path, bytes)| File::new(path.clone(), bytes)).collect(),
    );
    let chart = chart::load(&set, &mut sources).map_err(|error| error.to_string())?.chart;
    let values = layers(case, &files, &mut sources)
        .merge(&sources, None)
        .map_err(|error| error.to_string())?;
    let shared = pipeline::Shared::default();
    let options = pipeline::Case {
        values: &values,
        release: Release {
            name: case.release.clone().unwrap_or_else(|| "rel".to_owned()),
            namespace: case.namespace.clone().unwrap_or_else(|| "default".to_owned()),
            is_upgrade: case.is_upgrade,
            revision: 1,
        },
        capabilities: capabilities(case)?,
        skip_schema: false,
        shared: &shared,
        env: Env { seed: [1; 32], now: RECORDED, ..Env::default() },
        exec: exec_options(case),
    };
    let render = pipeline::render(&chart, &options, &mut sources, None)
        .map_err(|stopped| stopped.problem.to_string())?;
    Ok(render
        .files
        .iter()
        .map(|(name, text)| (name.clone(), sources.text(*text).to_vec()))
        .collect())
}

fn capabilities(case: &Snippet) -> Result<Capabilities, String> {
    let mut capabilities =
        Capabilities { api_versions: case.api_versions.clone(), ..Capabilities::default() };
    if let Some(version) = &case.kube_version {
        capabilities.kube_version =
            KubeVersion::parse(version).map_err(|error| error.to_string())?;
    }
    Ok(capabilities)
}

fn exec_options(case: &Snippet) -> exec::Options {
    let mode = case.mode.as_deref().unwrap_or_default();
    exec::Options {
        strict: mode.ends_with("strict"),
        lint: mode.starts_with("lint"),
        ..exec::Options::default()
    }
}

fn layers(case: &Snippet, files: &Outputs, sources: &mut Sources) -> Layers {
    let mut layers = Layers::default();
    for (nth, text) in case.values.iter().flat_map(texts).enumerate() {
        let path = format!("values-{nth}.yaml");
        let text = Ok(sources.add(Kind::File, path.clone(), text.as_bytes()));
        layers.files.push(ValuesFile { path, text });
    }
    let flags = [
        (SetKind::Json, &case.set_json),
        (SetKind::Typed, &case.set),
        (SetKind::Text, &case.set_string),
        (SetKind::File, &case.set_file),
        (SetKind::Literal, &case.set_literal),
    ];
    for (kind, texts) in flags {
        for text in texts {
            let flag = sources.add(Kind::Flag, text.clone(), text.as_bytes());
            layers.sets.push(Set { kind, text: flag });
            for path in Layers::paths_in(text, flag) {
                if let Some(bytes) = files.get(&path) {
                    let content = sources.add(Kind::File, path.clone(), bytes.as_slice());
                    layers.contents.insert(path, Ok(content));
                }
            }
        }
    }
    layers
}

/// Texts by name: what a run made, or should make.
type Outputs = BTreeMap<String, Vec<u8>>;

fn decode(texts: &BTreeMap<String, String>, encoded: &BTreeMap<String, String>) -> Outputs {
    let base64 = |text: &str| data_encoding::BASE64.decode(text.as_bytes()).unwrap_or_default();
    let plain = texts.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes()));
    plain.chain(encoded.iter().map(|(name, text)| (name.clone(), base64(text)))).collect()
}

/// A case that is a command line: its files in an empty directory, `helm ARGS` there.
fn command_line(options: &Options, case: &Snippet) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // The real tool saw a path without links.
    let path = folder.path().canonicalize().map_err(|error| error.to_string())?;
    lay_out(&path, &decode(&case.files, &case.files_b64)).map_err(|error| error.to_string())?;
    let helm = path
        .parent()
        .unwrap_or(&path)
        .join(format!("{}.bin", path.file_name().unwrap_or_default().to_string_lossy()));
    std::fs::create_dir(&helm).map_err(|error| error.to_string())?;
    let done = run_helm(options, case, &path, &helm.join("helm"));
    std::fs::remove_dir_all(&helm).map_err(|error| error.to_string())?;
    judge_command(case, &path, done?)
}

fn run_helm(
    options: &Options,
    case: &Snippet,
    folder: &Path,
    helm: &Path,
) -> Result<std::process::Output, String> {
    std::os::unix::fs::symlink(&options.binary, helm).map_err(|error| error.to_string())?;
    let mut command = Command::new(helm);
    command.args(&case.cli_args).current_dir(folder).env("HOME", folder).env_remove("KUBECONFIG");
    command.stdin(std::process::Stdio::null());
    command.output().map_err(|error| error.to_string())
}

fn judge_command(case: &Snippet, folder: &Path, done: std::process::Output) -> Result<(), String> {
    let place = |bytes: &[u8]| {
        String::from_utf8_lossy(bytes)
            .replace(&folder.to_string_lossy().into_owned(), "$DIR")
            .into_bytes()
    };
    let (stdout, stderr) = (place(&done.stdout), place(&done.stderr));
    let mut expected = Outputs::new();
    let mut found = Outputs::new();
    expected.insert("exit".to_owned(), case.exit.to_string().into_bytes());
    found.insert("exit".to_owned(), done.status.code().unwrap_or(-1).to_string().into_bytes());
    match &case.expect.error {
        Some(error) => {
            expected.insert("stderr".to_owned(), error.replace("$HOME", "$DIR").into_bytes());
            found.insert("stderr".to_owned(), stderr);
            if let Some(text) = &case.expect.stdout {
                expected.insert("stdout".to_owned(), text.clone().into_bytes());
                found.insert("stdout".to_owned(), stdout);
            }
        }
        None => {
            expected.extend(decode(&case.expect.outputs, &case.expect.outputs_b64));
            found.insert("stdout".to_owned(), stdout);
            if expected.contains_key("stderr") {
                found.insert("stderr".to_owned(), stderr);
            }
        }
    }
    for (path, text) in &case.written {
        expected.insert(path.clone(), text.clone().into_bytes());
        let bytes = std::fs::read(folder.join(path))
            .or_else(|_| std::fs::read(folder.join("out").join(path)));
        found.insert(path.clone(), bytes.map(|bytes| place(&bytes)).unwrap_or_default());
    }
    compare(case, &expected, &found)
}

fn lay_out(folder: &Path, files: &Outputs) -> std::io::Result<()> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

fn compare(case: &Snippet, expected: &Outputs, found: &Outputs) -> Result<(), String> {
    let names: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let differing: Vec<String> = names
        .into_iter()
        .filter(|&name| expected.get(name) != found.get(name))
        .map(|name| (name, shown(expected.get(name)), shown(found.get(name))))
        .map(|(name, real, ours)| format!("[{name}]\nreal: {real:?}\nours: {ours:?}"))
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n{}", input(case), differing.join("\n")))
}

/// The case for people.
fn input(case: &Snippet) -> String {
    let files = case.files.iter().filter(|(name, _)| !name.ends_with("Chart.yaml"));
    let files = files.map(|(name, text)| format!("[{name}] {text:?}\n"));
    let values = case.values.iter().map(|values| format!("[values] {:?}\n", texts(values)));
    let flags = [
        ("--set", &case.set),
        ("--set-string", &case.set_string),
        ("--set-json", &case.set_json),
        ("args", &case.cli_args),
    ];
    let flags = flags.into_iter().filter(|(_, all)| !all.is_empty());
    let flags = flags.map(|(flag, all)| format!("[{flag}] {all:?}\n"));
    files.chain(values).chain(flags).collect()
}

fn shown(bytes: Option<&Vec<u8>>) -> Cow<'_, str> {
    bytes.map_or_else(|| "(none)".into(), |bytes| String::from_utf8_lossy(bytes))
}

fn texts(values: &OneOrMany) -> Vec<&str> {
    match values {
        OneOrMany::One(text) => vec![text],
        OneOrMany::Many(all) => all.iter().map(String::as_str).collect(),
    }
}
