//! The functions that templates know, by name: those of `funcs` and the machine's own.

use std::sync::OnceLock;

use rustc_hash::{FxBuildHasher, FxHashMap};

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
    pub(crate) makes: Makes,
}

/// What a result holds besides the arguments themselves.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Makes {
    /// Pieces of texts, and what has room in a list or map.
    Parts,
    /// Values that are new to the last of them.
    Values,
    /// Copies of all that the arguments hold.
    Copies,
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

/// Of the random ones those that draw nothing: a certificate is built of a given one.
const GIVEN: &[&str] = &["buildCustomCert"];

/// Functions whose results hold copies of all that their arguments hold.
const COPIES: &[&str] =
    &["deepCopy", "merge", "mergeOverwrite", "mustDeepCopy", "mustMerge", "mustMergeOverwrite"];

/// Functions that make values of a text.
const PARSERS: &[&str] = &[
    "fromJson",
    "fromJsonArray",
    "fromToml",
    "fromYaml",
    "fromYamlArray",
    "mustFromJson",
    "mustFromToml",
];

struct Table {
    functions: Vec<Function>,
    by_name: FxHashMap<&'static [u8], u16>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        // Of two functions with one name the later one holds: Helm's override Sprig's, and Sprig's
        // those of text/template.
        let mut by_name = FxHashMap::with_capacity_and_hasher(MAX_FUNCTIONS, FxBuildHasher);
        let mut functions: Vec<Function> = Vec::with_capacity(MAX_FUNCTIONS);
        for function in funcs::all().map(plain).chain(machine()) {
            by_name.insert(function.name.as_bytes(), functions.len() as u16);
            functions.push(function);
        }
        let mut mark = |names: &[&str], mark: fn(&mut Function)| {
            let ids = names.iter().filter_map(|name| by_name.get(name.as_bytes()));
            ids.for_each(|&id| mark(&mut functions[usize::from(id)]));
        };
        mark(RANDOM, |function| (function.random, function.unstable) = (true, true));
        mark(GIVEN, |function| function.unstable = false);
        mark(CLOCK, |function| function.unstable = true);
        mark(COPIES, |function| function.makes = Makes::Copies);
        mark(PARSERS, |function| function.makes = Makes::Values);
        Table { functions, by_name }
    })
}

/// Room for all functions.
const MAX_FUNCTIONS: usize = 256;

fn plain(func: &'static Func) -> Function {
    let callee = if func.name == "len" { Callee::Len(func) } else { Callee::Func(func) };
    let Func { name, params, variadic, .. } = *func;
    Function::new(name, params, variadic, callee)
}

fn machine() -> impl Iterator<Item = Function> {
    let function =
        |&(name, params, variadic, callee)| Function::new(name, params, variadic, callee);
    MACHINE.iter().map(function)
}

/// The number of the function of that name.
pub(crate) fn find(name: &[u8]) -> Option<u16> {
    table().by_name.get(name).copied()
}

pub(crate) fn get(id: u16) -> Option<&'static Function> {
    table().functions.get(usize::from(id))
}

impl Function {
    fn new(
        name: &'static str,
        params: &'static [Type],
        variadic: bool,
        callee: Callee,
    ) -> Function {
        let (random, unstable, makes) = (false, false, Makes::Parts);
        Function { name, params, variadic, callee, random, unstable, makes }
    }

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
