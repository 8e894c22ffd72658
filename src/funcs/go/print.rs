//! `print`, `printf` and `println`: Go's `Sprint`, `Sprintf` and `Sprintln` (`fmt/print.go`).

use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type};
use crate::origin::Src;
use crate::value::print::{self, Flags};
use crate::value::{Data, Rare, Value};

pub(crate) const FUNCS: &[Func] = &[
    Func::variadic("print", &[Type::Any], print),
    Func::variadic("printf", &[Type::String, Type::Any], printf),
    Func::variadic("println", &[Type::Any], println),
];

/// A space stands between operands when neither is a string.
fn print(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    if let [only @ Value { data: Data::Str(_), .. }] = args {
        return Ok(only.clone());
    }
    let mut out = TextBuilder::new(ctx);
    let mut after_string = true;
    for arg in args {
        let is_string = arg.as_str().is_some();
        if !is_string && !after_string {
            out.plain(" ");
        }
        push(ctx, &mut out, arg)?;
        after_string = is_string;
    }
    out.finish(ctx)
}

fn println(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let mut out = TextBuilder::new(ctx);
    for (index, arg) in args.iter().enumerate() {
        if index > 0 {
            out.plain(" ");
        }
        push(ctx, &mut out, arg)?;
    }
    out.plain("\n");
    out.finish(ctx)
}

/// The text of arguments that a template prints (`evalArgs` in `text/template/funcs.go`).
pub(super) fn evaluated(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let args: Vec<Value> = args.iter().map(print::printable).collect();
    print(ctx, &args)
}

/// Appends `%v` of an argument.
fn push(ctx: &Ctx<'_>, out: &mut TextBuilder, arg: &Value) -> Result<(), FuncError> {
    if let Some(text) = arg.as_str() {
        out.piece(ctx, text, 0..text.len(), arg.src);
        return Ok(());
    }
    let mut text = Vec::new();
    print::write(&mut text, arg, ctx.env.max_text)?;
    out.whole(text, arg.src);
    Ok(())
}

fn printf(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let Some((format, args)) = args.split_first() else {
        return Err(FuncError::new("missing format"));
    };
    let mut out = TextBuilder::with_capacity(ctx, format.as_str().unwrap_or_default().len() + 32);
    let mut scan = Scan {
        format: format.as_str().unwrap_or_default(),
        src: format.src,
        at: 0,
        args,
        next: 0,
        reordered: false,
        good: true,
    };
    while scan.text(ctx, &mut out) {
        if !scan.directive(ctx, &mut out)? {
            break;
        }
    }
    scan.extra(ctx, &mut out)?;
    out.finish(ctx)
}

