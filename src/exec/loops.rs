//! `range`, `break` and `continue`.

use crate::value::runes::lossy;
use std::rc::Rc;
use std::sync::Arc;

use crate::exec::fault::Fault;
use crate::exec::fields::inherit;
use crate::exec::machine::{Machine, Operand, Step};
use crate::origin::Src;
use crate::program::{Code, Loop};
use crate::value::{Data, List, ListKind, Map, MapKind, Rare, Text, Value, print};

/// A loop that runs.
pub(crate) struct OpenLoop {
    rounds: Rounds,
    /// Dot outside.
    dot: Operand,
    /// How many `with`s are open outside.
    dots: usize,
}

/// What is still to come. A map gives what it held when the loop began.
enum Rounds {
    Numbers { next: i128, end: i128, of: Value },
    List { list: List, src: Src, next: usize },
    Entries(std::vec::IntoIter<(Text, Value)>, MapKind),
    Bytes { of: Rc<Rare>, next: usize },
}

/// What the first of two variables becomes.
enum LoopKey {
    Index(usize),
    Name(Text),
}

impl LoopKey {
    fn into_value(self) -> Value {
        match self {
            LoopKey::Index(index) => Value::int(index as i64),
            LoopKey::Name(name) => Value::from(name),
        }
    }
}

/// The longest value that a message shows.
const MAX_SHOWN: usize = 1 << 20;

impl Machine<'_> {
    pub(crate) fn range(&mut self, code: &Code, index: u32) -> Step {
        let Some(opened) = code.loops.get(index as usize) else { return Ok(()) };
        let value = self.pop();
        let rounds = rounds(&value, opened)?;
        self.depend_on(&value, opened.end);
        match rounds {
            Some(rounds) => {
                let dot = self.frame.dot.clone();
                self.loops.push(OpenLoop { rounds, dot, dots: self.dots.len() });
            }
            None => self.frame.pc = opened.otherwise as usize,
        }
        Ok(())
    }

    pub(crate) fn next_round(&mut self, code: &Code, index: u32) -> Step {
        let Some(opened) = code.loops.get(index as usize) else { return Ok(()) };
        let next = self.loops.last_mut().and_then(|running| running.rounds.next());
        let Some((key, element)) = next else {
            self.break_loop(code, index);
            return Ok(());
        };
        if let Some(slot) = opened.key {
            self.set_variable(slot, Some(Operand::plain(key.into_value())));
        }
        if let Some(slot) = opened.element {
            self.set_variable(slot, Some(element.clone()));
        }
        self.frame.dot = element;
        self.frame.pc = opened.body as usize;
        self.count_steps(1)
    }

    pub(crate) fn break_loop(&mut self, code: &Code, index: u32) {
        if let Some(done) = self.loops.pop() {
            self.dots.truncate(done.dots);
            self.frame.dot = done.dot;
        }
        if let Some(opened) = code.loops.get(index as usize) {
            self.frame.pc = opened.end as usize;
        }
    }

    pub(crate) fn continue_loop(&mut self, code: &Code, index: u32) {
        if let Some(running) = self.loops.last() {
            self.dots.truncate(running.dots);
        }
        if let Some(opened) = code.loops.get(index as usize) {
            self.frame.pc = opened.next as usize;
        }
    }
}

/// The rounds of a loop over a value; None if it is empty (`walkRange`).
fn rounds(value: &Value, opened: &Loop) -> Step<Option<Rounds>> {
    let rounds = match &value.data {
        Data::Nil => return Ok(None),
        Data::Int(end) | Data::Int64(end) => numbers(value, (*end).into(), opened)?,
        Data::List(list) => Rounds::List { list: list.clone(), src: value.src, next: 0 },
        Data::Map(map) => entries(map, value),
        Data::Rare(rare) => match &**rare {
            Rare::Sized(_, end) => numbers(value, *end, opened)?,
            Rare::Bytes(_) => Rounds::Bytes { of: Rc::clone(rare), next: 0 },
            Rare::Files(files) => {
                let entry = |(path, content): (&Text, &Arc<[u8]>)| {
                    (Rc::clone(path), Rare::Bytes(content.to_vec()).into())
                };
                let entries: Vec<(Text, Value)> = files.iter().map(entry).collect();
                Rounds::Entries(entries.into_iter(), MapKind::Strings)
            }
            Rare::Complex(..) | Rare::Struct(_) | Rare::Time(_) => return Err(not_iterable(value)),
        },
        Data::Bool(_) | Data::Float(_) | Data::Str(_) => return Err(not_iterable(value)),
    };
    Ok((!rounds.is_empty()).then_some(rounds))
}

