//! Values as text: Go's `fmt`, all verbs and flags.
//!
//! [`output`] is what an action prints, [`write`] is `%v`, [`format`] any verb. The layout follows
//! `printArg` and `printValue` in `fmt/print.go`, and the `fmt` methods in `fmt/format.go`.

use std::borrow::Cow;

use crate::value::quote::{self, Plain};
use crate::value::time::{Time, Zone};
use crate::value::{Data, Exceeded, Kind, List, ListKind, MAX_DEPTH, Map, Rare, Struct, Value};
use crate::value::{float, printable, stringer};

/// What stands between `%` and the verb.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    pub width: Option<usize>,
    pub precision: Option<usize>,
    pub minus: bool,
    pub plus: bool,
    pub sharp: bool,
    pub space: bool,
    pub zero: bool,
    /// `%+v`: structs with the names of their fields.
    pub plus_v: bool,
    /// `%#v`: Go syntax.
    pub sharp_v: bool,
}

/// Where an address would be printed: a render must not depend on the machine's memory.
const ADDRESS: u64 = 0xc0_0000_0000;

/// Appends what `{{ value }}` prints. Fails when `out` would grow beyond `max` bytes.
///
/// text/template prints through pointers, and finds the `String` method of a pointer to what lies
/// behind one (`printableValue` in `text/template/exec.go`).
pub fn output(out: &mut Vec<u8>, value: &Value, max: usize) -> Result<(), Exceeded> {
    match &value.data {
        Data::Nil | Data::Rare(_) => write(out, &printable(value), max),
        Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => write(out, value, max),
        Data::Str(_) | Data::List(_) | Data::Map(_) => write(out, value, max),
    }
}

/// What text/template gives to `fmt` in place of a value (`printableValue`).
pub(crate) fn printable(value: &Value) -> Value {
    let Some(Rare::Struct(target)) = value.as_rare() else {
        return if value.is_nil() { Value::text("<no value>") } else { value.clone() };
    };
    let type_name = match target.type_name {
        "common.KubeVersion" if target.addressable => "*common.KubeVersion",
        name if stringer::string(value).is_none() => name.trim_start_matches('*'),
        name => name,
    };
    Value::from(Rare::Struct(Struct { type_name, ..target.clone() })).with(value.src)
}

/// Appends `%v` of a value. Fails when `out` would grow beyond `max` bytes.
pub fn write(out: &mut Vec<u8>, value: &Value, max: usize) -> Result<(), Exceeded> {
    match &value.data {
        Data::Nil => out.extend_from_slice(b"<nil>"),
        Data::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Data::Int(value) | Data::Int64(value) => float::write_int(out, *value),
        Data::Float(value) => float::write_shortest(out, *value),
        Data::Str(text) => out.extend_from_slice(text),
        Data::List(_) | Data::Map(_) | Data::Rare(_) => {
            return format(out, value, 'v', Flags::default(), max);
        }
    }
    check_size(out, max)
}

/// Appends a value as `fmt.Sprintf` formats it with one verb.
pub fn format(
    out: &mut Vec<u8>,
    value: &Value,
    verb: char,
    flags: Flags,
    max: usize,
) -> Result<(), Exceeded> {
    Printer::new(out, flags, max).arg(value, verb)?;
    check_size(out, max)
}

fn check_size(out: &[u8], max: usize) -> Result<(), Exceeded> {
    if out.len() > max { Err(Exceeded::Size) } else { Ok(()) }
}

impl Value {
    /// The value as a string, as Sprig's `strval` has it: strings and bytes as they are, the
    /// rest as `%v`.
    pub fn to_text(&self, max: usize) -> Result<Cow<'_, [u8]>, Exceeded> {
        if let Some(text) = self.as_str() {
            return Ok(Cow::Borrowed(text));
        }
        if let Some(Rare::Bytes(bytes)) = self.as_rare() {
            return Ok(Cow::Borrowed(bytes));
        }
        let mut out = Vec::new();
        write(&mut out, self, max)?;
        Ok(Cow::Owned(out))
    }
}

struct Printer<'a> {
    out: &'a mut Vec<u8>,
    flags: Flags,
    max: usize,
    /// In the value of a bad verb's complaint, where methods are not called.
    erroring: bool,
}

