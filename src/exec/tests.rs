//! Templates run, their output and errors.

use crate::diagnostic::{Sink, ValueSource};
use crate::exec::{Limits, Options, RenderError, Rendered, render};
use crate::funcs::Env;
use crate::origin::{Origin, Src, Step, Tracer};
use crate::program::{Trees, Unit, compile};
use crate::source::{FileId, Kind, Sources, Span};
use crate::value::{Map, MapKind, Rare, Struct, Value};

/// The chart `c` with these files in `templates`, and a few values.
struct Chart {
    sources: Sources,
    units: Vec<Unit>,
}

fn chart(files: &[(&str, &str)]) -> Chart {
    let mut sources = Sources::default();
    let scope = Map::new(MapKind::Values);
    scope.insert(&b"Values"[..], values());
    scope.insert(&b"Version"[..], version());
    let unit = |&(name, text): &(&str, &str)| Unit {
        name: format!("c/templates/{name}"),
        file: sources.add(Kind::File, name, text.as_bytes()),
        base: "c/templates".into(),
        scope: scope.clone(),
        partial: name.starts_with('_'),
    };
    let units = files.iter().map(unit).collect();
    Chart { sources, units }
}

/// `{a: {b: {c: found}}, l: [x, y], n: 3, s: text}`
fn values() -> Value {
    let map = |key: &str, value: Value| {
        let map = Map::new(MapKind::Any);
        map.insert(key.as_bytes(), value);
        Value::from(map)
    };
    let values = Map::new(MapKind::Values);
    values.insert(&b"a"[..], map("b", map("c", Value::from("found"))));
    values.insert(&b"l"[..], Value::from(vec![Value::from("x"), Value::from("y")]));
    values.insert(&b"n"[..], Value::int64(3));
    values.insert(&b"s"[..], Value::from("text"));
    values.insert(&b"nil"[..], Value::NIL);
    values.into()
}

/// The version of a cluster, as `.Capabilities` has it.
fn version() -> Value {
    let fields = vec![("Version", "v1.2+a".into()), ("normalizedVersion", "v1.2".into())];
    let version = Struct { type_name: "common.KubeVersion", fields, addressable: true };
    Value::from(Rare::Struct(version))
}

fn run(files: &[(&str, &str)], options: &Options) -> Result<Rendered, Box<RenderError>> {
    let Chart { mut sources, units } = chart(files);
    let program = compile(&units, &sources, &Trees::default());
    render(&program, &units, &Env::default(), options, &mut sources, None)
}

/// The output of `x` next to some helpers, or the error in Helm's words.
#[track_caller]
fn check(text: &str, expected: &str) {
    check_files(&[("x", text)], expected);
}

#[track_caller]
fn check_files(files: &[(&str, &str)], expected: &str) {
    let found = match run(files, &Options::default()) {
        Ok(rendered) => texts(&rendered),
        Err(error) => error.helm,
    };
    assert_eq!(found, expected);
}

fn texts(rendered: &Rendered) -> String {
    let texts = rendered.files.iter().map(|file| String::from_utf8_lossy(&file.output.text));
    texts.collect::<Vec<_>>().join("\n")
}

#[test]
fn values_print() {
    check("a{{ .Values.s }}b{{ .Values.n }}", "atextb3");
    check("{{ .Values.a.b.c }}{{ .Values.nope }}{{ print nil }}", "found<nil>");
    check("a<no value>b{{ .Values.nope }}", "ab");
    check("{{ $.Values.l }}", "[x y]");
}

#[test]
fn fields_fail_as_in_go() {
    check(
        "{{ .Values.nope.x }}",
        "c/templates/x:1:10\n  executing \"c/templates/x\" at <.Values.nope.x>:\n    nil pointer \
         evaluating interface {}.x",
    );
    check(
        "{{ .Values.s.x }}",
        "c/templates/x:1:10\n  executing \"c/templates/x\" at <.Values.s.x>:\n    can't evaluate \
         field x in type interface {}",
    );
    check("{{ (.Values.nope).x }}{{ $x := .Values.nope }}{{ $x.y.z }}", "");
    check(
        "{{ $x := .Values.s }}{{ $x.y }}",
        "c/templates/x:1:26\n  executing \"c/templates/x\" at <$x.y>:\n    can't evaluate field y \
         in type string",
    );
}