/// How far `printf` has come (`doPrintf`).
struct Scan<'a> {
    format: &'a [u8],
    src: Src,
    at: usize,
    args: &'a [Value],
    /// The argument for the next verb.
    next: usize,
    /// An argument was chosen by its number.
    reordered: bool,
    /// The number of the argument for this verb is well-formed and in range.
    good: bool,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    /// Copies the text up to the next `%` and steps over it; false at the end.
    fn text(&mut self, ctx: &Ctx<'_>, out: &mut TextBuilder) -> bool {
        let rest = self.format.get(self.at..).unwrap_or_default();
        let end = memchr::memchr(b'%', rest).map_or(self.format.len(), |found| self.at + found);
        if end > self.at {
            out.piece(ctx, self.format, self.at..end, self.src);
        }
        self.at = end + 1;
        end < self.format.len()
    }

    /// Prints one verb; false if the format ended in it.
    fn directive(&mut self, ctx: &Ctx<'_>, out: &mut TextBuilder) -> Result<bool, FuncError> {
        self.good = true;
        let mut flags = self.flags();
        // A simple verb needs no look at numbers.
        if let (Some(verb @ b'a'..=b'z'), Some(arg)) = (self.peek(), self.args.get(self.next)) {
            self.at += 1;
            self.next += 1;
            push_verb(ctx, out, arg, char::from(verb), flags)?;
            return Ok(true);
        }
        let mut after_index = self.index();
        after_index = self.width(out, &mut flags, after_index);
        after_index = self.precision(out, &mut flags, after_index);
        if !after_index {
            self.index();
        }
        let rest = self.format.get(self.at..).unwrap_or_default();
        let (verb, size) = match bstr::decode_utf8(rest) {
            (_, 0) => {
                out.plain("%!(NOVERB)");
                return Ok(false);
            }
            (Some(verb), size) => (verb, size),
            (None, _) => (char::REPLACEMENT_CHARACTER, 1),
        };
        self.at += size;
        match self.args.get(self.next) {
            _ if verb == '%' => out.plain("%"),
            _ if !self.good => out.plain(format!("%!{verb}(BADINDEX)")),
            None => out.plain(format!("%!{verb}(MISSING)")),
            Some(arg) => {
                self.next += 1;
                push_verb(ctx, out, arg, verb, flags)?;
            }
        }
        Ok(true)
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        while let Some(byte) = self.peek() {
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        flags
    }

    /// The width; returns whether an index was the last thing read.
    fn width(&mut self, out: &mut TextBuilder, flags: &mut Flags, after_index: bool) -> bool {
        if self.peek() != Some(b'*') {
            flags.width = self.number(self.format.len());
            if after_index && flags.width.is_some() {
                self.good = false;
            }
            return after_index;
        }
        self.at += 1;
        match self.int_argument() {
            None => out.plain("%!(BADWIDTH)"),
            Some(width) => {
                if width < 0 {
                    flags.minus = true;
                    flags.zero = false;
                }
                flags.width = Some(width.unsigned_abs() as usize);
            }
        }
        false
    }

    /// The precision; returns whether an index was the last thing read.
    fn precision(&mut self, out: &mut TextBuilder, flags: &mut Flags, after_index: bool) -> bool {
        // A point that ends the format is the verb.
        if self.peek() != Some(b'.') || self.at + 1 >= self.format.len() {
            return after_index;
        }
        self.at += 1;
        if after_index {
            self.good = false;
        }
        let after_index = self.index();
        if self.peek() != Some(b'*') {
            flags.precision = Some(self.number(self.format.len()).unwrap_or(0));
            return after_index;
        }
        self.at += 1;
        flags.precision = self.int_argument().and_then(|number| usize::try_from(number).ok());
        if flags.precision.is_none() {
            out.plain("%!(BADPREC)");
        }
        false
    }

    /// `[2]`: the number of the argument to take next; returns whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let rest = self.format.get(self.at..).unwrap_or_default();
        let close = if rest.len() < 3 { None } else { memchr::memchr(b']', rest) };
        let Some(close) = close.map(|close| self.at + close) else {
            self.good = false;
            self.at += 1;
            return false;
        };
        self.at += 1;
        let number = self.number(close);
        let well_formed = number.is_some() && self.at == close;
        self.at = close + 1;
        match number.filter(|_| well_formed).and_then(|number| number.checked_sub(1)) {
            Some(index) if index < self.args.len() => self.next = index,
            _ => self.good = false,
        }
        well_formed
    }

    /// A number that ends before `end`. One that is too large swallows all up to there.
    fn number(&mut self, end: usize) -> Option<usize> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = self.peek().filter(|_| self.at < end) {
            let before: usize = number.unwrap_or(0);
            if before > MAX_NUMBER as usize {
                self.at = end;
                return None;
            }
            number = Some(before * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// The next argument as a width or precision (`intFromArg`).
    fn int_argument(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next += 1;
        let int = match (arg.as_int(), arg.as_rare()) {
            (Some(int), _) => int,
            (None, Some(Rare::Sized(_, int))) => i64::try_from(*int).ok()?,
            _ => return None,
        };
        (-MAX_NUMBER..=MAX_NUMBER).contains(&int).then_some(int)
    }

    /// Complains about arguments that no verb took.
    fn extra(&mut self, ctx: &Ctx<'_>, out: &mut TextBuilder) -> Result<(), FuncError> {
        let extra = self.args.get(self.next..).unwrap_or_default();
        if self.reordered || extra.is_empty() {
            return Ok(());
        }
        out.plain("%!(EXTRA ");
        for (index, arg) in extra.iter().enumerate() {
            if index > 0 {
                out.plain(", ");
            }
            if !arg.is_nil() {
                out.plain(arg.type_name());
                out.plain("=");
            }
            push(ctx, out, arg)?;
        }
        out.plain(")");
        Ok(())
    }
}

/// The largest width and precision (`tooLarge`).
const MAX_NUMBER: i64 = 1_000_000;

fn push_verb(
    ctx: &Ctx<'_>,
    out: &mut TextBuilder,
    arg: &Value,
    verb: char,
    mut flags: Flags,
) -> Result<(), FuncError> {
    if matches!(verb, 'v' | 'w') {
        flags.sharp_v = std::mem::take(&mut flags.sharp);
        flags.plus_v = std::mem::take(&mut flags.plus);
    }
    if let (Data::Str(text), 's' | 'v') = (&arg.data, verb)
        && flags == Flags::default()
    {
        out.piece(ctx, text, 0..text.len(), arg.src);
        return Ok(());
    }
    let mut text = Vec::new();
    print::format(&mut text, arg, verb, flags, ctx.env.max_text)?;
    out.whole(text, arg.src);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text;
    use crate::value::time::Time;
    use crate::value::{List, Map, MapKind, Rare, Struct, Value};

    #[track_caller]
    fn check(format: &str, args: &[Value], expected: &str) {
        let args: Vec<Value> = [&[Value::from(format)], args].concat();
        check_text("printf", &args, expected);
    }

    fn int(value: i64) -> Value {
        Value::int(value)
    }

    // The expectations are those of `fmtTests` and `reorderTests` in Go's `fmt`.
    #[test]
    fn verbs() {
        check("%d", &[int(12345)], "12345");
        check("%v|%s", &["abc".into(), "x".into()], "abc|x");
        check("%5s|%-5s|%05s", &["é".into(), "é".into(), "é".into()], "    é|é    |0000é");
        check(
            "%.3x|% x|% #X",
            &["abcdefg".into(), "xyz".into(), "xyz".into()],
            "616263|78 79 7a|0X78 0X79 0X7A",
        );
        check("%q|%+q|%#q", &["☺\n".into(), "☺".into(), "☺".into()], "\"☺\\n\"|\"\\u263a\"|`☺`");
        check(
            "%c|%q|%U|%#U",
            &[int(0x263a), int(0x263a), int(0x263a), int(0x263a)],
            "☺|'☺'|U+263A|U+263A '☺'",
        );
        check(
            "%08q|%.3d|%-010d|%+d|% d",
            &["abc".into(), int(-7), int(-1), int(5), int(5)],
            "000\"abc\"|-007|-1        |+5| 5",
        );
        check(
            "%x|%#x|%X|%o|%#o|%O|%b|%#b",
            &std::array::from_fn::<_, 8, _>(|_| int(255)),
            "ff|0xff|FF|377|0377|0o377|11111111|0b11111111",
        );
        check(
            "%20.8d|%020.8d|%.0d|",
            &[int(1234), int(-1234), int(0)],
            "            00001234|           -00001234||",
        );
        check(
            "%6.2f|%-8.1f|%08.3f|%+.3e",
            &[1.0.into(), 1.25.into(), (-1.0).into(), 0.0.into()],
            "  1.00|1.2     |-001.000|+0.000e+00",
        );
        check("%#.4x|%#g|%#v", &[1.0.into(), 1.0.into(), 1.0.into()], "0x1.0000p+00|1.00000|1");
        check(
            "%v|%f",
            &[Rare::Complex(1.0, -2.0).into(), Rare::Complex(0.0, 1.0).into()],
            "(1-2i)|(0.000000+1.000000i)",
        );
        check("%t|%5t", &[true.into(), false.into()], "true|false");
        check("%v|%T|%s", &[Value::NIL, Value::NIL, Value::NIL], "<nil>|<nil>|%!s(<nil>)");
    }

    #[test]
    fn values_in_values() {
        let list = Value::from(vec![int(1), "a".into(), Value::NIL]);
        check("%v %s", &[list.clone(), list.clone()], "[1 a <nil>] [%!s(int=1) a <nil>]");
        check("%#v", std::slice::from_ref(&list), r#"[]interface {}{1, "a", interface {}(nil)}"#);
        let map = Map::new(MapKind::Any);
        map.insert(&b"k"[..], list);
        check("%v", &[map.clone().into()], "map[k:[1 a <nil>]]");
        check("%d", &[map.into()], "map[%!d(string=k):[1 %!d(string=a) <nil>]]");
        check("%#v", &[Value::strings(["a".into()])], r#"[]string{"a"}"#);
        check("%x", &[Rare::Bytes(b"ab".to_vec()).into()], "6162");
        check(
            "%v %d %#v",
            &[
                Rare::Bytes(vec![1, 2]).into(),
                Rare::Bytes(vec![1, 2]).into(),
                Rare::Bytes(vec![1]).into(),
            ],
            "[1 2] [1 2] []byte{0x1}",
        );
        check("%v", &[List::nil(crate::value::ListKind::Any).into()], "[]");
    }

    #[test]
    fn times_are_structs_to_verbs_that_take_no_text() {
        let time = Value::from(Rare::Time(Time { unix: 0, ..Time::ZERO }));
        check("%s", std::slice::from_ref(&time), "1970-01-01 00:00:00 +0000 UTC");
        check("%d", std::slice::from_ref(&time), "{0 62135596800 0}");
        check(
            "%t",
            std::slice::from_ref(&time),
            "{%!t(uint64=0) %!t(int64=62135596800) %!t(*time.Location=<nil>)}",
        );
        check("%#v", &[time], "time.Date(1970, time.January, 1, 0, 0, 0, 0, time.UTC)");
    }

    #[test]
    fn pointers_are_followed_where_a_template_prints() {
        let fields = vec![("Cert", "c".into()), ("Key", "k".into())];
        let pointer = Struct { type_name: "*sprig.certificate", fields, addressable: false };
        let pointer = Value::from(Rare::Struct(pointer));
        check_text("print", std::slice::from_ref(&pointer), "&{c k}");
        check_text("html", &[pointer, int(1), Value::NIL], "{c k} 1&lt;no value&gt;");
    }

    #[test]
    fn complaints() {
        check("%d", &["hello".into()], "%!d(string=hello)");
        let list = Value::from(vec![int(1), "a".into()]);
        check("%w %3w", &[list, "a".into()], "%!w([]interface {}=[1 a]) %!w(string=  a)");
        check("%☠", &["x".into()], "%!☠(string=x)");
        check("%", &[], "%!(NOVERB)");
        check("%d", &[], "%!d(MISSING)");
        check("no args", &[int(2), "x".into()], "no args%!(EXTRA int=2, string=x)");
        check("%s %", &[int(3)], "%!s(int=3) %!(NOVERB)");
        check("%-1%", &[], "%");
        check(
            "%*d|%-*d|%*d",
            &[int(4), int(42), int(4), int(42), int(-4), int(42)],
            "  42|42  |42  ",
        );
        check("%*d", &["a".into(), int(42)], "%!(BADWIDTH)42");
        check("%*d", &[int(10_000_000), int(42)], "%!(BADWIDTH)42");
        check("%.*d", &["a".into(), int(42)], "%!(BADPREC)42");
        check("%.*d", &[int(-1), int(42)], "%!(BADPREC)42");
        check("%-010.2", &[], "%!(NOVERB)");
        check("%.2147483648d", &[int(42)], "%!(NOVERB)%!(EXTRA int=42)");
    }

    #[test]
    fn numbered_arguments() {
        check("%[1]d", &[int(1)], "1");
        check("%[2]d %[1]d", &[int(1), int(2)], "2 1");
        check("%[2]*[1]d", &[int(2), int(5)], "    2");
        check("%6.2f", &[12.0.into()], " 12.00");
        check("%[3]*.[2]*[1]f", &[12.0.into(), int(2), int(6)], " 12.00");
        check("%[1]*.[2]*[3]f", &[int(6), int(2), 12.0.into()], " 12.00");
        check("%d %d %#[1]o %#o %#o", &[int(11), int(12)], "11 12 013 014 %!o(MISSING)");
        check("%[d", &[int(2), int(1)], "%!d(BADINDEX)");
        check("%]d", &[int(2), int(1)], "%!](int=2)d%!(EXTRA int=1)");
        check("%[]d", &[int(2), int(1)], "%!d(BADINDEX)");
        check("%[-3]d", &[int(2), int(1)], "%!d(BADINDEX)");
        check("%[99]d", &[int(2), int(1)], "%!d(BADINDEX)");
        check("%[3]", &[int(2), int(1)], "%!(NOVERB)");
        check("%[1].2d", &[int(5), int(6)], "%!d(BADINDEX)");
        check("%[1]2d", &[int(2), int(1)], "%!d(BADINDEX)");
        check("%3.[2]d", &[int(7)], "%!d(BADINDEX)");
        check("%.[2]d", &[int(7)], "%!d(BADINDEX)");
        check(
            "%d %d %d %#[1]o %#o %#o %#o",
            &[int(11), int(12), int(13)],
            "11 12 13 013 014 015 %!o(MISSING)",
        );
        check("%[5]d %[2]d %d", &[int(1), int(2), int(3)], "%!d(BADINDEX) 2 3");
        check("%d %[3]d %d", &[int(1), int(2)], "1 %!d(BADINDEX) 2");
        check("%.[]", &[], "%!](BADINDEX)");
        check("%.-3d", &[int(42)], "%!-(int=42)3d");
    }

    #[test]
    fn spaces_stand_between_operands_that_are_no_strings() {
        check_text("print", &["a".into(), int(1), int(2), "b".into()], "a1 2b");
        check_text("print", &[Value::NIL, Value::NIL], "<nil> <nil>");
        check_text("println", &["a".into(), int(1)], "a 1\n");
        check_text("println", &[], "\n");
    }
}
