//! Versions and ranges of them: Sprig's `semver.go` and the library behind it,
//! `github.com/Masterminds/semver/v3` 3.4.0.

use crate::value::runes::lossy;
use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;
use std::sync::LazyLock;

use regex::Regex;

use crate::funcs::{Ctx, Func, FuncError, NamedKind, Type, args};
use crate::value::{Data, Rare, Struct, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func { name: "semver", params: &[Type::String], variadic: false, call: semver },
    Func {
        name: "semverCompare",
        params: &[Type::String, Type::String],
        variadic: false,
        call: semver_compare,
    },
];

fn semver(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Version::parse_bytes(args::text(args, 0))?.into_value(POINTER))
}

fn semver_compare(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let constraints = Constraints::parse(&lossy(args::text(args, 0)))?;
    let version = Version::parse_bytes(args::text(args, 1))?;
    Ok(constraints.check(&version).into())
}

/// A semantic version, read as loosely as `NewVersion` does: `v1.2`, `01.2.3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    /// Without the hyphen; may be empty.
    pub prerelease: String,
    /// Without the plus sign; may be empty.
    pub metadata: String,
    /// The text that it was read from.
    pub original: String,
}

/// Why a text is no version or no constraint; prints as in Go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    InvalidVersion,
    /// A number of the version that does not fit.
    Segment(String),
    ZeroPrefix,
    InvalidPrerelease,
    InvalidMetadata,
    ImproperConstraint(String),
    /// A constraint whose version is none.
    ConstraintVersion,
    /// Our limit, not the library's.
    TooLong,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidVersion => f.write_str("invalid semantic version"),
            Error::Segment(digits) => write!(
                f,
                "error parsing version segment: strconv.ParseUint: parsing \"{digits}\": value out \
                 of range"
            ),
            Error::ZeroPrefix => f.write_str("version segment starts with 0"),
            Error::InvalidPrerelease => f.write_str("invalid prerelease string"),
            Error::InvalidMetadata => f.write_str("invalid metadata string"),
            Error::ImproperConstraint(text) => write!(f, "improper constraint: {text}"),
            Error::ConstraintVersion => f.write_str("constraint parser error"),
            Error::TooLong => {
                write!(f, "a version constraint has at most {MAX_CONSTRAINT} characters")
            }
        }
    }
}

impl std::error::Error for Error {}

impl Error {
    fn failed(self) -> FuncError {
        FuncError::Failed(self.to_string())
    }
}

impl From<Error> for FuncError {
    fn from(error: Error) -> FuncError {
        match error {
            Error::TooLong => FuncError::Limit(error.to_string()),
            Error::InvalidVersion | Error::Segment(_) | Error::ZeroPrefix => error.failed(),
            Error::InvalidPrerelease | Error::InvalidMetadata => error.failed(),
            Error::ImproperConstraint(_) | Error::ConstraintVersion => error.failed(),
        }
    }
}

impl Version {
    /// `NewVersion`
    pub fn parse(text: &str) -> Result<Version, Error> {
        let words = Words::read(text, |byte| byte.is_ascii_digit()).ok_or(Error::InvalidVersion)?;
        let [major, minor, patch] = words.numbers.map(|digits| number(digits.unwrap_or("0")));
        let version = Version {
            major: major?,
            minor: minor?,
            patch: patch?,
            prerelease: words.prerelease.to_owned(),
            metadata: words.metadata.to_owned(),
            original: text.to_owned(),
        };
        version.prerelease.split('.').try_for_each(refuse_zero_prefix)?;
        Ok(version)
    }

    fn parse_bytes(text: &[u8]) -> Result<Version, Error> {
        str::from_utf8(text).map_err(|_| Error::InvalidVersion).and_then(Version::parse)
    }

    /// Precedence: metadata does not count, a pre-release comes before its release.
    pub fn compare(&self, other: &Version) -> Ordering {
        let numbers = |version: &Version| (version.major, version.minor, version.patch);
        let by_numbers = numbers(self).cmp(&numbers(other));
        by_numbers.then_with(|| {
            let releases = (self.prerelease.is_empty(), other.prerelease.is_empty());
            match releases {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
            }
        })
    }

    fn is_prerelease(&self) -> bool {
        !self.prerelease.is_empty()
    }

