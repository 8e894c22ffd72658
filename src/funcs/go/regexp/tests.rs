//! Expectations from Go's documentation of `regexp/syntax` and from Helm's answers.

use super::*;

fn text(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|&byte| std::ascii::escape_default(byte)).map(char::from).collect()
}

/// All matches, as text between bars.
#[track_caller]
fn check(expression: &str, haystack: &[u8], expected: &str) {
    let regexp = compile(expression.as_bytes()).unwrap();
    let search = regexp.search(haystack).unwrap();
    let found: Vec<String> =
        search.all(usize::MAX).into_iter().map(|range| text(&haystack[range])).collect();
    assert_eq!(found.join("|"), expected, "{expression}");
}

#[track_caller]
fn check_error(expression: &str, expected: &str) {
    let error = compile(expression.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), format!("error parsing regexp: {expected}"));
}

#[test]
fn classes_are_ascii() {
    check(r"\w+", "héllo wörld".as_bytes(), "h|llo|w|rld");
    check(r"\d", "1٣".as_bytes(), "1");
    check(r"\s+", "a \u{a0}\x0bb".as_bytes(), " ");
    check(r"\bk\b", "ék k".as_bytes(), "k|k");
    check("[[:alpha:][:^ascii:]]+", "aé1b".as_bytes(), r"a\xc3\xa9|b");
    check(r"[^\d]+", b"a1b", "a|b");
    check(r"\p{Greek}+|\pN", "aαβ1".as_bytes(), r"\xce\xb1\xce\xb2|1");
    check(r"\p{^Lu}\P{Ll}", "aB".as_bytes(), "aB");
}

#[test]
fn characters_are_whole() {
    check(".", "a€é😀\n".as_bytes(), r"a|\xe2\x82\xac|\xc3\xa9|\xf0\x9f\x98\x80");
    check("(?s).", b"a\n", r"a|\n");
    check(r"[^a]", "aé\u{80}".as_bytes(), r"\xc3\xa9|\xc2\x80");
    check(
        r"[\x{80}-\x{10FFFF}]+",
        "aé€\u{10ffff}".as_bytes(),
        r"\xc3\xa9\xe2\x82\xac\xf4\x8f\xbf\xbf",
    );
    check(r"[\x{81}-\x{10FFFF}]+", "\u{80}é".as_bytes(), r"\xc3\xa9");
}

#[test]
fn long_texts_match_as_short_ones_do() {
    for expression in ["[^b]+", r"(a|ab)(c|bcd)", r"\Bb", "^a", "(?U)a.*b"] {
        let regexp = compile(expression.as_bytes()).unwrap();
        let short = "aébabcdab".repeat(3);
        let long = short.repeat(LITTLE);
        let in_short = regexp.search(short.as_bytes()).unwrap().all(3);
        let in_long = regexp.search(long.as_bytes()).unwrap().all(3);
        assert_eq!(in_long, in_short, "{expression}");
    }
}

#[test]
fn case_folds() {
    check("(?i)k+", "kK\u{212a}x".as_bytes(), r"kK\xe2\x84\xaa");
    check("(?i)[a-c]+", b"aBCd", "aBC");
    check(r"(?i:A)b|(?-i)C", b"ab AB c C", "ab|C");
}

#[test]
fn flags_and_anchors() {
    check("^a$", b"a\na", "");
    check("(?m)^a$", b"a\na", "a|a");
    check("a.b", b"a\nb", "");
    check("(?s)a.b", b"a\nb", r"a\nb");
    check("(?U)a+", b"aaa", "a|a|a");
    check("(?U)a+?", b"aaa", "aaa");
    check(r"a\z", b"a\n", "");
    check(r"\Qa.b\E.", b"a.bc axb", "a.bc");
}

#[test]
fn repetition() {
    check("a{2}", b"aaaaa", "aa|aa");
    check("a{,2}", b"a{,2}", "a{,2}");
    check("(a){0}b", b"ab", "b");
    check("x*", b"axb", "|x|");
    check("", b"ab", "||");
    check("(a|ab)(c|bcd)", b"abcd", "abcd");
}

#[test]
fn bytes_that_are_not_utf8() {
    check(".", b"a\xffb", r"a|\xff|b");
    check(r"\x{fffd}", b"a\xff\xfe", r"\xff|\xfe");
    check("[^a]+", b"a\xe9\xa0b", r"\xe9\xa0b");
}

#[test]
fn errors() {
    check_error("(a", "missing closing ): `(a`");
    check_error("a)", "unexpected ): `a)`");
    check_error("a**", "invalid nested repetition operator: `**`");
    check_error("*a", "missing argument to repetition operator: `*`");
    check_error("a|*", "missing argument to repetition operator: `*`");
    check_error("[a", "missing closing ]: `[a`");
    check_error("[z-a]", "invalid character class range: `z-a`");
    check_error("[[:foo:]]", "invalid character class range: `[:foo:]`");
    check_error(r"\p{Nope}", r"invalid character class range: `\p{Nope}`");
    check_error(r"a\", "trailing backslash at end of expression: ``");
    check_error(r"\1", r"invalid escape sequence: `\1`");
    check_error(r"\y", r"invalid escape sequence: `\y`");
    check_error(r"\xg1", r"invalid escape sequence: `\xg1`");
    check_error("a{1001}", "invalid repeat count: `{1001}`");
    check_error("a{3,2}", "invalid repeat count: `{3,2}`");
    check_error("(a{100}){100}", "invalid repeat count: `{100}`");
    check_error("(?=a)", "invalid or unsupported Perl syntax: `(?=`");
    check_error("(?P<n", "invalid named capture: `(?P<n`");
    check_error("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`");
    check_error("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`");
}

#[test]
fn hostile_expressions_are_refused() {
    let deep = format!("{}a{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(compile(deep.as_bytes()).unwrap_err().problem, Problem::NestingDepth);
    let wide = r"\pL{1000}".repeat(1000);
    assert_eq!(compile(wide.as_bytes()).unwrap_err().problem, Problem::TooComplex);
}

proptest::proptest! {
    /// Whatever the expression and the text: no panic, and pieces that lie in the text.
    #[test]
    fn any_expression_searches_any_text(
        expression in r"([a-c(){}\[\]|*+?.^$\\,0-9-]|\(\?[imsUP<>:-]|\\[pPdwsQEbxz]|[[:]alpha:]]){0,12}",
        text in proptest::collection::vec(proptest::num::u8::ANY, 0..24),
    ) {
        if let Ok(regexp) = compile(expression.as_bytes()) {
            let mut search = regexp.search(&text).unwrap();
            for range in search.all(usize::MAX) {
                proptest::prop_assert!(text.get(range).is_some());
            }
            let mut copied = Vec::new();
            search.replace(true, |between, groups| {
                copied.extend_from_slice(&text[between]);
                if let Some(groups) = groups {
                    groups.expand(b"$0", |piece| match piece {
                        Piece::Template(_) => {}
                        Piece::Source(range) => copied.extend_from_slice(&text[range]),
                    });
                }
            });
            proptest::prop_assert_eq!(copied, text);
        }
    }
}
