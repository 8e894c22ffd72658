//! Which argument each piece of a text came from, function by function.

use chartc::funcs::{self, Ctx, Env, Random};
use chartc::origin::{Src, Step, Tracer};
use chartc::source::{Kind, Sources, Span};
use chartc::value::Value;
use rand_chacha::rand_core::SeedableRng;

/// Calls a function with traced arguments. Expected is the result with each piece in brackets
/// after the number of its argument, from 1 on; what the function made itself stands alone.
#[track_caller]
fn check(name: &str, args: &[Value], expected: &str) {
    let func = funcs::find(name).unwrap_or_else(|| panic!("no function `{name}`"));
    let mut tracer = Tracer::default();
    let args: Vec<Value> = args.iter().enumerate().map(|row| traced(row, &mut tracer)).collect();
    let (env, mut random) = (Env::default(), Random::seed_from_u64(0));
    let mut ctx = Ctx { env: &env, random: &mut random, tracer: Some(&mut tracer), work: 0 };
    let value = (func.call)(&mut ctx, &args).unwrap();
    assert_eq!(pieces(&value, &tracer), expected, "{name} {args:?}");
}

fn traced((index, arg): (usize, &Value), tracer: &mut Tracer) -> Value {
    let file = Sources::default().add(Kind::File, "values.yaml", &b""[..]);
    let span = Span { file, start: 0, end: 0 };
    arg.clone().with(tracer.key(Src::NONE, Step::Key((index + 1).to_string()), span))
}

fn pieces(value: &Value, tracer: &Tracer) -> String {
    let text = value.as_str().unwrap();
    let (mut found, mut start) = (String::new(), 0);
    for &(end, origin) in tracer.runs_of(value.src, text.len()).iter() {
        let piece = String::from_utf8_lossy(&text[start..end as usize]);
        let keys: Vec<String> = tracer.values(origin.src).into_iter().map(|v| v.key).collect();
        match keys.is_empty() {
            true => found.push_str(&piece),
            false => found.extend([keys.join("+").as_str(), "[", &piece, "]"]),
        }
        start = end as usize;
    }
    found
}

fn text(text: &str) -> Value {
    Value::from(text)
}

#[test]
fn lines() {
    check("indent", &[Value::int(1), text("a\n")], " 2[a\n] ");
    check("nindent", &[Value::int(2), text("a\nb")], "\n  2[a\n]  2[b]");
    check("wrap", &[Value::int(1), text("a b")], "2[a]\n2[b]");
}

#[test]
fn parts() {
    check("trim", &[text(" a ")], "1[a]");
    check("trimSuffix", &[text("-"), text("a-")], "2[a]");
    check("trunc", &[Value::int(1), text("ab")], "2[a]");
    check("substr", &[Value::int(1), Value::int(2), text("abc")], "3[b]");
    check("replace", &[text("-"), text("+"), text("a-b")], "3[a]2[+]3[b]");
    check("repeat", &[Value::int(2), text("ab")], "2[abab]");
    check("abbrev", &[Value::int(5), text("abcdefgh")], "2[ab]...");
}

#[test]
fn quotes() {
    check("quote", &[text("a\"b"), text("c")], "\"1[a\\\"b]\" \"2[c]\"");
    check("squote", &[text("a")], "'1[a]'");
    check("html", &[text("a<b")], "1[a&lt;b]");
}

#[test]
fn several_values() {
    check("cat", &[text("a"), Value::int(1)], "1[a] 2[1]");
    check("print", &[text("a"), Value::int(1)], "1[a]2[1]");
    check("printf", &[text("x%s-%d"), text("a"), Value::int(1)], "1[x]2[a]1[-]3[1]");
    check("join", &[text("-"), text("a")], "2[a]");
}

#[test]
fn values_that_pass_through() {
    check("default", &[text("a"), text("")], "1[a]");
    check("ternary", &[text("a"), text("b"), false.into()], "2[b]");
    check("toString", &[Value::int(1)], "1[1]");
    check("upper", &[text("ab")], "1[AB]");
}
