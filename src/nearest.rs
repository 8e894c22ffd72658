//! The known name that an unknown one was probably meant to be.

/// The nearest of `known`, if it is near enough to be a slip: one edit in three letters, case and
/// hyphens aside.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = folded(name);
    let limit = wanted.len().div_ceil(3);
    known
        .map(|candidate| (strsim::osa_distance(&wanted, &folded(candidate)), candidate))
        .filter(|&(edits, _)| edits <= limit)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// Longer names are no slips; comparing them would cost.
const MAX_COMPARED: usize = 64;

fn folded(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).take(MAX_COMPARED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, known: &[&str], expected: Option<&str>) {
        assert_eq!(nearest(name, known.iter().copied()), expected);
    }

    #[test]
    fn slips() {
        check("replica", &["paused", "replicas"], Some("replicas"));
        check("Replicas", &["paused", "replicas"], Some("replicas"));
        check("maxUnavialable", &["maxSurge", "maxUnavailable"], Some("maxUnavailable"));
        check("image-pull-policy", &["image", "imagePullPolicy"], Some("imagePullPolicy"));
    }

    #[test]
    fn other_words() {
        check("foo", &["image", "name"], None);
        check("x", &["y"], Some("y"));
        check("", &["name"], None);
    }
}