    fn next_major(mut self) -> Version {
        self.major = self.major.wrapping_add(1);
        (self.minor, self.patch) = (0, 0);
        self.released()
    }

    fn next_minor(mut self) -> Version {
        self.minor = self.minor.wrapping_add(1);
        self.patch = 0;
        self.released()
    }

    /// A pre-release becomes its release.
    fn next_patch(mut self) -> Version {
        if !self.is_prerelease() {
            self.patch = self.patch.wrapping_add(1);
        }
        self.released()
    }

    fn released(mut self) -> Version {
        self.prerelease.clear();
        self.metadata.clear();
        self.renamed()
    }

    /// A version made of this one keeps its `v`.
    fn renamed(mut self) -> Version {
        let prefix = if self.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{prefix}{self}");
        self
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

fn number(digits: &str) -> Result<u64, Error> {
    digits.parse().map_err(|_| Error::Segment(digits.to_owned()))
}

fn refuse_zero_prefix(part: &str) -> Result<(), Error> {
    let is_number = part.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && part.len() > 1 && part.starts_with('0') {
        Err(Error::ZeroPrefix)
    } else {
        Ok(())
    }
}

fn compare_prereleases(one: &str, two: &str) -> Ordering {
    let (mut ones, mut twos) = (one.split('.'), two.split('.'));
    loop {
        let order = match (ones.next(), twos.next()) {
            (None, None) => return Ordering::Equal,
            (one, two) => compare_parts(one.unwrap_or(""), two.unwrap_or("")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Numbers come before words; a number too large for Go's `uint64` is a word.
fn compare_parts(one: &str, two: &str) -> Ordering {
    let number = |part: &str| part.parse::<u64>().ok();
    match (number(one), number(two)) {
        _ if one == two => Ordering::Equal,
        _ if one.is_empty() => Ordering::Less,
        _ if two.is_empty() => Ordering::Greater,
        (Some(one), Some(two)) => one.cmp(&two),
        (None, None) => one.cmp(two),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
    }
}

/// A version in its parts, not yet understood.
struct Words<'a> {
    /// Major, minor and patch; in a constraint also `x`.
    numbers: [Option<&'a str>; 3],
    prerelease: &'a str,
    metadata: &'a str,
}

impl<'a> Words<'a> {
    /// Splits `v1.2.3-pre.1+meta.2`; None where the text has not that form.
    fn read(text: &'a str, is_number: fn(u8) -> bool) -> Option<Words<'a>> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, metadata) = match text.split_once('+') {
            Some((text, metadata)) => (text, Some(metadata)),
            None => (text, None),
        };
        let (text, prerelease) = match text.split_once('-') {
            Some((text, prerelease)) => (text, Some(prerelease)),
            None => (text, None),
        };
        let mut parts = text.split('.');
        let numbers = [parts.next(), parts.next(), parts.next()];
        let are_numbers =
            numbers.iter().flatten().all(|part| !part.is_empty() && part.bytes().all(is_number));
        let are_words = prerelease.is_none_or(is_dotted) && metadata.is_none_or(is_dotted);
        let is_whole = parts.next().is_none() && are_numbers && are_words;
        let (prerelease, metadata) = (prerelease.unwrap_or(""), metadata.unwrap_or(""));
        if is_whole { Some(Words { numbers, prerelease, metadata }) } else { None }
    }
}

/// `alpha.1`: words of letters, digits and hyphens.
fn is_dotted(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.split('.').all(|word| !word.is_empty() && word.bytes().all(is_word))
}

/// Ranges of versions: `>=1.20-0 <2 || ^3.1`.
#[derive(Clone, Debug)]
pub struct Constraints {
    /// A version must satisfy all constraints of one group.
    groups: Vec<Vec<Constraint>>,
}

#[derive(Clone, Debug)]
struct Constraint {
    operator: Operator,
    version: Version,
    wild: Wild,
}

#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// The first number of a constraint that is `x` or missing.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Wild {
    Nothing,
    Major,
    Minor,
    Patch,
}

/// More than any chart needs; keeps the rewriting of hyphen ranges short.
const MAX_CONSTRAINT: usize = 16 << 10;

impl Constraints {
    /// `NewConstraint`
    pub fn parse(text: &str) -> Result<Constraints, Error> {
        if text.len() > MAX_CONSTRAINT {
            return Err(Error::TooLong);
        }
        let text = rewrite_hyphens(text);
        let groups = text.split("||").map(parse_group).collect::<Result<_, _>>()?;
        Ok(Constraints { groups })
    }

    /// A pre-release is looked at by groups that name one, and by no others.
    pub fn check(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            let wants_prereleases = group.iter().any(|one| one.version.is_prerelease());
            let is_hidden = version.is_prerelease() && !wants_prereleases;
            !is_hidden && group.iter().all(|constraint| constraint.check(version))
        })
    }
}

/// Turns `1.2 - 2` into a pair of constraints. The library replaces the text where it first
/// occurs, wherever it was found.
fn rewrite_hyphens(text: &str) -> String {
    let mut rewritten = text.to_owned();
    // Only hyphen ranges pay for the expression.
    let is_spaced_hyphen =
        |three: &[u8]| is_space(three[0].into()) && three[1] == b'-' && is_space(three[2].into());
    let has_range = text.as_bytes().windows(3).any(is_spaced_hyphen);
    // Compiling the pattern takes longer than a small chart.
    let ranges = has_range.then(|| HYPHEN_RANGE.as_ref()).flatten();
    for range in ranges.into_iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let (whole, [first, last]) = range.extract();
        rewritten = rewritten.replacen(whole, &format!(">= {first}, <= {last} "), 1);
    }
    rewritten
}

/// Always there: the pattern is fixed, and compiles.
static HYPHEN_RANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let word = "[0-9A-Za-z-]+(?:[.][0-9A-Za-z-]+)*";
    let number = "[0-9xX*|]+";
    let version = format!("(v?{number}(?:[.]{number})?(?:[.]{number})?(?:-{word})?(?:[+]{word})?)");
    let space = r"[\t\n\x0c\r ]";
    Regex::new(&format!("{space}*{version}{space}+-{space}+{version}{space}*")).ok()
});

