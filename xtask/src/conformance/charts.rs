//! Family `charts`: public charts, as `chartc template` prints them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::process::Command;

use super::case::{self, Chart};
use super::{Options, Outcome, parallel};

pub(super) fn run(options: &Options) -> Result<Vec<Outcome>, String> {
    let base = options.dir.join("charts");
    let cases: Vec<Chart> = case::read(&options.dir, "charts")?;
    let cases: Vec<Chart> =
        cases.into_iter().filter(|case| case.id.contains(&options.filter)).collect();
    Ok(parallel(&cases, |case| Outcome {
        id: case.id.clone(),
        group: case.status.clone(),
        difference: judge(options, &base, case).err(),
    }))
}

fn judge(options: &Options, base: &Path, case: &Chart) -> Result<(), String> {
    let mut command = Command::new(&options.binary);
    command.args(["template", &case.release, &case.chart]).args(&case.args).current_dir(base);
    command.env("KUBECONFIG", "/dev/null");
    let done = command.output().map_err(|error| error.to_string())?;
    let stderr = String::from_utf8_lossy(&done.stderr);
    let Some(expected) = case.expected.as_deref().filter(|_| case.status == "ok") else {
        return judge_error(case, done.status.code(), &done.stdout, &stderr);
    };
    if !done.status.success() {
        return Err(format!("exit {:?}: {stderr}", done.status.code()));
    }
    let expected = unmasked(&unpack(&base.join(expected))?, &case.mask_lines);
    let found = unmasked(&done.stdout, &case.mask_lines);
    if expected == found { Ok(()) } else { Err(super::difference(&expected, &found)) }
}

fn judge_error(case: &Chart, code: Option<i32>, stdout: &[u8], stderr: &str) -> Result<(), String> {
    if code != Some(1) || !stdout.is_empty() {
        return Err(format!(
            "exit {code:?}, {} bytes on stdout; Helm fails: {}",
            stdout.len(),
            case.stderr
        ));
    }
    let same = match case.stderr_match.as_deref() {
        Some("sorted-lines") => sorted(&case.stderr) == sorted(stderr),
        _ => case.stderr.trim_end() == stderr.trim_end(),
    };
    if same { Ok(()) } else { Err(super::difference(case.stderr.as_bytes(), stderr.as_bytes())) }
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.trim_end().lines().collect();
    lines.sort_unstable();
    lines
}

/// The text without the lines, counted from 1, that random functions made.
fn unmasked(text: &[u8], masked: &[usize]) -> Vec<u8> {
    let masked: BTreeSet<usize> = masked.iter().copied().collect();
    let lines = text.split(|&byte| byte == b'\n').enumerate();
    let kept: Vec<&[u8]> =
        lines.filter(|(index, _)| !masked.contains(&(index + 1))).map(|(_, line)| line).collect();
    kept.join(&b'\n')
}

/// The content of a gzip file.
pub(super) fn unpack(path: &Path) -> Result<Vec<u8>, String> {
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = std::fs::File::open(path).map_err(named)?;
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).map_err(named)?;
    Ok(bytes)
}
