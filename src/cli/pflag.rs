//! Reads flags as Helm's library does (`github.com/spf13/pflag`), with its error texts: `--a=b`,
//! `--a b`, `-ab`, flags and arguments in any order.

use std::collections::BTreeMap;

use crate::value::quote::quoted;

/// A flag that a command knows.
#[derive(Copy, Clone, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) short: Option<char>,
    pub(super) kind: FlagKind,
    /// What to use instead; using the flag prints it.
    pub(super) deprecated: Option<&'static str>,
}

impl Flag {
    pub(super) const fn new(name: &'static str, kind: FlagKind) -> Flag {
        Flag { name, short: None, kind, deprecated: None }
    }

    pub(super) const fn short(name: &'static str, short: char, kind: FlagKind) -> Flag {
        Flag { name, short: Some(short), kind, deprecated: None }
    }

    pub(super) const fn deprecated(
        name: &'static str,
        kind: FlagKind,
        instead: &'static str,
    ) -> Flag {
        Flag { name, short: None, kind, deprecated: Some(instead) }
    }
}

/// What may stand behind a flag.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(super) enum FlagKind {
    Bool,
    Text,
    /// One value each time.
    Texts,
    /// Comma-separated values each time.
    List,
    /// `key=value`, comma-separated.
    Pairs,
    Integer,
    Float,
    Duration,
    /// A text that may be missing; then it is this.
    Optional(&'static str),
    /// `--wait`
    Wait,
}

/// What a command line says.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    pub(super) args: Vec<String>,
    values: BTreeMap<&'static str, Vec<String>>,
    /// What is said to the user about deprecated flags.
    pub(super) notices: Vec<String>,
    pub(super) help: bool,
}

impl Parsed {
    /// All values of a flag, in their order.
    pub(super) fn all(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The last value of a flag.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).last().map(String::as_str)
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    pub(super) fn bool(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }
}

/// Reads the arguments of a command. The error is pflag's text.
pub(super) fn parse(args: &[String], tables: &[&'static [Flag]]) -> Result<Parsed, String> {
    let mut parser = Parser { tables, rest: args.iter(), parsed: Parsed::default() };
    while let Some(arg) = parser.rest.next() {
        match arg.strip_prefix("--") {
            Some("") => {
                parser.parsed.args.extend(parser.rest.by_ref().cloned());
            }
            Some(long) => parser.long(long, arg)?,
            None if arg.len() > 1 && arg.starts_with('-') => parser.short(&arg[1..])?,
            None => parser.parsed.args.push(arg.clone()),
        }
        if parser.parsed.help {
            break;
        }
    }
    Ok(parser.parsed)
}

struct Parser<'a> {
    tables: &'a [&'static [Flag]],
    rest: std::slice::Iter<'a, String>,
    parsed: Parsed,
}