fn parse_group(group: &str) -> Result<Vec<Constraint>, Error> {
    let improper = || Error::ImproperConstraint(group.to_owned());
    let mut constraints = Vec::new();
    let mut rest = trim_start(group);
    loop {
        let (operator, after) = read_operator(rest).ok_or_else(improper)?;
        let after = trim_start(after);
        let end = after.find(|c| c == ',' || is_space(c)).unwrap_or(after.len());
        let (version, after) = after.split_at(end);
        let words = Words::read(version, is_constraint_number).ok_or_else(improper)?;
        constraints.push((operator, version, words));
        let spaced = trim_start(after);
        rest = match spaced.strip_prefix(',') {
            Some(after) => trim_start(after),
            None if spaced.is_empty() => break,
            None => spaced,
        };
    }
    constraints
        .into_iter()
        .map(|(operator, text, words)| constraint(operator, text, &words))
        .collect()
}

fn constraint(operator: Operator, text: &str, words: &Words<'_>) -> Result<Constraint, Error> {
    let wild = match words.numbers.map(|number| number.filter(|number| !is_x(number))) {
        [None, _, _] => Wild::Major,
        [_, None, _] => Wild::Minor,
        [_, _, None] => Wild::Patch,
        [Some(_), Some(_), Some(_)] => Wild::Nothing,
    };
    let [major, minor, _] = words.numbers.map(|number| number.unwrap_or("0"));
    let prerelease = match words.prerelease {
        "" => String::new(),
        prerelease => format!("-{prerelease}"),
    };
    let version = match wild {
        Wild::Nothing => text.to_owned(),
        Wild::Major => format!("0.0.0{prerelease}"),
        Wild::Minor => format!("{major}.0.0{prerelease}"),
        Wild::Patch => format!("{major}.{minor}.0{prerelease}"),
    };
    let version = Version::parse(&version).map_err(|_| Error::ConstraintVersion)?;
    Ok(Constraint { operator, version, wild })
}

fn read_operator(text: &str) -> Option<(Operator, &str)> {
    let end = text.find(|c| !"=!<>~^".contains(c)).unwrap_or(text.len());
    let (operator, rest) = text.split_at(end);
    let operator = match operator {
        "" | "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        "<" => Operator::Less,
        ">=" | "=>" => Operator::GreaterEqual,
        "<=" | "=<" => Operator::LessEqual,
        "~" | "~>" => Operator::Tilde,
        "^" => Operator::Caret,
        _ => return None,
    };
    Some((operator, rest))
}

