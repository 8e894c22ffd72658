//! `--post-renderer`: an executable that reads the manifests and writes those that are printed.
//!
//! Helm 4 takes the name of a plugin here. An executable is what Helm 3 takes: it gets the plain
//! manifests as they would be printed, and hooks pass it by (`pkg/postrender/exec.go` of Helm 3).

use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

use super::Failed;
use crate::cli::disk::go_error;
use crate::cli::pflag::Parsed;
use crate::value::quote::quoted;

pub(super) struct PostRenderer<'a> {
    program: &'a str,
    args: &'a [String],
}

impl<'a> PostRenderer<'a> {
    /// The one that the flags name.
    pub(super) fn new(flags: &'a Parsed) -> Result<Option<PostRenderer<'a>>, Failed> {
        let mut named = flags.all("post-renderer").iter().filter(|name| !name.is_empty());
        let Some(program) = named.next() else { return Ok(None) };
        if named.next().is_some() {
            return Err(Failed("cannot specify --post-renderer flag more than once".to_owned()));
        }
        Ok(Some(PostRenderer { program, args: flags.all("post-renderer-args") }))
    }

    pub(super) fn run(&self, manifests: &[u8]) -> Result<Vec<u8>, Failed> {
        let program = self.program;
        let failed = |error: &str, stderr: &[u8]| {
            let stderr = String::from_utf8_lossy(stderr);
            Failed(format!(
                "error while running post render on files: error while running command {program}. \
                 error output:\n{stderr}: {error}"
            ))
        };
        let output = self.output(manifests).map_err(|error| failed(&go_error(&error), b""))?;
        if !output.status.success() {
            let status = match output.status.code() {
                Some(code) => format!("exit status {code}"),
                None => output.status.to_string(),
            };
            return Err(failed(&status, &output.stderr));
        }
        if output.stdout.trim_ascii().is_empty() {
            let program = quoted(program);
            return Err(Failed(format!(
                "error while running post render on files: post-renderer {program} produced empty output"
            )));
        }
        Ok(output.stdout)
    }

    /// Writes while it reads: the program may print before it has read all.
    fn output(&self, manifests: &[u8]) -> io::Result<Output> {
        let mut command = Command::new(self.program);
        command.args(self.args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        std::thread::scope(|scope| {
            // A program that does not read to the end need not.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(manifests)));
            child.wait_with_output()
        })
    }
}
