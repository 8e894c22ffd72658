//! Text in, JSON or an error out. What is expected is what go-yaml's own tests and Helm say.

use std::sync::Arc;

use super::{Document, Kind, Node, read, read_first};
use crate::source::{FileId, Kind as FileKind, Sources};

fn sources(text: &[u8]) -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.add(FileKind::File, "values.yaml", text);
    (sources, file)
}

fn first(text: impl AsRef<[u8]>) -> Result<Option<Document>, String> {
    let (sources, file) = sources(text.as_ref());
    let text = sources.text(file);
    read_first(file, text, 0..text.len()).map_err(|error| error.to_string())
}

/// JSON with the keys in the order of the document.
fn json(node: Node<'_>) -> String {
    let list = |items: Vec<String>| items.join(",");
    match node.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Bool => format!("{:?}", node.as_bool().unwrap()),
        Kind::Number => format!("{}", node.as_f64().unwrap()),
        Kind::String => format!("{:?}", node.as_str().unwrap()),
        Kind::Seq => format!("[{}]", list(node.items().map(json).collect())),
        Kind::Map => {
            let entry = |entry: super::Entry<'_>| {
                format!("{:?}:{}", entry.key.as_str().unwrap(), json(entry.value))
            };
            format!("{{{}}}", list(node.entries().map(entry).collect()))
        }
    }
}

#[track_caller]
fn check(text: impl AsRef<[u8]>, expected: &str) {
    let found = match first(&text) {
        Ok(document) => document.map_or_else(String::new, |document| json(document.root())),
        Err(error) => error,
    };
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(text.as_ref()));
}

