//! What agreed before, which may only rise, and what is known to differ, each with its reason.

use std::collections::BTreeMap;

use super::Family;

const SCORE: &str = include_str!("../../../tests/conformance/score.txt");
const KNOWN: &str = include_str!("../../../tests/conformance/known.txt");

/// A difference that we know, and why it stays.
pub struct Known {
    pub id: &'static str,
    pub reason: &'static str,
}

/// `ID reason` on each line; `#` starts a comment.
pub fn known() -> Vec<Known> {
    let lines = KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(id, reason)| Known { id, reason }).collect()
}

/// What is worse than the score file says, what it does not yet know, and known differences that
/// are none any more.
pub(super) fn compare(family: &Family) -> Vec<String> {
    let score: BTreeMap<&str, &str> =
        SCORE.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    let mut complaints = Vec::new();
    for line in family.lines() {
        let Some((name, now)) = line.rsplit_once(' ') else { continue };
        match score.get(name) {
            Some(before) if share(now) < share(before) => {
                complaints.push(format!("worse: {name} was {before}, is {now}"));
            }
            Some(before) if share(now) > share(before) => {
                complaints.push(format!(
                    "better: write `{line}` into tests/conformance/score.txt (was {before})"
                ));
            }
            _ => {}
        }
    }
    let failing: Vec<&str> = family
        .outcomes
        .iter()
        .filter(|one| one.difference.is_some())
        .map(|one| one.id.as_str())
        .collect();
    for outcome in &family.outcomes {
        let listed = known().into_iter().find(|known| known.id == outcome.id);
        if let (Some(listed), false) = (listed, failing.contains(&outcome.id.as_str())) {
            complaints.push(format!(
                "agrees now, take it off the list: {} ({})",
                listed.id, listed.reason
            ));
        }
    }
    complaints
}

/// `3/4` as a number that can be compared.
fn share(text: &str) -> f64 {
    let parse = |text: &str| text.parse::<f64>().unwrap_or_default();
    text.split_once('/').map_or(0.0, |(agree, total)| parse(agree) / parse(total).max(1.0))
}
