//! Certificates in Secrets that are none (`warningsForSecret` of the Secrets' registry, which asks
//! Go's `tls.X509KeyPair`).

use data_encoding::BASE64;

use super::super::field::Field;
use super::Warnings;

const RULE: &str = "invalid-tls-secret";

/// Says which of certificate and key is no PEM text of its kind. What stands in the blocks is not
/// read.
pub(super) fn secret(root: &Field, warnings: &mut Warnings) {
    if root.get("type").text() != "kubernetes.io/tls" {
        return;
    }
    let (data, plain) = (root.get("data"), root.get("stringData"));
    if let Some((field, text)) = value(&data.key("tls.crt"), &plain.key("tls.crt"))
        && let Some(problem) = certificate_problem(&text)
    {
        return warnings.incorrect(RULE, &field, problem);
    }
    if let Some((field, text)) = value(&data.key("tls.key"), &plain.key("tls.key"))
        && let Some(problem) = key_problem(&text)
    {
        warnings.incorrect(RULE, &field, problem);
    }
}

/// The bytes of an entry; `stringData` wins.
fn value<'p, 'a>(data: &Field<'p, 'a>, plain: &Field<'p, 'a>) -> Option<(Field<'p, 'a>, Vec<u8>)> {
    if plain.is_set() {
        return Some((*plain, plain.text().as_bytes().to_vec()));
    }
    let encoded: String = data.text().split_ascii_whitespace().collect();
    let bytes = data.is_set().then(|| BASE64.decode(encoded.as_bytes()).ok())?;
    bytes.map(|bytes| (*data, bytes))
}

fn certificate_problem(text: &[u8]) -> Option<&'static str> {
    let types = block_types(text);
    match types.as_slice() {
        [] => Some("failed to find any PEM data in certificate input"),
        types if types.iter().any(|kind| kind == "CERTIFICATE") => None,
        [kind] if kind.ends_with("PRIVATE KEY") => Some(
            "failed to find certificate PEM data in certificate input, but did find a private key; \
             PEM inputs may have been switched",
        ),
        _ => Some("failed to find \"CERTIFICATE\" PEM block in certificate input"),
    }
}

fn key_problem(text: &[u8]) -> Option<&'static str> {
    let types = block_types(text);
    let is_key = |kind: &String| kind == "PRIVATE KEY" || kind.ends_with(" PRIVATE KEY");
    match types.as_slice() {
        [] => Some("failed to find any PEM data in key input"),
        types if types.iter().any(is_key) => None,
        [kind] if kind == "CERTIFICATE" => {
            Some("found a certificate rather than a key in the PEM for the private key")
        }
        _ => Some("failed to find PEM block with type ending in \"PRIVATE KEY\" in key input"),
    }
}

/// The types of the blocks in a PEM text.
fn block_types(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let begins = text.lines().filter_map(|line| line.trim_end().strip_prefix("-----BEGIN "));
    begins.filter_map(|rest| rest.strip_suffix("-----")).map(str::to_owned).collect()
}
