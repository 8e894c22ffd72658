//! `chartc explain RULE`: the page of a rule.

use crate::nearest::nearest;
use crate::rules::{self, stages};

use super::{Exit, Failure, output};

#[derive(clap::Args)]
pub(super) struct Args {
    /// A rule's name, or what another linter calls it
    rule: String,
}

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(told) = stages::find(&args.rule) {
        output::text(&told.page())?;
        return Ok(Exit::Clean);
    }
    let named = rules::find(&args.rule).or_else(|| rules::aliased(&args.rule).next());
    let rule = named.ok_or_else(|| unknown_rule(&args.rule))?;
    output::text(rule.page)?;
    Ok(Exit::Clean)
}

fn unknown_rule(name: &str) -> Failure {
    let told = stages::TOLD.iter().map(|told| told.name);
    let near = nearest(name, rules::all().map(|rule| rule.name).chain(told))
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Failure(format!("no rule is called `{name}`{near} (`chartc rules` lists them)"))
}
