//! The functions that templates may call.
//!
//! One module per family, named as in Sprig's own source so that the two can be read side by side.
//! A function is a plain Rust function of values. It knows no position: the machine that calls it
//! (`exec`) checks the arguments against [`Func::params`] as Go's reflection does, and adds the
//! place to the error. `include`, `tpl`, `required`, `fail` and `lookup` need the machine and live there.

use std::ops::Range;
use std::sync::LazyLock;

use rand_core::SeedableRng;
use rustc_hash::FxHashMap;

use crate::origin::{Origin, Runs, Src, Tracer};
use crate::value::{Exceeded, Text, Value};

pub(crate) mod args;
pub mod go;
pub mod helm;
pub mod methods;
pub mod sprig;
#[cfg(test)]
pub(crate) mod testing;

/// A function as templates see it.
pub struct Func {
    pub name: &'static str,
    /// The Go types of the parameters; of a variadic function the last repeats.
    pub params: &'static [Type],
    pub variadic: bool,
    pub call: Call,
}

/// The Rust function behind a [`Func`].
pub type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

impl Func {
    pub(crate) const fn new(name: &'static str, params: &'static [Type], call: Call) -> Func {
        Func { name, params, variadic: false, call }
    }

    /// A function whose last parameter may be given any number of times.
    pub(crate) const fn variadic(name: &'static str, params: &'static [Type], call: Call) -> Func {
        Func { name, params, variadic: true, call }
    }
}

/// The Go type of a parameter. The machine refuses other arguments with Go's words, and converts
/// constants, so a function may rely on the shape of its arguments.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Any,
    Bool,
    Int,
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

impl From<Exceeded> for FuncError {
    fn from(exceeded: Exceeded) -> FuncError {
        FuncError::Limit(exceeded.to_string())
    }
}

/// What a function may know besides its arguments.
pub struct Ctx<'a> {
    pub env: &'a Env,
    /// Random bytes: seeded by run and call site (`exec` re-seeds before each call of a random function).
    pub random: &'a mut Random,
    /// Only in a render that traces.
    pub tracer: Option<&'a mut Tracer>,
    /// How many rounds of a loop the call has taken the time of; few functions take long enough
    /// to say so.
    pub work: u64,
}

/// The source of all randomness in a render.
pub type Random = rand_chacha::ChaCha20Rng;

/// What all randomness comes from; private keys that people install are made of it.
pub type Seed = [u8; 32];

/// What a render may learn of the world besides its values.
#[derive(Clone, Debug)]
pub struct Env {
    /// Nanoseconds since 1970.
    pub now: i128,
    /// Two renders with one seed are alike.
    pub seed: Seed,
    /// The largest text that any function may make, in bytes.
    pub max_text: usize,
}

impl Default for Env {
    fn default() -> Env {
        Env { now: 0, seed: Seed::default(), max_text: 64 << 20 }
    }
}

impl Env {
    /// Randomness that depends on nothing but the seed, the place of a call, and how often it was
    /// called before.
    pub(crate) fn random(&self, site: u64, calls: u64) -> Random {
        let mut seed = self.seed;
        let told = [site, calls].map(u64::to_le_bytes);
        for (byte, told) in seed[8..24].iter_mut().zip(told.as_flattened()) {
            *byte ^= told;
        }
        Random::from_seed(seed)
    }
}

/// Part of a text argument: the value itself if that is all of it.
pub(crate) fn part(ctx: &mut Ctx<'_>, value: &Value, range: Range<usize>) -> Value {
    let text = value.as_str().unwrap_or_default();
    if range == (0..text.len()) {
        return value.clone();
    }
    let part = text.get(range.clone()).unwrap_or_default();
    match &mut ctx.tracer {
        Some(tracer) if !value.src.is_none() => {
            let mut runs = Runs::new();
            push_runs(&mut runs, 0, tracer, (value.src, text.len()), range);
            Value::text(part).with(tracer.runs(runs))
        }
        _ => Value::text(part),
    }
}

/// Builds a text out of pieces of others, and keeps their origins when the render traces.
///
/// `nindent`, `trim`, `replace`, `printf`, `join`, … push what they take over with
/// [`TextBuilder::piece`] and what they make themselves with [`TextBuilder::plain`].
pub struct TextBuilder {
    bytes: Vec<u8>,
    runs: Option<Runs>,
    max: usize,
    /// More was pushed than the limit allows; what came since is lost.
    full: bool,
}