fn is_constraint_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|')
}

fn is_x(number: &str) -> bool {
    matches!(number, "x" | "X" | "*")
}

/// The white space of Go's regular expressions.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

impl Constraint {
    fn check(&self, version: &Version) -> bool {
        let order = version.compare(&self.version);
        match self.operator {
            Operator::Equal if self.wild == Wild::Nothing => order.is_eq(),
            Operator::Equal | Operator::Tilde => order.is_ge() && self.is_near(version),
            Operator::NotEqual => self.differs(version),
            Operator::Greater => self.is_exceeded_by(version),
            Operator::Less => order.is_lt(),
            Operator::GreaterEqual => order.is_ge(),
            Operator::LessEqual => self.bounds(version),
            Operator::Caret => order.is_ge() && self.is_compatible(version),
        }
    }

    fn differs(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wild {
            Wild::Nothing => version.compare(own).is_ne(),
            // The library takes `x` alone for `0.0.0` and goes on to compare.
            Wild::Major if version.major == 0 && version.minor == 0 && version.patch == 0 => {
                version.compare(own).is_ne()
            }
            Wild::Major => true,
            Wild::Minor => own.major != version.major,
            Wild::Patch if own.major != version.major || own.minor != version.minor => true,
            Wild::Patch => compare_prereleases(&version.prerelease, &own.prerelease).is_ne(),
        }
    }

    fn is_exceeded_by(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wild {
            Wild::Nothing => version.compare(own).is_gt(),
            Wild::Major => version.major > own.major || version.compare(own).is_gt(),
            // `>11` starts with 12, `>11.1` with 11.2.
            Wild::Minor => version.major > own.major,
            Wild::Patch => (version.major, version.minor) > (own.major, own.minor),
        }
    }

    fn bounds(&self, version: &Version) -> bool {
        let own = &self.version;
        match self.wild {
            Wild::Nothing => version.compare(own).is_le(),
            Wild::Minor => version.major <= own.major,
            Wild::Major | Wild::Patch => (version.major, version.minor) <= (own.major, own.minor),
        }
    }

    /// `~1.2.3`: the same minor version; `~1`: the same major version.
    fn is_near(&self, version: &Version) -> bool {
        let own = &self.version;
        let is_zero = own.major == 0 && own.minor == 0 && own.patch == 0;
        let is_any = is_zero && matches!(self.wild, Wild::Nothing | Wild::Major);
        let is_minor_equal = version.minor == own.minor || self.wild == Wild::Minor;
        is_any || version.major == own.major && is_minor_equal
    }

    /// `^1.2.3`: the first number that is not zero stays.
    fn is_compatible(&self, version: &Version) -> bool {
        let own = &self.version;
        if own.major > 0 || self.wild == Wild::Minor || version.major > 0 {
            return version.major == own.major;
        }
        if own.minor > 0 || self.wild == Wild::Patch || version.minor > 0 {
            return version.minor == own.minor;
        }
        version.patch == own.patch
    }
}

const POINTER: &str = "*semver.Version";
const STRUCT: &str = "semver.Version";

impl Version {
    /// The version as templates hold it: the struct's own fields, none of them exported.
    fn into_value(self, type_name: &'static str) -> Value {
        let fields = vec![
            ("major", uint64(self.major)),
            ("minor", uint64(self.minor)),
            ("patch", uint64(self.patch)),
            ("pre", self.prerelease.into()),
            ("metadata", self.metadata.into()),
            ("original", self.original.into()),
        ];
        let value = Struct { type_name, fields, addressable: false };
        Data::Rare(Rc::new(Rare::Struct(value))).into()
    }

    fn from_value(args: &[Value], index: usize) -> Option<Version> {
        let Some(Rare::Struct(Struct { fields, .. })) = args::rare(args, index) else {
            return None;
        };
        let fields: Vec<Value> = fields.iter().map(|(_, value)| value.clone()).collect();
        let text = |index| lossy(args::text(&fields, index));
        Some(Version {
            major: args::int(&fields, 0) as u64,
            minor: args::int(&fields, 1) as u64,
            patch: args::int(&fields, 2) as u64,
            prerelease: text(3),
            metadata: text(4),
            original: text(5),
        })
    }
}

