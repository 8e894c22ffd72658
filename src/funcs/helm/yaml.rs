//! YAML: `toYaml` and its family (Helm's `pkg/engine/funcs.go`).

use std::borrow::Cow;
use std::sync::Arc;

use crate::funcs::{Ctx, Func, FuncError, TextBuilder, Type, args};
use crate::origin::Src;
use crate::source::FileId;
use crate::value::json::{self, Style};
use crate::value::{
    Data, Exceeded, MAX_DEPTH, Map, MapKind, Rare, Sources, Struct, Value, from_node,
};
use crate::yaml::{self, Collection, Document, Emitter, Kind, Version};

pub(crate) const FUNCS: &[Func] = &[
    Func { name: "toYaml", params: &[Type::Any], variadic: false, call: to_yaml },
    Func { name: "mustToYaml", params: &[Type::Any], variadic: false, call: must_to_yaml },
    Func { name: "toYamlPretty", params: &[Type::Any], variadic: false, call: to_yaml_pretty },
    Func { name: "fromYaml", params: &[Type::String], variadic: false, call: from_yaml },
    Func { name: "fromYamlArray", params: &[Type::String], variadic: false, call: from_yaml_array },
];

/// `toYaml`: an error gives an empty text.
pub(super) fn to_yaml(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    match marshal(ctx, args::any(args, 0)) {
        Ok(writer) => writer.finish(ctx),
        Err(Failure::Go(_)) => Ok(Value::text("")),
        Err(failure) => Err(failure.into()),
    }
}

pub(super) fn must_to_yaml(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    marshal(ctx, args::any(args, 0))?.finish(ctx)
}

fn to_yaml_pretty(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let value = args::any(args, 0);
    let mut writer = Writer::new(ctx, Version::V3);
    writer.value(value)?;
    writer.finish(ctx)
}

/// `fromYaml`: a map, with the error under `Error`.
fn from_yaml(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (text, src) = args::traced(args, 0);
    Ok(match unmarshal(text, src, Kind::Map) {
        Ok(value) if value.is_nil() => Value::from(Map::new(MapKind::Any)).with(src),
        Ok(value) => value,
        Err(error) => {
            let map = Map::new(MapKind::Any);
            map.insert(&b"Error"[..], Value::from(error).with(src));
            Value::from(map).with(src)
        }
    })
}

/// `fromYamlArray`: a list, with the error as its only item.
fn from_yaml_array(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let (text, src) = args::traced(args, 0);
    Ok(match unmarshal(text, src, Kind::Seq) {
        Ok(value) if value.is_nil() => Value::from(Vec::new()).with(src),
        Ok(value) => value,
        Err(error) => Value::from(vec![Value::from(error).with(src)]).with(src),
    })
}

/// `yaml.Unmarshal` into a Go type that JSON values of `kind` fit.
fn unmarshal(text: &[u8], src: Src, kind: Kind) -> Result<Value, String> {
    let document = read(text).map_err(|error| error.unmarshal_text())?;
    let Some(document) = document else { return Ok(Value::NIL) };
    let root = document.root().expect(kind).map_err(|error| error.unmarshal_text())?;
    Ok(from_node(root, src, Sources::Same))
}

fn read(text: &[u8]) -> Result<Option<Document>, Box<yaml::Error>> {
    let text: Arc<[u8]> = text.into();
    yaml::read_first(FileId::NOWHERE, &text, 0..text.len())
}

/// Why a value has no YAML.
enum Failure {
    /// Go's error, which `toYaml` swallows.
    Go(String),
    /// A panic in Go, which no function swallows.
    Panic(String),
    Exceeded(Exceeded),
    /// The JSON in between may not mean what the value is: the detour must be taken.
    Detour,
}

impl From<Exceeded> for Failure {
    fn from(exceeded: Exceeded) -> Failure {
        Failure::Exceeded(exceeded)
    }
}

impl From<json::Error> for Failure {
    fn from(error: json::Error) -> Failure {
        match error {
            json::Error::Exceeded(exceeded) => Failure::Exceeded(exceeded),
            json::Error::UnsupportedValue(_)
            | json::Error::UnsupportedType(_)
            | json::Error::Method(..) => {
                Failure::Go(format!("error marshaling into JSON: {error}"))
            }
        }
    }
}

impl From<Failure> for FuncError {
    fn from(failure: Failure) -> FuncError {
        match failure {
            Failure::Go(text) | Failure::Panic(text) => FuncError::Failed(text),
            Failure::Exceeded(exceeded) => FuncError::Limit(exceeded.to_string()),
            Failure::Detour => FuncError::Limit("the value has no YAML".to_owned()),
        }
    }
}

