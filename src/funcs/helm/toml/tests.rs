//! Expectations from the sources of `github.com/BurntSushi/toml` and from Helm's answers.

use crate::funcs::testing::{call, check_text};
use crate::value::Value;

/// Reads a document and prints it as JSON, or its error.
#[track_caller]
fn check_read(text: &str, expected: &str) {
    let read = call("fromToml", &[text.into()]).unwrap();
    check_text("toJson", &[read], expected);
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let read = call("fromToml", &[text.into()]).unwrap();
    let error = read.as_map().unwrap().get(b"Error").unwrap();
    assert_eq!(String::from_utf8_lossy(error.as_str().unwrap()), expected, "{text}");
}

/// Reads a document and writes it again.
#[track_caller]
fn check_written(text: &str, expected: &str) {
    let read = call("fromToml", &[text.into()]).unwrap();
    check_text("toToml", &[read], expected);
}

#[test]
fn reads_values() {
    check_read("a = 1\nb = \"x\"\nc = [1, 2.5]", r#"{"a":1,"b":"x","c":[1,2.5]}"#);
    check_read("a = 0x1F\nb = 0o17\nc = 0b11\nd = 1_000", r#"{"a":31,"b":15,"c":3,"d":1000}"#);
    check_read("a = +1\nb = -0\nc = 1e3\nd = -1.5e-1", r#"{"a":1,"b":0,"c":1000,"d":-0.15}"#);
    check_read("a = 'x\\y'\nb = \"\\u00e9\\x41\\t\"", r#"{"a":"x\\y","b":"éA\t"}"#);
    check_read("a = \"\"\"\nx \\\n   y\"\"\"\"", r#"{"a":"x y\""}"#);
    check_read("a = '''\nx\n'y'''", r#"{"a":"x\n'y"}"#);
    check_read("d = 1979-05-27 07:32:00z", r#"{"d":"1979-05-27T07:32:00Z"}"#);
    check_read("d = 07:32:00.5", r#"{"d":"0000-01-01T07:32:00.5Z"}"#);
}

#[test]
fn reads_tables() {
    check_read("[a.b]\nc = 1\n[a]\nd = 2", r#"{"a":{"b":{"c":1},"d":2}}"#);
    check_read("[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 2", r#"{"a":[{"b":1},{"c":{"d":2}}]}"#);
    check_read("a.\"b.c\".d = 1", r#"{"a":{"b.c":{"d":1}}}"#);
    check_read("a = {b = 1, c.d = [{e = 2}]}", r#"{"a":{"b":1,"c":{"d":[{"e":2}]}}}"#);
    check_read("a = [ # comment\n {b = 1},\n {b = 2,},\n]", r#"{"a":[{"b":1},{"b":2}]}"#);
    check_read("", "{}");
}

#[test]
fn errors() {
    check_error("a = 1\na = 2", "toml: line 2 (last key \"a\"): Key 'a' has already been defined.");
    check_error("[a]\n[a]", "toml: line 2: Key 'a' has already been defined.");
    check_error("a = 1\n[a.b]", "toml: line 2: Key 'a' was already created as a hash.");
    check_error(
        "a = {b = 1}\na.b = 2",
        "toml: line 2 (last key \"a.b\"): Key 'a.b' has already been defined.",
    );
    check_error(
        "a = {b.a = 1, b = 2, b.c = 3}",
        "toml: line 1 (last key \"a.b.c\"): \"a.b\" is not a table",
    );
    check_error(
        "[a\nb = 1",
        "toml: line 2: expected '.' or ']' to end table name, but got '\\n' instead",
    );
    check_error(
        "a = 2020-13-01",
        "toml: line 1 (last key \"a\"): invalid datetime: \"2020-13-01\"",
    );
    check_error("true", "toml: line 1: unexpected EOF; expected key separator '='");
    check_error(
        "a = null",
        "toml: line 1 (last key \"a\"): expected value but found \"null\" instead",
    );
    check_error("a = \n", "toml: line 1 (last key \"a\"): expected value but found '\\n' instead");
    check_error(
        "a = [1, 2",
        "toml: line 1 (last key \"a\"): expected a comma (',') or array terminator (']'), but got end of file",
    );
    check_error(
        "a = 1 b",
        "toml: line 1: expected a top-level item to end with a newline, comment, or EOF, but got 'b' instead",
    );
    check_error(
        "a = 01",
        "toml: line 1 (last key \"a\"): Invalid integer \"01\": cannot have leading zeroes",
    );
    check_error(
        "a = 1__0",
        "toml: line 1 (last key \"a\"): Invalid integer \"1__0\": underscores must be surrounded by digits",
    );
    check_error(
        "a = 1.",
        "toml: line 1 (last key \"a\"): Invalid float \"1.\": '.' must be followed by one or more digits",
    );
    check_error(
        "a = 9223372036854775808",
        "toml: line 1 (last key \"a\"): 9223372036854775808 is out of range for int64",
    );
    check_error("a = \"x\ny\"", "toml: line 1 (last key \"a\"): strings cannot contain newlines");
    check_error("a = \"\\y\"", "toml: line 1 (last key \"a\"): invalid escape in string '\\y'");
    check_error(
        "a = \u{1}",
        "toml: line 1 (last key \"a\"): TOML files cannot contain control characters: '0x01'",
    );
    check_error(" = 1", "toml: line 1: unexpected '=': key name appears blank");
    check_error("a = {b = 1\n, , c = 2}", "toml: line 2 (last key \"a.b\"): unexpected comma");
}

#[test]
fn writes() {
    check_written(
        "b = 1\na = 1.0\n[t.u]\nx = 'y'",
        "a = 1.0\nb = 1\n\n[t]\n  [t.u]\n    x = \"y\"\n",
    );
    check_written("a = [{x = 1}, {y = [1]}]", "[[a]]\n  x = 1\n\n[[a]]\n  y = [1]\n");
    check_written("a = [{x = 1}, 2]", "a = [{x = 1}, 2]\n");
    check_written("\"a b\" = \"q\\\"\\n\"", "\"a b\" = \"q\\\"\\n\"\n");
    check_written("d = 1979-05-27\ne = 07:32:00", "d = 1979-05-27\ne = 07:32:00\n");
    check_text("toToml", &["x".into()], "\"x\"");
    check_text("toToml", &[Value::from(f64::NEG_INFINITY)], "-inf");
    check_text(
        "toToml",
        &[Value::from(vec![Value::NIL])],
        "toml: cannot encode array with nil element",
    );
    check_text(
        "mustToToml",
        &[Value::from(vec![Value::NIL])],
        "error: toml: cannot encode array with nil element",
    );
    let panic = "error: reflect: call of reflect.Value.Type on zero Value";
    check_text("toToml", &[Value::NIL], panic);
}

#[test]
fn depth_is_limited() {
    let deep = format!("a = {}", "[".repeat(100_000));
    check_text("fromToml", &[deep.into()], "limit: TOML is nested more than 500 levels deep");
    let dotted = format!("{}a = 1", "a.".repeat(100_000));
    check_text("fromToml", &[dotted.into()], "limit: TOML is nested more than 500 levels deep");
}

proptest::proptest! {
    /// Whatever the text: no panic, and what was read can be written.
    #[test]
    fn any_text_is_read(text in r#"([ab.=\[\]{},#'"\n\r \\0-9_+:TZ-]|"""|'''|\\u|true|inf|e1){0,24}"#) {
        let read = call("fromToml", &[text.as_str().into()]).unwrap();
        if !read.as_map().unwrap().contains_key(b"Error") {
            proptest::prop_assert!(call("mustToToml", &[read]).is_ok());
        }
    }
}
