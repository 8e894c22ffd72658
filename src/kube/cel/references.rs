//! Finds names in an expression that stand for nothing: what the API server's type checker would
//! refuse first.

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::{Program, common::ast::SourceInfo};

use super::Fault;

/// The functions of all libraries, and the types that expressions may name.
const FUNCTIONS: &[&str] = &[
    "add",
    "all",
    "asApproximateFloat",
    "asInteger",
    "base64",
    "bool",
    "bytes",
    "charAt",
    "cidr",
    "compareTo",
    "contains",
    "containsCIDR",
    "containsIP",
    "decode",
    "distinct",
    "double",
    "duration",
    "dyn",
    "encode",
    "endsWith",
    "family",
    "find",
    "findAll",
    "flatten",
    "format",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getEscapedPath",
    "getFullYear",
    "getHost",
    "getHostname",
    "getHours",
    "getMilliseconds",
    "getMinutes",
    "getMonth",
    "getPort",
    "getQuery",
    "getScheme",
    "getSeconds",
    "has",
    "hasValue",
    "indexOf",
    "int",
    "ip",
    "ip.isCanonical",
    "isCIDR",
    "isCanonical",
    "isGlobalUnicast",
    "isGreaterThan",
    "isIP",
    "isInteger",
    "isLessThan",
    "isLinkLocalMulticast",
    "isLinkLocalUnicast",
    "isLoopback",
    "isQuantity",
    "isSorted",
    "isURL",
    "isUnspecified",
    "join",
    "lastIndexOf",
    "lowerAscii",
    "masked",
    "matches",
    "max",
    "min",
    "none",
    "of",
    "ofNonZeroValue",
    "optional",
    "or",
    "orValue",
    "prefixLength",
    "quantity",
    "quote",
    "range",
    "replace",
    "reverse",
    "sign",
    "size",
    "slice",
    "sort",
    "sortBy",
    "split",
    "startsWith",
    "string",
    "sub",
    "substring",
    "sum",
    "timestamp",
    "trim",
    "type",
    "uint",
    "upperAscii",
    "url",
    "value",
    "equivalent",
    "intersects",
    "abs",
    "ceil",
    "floor",
    "round",
    "trunc",
    "isInf",
    "isNaN",
    "isFinite",
    "bitAnd",
    "bitOr",
    "bitXor",
    "bitNot",
    "bitShiftLeft",
    "bitShiftRight",
    "sqrt",
    "greatest",
    "least",
];

/// Namespaces of functions and names of types, which stand like variables.
const NAMES: &[&str] = &[
    "base64",
    "bool",
    "bytes",
    "double",
    "duration",
    "dyn",
    "google",
    "int",
    "ip",
    "list",
    "lists",
    "map",
    "math",
    "null_type",
    "optional",
    "optional_type",
    "sets",
    "string",
    "strings",
    "timestamp",
    "type",
    "uint",
];

/// The `x` of every `variables.x`, or the first name that stands for nothing.
pub(super) fn collect(program: &Program, names: &[&str]) -> Result<Vec<String>, Fault> {
    let mut walk =
        Walk { source: program.source_info(), names, bound: Vec::new(), variables: Vec::new() };
    walk.expression(program.expression())?;
    Ok(walk.variables)
}

struct Walk<'e> {
    source: &'e SourceInfo,
    names: &'e [&'e str],
    /// What the loops around bind.
    bound: Vec<&'e str>,
    variables: Vec<String>,
}

impl<'e> Walk<'e> {
    fn expression(&mut self, expression: &'e IdedExpr) -> Result<(), Fault> {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.name(name, expression),
            Expr::Call(call) => {
                call.target.iter().try_for_each(|target| self.expression(target))?;
                self.function(&call.func_name, expression)?;
                call.args.iter().try_for_each(|argument| self.expression(argument))
            }
            Expr::Select(select) => {
                if matches!(&select.operand.expr, Expr::Ident(name) if name == "variables") {
                    self.variables.push(select.field.clone());
                }
                self.expression(&select.operand)
            }
            Expr::List(list) => list.elements.iter().try_for_each(|one| self.expression(one)),
            Expr::Map(map) => self.entries(map.entries.iter().map(|entry| &entry.expr)),
            Expr::Struct(made) => self.entries(made.entries.iter().map(|entry| &entry.expr)),
            Expr::Comprehension(of) => {
                self.expression(&of.iter_range)?;
                self.expression(&of.accu_init)?;
                let outer = self.bound.len();
                self.bound.push(&of.accu_var);
                self.expression(&of.result)?;
                self.bound.push(&of.iter_var);
                self.bound.extend(of.iter_var2.as_deref());
                self.expression(&of.loop_cond)?;
                self.expression(&of.loop_step)?;
                self.bound.truncate(outer);
                Ok(())
            }
        }
    }

    fn entries(&mut self, entries: impl Iterator<Item = &'e EntryExpr>) -> Result<(), Fault> {
        for entry in entries {
            match entry {
                EntryExpr::StructField(field) => self.expression(&field.value)?,
                EntryExpr::MapEntry(entry) => {
                    self.expression(&entry.key)?;
                    self.expression(&entry.value)?;
                }
            }
        }
        Ok(())
    }

    fn name(&self, name: &str, at: &IdedExpr) -> Result<(), Fault> {
        let known = self.names.contains(&name)
            || self.bound.contains(&name)
            || NAMES.contains(&name)
            || name.starts_with(['@', '#']);
        if known { Ok(()) } else { Err(self.undeclared(name, at)) }
    }

    /// Operators have names that no identifier has.
    fn function(&self, name: &str, at: &IdedExpr) -> Result<(), Fault> {
        let last = name.rsplit('.').next().unwrap_or(name);
        let operator = !last.starts_with(|c: char| c.is_ascii_alphabetic());
        if operator || FUNCTIONS.contains(&last) { Ok(()) } else { Err(self.undeclared(name, at)) }
    }

    fn undeclared(&self, name: &str, at: &IdedExpr) -> Fault {
        let offset = self.source.offset_for(at.id).map_or(0, |(start, _)| start as usize);
        let before = self.source.source.chars().take(offset);
        let line = before.filter(|c| *c == '\n').count() + 1;
        Fault { line, message: format!("undeclared reference to '{name}'") }
    }
}