/// What `semver.Version` has without a pointer.
pub(crate) const METHODS: &[Func] = &[
    method("String", &[], |_, args| Ok(receiver(args)?.to_string().into())),
    method("Value", &[], |_, args| Ok(receiver(args)?.to_string().into())),
    method("MarshalText", &[], |_, args| Ok(bytes(receiver(args)?.to_string()))),
    method("MarshalJSON", &[], |_, args| Ok(bytes(format!("\"{}\"", receiver(args)?)))),
    method("Major", &[], |_, args| Ok(uint64(receiver(args)?.major))),
    method("Minor", &[], |_, args| Ok(uint64(receiver(args)?.minor))),
    method("Patch", &[], |_, args| Ok(uint64(receiver(args)?.patch))),
    method("Prerelease", &[], |_, args| Ok(receiver(args)?.prerelease.into())),
    method("Metadata", &[], |_, args| Ok(receiver(args)?.metadata.into())),
    method("IncMajor", &[], |_, args| Ok(receiver(args)?.next_major().into_value(STRUCT))),
    method("IncMinor", &[], |_, args| Ok(receiver(args)?.next_minor().into_value(STRUCT))),
    method("IncPatch", &[], |_, args| Ok(receiver(args)?.next_patch().into_value(STRUCT))),
    method("SetPrerelease", &[Type::String], |_, args| {
        let prerelease = lossy(args::text(args, 1));
        validate(&prerelease, Error::InvalidPrerelease)?;
        prerelease.split('.').try_for_each(refuse_zero_prefix)?;
        Ok(Version { prerelease, ..receiver(args)? }.renamed().into_value(STRUCT))
    }),
    method("SetMetadata", &[Type::String], |_, args| {
        let metadata = lossy(args::text(args, 1));
        validate(&metadata, Error::InvalidMetadata)?;
        Ok(Version { metadata, ..receiver(args)? }.renamed().into_value(STRUCT))
    }),
];

/// What only `*semver.Version` has.
pub(crate) const POINTER_METHODS: &[Func] = &[
    method("Original", &[], |_, args| Ok(receiver(args)?.original.into())),
    method("Compare", OTHER, |_, args| Ok(Data::Int(compare(args)? as i64).into())),
    method("LessThan", OTHER, |_, args| Ok(compare(args)?.is_lt().into())),
    method("LessThanEqual", OTHER, |_, args| Ok(compare(args)?.is_le().into())),
    method("GreaterThan", OTHER, |_, args| Ok(compare(args)?.is_gt().into())),
    method("GreaterThanEqual", OTHER, |_, args| Ok(compare(args)?.is_ge().into())),
    method("Equal", OTHER, |_, args| Ok(compare(args).is_ok_and(Ordering::is_eq).into())),
];

