//! CEL as the API server speaks it: the language, the extensions of cel-go, and Kubernetes' own
//! libraries (`k8s.io/apiserver/pkg/cel/library`).

mod address;
mod lists;
mod quantity;
mod references;
mod regex;
mod url;

use std::collections::HashMap;
use std::sync::Arc;

pub(crate) use cel::common::types::{CelMap, CelMapKey};
pub(crate) use cel::common::value::Val;
pub(crate) use cel::{Context, Env, Value};

use cel::common::types::{CelBool, CelString};
use cel::common::value::CowVal;
use cel::objects::Key;
use cel::{DeclarationError, Program, extensions};

use crate::yaml::{Kind, Node};

/// Words that are no identifiers in CEL.
pub(crate) const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// An expression that compiles, and uses nothing that is not there.
pub(crate) struct Expression {
    pub(crate) text: String,
    program: Program,
    /// The `x` of every `variables.x`.
    pub(crate) variables: Vec<String>,
}

/// Why an expression does not compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// One-based, in the expression.
    pub(crate) line: usize,
    pub(crate) message: String,
}

/// An expression that is longer, or has more operators, is not read: reading one recurses.
const MAX_LENGTH: usize = 2000;
const MAX_OPERATORS: usize = 100;

/// Whether an expression of somebody else's is small enough to be read.
pub(crate) fn is_readable(text: &str) -> bool {
    let operators = text.bytes().filter(|byte| b"([{.!-+*/%?|&<=>".contains(byte)).count();
    text.len() <= MAX_LENGTH && operators <= MAX_OPERATORS
}

/// What is wrong with the syntax of an expression, in the words of the server's compiler. What is
/// too large to be read is not judged.
pub(crate) fn syntax_error(text: &str) -> Option<String> {
    thread_local! {
        static ENVIRONMENT: Option<Arc<Env>> = environment().ok();
    }
    let read = |env: &Option<Arc<Env>>| env.as_ref()?.compile(text).err();
    let errors = if is_readable(text) { ENVIRONMENT.with(read)? } else { return None };
    let first = errors.errors.first()?;
    let (line, column) = first.pos;
    Some(format!("compilation failed: ERROR: <input>:{line}:{column}: {}", first.msg))
}

/// What expressions run in. Not shared between threads; one run makes one.
pub(crate) fn environment() -> Result<Arc<Env>, DeclarationError> {
    let mut env = Env::stdlib();
    env.add_extension(extensions::strings)?;
    env.add_extension(extensions::lists)?;
    env.add_extension(extensions::math)?;
    env.add_extension(extensions::encoders)?;
    env.add_extension(address::extension)?;
    env.add_extension(lists::extension)?;
    env.add_extension(quantity::extension)?;
    env.add_extension(regex::extension)?;
    env.add_extension(url::extension)?;
    Ok(Arc::new(env))
}

impl Expression {
    /// Compiles an expression in which only these names stand for something.
    pub(crate) fn compile(env: &Env, text: &str, names: &[&str]) -> Result<Expression, Fault> {
        let program = env.compile(text).map_err(|errors| {
            let first = errors.errors.first();
            let line = first.and_then(|error| usize::try_from(error.pos.0).ok()).unwrap_or(1);
            let message = first.map_or_else(|| errors.to_string(), |error| error.msg.clone());
            Fault { line: line.max(1), message }
        })?;
        let references = references::collect(&program, names)?;
        Ok(Expression { text: text.to_owned(), program, variables: references })
    }

    /// The value, or the error in CEL's words.
    pub(crate) fn evaluate<'e>(
        &'e self,
        context: &'e Context<'_, 'static>,
    ) -> Result<CowVal<'e, 'static>, String> {
        Value::resolve_val(self.program.expression(), context).map_err(|error| error.to_string())
    }

    /// The value as plain data.
    pub(crate) fn value(&self, context: &Context<'_, 'static>) -> Result<Value, String> {
        self.program.execute(context).map_err(|error| error.to_string())
    }

    /// Whether a condition is true.
    pub(crate) fn holds(&self, context: &Context<'_, 'static>) -> Result<bool, String> {
        let value = self.evaluate(context)?;
        let holds = value.downcast_ref::<CelBool>().map(|value| *value.inner());
        holds.ok_or_else(|| format!("must evaluate to bool, not {}", value.get_type().name()))
    }

    /// The text that it evaluates to; None if it is something else.
    pub(crate) fn text(&self, context: &Context<'_, 'static>) -> Result<Option<String>, String> {
        let value = self.evaluate(context)?;
        Ok(value.downcast_ref::<CelString<'_>>().map(|text| text.inner().to_owned()))
    }
}

