//! `.helmignore`: Helm's own rules, which are not gitignore's (`pkg/ignore/rules.go`).

use super::error::IgnoreError;
use super::pattern;

/// The rules of an ignore file, and the one that Helm adds.
#[derive(Debug)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    pattern: String,
    scope: Scope,
    negated: bool,
    directories_only: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Scope {
    Path,
    BaseName,
}

impl Ignore {
    /// The rules of a chart, given the text of its ignore file.
    pub fn parse(text: Option<&[u8]>) -> Result<Ignore, IgnoreError> {
        let text = text.unwrap_or_default();
        let text = String::from_utf8_lossy(text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text));
        let rules = text.lines().chain(["templates/.?*"]).map(Rule::parse);
        let rules: Result<Vec<Option<Rule>>, IgnoreError> = rules.collect();
        Ok(Ignore { rules: rules?.into_iter().flatten().collect() })
    }

    /// Whether Helm skips this file or directory. The first rule that decides wins; a negated rule
    /// decides for all that it does *not* match.
    pub fn skips(&self, path: &str, is_directory: bool) -> bool {
        for rule in &self.rules {
            let wrong_kind = rule.directories_only && !is_directory;
            let skip = if rule.negated {
                wrong_kind || !rule.matches(path)
            } else {
                !wrong_kind && rule.matches(path)
            };
            if skip {
                return true;
            }
        }
        false
    }
}

impl Rule {
    /// The rule of a line; None for blank lines and comments.
    fn parse(line: &str) -> Result<Option<Rule>, IgnoreError> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err(IgnoreError::DoubleStar);
        }
        pattern::matches(line, "abc").map_err(|pattern::BadPattern| IgnoreError::Pattern)?;
        let (negated, rest) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        let (directories_only, rest) =
            rest.strip_suffix('/').map_or((false, rest), |rest| (true, rest));
        let (scope, pattern) = match rest.strip_prefix('/') {
            Some(rooted) => (Scope::Path, rooted),
            None if rest.contains('/') => (Scope::Path, rest),
            None => (Scope::BaseName, rest),
        };
        Ok(Some(Rule { pattern: pattern.to_owned(), scope, negated, directories_only }))
    }

    fn matches(&self, path: &str) -> bool {
        let name = match self.scope {
            Scope::Path => path,
            Scope::BaseName => path.rsplit('/').next().unwrap_or(path),
        };
        pattern::matches(&self.pattern, name).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rules: &str, path: &str, skipped: bool) {
        let ignore = Ignore::parse(Some(rules.as_bytes())).unwrap();
        assert_eq!(ignore.skips(path.trim_end_matches('/'), path.ends_with('/')), skipped);
    }

    /// From `pkg/ignore/rules_test.go`.
    #[test]
    fn files_are_skipped_by_name_by_path_and_by_kind() {
        check("helm.txt", "helm.txt", true);
        check("helm.*", "helm.txt", true);
        check("helm.*", "rudder.txt", false);
        check("*.txt", "tiller.txt", true);
        check("*.txt", "cargo/a.txt", true);
        check("cargo/*.txt", "cargo/a.txt", true);
        check("cargo/*.*", "cargo/a.txt", true);
        check("cargo/*.txt", "mast/a.txt", false);
        check("ru[c-e]?er.txt", "rudder.txt", true);
        check("templates/.?*", "templates/.dotfile", true);
        check("/*.txt", "a.txt", true);
        check("/*.txt", "cargo/a.txt", false);
        check("cargo/", "cargo/", true);
        check("cargo/", "mast/", false);
        check("helm.txt/", "helm.txt", false);
        check("mast/.?*", "mast/.file", true);
        check("# comment\n\n  mast/a.txt  ", "mast/a.txt", true);
    }

    #[test]
    fn negated_rules_skip_all_that_they_do_not_match() {
        check("!helm.txt", "helm.txt", false);
        check("!helm.txt", "tiller.txt", true);
        check("!*.txt", "cargo/", true);
        check("!cargo/", "a.txt", true);
    }

    #[test]
    fn dotfiles_in_templates_are_always_skipped() {
        check("", "templates/.dot", true);
        check("", ".dot", false);
    }

    #[test]
    fn rules_that_helm_refuses() {
        assert_eq!(Ignore::parse(Some(b"a/**")).unwrap_err(), IgnoreError::DoubleStar);
        assert_eq!(Ignore::parse(Some(b"[x")).unwrap_err(), IgnoreError::Pattern);
    }
}