impl Parser<'_> {
    fn find(&self, wanted: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
        self.tables.iter().copied().flatten().find(|flag| wanted(flag))
    }

    fn long(&mut self, text: &str, arg: &str) -> Result<(), String> {
        if text.starts_with(['-', '=']) {
            return Err(format!("bad flag syntax: {arg}"));
        }
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let Some(flag) = self.find(|flag| flag.name == name) else {
            if name == "help" {
                self.parsed.help = true;
                return Ok(());
            }
            return Err(format!("unknown flag: --{name}"));
        };
        let value = match (value, flag.kind.without_value(), self.rest.as_slice().first()) {
            (Some(value), ..) => value.to_owned(),
            (None, Some(value), _) => value.to_owned(),
            (None, None, Some(_)) => self.rest.next().cloned().unwrap_or_default(),
            (None, None, None) => return Err(format!("flag needs an argument: --{name}")),
        };
        self.set(flag, value)
    }

    /// One or several flags of one letter.
    fn short(&mut self, letters: &str) -> Result<(), String> {
        let mut rest = letters;
        while let Some(letter) = rest.chars().next() {
            let behind = &rest[letter.len_utf8()..];
            let Some(flag) = self.find(|flag| flag.short == Some(letter)) else {
                if letter == 'h' {
                    self.parsed.help = true;
                    return Ok(());
                }
                return Err(format!("unknown shorthand flag: '{letter}' in -{rest}"));
            };
            let value = match behind.strip_prefix('=') {
                Some(value) if !value.is_empty() => {
                    rest = "";
                    value.to_owned()
                }
                _ => match flag.kind.without_value() {
                    Some(value) => {
                        rest = behind;
                        value.to_owned()
                    }
                    None if !behind.is_empty() => {
                        rest = "";
                        behind.to_owned()
                    }
                    None => {
                        let shown = rest;
                        rest = "";
                        self.rest.next().cloned().ok_or_else(|| {
                            format!("flag needs an argument: '{letter}' in -{shown}")
                        })?
                    }
                },
            };
            self.set(flag, value)?;
        }
        Ok(())
    }

    fn set(&mut self, flag: &'static Flag, value: String) -> Result<(), String> {
        let values = flag.kind.read(&value).map_err(|error| {
            let name = match flag.short {
                Some(letter) => format!("-{letter}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            format!("invalid argument {} for {} flag: {error}", quoted(&value), quoted(&name))
        })?;
        self.parsed.values.entry(flag.name).or_default().extend(values);
        if let Some(instead) = flag.deprecated {
            let notice = format!("Flag --{} has been deprecated, {instead}", flag.name);
            self.parsed.notices.push(notice);
        }
        Ok(())
    }
}

impl FlagKind {
    /// What the flag means when nothing follows it.
    fn without_value(self) -> Option<&'static str> {
        match self {
            FlagKind::Bool => Some("true"),
            FlagKind::Optional(value) => Some(value),
            FlagKind::Wait => Some("watcher"),
            FlagKind::Text
            | FlagKind::Texts
            | FlagKind::List
            | FlagKind::Pairs
            | FlagKind::Integer
            | FlagKind::Float
            | FlagKind::Duration => None,
        }
    }

    /// What help shows behind the flag.
    pub(super) fn placeholder(self) -> &'static str {
        match self {
            FlagKind::Bool => "",
            FlagKind::Text | FlagKind::Texts => " TEXT",
            FlagKind::List => " TEXT,…",
            FlagKind::Pairs => " KEY=VALUE,…",
            FlagKind::Integer | FlagKind::Float => " NUMBER",
            FlagKind::Duration => " DURATION",
            FlagKind::Optional(_) | FlagKind::Wait => "[=TEXT]",
        }
    }

    fn read(self, value: &str) -> Result<Vec<String>, String> {
        let syntax =
            |function: &str| format!("{function}: parsing {}: invalid syntax", quoted(value));
        match self {
            FlagKind::Text | FlagKind::Texts | FlagKind::Optional(_) => Ok(vec![value.to_owned()]),
            FlagKind::Bool => match parse_bool(value) {
                Some(value) => Ok(vec![value.to_string()]),
                None => Err(syntax("strconv.ParseBool")),
            },
            FlagKind::List => split_csv(value),
            FlagKind::Pairs => {
                let pairs = split_csv(value)?;
                match pairs.iter().find(|pair| !pair.contains('=')) {
                    Some(pair) => Err(format!("{pair} must be formatted as key=value")),
                    None => Ok(pairs),
                }
            }
            FlagKind::Integer => {
                value.parse::<i64>().map_err(|_| syntax("strconv.ParseInt"))?;
                Ok(vec![value.to_owned()])
            }
            FlagKind::Float => {
                value.parse::<f32>().map_err(|_| syntax("strconv.ParseFloat"))?;
                Ok(vec![value.to_owned()])
            }
            FlagKind::Duration => match is_duration(value) {
                true => Ok(vec![value.to_owned()]),
                false => Err(format!("time: invalid duration {}", quoted(value))),
            },
            FlagKind::Wait => match value {
                "watcher" | "legacy" | "hookOnly" | "true" | "false" => Ok(vec![value.to_owned()]),
                _ => Err(format!(
                    "invalid wait input {}. Valid inputs are watcher, hookOnly, and legacy",
                    quoted(value)
                )),
            },
        }
    }
}

/// `strconv.ParseBool`
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// One line of `encoding/csv`.
fn split_csv(line: &str) -> Result<Vec<String>, String> {
    let mut fields = Vec::new();
    let mut rest = line;
    if line.is_empty() {
        return Ok(fields);
    }
    loop {
        let (field, after) =
            if rest.starts_with('"') { quoted_field(rest)? } else { plain_field(rest)? };
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return Ok(fields),
        }
    }
}

