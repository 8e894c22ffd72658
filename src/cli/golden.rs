//! `chartc golden`: only the golden stage; `--update` writes the files.

use std::path::PathBuf;
use std::time::Instant;

use crate::diagnostic::{Group, Severity, Sink};
use crate::golden::NOISE_RULE;
use crate::manifest::Objects;
use crate::rules::Selection;

use super::cases::CaseFlags;
use super::run::{self, Outcome, Plan, Stages};
use super::{Exit, Failure, check, golden_files, output};

#[derive(clap::Args)]
#[command(
    after_help = "Exit codes: 0 all golden files are right, 1 some differ, 2 the run failed, 3 they differ only in \
                        layout, or in labels and annotations that each release changes."
)]
pub(super) struct Args {
    /// Charts, folders that hold charts, files of a chart
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Writes what the cases render, and removes stale files: all, or if something fails, none
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
    for group in check::groups(&args.paths, args.config.as_deref())? {
        let choice = &group.settings.config.selection;
        let rules = Selection::new(choice, &mut Sink::default()).without_rules();
        let plan = Plan {
            targets: &group.targets,
            settings: &group.settings,
            flags: &CaseFlags::default(),
            rules: &rules,
            configured: &rules,
            baseline: None,
            whole: false,
            crds: &Objects::default(),
            masks: &golden_files::masks(&group.settings),
            stages: Stages { judge: false, golden: true },
            skip_schema: false,
        };
        let mut part = run::run(&plan)?;
        part.add_config(group.findings);
        outcome.append(part);
    }
    if outcome.golden.is_empty() && outcome.findings.is_empty() {
        return Err(Failure(
            "nothing here has golden files: `charts` and `golden` of chartc.yaml say what has"
                .to_owned(),
        ));
    }
    if args.update {
        update(&mut outcome)?;
    }
    let noise = outcome.findings.iter().filter(|finding| finding.severity > Severity::Info);
    let only_noise = noise.clone().count() > 0 && noise.clone().all(|one| one.rule == NOISE_RULE);
    let exit = check::finish(outcome, start, Severity::Warning, &args.output)?;
    Ok(if exit == Exit::Findings && only_noise { Exit::OnlyNoise } else { exit })
}

/// Writes what differs; what is written is no finding any more.
fn update(outcome: &mut Outcome) -> Result<(), Failure> {
    let updated = golden_files::update(&outcome.golden).map_err(|error| {
        Failure(format!("cannot update golden files, all are as they were: {error}"))
    })?;
    outcome.findings.retain(|finding| finding.group != Group::Golden);
    if updated > 0 {
        let plural = if updated == 1 { "" } else { "s" };
        output::text(&format!("{updated} golden file{plural} updated\n"))?;
    }
    Ok(())
}
