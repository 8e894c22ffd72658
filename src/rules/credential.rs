//! What looks like a password, a token or a key.

/// Words that end the name of a variable that holds a secret.
const LAST_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "token",
    "secret",
    "apikey",
    "privatekey",
    "secretkey",
    "accesskey",
];

/// Pairs of words that do.
const LAST_PAIRS: &[(&str, &str)] = &[
    ("api", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("access", "key"),
    ("account", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("master", "key"),
    ("key", "base"),
];

/// Names that end like a secret's and hold none.
const HARMLESS: &[&str] = &["ETCD_AUTH_TOKEN", "ETCD_INITIAL_CLUSTER_TOKEN"];

/// Whether a variable or a key of that name holds a secret: `DB_PASSWORD` and `apiKey` do,
/// `PASSWORD_FILE` and `TOKEN_TTL` do not.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    match words.as_slice() {
        _ if HARMLESS.contains(&name) => false,
        [.., before, last] if LAST_PAIRS.contains(&(before.as_str(), last.as_str())) => true,
        [.., last] => LAST_WORDS.contains(&last.as_str()),
        [] => false,
    }
}

/// The words of `SNAKE_CASE`, `kebab-case`, `dotted.case` and `camelCase`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        let apart = !c.is_ascii_alphanumeric();
        if (apart || after_lower && c.is_ascii_uppercase())
            && words.last().is_some_and(|word| !word.is_empty())
        {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| !apart) {
            word.push(c.to_ascii_lowercase());
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a literal value can be a secret: not empty, no reference, no switch, no number, no
/// path, and no address that needs no password.
pub(crate) fn can_be_secret(value: &str) -> bool {
    let value = value.trim();
    let refers = value.contains("$(") || value.contains("${") || value.starts_with("{{");
    let plain = PLAIN.contains(&value.to_ascii_lowercase().as_str());
    !refers
        && !plain
        && value.parse::<f64>().is_err()
        && !value.starts_with(['/', '.'])
        && !value.contains("://")
        && !value.contains(char::is_whitespace)
}

/// Switches and fillers.
const PLAIN: &[&str] = &[
    "", "*", "-", "auto", "default", "disabled", "enabled", "false", "no", "none", "null", "off",
    "on", "simple", "true", "yes",
];

/// What kind of secret a value is by its looks alone.
pub(crate) fn known_secret(value: &str) -> Option<&'static str> {
    if is_private_key(value) {
        return Some("a private key");
    }
    if has_token(value, "AKIA", 16, |c| c.is_ascii_uppercase() || c.is_ascii_digit()) {
        return Some("an AWS access key");
    }
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let github = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];
    if github.iter().any(|prefix| has_token(value, prefix, 36, letters)) {
        return Some("a GitHub token");
    }
    let dashed = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if ["xoxb-", "xoxp-", "xoxa-"].iter().any(|prefix| has_token(value, prefix, 20, dashed)) {
        return Some("a Slack token");
    }
    if has_token(value, "AIza", 35, |c| letters(c) || c == '-') {
        return Some("a Google API key");
    }
    if has_token(value, "sk_live_", 24, letters) {
        return Some("a Stripe key");
    }
    if is_jwt(value) {
        return Some("a signed token (JWT)");
    }
    has_password(value).then_some("an address with a password")
}

/// A PEM block with key material; documentation often shows only its first line.
fn is_private_key(value: &str) -> bool {
    let Some((_, after)) = value.split_once("-----BEGIN ") else { return false };
    let Some((label, body)) = after.split_once("-----") else { return false };
    let body = body.split("-----END").next().unwrap_or_default();
    label.ends_with("PRIVATE KEY") && body.chars().filter(char::is_ascii_alphanumeric).count() >= 64
}

/// `prefix` at the start of a word, followed by at least `least` characters of a token.
fn has_token(value: &str, prefix: &str, least: usize, part: impl Fn(char) -> bool) -> bool {
    value.match_indices(prefix).any(|(at, _)| {
        let before = value.get(..at).and_then(|before| before.chars().next_back());
        let after = value.get(at + prefix.len()..).unwrap_or_default();
        before.is_none_or(|c| !c.is_ascii_alphanumeric())
            && after.chars().take_while(|c| part(*c)).count() >= least
    })
}

/// Three parts of base64url, the first two of them JSON objects.
fn is_jwt(value: &str) -> bool {
    let mut parts = value.trim().split('.');
    let object = |part: Option<&str>| part.is_some_and(|part| part.starts_with("eyJ"));
    let encoded = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    object(parts.next())
        && object(parts.next())
        && parts
            .next()
            .is_some_and(|signature| signature.len() >= 20 && signature.chars().all(encoded))
        && parts.next().is_none()
}

/// `scheme://user:password@host` with a password that stands there.
fn has_password(value: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | ',');
    value.match_indices("://").any(|(at, _)| {
        let authority = value.get(at + 3..).unwrap_or_default().split(ends).next();
        let user = authority.and_then(|authority| authority.rsplit_once('@'));
        let password = user.and_then(|(user, _)| user.split_once(':'));
        password.is_some_and(|(_, password)| is_written_out(password))
    })
}

fn is_written_out(password: &str) -> bool {
    let placeholder = password.contains(['$', '<', '{', '%', '*']);
    let named = matches!(password, "" | "password" | "pass" | "xxx" | "xxxx" | "changeme");
    !placeholder && !named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_name(name: &str, expected: bool) {
        assert_eq!(is_secret_name(name), expected, "{name}");
    }

    #[test]
    fn names() {
        for name in ["DB_PASSWORD", "MY_SECRET", "apiKey", "api-key", "AWS_SECRET_ACCESS_KEY"] {
            check_name(name, true);
        }
        for name in ["auth.token", "SECRET_KEY_BASE", "rootPassword", "PASSWD"] {
            check_name(name, true);
        }
        for name in ["SECRETS_DIR", "SECRET_PATH", "PASSWORD_FILE", "TOKEN_TTL", "KEY", ""] {
            check_name(name, false);
        }
    }

    #[track_caller]
    fn check_value(value: &str, expected: Option<&str>) {
        assert_eq!(known_secret(value), expected, "{value}");
    }

    #[test]
    fn values() {
        check_value("AKIAIOSFODNN7EXAMPLE", Some("an AWS access key"));
        check_value("XAKIAIOSFODNN7EXAMPLE", None);
        check_value("AKIAshort", None);
        check_value("postgres://app:hunter2@db/app", Some("an address with a password"));
        check_value("postgres://app:$(PASSWORD)@db/app", None);
        check_value("https://example.com/a:b@c", None);
        check_value("-----BEGIN RSA PRIVATE KEY-----\n...", None);
        let key =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", "Qk".repeat(40));
        check_value(&key, Some("a private key"));
    }

    #[test]
    fn what_cannot_be_a_secret() {
        for value in ["", "true", "3600", "/etc/token", "$(TOKEN)", "https://id.example.com"] {
            assert!(!can_be_secret(value), "{value}");
        }
        assert!(can_be_secret("hunter2"));
    }
}
