//! `chartc golden`: only the golden stage; `--update` writes the files.

use std::path::PathBuf;
use std::time::Instant;

use crate::diagnostic::{Group, Severity};
use crate::manifest::Objects;
use crate::rules::Selection;

use super::cases::CaseFlags;
use super::run::{self, Outcome, Plan, Stages};
use super::{Exit, Failure, check, golden_files, output};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Charts, folders that hold charts, files of a chart
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Writes what the cases render, and removes stale files
    #[arg(long)]
    update: bool,
    /// Reads this chartc.yaml instead of the nearest
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    output: output::Args,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let start = Instant::now();
    let mut outcome = Outcome::default();
    let mut updated = 0;
    for group in check::groups(&args.paths, args.config.as_deref())? {
        let plan = Plan {
            targets: &group.targets,
            settings: &group.settings,
            flags: &CaseFlags::default(),
            rules: &Selection::none(),
            configured: &Selection::none(),
            baseline: None,
            whole: false,
            crds: &Objects::default(),
            stages: Stages { judge: false, golden: true },
        };
        let mut part = run::run(&plan)?;
        if args.update {
            updated += update(&mut part)?;
        }
        part.add_config(group.findings);
        outcome.append(part);
    }
    if updated > 0 {
        output::text(&format!(
            "{updated} golden file{} updated\n",
            if updated == 1 { "" } else { "s" }
        ))?;
    }
    check::finish(outcome, start, Severity::Warning, &args.output)
}

/// Writes what differs; what is written is no finding any more.
fn update(part: &mut Outcome) -> Result<usize, Failure> {
    let mut updated = 0;
    for case in &part.golden {
        updated += golden_files::update(case).map_err(|error| {
            Failure(format!("cannot update {}: {error}", case.folder.display()))
        })?;
    }
    part.findings.retain(|finding| finding.group != Group::Golden);
    Ok(updated)
}
