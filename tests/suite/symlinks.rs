//! Links in a chart that lead nowhere, as Go names them.
#![cfg(unix)]

use std::os::unix::fs::symlink;

use crate::folder::Folder;

/// Links below the folder, each `FROM -> TO`; what is said of the chart `c`.
#[track_caller]
fn check(links: &[(&str, &str)], expected: &str) {
    let folder = Folder::new(&[
        ("c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 0.1.0\n"),
        ("c/templates/x.yaml", ""),
    ]);
    for (from, to) in links {
        symlink(to, folder.path().join(from)).unwrap();
    }
    let (_, error) = folder.outputs(&["template", "c"]);
    let place = folder.path().canonicalize().unwrap();
    assert_eq!(error.replace(&*place.to_string_lossy(), "$DIR"), expected);
}

#[test]
fn the_place_where_the_way_ends_is_named() {
    check(
        &[("c/a", "nowhere")],
        "Error: error evaluating symlink $DIR/c/a: lstat $DIR/c/nowhere: no such file or directory\n",
    );
    check(
        &[("c/a", "templates/../b"), ("c/b", "../d/e")],
        "Error: error evaluating symlink $DIR/c/a: lstat $DIR/d: no such file or directory\n",
    );
    check(
        &[("c/a", "templates/x.yaml/b")],
        "Error: error evaluating symlink $DIR/c/a: lstat $DIR/c/templates/x.yaml/b: not a directory\n",
    );
}

#[test]
fn a_circle_has_too_many_links() {
    check(
        &[("c/a", "b"), ("c/b", "a")],
        "Error: error evaluating symlink $DIR/c/a: EvalSymlinks: too many links\n",
    );
}
