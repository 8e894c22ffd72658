//! Which API versions Kubernetes has deprecated and removed, from `schemas/lifecycle.txt`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::Version;
use super::types;

/// The rows of the file, one a line, sorted as bytes.
static ROWS: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/lifecycle.txt"));

/// The life of a kind in one API version.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    pub(crate) introduced: Version,
    pub(crate) deprecated: Option<Version>,
    /// The first version that does not serve it.
    pub(crate) removed: Option<Version>,
    /// The API version to use, of the same kind but for Endpoints.
    pub(crate) replacement: Option<&'static str>,
}

/// The life of a kind, if it has been deprecated or is about to be.
pub(crate) fn life(api_version: &str, kind: &str) -> Option<Life> {
    let mut words = find(api_version, kind)?.split(' ').skip(2);
    let mut version = || words.next()?.parse().ok().map(Version::new);
    let (introduced, deprecated, removed) = (version()?, version(), version());
    let replacement = words.next().filter(|&word| word != "-");
    Some(Life { introduced, deprecated, removed, replacement })
}

/// Halves the text until it finds the row. Comments sort before all rows.
fn find(api_version: &str, kind: &str) -> Option<&'static str> {
    let mut rows = ROWS;
    while !rows.is_empty() {
        let middle = rows.len() / 2;
        let start = rows.as_bytes()[..middle].iter().rposition(|&byte| byte == b'\n');
        let start = start.map_or(0, |at| at + 1);
        let length = rows.as_bytes()[start..].iter().position(|&byte| byte == b'\n');
        let end = length.map_or(rows.len(), |length| start + length);
        let row = rows.get(start..end)?;
        let mut words = row.split(' ');
        match (words.next(), words.next()).cmp(&(Some(api_version), Some(kind))) {
            std::cmp::Ordering::Less => rows = rows.get(end + 1..).unwrap_or_default(),
            std::cmp::Ordering::Greater => rows = rows.get(..start)?,
            std::cmp::Ordering::Equal => return Some(row),
        }
    }
    None
}

/// The API version that serves the kind in that version: what the file says, or else the most
/// stable one of the same group.
pub(crate) fn successor(api_version: &str, kind: &str, version: Version) -> Option<&'static str> {
    let served = |api_version: &str| {
        types::kind(api_version, kind).is_some_and(|kind| kind.exists_in(version))
    };
    let told = life(api_version, kind).and_then(|life| life.replacement);
    told.filter(|told| served(told)).or_else(|| {
        let same = |other: &types::Kind| {
            other.kind == kind
                && group(other.api_version) == group(api_version)
                && other.exists_in(version)
        };
        types::kinds().filter(same).map(|kind| kind.api_version).min_by_key(|api| unstable(api))
    })
}

/// `apps` for `apps/v1`; empty for the core group.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// Kubernetes serves alpha versions, and beta versions that are younger than 1.24, only where an
/// administrator has enabled them (KEP-3136). Of flow control, the betas are served.
pub(crate) fn is_off_by_default(api_version: &str) -> bool {
    unstable(api_version) && group(api_version) != "flowcontrol.apiserver.k8s.io"
}

fn unstable(api_version: &str) -> bool {
    api_version.contains("alpha") || api_version.contains("beta")
}

/// Whether a group is Kubernetes' own, so that no CRD can define a kind of it.
pub(crate) fn is_builtin_group(wanted: &str) -> bool {
    GROUPS.contains(wanted)
}

/// The groups of all kinds that there are or were.
static GROUPS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let of_rows = ROWS.lines().filter_map(|row| row.split(' ').next());
    types::kinds().map(|kind| kind.api_version).chain(of_rows).map(group).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(api_version: &str, kind: &str, expected: &str) {
        let text = life(api_version, kind).map_or("-".to_owned(), |life| {
            let minor = |version: Option<Version>| {
                version.map_or("-".to_owned(), |version| version.minor.to_string())
            };
            format!(
                "{} {} {} {}",
                life.introduced.minor,
                minor(life.deprecated),
                minor(life.removed),
                life.replacement.unwrap_or("-")
            )
        });
        assert_eq!(text, expected);
    }

    #[test]
    fn lives() {
        check("extensions/v1beta1", "Ingress", "1 14 22 networking.k8s.io/v1");
        check("policy/v1beta1", "PodSecurityPolicy", "10 21 25 -");
        check("v1", "Endpoints", "0 33 - discovery.k8s.io/v1");
        check("apps/v1", "Deployment", "-");
        check("", "", "-");
        check("zz/v9", "Zz", "-");
    }

    #[test]
    fn every_row_can_be_found() {
        let rows: Vec<&str> = ROWS.lines().filter(|row| !row.starts_with('#')).collect();
        assert!(rows.len() > 90);
        for row in rows {
            let words: Vec<&str> = row.split(' ').collect();
            assert_eq!(find(words[0], words[1]), Some(row));
            assert_eq!(words.len(), 6, "{row}");
        }
    }

    #[test]
    fn successors_are_served() {
        let check = |api, kind, minor, expected| {
            assert_eq!(successor(api, kind, Version::new(minor)), expected);
        };
        check("extensions/v1beta1", "Ingress", 36, Some("networking.k8s.io/v1"));
        check("events.k8s.io/v1beta1", "Event", 36, Some("events.k8s.io/v1"));
        check("policy/v1beta1", "PodSecurityPolicy", 36, None);
    }
}
