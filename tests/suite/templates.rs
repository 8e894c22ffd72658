//! Templates that nobody would write: the parser and the machine must end on all of them, within
//! their limits, and say the same with origins as without.

use std::sync::Arc;

use chartc::exec::{self, Limits, Options, Rendered};
use chartc::funcs::{self, Env};
use chartc::origin::Tracer;
use chartc::program::{self, Unit};
use chartc::source::{Kind, Sources};
use chartc::template::{self, Tree};
use chartc::value::{Map, MapKind, Value};
use proptest::prelude::*;
use proptest::sample::select;

use crate::fuzz::check;

/// Pieces of templates: together they make sense often enough.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{- ",
    " -}}",
    "{{/*",
    "*/}}",
    " ",
    "\n",
    "(",
    ")",
    "|",
    ":=",
    "=",
    ",",
    ".",
    "$",
    "$x",
    "$y",
    "$x := ",
    "$x = ",
    "if ",
    "else",
    "else if ",
    "with ",
    "range ",
    "range $x, $y := ",
    "end",
    "define \"d\"",
    "block \"b\" .",
    "template \"d\" .",
    "break",
    "continue",
    "nil",
    "true",
    "1",
    "-7",
    "0x1F",
    "1.5",
    "1e3",
    "'a'",
    "2i",
    "1_000",
    "\"s\"",
    "`raw`",
    "\"\\u00e9\"",
    "é",
    ".Values",
    ".Values.a",
    ".Values.a.b",
    ".Values.l",
    ".Values.s",
    ".Values.nope.x",
    ".Files.Get ",
    ".Capabilities",
    "and ",
    "or ",
    "not ",
    "eq ",
    "lt ",
    "len ",
    "index ",
    "print ",
    "printf \"%v %d\" ",
    "include \"d\" ",
    "include \"b\" ",
    "tpl ",
    "tpl \"{{ . }}\" ",
    "required \"r\" ",
    "fail \"f\"",
    "lookup \"v1\" \"Pod\" \"\" \"\"",
    "list ",
    "dict \"k\" ",
    "set ",
    "until 3",
    "until 100000",
    "toYaml ",
    "fromYaml ",
    "nindent 2",
    "indent 1 ",
    "quote ",
    "trim ",
    "upper ",
    "join \",\" ",
    "repeat 3 ",
    "replace \"a\" \"b\" ",
    "default 1 ",
    "ternary 1 2 ",
    "merge ",
    "keys ",
    "sortAlpha ",
    "regexReplaceAll \"a\" ",
    "semver \"1.2.3\"",
    "now",
    "randAlpha 3",
    "{{ . }}",
    "{{ end }}",
    "{{ define \"d\" }}",
    "{{ range .Values.l }}",
    "{{ if .Values.s }}",
    "{{ else }}",
    "{{ $x := 1 }}",
    "{{ include \"d\" . | nindent 2 }}",
    "{{ tpl .Values.t . }}",
    "a: b",
    "- ",
    "<no value>",
    "%",
];

/// Making keys takes too long to be tried often.
const SLOW: &[&str] = &[
    "bcrypt",
    "derivePassword",
    "genCA",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSignedCert",
    "htpasswd",
];

const ARGUMENTS: &[&str] = &[
    "nil",
    "true",
    "0",
    "1",
    "-1",
    "3.7",
    "1e300",
    "9223372036854775807",
    "-9223372036854775808",
    "1000000000",
    "'a'",
    "1i",
    "\"\"",
    "\"abc\"",
    "\"-1\"",
    "\"1.2.3\"",
    "\">=1.2, <2 || ~3.x\"",
    "\"%d%s%v%[2]*.3f%#x%+q%T\"",
    "\"%1000000000d\"",
    "\"2006-01-02T15:04:05Z07:00\"",
    "\"2024-02-30T25:00:00+01:00\"",
    "\"1h30m\"",
    "\"([a-z]+)|(?i:b*)$\"",
    "\"((a{0,100}){0,100}){0,100}\"",
    "\"$1 ${2}x\"",
    "\"a: [1, {b: c}]\\nd: &x {e: *x}\"",
    "\"{\\\"a\\\": [1, null, 1e400]}\"",
    "\"x = 1\\n[t]\\ny = [2, 'z']\"",
    "\"https://u:p@h:1/p?q=%zz#f\"",
    "\"é☃\\n\\t <b>&'x'\"",
    "(b64dec \"/wA=\")",
    ".",
    "$.Values",
    ".Values.a",
    ".Values.l",
    ".Values.s",
    ".Values.nope",
    "(list)",
    "(list 1 \"a\" nil 2.5)",
    "(list (list 1) (dict \"k\" 1))",
    "(dict)",
    "(dict \"k\" (list 1) \"n\" nil)",
    "(split \".\" \"a.b\")",
    "(splitList \".\" \"a.b\")",
    "(until 5)",
    "(int64 5)",
    "(now)",
    "(toDate \"2006\" \"2024\")",
    "(semver \"1.2.3-x+y\")",
    "(urlParse \"http://h/p\")",
    "(fromYaml \"a: &x [1]\\nb: *x\")",
];

