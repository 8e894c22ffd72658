//! The text functions that Sprig takes from `github.com/huandu/xstrings` 1.5.

use std::ops::Range;

use rand_core::Rng;

use crate::funcs::go::unicode;
use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Value, runes};

pub(crate) const FUNCS: &[Func] = &[
    Func::new("camelcase", &[Type::String], camelcase),
    Func::new("kebabcase", &[Type::String], kebabcase),
    Func::new("shuffle", &[Type::String], shuffle),
    Func::new("snakecase", &[Type::String], snakecase),
];

/// `ToPascalCase`: words run together, each with a capital.
fn camelcase(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let chars: Vec<char> = runes::chars(args::text(args, 0)).collect();
    let mut out = Vec::with_capacity(chars.len());
    // Connectors before the first word stay.
    let start = chars.iter().position(|&c| !is_connector(c)).unwrap_or(chars.len());
    chars[..start].iter().for_each(|&c| runes::push(&mut out, c));
    let Some((&first, rest)) = chars[start..].split_first() else {
        // The last of nothing but connectors is written twice.
        if let Some(&last) = chars.last() {
            runes::push(&mut out, last);
        }
        return Ok(Value::text(out));
    };
    let mut lowering = unicode::is_upper(first);
    let mut last = unicode::to_upper(first);
    for &c in rest {
        let mut next = c;
        if is_connector(next) && is_connector(last) {
            runes::push(&mut out, last);
            last = next;
            continue;
        }
        if is_connector(last) {
            lowering = unicode::is_upper(next);
            next = unicode::to_upper(next);
        } else {
            // Only the first of several capitals stays one.
            lowering &= unicode::is_upper(next);
            if lowering {
                next = unicode::to_lower(next);
            }
            runes::push(&mut out, last);
        }
        last = next;
    }
    runes::push(&mut out, last);
    Ok(Value::text(out))
}

/// `ToSnakeCase`
fn snakecase(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::text(separated(args::text(args, 0), '_')))
}

/// `ToKebabCase`
fn kebabcase(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::text(separated(args::text(args, 0), '-')))
}

/// The characters in random order; what is not UTF-8 becomes the replacement character.
fn shuffle(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut chars: Vec<char> = runes::chars(args::text(args, 0)).collect();
    for at in (1..chars.len()).rev() {
        // The bias of a remainder of 64 random bits cannot be seen.
        let other = ctx.random.next_u64() % (at as u64 + 1);
        chars.swap(at, other as usize);
    }
    Ok(Value::from(chars.into_iter().collect::<String>()))
}

/// `camelCaseToLowerCase`: words in lower case with a connector between them.
///
/// Numbers belong to the word before them, unless lower case letters follow: `Bld4Floor` is
/// `bld4_floor`, `http2xx` is `http_2xx`.
fn separated(text: &[u8], connector: char) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut words = Words { text, at: 0 };
    let mut word = words.next();
    while words.at < text.len() {
        if word.kind != Kind::Connector {
            push_word(&mut out, text, &word, connector);
        }
        let last = word;
        word = words.next();
        match last.kind {
            Kind::Connector => push_word(&mut out, text, &last, connector),
            Kind::Punct => {}
            Kind::Number => push_tail(&mut out, &mut words, &mut word, connector),
            Kind::Invalid | Kind::Upper | Kind::Letters | Kind::Other => {
                push_number(&mut out, &mut words, &mut word, connector);
            }
        }
    }
    push_word(&mut out, text, &word, connector);
    out
}

/// After a word: a connector, and before it the number that belongs to the word.
fn push_number(out: &mut Vec<u8>, words: &mut Words<'_>, word: &mut Word, connector: char) {
    if word.kind != Kind::Number {
        if !matches!(word.kind, Kind::Connector | Kind::Punct) {
            runes::push(out, connector);
        }
        return;
    }
    if words.at >= words.text.len() {
        return;
    }
    let number = std::mem::replace(word, words.next());
    if word.kind == Kind::Letters {
        runes::push(out, connector);
        push_word(out, words.text, &number, connector);
        push_tail(out, words, word, connector);
    } else {
        push_word(out, words.text, &number, connector);
        if !matches!(word.kind, Kind::Connector | Kind::Punct) {
            runes::push(out, connector);
        }
    }
}

/// After a number: the letters and numbers that follow it at once, and a connector.
fn push_tail(out: &mut Vec<u8>, words: &mut Words<'_>, word: &mut Word, connector: char) {
    while matches!(word.kind, Kind::Letters | Kind::Number) {
        push_word(out, words.text, word, connector);
        *word = words.next();
    }
    if !matches!(word.kind, Kind::Invalid | Kind::Connector | Kind::Punct) {
        runes::push(out, connector);
    }
}

