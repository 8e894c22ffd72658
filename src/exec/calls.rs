//! Calls of functions and methods: the checks of Go's reflection, and what comes back
//! (`evalCall` and `validateType` in `text/template/exec.go`).

use std::rc::Rc;

use crate::exec::fault::{Cause, Fault, Limit};
use crate::exec::fields::{find_method, no_field, rare_field};
use crate::exec::machine::{Flow, Machine, Step};
use crate::exec::memory::made_by;
use crate::exec::{Warning, WarningCause, lookup};
use crate::funcs::{Ctx, Func, FuncError, NamedKind, Type};
use crate::origin::{Draw, Src};
use crate::program::{self, Call, Callee, Code, Function, Key, Makes, Method};
use crate::template::NodeId;
use crate::value::runes::lossy;
use crate::value::{Data, ListKind, MapKind, Rare, Struct, Value};

/// What is given to a function is no longer addressable.
#[inline]
fn put_into_interface(value: &mut Value) {
    if let Data::Rare(rare) = &value.data
        && let Rare::Struct(target) = &**rare
        && target.addressable
    {
        let target = Struct { addressable: false, ..target.clone() };
        value.data = Data::Rare(Rc::new(Rare::Struct(target)));
    }
}

impl Machine<'_> {
    /// Refuses the top operand unless it is of the type.
    pub(crate) fn check(&mut self, code: &Code, ty: u16) -> Step {
        match code.types.get(usize::from(ty)) {
            Some(&ty) => self.check_type(ty),
            None => Ok(()),
        }
    }

    fn check_type(&mut self, ty: Type) -> Step {
        let wrapped = self.wrapped;
        let Some(value) = self.stack.last_mut() else { return Ok(()) };
        if let Data::Map(map) = &value.data
            && ty == Type::Map
            && map.kind == MapKind::Values
        {
            // Go converts what it assigns: behind the call it is a plain map.
            value.data = Data::Map(map.of_kind(MapKind::Any));
        }
        if accepts(ty, value) {
            return Ok(());
        }
        let expected = program::type_name(ty);
        self.blamed = value.src;
        if !value.is_nil() {
            let found = value.type_name().into();
            return Err(Box::new(Fault::WrongType { expected, found }));
        }
        if wrapped {
            return Err(Box::new(Fault::WrongType { expected, found: "interface {}".into() }));
        }
        if program::can_be_nil(ty) {
            return Ok(());
        }
        Err(Box::new(Fault::InvalidValue { expected }))
    }

    pub(crate) fn call(&mut self, code: &Code, call: u32) -> Step<Flow> {
        let Some(call) = code.calls.get(call as usize) else { return Ok(Flow::Next) };
        let from = self.stack.len().saturating_sub(usize::from(call.args));
        self.stack.get_mut(from..).unwrap_or_default().iter_mut().for_each(put_into_interface);
        match call.function.callee {
            Callee::Func(func) => self.call_func(func, call)?,
            Callee::Len(func) if self.top().is_nil() && !self.wrapped => {
                self.frame.at = call.node;
                let text = "reflect: call of reflect.Value.Type on zero Value".to_owned();
                return Err(failed(func.name, Cause::Text(text)));
            }
            Callee::Len(func) => self.call_func(func, call)?,
            Callee::Include => return self.include(call),
            Callee::Tpl => return self.tpl(call.node),
            Callee::Required => self.required(call.node)?,
            Callee::Fail => self.fail(call.node)?,
            Callee::Lookup => self.look_up(),
            Callee::Call => return Err(self.uncallable(call)),
            // Compiled into jumps.
            Callee::And | Callee::Or => {}
        }
        self.wrapped = false;
        Ok(Flow::Next)
    }

    #[inline]
    fn call_func(&mut self, func: &'static Func, call: &Call) -> Step {
        let Function { random, unstable, makes, .. } = *call.function;
        if random {
            self.reseed(call.node);
        }
        let from = self.stack.len().saturating_sub(usize::from(call.args));
        self.apply(func, makes, from, call.node)?;
        if unstable {
            self.note_draw(func.name, call.node);
        }
        Ok(())
    }

    /// Remembers that the top operand differs from render to render.
    #[cold]
    fn note_draw(&mut self, function: &'static str, node: NodeId) {
        self.drew = true;
        let at = self.origin_of(self.frame.code.tree.span(node)).at;
        let value = self.pop();
        let src = match (self.tracer.as_deref_mut(), at) {
            (Some(tracer), Some(at)) => tracer.drawn(Draw { function, at }, value.src),
            (None, _) | (_, None) => value.src,
        };
        self.push(value.with(src), false);
    }

    /// Replaces the operands from `from` on with what the function makes of them.
    fn apply(&mut self, func: &'static Func, makes: Makes, from: usize, node: NodeId) -> Step {
        let mut ctx = Ctx {
            env: self.env,
            random: &mut self.random,
            tracer: self.tracer.as_deref_mut(),
            work: 0,
        };
        let args = self.stack.get(from..).unwrap_or_default();
        let result = (func.call)(&mut ctx, args);
        let work = ctx.work;
        match result {
            Ok(mut value) => {
                let made = made_by(makes, args, &value);
                if self.tracer.is_some() {
                    value = self.attribute(value, from);
                }
                self.stack.truncate(from);
                self.push(value, false);
                self.charge_call(work, made).inspect_err(|_| self.frame.at = node)
            }
            Err(error) => {
                self.frame.at = node;
                self.blamed = self.union_from(from);
                Err(function_fault(func.name, error))
            }
        }
    }

    /// A result without a finer origin comes from all arguments. A list or map that has items with
    /// origins of their own needs none.
    #[cold]
    fn attribute(&mut self, value: Value, from: usize) -> Value {
        let knows = match &value.data {
            Data::List(list) => list.as_slice().iter().any(|item| !item.src.is_none()),
            Data::Map(map) => map.borrow().values().any(|item| !item.src.is_none()),
            Data::Nil
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::Str(_)
            | Data::Rare(_) => false,
        };
        if knows || !value.src.is_none() {
            return value;
        }
        value.with(self.union_from(from))
    }

    /// The source of the operands from `from` on.
    fn union_from(&mut self, from: usize) -> Src {
        let args = self.stack.get(from..).unwrap_or_default();
        match self.tracer.as_deref_mut() {
            Some(tracer) => tracer.union(args.iter().map(|arg| arg.src)),
            None => Src::NONE,
        }
    }

    /// There is no value in Helm's scope that could be called.
    fn uncallable(&mut self, call: &Call) -> Box<Fault> {
        self.frame.at = call.node;
        let from = self.stack.len().saturating_sub(usize::from(call.args));
        let text = match self.stack.get(from) {
            None => "call of nil".to_owned(),
            Some(value) if value.is_nil() => "call of nil".to_owned(),
            Some(value) => {
                let piped = match value.as_str() {
                    Some(text) => lossy(text),
                    None => format!("<{} Value>", value.type_name()),
                };
                let callee = call.callee.as_deref().unwrap_or(&piped);
                format!("non-function {callee} of type {}", value.type_name())
            }
        };
        failed("call", Cause::Text(text))
    }

    /// `required` of Helm's engine.
    fn required(&mut self, node: NodeId) -> Step {
        let value = self.pop();
        let message = self.pop();
        let missing = match &value.data {
            Data::Nil => true,
            Data::Str(text) => text.is_empty(),
            Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::List(_)
            | Data::Map(_)
            | Data::Rare(_) => false,
        };
        if !missing {
            self.push(value, false);
            return Ok(());
        }
        let cause = if value.is_nil() { WarningCause::Missing } else { WarningCause::Empty };
        self.refuse("required", cause, &message, node)
    }

    /// `fail` of Helm's engine.
    fn fail(&mut self, node: NodeId) -> Step {
        let message = self.pop();
        self.refuse("fail", WarningCause::Fail, &message, node)
    }

    /// Ends with the chart's own message, which lint mode only notes.
    fn refuse(
        &mut self,
        name: &'static str,
        cause: WarningCause,
        message: &Value,
        node: NodeId,
    ) -> Step {
        let message = lossy(message.as_str().unwrap_or_default());
        self.frame.at = node;
        if !self.options.lint {
            return Err(failed(name, Cause::Chart(message)));
        }
        let place = self.place();
        self.warnings.push(Warning { cause, message, place });
        self.push(Value::from(""), false);
        Ok(())
    }

    fn look_up(&mut self) {
        self.looked_up = true;
        let from = self.stack.len().saturating_sub(4);
        let found = lookup::find(&self.options.lookup, &self.stack[from..]);
        self.stack.truncate(from);
        self.push(found, false);
    }

    /// Finds the method of the top operand that is called with arguments.
    pub(crate) fn find_method(&mut self, code: &Code, index: u32) -> Step {
        let Some(site) = code.methods.get(index as usize) else { return Ok(()) };
        let Some(key) = code.key(site.key) else { return Ok(()) };
        let receiver = self.top();
        if let Some(method) = find_method(receiver, key) {
            check_count(method, usize::from(site.args))?;
            self.methods.push(method);
            return Ok(());
        }
        if receiver.is_nil() && !self.wrapped && !self.options.strict {
            self.skip_method(site);
            return Ok(());
        }
        Err(Box::new(self.no_method(key)))
    }

    /// A method of nothing at all is nothing; its arguments are not evaluated.
    fn skip_method(&mut self, site: &Method) {
        for _ in 0..=usize::from(site.piped) {
            self.pop();
        }
        self.push(Value::NIL, false);
        self.frame.pc = site.end as usize;
    }

    /// What is no method may be an entry or field, which takes no arguments.
    fn no_method(&self, key: Key<'_>) -> Fault {
        let (receiver, wrapped, field) = (self.top(), self.wrapped, lossy(key.name).into());
        match &receiver.data {
            Data::Nil if wrapped => Fault::NilPointer { field },
            Data::Nil => Fault::NilData { field },
            Data::Map(_) => Fault::EntryWithArguments { field },
            Data::Rare(rare) => match &**rare {
                Rare::Files(_) => Fault::EntryWithArguments { field },
                Rare::Struct(_) if rare_field(rare, key).is_some() => {
                    Fault::FieldWithArguments { field }
                }
                Rare::Struct(_)
                | Rare::Complex(..)
                | Rare::Sized(..)
                | Rare::Bytes(_)
                | Rare::Time(_) => no_field(receiver, wrapped, key),
            },
            Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::Str(_)
            | Data::List(_) => no_field(receiver, wrapped, key),
        }
    }

    pub(crate) fn method_literal(&mut self, code: &Code, index: u16, node: NodeId) -> Step {
        self.frame.at = node;
        let ty = self.method_param(index);
        match program::argument(&code.tree, node, ty) {
            Some(Ok(value)) => self.push(value, false),
            Some(Err(fault)) => return Err(Box::new(Fault::Literal(fault))),
            None => {}
        }
        Ok(())
    }

    pub(crate) fn method_check(&mut self, index: u16) -> Step {
        let ty = self.method_param(index);
        self.check_type(ty)
    }

    fn method_param(&self, index: u16) -> Type {
        self.methods.last().map_or(Type::Any, |method| program::param(method.params, index.into()))
    }

    pub(crate) fn call_method(&mut self, code: &Code, index: u32) -> Step {
        let Some(site) = code.methods.get(index as usize) else { return Ok(()) };
        let Some(method) = self.methods.pop() else { return Ok(()) };
        let from = self.stack.len().saturating_sub(usize::from(site.args) + 1);
        self.apply(method, Makes::Parts, from, site.node)
    }

    /// A method inside a chain, which gets no arguments.
    pub(crate) fn call_plain_method(
        &mut self,
        method: &'static Func,
        receiver: &Value,
    ) -> Step<Value> {
        check_count(method, 0)?;
        let from = self.stack.len();
        self.stack.push(receiver.clone());
        self.apply(method, Makes::Parts, from, self.frame.at)?;
        Ok(self.pop())
    }
}

