//! The published schema of `chartc.yaml` and what the program reads of it name the same keys.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use chartc::config;
use chartc::diagnostic::Sink;
use chartc::source::{Kind, Sources};
use chartc::yaml;
use serde_json::{Map, Value, json};

#[test]
fn every_key_of_the_schema_is_read() {
    let example = example(&schema());
    let text = serde_json::to_string_pretty(&example).unwrap();
    assert_eq!(problems(&text), Vec::<String>::new(), "in {text}");
}

#[test]
fn every_key_that_is_read_is_in_the_schema() {
    let mut published = BTreeSet::new();
    keys(&schema(), &mut published);
    assert_eq!(read_keys(), published);
}

#[test]
fn unknown_keys_are_refused_by_both() {
    let found = problems("golden: {directry: x}");
    assert_eq!(found, ["unknown key `directry` in `golden`"]);
    let golden = &schema()["properties"]["golden"];
    assert_eq!(golden["additionalProperties"], json!(false));
}

fn schema() -> Value {
    serde_json::from_slice(&fs::read(root("schemas/chartc.schema.json")).unwrap()).unwrap()
}

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn problems(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add(Kind::File, "chartc.yaml", text.as_bytes());
    let document = yaml::read_first(file, sources.text(file), 0..text.len()).unwrap().unwrap();
    let mut sink = Sink::default();
    config::read(document.root(), &mut sink);
    sink.into_vec().into_iter().map(|found| found.message).collect()
}

/// A value that the schema allows, with every key that it knows.
fn example(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].get(0).or(schema["anyOf"].get(0)) {
        return example(first);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let entry = |(key, schema): (&String, &Value)| (key.clone(), example(schema));
            let mut entries: Map<String, Value> = properties.map(entry).collect();
            if schema["additionalProperties"].is_object() {
                entries
                    .insert("single-replica".to_owned(), example(&schema["additionalProperties"]));
            }
            Value::Object(entries)
        }
        Some("array") => json!([example(&schema["items"])]),
        Some("boolean") => json!(true),
        Some("integer" | "number") => json!(1),
        _ => json!("text"),
    }
}

/// Every property name, at any depth.
fn keys(schema: &Value, found: &mut BTreeSet<String>) {
    for (key, child) in schema["properties"].as_object().into_iter().flatten() {
        found.insert(key.clone());
        keys(child, found);
    }
    keys_below(schema, found);
}

fn keys_below(schema: &Value, found: &mut BTreeSet<String>) {
    for below in ["items", "additionalProperties"] {
        if schema[below].is_object() {
            keys(&schema[below], found);
        }
    }
}

/// The names that `src/config` asks its sections for: the texts that its calls start with.
fn read_keys() -> BTreeSet<String> {
    let source = fs::read_to_string(root("src/config/mod.rs")).unwrap();
    let pieces: Vec<&str> = source.split("(\"").collect();
    let asked = pieces.windows(2).filter(|pair| pair[0].ends_with(|c: char| c.is_alphanumeric()));
    asked.filter_map(|pair| pair[1].split('"').next()).map(str::to_owned).collect()
}
