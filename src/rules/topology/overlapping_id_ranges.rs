//! Two Deployments that claim some of the same IDs.

use crate::diagnostic::{Diagnostic, Group, Severity, Sink};
use crate::rules::topology::claim::{Claim, claims};
use crate::rules::{Check, Context, Level, Rule};

pub(crate) const RULE: Rule = Rule {
    name: "overlapping-id-ranges",
    group: Group::Topology,
    summary: "Two Deployments that claim some of the same IDs",
    severity: Severity::Error,
    level: Level::Recommended,
    pod_security: None,
    aliases: &[],
    parameters: &[],
    page: include_str!("overlapping_id_ranges.md"),
    check: Check::Render(check),
};

fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut ranges: Vec<_> = claims(context.index)
        .filter_map(|claim| {
            let (first, count) = claim.range()?;
            Some((claim.workload.namespace, claim.bucket, first, first + count, claim))
        })
        .collect();
    ranges.sort_by_key(|(namespace, bucket, first, end, _)| (*namespace, *bucket, *first, *end));
    for pair in ranges.windows(2) {
        let [(.., before_first, before_end, before), (.., first, end, claim)] = pair else {
            continue;
        };
        let same_bucket =
            (before.workload.namespace, before.bucket) == (claim.workload.namespace, claim.bucket);
        // One range for two is a pool that they share.
        let shared = (before_first, before_end) == (first, end);
        if same_bucket && !shared && first < before_end {
            sink.report(overlap(claim, before));
        }
    }
}

fn overlap(claim: &Claim<'_, '_>, before: &Claim<'_, '_>) -> Diagnostic {
    let other = before.workload.title();
    RULE.finding(claim.first_field(), format!("some of these IDs belong to {other} too")).help(
        "let the range begin where the other ends: blue and green must not claim from each other",
    )
}
