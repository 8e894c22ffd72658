//! `chartc values CHART`: the merged values, and where each was set.

use std::path::PathBuf;

use super::values_flags::ValuesFlags;
use super::{Exit, Failure, disk, output};
use crate::chart;
use crate::origin::Tracer;
use crate::pipeline;
use crate::report::values;
use crate::source::Sources;

#[derive(clap::Args)]
pub(super) struct Args {
    /// A chart: directory or .tgz
    #[arg(default_value = ".")]
    chart: PathBuf,
    #[command(flatten)]
    values: ValuesFlags,
    /// YAML with comments, or a list of keys
    #[arg(long, value_enum, default_value_t = Format::Yaml)]
    output_format: Format,
}

#[derive(Copy, Clone, clap::ValueEnum)]
enum Format {
    Yaml,
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure(error.to_string());
    let mut sources = Sources::default();
    let mut tracer = Tracer::default();
    let layers = args.values.layers(&mut sources);
    let user = layers.merge(&sources, Some(&mut tracer)).map_err(|error| failed(&error))?;
    let shown = args.chart.to_string_lossy();
    let read = disk::read_chart(&args.chart, &shown).map_err(|error| failed(&error))?;
    let loaded = chart::load(&read.files, &mut sources).map_err(|error| failed(&error))?;
    let merged = pipeline::merged_values(&loaded.chart, &user, &mut tracer)
        .map_err(|error| failed(&error))?;
    let text = match args.output_format {
        Format::Yaml => values::text(&merged, &tracer, &sources),
        Format::Json => json(&values::leaves(&merged, &tracer, &sources)),
    };
    output::text(&text)?;
    Ok(Exit::Clean)
}

fn json(leaves: &[values::Leaf]) -> String {
    let item = |leaf: &values::Leaf| {
        let value: serde_json::Value = serde_json::from_str(&leaf.value).unwrap_or_default();
        serde_json::json!({
            "key": leaf.key,
            "value": value,
            "file": leaf.place.as_ref().map(|place| &place.file),
            "line": leaf.place.as_ref().and_then(|place| place.line),
        })
    };
    let values: Vec<serde_json::Value> = leaves.iter().map(item).collect();
    format!("{:#}\n", serde_json::json!({ "version": 1, "values": values }))
}