impl TextBuilder {
    pub fn new(ctx: &Ctx<'_>) -> TextBuilder {
        TextBuilder::with_capacity(ctx, 0)
    }

    pub fn with_capacity(ctx: &Ctx<'_>, capacity: usize) -> TextBuilder {
        let max = ctx.env.max_text;
        TextBuilder {
            bytes: Vec::with_capacity(capacity.min(max)),
            runs: ctx.tracer.is_some().then(Vec::new),
            max,
            full: false,
        }
    }

    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Text that the function makes itself.
    #[inline]
    pub fn plain(&mut self, bytes: impl AsRef<[u8]>) {
        self.whole(bytes, Src::NONE);
    }

    /// Text made of a value as a whole, for example a printed number.
    #[inline]
    pub fn whole(&mut self, bytes: impl AsRef<[u8]>, src: Src) {
        if self.append(bytes.as_ref()) {
            self.end_run(Origin { at: None, src });
        }
    }

    /// A byte many times over, made by the function itself.
    pub fn fill(&mut self, byte: u8, count: usize) {
        if count > self.max.saturating_sub(self.bytes.len()) {
            self.full = true;
            return;
        }
        self.bytes.resize(self.bytes.len() + count, byte);
        self.end_run(Origin::default());
    }

    /// Part of an argument: `range` of `text`, whose source is `src`.
    pub fn piece(&mut self, ctx: &Ctx<'_>, text: &[u8], range: Range<usize>, src: Src) {
        let start = self.bytes.len();
        let piece = text.get(range.clone()).unwrap_or_default();
        let Some(tracer) = ctx.tracer.as_deref().filter(|_| !src.is_none()) else {
            return self.plain(piece);
        };
        if self.append(piece)
            && let Some(runs) = &mut self.runs
        {
            push_runs(runs, start, tracer, (src, text.len()), range);
        }
    }

    /// The text as a value with its origins.
    pub fn finish(self, ctx: &mut Ctx<'_>) -> Result<Value, FuncError> {
        if self.full {
            return Err(Exceeded::Size.into());
        }
        let text: Text = self.bytes.into();
        let src = match (&mut ctx.tracer, self.runs) {
            (Some(tracer), Some(runs)) => tracer.runs(runs),
            _ => Src::NONE,
        };
        Ok(Value::from(text).with(src))
    }

    /// Whether there was room for it.
    #[inline]
    fn append(&mut self, bytes: &[u8]) -> bool {
        self.full |= bytes.len() > self.max.saturating_sub(self.bytes.len());
        if !self.full {
            self.bytes.extend_from_slice(bytes);
        }
        !self.full
    }

    #[inline]
    fn end_run(&mut self, origin: Origin) {
        if let Some(runs) = &mut self.runs {
            end_run(runs, self.bytes.len() as u32, origin);
        }
    }
}

/// Appends the runs of `range` of a text, given its source and length, which now stands at `start`.
fn push_runs(
    runs: &mut Runs,
    start: usize,
    tracer: &Tracer,
    (src, len): (Src, usize),
    range: Range<usize>,
) {
    let source = tracer.runs_of(src, len);
    let first = source.partition_point(|&(end, _)| end as usize <= range.start);
    for &(end, origin) in source.iter().skip(first) {
        let end = (end as usize).min(range.end);
        end_run(runs, (start + end - range.start) as u32, origin);
        if end == range.end {
            break;
        }
    }
}

/// Says that the bytes from the last run's end to `end` have this origin.
fn end_run(runs: &mut Runs, end: u32, origin: Origin) {
    match runs.last_mut() {
        Some((last, same)) if *same == origin => *last = end,
        Some((last, _)) if *last == end => {}
        None if end == 0 => {}
        _ => runs.push((end, origin)),
    }
}

/// The function of that name, unless the machine itself has it.
pub fn find(name: &str) -> Option<&'static Func> {
    static BY_NAME: LazyLock<FxHashMap<&str, &Func>> =
        LazyLock::new(|| all().map(|func| (func.name, func)).collect());
    BY_NAME.get(name).copied()
}

/// All functions but the machine's own, in the order of their families.
pub fn all() -> impl Iterator<Item = &'static Func> {
    [go::FAMILIES, sprig::FAMILIES, helm::FAMILIES]
        .into_iter()
        .flatten()
        .flat_map(|family| family.iter())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{all, find};

    #[test]
    fn no_two_functions_share_a_name() {
        let names: Vec<&str> = all().map(|func| func.name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len());
        assert!(names.iter().all(|name| find(name).is_some_and(|func| func.name == *name)));
    }
}
