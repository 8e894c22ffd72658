//! What golden files do not show: the values of Secrets, and the labels and annotations that the
//! configuration names.

use std::borrow::Cow;
use std::ops::Range;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::manifest::Manifest;
use crate::source::Sources;
use crate::yaml::{Document, Entry, Kind, Node};

/// What is masked, and how.
#[derive(Clone, Debug, Default)]
pub struct Masks {
    /// Of the hash that stands for a secret value, so that a change shows. Without a key, all secret
    /// values look alike: a hash that everybody can compute would tell what a guess is worth.
    pub key: Option<Vec<u8>>,
    /// Labels and annotations; a `*` at the end matches any rest.
    pub patterns: Vec<String>,
}

/// Stands for a value that is not shown. A hash may follow.
const MASK: &str = "masked";

/// Digits of a hash: too few to be searched for the value, enough for a change to show.
const DIGITS: usize = 12;

impl Masks {
    /// The text of a document with masks in place of what golden files must not hold.
    pub(super) fn apply<'s>(&self, manifest: &Manifest, sources: &'s Sources) -> Cow<'s, [u8]> {
        let text = sources.text(manifest.file).get(manifest.range.clone()).unwrap_or_default();
        let Some(root) = manifest.document.as_ref().map(Document::root) else {
            return Cow::Borrowed(text);
        };
        let mut found = Vec::new();
        self.secrets(root, text, manifest.range.start, &mut found);
        if !self.patterns.is_empty() {
            self.named(root, manifest.range.start, &mut found);
        }
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        found.sort_by_key(|(range, _)| range.start);
        Cow::Owned(replaced(text, &found))
    }

    /// The values of a Secret, or of those in a list.
    fn secrets(&self, root: Node<'_>, text: &[u8], start: usize, found: &mut Vec<Found>) {
        let kind = root.get("kind").and_then(Node::as_str).unwrap_or_default();
        if kind.ends_with("List") {
            let items = root.get("items").into_iter().flat_map(Node::items);
            items.for_each(|item| self.secrets(item, text, start, found));
        }
        if kind != "Secret" {
            return;
        }
        let names = ["namespace", "name"]
            .map(|key| root.at(&["metadata", key]).and_then(Node::as_str).unwrap_or_default());
        let maps = ["data", "stringData"].into_iter().filter_map(|key| root.get(key));
        for Entry { key, value } in maps.flat_map(Node::entries) {
            let Some(range) = within(value, start) else { continue };
            let key = key.as_str().unwrap_or_default().as_bytes();
            let shown = text.get(range.clone()).unwrap_or_default();
            let value = value.as_str().map_or(shown, str::as_bytes);
            let [namespace, name] = names.map(str::as_bytes);
            found.push((range, self.hashed(&[namespace, name, key, value])));
        }
    }

    /// The mask of a secret value. What it belongs to is part of the hash: equal values of two Secrets
    /// do not look alike.
    fn hashed(&self, parts: &[&[u8]]) -> String {
        let hash = self.key.as_deref().and_then(|key| Hmac::<Sha256>::new_from_slice(key).ok());
        let Some(mut hash) = hash else { return MASK.to_owned() };
        for part in parts {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digits = data_encoding::HEXLOWER.encode(&hash.finalize().into_bytes()[..DIGITS / 2]);
        format!("{MASK}-{digits}")
    }

    /// The labels and annotations that the patterns name, of the object and of all that it is a template for.
    fn named(&self, root: Node<'_>, start: usize, found: &mut Vec<Found>) {
        let mut rest = vec![root];
        while let Some(node) = rest.pop() {
            rest.extend(node.items());
            rest.extend(node.entries().map(|entry| entry.value));
            let maps = ["labels", "annotations"].map(|key| node.at(&["metadata", key]));
            for Entry { key, value } in maps.into_iter().flatten().flat_map(Node::entries) {
                let name = key.as_str().unwrap_or_default();
                if let (true, Kind::String, Some(range)) =
                    (matches(&self.patterns, name), value.kind(), within(value, start))
                {
                    found.push((range, MASK.to_owned()));
                }
            }
        }
    }
}

/// A part of a document's text, and what stands for it.
type Found = (Range<usize>, String);

/// The place of a node in the document that starts at `start`.
fn within(node: Node<'_>, start: usize) -> Option<Range<usize>> {
    let span = node.span().range();
    Some(span.start.checked_sub(start)?..span.end.checked_sub(start)?)
}

