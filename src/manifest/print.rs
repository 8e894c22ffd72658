//! Output as `helm template` prints it (`pkg/cmd/template.go`).

use bstr::ByteSlice;

use super::split::split;
use crate::chart::pattern;

/// A document and the file that it came from.
#[derive(Copy, Clone, Debug)]
pub struct Printed<'a> {
    pub source: &'a str,
    pub text: &'a [u8],
}

impl Printed<'_> {
    /// Appends the document with the lines that Helm puts before it.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"---\n# Source: ");
        out.extend_from_slice(self.source.as_bytes());
        out.push(b'\n');
        out.extend_from_slice(self.text);
        out.push(b'\n');
    }
}

/// All that Helm prints.
pub fn print(plain: &[Printed<'_>], hooks: &[Printed<'_>]) -> Vec<u8> {
    let size = |part: &Printed<'_>| part.source.len() + part.text.len() + 16;
    let mut text = Vec::with_capacity(plain.iter().chain(hooks).map(size).sum::<usize>() + 1);
    plain.iter().for_each(|part| part.write(&mut text));
    with_hooks(text, hooks)
}

/// Plain manifests as one text, and the hooks behind them. Blank lines around the plain manifests
/// are dropped, those around hooks are not.
pub fn with_hooks(mut plain: Vec<u8>, hooks: &[Printed<'_>]) -> Vec<u8> {
    plain.truncate(plain.trim_end().len());
    let blank = plain.len() - plain.trim_start().len();
    plain.drain(..blank);
    plain.push(b'\n');
    hooks.iter().for_each(|part| part.write(&mut plain));
    plain
}

/// Only the documents of the files that the patterns match, in the order of the patterns; the
/// first pattern that matches none is the error.
pub fn show_only<'p>(printed: &[u8], patterns: &'p [String]) -> Result<Vec<u8>, &'p str> {
    let documents = split(printed);
    let mut out = Vec::new();
    for wanted in patterns {
        let mut missing = true;
        for range in &documents {
            let document = printed.get(range.clone()).unwrap_or_default();
            let path = source_path(document);
            if path.is_some_and(|path| pattern::matches(wanted, &path).unwrap_or(false)) {
                out.extend_from_slice(b"---\n");
                out.extend_from_slice(document);
                out.push(b'\n');
                missing = false;
            }
        }
        if missing {
            return Err(wanted);
        }
    }
    Ok(out)
}

/// What the regular expression `# Source: [^/]+/(.+)` finds: the path within the chart.
fn source_path(document: &[u8]) -> Option<String> {
    document.find_iter("# Source: ").find_map(|at| {
        let (chart, path) = document[at + "# Source: ".len()..].split_once_str("/")?;
        let path = path.lines().next().filter(|path| !path.is_empty() && !chart.is_empty())?;
        Some(path.to_str_lossy().into_owned())
    })
}
