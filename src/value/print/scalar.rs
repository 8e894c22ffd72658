//! Texts and numbers with verbs and flags: the `fmt` methods in `fmt/format.go`.

use crate::value::print::{ADDRESS, Flags, Printer, check_size};
use crate::value::quote::{self, Plain};
use crate::value::runes::{self, runes};
use crate::value::{Exceeded, Kind, Rare, Value, float, printable};

impl Printer<'_> {
    /// A string; `value` is what a bad verb complains of, nil for the key of a map.
    pub(super) fn string(
        &mut self,
        value: &Value,
        text: &[u8],
        verb: char,
    ) -> Result<(), Exceeded> {
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
    pub(super) fn bytes(
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
    pub(super) fn byte_items(
        &mut self,
        bytes: &[u8],
        verb: char,
        type_name: &str,
    ) -> Result<(), Exceeded> {
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
    pub(super) fn pointer(&mut self, value: &Value, verb: char) -> Result<(), Exceeded> {
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

    pub(super) fn address(&mut self, address: u64, prefix: bool) {
        let sharp = std::mem::replace(&mut self.flags.sharp, prefix);
        self.digits(address, false, 16, 'v');
        self.flags.sharp = sharp;
    }

    pub(super) fn signed(&mut self, value: &Value, int: i64, verb: char) -> Result<(), Exceeded> {
        self.integer(value, int as u64, true, verb)
    }

    /// An integer with the verb of the user (`pp.fmtInteger`).
    pub(super) fn integer(
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

    pub(super) fn float(&mut self, value: f64, (verb, default): (u8, Option<usize>)) {
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

    pub(super) fn complex(
        &mut self,
        value: &Value,
        re: f64,
        im: f64,
        verb: char,
    ) -> Result<(), Exceeded> {
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
    pub(super) fn text(&mut self, text: &[u8]) {
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
    pub(super) fn pad(&mut self, text: &[u8]) {
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

    pub(super) fn push_char(&mut self, c: char) {
        runes::push(self.out, c);
    }
}

/// The verb for [`float::write`] and the precision that it has by default.
pub(super) fn float_verb(verb: char) -> Option<(u8, Option<usize>)> {
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
