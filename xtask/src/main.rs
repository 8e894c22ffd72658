//! Generates what is generated, and checks it; runs the conformance data and the benchmarks.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer's tool reads files and talks to a terminal"
)]

mod bench;
mod conformance;
mod origins;
mod rules_table;
mod schemas;
#[cfg(feature = "typed")]
mod typed;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Parser;

#[derive(Parser)]
#[command(name = "xtask")]
enum Task {
    /// Runs the data of the real tools
    Conformance(Conformance),
    /// Prints a sample of findings over public charts with their template lines and values
    Origins(origins::Args),
    /// Measures whole processes: CPU time against Helm's, the time of a check, memory
    Bench(Bench),
    /// Counts what the rules find in public charts, for tests/rules/public_charts.md
    RulesTable {
        /// The directory with the conformance data
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Packs the types of Kubernetes into schemas/
    Schemas {
        /// Only says whether they are stale
        #[arg(long)]
        check: bool,
    },
    /// Compares the packed types with those of k8s-openapi
    #[cfg(feature = "typed")]
    Typed,
}

#[derive(clap::Args)]
struct Conformance {
    /// snippets, charts, kubernetes, objects or lint; all of them by default
    #[arg(long)]
    family: Option<String>,
    /// The directory with the data
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Only cases whose id holds this text
    #[arg(long, default_value = "")]
    filter: String,
    /// How many differences to show
    #[arg(long, default_value_t = 5)]
    show: usize,
    /// Writes what agrees into tests/conformance/score.txt
    #[arg(long, conflicts_with = "filter")]
    accept: bool,
}

#[derive(clap::Args)]
struct Bench {
    /// The directory with the conformance data
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Only chart cases whose id holds this text
    #[arg(long, default_value = "")]
    filter: String,
    /// How often each process runs
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// How many of the worst cases to name
    #[arg(long, default_value_t = 5)]
    show: usize,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Conformance(args) => conformance(args),
        Task::Origins(args) => origins::run(&args).map(|()| true),
        Task::Bench(args) => bench(args).map(|()| true),
        Task::RulesTable { dir } => rules_table(dir).map(|()| true),
        Task::Schemas { check } => schemas::run(root(), check).map(|()| true),
        #[cfg(feature = "typed")]
        Task::Typed => typed::run(root()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether all is as the score file says.
fn conformance(args: Conformance) -> Result<bool, String> {
    let Some(dir) = conformance::directory(args.dir) else {
        println!("no conformance data here: name the directory with --dir or CHARTC_CONFORMANCE");
        return Ok(true);
    };
    let Conformance { family, filter, .. } = args;
    let options = conformance::Options { dir, family, filter, binary: build()? };
    let families = conformance::run(&options)?;
    let mut good = true;
    for family in &families {
        family.lines().iter().for_each(|line| println!("{line}"));
        let differing =
            family.outcomes.iter().filter_map(|one| Some((&one.id, one.difference.as_ref()?)));
        for (id, difference) in differing.take(args.show) {
            println!("\n--- {id}\n{difference}");
        }
        if options.filter.is_empty() && !args.accept {
            for complaint in family.complaints() {
                good = false;
                println!("{complaint}");
            }
        }
    }
    if args.accept {
        accept(&families)?;
    }
    Ok(good)
}

/// Counts anew; what was noted about each rule stays.
fn rules_table(dir: Option<PathBuf>) -> Result<(), String> {
    let Some(data) = conformance::directory(dir) else {
        println!("no conformance data here: name the directory with --dir or CHARTC_CONFORMANCE");
        return Ok(());
    };
    let path = root().join("tests/rules/public_charts.md");
    // The first table has none before it.
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let table = rules_table::table(&build()?, &data, &before)?;
    std::fs::write(&path, table).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes the score of the families that ran into the score file; the lines of others stay.
fn accept(families: &[conformance::Family]) -> Result<(), String> {
    let path = root().join("tests/conformance/score.txt");
    let named = |error: std::io::Error| format!("{}: {error}", path.display());
    let before = std::fs::read_to_string(&path).map_err(named)?;
    let ran = |line: &&str| families.iter().any(|one| line.split(' ').next() == Some(one.name));
    let kept = before.lines().filter(|line| !ran(line)).map(str::to_owned);
    let lines: BTreeSet<String> =
        kept.chain(families.iter().flat_map(conformance::Family::lines)).collect();
    let text: String = lines.into_iter().map(|line| line + "\n").collect();
    std::fs::write(&path, text).map_err(named)
}

fn bench(args: Bench) -> Result<(), String> {
    bench::main(&bench::Options {
        dir: conformance::directory(args.dir),
        filter: args.filter,
        runs: args.runs.max(1),
        show: args.show,
        binary: build()?,
        repository: root().to_owned(),
    })
}

/// Builds the binary in the profile that this program was built in, and says where it is.
fn build() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let binary = this.with_file_name(format!("chartc{}", std::env::consts::EXE_SUFFIX));
    let release = this.parent().is_some_and(|folder| folder.ends_with("release"));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "chartc", "--bin", "chartc"]);
    if release {
        cargo.arg("--release");
    }
    let status = cargo.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(binary) } else { Err("cargo build failed".to_owned()) }
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}