/// `yaml.Marshal` of sigs.k8s.io/yaml: the value becomes JSON, which is read as YAML and written.
///
/// What comes of it is known without the detour for all but a few strings.
fn marshal(ctx: &Ctx<'_>, value: &Value) -> Result<Writer, Failure> {
    let mut writer = Writer::new(ctx, Version::V2);
    match writer.value(value) {
        Ok(()) => Ok(writer),
        Err(Failure::Detour) => {
            let mut writer = Writer::new(ctx, Version::V2);
            writer.detour(value)?;
            Ok(writer)
        }
        Err(failure) => Err(failure),
    }
}

/// Writes values, and remembers which text came from which values.
struct Writer {
    emitter: Emitter,
    version: Version,
    /// Where the text of each source ends, when the render traces.
    runs: Option<Vec<(usize, Src)>>,
    max: usize,
    depth: usize,
}

impl Writer {
    fn new(ctx: &Ctx<'_>, version: Version) -> Writer {
        Writer {
            emitter: Emitter::new(version),
            version,
            runs: ctx.tracer.is_some().then(Vec::new),
            max: ctx.env.max_text,
            depth: 0,
        }
    }

    /// The text without its last line break.
    fn finish(self, ctx: &mut Ctx<'_>) -> Result<Value, FuncError> {
        let mut text = self.emitter.finish();
        text.pop_if(|last| *last == b'\n');
        let Some(runs) = self.runs else { return Ok(Value::text(text)) };
        let mut builder = TextBuilder::with_capacity(ctx, text.len());
        let mut start = 0;
        for (end, src) in runs {
            let end = end.min(text.len());
            builder.whole(&text[start..end], src);
            start = end;
        }
        builder.plain(&text[start..]);
        builder.finish(ctx)
    }

    /// Notes that what has been written since the last note came from `src`.
    fn note(&mut self, src: Src) {
        let end = self.emitter.written();
        if let Some(runs) = &mut self.runs {
            runs.push((end, src));
        }
    }

    fn value(&mut self, value: &Value) -> Result<(), Failure> {
        if self.emitter.written() > self.max {
            return Err(Exceeded::Size.into());
        }
        match &value.data {
            Data::Nil => self.emitter.plain("null"),
            Data::Bool(value) => self.emitter.plain(if *value { "true" } else { "false" }),
            Data::Int(value) | Data::Int64(value) => self.emitter.plain(&value.to_string()),
            Data::Float(value) => self.float(*value)?,
            Data::Str(text) => self.string(text)?,
            Data::List(list) if list.is_nil() && self.version == Version::V2 => {
                self.emitter.plain("null");
            }
            Data::Map(map) if map.is_nil() && self.version == Version::V2 => {
                self.emitter.plain("null");
            }
            Data::List(list) => self.items(list.as_slice(), value.src)?,
            Data::Map(map) => {
                let entries = map.borrow();
                self.entries(entries.iter().map(|(key, value)| (&**key, value)), value.src)?;
            }
            Data::Rare(rare) => self.rare(value, rare)?,
        }
        self.note(value.src);
        Ok(())
    }

    fn float(&mut self, value: f64) -> Result<(), Failure> {
        if self.version == Version::V3 {
            self.emitter.plain(&yaml::yaml_float(value));
        } else if value.is_finite() {
            self.emitter.plain(&yaml::json_float(value));
        } else {
            json::encode(&Value::from(value), Style::Compact, self.max)?;
        }
        Ok(())
    }