#[test]
fn variables_have_scopes() {
    check("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $x := 3 }}{{ $x }}{{ end }}{{ $x }}", "32");
    check("{{ $x := 1 }}{{ $x := $x }}{{ $x }}", "1");
    check(
        "{{ $x = 1 }}",
        "c/templates/x:1:8\n  executing \"c/templates/x\" at <1>:\n    undefined variable: $x",
    );
    check("{{ $ := 5 }}{{ $ }}", "5");
    check(
        "{{ and false ($x := 1) }}{{ $x }}",
        "c/templates/x:1:28\n  executing \"c/templates/x\" at <$x>:\n    undefined variable: $x",
    );
}

#[test]
fn loops() {
    check("{{ range $i, $e := .Values.l }}{{ $i }}={{ $e }}{{ . }};{{ end }}", "0=xx;1=yy;");
    check("{{ range .Values.l }}{{ break }}{{ end }}{{ .Values.n }}", "3");
    check("{{ range 3 }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ . }}{{ end }}", "02");
    check("{{ range $k, $v := .Values.a }}{{ $k }}{{ $v }}{{ end }}", "bmap[c:found]");
    check("{{ range .Values.nope }}{{ else }}none{{ end }}", "none");
    check(
        "{{ range .Values.l }}{{ with 1 }}{{ continue }}{{ end }}{{ end }}{{ .Values.s }}",
        "text",
    );
    check(
        "{{ range $i, $e := 3 }}{{ end }}",
        "c/templates/x:1:19\n  executing \"c/templates/x\" at <3>:\n    can't use 3 to iterate over \
         more than one variable",
    );
    check("{{ range $y := and ($z := .Values.l) }}{{ $y }}{{ $z }};{{ end }}", "x[x y];y[x y];");
}

#[test]
fn templates_call_each_other() {
    let helpers = ("_h", "{{ define \"h\" }}<{{ . }}>{{ end }}");
    check_files(&[("x", "{{ include \"h\" 1 }}{{ include \"h\" 2 | len }}"), helpers], "<1>3");
    check_files(
        &[("x", "{{ template \"h\" .Values.s }}{{ template \"h\" }}"), helpers],
        "<text><>",
    );
    check(
        "{{ tpl \"{{ .s }}{{ define \\\"d\\\" }}1{{ end }}{{ include \\\"d\\\" . }}\" .Values }}",
        "text1",
    );
    check(
        "{{ include \"zz\" . }}",
        "c/templates/x:1:3\n  executing \"c/templates/x\" at <include \"zz\" .>:\n    error calling \
         include:\ntemplate: no template \"zz\" associated with template \"gotpl\"",
    );
    check(
        "{{ tpl \"{{ .s.x }}\" .Values }}",
        "template: c/templates/x:1:3: executing \"c/templates/x\" at <tpl \"{{ .s.x }}\" .Values>: \
         error calling tpl: error during tpl function execution for \"{{ .s.x }}\": template: \
         gotpl:1:5: executing \"gotpl\" at <.s.x>: can't evaluate field x in type interface {}",
    );
    check(
        "{{ define \"a\" }}{{ fail \"no: way\" }}{{ end }}{{ template \"a\" }}",
        "execution error at (c/templates/x:1:19): no: way",
    );
    check(
        "{{ fail \"HELM_ERR_START x HELM_ERR_END\" }}",
        "execution error at (c/templates/x:1:3):  x HELM_ERR_END\">: error calling fail: \
         HELM_ERR_STARTHELM_ERR_START x HELM_ERR_END",
    );
    check(
        "{{ index .Values \"HELM_ERR_START\" \"HELM_ERR_END\" }}",
        "execution error at (c/templates/x:1:3): \" \"",
    );
}

