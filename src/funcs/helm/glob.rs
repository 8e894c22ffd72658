//! The patterns of `.Files.Glob`: `github.com/gobwas/glob` with `/` as its separator.
//!
//! A pattern becomes a regular expression, which is compiled once and never slow.

use std::fmt::Write;
use std::rc::Rc;

use crate::funcs::go::regexp::{self, Error, Regexp};

/// Compiles a pattern. A wrong one stands for `**`, as Helm has it.
pub(super) fn compile(pattern: &[u8]) -> Result<Rc<Regexp>, Error> {
    let expression = translate(pattern).unwrap_or_else(|| "(?s:.*)".to_owned());
    regexp::compile(format!(r"\A{expression}\z").as_bytes())
}

/// The regular expression for a pattern; None if the library would refuse it.
fn translate(pattern: &[u8]) -> Option<String> {
    let mut lexer = Lexer { rest: str::from_utf8(pattern).ok()?, depth: 0 };
    // The library takes its own mark of the end for the end, and U+FFFD for a broken text.
    lexer.rest = lexer.rest.split('\0').next()?;
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    let mut expression = String::new();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        // The library puts neighbours together: first what is alike, then what has a fixed length.
        let alike = rest.iter().take_while(|token| token.is_wild()).count();
        let fixed = rest.iter().take_while(|token| token.is_fixed()).count();
        let (run, is_row) = if fixed > alike { (fixed, fixed > 1) } else { (alike.max(1), false) };
        for token in &rest[..run] {
            token.write(&mut expression, is_row);
        }
        rest = &rest[run..];
    }
    // Braces that are open at the end close there.
    expression.extend(std::iter::repeat_n(')', lexer.depth));
    Some(expression)
}

impl Token {
    /// `*` and `?` are matched together, by their number.
    fn is_wild(&self) -> bool {
        matches!(self, Token::Any | Token::Single)
    }

    fn is_fixed(&self) -> bool {
        match self {
            Token::Text(_) | Token::Single | Token::Chars { .. } | Token::Range { .. } => true,
            Token::Any | Token::Super | Token::Open | Token::Or | Token::Close => false,
        }
    }

    /// Appends the token as a regular expression. In a row of tokens of fixed length, the library
    /// takes the first byte of a token's last character for all of it, so none but ASCII fits.
    fn write(&self, expression: &mut String, is_row: bool) {
        match self {
            Token::Text(text) if is_row && !text.ends_with(|c: char| c.is_ascii()) => {
                expression.push_str(NEVER);
            }
            Token::Text(text) => text.chars().for_each(|c| push(expression, c)),
            Token::Any => expression.push_str("[^/]*"),
            Token::Super => expression.push_str("(?s:.*)"),
            Token::Single if is_row => expression.push_str(r"[\x00-.0-\x7f]"),
            Token::Single => expression.push_str("[^/]"),
            Token::Open => expression.push_str("(?:"),
            Token::Or => expression.push('|'),
            Token::Close => expression.push(')'),
            Token::Chars { not, chars } => {
                expression.push_str(if *not { "[^" } else { "[" });
                chars.chars().for_each(|c| push(expression, c));
                expression.push_str(if *not && is_row { BEYOND_ASCII } else { "" });
                expression.push(']');
            }
            Token::Range { not, low, high } => {
                expression.push_str(if *not { "[^" } else { "[" });
                push(expression, *low);
                expression.push('-');
                push(expression, *high);
                expression.push_str(if *not && is_row { BEYOND_ASCII } else { "" });
                expression.push(']');
            }
        }
    }
}

/// What no text matches.
const NEVER: &str = r"[^\x00-\x{10ffff}]";

/// All that is not ASCII, between brackets.
const BEYOND_ASCII: &str = r"\x80-\x{10ffff}";

fn push(expression: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(expression, r"\x{{{:x}}}", u32::from(c));
}

enum Token {
    Text(String),
    /// `*`
    Any,
    /// `**`
    Super,
    /// `?`
    Single,
    /// `[abc]`
    Chars {
        not: bool,
        chars: String,
    },
    /// `[a-c]`
    Range {
        not: bool,
        low: char,
        high: char,
    },
    /// `{`
    Open,
    /// `,` in braces
    Or,
    /// `}`
    Close,
}

struct Lexer<'a> {
    rest: &'a str,
    /// How many braces are open.
    depth: usize,
}