    fn string(&mut self, text: &[u8]) -> Result<(), Failure> {
        match str::from_utf8(text) {
            Ok(text) => self.text(text),
            Err(_) if self.version == Version::V3 => {
                self.emitter.binary(text);
                Ok(())
            }
            Err(_) => Err(Failure::Detour),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Failure> {
        if self.version == Version::V2 && !survives_json(text) {
            return Err(Failure::Detour);
        }
        self.emitter.string(text);
        Ok(())
    }

    fn items(&mut self, items: &[Value], src: Src) -> Result<(), Failure> {
        if items.is_empty() {
            self.emitter.begin(Collection::Seq, true);
            return Ok(());
        }
        self.enter(Collection::Seq)?;
        self.note(src);
        for item in items {
            self.value(item)?;
        }
        self.leave();
        Ok(())
    }

    /// Entries in the order of go-yaml. The key of an entry came from where its value did.
    fn entries<'a>(
        &mut self,
        entries: impl Iterator<Item = (&'a [u8], &'a Value)>,
        src: Src,
    ) -> Result<(), Failure> {
        let mut sorted: Vec<_> =
            entries.map(|(bytes, value)| (readable(bytes), bytes, value)).collect();
        if sorted.is_empty() {
            self.emitter.begin(Collection::Map, true);
            return Ok(());
        }
        self.enter(Collection::Map)?;
        self.note(src);
        yaml::sort_keys(&mut sorted, self.version, |(key, ..)| key);
        for (key, bytes, value) in sorted {
            if self.version == Version::V2 && key.len() > MAX_SAFE_KEY {
                return Err(Failure::Detour);
            }
            match key {
                Cow::Borrowed(key) => self.text(key)?,
                Cow::Owned(_) => self.string(bytes)?,
            }
            self.note(value.src);
            self.value(value)?;
        }
        self.leave();
        Ok(())
    }

    fn enter(&mut self, collection: Collection) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Exceeded::Depth.into());
        }
        self.emitter.begin(collection, false);
        Ok(())
    }

    fn leave(&mut self) {
        self.depth -= 1;
        self.emitter.end();
    }

    fn rare(&mut self, value: &Value, rare: &Rare) -> Result<(), Failure> {
        if self.version == Version::V2 {
            return self.detour(value);
        }
        match rare {
            Rare::Complex(..) => {
                return Err(Failure::Panic("cannot marshal type: complex128".to_owned()));
            }
            Rare::Sized(_, int) => self.emitter.plain(&int.to_string()),
            Rare::Time(time) => {
                let text = time.format(b"2006-01-02T15:04:05.999999999Z07:00");
                self.emitter.plain(&String::from_utf8_lossy(&text));
            }
            Rare::Bytes(bytes) => self.bytes(bytes, value.src)?,
            Rare::Files(files) => {
                let bytes = files
                    .iter()
                    .map(|(path, content)| (&**path, Value::from(Rare::Bytes(content.to_vec()))));
                let owned: Vec<_> = bytes.collect();
                self.entries(owned.iter().map(|(path, bytes)| (*path, bytes)), value.src)?;
            }
            Rare::Struct(target) if target.type_name.ends_with("semver.Version") => {
                self.string(&value.to_text(self.max)?)?;
            }
            Rare::Struct(target) => self.fields(target)?,
        }
        Ok(())
    }

    /// `[]byte` is a list of numbers to go-yaml.
    fn bytes(&mut self, bytes: &[u8], src: Src) -> Result<(), Failure> {
        let items: Vec<Value> = bytes.iter().map(|&byte| Value::int(byte.into())).collect();
        self.items(&items, src)
    }

    /// A struct without tags for YAML: its exported fields in their order, in small letters.
    fn fields(&mut self, target: &Struct) -> Result<(), Failure> {
        let exported =
            |(name, _): &&(&str, Value)| name.starts_with(|c: char| c.is_ascii_uppercase());
        let fields: Vec<_> = target.fields.iter().filter(exported).collect();
        if fields.is_empty() {
            self.emitter.begin(Collection::Map, true);
            return Ok(());
        }
        self.enter(Collection::Map)?;
        for (name, value) in fields {
            self.emitter.string(&name.to_lowercase());
            self.value(value)?;
        }
        self.leave();
        Ok(())
    }

    /// Takes the way that sigs.k8s.io/yaml takes: to JSON, and from there to YAML.
    fn detour(&mut self, value: &Value) -> Result<(), Failure> {
        let json = json::encode(value, Style::Compact, self.max)?;
        let document = read(&json).map_err(|error| Failure::Go(error.to_string()))?;
        match &document {
            Some(document) => self.emitter.node(document.root()),
            None => self.emitter.plain("null"),
        }
        self.note(value.src);
        Ok(())
    }
}

/// Keys that are longer in JSON than 1024 characters are no keys to go-yaml; an escape makes six
/// of one.
const MAX_SAFE_KEY: usize = 1000 / 6;

/// A key in UTF-8.
fn readable(key: &[u8]) -> Cow<'_, str> {
    str::from_utf8(key).map_or_else(|_| String::from_utf8_lossy(key), Cow::Borrowed)
}