fn replaced(text: &[u8], found: &[Found]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut end = 0;
    for (range, mask) in found {
        // An alias stands for what was masked where it was anchored.
        if range.start >= end && range.end <= text.len() {
            out.extend_from_slice(&text[end..range.start]);
            out.extend_from_slice(mask.as_bytes());
            end = range.end;
        }
    }
    out.extend_from_slice(&text[end..]);
    out
}

/// Whether one of the patterns names a label or an annotation.
pub(super) fn matches(patterns: &[impl AsRef<str>], key: &str) -> bool {
    patterns.iter().any(|pattern| match pattern.as_ref().strip_suffix('*') {
        Some(prefix) => key.starts_with(prefix),
        None => key == pattern.as_ref(),
    })
}

/// The text with all hashes of masks left out: what can be compared without their key.
pub(super) fn without_hashes(text: &[u8]) -> Cow<'_, [u8]> {
    let finder = memchr::memmem::Finder::new(b"masked-");
    let mut out = Vec::new();
    let mut end = 0;
    for at in finder.find_iter(text) {
        let digits = at + MASK.len() + 1..at + MASK.len() + 1 + DIGITS;
        let is_hash =
            |digits: &[u8]| digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        if at >= end && text.get(digits.clone()).is_some_and(is_hash) {
            out.extend_from_slice(&text[end..at + MASK.len()]);
            end = digits.end;
        }
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[end..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{self, Rendered};
    use crate::source::Kind as FileKind;

    #[track_caller]
    fn check(masks: &Masks, text: &str, expected: &str) {
        let mut sources = Sources::default();
        // Something before the document: spans are offsets in the file.
        let file =
            sources.add(FileKind::Rendered, "t.yaml", format!("a: 1\n---\n{text}").as_bytes());
        let rendered = Rendered { name: "t.yaml".to_owned(), text: file };
        let manifests = manifest::collect(&[rendered], &sources);
        let manifest = manifests.plain.iter().find(|one| !one.kind.is_empty()).unwrap();
        assert_eq!(String::from_utf8_lossy(&masks.apply(manifest, &sources)), expected);
    }

    fn keyed(key: &str) -> Masks {
        Masks { key: Some(key.as_bytes().to_vec()), ..Masks::default() }
    }

    #[test]
    fn without_a_key_secrets_look_alike() {
        check(
            &Masks::default(),
            "kind: Secret\nstringData:\n  a: x\n  b: \"y # z\" # why\n  c: 12\n  d: |\n    line\n    line\n  e: z",
            "kind: Secret\nstringData:\n  a: masked\n  b: masked # why\n  c: masked\n  d: masked\n  e: masked",
        );
    }

    #[test]
    fn hashes_depend_on_key_object_field_and_value() {
        let masks = |key: &str, name: &str, field: &str, value: &str| {
            keyed(key).hashed(&[b"", name.as_bytes(), field.as_bytes(), value.as_bytes()])
        };
        let one = masks("key", "s", "a", "x");
        assert_eq!(one.len(), "masked-".len() + DIGITS);
        assert_eq!(one, masks("key", "s", "a", "x"));
        for other in [
            masks("other", "s", "a", "x"),
            masks("key", "t", "a", "x"),
            masks("key", "s", "b", "x"),
            masks("key", "s", "a", "y"),
            masks("key", "sa", "", "x"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn lists_of_secrets_are_masked() {
        check(
            &Masks::default(),
            "kind: List\nitems:\n- kind: Secret\n  data: {a: eA==}\n- kind: ConfigMap\n  data: {a: eA==}",
            "kind: List\nitems:\n- kind: Secret\n  data: {a: masked}\n- kind: ConfigMap\n  data: {a: eA==}",
        );
    }

    #[test]
    fn labels_and_annotations_are_masked_wherever_they_stand() {
        let masks = Masks {
            patterns: vec!["helm.sh/chart".to_owned(), "checksum/*".to_owned()],
            ..Masks::default()
        };
        check(
            &masks,
            "kind: CronJob\nmetadata:\n  labels: {helm.sh/chart: a-1, app: a}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        metadata:\n          annotations:\n            checksum/config: 0a0b",
            "kind: CronJob\nmetadata:\n  labels: {helm.sh/chart: masked, app: a}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        metadata:\n          annotations:\n            checksum/config: masked",
        );
    }

    #[test]
    fn hashes_are_left_out() {
        let text = "a: masked-0123456789ab\nb: masked-x\nc: masked\nd: masked-ba9876543210";
        assert_eq!(
            String::from_utf8_lossy(&without_hashes(text.as_bytes())),
            "a: masked\nb: masked-x\nc: masked\nd: masked"
        );
    }
}
