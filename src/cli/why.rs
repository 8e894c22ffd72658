//! `chartc why CHART KIND/NAME FIELD`: which template line, calls and values made a field.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::chart::{self, Chart};
use crate::diagnostic::Sink;
use crate::pipeline::{self, Answer, Shared, Subject, Unanswered};
use crate::report::Why;
use crate::source::Sources;

use super::cases::{self, Case, CaseFlags};
use super::targets::Target;
use super::{Exit, Failure, disk, output, settings};

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
    let cases = cases::of_chart(&args.chart, &settings, &args.case)?;
    let wanted = |case: &&Case| args.in_case.is_none() || case.name == args.in_case;
    let shared = Shared::default();
    let mut reasons = Vec::new();
    for case in cases.iter().filter(wanted) {
        let mut sources = sources.clone();
        match ask(case, &loaded.chart, &shared, &subject, &mut sources)? {
            Ok(answer) => {
                print(args, answer, &sources)?;
                return Ok(Exit::Clean);
            }
            Err(reason) => reasons.push(reason),
        }
    }
    Err(unanswered(args, &cases, reasons))
}

fn ask(
    case: &Case,
    chart: &Chart,
    shared: &Shared,
    subject: &Subject<'_>,
    sources: &mut Sources,
) -> Result<Result<Answer, Unanswered>, Failure> {
    let lookup = case.lookup(sources).map_err(Failure)?;
    let layers = case.values.layers(sources);
    let request = case.request(&layers, lookup, shared);
    Ok(pipeline::why(chart, &request, subject, sources, &mut Sink::default()))
}

fn print(args: &Args, answer: Answer, sources: &Sources) -> Result<(), Failure> {
    let subject = format!("{} {}", args.object, args.field);
    let Answer { place, lines, conditions, value } = answer;
    let why = Why::new(subject, &value, place, &lines, conditions, sources);
    if args.output_format == "json" {
        return output::text(&why.json());
    }
    let mut text = Vec::new();
    why.write(output::style(), &mut text)?;
    Ok(output::written(&text)?)
}

/// One reason for all cases: how far the field could be followed; else which objects there are, in any of
/// them; else why the renders stopped.
fn unanswered(args: &Args, cases: &[Case], reasons: Vec<Unanswered>) -> Failure {
    if reasons.is_empty() {
        let names: Vec<&str> = cases.iter().filter_map(|case| case.name.as_deref()).collect();
        let asked = args.in_case.as_deref().unwrap_or_default();
        return Failure(format!("no case is called `{asked}`; there are {}", names.join(", ")));
    }
    if let Some(reason) = reasons.iter().find(|one| matches!(one, Unanswered::NoField { .. })) {
        return Failure(reason.to_string());
    }
    let (mut all, mut stopped) = (BTreeSet::new(), BTreeSet::new());
    for reason in reasons {
        match reason {
            Unanswered::NoObject { rendered, .. } => all.extend(rendered),
            Unanswered::Stopped(reason) => drop(stopped.insert(reason)),
            Unanswered::NoField { .. } => {}
        }
    }
    if all.is_empty() && !stopped.is_empty() {
        return Failure(stopped.into_iter().collect::<Vec<_>>().join("\n       "));
    }
    let (asked, rendered) = (args.object.clone(), all.into_iter().collect());
    Failure(Unanswered::NoObject { asked, rendered }.to_string())
}
