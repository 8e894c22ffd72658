//! Fields, entries of maps, and methods without arguments (`evalField` in
//! `text/template/exec.go`).

use std::borrow::Cow;

use crate::exec::fault::Fault;
use crate::exec::machine::{Machine, Operand, Step};
use crate::exec::output::write_value;
use crate::funcs::{Func, methods};
use crate::origin::Src;
use crate::program::{Chain, Code, Key, Keys, Op, Slot};
use crate::value::runes::lossy;
use crate::value::{Data, Map, MapKind, Rare, Struct, Value};

/// What a chain of fields starts at.
#[derive(Copy, Clone)]
pub(crate) enum Receiver {
    Dot,
    Variable(Slot),
}

impl Machine<'_> {
    /// Fields of dot or of a variable. The value of a `whole` command is printed or decided on
    /// where it lies, if that is all that happens to it.
    pub(crate) fn field_of(
        &mut self,
        code: &Code,
        receiver: Receiver,
        keys: Keys,
        whole: bool,
    ) -> Step {
        let chain = code.chain(keys);
        let next = if whole && self.tracer.is_none() { code.ops.get(self.frame.pc) } else { None };
        let operand = match receiver {
            Receiver::Dot => &self.frame.dot,
            Receiver::Variable(slot) => {
                let index = self.frame.variables + usize::from(slot);
                match self.variables.get(index) {
                    Some(Some(operand)) => operand,
                    _ => return Err(Box::new(Fault::undefined_variable(code, self.frame.at))),
                }
            }
        };
        let (value, stack) = (&operand.value, &mut self.stack);
        match next {
            Some(Op::Print { .. }) => {
                let (out, max) = (&mut self.out, self.options.limits.output);
                let print = |found: &Value, _: Src| write_value(out, found, max);
                if let Some(printed) = with_entry(value, value.src, chain, print) {
                    self.frame.pc += 1;
                    return printed.and_then(|()| self.check_output());
                }
            }
            Some(&Op::If { otherwise, .. }) => {
                let truth = with_entry(value, value.src, chain, |found, _| found.is_true());
                if let Some(truth) = truth {
                    self.frame.pc += 1;
                    self.choose(truth, otherwise);
                    return Ok(());
                }
            }
            _ => {
                let push = |found: &Value, src| stack.push(inherit(found.clone(), src));
                if with_entry(value, value.src, chain, push).is_some() {
                    self.wrapped = !whole;
                    return Ok(());
                }
            }
        }
        let operand = operand.clone();
        self.walk(operand, chain)?;
        self.wrapped &= !whole;
        Ok(())
    }

    pub(crate) fn fields(&mut self, code: &Code, keys: Keys) -> Step {
        let wrapped = self.wrapped;
        let value = self.pop();
        self.walk(Operand { value, wrapped }, code.chain(keys))
    }

    /// Pushes what a chain of fields leads to.
    fn walk(&mut self, mut current: Operand, mut chain: Chain<'_>) -> Step {
        while let Some((key, rest)) = chain.split_first() {
            current = self.field(&current.value, current.wrapped, key)?;
            chain = rest;
        }
        self.push(current.value, current.wrapped);
        Ok(())
    }

    /// A field of anything.
    fn field(&mut self, receiver: &Value, wrapped: bool, key: Key<'_>) -> Step<Operand> {
        if let Some(method) = find_method(receiver, key) {
            let value = self.call_plain_method(method, receiver)?;
            return Ok(Operand::plain(value));
        }
        let strict = self.options.strict;
        let field = || lossy(key.name).into();
        let fault = match &receiver.data {
            Data::Nil if wrapped => Fault::NilPointer { field: field() },
            Data::Nil if strict => Fault::NilData { field: field() },
            Data::Nil => return Ok(Operand::plain(Value::NIL)),
            Data::Map(map) => match lookup(map, key, receiver.src) {
                Some(found) => return Ok(found),
                None if strict => Fault::MissingKey { field: field() },
                None => return Ok(zero_of(map.kind)),
            },
            Data::Rare(rare) => match rare_field(rare, key) {
                Some(value) => return Ok(Operand::plain(inherit(value, receiver.src))),
                None if strict && matches!(**rare, Rare::Files(_)) => {
                    Fault::MissingKey { field: field() }
                }
                None if matches!(**rare, Rare::Files(_)) => {
                    return Ok(Operand::plain(Rare::Bytes(Vec::new()).into()));
                }
                None => no_field(receiver, wrapped, key),
            },
            Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::Str(_)
            | Data::List(_) => no_field(receiver, wrapped, key),
        };
        self.blamed = receiver.src;
        Err(Box::new(fault))
    }
}

