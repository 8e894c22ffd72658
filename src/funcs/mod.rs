//! The functions that templates may call.
//!
//! One module per family, named as in Sprig's own source so that the two can be read side by side.
//! A function is a plain Rust function of values. It knows no position: the machine that calls it
//! (`exec`) checks the arguments against [`Func::params`] as Go's reflection does, and adds the
//! place to the error. `include`, `tpl`, `required`, `fail` and `lookup` need the machine and live there.

use crate::origin::{Origin, Runs, Src, Tracer};
use crate::value::{Text, Value};

pub(crate) mod args;
pub mod go;
pub mod helm;
pub mod methods;
pub mod sprig;

/// A function as templates see it.
pub struct Func {
    pub name: &'static str,
    /// The Go types of the parameters; of a variadic function the last repeats.
    pub params: &'static [Type],
    pub variadic: bool,
    pub call: fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>,
}

/// The Go type of a parameter. The machine refuses other arguments with Go's words, and converts
/// constants, so a function may rely on the shape of its arguments.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Any,
    Bool,
    Int,
    Int64,
    Uint32,
    Float64,
    String,
    /// `map[string]interface {}`; `common.Values` may be given too.
    Map,
    /// `[]interface {}`
    List,
    /// `time.Time`
    Time,
    /// `sprig.certificate`
    Certificate,
    /// Another type by its Go name, and its kind. Only methods have such parameters.
    Named(&'static str, NamedKind),
}

/// The kind of a named Go type: which constants it takes, and whether `nil`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// `time.Duration`; takes integer constants.
    Int,
    /// `*semver.Version`; takes `nil` and no other constant.
    Pointer,
    /// `io.Writer`, which nothing in a template implements; takes `nil` and no other constant.
    Interface,
    /// `[]uint8`; takes `nil` and no other constant.
    Slice,
}

/// Why a function failed. Go's text; the machine prints `error calling NAME: ` before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FuncError {
    /// An error returned, or a panic that text/template turned into one.
    Failed(String),
    /// text/template refuses to call a function of that shape; printed without `error calling`.
    Uncallable(String),
    /// More than a limit allows; ours, not Go's.
    Limit(String),
}

impl FuncError {
    pub fn new(text: impl Into<String>) -> FuncError {
        FuncError::Failed(text.into())
    }
}

/// What a function may know besides its arguments.
pub struct Ctx<'a> {
    pub env: &'a Env,
    /// Random bytes: seeded by run and call site (`exec` re-seeds before each call of a random function).
    pub random: &'a mut Random,
    /// Only in a render that traces.
    pub tracer: Option<&'a mut Tracer>,
}

/// The source of all randomness in a render.
pub type Random = rand_chacha::ChaCha20Rng;

/// What a render may learn of the world besides its values.
#[derive(Clone, Debug)]
pub struct Env {
    /// Nanoseconds since 1970.
    pub now: i128,
    /// Two renders with one seed are alike.
    pub seed: u64,
    /// The largest text that any function may make, in bytes.
    pub max_text: usize,
}

impl Default for Env {
    fn default() -> Env {
        Env { now: 0, seed: 0, max_text: 64 << 20 }
    }
}

/// Builds a text out of pieces of others, and keeps their origins when the render traces.
///
/// `nindent`, `trim`, `replace`, `printf`, `join`, … push what they take over with
/// [`TextBuilder::piece`] and what they make themselves with [`TextBuilder::plain`].
#[derive(Default)]
pub struct TextBuilder {
    bytes: Vec<u8>,
    runs: Option<Runs>,
}

impl TextBuilder {
    pub fn new(ctx: &Ctx<'_>) -> TextBuilder {
        TextBuilder { bytes: Vec::new(), runs: ctx.tracer.is_some().then(Vec::new) }
    }

    pub fn with_capacity(ctx: &Ctx<'_>, capacity: usize) -> TextBuilder {
        TextBuilder { bytes: Vec::with_capacity(capacity), ..TextBuilder::new(ctx) }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Text that the function makes itself.
    pub fn plain(&mut self, bytes: impl AsRef<[u8]>) {
        self.whole(bytes, Src::NONE);
    }

    /// Text made of a value as a whole, for example a printed number.
    pub fn whole(&mut self, bytes: impl AsRef<[u8]>, src: Src) {
        self.bytes.extend_from_slice(bytes.as_ref());
        self.end_run(Origin { at: None, src });
    }

    /// Part of an argument: `range` of `text`, whose source is `src`.
    pub fn piece(&mut self, ctx: &Ctx<'_>, text: &[u8], range: std::ops::Range<usize>, src: Src) {
        let (Some(tracer), false) = (ctx.tracer.as_deref(), src.is_none()) else {
            return self.plain(&text[range]);
        };
        let mut start = 0;
        for &(end, origin) in tracer.runs_of(src, text.len()).iter() {
            let (from, to) = (start.max(range.start), (end as usize).min(range.end));
            if from < to {
                self.bytes.extend_from_slice(&text[from..to]);
                self.end_run(origin);
            }
            start = end as usize;
        }
    }

    /// The text as a value with its origins.
    pub fn finish(self, ctx: &mut Ctx<'_>) -> Value {
        let text: Text = self.bytes.into();
        let src = match (&mut ctx.tracer, self.runs) {
            (Some(tracer), Some(runs)) => tracer.runs(runs),
            _ => Src::NONE,
        };
        Value::from(text).with(src)
    }

    fn end_run(&mut self, origin: Origin) {
        let end = self.bytes.len() as u32;
        let Some(runs) = &mut self.runs else { return };
        match runs.last_mut() {
            Some((last, same)) if *same == origin => *last = end,
            Some((last, _)) if *last == end => {}
            None if end == 0 => {}
            _ => runs.push((end, origin)),
        }
    }
}

/// The function of that name, unless the machine itself has it.
pub fn find(name: &str) -> Option<&'static Func> {
    all().find(|func| func.name == name)
}

/// All functions but the machine's own, in the order of their families.
pub fn all() -> impl Iterator<Item = &'static Func> {
    [go::FAMILIES, sprig::FAMILIES, helm::FAMILIES]
        .into_iter()
        .flatten()
        .flat_map(|family| family.iter())
}

/// The method of a Go type (`engine.files`, `time.Time`, `common.Values`, `*semver.Version`, …) of
/// that name.
///
/// The receiver is the first argument of `call`; `params` lists the others only, as Go counts them.
pub fn method(type_name: &str, name: &str) -> Option<&'static Func> {
    let of_type = |row: &&(&str, &'static [Func])| row.0 == type_name;
    helm::METHODS.iter().filter(of_type).flat_map(|row| row.1).find(|func| func.name == name)
}
