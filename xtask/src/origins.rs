//! Samples findings over public charts and prints for each the rendered line, the template line, the
//! calls and the values side by side, so that somebody can read whether they belong together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chartc::chart::{self, File, FileSet};
use chartc::config;
use chartc::diagnostic::Sink;
use chartc::kube::Version;
use chartc::pipeline::{self, Checks, Request, Shared};
use chartc::report::{ChartRef, Finding, Location};
use chartc::rules::Selection;
use chartc::source::{Kind, Sources};
use chartc::values::{Capabilities, Layers, Release, Set, SetKind, ValuesFile};

use crate::conformance;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Charts to look at (directories or .tgz), each with its own values; by default the public charts of the
    /// conformance data with their values
    #[arg(long)]
    chart: Vec<PathBuf>,
    /// The directory with the conformance data
    #[arg(long)]
    dir: Option<PathBuf>,
    /// How many findings to print
    #[arg(long, default_value_t = 50)]
    count: usize,
    /// Another number is another sample
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only findings of this rule
    #[arg(long)]
    rule: Option<String>,
    /// Only those whose rendered text and template line do not visibly agree
    #[arg(long)]
    doubtful: bool,
}

/// A chart with what a user would pass to `chartc check`.
struct Case {
    name: String,
    folder: PathBuf,
    chart: PathBuf,
    args: Vec<String>,
}

/// How many findings of one rule a chart may add to a sample.
const MAX_ALIKE: usize = 2;

/// How many findings a render may add.
const MAX_OF_CASE: usize = 8;

/// How many cases are rendered at most for each finding that is printed.
const CASES_PER_FINDING: usize = 2;

pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut cases = cases(args)?;
    shuffle(&mut cases, args.seed);
    let (mut shown, mut seen, mut alike) = (0, 0, BTreeMap::new());
    let (mut total, mut doubtful) = (0, 0);
    for case in cases.iter().take(args.count.max(10) * CASES_PER_FINDING) {
        let mut found = match check(case) {
            Ok(found) => found,
            Err(error) => {
                eprintln!("{}: {error}", case.name);
                continue;
            }
        };
        seen += 1;
        total += found.len();
        doubtful += found.iter().filter(|found| agreement(found).is_none()).count();
        found.retain(|found| args.rule.as_ref().is_none_or(|rule| *rule == found.rule));
        found.retain(|found| !args.doubtful || agreement(found).is_none());
        shuffle(&mut found, args.seed);
        let before = shown;
        for found in found {
            let key = (case.chart.clone(), found.rule.clone());
            let count: &mut usize = alike.entry(key).or_default();
            *count += 1;
            if *count <= MAX_ALIKE && shown < args.count.min(before + MAX_OF_CASE) {
                shown += 1;
                print(shown, case, &found);
            }
        }
        if shown >= args.count {
            break;
        }
    }
    println!(
        "{shown} shown of {total} findings in {seen} renders; {doubtful} do not visibly agree"
    );
    Ok(())
}

fn cases(args: &Args) -> Result<Vec<Case>, String> {
    if !args.chart.is_empty() {
        let case = |chart: &PathBuf| Case {
            name: chart.to_string_lossy().into_owned(),
            folder: PathBuf::new(),
            chart: chart.clone(),
            args: Vec::new(),
        };
        return Ok(args.chart.iter().map(case).collect());
    }
    let dir =
        conformance::directory(args.dir.clone()).ok_or("no conformance data here: see --dir")?;
    let folder = dir.join("charts");
    let list = folder.join("cases.jsonl");
    let text =
        std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let row = |line: &str| serde_json::from_str::<Row>(line).map_err(|error| error.to_string());
    let rows: Vec<Row> = text.lines().map(row).collect::<Result<_, _>>()?;
    let rendered = rows.into_iter().filter(|row| row.status == "ok");
    Ok(rendered
        .map(|Row { id, chart, args, .. }| Case { name: id, folder: folder.clone(), chart, args })
        .collect())
}

/// A line of the list of public charts.
#[derive(serde::Deserialize)]
struct Row {
    id: String,
    chart: PathBuf,
    args: Vec<String>,
    status: String,
}

/// All findings of all rules.
fn check(case: &Case) -> Result<Vec<Finding>, String> {
    let mut sources = Sources::default();
    let path = case.folder.join(&case.chart);
    let files = FileSet::new(case.chart.to_string_lossy(), read(&path)?);
    let loaded = chart::load(&files, &mut sources).map_err(|error| error.to_string())?;
    let request = case.request(loaded.chart.name(), &mut sources)?;
    let all = config::Selection {
        select: vec![config::Word::flag("all")],
        ..config::Selection::default()
    };
    let checks = Checks {
        versions: &[Version::DEFAULT],
        crds: &[],
        rules: &Selection::new(&all, &mut Sink::default()),
        golden: None,
        accepted: &|_| false,
    };
    let request = request.lend();
    let checked = pipeline::check(&loaded.chart, &request, &checks, &mut sources);
    let chart = ChartRef {
        path: case.chart.to_string_lossy().into_owned(),
        below_config: String::new(),
        name: loaded.chart.name().to_owned(),
    };
    let finding = |found| Finding::new(found, &sources, Some(&chart), Some(&case.name));
    Ok(checked.diagnostics.into_iter().map(finding).collect())
}

