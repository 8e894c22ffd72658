//! Fields, entries of maps, and methods without arguments (`evalField` in
//! `text/template/exec.go`).

use crate::exec::fault::Fault;
use crate::exec::machine::{Machine, Operand, Step};
use crate::funcs::{Func, methods};
use crate::origin::Src;
use crate::program::{Code, Key, Keys, Slot};
use crate::template::NodeId;
use crate::value::{Data, Map, MapKind, Rare, Struct, Value};

impl Machine<'_> {
    pub(crate) fn dot_field(&mut self, code: &Code, keys: Keys, node: NodeId) -> Step {
        self.frame.at = node;
        let Some((first, rest)) = code.keys(keys).split_first() else { return Ok(()) };
        let found = match self.entry(&self.frame.dot.value, first) {
            Some(found) => found,
            None => {
                let Operand { value, wrapped } = self.frame.dot.clone();
                self.field(&value, wrapped, first)?
            }
        };
        self.walk(found, rest)
    }

    pub(crate) fn variable_field(
        &mut self,
        code: &Code,
        slot: Slot,
        keys: Keys,
        node: NodeId,
    ) -> Step {
        self.frame.at = node;
        let Some((first, rest)) = code.keys(keys).split_first() else { return Ok(()) };
        let variable = self.variable(code, slot)?;
        let found = match self.entry(&variable.value, first) {
            Some(found) => found,
            None => {
                let Operand { value, wrapped } = variable.clone();
                self.field(&value, wrapped, first)?
            }
        };
        self.walk(found, rest)
    }

    pub(crate) fn fields(&mut self, code: &Code, keys: Keys) -> Step {
        let wrapped = self.wrapped;
        let value = self.pop();
        self.walk(Operand { value, wrapped }, code.keys(keys))
    }

    /// Pushes what a chain of fields leads to.
    fn walk(&mut self, mut current: Operand, keys: &[Key]) -> Step {
        for key in keys {
            current = match self.entry(&current.value, key) {
                Some(found) => found,
                None => self.field(&current.value, current.wrapped, key)?,
            };
        }
        self.push(current.value, current.wrapped);
        Ok(())
    }

    /// The entry of a plain map, which is what nearly every field is; None where more is to be said.
    fn entry(&self, receiver: &Value, key: &Key) -> Option<Operand> {
        let Data::Map(map) = &receiver.data else { return None };
        if map.kind == MapKind::Strings || (key.shadowed && map.kind == MapKind::Values) {
            return None;
        }
        let entries = map.borrow();
        let value = inherit(entries.get(key.name.as_bytes())?.clone(), receiver.src);
        Some(Operand { value, wrapped: true })
    }

    /// A field of anything.
    fn field(&mut self, receiver: &Value, wrapped: bool, key: &Key) -> Step<Operand> {
        if let Some(method) = find_method(receiver, key) {
            let value = self.call_plain_method(method, receiver)?;
            return Ok(Operand::plain(value));
        }
        let strict = self.options.strict;
        let field = || key.name.clone();
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

/// The method of that name. Go looks for one before it looks for a field.
pub(crate) fn find_method(receiver: &Value, key: &Key) -> Option<&'static Func> {
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
    methods::find(receiver, &key.name)
}

/// Go's message names the static type: of what came out of an interface, that interface.
pub(crate) fn no_field(receiver: &Value, wrapped: bool, key: &Key) -> Fault {
    let ty = if wrapped { "interface {}" } else { receiver.type_name() };
    Fault::NoField { field: key.name.clone(), ty: ty.into() }
}

fn lookup(map: &Map, key: &Key, src: Src) -> Option<Operand> {
    let value = inherit(map.get(key.name.as_bytes())?, src);
    Some(Operand { value, wrapped: map.kind != MapKind::Strings })
}

/// With `missingkey=zero`, a key that is not there has the zero value of the map's elements.
fn zero_of(kind: MapKind) -> Operand {
    match kind {
        MapKind::Any | MapKind::Values | MapKind::Nil => {
            Operand { value: Value::NIL, wrapped: true }
        }
        MapKind::Strings | MapKind::NilStrings => Operand::plain(Value::from("")),
    }
}

fn rare_field(rare: &Rare, key: &Key) -> Option<Value> {
    match rare {
        Rare::Struct(Struct { fields, .. }) => {
            let exported = key.name.starts_with(char::is_uppercase);
            let found = fields.iter().find(|(name, _)| exported && **name == *key.name);
            found.map(|(_, value)| value.clone())
        }
        Rare::Files(files) => {
            let content = files.get(key.name.as_bytes())?;
            Some(Rare::Bytes(content.to_vec()).into())
        }
        Rare::Complex(..) | Rare::Sized(..) | Rare::Bytes(_) | Rare::Time(_) => None,
    }
}

/// A value without a source of its own has that of what it was found in.
pub(crate) fn inherit(value: Value, src: Src) -> Value {
    if value.src.is_none() { value.with(src) } else { value }
}