#[test]
fn calls_are_checked() {
    check(
        "{{ base 5 }}",
        "c/templates/x:1:8\n  executing \"c/templates/x\" at <5>:\n    expected string; found 5",
    );
    check(
        "{{ base }}",
        "c/templates/x:1:3\n  executing \"c/templates/x\" at <base>:\n    wrong number of args for \
         base: want 1 got 0",
    );
    check(
        "{{ .Values.l | base }}",
        "c/templates/x:1:15\n  executing \"c/templates/x\" at <base>:\n    wrong type for value; \
         expected string; got []interface {}",
    );
    check("{{ and 1 0 .Values.x.y }}{{ or 0 2 .Values.x.y }}{{ 7 | and 1 }}", "027");
    check(
        "{{ len nil }}",
        "template: c/templates/x:1:3: executing \"c/templates/x\" at <len nil>: error calling len: \
         reflect: call of reflect.Value.Type on zero Value",
    );
    check(
        "{{ . 1 }}",
        "c/templates/x:1:3\n  executing \"c/templates/x\" at <.>:\n    can't give argument to \
         non-function .",
    );
    check(
        "{{ range $i, $e := b64dec \"4oKs4oI=\" }}{{ end }}",
        "c/templates/x:1:26\n  executing \"c/templates/x\" at <\"4oKs4oI=\">:\n    range can't \
         iterate over \u{20ac}\u{fffd}\u{fffd}",
    );
    check(
        "{{ (semver \"1.2.3\").pre }}",
        "c/templates/x:1:11\n  executing \"c/templates/x\" at <\"1.2.3\">:\n    pre is an \
         unexported field of struct type *semver.Version",
    );
    check(
        "{{ .Values.s 1 }}",
        "c/templates/x:1:10\n  executing \"c/templates/x\" at <.Values.s>:\n    s is not a method \
         but has arguments",
    );
}

#[test]
fn strict_and_lint_modes() {
    let strict = Options { strict: true, ..Options::default() };
    let error = run(&[("x", "{{ .Values.nope }}")], &strict).err().map(|error| error.helm);
    assert_eq!(
        error.as_deref(),
        Some(
            "c/templates/x:1:10\n  executing \"c/templates/x\" at <.Values.nope>:\n    map has no \
             entry for key \"nope\""
        )
    );
    let lint = Options { lint: true, ..Options::default() };
    let rendered =
        run(&[("x", "a{{ required \"needed\" nil }}{{ fail \"no\" }}b")], &lint).unwrap();
    assert_eq!(texts(&rendered), "ab");
    let messages: Vec<&str> = rendered.warnings.iter().map(|found| &*found.message).collect();
    assert_eq!(messages, ["needed", "no"]);
}

