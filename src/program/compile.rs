//! Turns a body into [`Code`].
//!
//! Works through a list of tasks instead of by recursion, so that no nesting can exhaust the
//! stack: a task puts what it consists of on top of the list, in reverse.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "each place names the few nodes and operations that mean something there"
)]

use std::sync::Arc;

use crate::funcs::{Type, methods};
use crate::program::TemplateId;
use crate::program::code::{Call, Code, KeyName, Keys, Loop, Method, Op, Slot, TemplateName};
use crate::program::functions::{self, Callee, Function};
use crate::program::literal;
use crate::program::mistake::{Mistake, MistakeKind};
use crate::source::Span;
use crate::template::{Branch, Name, NodeId, NodeRange, Shape, Tree};
use crate::value::Value;
use crate::value::entries::Hint;

/// Compiles the body of a template. `find` gives the template that the program has under a name.
pub(crate) fn compile(
    tree: &Arc<Tree>,
    body: NodeId,
    find: &dyn Fn(&[u8]) -> Option<TemplateId>,
) -> Code {
    let Span { start, end, .. } = tree.span(body);
    let likely_ops = MIN_OPS + (end - start) as usize / TEXT_PER_OP;
    let mut compiler = Compiler {
        tree,
        find,
        code: Code {
            tree: Arc::clone(tree),
            ops: Vec::with_capacity(likely_ops),
            constants: Vec::with_capacity(likely_ops / 4),
            keys: Vec::with_capacity(likely_ops / 2),
            types: Vec::new(),
            calls: Vec::with_capacity(likely_ops / 4),
            methods: Vec::new(),
            loops: Vec::new(),
            templates: Vec::new(),
            mistakes: Vec::new(),
            slots: 1,
        },
        scope: vec![b"$"],
        labels: Vec::with_capacity(likely_ops / 4),
        open_loops: Vec::new(),
        todo: vec![Task::Emit(Op::Return), Task::Node(body)],
    };
    compiler.run();
    compiler.code
}

/// How many bytes of a template usually make an operation, and how many operations the shortest
/// ones have: room for them is made at once.
const TEXT_PER_OP: usize = 16;
const MIN_OPS: usize = 8;

struct Compiler<'a> {
    tree: &'a Tree,
    find: &'a dyn Fn(&[u8]) -> Option<TemplateId>,
    code: Code,
    /// The names of the variables that are visible; the position is the slot.
    scope: Vec<&'a [u8]>,
    /// Where jumps lead; operations hold indices of it until all is known.
    labels: Vec<u32>,
    /// Indices of `code.loops`, each with how many variables the loop's body sees at its start.
    open_loops: Vec<(u32, usize)>,
    todo: Vec<Task>,
}

/// A label: an index of [`Compiler::labels`].
type Label = u32;

/// What is still to be compiled.
#[derive(Copy, Clone)]
enum Task {
    /// A list or what stands in one.
    Node(NodeId),
    /// A pipe: its value becomes the operand.
    Pipe(NodeId),
    /// The variables of a pipe get the operand.
    Declare {
        variables: NodeRange,
        assigns: bool,
    },
    Command {
        node: NodeId,
        piped: bool,
    },
    Argument {
        node: NodeId,
        ty: Type,
    },
    /// An argument of a method, whose type is known only when it runs.
    MethodArgument {
        node: NodeId,
        index: u16,
    },
    Emit(Op),
    Check(Type),
    Place(Label),
    /// Forgets the variables beyond that many.
    Leave(usize),
    OpenLoop {
        index: u32,
        variables: NodeRange,
    },
    CloseLoop,
}