/// Pieces in any order, whole actions more often than parts of them, and now and then any bytes.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = select(PIECES).prop_map(|piece| piece.as_bytes().to_vec());
    let action = prop::collection::vec(select(PIECES), 1..6)
        .prop_map(|pieces| format!("{{{{ {} }}}}", pieces.join(" ")).into_bytes());
    let bytes = prop::collection::vec(any::<u8>(), 0..4);
    let part = prop_oneof![4 => action, 6 => piece, 1 => bytes];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

fn parse(text: &[u8]) -> Tree {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "x", text);
    template::parse(file, "x", Arc::clone(sources.text(file)), &|_| Some(0))
}

#[test]
fn what_is_printed_is_parsed_to_the_same() {
    check(text(), |text| {
        let tree = parse(&text);
        let Some(main) = tree.defines.last().filter(|_| tree.problems.is_empty()) else { return };
        let printed = tree.print(main.body);
        // A brace at the end of a text joins the action behind it.
        if printed.windows(3).any(|three| three == b"{{{") {
            return;
        }
        let again = parse(&printed);
        let problems: Vec<String> =
            again.problems.iter().map(|problem| problem.message(&again)).collect();
        assert_eq!(problems, Vec::<String>::new());
        let body = again.defines.last().map(|main| again.print(main.body));
        assert_eq!(
            body.map(|body| String::from_utf8_lossy(&body).into_owned()),
            Some(String::from_utf8_lossy(&printed).into_owned())
        );
    });
}

/// Calls of all functions with arguments of all kinds, most of them wrong.
fn calls() -> impl Strategy<Value = Vec<u8>> {
    let names: Vec<&str> =
        funcs::all().map(|func| func.name).filter(|name| !SLOW.contains(name)).collect();
    let argument = prop::collection::vec(select(ARGUMENTS), 0..5);
    let call =
        (select(names), argument).prop_map(|(name, args)| format!("{name} {}", args.join(" ")));
    let pipe = prop::collection::vec(call, 1..4).prop_map(|calls| calls.join(" | "));
    prop::collection::vec(pipe.prop_map(|pipe| format!("{{{{ {pipe} }}}}")), 1..3)
        .prop_map(|actions| actions.concat().into_bytes())
}

#[test]
fn every_text_renders_or_fails_and_origins_change_nothing() {
    check(text(), same_with_origins);
}

#[test]
fn every_call_returns_or_fails_and_origins_change_nothing() {
    check(calls(), same_with_origins);
}

fn same_with_origins(text: Vec<u8>) {
    let plain = render(&text, None);
    let mut tracer = Tracer::default();
    let traced = render(&text, Some(&mut tracer));
    match (plain, traced) {
        (Ok(plain), Ok(traced)) => {
            for (plain, traced) in plain.files.iter().zip(&traced.files) {
                assert_eq!(plain.output.text, traced.output.text);
                let ends: Vec<u32> = traced.output.runs.iter().map(|run| run.0).collect();
                assert!(ends.is_sorted(), "{ends:?}");
                let len = traced.output.text.len() as u32;
                assert_eq!(ends.last().copied().unwrap_or(0), len);
                for (_, origin) in &traced.output.runs {
                    assert!(tracer.place(*origin).primary.is_some());
                }
            }
        }
        (Err(plain), Err(traced)) => assert_eq!(plain, traced),
        (plain, traced) => panic!("{:?} and {:?}", plain.err(), traced.err()),
    }
}

fn render(text: &[u8], tracer: Option<&mut Tracer>) -> Result<Rendered, String> {
    let mut sources = Sources::default();
    let helper =
        b"{{ define \"d\" }}<{{ . }}>{{ end }}{{ define \"b\" }}\n{{ .Values.s }}{{ end }}";
    let scope = scope();
    let mut unit = |name: &str, text: &[u8], partial: bool| Unit {
        name: format!("c/templates/{name}"),
        file: sources.add(Kind::File, name, text),
        base: "c/templates".into(),
        scope: scope.clone(),
        partial,
    };
    let units = [unit("_h.tpl", helper, true), unit("x.yaml", text, false)];
    let program = program::compile(&units, &sources, &program::Trees::default());
    let limits = Limits { output: 1 << 20, steps: 20_000, depth: 1_000, memory: 64 << 20 };
    let options = Options { limits, ..Options::default() };
    let env = Env { max_text: 1 << 20, ..Env::default() };
    exec::render(&program, &units, &env, &options, &mut sources, tracer).map_err(|error| error.helm)
}

fn scope() -> Map {
    let values = Map::new(MapKind::Any);
    let nested = Map::new(MapKind::Any);
    nested.insert(&b"b"[..], Value::from(2.5));
    values.insert(&b"a"[..], nested);
    values.insert(&b"l"[..], Value::from(vec![Value::from("x"), Value::int(1), Value::NIL]));
    values.insert(&b"s"[..], Value::from("line one\nline two"));
    values.insert(&b"t"[..], Value::from("{{ .Values.s | quote }}\n{{ include \"d\" 1 }}"));
    let scope = Map::new(MapKind::Values);
    scope.insert(&b"Values"[..], values);
    scope
}
