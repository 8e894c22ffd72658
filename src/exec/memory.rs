//! The memory that templates hold, kept within a limit.
//!
//! What functions make is added up; each time that this may have filled a part of the limit, the
//! values that are alive are measured. So a render that makes and forgets may go on for long, and
//! the measuring costs little against the making.

use crate::exec::fault::{Fault, Limit};
use crate::exec::machine::{Machine, Step};
use crate::funcs::Func;
use crate::value::{Data, Value, size_of_all};

/// What is made between two measurements.
const INTERVAL: usize = 128 << 20;

/// Functions whose results hold copies of all that their arguments hold.
const COPIES: &[&str] =
    &["deepCopy", "merge", "mergeOverwrite", "mustDeepCopy", "mustMerge", "mustMergeOverwrite"];

/// How many bytes of text a function works through in the time of a step.
const STEP: usize = 256;

/// About how many bytes a call made, rather too many than too few.
pub(crate) fn made_by(func: &Func, args: &[Value], result: &Value) -> usize {
    /// What a byte of YAML or JSON may become.
    const PARSED: usize = 32;
    let own = match &result.data {
        Data::Str(text) => text.len(),
        Data::List(list) => list.as_slice().len() * size_of::<Value>(),
        Data::Map(map) => map.len() * 2 * size_of::<Value>(),
        Data::Rare(_) => size_of_all([result]),
        Data::Nil | Data::Bool(_) | Data::Int(_) | Data::Int64(_) | Data::Float(_) => return 0,
    };
    if COPIES.contains(&func.name) {
        return own + size_of_all(args);
    }
    if matches!(result.data, Data::Str(_)) {
        return own;
    }
    own + text_in(args) * PARSED
}

/// How many bytes of text the arguments hold.
pub(crate) fn text_in(args: &[Value]) -> usize {
    args.iter().filter_map(Value::as_str).map(<[u8]>::len).sum()
}

impl Machine<'_> {
    /// Counts bytes that were made, and fails if too many are alive.
    pub(crate) fn charge(&mut self, bytes: usize) -> Step {
        self.made += bytes;
        self.count_steps((bytes / STEP) as u64)?;
        if self.made < INTERVAL {
            return Ok(());
        }
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
