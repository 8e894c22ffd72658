//! Values as text: Go's `fmt`, all verbs and flags.
//!
//! [`output`] is what an action prints, [`write()`] is `%v`, [`format()`] any verb. What is here
//! follows `printArg` and `printValue` in `fmt/print.go`.

use std::borrow::Cow;

use crate::value::time::{Time, Zone};
use crate::value::{Data, Exceeded, Kind, List, ListKind, MAX_DEPTH, Map, Rare, Struct, Value};
use crate::value::{float, stringer};

mod scalar;

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
#[inline]
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
            // Only `Errorf` knows `%w`, and whatever might have methods is asked first.
            (Data::List(_) | Data::Map(_), 'w') => return self.bad_verb(value, verb),
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
            Data::Float(float) => match scalar::float_verb(verb) {
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
        if map.is_nil() && self.flags.sharp_v {
            self.out.extend_from_slice(map.kind.type_name().as_bytes());
            self.out.extend_from_slice(b"(nil)");
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
}