impl<'a> Compiler<'a> {
    fn run(&mut self) {
        while let Some(task) = self.todo.pop() {
            let from = self.todo.len();
            self.step(task);
            if self.todo.len() > from + 1 {
                self.todo[from..].reverse();
            }
        }
        for op in &mut self.code.ops {
            resolve(op, &self.labels);
        }
        for found in &mut self.code.loops {
            for label in [&mut found.next, &mut found.body, &mut found.otherwise, &mut found.end] {
                *label = target(&self.labels, *label);
            }
        }
        for method in &mut self.code.methods {
            method.end = target(&self.labels, method.end);
        }
    }

    fn step(&mut self, task: Task) {
        match task {
            Task::Node(node) => self.node(node),
            Task::Pipe(pipe) => self.pipe(pipe),
            Task::Declare { variables, assigns } => self.declare(variables, assigns),
            Task::Command { node, piped } => self.command(node, piped),
            Task::Argument { node, ty } => self.argument(node, ty),
            Task::MethodArgument { node, index } => self.method_argument(node, index),
            Task::Emit(op) => self.emit(op),
            Task::Check(ty) => self.check(ty),
            Task::Place(label) => self.place(label),
            Task::Leave(len) => self.scope.truncate(len),
            Task::OpenLoop { index, variables } => self.open_loop(index, variables),
            Task::CloseLoop => self.close_loop(),
        }
    }

    fn emit(&mut self, op: Op) {
        self.code.ops.push(op);
    }

    /// Puts a task behind those that the current one has put already.
    fn then(&mut self, task: Task) {
        self.todo.push(task);
    }

    fn label(&mut self) -> Label {
        self.labels.push(0);
        self.labels.len() as Label - 1
    }

    fn place(&mut self, label: Label) {
        if let Some(place) = self.labels.get_mut(label as usize) {
            *place = self.code.ops.len() as u32;
        }
    }

    fn mistake(&mut self, kind: MistakeKind, node: Option<NodeId>) {
        self.code.mistakes.push(Mistake { kind, node });
        self.emit(Op::Mistake { index: self.code.mistakes.len() as u32 - 1 });
    }

    fn check(&mut self, ty: Type) {
        if ty == Type::Any {
            return;
        }
        let known = self.code.types.iter().position(|&known| known == ty);
        let ty = known.unwrap_or_else(|| {
            self.code.types.push(ty);
            self.code.types.len() - 1
        });
        self.emit(Op::Check { ty: ty as u16 });
    }

    fn constant(&mut self, value: Value, node: NodeId) {
        self.code.constants.push(value);
        self.emit(Op::Constant { index: self.code.constants.len() as u32 - 1, node });
    }

    fn node(&mut self, node: NodeId) {
        match self.tree.shape(node) {
            Shape::List(nodes) => {
                self.todo.extend(self.tree.children(nodes).iter().copied().map(Task::Node));
            }
            Shape::Text { start, end } => self.emit(Op::Text { start, end }),
            Shape::Action(pipe) => self.action(node, pipe),
            Shape::If(branch) => self.condition(branch, false),
            Shape::With(branch) => self.condition(branch, true),
            Shape::Range(branch) => self.range(branch),
            Shape::Template { name, pipe } => self.template(node, name, pipe),
            Shape::Break => self.leave_round(|index| Op::Break { index }),
            Shape::Continue => self.leave_round(|index| Op::Continue { index }),
            Shape::Pipe { .. }
            | Shape::Command(_)
            | Shape::Function(_)
            | Shape::Dot
            | Shape::Nil
            | Shape::Bool(_)
            | Shape::Number(_)
            | Shape::Str(_)
            | Shape::Field(_)
            | Shape::Variable(_)
            | Shape::Chain { .. }
            | Shape::Broken => {}
        }
    }

    fn action(&mut self, node: NodeId, pipe: NodeId) {
        let declares =
            matches!(self.tree.shape(pipe), Shape::Pipe { variables, .. } if variables.len() > 0);
        self.then(Task::Pipe(pipe));
        self.then(Task::Emit(if declares { Op::Pop } else { Op::Print { node } }));
    }

