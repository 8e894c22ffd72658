//! The machine: operands, variables, frames, and the loop over operations.
//!
//! Calls of templates are frames in a list, whether `template`, `include` or `tpl` made them:
//! however deep a chart recurses, the machine's own stack stays flat.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::exec::fault::{Fault, Limit};
use crate::exec::fields::Receiver;
use crate::exec::loops::OpenLoop;
use crate::exec::output::Condition;
use crate::exec::random::Sites;
use crate::exec::templates::{Namespace, Return, Text};
use crate::exec::{Options, Warning};
use crate::funcs::{Env, Func, Random};
use crate::origin::{CallId, Runs, Src, Tracer};
use crate::program::{Code, Op, Program, Slot, Template};
use crate::source::{FileId, Sources};
use crate::template::NodeId;
use crate::value::Value;

pub(crate) struct Machine<'a> {
    pub(crate) program: &'a Program,
    pub(crate) env: &'a Env,
    pub(crate) options: &'a Options,
    pub(crate) sources: &'a mut Sources,
    pub(crate) tracer: Option<&'a mut Tracer>,
    pub(crate) random: Random,
    pub(crate) sites: Sites,
    /// What the current file has written, and above it what the open `include`s have.
    pub(crate) out: Vec<u8>,
    /// The origins of `out`; only in a render that traces.
    pub(crate) runs: Runs,
    /// The operands.
    pub(crate) stack: Vec<Value>,
    /// Whether the top operand came out of an interface, which Go's messages tell apart: a nil
    /// that did is an entry without value, any other nil is nothing at all.
    pub(crate) wrapped: bool,
    /// The variables of all frames.
    pub(crate) variables: Vec<Variable>,
    /// The dots that open `with`s hide.
    pub(crate) dots: Vec<Operand>,
    pub(crate) loops: Vec<OpenLoop>,
    /// Methods whose arguments are being evaluated.
    pub(crate) methods: Vec<&'static Func>,
    /// The blocks that are open because of a value; only in a render that traces.
    pub(crate) conditions: Vec<Condition>,
    /// Where the value came from that an error is about.
    pub(crate) blamed: Src,
    pub(crate) frame: Frame,
    /// The callers of `frame`.
    pub(crate) frames: Vec<Frame>,
    pub(crate) steps: u64,
    /// Bytes that were made since memory was last measured, and those that stay for good.
    pub(crate) made: usize,
    pub(crate) kept: usize,
    /// The size of the texts that `tpl` has parsed.
    pub(crate) texts_size: usize,
    /// The bytes that earlier files have written.
    pub(crate) written: usize,
    /// How often each template that `include` calls is open, by its number.
    pub(crate) included: FxHashMap<usize, u32>,
    /// The texts that `tpl` has parsed.
    pub(crate) texts: FxHashMap<crate::value::Text, Rc<Text>>,
    /// Those that a place lies in, and so have become sources.
    pub(crate) text_files: Vec<(Arc<[u8]>, FileId)>,
    pub(crate) warnings: Vec<Warning>,
    /// The current file has called `lookup`: what it draws it may keep.
    pub(crate) looked_up: bool,
    /// The current file has drawn something that each render draws anew.
    pub(crate) drew: bool,
}

/// A value, and whether it came out of an interface.
#[derive(Clone)]
pub(crate) struct Operand {
    pub(crate) value: Value,
    pub(crate) wrapped: bool,
}

/// A variable; None while the code that declares it was skipped.
pub(crate) type Variable = Option<Operand>;

/// A call of a template.
pub(crate) struct Frame {
    pub(crate) template: Rc<Template>,
    pub(crate) code: Rc<Code>,
    /// The next operation.
    pub(crate) pc: usize,
    /// The node that an error would name.
    pub(crate) at: NodeId,
    pub(crate) dot: Operand,
    /// Where its variables start.
    pub(crate) variables: usize,
    pub(crate) dots: usize,
    pub(crate) loops: usize,
    /// What to do when it ends.
    pub(crate) returns: Return,
    /// How many `template` actions are open around it, up to the next `include`.
    pub(crate) depth: usize,
    /// The templates that open `tpl` texts define.
    pub(crate) namespace: Option<Rc<Namespace>>,
    pub(crate) call: CallId,
}

