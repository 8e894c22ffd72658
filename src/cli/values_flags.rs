//! The flags that give values, shared by all commands that render.

use std::collections::BTreeMap;
use std::io::Read;

use super::disk::go_error;
use crate::source::{FileId, Kind, Sources};
use crate::values::{Layers, Set, SetKind, ValuesFile};

/// Values as the user gives them on the command line.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct ValuesFlags {
    /// Values from a YAML file, or from the standard input (`-`)
    #[arg(short = 'f', long = "values", value_name = "FILE", value_delimiter = ',')]
    pub(super) files: Vec<String>,
    /// A value: `a.b=1,c[0]=x`
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub(super) set: Vec<String>,
    /// A value that stays a text
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub(super) set_string: Vec<String>,
    /// A value that is the contents of a file
    #[arg(long, value_name = "KEY=FILE", allow_hyphen_values = true)]
    pub(super) set_file: Vec<String>,
    /// A value in JSON, or a whole object
    #[arg(long, value_name = "KEY=JSON", allow_hyphen_values = true)]
    pub(super) set_json: Vec<String>,
    /// A text in which no character has a meaning of its own
    #[arg(long, value_name = "KEY=VALUE", allow_hyphen_values = true)]
    pub(super) set_literal: Vec<String>,
}

impl ValuesFlags {
    /// Whether no flag was given.
    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.sets().iter().all(|(_, texts)| texts.is_empty())
    }

    fn sets(&self) -> [(SetKind, &[String]); 5] {
        [
            (SetKind::Json, &self.set_json),
            (SetKind::Typed, &self.set),
            (SetKind::Text, &self.set_string),
            (SetKind::File, &self.set_file),
            (SetKind::Literal, &self.set_literal),
        ]
    }

    /// Reads all files that the flags name, and makes everything known to `sources`. What cannot be
    /// read is an error of the merge.
    pub(super) fn layers(&self, sources: &mut Sources) -> Layers {
        let read_into = |path: &str, sources: &mut Sources| {
            read(path).map(|bytes| sources.add(Kind::File, shown(path), bytes))
        };
        let file = |path: &String| {
            let text = read_into(path, sources);
            ValuesFile { path: path.clone(), text }
        };
        let files = self.files.iter().map(file).collect();
        let mut sets = Vec::new();
        let mut contents = BTreeMap::new();
        for (kind, texts) in self.sets() {
            for text in texts {
                let id = add_flag(kind, text, sources);
                sets.push(Set { kind, text: id });
                if kind == SetKind::File {
                    for path in Layers::paths_in(text, id) {
                        let content = read_into(&path, sources);
                        contents.entry(path).or_insert(content);
                    }
                }
            }
        }
        Layers { files, sets, contents }
    }
}

fn add_flag(kind: SetKind, text: &str, sources: &mut Sources) -> FileId {
    sources.add(Kind::Flag, format!("{} {text}", kind.flag()), text.as_bytes())
}

fn shown(path: &str) -> &str {
    if path.trim() == "-" { "<stdin>" } else { path }
}

/// A values file; the error is Go's (`readFile` in `pkg/cli/values/options.go`).
fn read(path: &str) -> Result<Vec<u8>, String> {
    if path.trim() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        return read.map(|_| bytes).map_err(|error| go_error(&error));
    }
    if ["http://", "https://", "oci://"].iter().any(|scheme| path.starts_with(scheme)) {
        return Err(format!("{path} is on the network, which chartc does not use"));
    }
    std::fs::read(path).map_err(|error| {
        let operation =
            if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
        format!("{operation} {path}: {}", go_error(&error))
    })
}