/// `toLower`: only words of capitals and connectors change.
fn push_word(out: &mut Vec<u8>, text: &[u8], word: &Word, connector: char) {
    let text = &text[word.range.clone()];
    if !matches!(word.kind, Kind::Upper | Kind::Connector) {
        return out.extend_from_slice(text);
    }
    for c in runes::chars(text) {
        let lower = match c {
            _ if is_connector(c) => connector,
            _ if unicode::is_upper(c) => unicode::to_lower(c),
            _ => c,
        };
        runes::push(out, lower);
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Bytes that are no text, or the end.
    Invalid,
    Number,
    /// Begins with a capital.
    Upper,
    Letters,
    Connector,
    Punct,
    Other,
}

struct Word {
    kind: Kind,
    range: Range<usize>,
}

/// Takes a text apart into words (`nextWord`).
struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Words<'_> {
    fn next(&mut self) -> Word {
        let start = self.at;
        let Some((first, size)) = self.valid_char(start) else {
            self.at = self.text.len();
            return Word { kind: Kind::Invalid, range: start..self.at };
        };
        self.at += size;
        let kind = if is_connector(first) {
            self.skip(is_connector);
            Kind::Connector
        } else if unicode::is_punct(first) {
            self.skip(unicode::is_punct);
            Kind::Punct
        } else if unicode::is_upper(first) {
            self.skip_word();
            Kind::Upper
        } else if is_letter(first) {
            self.skip(is_small_letter);
            Kind::Letters
        } else if unicode::is_number(first) {
            self.skip(unicode::is_number);
            Kind::Number
        } else {
            self.skip(is_other);
            Kind::Other
        };
        Word { kind, range: start..self.at }
    }

    /// After a capital: the small letters, or further capitals. Of `HTTPServer` the last capital
    /// belongs to the next word.
    fn skip_word(&mut self) {
        let Some((second, size)) = self.valid_char(self.at) else {
            self.at = self.text.len();
            return;
        };
        if !unicode::is_upper(second) {
            if is_letter(second) {
                self.skip(is_small_letter);
            }
            return;
        }
        let mut last_size = size;
        self.at += size;
        while let Some((c, size)) = self.valid_char(self.at) {
            if !unicode::is_upper(c) {
                if is_letter(c) {
                    self.at -= last_size;
                }
                return;
            }
            last_size = size;
            self.at += size;
        }
        self.at = self.text.len();
    }

    fn skip(&mut self, belongs: fn(char) -> bool) {
        while self.at < self.text.len() {
            match self.valid_char(self.at) {
                Some((c, _)) if !belongs(c) => return,
                Some((_, size)) => self.at += size,
                None => self.at = self.text.len(),
            }
        }
    }

    /// The next character that is valid, and the bytes up to its end (`nextValidRune`).
    fn valid_char(&self, at: usize) -> Option<(char, usize)> {
        let rest = self.text.get(at..)?;
        let mut size = 0;
        loop {
            let (c, len) = bstr::decode_utf8(rest.get(size..)?);
            match c {
                _ if len == 0 => return None,
                Some(char::REPLACEMENT_CHARACTER) => size += len,
                Some(c) => return Some((c, size + len)),
                None => size += 1,
            }
        }
    }
}

fn is_connector(c: char) -> bool {
    matches!(c, '-' | '_') || unicode::is_space(c)
}

fn is_small_letter(c: char) -> bool {
    is_letter(c) && !unicode::is_upper(c)
}

fn is_other(c: char) -> bool {
    !is_connector(c) && !is_letter(c) && !unicode::is_number(c) && !unicode::is_punct(c)
}

/// `isAlphabet`: a letter, but no Chinese character.
fn is_letter(c: char) -> bool {
    let chinese = matches!(
        c,
        '\u{4e00}'..='\u{9fcc}' | '\u{3400}'..='\u{4d85}' | '\u{20000}'..='\u{2b81d}'
    );
    !chinese && unicode::is_letter(c)
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text;

    #[track_caller]
    fn check(name: &str, text: &str, expected: &str) {
        check_text(name, &[text.into()], expected);
    }

    // The expectations are those of the library's own tests.
    #[test]
    fn snakes_and_kebabs() {
        for (text, expected) in [
            ("HTTPServer", "http_server"),
            ("_camelCase", "_camel_case"),
            ("NoHTTPS", "no_https"),
            ("Wi_thF", "wi_th_f"),
            ("_AnotherTES_TCaseP", "_another_tes_t_case_p"),
            ("ALL", "all"),
            ("_HELLO_WORLD_", "_hello_world_"),
            ("HELLO_WORLD", "hello_world"),
            ("HELLO____WORLD", "hello____world"),
            ("TW", "tw"),
            ("_C", "_c"),
            ("http2xx", "http_2xx"),
            ("HTTP2XX", "http2_xx"),
            ("HTTP20xOK", "http_20x_ok"),
            ("HTTP20XStatus", "http20_x_status"),
            ("HTTP-20xStatus", "http_20x_status"),
            ("a", "a"),
            ("Duration2m3s", "duration_2m3s"),
            ("Bld4Floor3rd", "bld4_floor_3rd"),
            (" _-_ ", "_____"),
            ("a1b2c3d", "a_1b2c3d"),
            ("A//B%%2c", "a//b%%2c"),
            ("HTTP状态码404/502Error", "http_状态码404/502_error"),
            ("中文(字符)", "中文(字符)"),
        ] {
            check("snakecase", text, expected);
        }
        check("kebabcase", "HTTP20xOK", "http-20x-ok");
    }

    #[test]
    fn camels() {
        for (text, expected) in [
            ("http_server", "HttpServer"),
            ("_camel_case", "_CamelCase"),
            ("no_https", "NoHttps"),
            ("_complex__case_", "_Complex_Case_"),
            (" complex -case ", " Complex Case "),
            ("all", "All"),
            ("GOLANG_IS_GREAT", "GolangIsGreat"),
            ("GOLANG", "Golang"),
            ("a", "A"),
            ("好", "好"),
            ("FOO:BAR$BAZ", "Foo:BAR$BAZ"),
            ("", ""),
        ] {
            check("camelcase", text, expected);
        }
    }
}
