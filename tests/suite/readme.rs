//! What the README shows is what the program prints.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

#[test]
fn the_readme_shows_what_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shown = std::fs::read_to_string(root.join("README.md")).unwrap();
    let mut printed = String::new();
    let mut in_output = false;
    for line in shown.lines() {
        in_output &= line != "```";
        if !in_output {
            writeln!(printed, "{line}").unwrap();
        }
        if let Some(command) = line.strip_prefix("$ chartc ") {
            printed.push_str(&run(command, root));
            in_output = true;
        }
    }
    assert_eq!(without_times(&printed), without_times(&shown));
}

fn run(arguments: &str, folder: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartc"));
    let done = command.args(arguments.split(' ')).current_dir(folder).output().unwrap();
    String::from_utf8(done.stdout).unwrap()
}

/// The text without what `(12 ms)` at the ends of lines says.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" (") {
        Some((before, time)) if time.ends_with("s)") => before.to_owned(),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