/// Whether a string comes back from JSON that is read as YAML as it was: YAML allows fewer
/// characters than JSON, and has more line breaks.
fn survives_json(text: &str) -> bool {
    text.bytes().all(|byte| byte < 0x7f)
        || text.chars().all(|c| !matches!(c, '\x7f'..='\u{9f}' | '\u{fffe}' | '\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::funcs::Env;
    use rand_core::SeedableRng;

    #[track_caller]
    fn check(name: &str, argument: Value, expected: &str) {
        let (env, mut random) = (Env::default(), crate::funcs::Random::seed_from_u64(0));
        let mut ctx = Ctx { env: &env, random: &mut random, tracer: None, work: 0 };
        let func = FUNCS.iter().find(|func| func.name == name).unwrap();
        let found = match (func.call)(&mut ctx, &[argument]) {
            Ok(value) if value.as_str().is_some() => {
                String::from_utf8(value.as_str().unwrap().to_vec()).unwrap()
            }
            Ok(value) => {
                String::from_utf8(json::encode(&value, Style::Raw, 1 << 20).unwrap()).unwrap()
            }
            Err(error) => format!("{error:?}"),
        };
        assert_eq!(found, expected);
    }

    fn map(entries: &[(&str, Value)]) -> Value {
        let map = Map::new(MapKind::Any);
        for (key, value) in entries {
            map.insert(key.as_bytes(), value.clone());
        }
        Value::from(map)
    }

    #[test]
    fn the_two_writers_differ() {
        let value = map(&[
            ("b", Value::from(vec![Value::from(12_345_678.0), Value::from("yes")])),
            ("a10", Value::from("x\ny\n")),
            ("a9", map(&[])),
        ]);
        check("toYaml", value.clone(), "a9: {}\na10: |\n  x\n  y\nb:\n- 12345678\n- \"yes\"");
        check(
            "toYamlPretty",
            value,
            "a9: {}\na10: |\n  x\n  y\nb:\n  - 1.2345678e+07\n  - \"yes\"",
        );
    }

    #[test]
    fn a_detour_over_json_leaves_its_marks() {
        check("toYaml", Value::from("\u{85}:word "), "' :word '");
        check("toYaml", Value::from("\x7f"), "");
        check(
            "mustToYaml",
            Value::from("\x7f"),
            "Failed(\"yaml: control characters are not allowed\")",
        );
        check("toYaml", Value::text(b"\xff"), "\u{fffd}");
        check("toYamlPretty", Value::text(b"\xff"), "!!binary /w==");
        check("toYaml", Value::from(f64::NAN), "");
        check("toYaml", Value::from(Map::nil(MapKind::Any)), "null");
        check("toYamlPretty", Value::from(Map::nil(MapKind::Any)), "{}");
    }

    #[test]
    fn written_text_names_the_values_behind_it() {
        let mut files = crate::source::Sources::default();
        let text = "a: {b: 1, c: [x, 'y']}\nd: |\n  e\n";
        let file = files.add(crate::source::Kind::File, "values.yaml", text.as_bytes());
        let text = files.text(file);
        let document = yaml::read_first(file, text, 0..text.len()).unwrap().unwrap();
        let mut tracer = crate::origin::Tracer::default();
        let sources = Sources::Keys(&mut tracer);
        let value = from_node(document.root(), Src::NONE, sources);
        let (env, mut random) = (Env::default(), crate::funcs::Random::seed_from_u64(0));
        let mut ctx = Ctx { env: &env, random: &mut random, tracer: Some(&mut tracer), work: 0 };
        let written = to_yaml(&mut ctx, &[value]).unwrap();
        let text = written.as_str().unwrap();
        let mut found = Vec::new();
        let mut start = 0;
        for &(end, origin) in tracer.runs_of(written.src, text.len()).iter() {
            let key = tracer.values(origin.src).into_iter().map(|source| source.key);
            let piece = String::from_utf8_lossy(&text[start..end as usize]).into_owned();
            found.push((piece, key.collect::<Vec<_>>().join(" ")));
            start = end as usize;
        }
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
        assert_eq!(
            found,
            [
                ("a:", "a"),
                ("\n  b: 1", "a.b"),
                ("\n  c:", "a.c"),
                ("\n  - x", "a.c[0]"),
                ("\n  - \"y\"", "a.c[1]"),
                ("\nd: |\n  e", "d"),
            ]
        );
    }

    #[test]
    fn errors_become_values() {
        check("fromYaml", Value::from("a: [1, 2.5, x]\n---\n["), r#"{"a":[1,2.5,"x"]}"#);
        check(
            "fromYaml",
            Value::from("- 1"),
            r#"{"Error":"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"}"#,
        );
        check("fromYaml", Value::from(""), "{}");
        check("fromYamlArray", Value::from("# nothing"), "[]");
        check(
            "fromYamlArray",
            Value::from("a: b: c"),
            r#"["error converting YAML to JSON: yaml: mapping values are not allowed in this context"]"#,
        );
    }
}