    fn condition(&mut self, branch: Branch, with: bool) {
        let (otherwise, end) = (self.label(), self.label());
        let scope = self.scope.len();
        self.then(Task::Pipe(branch.pipe));
        self.then(Task::Emit(if with {
            Op::With { otherwise, end }
        } else {
            Op::If { otherwise, end }
        }));
        self.then(Task::Node(branch.then));
        if with {
            self.then(Task::Emit(Op::EndWith));
        }
        if let Some(list) = branch.otherwise {
            self.then(Task::Emit(Op::Jump { to: end }));
            self.then(Task::Place(otherwise));
            self.then(Task::Node(list));
        } else {
            self.then(Task::Place(otherwise));
        }
        self.then(Task::Place(end));
        self.then(Task::Leave(scope));
    }

    fn range(&mut self, branch: Branch) {
        let Shape::Pipe { variables, .. } = self.tree.shape(branch.pipe) else { return };
        let scope = self.scope.len();
        let (next, body) = (self.label(), self.label());
        let (otherwise, end) = (self.label(), self.label());
        let index = self.code.loops.len() as u32;
        self.code.loops.push(Loop { key: None, element: None, next, body, otherwise, end });
        self.then(Task::Pipe(branch.pipe));
        self.then(Task::OpenLoop { index, variables });
        self.then(Task::Emit(Op::Range { index }));
        self.then(Task::Place(next));
        self.then(Task::Emit(Op::Next { index }));
        self.then(Task::Place(body));
        self.then(Task::Node(branch.then));
        self.then(Task::CloseLoop);
        self.then(Task::Emit(Op::Next { index }));
        self.then(Task::Place(otherwise));
        if let Some(list) = branch.otherwise {
            self.then(Task::Node(list));
        }
        self.then(Task::Place(end));
        self.then(Task::Leave(scope));
    }

    /// The pipe of a loop is compiled: its variables are known.
    fn open_loop(&mut self, index: u32, variables: NodeRange) {
        let mut slots = self.tree.names(variables).map(|name| self.slot(name));
        let (first, second) = (slots.next().flatten(), slots.next().flatten());
        let (key, element) = if variables.len() > 1 { (first, second) } else { (None, first) };
        if let Some(opened) = self.code.loops.get_mut(index as usize) {
            (opened.key, opened.element) = (key, element);
        }
        self.open_loops.push((index, self.scope.len()));
    }

    fn close_loop(&mut self) {
        if let Some((_, scope)) = self.open_loops.pop() {
            self.scope.truncate(scope);
        }
    }

    fn leave_round(&mut self, op: fn(u32) -> Op) {
        if let Some(&(index, _)) = self.open_loops.last() {
            self.emit(op(index));
        }
    }

    fn template(&mut self, node: NodeId, name: u32, pipe: Option<NodeId>) {
        let text = self.tree.string(name);
        let found = (self.find)(text);
        self.code.templates.push(TemplateName { name: text.into(), found });
        let name = self.code.templates.len() as u32 - 1;
        self.then(Task::Emit(Op::FindTemplate { name, node }));
        match pipe {
            Some(pipe) => self.then(Task::Pipe(pipe)),
            None => {
                self.code.constants.push(Value::NIL);
                let index = self.code.constants.len() as u32 - 1;
                self.then(Task::Emit(Op::Constant { index, node }));
            }
        }
        self.then(Task::Emit(Op::Template { name, node }));
    }

    fn pipe(&mut self, pipe: NodeId) {
        let Shape::Pipe { variables, assigns, commands } = self.tree.shape(pipe) else { return };
        let commands = self.tree.children(commands);
        if commands.first().is_some_and(|&first| self.starts_with_pipe(first)) {
            self.emit(Op::At { node: pipe });
        }
        for (index, &node) in commands.iter().enumerate() {
            self.then(Task::Command { node, piped: index > 0 });
        }
        if variables.len() > 0 {
            self.then(Task::Declare { variables, assigns });
        }
    }

