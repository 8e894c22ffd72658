//! `chartc why CHART KIND/NAME FIELD`: which template line, calls and values made a field.

use std::path::PathBuf;

use crate::chart;
use crate::diagnostic::Sink;
use crate::pipeline::{self, Request, Subject};
use crate::report;
use crate::source::Sources;

use super::cases::{self, CaseFlags};
use super::targets::Target;
use super::{Exit, Failure, disk, lookup, output, settings};

#[derive(clap::Args)]
pub(super) struct Args {
    /// The chart: a directory or a .tgz
    chart: PathBuf,
    /// The object, as KIND/NAME
    #[arg(value_name = "KIND/NAME")]
    object: String,
    /// The field, as findings spell it: `spec.template.spec.containers[0].image`
    field: String,
    #[command(flatten)]
    case: CaseFlags,
    #[arg(long, value_parser = ["full", "json"], default_value = "full")]
    output_format: String,
    /// The configured case to look at; by default the first that renders the object
    #[arg(long, value_name = "NAME", conflicts_with = "release")]
    in_case: Option<String>,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let (kind, name) = args
        .object
        .split_once('/')
        .ok_or_else(|| Failure(format!("`{}` is not KIND/NAME", args.object)))?;
    let subject = Subject { kind, name, field: &args.field };
    let groups = settings::group(vec![Target::Chart(args.chart.clone())], None)?;
    let settings = groups.first().map(|group| group.settings.clone()).unwrap_or_default();
    let mut sources = Sources::default();
    let files = disk::read_chart(&args.chart, &args.chart.to_string_lossy())
        .map_err(|error| Failure(error.to_string()))?
        .files;
    let loaded = chart::load(&files, &mut sources).map_err(|error| Failure(error.to_string()))?;
    let cases = cases::of_chart(&args.chart, loaded.chart.name(), &settings, &args.case)?;
    let mut seen = Vec::new();
    for case in cases.iter().filter(|case| args.in_case.is_none() || case.name == args.in_case) {
        let mut sources = sources.clone();
        let folder = case.lookup_from.as_deref();
        let lookup =
            folder.map_or_else(|| Ok(Vec::new()), |folder| lookup::read(folder, &mut sources));
        let layers = case.values.layers(&mut sources);
        let request = Request {
            layers: &layers,
            release: case.release.clone(),
            capabilities: case.capabilities.clone(),
            lookup: lookup.map_err(Failure)?,
        };
        let mut sink = Sink::default();
        match pipeline::why(&loaded.chart, &request, &subject, &mut sources, &mut sink) {
            Ok(answer) => {
                let text = report::why(
                    answer.place,
                    &answer.value,
                    &sources,
                    args.output_format == "json",
                );
                output::text(&text)?;
                return Ok(Exit::Clean);
            }
            Err(reason) => seen.push(match &case.name {
                Some(name) => format!("case {name}: {reason}"),
                None => reason.to_string(),
            }),
        }
    }
    Err(Failure(seen.join("\n       ")))
}
