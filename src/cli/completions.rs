//! `chartc completions SHELL`.

use clap_complete::Shell;

use super::{Exit, Failure};

#[derive(clap::Args)]
pub(super) struct Args {
    shell: Shell,
}

pub(super) fn run(args: &Args, command: &mut clap::Command) -> Result<Exit, Failure> {
    clap_complete::generate(args.shell, command, "chartc", &mut std::io::stdout().lock());
    Ok(Exit::Clean)
}
