//! What Helm logs while it works. `template` prints these lines as Helm does.

use std::fmt;

use crate::value::quote::quoted;

/// A line of Helm's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    pub level: Level,
    pub message: String,
    pub attributes: Vec<(&'static str, String)>,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Only with `--debug`.
    Debug,
    Info,
    Warn,
    Error,
}

impl Log {
    pub fn debug(message: impl Into<String>) -> Log {
        Log { level: Level::Debug, message: message.into(), attributes: Vec::new() }
    }

    pub fn info(message: impl Into<String>) -> Log {
        Log { level: Level::Info, ..Log::debug(message) }
    }

    pub fn warn(message: impl Into<String>) -> Log {
        Log { level: Level::Warn, ..Log::debug(message) }
    }

    pub fn error(message: impl Into<String>) -> Log {
        Log { level: Level::Error, ..Log::debug(message) }
    }

    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Log {
        self.attributes.push((key, value.into()));
        self
    }
}

/// As `log/slog`'s text handler prints it, without the time.
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        write!(f, "level={level} msg={}", word(&self.message))?;
        for (key, value) in &self.attributes {
            write!(f, " {key}={}", word(value))?;
        }
        Ok(())
    }
}

/// Quoted if need be (`needsQuoting` in `log/slog/text_handler.go`).
fn word(text: &str) -> String {
    let plain = |c: char| match c {
        ' ' | '=' | '"' => false,
        c if c.is_ascii() => !c.is_control(),
        c => !c.is_whitespace() && c != char::REPLACEMENT_CHARACTER,
    };
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { quoted(text) }
}

#[cfg(test)]
mod tests {
    use super::Log;

    #[track_caller]
    fn check(log: &Log, expected: &str) {
        assert_eq!(log.to_string(), expected);
    }

    #[test]
    fn lines_print_as_slog_prints_them() {
        check(
            &Log::warn("this chart is deprecated"),
            r#"level=WARN msg="this chart is deprecated""#,
        );
        let log = Log::debug("Original chart version").with("version", "");
        check(&log, r#"level=DEBUG msg="Original chart version" version="""#);
        let log = Log::info("x").with("path", "/a/b-c").with("key", "a=b").with("back", "a\\b");
        check(&log, r#"level=INFO msg=x path=/a/b-c key="a=b" back=a\b"#);
        check(&Log::error("a\n\"b\""), r#"level=ERROR msg="a\n\"b\"""#);
    }
}
