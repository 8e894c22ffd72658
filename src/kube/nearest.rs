//! The known name that an unknown one was probably meant to be.

/// The nearest of `known`, if it is near enough to be a slip: one edit in three letters, case and
/// hyphens aside.
pub(crate) fn nearest<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = folded(name);
    let limit = wanted.len().div_ceil(3);
    known
        .map(|candidate| (distance(&wanted, &folded(candidate)), candidate))
        .filter(|&(edits, _)| edits <= limit)
        .min_by_key(|&(edits, _)| edits)
        .map(|(_, candidate)| candidate)
}

/// Longer names are no slips; comparing them would cost.
const MAX_COMPARED: usize = 64;

fn folded(name: &str) -> Vec<u8> {
    let letters =
        name.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_lowercase());
    letters.take(MAX_COMPARED).collect()
}

/// The edits (insert, delete, replace, swap two neighbours) that make one text the other.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &y) in b.iter().enumerate() {
            let mut edits = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y {
                edits = edits.min(before[j - 1] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
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