/// What is known before any template runs: the text of each place, and what is wrong there.
#[track_caller]
fn check_static(text: &str, expected: &[(&str, &str, &str)]) {
    let Chart { sources, units } = chart(&[("x", text)]);
    let mut sink = Sink::default();
    crate::program::check(&compile(&units, &sources, &Trees::default()), "c/templates/", &mut sink);
    let found = sink.into_vec();
    let found: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|found| {
            let place = sources.slice(found.place.primary.unwrap());
            (str::from_utf8(place).unwrap(), &*found.rule, &*found.message)
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn mistakes_are_found_without_a_run() {
    check_static(
        "{{ nope }}{{ end }}",
        &[
            ("nope", "template-syntax", "function \"nope\" not defined"),
            ("{{ end }}", "template-syntax", "unexpected {{end}}"),
        ],
    );
    check_static(
        "{{ if false }}{{ include \"a\" . }}{{ template \"b\" }}{{ upper }}{{ end }}",
        &[
            ("\"a\"", "undefined-template", "no template is named `a`"),
            ("{{ template \"b\" }}", "undefined-template", "no template is named `b`"),
            ("upper", "invalid-call", "wrong number of args for upper: want 1 got 0"),
        ],
    );
    check_static("{{ define \"a\" }}{{ end }}{{ include \"a\" (upper \"x\") }}", &[]);
}

/// Hostile templates end with an error of ours.
#[track_caller]
fn check_limit(text: &str, expected: &str) {
    let limits = Limits { steps: 100_000, ..Limits::default() };
    let error = run(&[("x", text)], &Options { limits, ..Options::default() }).err().unwrap();
    assert_eq!(error.message, expected);
}

#[test]
fn limits_hold() {
    let steps = "more than 100000 rounds of loops and calls";
    check_limit("{{ range until 1000 }}{{ range until 1000 }}{{ end }}{{ end }}", steps);
    check_limit("{{ range 1000000000 }}{{ end }}", steps);
    check_limit(
        "{{ define \"r\" }}{{ tpl \"{{ template \\\"r\\\" }}\" . }}{{ end }}{{ template \"r\" . }}",
        "more than 1000 texts of `tpl` within each other",
    );
    check_limit(
        "{{ range until 1000 }}{{ $_ := set $ (toString .) (repeat 2000000 \"abcd\") }}{{ end }}",
        steps,
    );
    check_limit(
        "{{ $d := dict }}{{ $_ := set $d \"d\" $d }}{{ $d }}",
        "the value is nested too deeply, or contains itself",
    );
    let limits = Limits { memory: 200 << 20, ..Limits::default() };
    let filling =
        "{{ range until 1000 }}{{ $_ := set $ (toString .) (repeat 2000000 \"abcd\") }}{{ end }}";
    let error = run(&[("x", filling)], &Options { limits, ..Options::default() }).err().unwrap();
    assert_eq!(error.message, "the values take more than 209715200 bytes of memory");
    let limits = Limits { output: 1000, ..Limits::default() };
    let error = run(
        &[("x", "{{ range 100 }}0123456789a{{ end }}")],
        &Options { limits, ..Options::default() },
    );
    assert_eq!(error.err().unwrap().message, "the output is larger than 1000 bytes");
}

#[test]
fn what_grows_without_end_is_refused() {
    let too_long = |name: &str| format!("error calling {name}: the text is too long");
    let too_many = |name: &str| format!("error calling {name}: the value has too many items");
    check_limit("{{ repeat 1000000000 \"ab\" }}", &too_long("repeat"));
    check_limit("{{ indent 1000000000 \"ab\" }}", &too_long("indent"));
    check_limit("{{ randAlphaNum 1000000000 }}", &too_long("randAlphaNum"));
    check_limit("{{ until 1000000000 }}", &too_many("until"));
    check_limit("{{ splitList \"\" (repeat 2000000 \"a\") }}", &too_many("splitList"));
    check_limit(
        "{{ $l := list 1 }}{{ range 60 }}{{ $l = concat $l $l }}{{ end }}",
        "more than 100000 rounds of loops and calls",
    );
    check_limit(
        "{{ $d := dict }}{{ range 60 }}{{ $d = dict \"a\" $d \"b\" $d }}{{ end }}{{ deepCopy $d }}",
        &too_many("deepCopy"),
    );
    check_limit(
        "{{ regexMatch \"\\\\pL{1000}\\\\pL{1000}\" \"a\" }}",
        "error calling regexMatch: error parsing regexp: the expression is too complex for chartc: \
         `\\pL{1000}\\pL{1000}`",
    );
    check_limit(
        "{{ range 1000 }}{{ derivePassword 1 \"pin\" \"p\" \"u\" \"s\" }}{{ end }}",
        "more than 100000 rounds of loops and calls",
    );
    let deep = format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000));
    check_limit(&deep, "max expression depth exceeded");
    let arguments = format!("{{{{ list{} }}}}", " 1".repeat(70_000));
    check_limit(&arguments, "more than 65535 arguments");
    let variables = "{{ $x := 1 }}".repeat(70_000);
    check_limit(&variables, "more than 65535 variables");
    let fields = format!("{{{{ .Values{} }}}}", ".a".repeat(70_000));
    check_limit(&fields, "more than 65535 fields");
    let open = "{{ if 1 }}".repeat(20_000);
    check_limit(&open, "unexpected EOF");
}

#[test]
fn recursion_ends() {
    let deep = "{{ define \"r\" }}{{ template \"r\" . }}{{ end }}{{ template \"r\" . }}";
    check(
        deep,
        "c/templates/x:1:28\n  executing \"r\" at <{{template \"r\" .}}>:\n    exceeded maximum \
         template depth (100000)",
    );
    let error = run(
        &[("x", "{{ define \"r\" }}{{ include \"r\" . }}{{ end }}{{ include \"r\" . }}")],
        &Options::default(),
    );
    let error = error.err().unwrap().helm;
    assert_eq!(error.matches("error calling include").count(), 1002);
    assert!(error.ends_with(
        "error calling include: rendering template has a nested reference name: r: unable to \
         execute template"
    ));
}

/// Every run of the first file: its text, the source that made it, the templates that were open,
/// the values it came from, and those that it depends on.
#[track_caller]
fn check_origins(files: &[(&str, &str)], values: &str, expected: &[&str]) {
    let Chart { mut sources, units } = chart(files);
    let program = compile(&units, &sources, &Trees::default());
    let mut tracer = Tracer::default();
    if let Some(unit) = units.first() {
        let written = sources.add(Kind::File, "values.yaml", values.as_bytes());
        unit.scope.insert(&b"Values"[..], written_values(values, written, &mut tracer));
    }
    let env = Env::default();
    let rendered =
        render(&program, &units, &env, &Options::default(), &mut sources, Some(&mut tracer));
    let file = rendered.unwrap().files.remove(0);
    let mut start = 0;
    let mut found = Vec::new();
    for &(end, origin) in &file.output.runs {
        let text = &file.output.text[start..end as usize];
        found.push(described(text, origin, &tracer, &sources));
        start = end as usize;
    }
    assert_eq!(found, expected);
}

