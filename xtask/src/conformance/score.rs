//! What agreed before, which may only rise, and what is known to differ, each with its reason.

use std::collections::BTreeMap;

use super::Family;

const SCORE: &str = include_str!("../../../tests/conformance/score.txt");
const KNOWN: &str = include_str!("../../../tests/conformance/known.txt");

/// `FAMILY ID reason` on each line; `#` starts a comment. The ids of a family, each with its reason.
fn known(family: &str) -> BTreeMap<&'static str, &'static str> {
    let lines = KNOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let of_family = lines.filter_map(|line| line.strip_prefix(family)?.strip_prefix(' '));
    of_family.filter_map(|line| line.split_once(' ')).collect()
}

/// What is not as the two files say: a group that got worse or better, a difference that is not
/// listed, and a listed one that is none any more.
pub(super) fn complaints(family: &Family) -> Vec<String> {
    let score: BTreeMap<&str, &str> =
        SCORE.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    let mut complaints = Vec::new();
    for line in family.lines() {
        let Some((group, now)) = line.rsplit_once(' ') else { continue };
        // Data of other places have groups of their own.
        let Some(before) = score.get(group) else { continue };
        if share(now) < share(before) {
            complaints.push(format!("worse: {group} was {before}, is {now}"));
        } else if share(now) > share(before) {
            complaints.push(format!("better: {group} was {before}, is {now}: run with --accept"));
        }
    }
    let listed = known(family.name);
    let (failing, passing): (Vec<_>, Vec<_>) =
        family.outcomes.iter().partition(|one| one.difference.is_some());
    let unlisted = failing.iter().filter(|one| !listed.contains_key(one.id.as_str()));
    complaints.extend(unlisted.map(|one| format!("differs, and is not listed: {}", one.id)));
    for one in passing {
        if let Some(reason) = listed.get(one.id.as_str()) {
            complaints.push(format!("agrees now, take it off the list: {} ({reason})", one.id));
        }
    }
    complaints
}

/// `3/4` as a number that can be compared.
fn share(text: &str) -> f64 {
    let parse = |text: &str| text.parse::<f64>().unwrap_or_default();
    text.split_once('/').map_or(0.0, |(agree, total)| parse(agree) / parse(total).max(1.0))
}
