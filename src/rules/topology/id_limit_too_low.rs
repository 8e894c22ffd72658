//! More pods than IDs they can claim.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::claim::{Claim, claims};
use crate::rules::{Check, Context, Level, Rule};
use std::collections::BTreeMap;

pub(crate) const RULE: Rule = Rule {
    name: "id-limit-too-low",
    group: Group::Topology,
    summary: "More pods than IDs they can claim",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("id_limit_too_low.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    // Deployments that claim from one range share it.
    let mut pools: BTreeMap<(&str, &str, i64, i64), Vec<Claim<'_, '_>>> = BTreeMap::new();
    for claim in claims(context.index) {
        if let Some((first, count)) = claim.range() {
            let pool = (claim.workload.namespace, claim.bucket, first, count);
            pools.entry(pool).or_default().push(claim);
        }
    }
    for ((.., count), pool) in pools {
        let pods: i64 = pool.iter().map(|claim| claim.most_pods(context.index)).sum();
        if let Some(claim) = pool.first().filter(|_| pods > count) {
            sink.report(too_few(claim, count, pods));
        }
    }
}

fn too_few(claim: &Claim<'_, '_>, count: i64, pods: i64) -> Diagnostic {
    let message = format!("{count} IDs are too few for up to {pods} pods, surge included");
    RULE.finding(claim.limit_field(), message).help(
        "allow as many IDs as there may be pods during an update: one that finds none cannot start",
    )
}
