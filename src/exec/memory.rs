//! The memory that templates hold, kept within a limit.
//!
//! What functions make is added up; each time that this may have filled a part of the limit, the
//! values that are alive are measured. So a render that makes and forgets may go on for long, and
//! the measuring costs little against the making.

use crate::exec::fault::{Fault, Limit};
use crate::exec::machine::{Machine, Step};
use crate::program::Makes;
use crate::value::{Data, Map, Value, size_of_all};

/// What is made between two measurements.
const INTERVAL: usize = 128 << 20;

/// How many bytes of text a function works through in the time of a step.
const STEP: usize = 256;

/// Bytes of an entry of a map.
const ENTRY: usize = 2 * size_of::<Value>();

/// About how many bytes a call made or worked through, rather too many than too few.
#[inline]
pub(crate) fn made_by(makes: Makes, args: &[Value], result: &Value) -> usize {
    let given = text_in(args);
    let own = match &result.data {
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => return given,
        Data::Str(text) => text.len(),
        Data::List(_) | Data::Map(_) if makes == Makes::Values => size_of_all([result]),
        // Where the items are pieces of a text, they are no longer than the text.
        Data::List(list) => size_of_val(list.as_slice()) + given,
        // `set` and `unset` give back the map that they were given.
        Data::Map(map) if is_one_of(map, args) => ENTRY,
        Data::Map(map) => map.len() * ENTRY + given,
        Data::Rare(_) => size_of_all([result]),
    };
    let copied = if makes == Makes::Copies { size_of_all(args) } else { 0 };
    given.max(own + copied)
}

fn is_one_of(map: &Map, args: &[Value]) -> bool {
    args.iter().filter_map(Value::as_map).any(|arg| arg.is_same(map))
}

/// How many bytes of text the arguments hold.
fn text_in(args: &[Value]) -> usize {
    args.iter().filter_map(Value::as_str).map(<[u8]>::len).sum()
}

impl Machine<'_> {
    /// Counts bytes that were made, and fails if too many are alive.
    pub(crate) fn charge(&mut self, bytes: usize) -> Step {
        self.charge_call(0, bytes)
    }

    /// The same for a call that also took steps.
    #[inline]
    pub(crate) fn charge_call(&mut self, steps: u64, bytes: usize) -> Step {
        self.made += bytes;
        self.count_steps(steps + (bytes / STEP) as u64)?;
        if self.made < INTERVAL { Ok(()) } else { self.measure() }
    }

    #[cold]
    fn measure(&mut self) -> Step {
        self.made = 0;
        let max = self.options.limits.memory;
        if self.alive() > max {
            return Err(Box::new(Fault::Limit(Limit::Memory(max))));
        }
        Ok(())
    }

    /// Counts bytes that stay until the render ends.
    pub(crate) fn keep(&mut self, bytes: usize) -> Step {
        self.kept += bytes;
        self.charge(bytes)
    }

    fn alive(&self) -> usize {
        let variables = self.variables.iter().flatten().chain(&self.dots);
        let operands = variables.map(|operand| &operand.value).chain(&self.stack);
        let loops = self.loops.iter().flat_map(|running| running.values());
        let dots = self.frames.iter().chain([&self.frame]).map(|frame| &frame.dot.value);
        self.kept + self.out.len() + size_of_all(operands.chain(loops).chain(dots))
    }
}
