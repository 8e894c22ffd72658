//! YAML: properties of the reader and the writer on inputs that nobody wrote.

use std::collections::BTreeMap;
use std::sync::Arc;

use chartc::source::FileId;
use chartc::yaml::{self, Collection, Document, Emitter, Kind, Node, Version};
use proptest::prelude::*;

/// A value that YAML 1.1 and 1.2, JSON and Go agree about.
#[derive(Clone, Debug, PartialEq)]
enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Plain>),
    Map(BTreeMap<String, Plain>),
}

fn plain() -> impl Strategy<Value = Plain> {
    let leaf = prop_oneof![
        Just(Plain::Null),
        any::<bool>().prop_map(Plain::Bool),
        (-1_000_000_000_000_i64..1_000_000_000_000).prop_map(Plain::Int),
        text().prop_map(Plain::Text),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Plain::List),
            prop::collection::btree_map(text(), inner, 0..6).prop_map(Plain::Map),
        ]
    })
}

/// Texts that like to be mistaken for something else. No line breaks but LF: go-yaml's emitter
/// indents behind LS and PS, which makes them another text.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b c",
        "é",
        "日本",
        "😀",
        "yes",
        "no",
        "null",
        "~",
        "1",
        "0x1F",
        "1e3",
        "1:30",
        "2001-12-14",
        ".5",
        "-",
        "- ",
        "?",
        ": ",
        ":",
        "#",
        " #",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&x",
        "*x",
        "!",
        "|",
        ">",
        "'",
        "\"",
        "\\",
        "%",
        "@",
        "`",
        "\n",
        "\n\n",
        " ",
        "  ",
        "\t",
        "---",
        "...",
        "<<",
        "=",
        "\u{1}",
        "\u{7}",
        "a long text that will have to be folded somewhere behind the column eighty",
    ]);
    let text = prop::collection::vec(pieces, 0..6).prop_map(|pieces| pieces.concat());
    text.prop_filter("go-yaml writes the key `<<` without quotes", |text| text != "<<")
}

fn write(value: &Plain, version: Version) -> String {
    fn node(emitter: &mut Emitter, value: &Plain) {
        match value {
            Plain::Null => emitter.plain("null"),
            Plain::Bool(value) => emitter.plain(&value.to_string()),
            Plain::Int(value) => emitter.plain(&value.to_string()),
            Plain::Text(text) => emitter.string(text),
            Plain::List(items) => {
                emitter.begin(Collection::Seq, items.is_empty());
                items.iter().for_each(|item| node(emitter, item));
                if !items.is_empty() {
                    emitter.end();
                }
            }
            Plain::Map(entries) => {
                emitter.begin(Collection::Map, entries.is_empty());
                for (key, value) in entries {
                    emitter.string(key);
                    node(emitter, value);
                }
                if !entries.is_empty() {
                    emitter.end();
                }
            }
        }
    }
    let mut emitter = Emitter::new(version);
    node(&mut emitter, value);
    String::from_utf8(emitter.finish()).unwrap()
}

fn read(text: &str) -> Result<Option<Document>, String> {
    let text: Arc<[u8]> = text.as_bytes().into();
    yaml::read_first(FileId::NOWHERE, &text, 0..text.len()).map_err(|error| error.to_string())
}

fn to_plain(node: Node<'_>) -> Plain {
    match node.kind() {
        Kind::Null => Plain::Null,
        Kind::Bool => Plain::Bool(node.as_bool().unwrap()),
        Kind::Number => Plain::Int(node.as_i64().unwrap()),
        Kind::String => Plain::Text(node.as_str().unwrap().to_owned()),
        Kind::Seq => Plain::List(node.items().map(to_plain).collect()),
        Kind::Map => Plain::Map(
            node.entries()
                .map(|entry| (entry.key.as_str().unwrap().to_owned(), to_plain(entry.value)))
                .collect(),
        ),
    }
}

fn from_serde(value: &serde_yaml::Value) -> Plain {
    match value {
        serde_yaml::Value::Null => Plain::Null,
        serde_yaml::Value::Bool(value) => Plain::Bool(*value),
        serde_yaml::Value::Number(value) => Plain::Int(value.as_i64().unwrap()),
        serde_yaml::Value::String(text) => Plain::Text(text.clone()),
        serde_yaml::Value::Sequence(items) => Plain::List(items.iter().map(from_serde).collect()),
        serde_yaml::Value::Mapping(entries) => Plain::Map(
            entries
                .iter()
                .map(|(key, value)| (key.as_str().unwrap().to_owned(), from_serde(value)))
                .collect(),
        ),
        serde_yaml::Value::Tagged(tagged) => from_serde(&tagged.value),
    }
}

/// What YAML 1.1 reads as booleans and numbers, and 1.2, which serde_yaml writes, as text.
fn is_no_text_in_yaml_1_1(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "y" | "n" | "yes" | "no" | "on" | "off")
        || (word.contains('_') && word.starts_with(|c: char| "+-.0123456789".contains(c)))
}

proptest! {
    #![proptest_config(crate::fuzz::config(500))]

    #[test]
    fn what_is_written_reads_back(value in plain()) {
        for version in [Version::V2, Version::V3] {
            let text = write(&value, version);
            // go-yaml does not indicate the indentation of a literal that starts with a tab.
            if version == Version::V3 && text.contains('\t') {
                continue;
            }
            let document = read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
            prop_assert_eq!(to_plain(document.unwrap().root()), value.clone(), "{}", text);
        }
    }

    #[test]
    fn another_reader_reads_the_same(value in plain()) {
        let text = write(&value, Version::V2);
        let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        prop_assert_eq!(from_serde(&read), value, "{}", text);
    }

    #[test]
    fn what_another_writer_writes_reads_the_same(words in prop::collection::btree_map("[a-mo-xz]{3,9}", "[ -~é\n]{0,40}", 0..8)) {
        let mut all = words.iter().flat_map(|(key, word)| [key, word]);
        prop_assume!(!all.any(|word| is_no_text_in_yaml_1_1(word)));
        let text = serde_yaml::to_string(&words).unwrap();
        let document = read(&text).unwrap().unwrap();
        let expected: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        prop_assert_eq!(to_plain(document.root()), from_serde(&expected), "{}", text);
    }

    #[test]
    fn any_text_has_an_end(pieces in prop::collection::vec(prop::sample::select(vec![
        "a", "key: ", "- ", "\n", "\n  ", "\n    ", "\t", " ", "#", "'", "\"", "[", "]", "{", "}", ",",
        "? ", ": ", "&x ", "*x", "!t ", "!!int ", "|", ">+2", "---", "...", "%YAML 1.1", "\\", "\\u12",
        "é", "\u{2028}", "\u{85}", "\u{feff}", "\0", "<<: ", "1", "~", "\r", ".inf",
    ]), 0..40)) {
        let text: Arc<[u8]> = pieces.concat().into_bytes().into();
        if let Ok(documents) = yaml::read(FileId::NOWHERE, &text) {
            for document in documents {
                let mut emitter = Emitter::new(Version::V2);
                emitter.node(document.root());
                prop_assert!(!emitter.finish().is_empty());
            }
        }
    }

    #[test]
    fn any_bytes_have_an_end(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let text: Arc<[u8]> = bytes.into();
        if let Err(error) = yaml::read(FileId::NOWHERE, &text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