    fn starts_with_pipe(&self, command: NodeId) -> bool {
        let Shape::Command(operands) = self.tree.shape(command) else { return false };
        let first = self.tree.children(operands).first();
        first.is_some_and(|&first| matches!(self.tree.shape(first), Shape::Pipe { .. }))
    }

    fn declare(&mut self, variables: NodeRange, assigns: bool) {
        for name in self.tree.names(variables) {
            if !assigns {
                self.scope.push(name);
                self.code.slots = self.code.slots.max(self.scope.len());
                self.refuse_more(self.scope.len(), "variables");
            }
            match self.slot(name) {
                Some(slot) => self.emit(Op::Store { slot }),
                None => self.mistake(MistakeKind::UndefinedVariable { name: name.into() }, None),
            }
        }
    }

    /// Operations count in 16 bits; nobody writes as much.
    fn refuse_more(&mut self, count: usize, what: &'static str) {
        if count > usize::from(u16::MAX) {
            self.mistake(MistakeKind::TooLarge { what }, None);
        }
    }

    fn slot(&self, name: &[u8]) -> Option<Slot> {
        self.scope.iter().rposition(|known| *known == name).map(|slot| slot as Slot)
    }

    fn command(&mut self, node: NodeId, piped: bool) {
        let Shape::Command(operands) = self.tree.shape(node) else { return };
        let Some((&first, args)) = self.tree.children(operands).split_first() else { return };
        let has_args = piped || !args.is_empty();
        self.refuse_more(args.len() + 1, "arguments");
        match self.tree.shape(first) {
            Shape::Function(id) => self.function(id, node, first, args, piped),
            Shape::Field(_) | Shape::Variable(_) | Shape::Chain { .. } if has_args => {
                self.method(first, args, piped);
            }
            Shape::Field(fields) => {
                let keys = self.keys(fields, 0..fields.len());
                self.emit(Op::Field { keys, node: first, whole: true });
            }
            Shape::Variable(names) => self.variable(first, names, names.len(), true),
            Shape::Pipe { .. } if has_args => {
                self.mistake(MistakeKind::NotAFunction { node: first }, None);
            }
            Shape::Pipe { .. } => self.then(Task::Pipe(first)),
            Shape::Chain { .. } => self.whole(first),
            Shape::Dot if !has_args => self.whole(first),
            _ if has_args => self.mistake(MistakeKind::NotAFunction { node: first }, Some(first)),
            Shape::Nil => self.mistake(MistakeKind::NilCommand, Some(first)),
            _ => self.ideal(first),
        }
    }

    /// An operand that is a command of its own.
    fn whole(&mut self, node: NodeId) {
        self.operand(node);
        self.then(Task::Emit(Op::Unwrap));
    }

    fn ideal(&mut self, node: NodeId) {
        match literal::ideal(self.tree, node) {
            Some(Ok(value)) => self.constant(value, node),
            Some(Err(fault)) => self.mistake(MistakeKind::Literal(fault), Some(node)),
            None => {}
        }
    }

    /// What becomes an operand without being called with arguments; not for literals.
    fn operand(&mut self, node: NodeId) {
        match self.tree.shape(node) {
            Shape::Dot => self.emit(Op::Dot { node }),
            Shape::Field(fields) => {
                let keys = self.keys(fields, 0..fields.len());
                self.emit(Op::Field { keys, node, whole: false });
            }
            Shape::Variable(names) => self.variable(node, names, names.len(), false),
            Shape::Pipe { .. } => self.then(Task::Pipe(node)),
            Shape::Function(id) => self.function(id, node, node, &[], false),
            Shape::Chain { of, fields } => {
                let keys = self.keys(fields, 0..fields.len());
                self.emit(Op::At { node });
                self.operand(of);
                self.then(Task::Emit(Op::Fields { keys }));
            }
            _ => {}
        }
    }