impl Lexer<'_> {
    /// The next token, `Some(None)` at the end, None where the pattern is wrong.
    fn next(&mut self) -> Option<Option<Token>> {
        let Some(first) = self.rest.chars().next() else { return Some(None) };
        let token = match first {
            '{' => {
                self.depth += 1;
                self.take(1, Token::Open)
            }
            ',' if self.depth > 0 => self.take(1, Token::Or),
            '}' if self.depth > 0 => {
                self.depth -= 1;
                self.take(1, Token::Close)
            }
            '[' => self.bracket()?,
            '?' => self.take(1, Token::Single),
            '*' if self.rest.starts_with("**") => self.take(2, Token::Super),
            '*' => self.take(1, Token::Any),
            char::REPLACEMENT_CHARACTER => return None,
            _ if self.depth > 0 => Token::Text(self.text("?*[{},")?),
            _ => Token::Text(self.text("?*[{")?),
        };
        Some(Some(token))
    }

    fn take(&mut self, len: usize, token: Token) -> Token {
        self.rest = &self.rest[len..];
        token
    }

    /// Text up to one of `ends`; a backslash takes the next character as it is.
    fn text(&mut self, ends: &str) -> Option<String> {
        let (mut text, mut is_escaped) = (String::new(), false);
        let mut chars = self.rest.chars();
        while let Some(c) = chars.as_str().chars().next() {
            match c {
                char::REPLACEMENT_CHARACTER => return None,
                '\\' if !is_escaped => is_escaped = true,
                _ if !is_escaped && ends.contains(c) => break,
                _ => {
                    is_escaped = false;
                    text.push(c);
                }
            }
            chars.next();
        }
        self.rest = chars.as_str();
        Some(text)
    }

    /// `[abc]`, `[!abc]`, `[a-c]`. A range of letters is one only if it is all.
    fn bracket(&mut self) -> Option<Token> {
        self.rest = self.rest.strip_prefix('[')?;
        let not = self.rest.starts_with('!');
        self.rest = self.rest.strip_prefix('!').unwrap_or(self.rest);
        let mut chars = self.rest.chars();
        let low = chars.next()?;
        let token = if chars.next() == Some('-') {
            let high = chars.next().filter(|&high| high >= low)?;
            self.rest = chars.as_str();
            Token::Range { not, low, high }
        } else {
            let chars = self.text("]")?;
            if chars.is_empty() {
                return None;
            }
            Token::Chars { not, chars }
        };
        self.rest = self.rest.strip_prefix(']')?;
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: &str) {
        let paths =
            ["a.txt", "ab", "b.txt", "conf/[b].txt", "conf/a.yaml", "conf/sub/d.json", "é", "éb"];
        let pattern = compile(pattern.as_bytes()).unwrap();
        let is_match = |path: &&str| pattern.search(path.as_bytes()).unwrap().is_match();
        let found: Vec<&str> = paths.into_iter().filter(is_match).collect();
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn stars_stop_at_slashes() {
        check("*", "a.txt ab b.txt é éb");
        check("**", "a.txt ab b.txt conf/[b].txt conf/a.yaml conf/sub/d.json é éb");
        check("conf/*", "conf/[b].txt conf/a.yaml");
        check("conf/***", "conf/[b].txt conf/a.yaml conf/sub/d.json");
        check("**/d.json", "conf/sub/d.json");
        check("?", "é");
        check("", "");
    }

    #[test]
    fn choices() {
        check("[ab].txt", "a.txt b.txt");
        check("[!a].txt", "b.txt");
        check("[a-c].txt", "a.txt b.txt");
        check("conf/[[]b].txt", "conf/[b].txt");
        check("?b", "ab");
        check("[!a]", "é");
        check("{a,{b,c}}.txt", "a.txt b.txt");
        check("{conf/**,ab", "ab conf/[b].txt conf/a.yaml conf/sub/d.json");
        check(r"conf/\[b].txt", "conf/[b].txt");
        check("{}", "");
    }

    #[test]
    fn wrong_patterns_match_all() {
        for pattern in ["[", "[]", "[a-]", "[b-a]", "[a-c", "[a-cd]", "\u{fffd}"] {
            check(pattern, "a.txt ab b.txt conf/[b].txt conf/a.yaml conf/sub/d.json é éb");
        }
    }
}