/// What `found` makes of the entry that a chain leads to through plain maps, which is what nearly
/// every field is; None where there is more to it. An entry without a source has that of its map.
fn with_entry<R>(
    receiver: &Value,
    src: Src,
    chain: Chain<'_>,
    found: impl FnOnce(&Value, Src) -> R,
) -> Option<R> {
    let Data::Map(map) = &receiver.data else { return None };
    let mut holder = Cow::Borrowed(map);
    let mut holder_src = src;
    let (mut key, mut rest) = chain.split_first()?;
    loop {
        if holder.kind == MapKind::Strings || key.shadowed {
            return None;
        }
        let entries = holder.borrow();
        let value = entries.get_near(key.name, key.hint)?;
        let src = if value.src.is_none() { holder_src } else { value.src };
        let Some((next, others)) = rest.split_first() else { return Some(found(value, src)) };
        let Data::Map(inner) = &value.data else { return None };
        let inner = Cow::Owned(inner.clone());
        drop(entries);
        (holder, holder_src, key, rest) = (inner, src, next, others);
    }
}

/// The method of that name. Go looks for one before it looks for a field.
pub(crate) fn find_method(receiver: &Value, key: Key<'_>) -> Option<&'static Func> {
    match &receiver.data {
        Data::Map(map) if map.kind == MapKind::Values && key.shadowed => {}
        Data::Rare(_) | Data::List(_) => {}
        Data::Nil
        | Data::Bool(_)
        | Data::Int(_)
        | Data::Int64(_)
        | Data::Float(_)
        | Data::Str(_)
        | Data::Map(_) => return None,
    }
    methods::find(receiver, key.name)
}

/// Go's message names the static type: of what came out of an interface, that interface.
pub(crate) fn no_field(receiver: &Value, wrapped: bool, key: Key<'_>) -> Fault {
    let ty = if wrapped { "interface {}" } else { receiver.type_name() };
    let (field, ty) = (lossy(key.name).into(), ty.into());
    let is_it = |(name, _): &(&str, Value)| name.as_bytes() == key.name;
    match receiver.as_rare() {
        Some(Rare::Struct(value)) if value.fields.iter().any(is_it) => {
            Fault::UnexportedField { field, ty }
        }
        _ => Fault::NoField { field, ty },
    }
}

fn lookup(map: &Map, key: Key<'_>, src: Src) -> Option<Operand> {
    let value = inherit(map.get(key.name)?, src);
    Some(Operand { value, wrapped: map.kind != MapKind::Strings })
}

/// With `missingkey=zero`, a key that is not there has the zero value of the map's elements.
fn zero_of(kind: MapKind) -> Operand {
    match kind {
        MapKind::Any | MapKind::Values => Operand { value: Value::NIL, wrapped: true },
        MapKind::Strings => Operand::plain(Value::from("")),
    }
}

pub(crate) fn rare_field(rare: &Rare, key: Key<'_>) -> Option<Value> {
    match rare {
        Rare::Struct(Struct { fields, .. }) => {
            let found = fields.iter().find(|(name, _)| name.as_bytes() == key.name);
            let exported = found.filter(|(name, _)| name.starts_with(char::is_uppercase));
            exported.map(|(_, value)| value.clone())
        }
        Rare::Files(files) => {
            let content = files.get(key.name)?;
            Some(Rare::Bytes(content.to_vec()).into())
        }
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Time(_) => None,
    }
}

/// A value without a source of its own has that of what it was found in.
pub(crate) fn inherit(value: Value, src: Src) -> Value {
    if value.src.is_none() { value.with(src) } else { value }
}
