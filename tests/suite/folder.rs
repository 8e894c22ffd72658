//! A folder of files in which the program runs.

use std::fs;
use std::path::Path;
use std::process::Command;

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    /// What the program prints on its standard output.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        self.outputs(args).0
    }

    /// Standard output and standard error.
    pub(crate) fn outputs(&self, args: &[&str]) -> (String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chartc"));
        for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR"] {
            command.env_remove(name);
        }
        // Whoever runs the tests may have a cluster of their own.
        command.env("KUBECONFIG", "/dev/null");
        let done = command.args(args).current_dir(self.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (text(done.stdout), text(done.stderr))
    }

    /// What `check` finds, a line each, without the summary.
    pub(crate) fn check(&self, args: &[&str]) -> String {
        let all = [&["check", "--output-format", "concise"], args].concat();
        let out = self.run(&all);
        let (found, _) = out.trim_end().rsplit_once('\n').unwrap_or_default();
        if found.is_empty() { String::new() } else { format!("{found}\n") }
    }
}