/// The value of a node, as the API server hands it to expressions: whole numbers are `int`.
pub(crate) fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::Bool => Value::Bool(node.as_bool().unwrap_or_default()),
        Kind::Number => match node.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(node.as_f64().unwrap_or_default()),
        },
        Kind::String => Value::String(Arc::new(node.as_str().unwrap_or_default().to_owned())),
        Kind::Seq => Value::List(Arc::new(node.items().map(value).collect())),
        Kind::Map => {
            let entry = |key: Node<'_>, node| Some((Key::from(key.as_str()?), value(node)));
            let entries = node.entries().filter_map(|one| entry(one.key, one.value));
            // A null stands for a field that is not set.
            let set = entries.filter(|(_, value)| *value != Value::Null);
            Value::Map(set.collect::<HashMap<Key, Value>>().into())
        }
    }
}

/// The same for plain data.
pub(crate) fn json_value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        serde_json::Value::String(text) => Value::String(Arc::new(text.clone())),
        serde_json::Value::Array(items) => {
            Value::List(Arc::new(items.iter().map(json_value).collect()))
        }
        serde_json::Value::Object(map) => {
            let entries =
                map.iter().map(|(key, value)| (Key::from(key.as_str()), json_value(value)));
            Value::Map(entries.collect::<HashMap<Key, Value>>().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let env = environment().unwrap();
        let mut context = Context::with_env(Arc::clone(&env));
        context.add_variable_from_value("xs", Value::from(vec![3i64, 1, 2]));
        let found = match Expression::compile(&env, text, &["xs", "variables"]) {
            Err(fault) => format!("{}: {}", fault.line, fault.message),
            Ok(expression) => match expression.program.execute(&context) {
                Ok(Value::Bool(value)) => value.to_string(),
                Ok(Value::Int(value)) => value.to_string(),
                Ok(Value::String(value)) => value.to_string(),
                Ok(other) => format!("{other:?}"),
                Err(error) => format!("error: {error}"),
            },
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn quantities() {
        check("quantity('1.5Gi').isGreaterThan(quantity('1500Mi'))", "true");
        check("quantity('100m').isLessThan(quantity('0.2'))", "true");
        check("quantity('50k').compareTo(quantity('50000'))", "0");
        check("quantity('2').add(quantity('500m')) == quantity('2500m')", "true");
        check("quantity('2').sub(1).asInteger()", "1");
        check("isQuantity('128MB')", "false");
        check("quantity('1').sign()", "1");
    }

    #[test]
    fn urls() {
        check("url('https://example.com:80/a%20b?x=1').getHost()", "example.com:80");
        check("url('https://example.com:80/').getHostname()", "example.com");
        check("url('https://[::1]:80/').getHostname()", "::1");
        check("url('https://example.com/a?x=1&x=2').getQuery()['x'].size()", "2");
        check("isURL('https://example.com')", "true");
        check("isURL('../relative')", "false");
    }

    #[test]
    fn addresses() {
        check("isIP('127.0.0.1')", "true");
        check("isIP('127.0.0.256')", "false");
        check("ip('::1').family()", "6");
        check("ip('127.0.0.1').isLoopback()", "true");
        check("cidr('192.168.0.0/24').containsIP('192.168.0.7')", "true");
        check("cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24')", "true");
        check("cidr('192.168.0.7/24').masked() == cidr('192.168.0.0/24')", "true");
        check("cidr('192.168.0.0/24').prefixLength()", "24");
    }

    #[test]
    fn lists_and_texts() {
        check("xs.sum()", "6");
        check("xs.min() + xs.max()", "4");
        check("xs.isSorted()", "false");
        check("['a', 'b', 'a'].indexOf('a') + ['a', 'b', 'a'].lastIndexOf('a')", "2");
        check("sets.contains(xs, [1, 2])", "true");
        check("sets.equivalent(xs, [1, 2, 3, 3])", "true");
        check("sets.intersects(xs, [4])", "false");
        check("'abc 123'.find('[0-9]+')", "123");
        check("'1 22 333'.findAll('[0-9]+').size()", "3");
        check("'a,b'.split(',').join('-').upperAscii()", "A-B");
        check("{'a': 1}.?b.orValue(5)", "5");
    }

    #[test]
    fn what_is_not_there_is_told_before_it_runs() {
        check(
            "1 +",
            "1: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
        );
        check("xs.all(x, x > 0) && y", "1: undeclared reference to 'y'");
        check(
            "true &&\n  authorizer.path('/x').check('get').allowed()",
            "2: undeclared reference to 'authorizer'",
        );
        check("frobnicate(xs)", "1: undeclared reference to 'frobnicate'");
    }
}
