//! Trees and problems of whole texts.

use std::sync::Arc;

use crate::source::{Kind, Sources};
use crate::template::{Shape, Tree, parse};

/// Parses with a few functions known.
fn tree(text: &str) -> Tree {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "x", text.as_bytes());
    let names: [&[u8]; 7] = [b"upper", b"list", b"printf", b"include", b"and", b"quote", b"dict"];
    let find = |name: &[u8]| names.iter().position(|known| *known == name).map(|at| at as u16);
    parse(file, "x", Arc::clone(sources.text(file)), &find)
}

/// The definitions, printed back, in the order in which Go adds them.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let tree = tree(text);
    assert_eq!(problems(&tree), Vec::<String>::new());
    let printed: Vec<(String, String)> = tree
        .defines
        .iter()
        .map(|define| (lossy(&define.name), lossy(&tree.print(define.body))))
        .collect();
    let expected: Vec<(String, String)> =
        expected.iter().map(|&(name, body)| (name.into(), body.into())).collect();
    assert_eq!(printed, expected);
}

/// All problems; the first is Go's.
#[track_caller]
fn check_problems(text: &str, expected: &[&str]) {
    assert_eq!(problems(&tree(text)), expected);
}

fn problems(tree: &Tree) -> Vec<String> {
    let text = |problem: &crate::template::Problem| {
        format!("{}: {}", problem.line(tree), problem.message(tree))
    };
    tree.problems.iter().map(text).collect()
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

#[test]
fn nodes_print_with_uniform_spacing() {
    check(
        "a {{upper   .x.y|list  ( $ )  'c' 0x1F}} b",
        &[("x", "a {{upper .x.y | list ($) 'c' 0x1F}} b")],
    );
    check("{{(list).a.b}}", &[("x", "{{(list).a.b}}")]);
    check(
        "{{ if .a }}1{{ else if .b }}2{{ else }}3{{ end }}",
        &[("x", "{{if .a}}1{{else}}{{if .b}}2{{else}}3{{end}}{{end}}")],
    );
    check(
        "{{ range $i, $e := .l }}{{ break }}{{ else }}-{{ end }}",
        &[("x", "{{range $i, $e := .l}}{{break}}{{else}}-{{end}}")],
    );
    check(
        "{{ with $x := .a }}{{ $x = nil | list }}{{ else with .b }}{{ end }}",
        &[("x", "{{with $x := .a}}{{$x = nil | list}}{{else}}{{with .b}}{{end}}{{end}}")],
    );
}

#[test]
fn definitions_are_set_apart() {
    check(
        "{{ define \"a\" }}1{{ end }}{{ block `b` . }}2{{ end }}{{ template \"c\" }}",
        &[("a", "1"), ("b", "2"), ("x", "{{template \"b\" .}}{{template \"c\"}}")],
    );
    check("{{ define \"a\" }} {{ end }}{{ define \"a\" }}1{{ end }}", &[("a", "1"), ("x", "")]);
}

#[test]
fn trim_markers_remove_ascii_space() {
    check("a \n {{- 1 -}} \t b", &[("x", "a{{1}}b")]);
    check("a {{-3}} {{ 3 -}} b", &[("x", "a {{-3}} {{3}}b")]);
    check("a {{- /* c */ -}} b{{/* d */}}c", &[("x", "abc")]);
    check("a\u{a0}{{- 1 }}", &[("x", "a\u{a0}{{1}}")]);
}

#[test]
fn problems_have_gos_words_and_lines() {
    check_problems("a\n{{ .x", &["2: unclosed action"]);
    check_problems("{{ .x\n", &["2: unclosed action started at x:1"]);
    check_problems("{{ \"abc }}", &["1: unterminated quoted string"]);
    // A condition lasts until the next action inside it ends.
    let (comment, end) = ("2: unclosed comment", "2: unexpected EOF");
    let in_condition = "2: unclosed comment in action started at x:1";
    check_problems("{{ if 1 }}\na {{/*", &[in_condition, end]);
    check_problems("{{ if 1 }}\n{{ 1 }}{{/*", &[comment, end]);
    check_problems("{{ if 1 }}\n{{ else }}{{/*", &[comment, end]);
    check_problems("{{ (1 }}", &["1: unclosed left paren"]);
    check_problems("{{ 1) }}", &["1: unexpected right paren"]);
    check_problems("{{ () }}", &["1: missing value for parenthesized pipeline"]);
    check_problems("{{ # }}", &["1: unexpected \"#\" in command"]);
    check_problems("{{ .a% }}", &["1: bad character U+0025 '%'"]);
    check_problems("{{ 1+2 }}", &["1: bad number syntax: \"1+2\""]);
    check_problems("{{ 08 }}", &["1: integer overflow: \"08\""]);
    check_problems("{{ .a := 1 }}", &["1: unexpected \":=\" in operand"]);
    check_problems("{{ nope }}", &["1: function \"nope\" not defined"]);
    check_problems("{{ $x }}", &["1: undefined variable \"$x\""]);
    check_problems("{{ 1 | 2 }}", &["1: non executable command in pipeline stage 2"]);
    check_problems("{{ nil.x }}", &["1: unexpected . after term \"nil\""]);
    check_problems("\n{{ end }}", &["2: unexpected {{end}}"]);
    check_problems("{{ if 1 }}\n\n", &["3: unexpected EOF"]);
    check_problems("{{ break }}", &["1: {{break}} outside {{range}}"]);
    check_problems(
        "{{ range 1 }}{{ else }}{{ continue }}{{ end }}",
        &["1: {{continue}} outside {{range}}"],
    );
    check_problems("{{ if 1 }}{{ else }}{{ else }}{{ end }}", &["1: expected end; found {{else}}"]);
    check_problems("{{ with 1 }}{{ else if 1 }}{{ end }}", &["1: unexpected <if> in input"]);
    check_problems(
        "{{ define \"a\" }}{{ else }}{{ end }}",
        &["1: unexpected {{else}} in define clause"],
    );
    check_problems("{{ range $a, $b, $c := 1 }}{{ end }}", &["1: too many declarations in range"]);
    check_problems(
        "{{ define \"a\" }}1{{ end }}{{ define \"a\" }}1{{ end }}",
        &["1: template: multiple definition of template \"a\""],
    );
}

#[test]
fn the_parser_goes_on_behind_a_problem() {
    check_problems(
        "{{ nope }}\n{{ if $x }}\n{{ ) }}{{ end }}{{ end }}",
        &[
            "1: function \"nope\" not defined",
            "2: undefined variable \"$x\"",
            "3: unexpected right paren",
            "3: unexpected {{end}}",
        ],
    );
}

#[test]
fn nesting_does_not_exhaust_the_stack() {
    let deep = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    let parens = deep("(", "1", ")", 10_000);
    let text = format!("{{{{ {parens} }}}}");
    check(&text, &[("x", &format!("{{{{{parens}}}}}"))]);
    check_problems(
        &format!("{{{{ {} }}}}", deep("(", "1", ")", 10_001)),
        &["1: max expression depth exceeded"],
    );
    let blocks = deep("{{if 1}}", "", "{{end}}", 50_000);
    check(&blocks, &[("x", &blocks)]);
}

#[test]
fn numbers_are_gos() {
    let number = |text: &str| {
        let tree = tree(&format!("{{{{ {text} }}}}"));
        assert_eq!(problems(&tree), Vec::<String>::new(), "{text}");
        tree.numbers[0]
    };
    assert_eq!(number("1_000").int, Some(1000));
    assert_eq!(number("-0").uint, Some(0));
    assert_eq!(number("017").int, Some(15));
    assert_eq!(number("1e3").int, Some(1000));
    assert_eq!(number("'\\u00e9'").int, Some(0xe9));
    assert_eq!(number("18446744073709551615").uint, Some(u64::MAX));
    assert_eq!(number("0x1p-2").float, Some(0.25));
    assert_eq!(number("0x1.8p1").float, Some(3.0));
    assert_eq!(number("0x1.fffffffffffff8p0").float, Some(2.0));
    assert_eq!(number("0x1p-1074").float, Some(5e-324));
    assert_eq!(number("2i").complex, Some((0.0, 2.0)));
    assert_eq!(number("1+2i").complex, Some((1.0, 2.0)));
}

#[test]
fn broken_text_leaves_a_tree() {
    let tree = tree("a{{ nope }}b");
    let Shape::List(nodes) = tree.shape(tree.defines[0].body) else { panic!("no list") };
    assert_eq!(nodes.len(), 3);
}
