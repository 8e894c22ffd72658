//! Templates in, text or error out.

use super::*;
use crate::source::Kind;
use crate::value::{Map, MapKind, Value};

/// Renders the first of some files, which may include the others.
fn run(files: &[(&str, &str)]) -> Result<String, String> {
    let mut sources = Sources::default();
    let values = Map::new(MapKind::Any);
    values.insert(b"name".to_vec(), Value::text("web"));
    let scope = Map::new(MapKind::Any);
    scope.insert(b"Values".to_vec(), Value::from(values));
    let units: Vec<Unit> = files
        .iter()
        .enumerate()
        .map(|(nth, (name, text))| Unit {
            name: format!("ch/templates/{name}"),
            file: sources.add(Kind::File, *name, text.as_bytes()),
            base: "ch/templates".to_owned(),
            scope: scope.clone(),
            partial: nth > 0,
        })
        .collect();
    match render(&units, &Env::default(), &sources, false) {
        Ok(files) => {
            Ok(files.iter().map(|file| String::from_utf8_lossy(&file.output.text)).collect())
        }
        Err(error) => {
            let at = error.place.primary.map(|span| {
                let place = sources.line_column(span.file, span.start);
                format!(" at {}:{}:{}", sources.path(span.file), place.line, place.column)
            });
            let calls: Vec<String> = error
                .place
                .trace
                .iter()
                .map(|frame| format!(" from {}", sources.path(frame.call.file)))
                .collect();
            Err(format!("{}{}{}", error.message, at.unwrap_or_default(), calls.concat()))
        }
    }
}

#[track_caller]
fn check(template: &str, expected: &str) {
    assert_eq!(run(&[("a.j2", template)]), Ok(expected.to_owned()));
}

#[track_caller]
fn fails(template: &str, expected: &str) {
    assert_eq!(run(&[("a.j2", template)]), Err(expected.to_owned()));
}

#[test]
fn functions_are_functions_and_filters() {
    check("{{ upper(Values.name) }} {{ Values.name | trunc(2) | quote }}", "WEB \"we\"");
    check("{{ [1, none, true] }} {{ {\"a\": 1.5} }} {{ none }}", "[1,null,true] {\"a\":1.5} null");
    check("{{ [1, \"a\"] | tojson }} {{ 5 | string }}", "[1,\"a\"] 5");
}

#[test]
fn operators_do_what_they_do() {
    check("{{ 1 ~ \"a\" ~ (2 if false else 3) }} {{ 2 * 3 + 1 }} {{ [1] + [2] }}", "1a3 7 [1,2]");
    check("{{ \"ab\" * 2 ~ (\"c\") }} {{ (1 + 2) * 3 ~ -1 }}", "ababc 9-1");
}

#[test]
fn errors_have_a_place() {
    fails("a\n  {{ 1 ~ missing.key }}\n", "undefined value: `missing` is undefined at a.j2:2:10");
    fails("{{ nosuch(1) }}", "unknown function: nosuch is unknown at a.j2:1:4");
    stops("{% if %}", "syntax error: unexpected end of block at a.j2:1:");
    assert_eq!(
        run(&[("a.j2", "x\n{% include \"_b.j2\" %}"), ("_b.j2", "\n{{ fail(\"no\") }}")]),
        Err("unknown function: fail is unknown at _b.j2:2:4 from a.j2".to_owned()),
    );
}

const STEPS: &str = "more steps than a render may take";
const BYTES: &str = "invalid operation: the templates make more than 8 MiB of text";

#[track_caller]
fn stops(template: &str, expected: &str) {
    let error = run(&[("a.j2", template)]).unwrap_err();
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn loops_end() {
    let many = "{% for x in range(100000) %}";
    stops(&format!("{many}{many}x{{% endfor %}}{{% endfor %}}"), STEPS);
    stops(
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "invalid operation: recursion limit exceeded",
    );
    stops("{% include \"a.j2\" %}", "invalid operation: recursion limit exceeded");
}

#[test]
fn texts_do_not_grow_for_ever() {
    let doubling = |step: &str| {
        format!(
            "{{% set ns = namespace(s=\"{}\") %}}{{% for i in range(60) %}}{step}{{% endfor %}}",
            "x".repeat(1000)
        )
    };
    stops(&doubling("{% set ns.s = ns.s ~ ns.s %}"), BYTES);
    stops(&doubling("{% set ns.s = ns.s + ns.s %}"), BYTES);
    stops(&doubling("{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset %}"), BYTES);
    stops(&doubling("{% set ns.s = [ns.s, ns.s] | string %}"), BYTES);
    stops(&doubling("{% set ns.s = [ns.s, ns.s] | join(\"\") %}"), BYTES);
    stops(&"{% set a = (a or \"xxxxxxxxxxxxxxxx\") ~ (a or \"x\") %}".repeat(60), BYTES);
    stops("{{ [\"x\" * 1000000] * 1000000 ~ \"\" }}", BYTES);
    stops(
        "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        BYTES,
    );
}

#[test]
fn deep_expressions_are_refused() {
    let long = "syntax error: a tag is longer than 32 KiB at a.j2:1:1";
    for part in ["-", "not ", "1+", "a.b.c.", "a|b|", "["] {
        fails(&format!("{{{{ {}1 }}}}", part.repeat(100_000)), long);
        fails(&format!("{{{{ {}", part.repeat(100_000)), long);
        // Not too long, and as deep as that allows: whatever comes of it, it ends.
        drop(run(&[("a.j2", &format!("{{{{ {}1 }}}}", part.repeat(32_000 / part.len())))]));
    }
    drop(run(&[("a.j2", &"{% if a %}".repeat(50_000))]));
    drop(run(&[("a.j2", &format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(50_000)))]));
}