impl<'a> Printer<'a> {
    fn new(out: &'a mut Vec<u8>, flags: Flags, max: usize) -> Printer<'a> {
        Printer { out, flags, max, erroring: false }
    }

    /// An argument (`printArg`).
    fn arg(&mut self, value: &Value, verb: char) -> Result<(), Exceeded> {
        match (&value.data, verb) {
            (Data::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Data::Nil, _) => return self.bad_verb(value, verb),
            (_, 'T') => self.text(value.type_name().as_bytes()),
            (_, 'p') => return self.pointer(value, 'p'),
            (Data::Rare(rare), _) => {
                if let Rare::Bytes(bytes) = &**rare {
                    return self.bytes(value, bytes, verb, "[]byte");
                }
                if !self.methods(value, verb)? {
                    return self.concrete(value, verb, 0);
                }
            }
            _ => return self.concrete(value, verb, 0),
        }
        Ok(())
    }

    /// A value inside another (`printValue` with a depth).
    fn nested(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Exceeded> {
        if depth > MAX_DEPTH {
            return Err(Exceeded::Depth);
        }
        check_size(self.out, self.max)?;
        if value.is_nil() {
            let nil: &[u8] = if self.flags.sharp_v { b"interface {}(nil)" } else { b"<nil>" };
            self.out.extend_from_slice(nil);
            return Ok(());
        }
        if value.as_rare().is_some() && self.methods(value, verb)? {
            return Ok(());
        }
        self.concrete(value, verb, depth)
    }

    /// A value that is not nil, without its methods.
    fn concrete(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Exceeded> {
        match &value.data {
            Data::Nil => return self.bad_verb(value, verb),
            Data::Bool(bool) => match verb {
                't' | 'v' => self.pad(if *bool { b"true" } else { b"false" }),
                _ => return self.bad_verb(value, verb),
            },
            Data::Int(int) | Data::Int64(int) => return self.signed(value, *int, verb),
            Data::Float(float) => match float_verb(verb) {
                Some(verb) => self.float(*float, verb),
                None => return self.bad_verb(value, verb),
            },
            Data::Str(text) => return self.string(value, text, verb),
            Data::List(list) => return self.list(list, verb, depth),
            Data::Map(map) => return self.map(map, verb, depth),
            Data::Rare(rare) => return self.rare(value, rare, verb, depth),
        }
        Ok(())
    }

    fn rare(
        &mut self,
        value: &Value,
        rare: &Rare,
        verb: char,
        depth: usize,
    ) -> Result<(), Exceeded> {
        match rare {
            Rare::Complex(re, im) => self.complex(value, *re, *im, verb),
            Rare::Sized(_, int) => {
                let signed = !matches!(value.kind(), Kind::Uint(_));
                self.integer(value, *int as u64, signed, verb)
            }
            Rare::Bytes(bytes) => match verb {
                's' | 'q' | 'x' | 'X' => self.bytes(value, bytes, verb, "[]uint8"),
                _ => self.byte_items(bytes, verb, "[]uint8"),
            },
            Rare::Struct(target) if !target.type_name.starts_with('*') => {
                self.fields(target, verb, depth)
            }
            Rare::Struct(target) if depth == 0 => {
                self.out.push(b'&');
                self.fields(target, verb, depth + 1)
            }
            Rare::Struct(_) => self.pointer(value, verb),
            Rare::Files(files) => {
                let entries = files.iter().map(|(path, content)| {
                    (path.as_ref(), Cow::Owned(Value::from(Rare::Bytes(content.to_vec()))))
                });
                self.entries("engine.files", entries, verb, depth)
            }
            Rare::Time(time) => self.time(time, verb, depth),
        }
    }

    /// Lets the value print itself, if its type can and the verb takes text (`handleMethods`).
    fn methods(&mut self, value: &Value, verb: char) -> Result<bool, Exceeded> {
        if self.erroring {
            return Ok(false);
        }
        if verb == 'w' {
            self.bad_verb(value, verb)?;
            return Ok(true);
        }
        if self.flags.sharp_v {
            let Some(text) = stringer::go_string(value) else { return Ok(false) };
            self.text(text.as_bytes());
            return Ok(true);
        }
        if !matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            return Ok(false);
        }
        let Some(text) = stringer::string(value) else { return Ok(false) };
        self.string(value, text.as_bytes(), verb)?;
        Ok(true)
    }

    /// `%!verb(type=value)`
    fn bad_verb(&mut self, value: &Value, verb: char) -> Result<(), Exceeded> {
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.push(b'(');
        if value.is_nil() {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.type_name().as_bytes());
            self.out.push(b'=');
            let outer = std::mem::replace(&mut self.erroring, true);
            self.arg(value, 'v')?;
            self.erroring = outer;
        }
        self.out.push(b')');
        Ok(())
    }

    fn list(&mut self, list: &List, verb: char, depth: usize) -> Result<(), Exceeded> {
        let go_syntax = self.flags.sharp_v;
        if go_syntax {
            self.out.extend_from_slice(list.kind.type_name().as_bytes());
            if list.is_nil() {
                self.out.extend_from_slice(b"(nil)");
                return Ok(());
            }
        }
        self.out.push(if go_syntax { b'{' } else { b'[' });
        for (index, item) in list.as_slice().iter().enumerate() {
            self.separate(index);
            match list.kind {
                ListKind::Any => self.nested(item, verb, depth + 1)?,
                ListKind::Strings | ListKind::Ints | ListKind::Lists => {
                    self.concrete(item, verb, depth + 1)?;
                }
                ListKind::Maps | ListKind::VersionSet => self.concrete(item, verb, depth + 1)?,
            }
        }
        self.out.push(if go_syntax { b'}' } else { b']' });
        Ok(())
    }

    fn map(&mut self, map: &Map, verb: char, depth: usize) -> Result<(), Exceeded> {
        if map.kind.is_nil() && self.flags.sharp_v {
            self.out.extend_from_slice(b"map[string]interface {}(nil)");
            return Ok(());
        }
        let entries = map.borrow();
        let entries = entries.iter().map(|(key, value)| (key.as_ref(), Cow::Borrowed(value)));
        self.entries(map.kind.type_name(), entries, verb, depth)
    }

    fn entries<'v>(
        &mut self,
        type_name: &str,
        entries: impl Iterator<Item = (&'v [u8], Cow<'v, Value>)>,
        verb: char,
        depth: usize,
    ) -> Result<(), Exceeded> {
        let go_syntax = self.flags.sharp_v;
        if go_syntax {
            self.out.extend_from_slice(type_name.as_bytes());
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(b"map[");
        }
        for (index, (key, value)) in entries.enumerate() {
            self.separate(index);
            self.string(&Value::NIL, key, verb)?;
            self.out.push(b':');
            self.nested(&value, verb, depth + 1)?;
        }
        self.out.push(if go_syntax { b'}' } else { b']' });
        Ok(())
    }