const OTHER: &[Type] = &[Type::Named(POINTER, NamedKind::Pointer)];

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn method(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

fn receiver(args: &[Value]) -> Result<Version, FuncError> {
    version_at(args, 0)
}

fn compare(args: &[Value]) -> Result<Ordering, FuncError> {
    Ok(receiver(args)?.compare(&version_at(args, 1)?))
}

fn version_at(args: &[Value], index: usize) -> Result<Version, FuncError> {
    Version::from_value(args, index).ok_or_else(|| {
        FuncError::new("runtime error: invalid memory address or nil pointer dereference")
    })
}

fn validate(words: &str, error: Error) -> Result<(), Error> {
    if words.is_empty() || is_dotted(words) { Ok(()) } else { Err(error) }
}

fn uint64(number: u64) -> Value {
    Data::Rare(Rc::new(Rare::Sized("uint64", number.into()))).into()
}

fn bytes(text: String) -> Value {
    Data::Rare(Rc::new(Rare::Bytes(text.into_bytes()))).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(constraint: &str, accepted: &str, refused: &str) {
        let constraints = Constraints::parse(constraint).unwrap();
        let check = |text: &str| constraints.check(&Version::parse(text).unwrap());
        for version in accepted.split_whitespace() {
            assert!(check(version), "{constraint} should accept {version}");
        }
        for version in refused.split_whitespace() {
            assert!(!check(version), "{constraint} should refuse {version}");
        }
    }

    #[track_caller]
    fn check_refused(constraint: &str, error: &str) {
        assert_eq!(Constraints::parse(constraint).unwrap_err().to_string(), error);
    }

    #[track_caller]
    fn check_version(text: &str, expected: &str) {
        let read = Version::parse(text);
        let printed = read.map_or_else(|error| error.to_string(), |version| version.to_string());
        assert_eq!(printed, expected, "{text}");
    }

    #[test]
    fn versions_are_read_loosely() {
        check_version("v1.2", "1.2.0");
        check_version("01.2.3", "1.2.3");
        check_version("1", "1.0.0");
        check_version("1.2.3-beta.1+b5", "1.2.3-beta.1+b5");
        check_version("1-rc1", "1.0.0-rc1");
        check_version("1+a-b", "1.0.0+a-b");
    }

    #[test]
    fn what_is_no_version() {
        for text in
            ["", "x", "1.2.3.4", "V1", "1.2.3-", "1.2.3+", "1..2", "1.2.3-a..b", " 1", "1\n"]
        {
            check_version(text, "invalid semantic version");
        }
        check_version("1.2.3-01", "version segment starts with 0");
        check_version(
            "99999999999999999999.0.0",
            "error parsing version segment: strconv.ParseUint: parsing \"99999999999999999999\": \
             value out of range",
        );
    }

    #[test]
    fn prereleases_have_an_order() {
        let ordered = "1.0.0-2 1.0.0-10 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-rc 1.0.0";
        let versions: Vec<_> =
            ordered.split(' ').map(|text| Version::parse(text).unwrap()).collect();
        for pair in versions.windows(2) {
            assert_eq!(pair[0].compare(&pair[1]), Ordering::Less, "{pair:?}");
        }
    }

    #[test]
    fn operators() {
        check("1.2.3", "1.2.3 1.2.3+b", "1.2.4 1.2.3-rc");
        check("!=1.2.x", "1.3.0", "1.2.0 1.2.9");
        check(">11", "12.0.0", "11.1.0 11.0.0");
        check(">11.1", "11.2.0", "11.1.1");
        check("<=1.2", "1.2.9 0.1.0", "1.3.0");
        check("~1.2.3", "1.2.3 1.2.9", "1.3.0 1.2.2");
        check("~>1", "1.9.0", "2.0.0");
        check("^0.2.3", "0.2.9", "0.3.0 0.2.2 1.0.0");
        check("^0.0.3", "0.0.3", "0.0.4");
        check("*", "0.0.1 9.9.9", "1.0.0-rc");
        check("=>1.2, =<2", "1.2.0 2.9.9", "1.1.0 3.0.0");
    }

    #[test]
    fn groups() {
        check("1.2 - 2", "1.2.0 2.9.0", "3.0.0 1.1.9");
        check("1.2 || ^3.1", "1.2.9 3.5.0", "2.0.0 3.0.0");
        check(">=1.20-0", "1.20.4-gke.100 1.21.0 1.20.0-alpha", "1.19.0");
        check(">1.1-0 <3", "2.0.0-rc", "3.0.0");
        check(">1.1 <3", "2.0.0", "2.0.0-rc");
    }

    #[test]
    fn improper_constraints() {
        check_refused("", "improper constraint: ");
        check_refused("!1.2", "improper constraint: !1.2");
        check_refused("==1.2.3", "improper constraint: ==1.2.3");
        check_refused("1.2 || latest", "improper constraint:  latest");
        check_refused(">1 - 2", "improper constraint: >>= 1, <= 2 ");
        check_refused("1.2,", "improper constraint: 1.2,");
        check_refused("12x", "constraint parser error");
        check_refused("1.2.3-01", "constraint parser error");
        check_refused(&"1".repeat(20_000), "a version constraint has at most 16384 characters");
    }

    proptest::proptest! {
        /// Whatever the texts: no panic, and a version prints as one that is equal.
        #[test]
        fn any_text_is_read(
            version in "v?[0-9]{1,3}([.][0-9]){0,3}(-[a-z0.-]{0,4})?([+][a-z.]{0,3})?",
            constraint in "([<>=!~^ ,|]|[0-9x*][.]?|- |-[a-z]){0,12}",
        ) {
            let constraints = Constraints::parse(&constraint);
            if let Ok(version) = Version::parse(&version) {
                let again = Version::parse(&version.to_string()).unwrap();
                proptest::prop_assert_eq!(version.compare(&again), Ordering::Equal);
                if let Ok(constraints) = constraints {
                    constraints.check(&version);
                }
            }
        }
    }
}
