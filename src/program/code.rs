//! What a template body becomes: a flat list of operations.

use std::sync::Arc;

use crate::funcs::Type;
use crate::program::TemplateId;
use crate::program::functions::Function;
use crate::program::mistake::Mistake;
use crate::template::{NodeId, Tree};
use crate::value::Value;
use crate::value::entries::Hint;

/// A body, compiled.
pub(crate) struct Code {
    pub(crate) tree: Arc<Tree>,
    pub(crate) ops: Vec<Op>,
    pub(crate) constants: Vec<Value>,
    /// The keys of chains, one after the other; a chain is a range of them.
    pub(crate) keys: Vec<KeyName>,
    pub(crate) types: Vec<Type>,
    pub(crate) calls: Vec<Call>,
    pub(crate) methods: Vec<Method>,
    pub(crate) loops: Vec<Loop>,
    pub(crate) templates: Vec<TemplateName>,
    pub(crate) mistakes: Vec<Mistake>,
    /// How many variables it needs; the first is `$`.
    pub(crate) slots: usize,
}

impl Code {
    /// The fields of a chain.
    pub(crate) fn chain(&self, Keys { start, len }: Keys) -> Chain<'_> {
        let start = start as usize;
        let keys = self.keys.get(start..start + usize::from(len)).unwrap_or_default();
        Chain { text: &self.tree.text, keys }
    }

    /// A field by its index.
    pub(crate) fn key(&self, index: u32) -> Option<Key<'_>> {
        Some(self.chain(Keys { start: index, len: 1 }).split_first()?.0)
    }
}

/// Fields one behind the other: `.a.b`.
#[derive(Copy, Clone)]
pub(crate) struct Chain<'a> {
    text: &'a [u8],
    keys: &'a [KeyName],
}

impl<'a> Chain<'a> {
    /// The first field, and the others.
    #[inline]
    pub(crate) fn split_first(self) -> Option<(Key<'a>, Chain<'a>)> {
        let (KeyName { start, end, shadowed, hint }, keys) = self.keys.split_first()?;
        let name = self.text.get(*start as usize..*end as usize)?;
        Some((Key { name, shadowed: *shadowed, hint }, Chain { keys, ..self }))
    }
}

/// A field of a chain.
#[derive(Copy, Clone)]
pub(crate) struct Key<'a> {
    pub(crate) name: &'a [u8],
    /// `common.Values`, the type of `.` and `.Values`, has a method of that name, which Go finds
    /// before the entry.
    pub(crate) shadowed: bool,
    /// Where a map had the key when this chain was followed last.
    pub(crate) hint: &'a Hint,
}

/// A variable's place in its frame.
pub(crate) type Slot = u16;

/// An operation. Those that read or make a value work on the operand stack; those with a `node`
/// make it the node that errors name, as `state.at` does in `text/template/exec.go`.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Op {
    /// Writes a piece of the source.
    Text {
        start: u32,
        end: u32,
    },
    /// Writes the operand.
    Print {
        node: NodeId,
    },
    /// Forgets the operand.
    Pop,
    /// Forgets the operand below the top one.
    PopUnder,
    /// Moves the operand below the top `over` ones to the top.
    Raise {
        over: u16,
    },
    /// Copies the operand into a variable.
    Store {
        slot: Slot,
    },
    /// Makes a variable unknown, because the code that declares it may be skipped.
    Forget {
        slot: Slot,
    },
    At {
        node: NodeId,
    },
    Constant {
        index: u32,
        node: NodeId,
    },
    Dot {
        node: NodeId,
    },
    Variable {
        slot: Slot,
        node: NodeId,
    },
    /// Fields of dot. As the value of a `whole` command they need no [`Op::Unwrap`].
    Field {
        keys: Keys,
        node: NodeId,
        whole: bool,
    },
    /// Fields of a variable.
    VariableField {
        slot: Slot,
        keys: Keys,
        node: NodeId,
        whole: bool,
    },
    /// Fields of the operand.
    Fields {
        keys: Keys,
    },
    /// The operand is the value of a whole command: what interface it came from is forgotten.
    Unwrap,
    /// Refuses an operand that is not of the type.
    Check {
        ty: u16,
    },
    /// Calls a function with the top operands.
    Call {
        call: u32,
    },
    /// Looks up a method of the operand; its arguments follow.
    Method {
        index: u32,
    },
    /// A literal as an argument of the method, by the type that the method asks for.
    MethodLiteral {
        index: u16,
        node: NodeId,
    },
    /// Refuses an argument that is not of the type that the method asks for.
    MethodCheck {
        index: u16,
    },
    MethodCall {
        index: u32,
    },
    Jump {
        to: u32,
    },
    /// Goes on if the operand is true; else jumps. The branches end at `end`.
    If {
        otherwise: u32,
        end: u32,
    },
    /// As `If`; the operand becomes dot.
    With {
        otherwise: u32,
        end: u32,
    },
    EndWith,
    /// Jumps and keeps the operand if it is true (`or`) or false (`and`); else forgets it.
    ShortCircuit {
        on: bool,
        to: u32,
    },
    /// Starts a loop over the operand.
    Range {
        index: u32,
    },
    /// The next round of the innermost loop, or its end.
    Next {
        index: u32,
    },
    Break {
        index: u32,
    },
    Continue {
        index: u32,
    },
    /// Refuses a name that no template has.
    FindTemplate {
        name: u32,
        node: NodeId,
    },
    /// Runs a template with the operand as its dot.
    Template {
        name: u32,
        node: NodeId,
    },
    /// Ends with an error that was known before.
    Mistake {
        index: u32,
    },
    Return,
}

const _: () = assert!(size_of::<Op>() <= 16);

/// A range of [`Code::keys`].
#[derive(Copy, Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) start: u32,
    pub(crate) len: u16,
}

/// A field's name, as a range of the source; see [`Key`].
pub(crate) struct KeyName {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) shadowed: bool,
    pub(crate) hint: Hint,
}

/// A field with arguments, which only a method can take.
pub(crate) struct Method {
    /// An index of [`Code::keys`].
    pub(crate) key: u32,
    /// All arguments, without the receiver.
    pub(crate) args: u16,
    /// The last argument comes from a pipe: it lies below the receiver until the others are there.
    pub(crate) piped: bool,
    /// What errors of the call name.
    pub(crate) node: NodeId,
    /// The operation behind the call.
    pub(crate) end: u32,
}

/// A call of a function.
pub(crate) struct Call {
    pub(crate) function: &'static Function,
    /// All arguments.
    pub(crate) args: u16,
    /// What errors of the call name: the whole command.
    pub(crate) node: NodeId,
    /// What `call` says it cannot call; other functions have none.
    pub(crate) callee: Option<Box<str>>,
    /// The template that the program has under the literal name that `include` is given.
    pub(crate) included: Option<TemplateId>,
}

/// A `range`.
pub(crate) struct Loop {
    /// The variables for the key and the element; with one variable that is the element.
    pub(crate) key: Option<Slot>,
    pub(crate) element: Option<Slot>,
    /// The operation [`Op::Next`] before the body; another one stands behind it.
    pub(crate) next: u32,
    pub(crate) body: u32,
    /// Where to go if there is nothing to iterate over.
    pub(crate) otherwise: u32,
    pub(crate) end: u32,
}

/// The name of a template as a `template` action has it.
pub(crate) struct TemplateName {
    pub(crate) name: Box<[u8]>,
    /// The template that the program has under the name.
    pub(crate) found: Option<TemplateId>,
}
