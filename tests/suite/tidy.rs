//! Rules about the source tree itself: who may import whom, and what every file must have.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module of `src` and the modules that it may import, in the order in which data flow. No
/// row names a later one, so imports cannot form a circle.
const MODULES: &[(&str, &str)] = &[
    ("nearest", ""),
    ("source", ""),
    ("diagnostic", "source"),
    ("origin", "source diagnostic"),
    ("yaml", "source diagnostic"),
    ("config", "nearest source diagnostic yaml"),
    ("value", "source origin yaml"),
    ("funcs", "source origin yaml value"),
    ("chart", "source diagnostic origin yaml value funcs"),
    ("values", "nearest source diagnostic origin yaml value funcs chart"),
    ("template", "source diagnostic value"),
    ("program", "source diagnostic value template funcs"),
    ("exec", "source diagnostic origin yaml value chart template funcs program"),
    ("jinja", "source diagnostic origin yaml value chart funcs program exec"),
    ("manifest", "source diagnostic origin yaml chart exec"),
    ("kube", "nearest source diagnostic yaml funcs manifest"),
    (
        "rules",
        "nearest source diagnostic yaml config value funcs chart values template program manifest kube",
    ),
    ("diff", "source diagnostic yaml manifest kube"),
    ("golden", "source diagnostic yaml config manifest diff"),
    ("report", "source diagnostic origin yaml value rules diff"),
    ("suppress", "source diagnostic config manifest rules report"),
    (
        "pipeline",
        "nearest source diagnostic origin yaml config value chart values template funcs program exec jinja manifest \
         kube rules diff golden",
    ),
    (
        "cli",
        "nearest source diagnostic origin yaml config value chart values template funcs program exec jinja manifest \
         kube rules diff golden report suppress pipeline",
    ),
];

#[test]
fn imports_follow_the_data() {
    let mut wrong = Vec::new();
    for path in source_files() {
        let module = top_module(&path);
        let Some((_, allowed)) = MODULES.iter().find(|(name, _)| *name == module) else { continue };
        for import in imports(&fs::read_to_string(&path).unwrap()) {
            let known = MODULES.iter().any(|(name, _)| *name == import);
            if known && import != module && !allowed.split(' ').any(|name| name == import) {
                wrong.push(format!("{}: `{module}` may not import `{import}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn no_row_names_a_later_one() {
    let mut seen = BTreeSet::new();
    for (module, allowed) in MODULES {
        for name in allowed.split_whitespace() {
            assert!(seen.contains(name), "`{module}` names `{name}`, which comes later");
        }
        seen.insert(*module);
    }
}

#[test]
fn every_file_says_what_it_holds() {
    let silent: Vec<PathBuf> = source_files()
        .into_iter()
        .filter(|path| !fs::read_to_string(path).unwrap().starts_with("//!"))
        .filter(|path| !path.ends_with("main.rs"))
        .collect();
    assert!(silent.is_empty(), "no `//!` on the first line of {silent:#?}");
}

/// Every `x` of `crate::x` in the code of `text`.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

/// `exec` for `src/exec/machine.rs`, and `source` for `src/source.rs`.
fn top_module(path: &Path) -> String {
    let inside = path.strip_prefix(src()).unwrap();
    let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

fn source_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut dirs = vec![src()];
    while let Some(dir) = dirs.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}