    /// A variable and its fields, `len` names together.
    fn variable(&mut self, node: NodeId, names: NodeRange, len: usize, whole: bool) {
        let name = self.tree.names(names).next().unwrap_or_default();
        let Some(slot) = self.slot(name) else {
            let kind = MistakeKind::UndefinedVariable { name: name.into() };
            return self.mistake(kind, Some(node));
        };
        if len > 1 {
            let keys = self.keys(names, 1..len);
            return self.emit(Op::VariableField { slot, keys, node, whole });
        }
        self.emit(Op::Variable { slot, node });
        if whole {
            self.emit(Op::Unwrap);
        }
    }

    fn keys(&mut self, names: NodeRange, range: std::ops::Range<usize>) -> Keys {
        self.refuse_more(range.len(), "fields");
        let (start, len) = (self.code.keys.len() as u32, range.len() as u16);
        for &Name { start, end } in self.tree.name_spans(names).get(range).unwrap_or_default() {
            let shadowed = methods::has_scope(self.tree.slice(start, end));
            self.code.keys.push(KeyName { start, end, shadowed, hint: Hint::default() });
        }
        Keys { start, len }
    }

    fn argument(&mut self, node: NodeId, ty: Type) {
        match literal::argument(self.tree, node, ty) {
            Some(Ok(value)) => self.constant(value, node),
            Some(Err(fault)) => self.mistake(MistakeKind::Literal(fault), Some(node)),
            None => {
                self.operand(node);
                self.then(Task::Check(ty));
            }
        }
    }

    /// A call of a function; `node` is what errors of the function name.
    fn function(&mut self, id: u16, node: NodeId, name: NodeId, args: &'a [NodeId], piped: bool) {
        let Some(function) = functions::get(id) else { return };
        if let Some(count) = wrong_count(function, args.len(), piped) {
            return self.mistake(count, Some(name));
        }
        if args.is_empty() {
            self.emit(Op::At { node: name });
        }
        match function.callee {
            Callee::And => return self.logic(false, node, args, piped),
            Callee::Or => return self.logic(true, node, args, piped),
            _ => {}
        }
        for (index, &arg) in args.iter().enumerate() {
            self.then(Task::Argument { node: arg, ty: function.param(index) });
        }
        if piped {
            self.raise(args.len());
            self.then(Task::Check(function.param(args.len())));
        }
        let callee = match function.callee {
            Callee::Call => args.first().map(|&first| self.printed(first)),
            _ => None,
        };
        let included = match (function.callee, args.first().map(|&first| self.tree.shape(first))) {
            (Callee::Include, Some(Shape::Str(name))) => (self.find)(self.tree.string(name)),
            _ => None,
        };
        let args = (args.len() + usize::from(piped)) as u16;
        self.code.calls.push(Call { function, args, node, callee, included });
        let call = self.code.calls.len() as u32 - 1;
        self.then(Task::Emit(Op::Call { call }));
    }

    /// What was piped in becomes the last of the operands.
    fn raise(&mut self, over: usize) {
        if over > 0 {
            self.then(Task::Emit(Op::Raise { over: over as u16 }));
        }
    }

    fn printed(&self, node: NodeId) -> Box<str> {
        String::from_utf8_lossy(&self.tree.print(node)).into()
    }

    /// `and` and `or`: an argument that decides is the last to be evaluated.
    fn logic(&mut self, on: bool, node: NodeId, args: &'a [NodeId], piped: bool) {
        self.forget_conditional(node);
        let (decided, end) = (self.label(), self.label());
        for (index, &arg) in args.iter().enumerate() {
            self.then(Task::Argument { node: arg, ty: Type::Any });
            if piped || index + 1 < args.len() {
                self.then(Task::Emit(Op::ShortCircuit { on, to: decided }));
            }
        }
        if piped && !args.is_empty() {
            self.then(Task::Emit(Op::Jump { to: end }));
            self.then(Task::Place(decided));
            self.then(Task::Emit(Op::PopUnder));
        } else {
            self.then(Task::Place(decided));
        }
        self.then(Task::Place(end));
        self.then(Task::Emit(Op::Unwrap));
    }