fn described(text: &[u8], origin: Origin, tracer: &Tracer, sources: &Sources) -> String {
    let place = tracer.place(origin);
    let written = place.primary.unwrap();
    let keys = |values: &[ValueSource]| {
        values.iter().map(|value| format!(" {}", value.key)).collect::<String>()
    };
    let calls: String = place.trace.iter().map(|call| format!(" {}", call.name)).collect();
    format!(
        "{:?} of {}:{:?} in{calls} from{} if{}",
        String::from_utf8_lossy(text),
        sources.path(written.file),
        String::from_utf8_lossy(sources.slice(written)),
        keys(&place.values),
        keys(&tracer.conditions(origin)),
    )
}

/// Values from lines `key: text`, each known by its place; `\\n` in a text is a line break.
fn written_values(text: &str, file: FileId, tracer: &mut Tracer) -> Map {
    let values = Map::new(MapKind::Values);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.trim_end().split_once(": ") {
            let at = start + key.len() as u32 + 2;
            let span = Span { file, start: at, end: at + value.len() as u32 };
            let src = tracer.key(Src::NONE, Step::Key(key.into()), span);
            values.insert(key.as_bytes(), Value::from(value.replace("\\n", "\n")).with(src));
        }
        start += line.len() as u32;
    }
    values
}

#[test]
fn origins_lead_to_lines_calls_and_values() {
    check_origins(
        &[
            ("x", "a: 1\nb: {{ include \"h\" .Values.s }}\n"),
            ("_h", "{{ define \"h\" }}<\n{{ . | quote }}>{{ end }}"),
        ],
        "s: text",
        &[
            r#""a: 1\n" of x:"a: 1\n" in from if"#,
            r#""b: " of x:"b: " in from if"#,
            r#""<\n" of _h:"<\n" in h from if"#,
            r#""\"" of _h:"{{ . | quote }}" in h from if"#,
            r#""text" of _h:"{{ . | quote }}" in h from s if"#,
            r#""\"" of _h:"{{ . | quote }}" in h from if"#,
            r#"">" of _h:">" in h from if"#,
            r#""\n" of x:"\n" in from if"#,
        ],
    );
}

#[test]
fn the_text_of_tpl_leads_to_the_values_that_hold_it() {
    check_origins(
        &[("x", "{{ tpl .Values.t . | nindent 1 }}")],
        "t: one\\n{{ .Values.s }}\ns: two",
        &[
            r#""\n " of x:"{{ tpl .Values.t . | nindent 1 }}" in from if"#,
            r#""one\n" of values.yaml:"one" in gotpl from t if"#,
            r#"" " of x:"{{ tpl .Values.t . | nindent 1 }}" in from if"#,
            r#""two" of values.yaml:"{{ .Values.s }}" in gotpl from s if"#,
        ],
    );
}

#[test]
fn conditions_are_remembered() {
    check_origins(
        &[("x", "{{ if .Values.a }}1{{ with .Values.b }}2{{ end }}3{{ else }}4{{ end }}5")],
        "a: yes\nb: no",
        &[
            r#""1" of x:"1" in from if a"#,
            r#""2" of x:"2" in from if b a"#,
            r#""3" of x:"3" in from if a"#,
            r#""5" of x:"5" in from if"#,
        ],
    );
    check_origins(
        &[("x", "{{ if .Values.a }}1{{ else }}{{ range until 2 }}4{{ end }}{{ end }}")],
        "a: \n",
        &[r#""4" of x:"4" in from if"#, r#""4" of x:"4" in from if"#],
    );
}

#[test]
fn what_a_function_gets_is_not_addressable() {
    check(
        "{{ .Version }} {{ $v := .Version }}{{ $v }} {{ with .Version }}{{ . }}{{ end }}",
        "v1.2 v1.2 v1.2",
    );
    check("{{ or .Version 1 }}", "v1.2");
    check("{{ js .Version }} {{ default .Version }}", "{v1.2+a v1.2} {v1.2+a v1.2}");
    check(
        "{{ required \"x\" .Version }} {{ list .Version | first }}",
        "{v1.2+a v1.2} {v1.2+a v1.2}",
    );
}