/// The files of an archive or a folder, by their paths in the chart.
fn read(path: &Path) -> Result<Vec<File>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    if path.is_file() {
        let bytes = std::fs::read(path).map_err(|error| failed(&error))?;
        return chart::unpack(&bytes).map_err(|error| failed(&error));
    }
    let (mut files, mut folders) = (Vec::new(), vec![path.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| failed(&error))? {
            let entry = entry.map_err(|error| failed(&error))?.path();
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let bytes = std::fs::read(&entry).map_err(|error| failed(&error))?;
            let inside = entry.strip_prefix(path).unwrap_or(&entry);
            files.push(File::new(inside.to_string_lossy(), &bytes));
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// What a request borrows.
struct Owned {
    layers: Layers,
    release: Release,
    capabilities: Capabilities,
    shared: Shared,
}

impl Owned {
    fn lend(&self) -> Request<'_> {
        Request {
            layers: &self.layers,
            release: self.release.clone(),
            capabilities: self.capabilities.clone(),
            lookup: Vec::new(),
            skip_schema: false,
            shared: &self.shared,
        }
    }
}

impl Case {
    /// The flags that change what is rendered; others are about the output.
    fn request(&self, chart: &str, sources: &mut Sources) -> Result<Owned, String> {
        let release = Release { name: chart.to_owned(), ..Release::default() };
        let capabilities = Capabilities::default();
        let mut owned =
            Owned { layers: Layers::default(), release, capabilities, shared: Shared::default() };
        let mut args = self.args.iter();
        while let Some(flag) = args.next() {
            let set = SetKind::ALL.into_iter().find(|kind| kind.flag() == flag);
            match (flag.as_str(), set) {
                (_, Some(kind)) => {
                    let text = args.next().map_or("", String::as_str);
                    let text = sources.add(Kind::Flag, format!("{flag} {text}"), text.as_bytes());
                    owned.layers.sets.push(Set { kind, text });
                }
                ("-f" | "--values", None) => {
                    let path = args.next().cloned().unwrap_or_default();
                    let bytes = std::fs::read(self.folder.join(&path))
                        .map_err(|error| format!("{path}: {error}"))?;
                    let text = Ok(sources.add(Kind::File, path.as_str(), bytes));
                    owned.layers.files.push(ValuesFile { path, text });
                }
                ("-n" | "--namespace", None) => {
                    owned.release.namespace = args.next().cloned().unwrap_or_default();
                }
                ("-a" | "--api-versions", None) => {
                    owned.capabilities.api_versions.extend(args.next().cloned());
                }
                _ => {}
            }
        }
        Ok(owned)
    }
}

/// Why somebody can see at once that the template line is right; None if it takes reading.
fn agreement(finding: &Finding) -> Option<&'static str> {
    let rendered = line(&finding.rendered.as_ref()?.location);
    let template = finding.location.as_ref()?;
    let written = line(template);
    if rendered == written {
        return Some("the same line");
    }
    let covered = covered(template);
    if !covered.contains("{{") && !covered.is_empty() && rendered.contains(&covered) {
        return Some("the same words");
    }
    let set = finding.values.iter().map(|value| covered_value(&value.location));
    let mut set = set.filter(|text| !text.is_empty());
    set.any(|text| rendered.contains(&text)).then_some("the value's words")
}

fn print(number: usize, case: &Case, finding: &Finding) {
    let object = finding.object.as_ref();
    let object = object.map_or(String::new(), |object| {
        format!("{} {}", object.kind, object.name.as_deref().unwrap_or("?"))
    });
    let field = finding.field.as_deref().unwrap_or_default();
    println!("\n#{number} {}: {object} {field}", case.name);
    println!("  {}: {}", finding.rule, finding.message);
    if let Some(rendered) = &finding.rendered {
        side("rendered", &rendered.document, &rendered.location);
    }
    match &finding.location {
        Some(at) => {
            side("template", &at.file, at);
            let before = line_start(at).chars().count().min(at.column as usize - 1);
            let indent = at.column as usize - 1 - before;
            println!(
                "{:60} {}{}",
                "",
                " ".repeat(indent),
                "^".repeat(covered(at).chars().count().max(1))
            );
        }
        None => println!("  template   none"),
    }
    for frame in &finding.stack {
        side(&frame.call, &frame.location.file, &frame.location);
    }
    for value in &finding.values {
        side(&format!("value {}", value.key), &value.location.file, &value.location);
    }
    println!("  {}", agreement(finding).unwrap_or("to be read"));
}

fn side(name: &str, file: &str, at: &Location) {
    let end = |text: &str, width: usize| {
        let skip = text.chars().count().saturating_sub(width);
        text.chars().skip(skip).collect::<String>()
    };
    let place = format!("{}:{}:{}", end(file, 40), at.line, at.column);
    println!("  {name:10} {place:46} | {}", line(at));
}

/// The line that a place starts on, without the space around it.
fn line(at: &Location) -> String {
    let text = String::from_utf8_lossy(&at.text);
    text.lines().nth(at.line as usize - 1).unwrap_or_default().trim().to_owned()
}

/// The space before the text of that line.
fn line_start(at: &Location) -> String {
    let text = String::from_utf8_lossy(&at.text);
    let line = text.lines().nth(at.line as usize - 1).unwrap_or_default();
    line.chars().take_while(|c| c.is_whitespace()).collect()
}

/// The first line of what a place covers.
fn covered(at: &Location) -> String {
    let (start, end) = (at.range.0 as usize, at.range.1 as usize);
    let text = String::from_utf8_lossy(at.text.get(start..end).unwrap_or_default()).into_owned();
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn covered_value(at: &Location) -> String {
    covered(at).trim_matches(['"', '\'']).to_owned()
}

/// Fisher and Yates' shuffle with the numbers of SplitMix64.
fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for last in (1..items.len()).rev() {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut number = state;
        number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let other = (number ^ (number >> 31)) % (last as u64 + 1);
        items.swap(last, usize::try_from(other).unwrap_or(0));
    }
}