fn plain_field(rest: &str) -> Result<(String, Option<&str>), String> {
    let (field, after) = match rest.split_once(',') {
        Some((field, after)) => (field, Some(after)),
        None => (rest, None),
    };
    match field.find('"') {
        Some(at) => {
            let column = at + 1;
            Err(format!("parse error on line 1, column {column}: bare \" in non-quoted field"))
        }
        None => Ok((field.to_owned(), after)),
    }
}

fn quoted_field(rest: &str) -> Result<(String, Option<&str>), String> {
    let mut field = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '"' {
            field.push(c);
        } else if chars.next_if(|(_, next)| *next == '"').is_some() {
            field.push('"');
        } else {
            let after = &rest[at + 1..];
            return match after.strip_prefix(',') {
                Some(after) => Ok((field, Some(after))),
                None if after.is_empty() => Ok((field, None)),
                None => {
                    let column = at + 1;
                    Err(format!(
                        "parse error on line 1, column {column}: extraneous or missing \" in quoted-field"
                    ))
                }
            };
        }
    }
    let column = rest.len() + 1;
    Err(format!("parse error on line 1, column {column}: extraneous or missing \" in quoted-field"))
}

/// Whether `time.ParseDuration` takes it: `1h30m`, `1.5s`, `0`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (digits, behind) = rest.split_at(number);
        let unit = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let known = matches!(&behind[..unit], "ns" | "us" | "µs" | "μs" | "ms" | "s" | "m" | "h");
        if !known || digits.parse::<f64>().is_err() {
            return false;
        }
        rest = &behind[unit..];
    }
    !text.is_empty() && text != "+" && text != "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAGS: &[Flag] = &[
        Flag { name: "set", short: None, kind: FlagKind::Texts, deprecated: None },
        Flag { name: "values", short: Some('f'), kind: FlagKind::List, deprecated: None },
        Flag { name: "debug", short: Some('d'), kind: FlagKind::Bool, deprecated: None },
        Flag { name: "dry-run", short: None, kind: FlagKind::Optional("unset"), deprecated: None },
        Flag { name: "old", short: None, kind: FlagKind::Bool, deprecated: Some("use 'new'") },
        Flag { name: "timeout", short: None, kind: FlagKind::Duration, deprecated: None },
    ];

    #[track_caller]
    fn check(line: &str, expected: &str) {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let found = match parse(&args, &[FLAGS]) {
            Ok(parsed) => {
                let values =
                    parsed.values.iter().map(|(name, values)| format!("{name}={values:?}"));
                let notices = parsed.notices.iter().cloned();
                parsed
                    .args
                    .iter()
                    .cloned()
                    .chain(values)
                    .chain(notices)
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            Err(error) => error,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn flags_and_arguments_mix() {
        check("a --set x=1 b --set=y=2 -", r#"a b - set=["x=1", "y=2"]"#);
        check("-da -fb.yaml", "unknown shorthand flag: 'a' in -a");
        check("-df b,\"c,d\"", r#"debug=["true"] values=["b", "c,d"]"#);
        check("-f=x --debug=0", r#"debug=["false"] values=["x"]"#);
        check("--set -1 -- --debug", r#"--debug set=["-1"]"#);
        check(
            "--dry-run --old x",
            r#"x dry-run=["unset"] old=["true"] Flag --old has been deprecated, use 'new'"#,
        );
    }

    #[test]
    fn errors_are_those_of_pflag() {
        check("-x chart", "unknown shorthand flag: 'x' in -x");
        check("--nope", "unknown flag: --nope");
        check("--set", "flag needs an argument: --set");
        check("-f", "flag needs an argument: 'f' in -f");
        check("---x", "bad flag syntax: ---x");
        check(
            "--debug=maybe",
            r#"invalid argument "maybe" for "-d, --debug" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#,
        );
        check(
            "--timeout 5",
            r#"invalid argument "5" for "--timeout" flag: time: invalid duration "5""#,
        );
        check("--timeout 1m30s", r#"timeout=["1m30s"]"#);
        check(
            "-f a\"b",
            r#"invalid argument "a\"b" for "-f, --values" flag: parse error on line 1, column 2: bare " in non-quoted field"#,
        );
    }
}