#[test]
fn collections() {
    check("", "");
    check("# nothing\n", "");
    check("---", "null");
    check(
        "a: 1\nb:\n  - x\n  - v: z\n    w: {}\nc: []\n",
        r#"{"a":1,"b":["x",{"v":"z","w":{}}],"c":[]}"#,
    );
    check("a:\n- 1\n-\n- - 2\n  - 3\nb:\n", r#"{"a":[1,null,[2,3]],"b":null}"#);
    check("? a\n: b\n? - c\n", "yaml: invalid map key: []interface {}{\"c\"}");
    check("{a: 1, b, c: , ? d : e,}", r#"{"a":1,"b":null,"c":null,"d":"e"}"#);
    check("[a: 1, ? b, [c], ]", r#"[{"a":1},{"b":null},["c"]]"#);
    check("a: b # comment\n#comment\nc: d#e\n", r#"{"a":"b","c":"d#e"}"#);
}

#[test]
fn flow_scalars() {
    check("a: b c\n  d\n\n  e\nf: g", r#"{"a":"b c d\ne","f":"g"}"#);
    check(r#"["a\tb\x41\u00e9\U0001f600\/", "\""]"#, "yaml: found unknown escape character");
    check(
        r#"["a\tb\x41\u00e9\U0001f600\L", "\"", "a\
  b"]"#,
        "[\"a\\tbAé😀\\u{2028}\",\"\\\"\",\"ab\"]",
    );
    check("['it''s', 'a\n  b\n\n  c']", r#"["it's","a b\nc"]"#);
    check("a: http://x:80/?a=b&c#d", r#"{"a":"http://x:80/?a=b&c#d"}"#);
    check("- -a\n- ?b\n- :c\n- -\n", r#"["-a","?b",":c",[null]]"#);
    check("a: 'b", "yaml: found unexpected end of stream");
    check("a:\n  'b\n", "yaml: line 3: found unexpected end of stream");
    check("a: \"x\n---\ny\"\n", "yaml: line 2: found unexpected document indicator");
}

#[test]
fn block_scalars() {
    check("a: |\n  b\n   c\n\n  d\n\n\ne: f", r#"{"a":"b\n c\n\nd\n","e":"f"}"#);
    check("a: |-\n b\n\n", r#"{"a":"b"}"#);
    check("a: |+\n b\n\n", r#"{"a":"b\n\n"}"#);
    check("a: |2-\n   b\n  c", r#"{"a":" b\nc"}"#);
    check("a: >\n b\n c\n\n d\n  e\n f\n", r#"{"a":"b c\nd\n e\nf\n"}"#);
    check("a: > # comment\n b\n", r#"{"a":"b\n"}"#);
    check("a: |x\n b", "yaml: did not find expected comment or line break");
    check("a: |0\n b", "yaml: found an indentation indicator equal to 0");
    check(
        "a: |\n  b\n\tc",
        "yaml: line 3: found a tab character where an indentation space is expected",
    );
}

#[test]
fn line_breaks_and_encodings() {
    check("a: 1\r\nb: |\r\n  x\r\n  y\r\n", r#"{"a":1,"b":"x\ny\n"}"#);
    check("a: |\n  x\u{85}  y\u{2028}  z\n", "{\"a\":\"x\\ny\\u{2028}z\\n\"}");
    check("\u{feff}a: 1", r#"{"a":1}"#);
    let utf16 = |order: fn(u16) -> [u8; 2], text: &str| -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    };
    check(utf16(u16::to_le_bytes, "\u{feff}a: é😀 \nb: 'c'\n"), r#"{"a":"é😀","b":"c"}"#);
    check(utf16(u16::to_be_bytes, "\u{feff}a: [é, 1]"), r#"{"a":["é",1]}"#);
    check(b"\xff\xfea\0:", "yaml: incomplete UTF-16 character");
    check(b"a: \xff", "yaml: invalid leading UTF-8 octet");
    check(b"a: \xc3", "yaml: incomplete UTF-8 octet sequence");
    check(b"a: \xc3a", "yaml: invalid trailing UTF-8 octet");
    check(b"a: \xed\xa0\x80", "yaml: invalid Unicode character");
    check("a: \x01", "yaml: control characters are not allowed");
}

#[test]
fn what_cannot_be_decoded_hides_what_precedes_it_in_the_same_piece() {
    check("a: b: c\n\x01", "yaml: control characters are not allowed");
    let long = "#".repeat(600);
    check(format!("a: b: c\n{long}\n\x01"), "yaml: mapping values are not allowed in this context");
    check(format!("a: 1\n---\n{long}\n\x01"), r#"{"a":1}"#);
}

#[test]
fn syntax_errors_and_their_lines() {
    check("a: b: c", "yaml: mapping values are not allowed in this context");
    check("x: 1\na: b: c", "yaml: line 2: mapping values are not allowed in this context");
    check("a: 1\n b: 2", "yaml: line 2: mapping values are not allowed in this context");
    check("a:\n  - b\n c: d", "yaml: line 2: did not find expected key");
    check("- a\nb: c", "yaml: line 1: did not find expected '-' indicator");
    check("a: 1\nb\nc: 2", "yaml: line 3: could not find expected ':'");
    check("a: [1, 2\nb: 3", "yaml: line 1: did not find expected ',' or ']'");
    check("a: {b: c\nd: e", "yaml: line 1: did not find expected ',' or '}'");
    check("a: - b", "yaml: block sequence entries are not allowed in this context");
    check("a: @b", "yaml: found character that cannot start any token");
    check("\ta: b", "yaml: found character that cannot start any token");
    check("a: *b", "yaml: unknown anchor 'b' referenced");
    check("a: %b", "yaml: found character that cannot start any token");
    check("a: !b!c d", "yaml: found undefined tag handle");
    check("%YAML 1.2\n---\na: 1", "yaml: found incompatible YAML document");
    check("%YAML 1.1\n%YAML 1.1\n---\na: 1", "yaml: line 1: found duplicate %YAML directive");
    check("%FOO\n---\na: 1", "yaml: found unknown directive name");
    check(
        "{{ .Values.x }}",
        "yaml: invalid map key: map[interface {}]interface {}{\".Values.x\":interface {}(nil)}",
    );
    check(
        "a: {{ .Values.x }}\n",
        "yaml: invalid map key: map[interface {}]interface {}{\".Values.x\":interface {}(nil)}",
    );
    check("[]: x\n", "[]");
}

#[test]
fn keys_become_strings() {
    check("1: a\n1.5: b\ntrue: c\ny: d\n010: e\n", r#"{"1":"a","1.5":"b","true":"d","8":"e"}"#);
    check("1e3: a\n.inf: b\n0.1: c", r#"{"1000":"a",".inf":"b","0.1":"c"}"#);
    check("~: x", "unsupported map key of type: %!s(<nil>), key: <nil>, value: \"x\"");
    check(
        "? \n: [1, {a: 2}]",
        "unsupported map key of type: %!s(<nil>), key: <nil>, value: []interface {}{1, map[interface {}]interface {}{\"a\":2}}",
    );
    check(
        "9223372036854775808: a",
        "unsupported map key of type: uint64, key: 0x8000000000000000, value: \"a\"",
    );
}

#[test]
fn numbers_without_json() {
    check("a: .inf", "json: unsupported value: +Inf");
    check("b: .nan\na: -.inf", "json: unsupported value: -Inf");
    check("a: .inf\na: 1", r#"{"a":1}"#);
}

#[test]
fn anchors_aliases_and_merges() {
    check("a: &x {b: 1}\nc: *x\nd: [*x]", r#"{"a":{"b":1},"c":{"b":1},"d":[{"b":1}]}"#);
    check("a: &x 1\n*x : z", r#"{"a":1,"1":"z"}"#);
    check("a: &x [*x]", "yaml: anchor 'x' value contains itself");
    check("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3", r#"{"a":{"b":1,"c":2},"d":{"b":1,"c":3}}"#);
    check("a: &x {c: 2}\nd:\n  c: 3\n  <<: *x", r#"{"a":{"c":2},"d":{"c":2}}"#);
    check(
        "- &x {a: 1, b: 1}\n- &y {a: 2, c: 2}\n- <<: [*x, *y, {d: 3}]",
        r#"[{"a":1,"b":1},{"a":2,"c":2},{"d":3,"c":2,"a":1,"b":1}]"#,
    );
    check("- &x {<<: &y {a: 1}, b: 2}\n- <<: *x", r#"[{"a":1,"b":2},{"a":1,"b":2}]"#);
    check("<<: 1", "yaml: map merge requires map or sequence of maps as the value");
    check("\"<<\": 1", r#"{"<<":1}"#);
    check("a: <<", r#"{"a":"<<"}"#);
}

#[test]
fn tags() {
    check(
        "[!!str 1, !!int \"1\", !!float 1, !!bool \"yes\", !!null '', !x 1, ! 1]",
        r#"["1",1,1,true,null,"1","1"]"#,
    );
    check("!!binary aGk=", r#""hi""#);
    check("!!binary /w==", "\"\u{fffd}\"");
    check("!!binary a", "yaml: !!binary value contains invalid base64 data");
    check("a: !!int b", "yaml: cannot decode !!str `b` as a !!int");
    check("%TAG !e! tag:yaml.org,2002:\n---\n!e!str 1", r#""1""#);
    check("!<tag:yaml.org,2002:str> 1", r#""1""#);
}

#[test]
fn documents_of_a_stream() {
    let (sources, file) = sources(b"a: 1\n---\n- b: 'x\n  y'\n...\n---\n# c\n---\n&z d\n");
    let documents = read(file, sources.text(file)).unwrap();
    let found: Vec<String> = documents.iter().map(|document| json(document.root())).collect();
    assert_eq!(found, [r#"{"a":1}"#, r#"[{"b":"x y"}]"#, "null", r#""d""#]);
}

#[test]
fn lines_of_a_part_count_from_its_start_and_spans_do_not() {
    let (sources, file) = sources("é: 1\n---\nb: c\nd: e: f\n".as_bytes());
    let text = sources.text(file);
    let error = read_first(file, text, 10..text.len()).unwrap_err();
    assert_eq!(error.to_string(), "yaml: line 2: mapping values are not allowed in this context");
    assert_eq!(error.span.start, 19);
    let document = read_first(file, text, 10..15).unwrap().unwrap();
    assert_eq!(sources.slice(document.root().get("b").unwrap().span()), b"c");
}

/// Every node with its source text.
#[track_caller]
fn check_spans(text: &[u8], expected: &[&str]) {
    let (sources, file) = sources(text);
    let document = read_first(file, sources.text(file), 0..text.len()).unwrap().unwrap();
    let mut found = Vec::new();
    let mut rest = vec![document.root()];
    while let Some(node) = rest.pop() {
        found.push(String::from_utf8_lossy(sources.slice(node.span())).into_owned());
        let from = rest.len();
        rest.extend(node.entries().flat_map(|entry| [entry.key, entry.value]));
        rest.extend(node.items());
        rest[from..].reverse();
    }
    assert_eq!(found, expected);
}

#[test]
fn spans() {
    check_spans(
        b"a: &x 'b'\nc:\n- *x\n- [d, e ]\n",
        &[
            "a: &x 'b'\nc:\n- *x\n- [d, e ]",
            "a",
            "'b'",
            "c",
            "- *x\n- [d, e ]",
            "*x",
            "[d, e ]",
            "d",
            "e",
        ],
    );
    check_spans(b"a: |\n  b\n\nc:\n", &["a: |\n  b\n\nc:", "a", "|\n  b", "c", ""]);
    check_spans(b"5: x\n  y \n", &["5: x\n  y", "5", "x\n  y"]);
}

#[test]
fn spans_of_utf_16_are_those_of_the_file() {
    let text: Vec<u8> = "\u{feff}é: [😀, b]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (sources, file) = sources(&text);
    let document = read_first(file, sources.text(file), 0..text.len()).unwrap().unwrap();
    let item = document.root().get("é").unwrap().items().nth(1).unwrap();
    assert_eq!(sources.slice(item.span()), b"b\0");
}

#[test]
fn duplicates_are_remembered() {
    let (sources, file) = sources(b"a: 1\nb: {c: 1, c: 2}\na: 2\n<<: {b: 3}\n\"a\": 3\n");
    let document = read_first(file, sources.text(file), 0..sources.text(file).len());
    let document = document.unwrap().unwrap();
    let starts: Vec<u32> = document.duplicates().map(|key| key.span().start).collect();
    assert_eq!(starts, [0, 9, 21]);
    assert_eq!(json(document.root()), r#"{"b":3,"a":3}"#);
}

/// go-yaml's `limit_test.go`.
#[test]
fn limits() {
    assert!(first("[".repeat(10_000) + &"]".repeat(10_000)).is_ok());
    check("[".repeat(10_001), "yaml: exceeded max depth of 10000");
    check("{".repeat(200_000), "yaml: exceeded max depth of 10000");
    check("- ".repeat(10_001), "yaml: exceeded max depth of 10000");
    let indented: String = (0..10_001).map(|depth| " ".repeat(depth) + "a:\n").collect();
    check(indented, "yaml: line 10001: exceeded max depth of 10000");
    let inner = "[".repeat(9_000) + &"]".repeat(9_000);
    check("- ".repeat(9_000) + &inner, "invalid character '[' exceeded max depth");
    let bomb: String = ('b'..='i')
        .map(|name| {
            let before = (name as u8 - 1) as char;
            format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(","))
        })
        .collect();
    check(format!("a: &a [x]\n{bomb}"), "yaml: document contains excessive aliasing");
    let merges: String =
        (1..3_000).map(|n| format!("- &m{n} {{<<: *m{}, k{n}: 1}}\n", n - 1)).collect();
    check(format!("- &m0 {{a: 1}}\n{merges}"), "yaml: document contains excessive aliasing");
}

#[test]
fn large_mappings_are_searched_quickly() {
    let text: String = (0..100_000).map(|n| format!("k{n}: {n}\nk{n}: {n}\n")).collect();
    let document = first(text).unwrap().unwrap();
    assert_eq!(document.root().entries().len(), 100_000);
    assert_eq!(document.duplicates().len(), 100_000);
    for n in 0..100_000 {
        let value = document.root().get(&format!("k{n}")).unwrap();
        assert_eq!(value.as_i64(), Some(n));
    }
    assert!(document.root().get("k").is_none());
}

#[test]
fn text_shared_with_the_file_is_not_copied() {
    let text: Arc<[u8]> = Arc::from(&b"a: b\nc: 'd'\n"[..]);
    let document = read_first(FileId::NOWHERE, &text, 0..text.len()).unwrap().unwrap();
    assert!(document.unescaped.is_empty());
}