fn check_count(method: &Func, got: usize) -> Step {
    let want = method.params.len() - usize::from(method.variadic);
    if got == want || (method.variadic && got > want) {
        return Ok(());
    }
    let at_least = method.variadic;
    Err(Box::new(Fault::Count { name: method.name.into(), want, at_least, got }))
}

pub(crate) fn failed(name: &'static str, cause: Cause) -> Box<Fault> {
    Box::new(Fault::Function { name, cause })
}

fn function_fault(name: &'static str, error: FuncError) -> Box<Fault> {
    match error {
        FuncError::Failed(text) => failed(name, Cause::Text(text)),
        FuncError::Uncallable(text) => Box::new(Fault::Uncallable(text)),
        FuncError::Limit(text) => Box::new(Fault::Limit(Limit::Function { name, text })),
    }
}

/// Whether a value that is not nil can be assigned to a parameter.
fn accepts(ty: Type, value: &Value) -> bool {
    match (ty, &value.data) {
        (Type::Any, _)
        | (Type::String, Data::Str(_))
        | (Type::Bool, Data::Bool(_))
        | (Type::Int, Data::Int(_))
        | (Type::Float64, Data::Float(_)) => true,
        (Type::Map, Data::Map(map)) => map.kind != MapKind::Strings,
        (Type::List, Data::List(list)) => list.kind == ListKind::Any,
        (Type::Uint32, Data::Rare(rare)) => matches!(**rare, Rare::Sized("uint32", _)),
        (Type::Time, Data::Rare(rare)) => matches!(**rare, Rare::Time(_)),
        (Type::Certificate, Data::Rare(_)) => value.type_name() == "sprig.certificate",
        (Type::Named(_, NamedKind::Interface), _) => false,
        (Type::Named(name, _), _) => value.type_name() == name,
        _ => false,
    }
}
