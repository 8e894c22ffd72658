//! The functions that templates know, by name: those of `funcs` and the machine's own.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::funcs::{self, Func, Type};

/// A function as a call sees it: how many arguments of which types, and what runs.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Type],
    pub(crate) variadic: bool,
    pub(crate) callee: Callee,
    /// Makes random values or tells the time of day, so each call site has randomness of its own.
    pub(crate) random: bool,
    /// Gives something else in each render.
    pub(crate) unstable: bool,
}

#[derive(Copy, Clone)]
pub(crate) enum Callee {
    Func(&'static Func),
    /// `len` says something else of an untyped nil than of a missing value.
    Len(&'static Func),
    And,
    Or,
    /// There is nothing in Helm's scope that it could call.
    Call,
    Include,
    Tpl,
    Required,
    Fail,
    Lookup,
}

/// What needs the machine (`initFunMap` in Helm's `pkg/engine/engine.go`), and the parts of
/// text/template that are no plain functions.
const MACHINE: &[(&str, &[Type], bool, Callee)] = &[
    ("and", &[Type::Any, Type::Any], true, Callee::And),
    ("or", &[Type::Any, Type::Any], true, Callee::Or),
    ("call", &[Type::Any, Type::Any], true, Callee::Call),
    ("include", &[Type::String, Type::Any], false, Callee::Include),
    ("tpl", &[Type::String, Type::Any], false, Callee::Tpl),
    ("required", &[Type::String, Type::Any], false, Callee::Required),
    ("fail", &[Type::String], false, Callee::Fail),
    ("lookup", &[Type::String, Type::String, Type::String, Type::String], false, Callee::Lookup),
];

/// Functions whose result differs from call to call.
const RANDOM: &[&str] = &[
    "bcrypt",
    "buildCustomCert",
    "encryptAES",
    "genCA",
    "genCAWithKey",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "htpasswd",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randBytes",
    "randInt",
    "randNumeric",
    "shuffle",
    "uuidv4",
];

/// Functions that read the clock.
const CLOCK: &[&str] = &["ago", "now"];

/// A certificate that is built of a given one draws nothing.
fn is_unstable(name: &str) -> bool {
    CLOCK.contains(&name) || (RANDOM.contains(&name) && name != "buildCustomCert")
}

struct Table {
    functions: Vec<Function>,
    by_name: FxHashMap<&'static str, u16>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let functions: Vec<Function> = funcs::all().map(plain).chain(machine()).collect();
        // Of two functions with one name the later one holds: Helm's override Sprig's, and Sprig's
        // those of text/template.
        let by_name = functions.iter().enumerate();
        let by_name = by_name.map(|(id, function)| (function.name, id as u16)).collect();
        Table { functions, by_name }
    })
}

fn plain(func: &'static Func) -> Function {
    let callee = if func.name == "len" { Callee::Len(func) } else { Callee::Func(func) };
    let Func { name, params, variadic, .. } = *func;
    Function {
        name,
        params,
        variadic,
        callee,
        random: RANDOM.contains(&name),
        unstable: is_unstable(name),
    }
}

fn machine() -> impl Iterator<Item = Function> {
    MACHINE.iter().map(|&(name, params, variadic, callee)| Function {
        name,
        params,
        variadic,
        callee,
        random: false,
        unstable: false,
    })
}

/// The number of the function of that name.
pub(crate) fn find(name: &[u8]) -> Option<u16> {
    table().by_name.get(str::from_utf8(name).ok()?).copied()
}

pub(crate) fn get(id: u16) -> Option<&'static Function> {
    table().functions.get(usize::from(id))
}

impl Function {
    /// How many arguments there must be at least.
    pub(crate) fn fixed(&self) -> usize {
        self.params.len() - usize::from(self.variadic)
    }

    pub(crate) fn param(&self, index: usize) -> Type {
        param(self.params, index)
    }
}

/// The type of an argument; the last parameter of a variadic function repeats.
pub(crate) fn param(params: &[Type], index: usize) -> Type {
    params.get(index).or(params.last()).copied().unwrap_or(Type::Any)
}
