//! Runs the data of the real tools where they are at hand, with the harness of `cargo xtask conformance`.

use std::io::Write;
use std::path::PathBuf;

#[path = "../../xtask/src/conformance/mod.rs"]
mod harness;

#[track_caller]
fn check(family: &str) {
    let Some(dir) = harness::directory(None).filter(|dir| dir.join(family).is_dir()) else {
        // Not through `eprintln!`, whose text is shown for failing tests only.
        let line = format!("left out: the conformance family `{family}`: no CHARTC_CONFORMANCE\n");
        let _ = std::io::stderr().write_all(line.as_bytes());
        return;
    };
    let options = harness::Options {
        dir,
        family: Some(family.to_owned()),
        filter: String::new(),
        binary: PathBuf::from(env!("CARGO_BIN_EXE_chartc")),
    };
    let mut complaints = Vec::new();
    for family in harness::run(&options).unwrap() {
        complaints.extend(family.complaints());
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn snippets() {
    check("snippets");
}

#[test]
fn charts() {
    check("charts");
}

#[test]
fn kubernetes() {
    check("kubernetes");
}

#[test]
fn objects() {
    check("objects");
}

#[test]
fn lint() {
    check("lint");
}
