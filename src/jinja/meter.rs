//! What a render may cost. minijinja counts steps, but one step may double a text; so what can make values
//! grow is found in the syntax tree, and what grows is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use minijinja::machinery::ast::{BinOp, BinOpKind, CallArg, Expr, Macro, Spanned, Stmt};
use minijinja::machinery::parse;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

/// Bytes that the expressions of a render may make, all in all.
const BYTES: u64 = if cfg!(test) { 8 << 20 } else { 512 << 20 };

/// Steps of a render: far more than a chart takes, few enough to end soon. Tests wait for less.
const STEPS: u64 = if cfg!(test) { 100_000 } else { 5_000_000 };

/// Bytes that literal text in loops may make, at one literal for each step.
const LITERAL_BYTES: u64 = 2 << 30;

/// Counts what a render makes.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<AtomicU64>);

impl Meter {
    /// Counts bytes.
    ///
    /// # Errors
    /// If they are more than a render may make.
    pub(super) fn count(&self, bytes: usize) -> Result<(), Error> {
        let before = self.0.fetch_add(bytes as u64, Ordering::Relaxed);
        if before.saturating_add(bytes as u64) <= BYTES {
            return Ok(());
        }
        let message = format!("the templates make more than {} MiB of text", BYTES >> 20);
        Err(Error::new(ErrorKind::InvalidOperation, message))
    }

