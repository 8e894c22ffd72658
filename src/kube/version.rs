//! Versions of Kubernetes, as the command line and `chartc.yaml` name them.

use std::fmt;

/// A minor version of Kubernetes 1.
#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    pub minor: u8,
}

impl Version {
    /// The oldest and the newest version that the type tables hold.
    pub const OLDEST: Version = Version::new(27);
    pub const NEWEST: Version = Version::new(37);
    /// The version that Helm 4.2 renders for where none is named.
    pub const DEFAULT: Version = Version::new(36);

    pub const fn new(minor: u8) -> Version {
        Version { minor }
    }

    /// Reads `1.36`, `v1.36`, `v1.36.2`, `1.36.0-gke.12+build`: all that follows the minor
    /// version says nothing about the API.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.strip_prefix('v').unwrap_or(text).strip_prefix("1.")?;
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (minor, rest) = text.split_at(digits);
        let known_end = rest.is_empty() || rest.starts_with(['.', '-', '+']);
        if known_end { minor.parse().ok().map(Version::new) } else { None }
    }

    /// Reads one version or a range such as `1.29..1.33`, both ends included.
    pub fn parse_range(text: &str) -> Option<Vec<Version>> {
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (Version::parse(first)?, Version::parse(last)?),
            None => (Version::parse(text)?, Version::parse(text)?),
        };
        let range = (first.minor..=last.minor).map(Version::new).collect::<Vec<_>>();
        if range.is_empty() { None } else { Some(range) }
    }

    /// The version whose type tables stand in for this one's.
    pub(crate) fn tabled(self) -> Version {
        self.clamp(Version::OLDEST, Version::NEWEST)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let versions = Version::parse_range(text).unwrap_or_default();
        let printed: Vec<String> = versions.iter().map(Version::to_string).collect();
        assert_eq!(printed.join(" "), expected);
    }

    #[test]
    fn single_versions() {
        check("1.36", "1.36");
        check("v1.36", "1.36");
        check("v1.36.2", "1.36");
        check("1.30.1-gke.7+x", "1.30");
    }

    #[test]
    fn ranges() {
        check("1.29..1.33", "1.29 1.30 1.31 1.32 1.33");
        check("1.29..v1.29.4", "1.29");
    }

    #[test]
    fn other_texts_are_no_version() {
        for text in ["", "1", "1.", "2.1", "1.x", "1.36x", "1.999", "1.33..1.29", "1.29..", "vv1.3"]
        {
            check(text, "");
        }
    }
}