pub(crate) type Step<T = ()> = Result<T, Box<Fault>>;

impl Operand {
    pub(crate) fn plain(value: Value) -> Operand {
        Operand { value, wrapped: false }
    }
}

impl<'a> Machine<'a> {
    pub(crate) fn new(
        program: &'a Program,
        env: &'a Env,
        options: &'a Options,
        sources: &'a mut Sources,
        tracer: Option<&'a mut Tracer>,
        frame: Frame,
    ) -> Machine<'a> {
        Machine {
            program,
            env,
            options,
            sources,
            tracer,
            random: env.random(0, 0),
            sites: Sites::default(),
            out: Vec::new(),
            runs: Runs::new(),
            stack: Vec::new(),
            wrapped: false,
            variables: Vec::new(),
            dots: Vec::new(),
            loops: Vec::new(),
            methods: Vec::new(),
            conditions: Vec::new(),
            blamed: Src::NONE,
            frame,
            frames: Vec::new(),
            steps: 0,
            made: 0,
            kept: 0,
            texts_size: 0,
            written: 0,
            included: FxHashMap::default(),
            texts: FxHashMap::default(),
            text_files: Vec::new(),
            warnings: Vec::new(),
            looked_up: false,
            drew: false,
        }
    }

    pub(crate) fn into_warnings(self) -> Vec<Warning> {
        self.warnings
    }

    /// Makes the call of a chart file the only one.
    pub(crate) fn start(&mut self, frame: Frame) {
        self.frames.clear();
        self.conditions.clear();
        self.variables.clear();
        self.variables.push(Some(frame.dot.clone()));
        self.variables.resize(frame.code.slots, None);
        self.frame = frame;
    }

    /// Runs until the frame of the file returns.
    pub(crate) fn run(&mut self) -> Step {
        loop {
            let code = Rc::clone(&self.frame.code);
            while let Some(op) = code.ops.get(self.frame.pc) {
                self.frame.pc += 1;
                match self.step(&code, op)? {
                    Flow::Next => {}
                    Flow::Frame => break,
                    Flow::End => return Ok(()),
                }
            }
        }
    }

    // The loop over operations is nothing but this; as a call it would take as long as most of them.
    #[inline(always)]
    fn step(&mut self, code: &Code, op: &Op) -> Step<Flow> {
        match *op {
            Op::Text { start, end } => self.write_text(code, start, end)?,
            Op::Print { node } => self.print(node)?,
            Op::Pop => drop(self.pop()),
            Op::PopUnder => self.pop_under(),
            Op::Raise { over } => self.raise(usize::from(over)),
            Op::Store { slot } => self.store(slot),
            Op::Forget { slot } => self.set_variable(slot, None),
            Op::At { node } => self.frame.at = node,
            Op::Constant { index, node } => {
                self.frame.at = node;
                let value = code.constants.get(index as usize).cloned();
                self.push(value.unwrap_or(Value::NIL), false);
            }
            Op::Dot { node } => {
                self.frame.at = node;
                let Operand { value, wrapped } = self.frame.dot.clone();
                self.push(value, wrapped);
            }
            Op::Variable { slot, node } => {
                self.frame.at = node;
                let Operand { value, wrapped } = self.variable(code, slot)?.clone();
                self.push(value, wrapped);
            }
            Op::Field { keys, node, whole } => {
                self.frame.at = node;
                self.field_of(code, Receiver::Dot, keys, whole)?;
            }
            Op::VariableField { slot, keys, node, whole } => {
                self.frame.at = node;
                self.field_of(code, Receiver::Variable(slot), keys, whole)?;
            }
            Op::Fields { keys } => self.fields(code, keys)?,
            Op::Unwrap => self.wrapped = false,
            Op::Check { ty } => self.check(code, ty)?,
            Op::Call { call } => return self.call(code, call),
            Op::Method { index } => self.find_method(code, index)?,
            Op::MethodLiteral { index, node } => self.method_literal(code, index, node)?,
            Op::MethodCheck { index } => self.method_check(index)?,
            Op::MethodCall { index } => self.call_method(code, index)?,
            Op::Jump { to } => self.frame.pc = to as usize,
            Op::If { otherwise, end } => self.branch(otherwise, end),
            Op::With { otherwise, end } => self.with(otherwise, end),
            Op::EndWith => self.end_with(),
            Op::ShortCircuit { on, to } => self.short_circuit(on, to),
            Op::Range { index } => self.range(code, index)?,
            Op::Next { index } => self.next_round(code, index)?,
            Op::Break { index } => self.break_loop(code, index),
            Op::Continue { index } => self.continue_loop(code, index),
            Op::FindTemplate { name, node } => self.find_template(code, name, node)?,
            Op::Template { name, node } => return self.call_template(code, name, node),
            Op::Mistake { index } => return Err(self.mistake(code, index)),
            Op::Return => return self.return_from_template(),
        }
        Ok(Flow::Next)
    }

    #[inline]
    pub(crate) fn push(&mut self, value: Value, wrapped: bool) {
        self.stack.push(value);
        self.wrapped = wrapped;
    }

    /// The top operand. The compiler emits no operation without its operands.
    pub(crate) fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or(Value::NIL)
    }

    pub(crate) fn top(&self) -> &Value {
        self.stack.last().unwrap_or(&Value::NIL)
    }

    fn pop_under(&mut self) {
        let top = self.pop();
        self.pop();
        self.stack.push(top);
    }

    /// What was piped into a command lies below its arguments; it becomes the last of them.
    fn raise(&mut self, over: usize) {
        let from = self.stack.len().saturating_sub(over + 1);
        match self.stack.get_mut(from..) {
            Some([one, other]) => std::mem::swap(one, other),
            Some(operands) => operands.rotate_left(1),
            None => {}
        }
        self.wrapped = false;
    }

    fn store(&mut self, slot: Slot) {
        let operand = Operand::plain(self.top().clone());
        self.set_variable(slot, Some(operand));
    }

    pub(crate) fn set_variable(&mut self, slot: Slot, variable: Variable) {
        let index = self.frame.variables + usize::from(slot);
        if let Some(place) = self.variables.get_mut(index) {
            *place = variable;
        }
    }

    pub(crate) fn variable(&self, code: &Code, slot: Slot) -> Step<&Operand> {
        let index = self.frame.variables + usize::from(slot);
        let variable = self.variables.get(index).and_then(Option::as_ref);
        variable.ok_or_else(|| Box::new(Fault::undefined_variable(code, self.frame.at)))
    }

    fn branch(&mut self, otherwise: u32, end: u32) {
        let condition = self.pop();
        let truth = condition.is_true();
        self.choose(truth, otherwise);
        self.depend_on(&condition, if truth { otherwise } else { end });
    }

    /// Goes on if the condition of an `if` is true.
    pub(crate) fn choose(&mut self, truth: bool, otherwise: u32) {
        if !truth {
            self.frame.pc = otherwise as usize;
        }
    }

    fn with(&mut self, otherwise: u32, end: u32) {
        let value = self.pop();
        if !value.is_true() {
            self.frame.pc = otherwise as usize;
            return self.depend_on(&value, end);
        }
        self.depend_on(&value, otherwise);
        let hidden = std::mem::replace(&mut self.frame.dot, Operand::plain(value));
        self.dots.push(hidden);
    }

    fn end_with(&mut self) {
        if let Some(dot) = self.dots.pop() {
            self.frame.dot = dot;
        }
    }

    fn short_circuit(&mut self, on: bool, to: u32) {
        if self.top().is_true() == on {
            self.frame.pc = to as usize;
        } else {
            self.pop();
        }
    }

    fn mistake(&mut self, code: &Code, index: u32) -> Box<Fault> {
        let Some(mistake) = code.mistakes.get(index as usize) else {
            return Box::new(Fault::Uncallable(String::new()));
        };
        self.frame.at = mistake.node.unwrap_or(self.frame.at);
        Box::new(Fault::Mistake(mistake.kind.clone()))
    }

    /// Counts rounds of loops, calls of templates, and what takes as long.
    #[inline]
    pub(crate) fn count_steps(&mut self, steps: u64) -> Step {
        self.steps += steps;
        let max = self.options.limits.steps;
        if self.steps > max { Err(Box::new(Fault::Limit(Limit::Steps(max)))) } else { Ok(()) }
    }
}

/// What comes after an operation.
pub(crate) enum Flow {
    Next,
    /// Another frame is the current one.
    Frame,
    /// The file is rendered.
    End,
}