    /// Counts all that a value holds.
    ///
    /// # Errors
    /// If that is more than a render may make.
    pub(super) fn weigh(&self, value: &Value) -> Result<(), Error> {
        if let Some(text) = value.as_str() {
            return self.count(text.len());
        }
        let mut rest = vec![value.clone()];
        while let Some(value) = rest.pop() {
            self.count(value.as_str().map_or(NODE, |text| text.len() + NODE))?;
            match value.kind() {
                // What templates make of lists may be lazy, but can be read again.
                ValueKind::Seq | ValueKind::Iterable => self.push(value.try_iter()?, &mut rest)?,
                ValueKind::Map => {
                    self.push(value.try_iter()?, &mut rest)?;
                    let items = value.try_iter()?.filter_map(|key| value.get_item(&key).ok());
                    self.push(items, &mut rest)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn push(&self, items: impl Iterator<Item = Value>, rest: &mut Vec<Value>) -> Result<(), Error> {
        for item in items {
            self.count(NODE)?;
            rest.push(item);
        }
        Ok(())
    }
}

/// What a value takes besides its text.
pub(super) const NODE: usize = 16;

/// The filter that weighs what it is given, and gives it back.
pub(super) const FILTER: &str = "__weigh";

/// A template in which whatever makes a value grow weighs it.
pub(super) struct Metered {
    pub(super) text: String,
    /// How many steps a render may take.
    pub(super) steps: u64,
    /// Where insertions end in the text, and how long they are up to there.
    insertions: Vec<(usize, usize)>,
}

impl Metered {
    /// # Errors
    /// Those of the syntax.
    pub(super) fn new(
        name: &str,
        text: &str,
        partial: bool,
        syntax: SyntaxConfig,
    ) -> Result<Metered, Error> {
        let mut walk = Walk { text, cuts: Vec::new(), literal: 0 };
        walk.statement(&parse(text, name, syntax)?, partial);
        walk.cuts.sort_by_key(|(at, _)| *at);
        let mut metered = Metered {
            text: String::with_capacity(text.len() + walk.cuts.len() * CLOSE.len()),
            steps: STEPS.min(LITERAL_BYTES / (walk.literal.max(1) as u64)),
            insertions: Vec::with_capacity(walk.cuts.len()),
        };
        let (mut end, mut inserted) = (0, 0);
        for (at, insertion) in walk.cuts {
            metered.text.push_str(text.get(end..at).unwrap_or_default());
            metered.text.push_str(insertion);
            end = at;
            inserted += insertion.len();
            metered.insertions.push((metered.text.len(), inserted));
        }
        metered.text.push_str(text.get(end..).unwrap_or_default());
        Ok(metered)
    }

    /// The place in the template of a place in the text; of one in an insertion, where that was made.
    pub(super) fn original(&self, at: usize) -> usize {
        let before = self.insertions.partition_point(|(end, _)| *end <= at);
        let inserted = before.checked_sub(1).and_then(|last| self.insertions.get(last));
        let place = at - inserted.map_or(0, |(_, inserted)| *inserted);
        let next = self.insertions.get(before).map(|(end, inserted)| end - inserted);
        next.map_or(place, |cut| place.min(cut))
    }
}

/// Around an operand: it is weighed before it is used.
const OPEN: &str = "((";
const CLOSE: &str = ") | __weigh)";

struct Walk<'t> {
    text: &'t str,
    /// What to insert, and where.
    cuts: Vec<(usize, &'static str)>,
    /// The longest literal text that may be written more than once.
    literal: usize,
}

impl Walk<'_> {
    fn statements(&mut self, all: &[Stmt<'_>], repeated: bool) {
        all.iter().for_each(|one| self.statement(one, repeated));
    }

    fn statement(&mut self, statement: &Stmt<'_>, repeated: bool) {
        match statement {
            Stmt::Template(one) => self.statements(&one.children, repeated),
            Stmt::EmitExpr(one) => self.expression(&one.expr),
            Stmt::EmitRaw(one) if repeated => self.literal = self.literal.max(one.raw.len()),
            Stmt::EmitRaw(_) | Stmt::Continue(_) | Stmt::Break(_) => {}
            Stmt::ForLoop(one) => {
                self.expression(&one.iter);
                self.optional(one.filter_expr.as_ref());
                self.statements(&one.body, true);
                self.statements(&one.else_body, repeated);
            }
            Stmt::IfCond(one) => {
                self.expression(&one.expr);
                self.statements(&one.true_body, repeated);
                self.statements(&one.false_body, repeated);
            }
            Stmt::WithBlock(one) => {
                one.assignments.iter().for_each(|(_, value)| self.expression(value));
                self.statements(&one.body, repeated);
            }
            Stmt::Set(one) => self.expression(&one.expr),
            Stmt::SetBlock(one) => {
                self.optional(one.filter.as_ref());
                self.statements(&one.body, repeated);
            }
            Stmt::AutoEscape(one) => {
                self.expression(&one.enabled);
                self.statements(&one.body, repeated);
            }
            Stmt::FilterBlock(one) => {
                self.expression(&one.filter);
                self.statements(&one.body, repeated);
            }
            Stmt::Block(one) => self.statements(&one.body, true),
            Stmt::Import(one) => self.expression(&one.expr),
            Stmt::FromImport(one) => self.expression(&one.expr),
            Stmt::Extends(one) => self.expression(&one.name),
            Stmt::Include(one) => self.expression(&one.name),
            Stmt::Macro(one) => self.declaration(one),
            Stmt::CallBlock(one) => {
                self.expression(&one.call.expr);
                self.arguments(&one.call.args);
                self.declaration(&one.macro_decl);
            }
            Stmt::Do(one) => {
                self.expression(&one.call.expr);
                self.arguments(&one.call.args);
            }
        }
    }

    fn declaration(&mut self, declaration: &Macro<'_>) {
        self.expressions(&declaration.defaults);
        self.statements(&declaration.body, true);
    }

    fn expressions(&mut self, all: &[Expr<'_>]) {
        all.iter().for_each(|one| self.expression(one));
    }

    fn optional(&mut self, expression: Option<&Expr<'_>>) {
        expression.into_iter().for_each(|one| self.expression(one));
    }

    fn arguments(&mut self, all: &[CallArg<'_>]) {
        for one in all {
            match one {
                CallArg::Pos(value)
                | CallArg::Kwarg(_, value)
                | CallArg::PosSplat(value)
                | CallArg::KwargSplat(value) => self.expression(value),
            }
        }
    }

    fn expression(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::Slice(one) => {
                self.expression(&one.expr);
                let bounds = [&one.start, &one.stop, &one.step];
                bounds.into_iter().for_each(|bound| self.optional(bound.as_ref()));
            }
            Expr::UnaryOp(one) => self.expression(&one.expr),
            Expr::BinOp(one) => self.operation(one),
            Expr::Compare(one) => {
                self.expression(&one.expr);
                one.ops.iter().for_each(|operand| self.expression(&operand.expr));
            }
            Expr::IfExpr(one) => {
                self.expression(&one.test_expr);
                self.expression(&one.true_expr);
                self.optional(one.false_expr.as_ref());
            }
            Expr::Filter(one) => {
                self.optional(one.expr.as_ref());
                self.arguments(&one.args);
            }
            Expr::Test(one) => {
                self.expression(&one.expr);
                self.arguments(&one.args);
            }
            Expr::GetAttr(one) => self.expression(&one.expr),
            Expr::GetItem(one) => {
                self.expression(&one.expr);
                self.expression(&one.subscript_expr);
            }
            Expr::Call(one) => {
                self.expression(&one.expr);
                self.arguments(&one.args);
            }
            Expr::List(one) => self.expressions(&one.items),
            Expr::Tuple(one) => self.expressions(&one.items),
            Expr::Map(one) => {
                self.expressions(&one.keys);
                self.expressions(&one.values);
            }
        }
    }

    /// `~` takes values of any kind and makes a text of them, so both are weighed before; of `+` and `*`,
    /// which minijinja bounds at each step, the result.
    fn operation(&mut self, operation: &Spanned<BinOp<'_>>) {
        self.expression(&operation.left);
        self.expression(&operation.right);
        let span = operation.span();
        let (start, end) = (span.start_offset as usize, span.end_offset as usize);
        match operation.op {
            BinOpKind::Add | BinOpKind::Mul => self.cuts.extend([(start, OPEN), (end, CLOSE)]),
            BinOpKind::Concat => {
                let left = operation.left.span().end_offset as usize;
                // Only parentheses may stand between an operand and its operator.
                let between = self.text.get(left..end).and_then(|text| text.find('~'));
                if let Some(operator) = between.map(|offset| left + offset) {
                    self.cuts.extend([(start, OPEN), (operator, CLOSE)]);
                    self.cuts.extend([(operator + 1, OPEN), (end, CLOSE)]);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let metered = Metered::new("a.j2", template, false, SyntaxConfig::default()).unwrap();
        let shown = metered.text.replace(" | __weigh", "'").replace(['(', ')'], "");
        assert_eq!(shown, expected);
        // What the insertions stand in, has its place in the template.
        for (at, character) in metered.text.char_indices() {
            let original = metered.original(at);
            assert!(original <= template.len(), "{character} at {at} was at {original}");
        }
        let last = metered.text.len() - 1;
        assert_eq!(metered.original(last), template.len() - 1);
    }

    #[test]
    fn operands_are_weighed() {
        check("{{ a ~ b }}", "{{ a '~ b' }}");
        check("{{ a ~ b ~ c }}", "{{ a '~ b' '~ c' }}");
        check("{{ (a) ~ (b if c else d) }}", "{{ a '~ b if c else d' }}");
        check("{{ x * y ~ f(z ~ 1) | upper }}", "{{ x * y' '~ fz '~ 1' | upper' }}");
        check(
            "{% for x in [a + b] %}{{ x - 1 }}{% endfor %}",
            "{% for x in [a + b'] %}{{ x - 1 }}{% endfor %}",
        );
        check("{{ \"~\" ~ '+' }}", "{{ \"~\" '~ '+'' }}");
    }

    #[test]
    fn long_literals_in_loops_leave_fewer_steps() {
        let steps = |template: &str| {
            Metered::new("a.j2", template, false, SyntaxConfig::default()).unwrap().steps
        };
        let long = "x".repeat(1 << 20);
        assert_eq!(steps(&long), STEPS);
        assert_eq!(steps(&format!("{{% for x in y %}}{long}{{% endfor %}}")), 2048);
    }
}