    /// Variables that are declared in an argument are unknown if that is not evaluated.
    fn forget_conditional(&mut self, node: NodeId) {
        let span = self.tree.span(node);
        let declarations = memchr::memmem::find_iter(self.tree.slice(span.start, span.end), ":=");
        for slot in (self.scope.len()..).take(declarations.count()) {
            self.code.slots = self.code.slots.max(slot + 1);
            self.emit(Op::Forget { slot: slot as Slot });
        }
    }

    /// A field with arguments, which only a method can take.
    fn method(&mut self, node: NodeId, args: &'a [NodeId], piped: bool) {
        let names = match self.tree.shape(node) {
            Shape::Field(names) | Shape::Variable(names) | Shape::Chain { fields: names, .. } => {
                names
            }
            _ => return,
        };
        let last = names.len() - 1;
        match self.tree.shape(node) {
            Shape::Variable(_) if last == 0 => {
                self.variable(node, names, 1, false);
                return self.mistake(MistakeKind::NotAFunction { node }, None);
            }
            Shape::Variable(_) => self.variable(node, names, last, false),
            Shape::Chain { of, .. } => {
                self.emit(Op::At { node });
                self.operand(of);
                let keys = self.keys(names, 0..last);
                self.then(Task::Emit(Op::Fields { keys }));
            }
            _ if last == 0 => self.emit(Op::Dot { node }),
            _ => {
                let keys = self.keys(names, 0..last);
                self.emit(Op::Field { keys, node, whole: false });
            }
        }
        let key = self.keys(names, last..last + 1).start;
        let (count, end) = ((args.len() + usize::from(piped)) as u16, self.label());
        self.code.methods.push(Method { key, args: count, piped, node, end });
        let index = self.code.methods.len() as u32 - 1;
        self.then(Task::Emit(Op::Method { index }));
        for (index, &node) in args.iter().enumerate() {
            self.then(Task::MethodArgument { node, index: index as u16 });
        }
        if piped {
            self.raise(usize::from(count));
            self.then(Task::Emit(Op::MethodCheck { index: args.len() as u16 }));
        }
        self.then(Task::Emit(Op::MethodCall { index }));
        self.then(Task::Place(end));
        self.then(Task::Emit(Op::Unwrap));
    }

    fn method_argument(&mut self, node: NodeId, index: u16) {
        if literal::ideal(self.tree, node).is_some() {
            return self.emit(Op::MethodLiteral { index, node });
        }
        self.operand(node);
        self.then(Task::Emit(Op::MethodCheck { index }));
    }
}

/// Go's check of the number of arguments, before any is evaluated.
fn wrong_count(function: &Function, args: usize, piped: bool) -> Option<MistakeKind> {
    let given = args + usize::from(piped);
    let want = function.fixed();
    let at_least = function.variadic;
    if given == want || (at_least && given > want) {
        return None;
    }
    // Where the count is only bounded below, Go does not count what is piped in.
    let got = if at_least { args } else { given };
    Some(MistakeKind::Count { name: function.name.into(), want, at_least, got })
}

fn target(labels: &[u32], label: Label) -> u32 {
    labels.get(label as usize).copied().unwrap_or(0)
}

/// Puts the places of labels where the labels stand.
fn resolve(op: &mut Op, labels: &[u32]) {
    match op {
        Op::Jump { to } | Op::ShortCircuit { to, .. } => *to = target(labels, *to),
        Op::If { otherwise, end } | Op::With { otherwise, end } => {
            *otherwise = target(labels, *otherwise);
            *end = target(labels, *end);
        }
        _ => {}
    }
}