fn numbers(value: &Value, end: i128, opened: &Loop) -> Step<Rounds> {
    if opened.key.is_some() {
        return Err(Box::new(Fault::TwoVariables { value: shown(value) }));
    }
    Ok(Rounds::Numbers { next: 0, end, of: value.clone() })
}

fn entries(map: &Map, value: &Value) -> Rounds {
    let entry = |(key, entry): (&Text, &Value)| (Rc::clone(key), inherit(entry.clone(), value.src));
    let entries: Vec<(Text, Value)> = map.borrow().iter().map(entry).collect();
    Rounds::Entries(entries.into_iter(), map.kind)
}

fn not_iterable(value: &Value) -> Box<Fault> {
    Box::new(Fault::NotIterable { value: shown(value) })
}

fn shown(value: &Value) -> String {
    let mut out = Vec::new();
    if let Err(exceeded) = print::write(&mut out, value, MAX_SHOWN) {
        return exceeded.to_string();
    }
    lossy(&out)
}

impl OpenLoop {
    /// The values that the loop holds.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        let entries = match &self.rounds {
            Rounds::Entries(entries, _) => entries.as_slice(),
            Rounds::Numbers { .. } | Rounds::List { .. } | Rounds::Bytes { .. } => &[],
        };
        entries.iter().map(|(_, value)| value).chain([&self.dot.value])
    }
}

impl Rounds {
    fn is_empty(&self) -> bool {
        match self {
            Rounds::Numbers { end, .. } => *end <= 0,
            Rounds::List { list, .. } => list.as_slice().is_empty(),
            Rounds::Entries(entries, _) => entries.len() == 0,
            Rounds::Bytes { of, .. } => matches!(&**of, Rare::Bytes(bytes) if bytes.is_empty()),
        }
    }

    /// The key and the element of the next round.
    #[inline]
    fn next(&mut self) -> Option<(LoopKey, Operand)> {
        match self {
            Rounds::Numbers { next, end, of } => {
                let number = (*next < *end).then_some(*next)?;
                *next += 1;
                // Of one number only the element is seen.
                Some((LoopKey::Index(0), Operand::plain(number_like(of, number).with(of.src))))
            }
            Rounds::List { list, src, next } => {
                let element = inherit(list.as_slice().get(*next)?.clone(), *src);
                let wrapped = list.kind == ListKind::Any;
                *next += 1;
                Some((LoopKey::Index(*next - 1), Operand { value: element, wrapped }))
            }
            Rounds::Entries(entries, kind) => {
                let (key, value) = entries.next()?;
                let wrapped = *kind != MapKind::Strings;
                Some((LoopKey::Name(key), Operand { value, wrapped }))
            }
            Rounds::Bytes { of, next } => {
                let Rare::Bytes(bytes) = &**of else { return None };
                let byte = *bytes.get(*next)?;
                *next += 1;
                let element = Rare::Sized("uint8", byte.into());
                Some((LoopKey::Index(*next - 1), Operand::plain(element.into())))
            }
        }
    }
}

/// A number of the same Go type.
fn number_like(of: &Value, number: i128) -> Value {
    match of.data {
        Data::Int(_) => Value::int(number as i64),
        Data::Int64(_) => Value::int64(number as i64),
        Data::Nil
        | Data::Bool(_)
        | Data::Float(_)
        | Data::Str(_)
        | Data::List(_)
        | Data::Map(_)
        | Data::Rare(_) => Rare::Sized(of.type_name(), number).into(),
    }
}