    fn fields(&mut self, target: &Struct, verb: char, depth: usize) -> Result<(), Exceeded> {
        if self.flags.sharp_v {
            self.out.extend_from_slice(target.type_name.trim_start_matches('*').as_bytes());
        }
        self.out.push(b'{');
        for (index, (name, value)) in target.fields.iter().enumerate() {
            self.separate(index);
            if self.flags.plus_v || self.flags.sharp_v {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.nested(value, verb, depth + 1)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    /// The fields of a `time.Time`: nanoseconds, seconds since the year one, and the address of
    /// the zone, which is nil for UTC, and so for the zone of the machine.
    fn time(&mut self, time: &Time, verb: char, depth: usize) -> Result<(), Exceeded> {
        const UNIX_EPOCH: i64 = 62_135_596_800;
        let nanos = Value::from(Rare::Sized("uint64", time.nanos.into()));
        let seconds = Value::int64(time.unix.wrapping_add(UNIX_EPOCH));
        let zone = if matches!(time.zone, Zone::Utc | Zone::Local) { 0 } else { ADDRESS };
        self.out.push(b'{');
        self.concrete(&nanos, verb, depth + 1)?;
        self.separate(1);
        self.concrete(&seconds, verb, depth + 1)?;
        self.separate(2);
        if matches!(verb, 'b' | 'o' | 'd' | 'x' | 'X') {
            self.integer(&Value::NIL, zone, false, verb)?;
        } else {
            self.out.extend_from_slice(b"%!");
            self.push_char(verb);
            self.out.extend_from_slice(b"(*time.Location=");
            match zone {
                0 => self.pad(b"<nil>"),
                _ => self.address(zone, true),
            }
            self.out.push(b')');
        }
        self.out.push(b'}');
        Ok(())
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    /// A string; `value` is what a bad verb complains of, nil for the key of a map.
    fn string(&mut self, value: &Value, text: &[u8], verb: char) -> Result<(), Exceeded> {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => self.text(text),
            'x' | 'X' => self.hex(text, verb),
            'q' => self.quoted(text),
            _ if value.is_nil() => return self.bad_verb(&Value::text(text), verb),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    /// Bytes that are an argument (`fmtBytes`).
    fn bytes(
        &mut self,
        value: &Value,
        bytes: &[u8],
        verb: char,
        type_name: &str,
    ) -> Result<(), Exceeded> {
        match verb {
            'v' | 'd' => return self.byte_items(bytes, verb, type_name),
            's' => self.text(bytes),
            'x' | 'X' => self.hex(bytes, verb),
            'q' => self.quoted(bytes),
            _ => return self.rare(value, &Rare::Bytes(bytes.to_vec()), verb, 0),
        }
        Ok(())
    }

    /// Bytes as a list of numbers.
    fn byte_items(&mut self, bytes: &[u8], verb: char, type_name: &str) -> Result<(), Exceeded> {
        let go_syntax = self.flags.sharp_v;
        if go_syntax {
            self.out.extend_from_slice(type_name.as_bytes());
        }
        self.out.push(if go_syntax { b'{' } else { b'[' });
        for (index, &byte) in bytes.iter().enumerate() {
            self.separate(index);
            let item = Value::from(Rare::Sized("uint8", byte.into()));
            self.integer(&item, byte.into(), false, verb)?;
            check_size(self.out, self.max)?;
        }
        self.out.push(if go_syntax { b'}' } else { b']' });
        Ok(())
    }

    /// An address (`fmtPointer`): of maps, lists and pointers.
    fn pointer(&mut self, value: &Value, verb: char) -> Result<(), Exceeded> {
        if !matches!(value.kind(), Kind::Map | Kind::Slice | Kind::Pointer) {
            return self.bad_verb(value, verb);
        }
        let sharp = self.flags.sharp;
        match verb {
            'v' if self.flags.sharp_v => {
                self.out.push(b'(');
                self.out.extend_from_slice(value.type_name().as_bytes());
                self.out.extend_from_slice(b")(");
                self.address(ADDRESS, true);
                self.out.push(b')');
            }
            'v' | 'p' => self.address(ADDRESS, !sharp),
            'b' | 'o' | 'd' | 'x' | 'X' => return self.integer(value, ADDRESS, false, verb),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    fn address(&mut self, address: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        self.digits(address, false, 16, 'v');
        self.flags.sharp = sharp;
    }

    fn signed(&mut self, value: &Value, int: i64, verb: char) -> Result<(), Exceeded> {
        self.integer(value, int as u64, true, verb)
    }

    /// An integer with the verb of the user (`pp.fmtInteger`).
    fn integer(
        &mut self,
        value: &Value,
        int: u64,
        signed: bool,
        verb: char,
    ) -> Result<(), Exceeded> {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.digits(int, signed, 16, 'v');
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.digits(int, signed, 10, verb),
            'b' => self.digits(int, signed, 2, verb),
            'o' | 'O' => self.digits(int, signed, 8, verb),
            'x' | 'X' => self.digits(int, signed, 16, verb),
            'c' => {
                let mut buffer = [0; 4];
                self.pad(to_char(int).encode_utf8(&mut buffer).as_bytes());
            }
            'q' => {
                let plain = self.plain();
                let mut text = Vec::new();
                quote::write_quoted_char(&mut text, to_char(int), plain);
                self.pad(&text);
            }
            'U' => self.unicode(int),
            _ => return self.bad_verb(value, verb),
        }
        Ok(())
    }

    /// An integer in some base (`fmt.fmtInteger`).
    fn digits(&mut self, int: u64, signed: bool, base: u32, verb: char) {
        let negative = signed && (int as i64) < 0;
        let int = if negative { int.wrapping_neg() } else { int };
        let Flags { width, precision, minus, plus, sharp, space, zero, .. } = self.flags;
        let least = match (precision, width) {
            (Some(0), _) if int == 0 => return self.padding(width.unwrap_or(0), b' '),
            (Some(precision), _) => precision,
            (None, Some(width)) if zero && !minus => {
                width - usize::from(width > 0 && (negative || plus || space))
            }
            (None, _) => 0,
        };
        let mut text = Vec::new();
        if negative {
            text.push(b'-');
        } else if plus {
            text.push(b'+');
        } else if space {
            text.push(b' ');
        }
        let digits = in_base(int, base, verb == 'X');
        let zeros = least.saturating_sub(digits.len());
        if verb == 'O' {
            text.extend_from_slice(b"0o");
        }
        match base {
            2 if sharp => text.extend_from_slice(b"0b"),
            8 if sharp && zeros == 0 && digits.first() != Some(&b'0') => text.push(b'0'),
            16 if sharp => text.extend_from_slice(if verb == 'X' { b"0X" } else { b"0x" }),
            _ => {}
        }
        text.extend(std::iter::repeat_n(b'0', zeros));
        text.extend_from_slice(&digits);
        self.pad_with(&text, b' ');
    }

    /// `U+0078`, with `%#U` also the character.
    fn unicode(&mut self, int: u64) {
        let least = self.flags.precision.unwrap_or(4).max(4);
        let digits = in_base(int, 16, true);
        let mut text = b"U+".to_vec();
        text.extend(std::iter::repeat_n(b'0', least.saturating_sub(digits.len())));
        text.extend_from_slice(&digits);
        let shown = u32::try_from(int).ok().and_then(char::from_u32);
        if let Some(c) = shown.filter(|&c| self.flags.sharp && printable::is_printable(c)) {
            text.extend_from_slice(b" '");
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            text.push(b'\'');
        }
        self.pad_with(&text, b' ');
    }

    fn float(&mut self, value: f64, (verb, default): (u8, Option<usize>)) {
        let Flags { width, precision, minus, plus, sharp, space, zero, .. } = self.flags;
        let precision = precision.or(default);
        let mut number = Vec::new();
        float::write(&mut number, value, verb, precision);
        if !matches!(number.first(), Some(b'-' | b'+')) {
            number.insert(0, b'+');
        }
        if space && number.first() == Some(&b'+') && !plus {
            number[0] = b' ';
        }
        if !value.is_finite() {
            // Infinity has its sign always, except that `%+Inf` needs no flag to show it.
            let unsigned = value.is_nan() && !space && !plus;
            return self.pad_with(&number[usize::from(unsigned)..], b' ');
        }
        if sharp && verb != b'b' {
            restore_zeros(&mut number, verb, precision);
        }
        if !plus && number.first() == Some(&b'+') {
            return self.pad(&number[1..]);
        }
        match width {
            Some(width) if zero && !minus && width > number.len() => {
                self.out.push(number[0]);
                self.padding(width - number.len(), b'0');
                self.out.extend_from_slice(&number[1..]);
            }
            _ => self.pad(&number),
        }
    }

    fn complex(&mut self, value: &Value, re: f64, im: f64, verb: char) -> Result<(), Exceeded> {
        let Some(float_verb) = float_verb(verb) else { return self.bad_verb(value, verb) };
        self.out.push(b'(');
        self.float(re, float_verb);
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(im, float_verb);
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
        Ok(())
    }

    /// A string, cut to the precision (`fmtS`).
    fn text(&mut self, text: &[u8]) {
        let text = self.truncated(text);
        self.pad(text);
    }

    fn truncated<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let end = runes(text).nth(precision).map_or(text.len(), |(start, _)| start);
        &text[..end]
    }

    /// A string in quotes (`fmtQ`).
    fn quoted(&mut self, text: &[u8]) {
        let text = self.truncated(text);
        let mut quoted = Vec::with_capacity(text.len() + 2);
        if self.flags.sharp && quote::can_backquote(text) {
            quoted.push(b'`');
            quoted.extend_from_slice(text);
            quoted.push(b'`');
        } else {
            quote::write(&mut quoted, text, self.plain());
        }
        self.pad(&quoted);
    }

    fn plain(&self) -> Plain {
        if self.flags.plus { Plain::Ascii } else { Plain::Printable }
    }

    /// The bytes of a string in hexadecimal (`fmtSbx`).
    fn hex(&mut self, text: &[u8], verb: char) {
        let Flags { width, precision, minus, sharp, space, .. } = self.flags;
        let length = precision.map_or(text.len(), |precision| precision.min(text.len()));
        let prefix: &[u8] = match verb {
            _ if !sharp => b"",
            'X' => b"0X",
            _ => b"0x",
        };
        let mut hex = Vec::with_capacity(length * 2 + prefix.len());
        for (index, &byte) in text[..length].iter().enumerate() {
            if space && index > 0 {
                hex.push(b' ');
            }
            if index == 0 || space {
                hex.extend_from_slice(prefix);
            }
            for nibble in [byte >> 4, byte & 15] {
                hex.push(digit(nibble, verb == 'X'));
            }
        }
        let padding = width.unwrap_or(0).saturating_sub(hex.len());
        if !minus || hex.is_empty() {
            self.padding(padding, self.pad_byte());
        }
        self.out.extend_from_slice(&hex);
        if minus && !hex.is_empty() {
            self.padding(padding, self.pad_byte());
        }
    }

    /// Writes `text` and fills it up to the width, with zeros if the flag asks for them.
    fn pad(&mut self, text: &[u8]) {
        self.pad_with(text, self.pad_byte());
    }

    fn pad_with(&mut self, text: &[u8], byte: u8) {
        let Some(width) = self.flags.width.filter(|&width| width > 0) else {
            return self.out.extend_from_slice(text);
        };
        let padding = width.saturating_sub(runes(text).count());
        if !self.flags.minus {
            self.padding(padding, byte);
        }
        self.out.extend_from_slice(text);
        if self.flags.minus {
            self.padding(padding, b' ');
        }
    }

    /// Zeros stand only on the left.
    fn pad_byte(&self) -> u8 {
        if self.flags.zero && !self.flags.minus { b'0' } else { b' ' }
    }

    fn padding(&mut self, count: usize, byte: u8) {
        self.out.extend(std::iter::repeat_n(byte, count));
    }

    fn push_char(&mut self, c: char) {
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

/// The verb for [`float::write`] and the precision that it has by default.
fn float_verb(verb: char) -> Option<(u8, Option<usize>)> {
    match verb {
        'v' => Some((b'g', None)),
        'b' | 'g' | 'G' | 'x' | 'X' => Some((verb as u8, None)),
        'f' | 'e' | 'E' => Some((verb as u8, Some(6))),
        'F' => Some((b'f', Some(6))),
        _ => None,
    }
}

/// The sharp flag: a decimal point always, and the trailing zeros that `%g` and `%x` leave off.
/// `number` begins with its sign.
fn restore_zeros(number: &mut Vec<u8>, verb: u8, precision: Option<usize>) {
    let mut missing = match verb {
        b'g' | b'G' | b'x' => precision.unwrap_or(6),
        _ => 0,
    };
    let hex = matches!(verb, b'x' | b'X');
    let is_tail = |&byte: &u8| matches!(byte, b'p' | b'P') || (!hex && matches!(byte, b'e' | b'E'));
    let tail_at = number.iter().position(is_tail).unwrap_or(number.len());
    let tail = number.split_off(tail_at);
    let digits = number.iter().skip(1).filter(|&&byte| byte != b'.');
    missing = missing.saturating_sub(digits.skip_while(|&&byte| byte == b'0').count());
    if !number.contains(&b'.') {
        if number.get(1..) == Some(b"0") {
            missing = missing.saturating_sub(1);
        }
        number.push(b'.');
    }
    number.extend(std::iter::repeat_n(b'0', missing));
    number.extend_from_slice(&tail);
}

fn in_base(mut int: u64, base: u32, upper: bool) -> Vec<u8> {
    let base = u64::from(base);
    let mut digits = Vec::new();
    loop {
        digits.push(digit((int % base) as u8, upper));
        int /= base;
        if int == 0 {
            break;
        }
    }
    digits.reverse();
    digits
}

fn digit(value: u8, upper: bool) -> u8 {
    match value {
        0..=9 => b'0' + value,
        _ if upper => b'A' + (value - 10),
        _ => b'a' + (value - 10),
    }
}

/// The character of that number, or U+FFFD.
fn to_char(int: u64) -> char {
    u32::try_from(int).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Go's runes: where each starts, and the character or None for a byte that is not UTF-8.
pub(crate) fn runes(text: &[u8]) -> impl Iterator<Item = (usize, Option<char>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let &first = rest.first()?;
        let start = at;
        if first.is_ascii() {
            at += 1;
            return Some((start, Some(char::from(first))));
        }
        let (c, size) = bstr::decode_utf8(rest);
        at += if c.is_some() { size } else { 1 };
        Some((start, c))
    })
}
