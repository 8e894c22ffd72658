//! Calls of templates: `template`, `include`, `tpl`, and what becomes of their output.

use std::rc::Rc;
use std::sync::Arc;

use crate::diagnostic::FrameKind;
use crate::exec::calls::failed;
use crate::exec::error;
use crate::exec::fault::{Cause, Fault, Limit, ROOT};
use crate::exec::machine::{Flow, Frame, Machine, Operand, Step};
use crate::origin::{CallId, Src};
use crate::program::{self, Call, Code, Op, Program, Template, TemplateName, Unit};
use crate::source::Kind;
use crate::template::{NodeId, Tree};
use crate::value::{self, MapKind, Value};

/// Go's limit for `template` calls within each other (`maxExecDepth` in
/// `text/template/exec.go`).
const MAX_TEMPLATE_DEPTH: usize = 100_000;

/// How often a template may be included within itself (`recursionMaxNums` in Helm's
/// `pkg/engine/engine.go`).
const MAX_INCLUDED: u32 = 1000;

/// How many `tpl` texts may run within each other. Helm has no such limit; each of them is looked
/// through for every name.
const MAX_TPL_DEPTH: usize = 1000;

/// How many bytes the texts may take that `tpl` keeps parsed.
const MAX_TEXTS: usize = 64 << 20;

/// How much more than a text its tree takes.
const TREE_SIZE: usize = 16;

/// What to do when a template ends.
pub(crate) enum Return {
    /// It was a chart file.
    File,
    /// It wrote into its caller's output.
    Template,
    /// `include`: what it wrote becomes an operand.
    Include { site: Site, name: usize },
    /// `tpl`, with the text that it runs: the same.
    Tpl { site: Site, text: value::Text },
}

/// Where `include` or `tpl` was called.
#[derive(Copy, Clone)]
pub(crate) struct Site {
    /// What errors of the call name.
    pub(crate) node: NodeId,
    /// Where the output starts, and its origins.
    out: usize,
    runs: usize,
    /// The caller prints the result and does nothing else with it: it stays where it is.
    printed: bool,
}

/// The text of an open `tpl`. What it defines hides the chart's own templates from all that it
/// calls.
pub(crate) struct Namespace {
    text: Rc<Text>,
    /// Where the text came from.
    src: Src,
    around: Option<Rc<Namespace>>,
    /// How many texts run, this one too.
    depth: usize,
}

/// A text that `tpl` has parsed.
pub(crate) struct Text {
    tree: Arc<Tree>,
    main: Rc<Template>,
    /// All that it defines, itself too.
    templates: Vec<Rc<Template>>,
}

impl Frame {
    /// A call without variables of its own but `$`.
    fn new(template: &Rc<Template>, program: &Program, dot: Value, returns: Return) -> Frame {
        Frame {
            code: template.code(program),
            template: Rc::clone(template),
            pc: 0,
            at: NodeId::NONE,
            dot: Operand::plain(dot),
            variables: 0,
            dots: 0,
            loops: 0,
            returns,
            depth: 0,
            namespace: None,
            call: CallId::ROOT,
        }
    }

    /// The call of a chart file.
    pub(crate) fn of_file(program: &Program, unit: &Unit) -> Option<Frame> {
        let template = program.template(program.find(unit.name.as_bytes())?)?;
        let dot = Value::from(unit.scope.of_kind(MapKind::Values));
        Some(Frame::new(template, program, dot, Return::File))
    }
}

impl Machine<'_> {
    /// The template of that name, as the current frame sees it.
    fn named(&self, name: &[u8]) -> Option<Rc<Template>> {
        let mut empty = None;
        let mut namespace = self.frame.namespace.as_deref();
        while let Some(current) = namespace {
            let found = current.text.templates.iter().find(|template| &*template.name == name);
            match found {
                // An empty definition replaces none.
                Some(found) if found.is_empty() => empty = Some(found),
                Some(found) => return Some(Rc::clone(found)),
                None => {}
            }
            namespace = current.around.as_deref();
        }
        let own = self.program.find(name).and_then(|id| self.program.template(id));
        own.or(empty).map(Rc::clone)
    }

    /// The origins of the `tpl` text that a tree was parsed from, as the source of a text.
    pub(crate) fn text_source(&self, tree: &Arc<Tree>) -> Src {
        let mut namespace = self.frame.namespace.as_deref();
        while let Some(current) = namespace {
            if Arc::ptr_eq(&current.text.tree, tree) {
                return current.src;
            }
            namespace = current.around.as_deref();
        }
        Src::NONE
    }

    fn resolved(&self, name: &TemplateName) -> Option<Rc<Template>> {
        if self.frame.namespace.is_some() {
            return self.named(&name.name);
        }
        self.program.template(name.found?).map(Rc::clone)
    }

    pub(crate) fn find_template(&mut self, code: &Code, name: u32, node: NodeId) -> Step {
        self.frame.at = node;
        let Some(name) = code.templates.get(name as usize) else { return Ok(()) };
        if self.resolved(name).is_none() {
            return Err(Box::new(Fault::UndefinedTemplate { name: name.name.clone() }));
        }
        if self.frame.depth == MAX_TEMPLATE_DEPTH {
            return Err(Box::new(Fault::TemplateDepth { max: MAX_TEMPLATE_DEPTH }));
        }
        Ok(())
    }

    /// `template`: the operand is its dot.
    pub(crate) fn call_template(&mut self, code: &Code, name: u32, node: NodeId) -> Step<Flow> {
        let dot = self.pop();
        let name = code.templates.get(name as usize);
        let Some(template) = name.and_then(|name| self.resolved(name)) else {
            return Ok(Flow::Next);
        };
        let mut frame = Frame::new(&template, self.program, dot, Return::Template);
        frame.depth = self.frame.depth + 1;
        frame.namespace.clone_from(&self.frame.namespace);
        self.enter(frame, FrameKind::Template, node)
    }

    /// `include` of Helm's engine: the operands are name and dot.
    pub(crate) fn include(&mut self, call: &Call) -> Step<Flow> {
        let node = call.node;
        let dot = self.pop();
        let name = self.pop();
        let name = name.as_str().unwrap_or_default();
        let known = call.included.filter(|_| self.frame.namespace.is_none());
        let known = known.and_then(|id| self.program.template(id)).map(Rc::clone);
        let Some(template) = known.or_else(|| self.named(name)) else {
            self.frame.at = node;
            return Err(failed("include", Cause::NoTemplate { name: name.into() }));
        };
        let id = Rc::as_ptr(&template).addr();
        let open = self.included.entry(id).or_insert(0);
        if *open > MAX_INCLUDED {
            self.frame.at = node;
            return Err(failed("include", Cause::Recursion { name: name.into() }));
        }
        *open += 1;
        let returns = Return::Include { site: self.site(node), name: id };
        let mut frame = Frame::new(&template, self.program, dot, returns);
        frame.namespace.clone_from(&self.frame.namespace);
        self.enter(frame, FrameKind::Include, node)
    }

    /// `tpl` of Helm's engine: the operands are text and dot.
    pub(crate) fn tpl(&mut self, node: NodeId) -> Step<Flow> {
        let dot = self.pop();
        let source = self.pop();
        let value::Data::Str(text) = &source.data else { return Ok(Flow::Next) };
        let parsed = match self.texts.get(text) {
            Some(parsed) => Rc::clone(parsed),
            None => self.parse(text, node)?,
        };
        let returns = Return::Tpl { site: self.site(node), text: Rc::clone(text) };
        let mut frame = Frame::new(&parsed.main, self.program, dot, returns);
        let around = self.frame.namespace.clone();
        let depth = around.as_ref().map_or(0, |around| around.depth) + 1;
        if depth > MAX_TPL_DEPTH {
            return Err(Box::new(Fault::Limit(Limit::TplDepth(MAX_TPL_DEPTH))));
        }
        let namespace = Namespace { text: parsed, src: source.src, around, depth };
        frame.namespace = Some(Rc::new(namespace));
        self.enter(frame, FrameKind::Tpl, node)
    }

    fn parse(&mut self, text: &value::Text, node: NodeId) -> Step<Rc<Text>> {
        let bytes: Arc<[u8]> = Arc::from(&**text);
        let file = match self.tracer {
            Some(_) => {
                self.keep(bytes.len())?;
                self.sources.add(Kind::Rendered, ROOT, Arc::clone(&bytes))
            }
            // A place in the text needs a file only once there is an error.
            None => self.frame.code.tree.file,
        };
        let tree = program::parse(file, ROOT, bytes);
        if let Some(problem) = tree.problems.first() {
            self.frame.at = node;
            let problem = error::go_parse_error(&tree, problem);
            return Err(failed("tpl", Cause::Syntax { text: (&**text).into(), problem }));
        }
        let templates: Vec<Rc<Template>> =
            tree.defines.iter().map(|define| Rc::new(Template::new(&tree, define))).collect();
        let Some(main) = templates.iter().find(|found| &*found.name == ROOT.as_bytes()) else {
            return Err(failed("tpl", Cause::NoTemplate { name: ROOT.as_bytes().into() }));
        };
        let parsed = Rc::new(Text { tree, main: Rc::clone(main), templates });
        self.texts_size += text.len() * TREE_SIZE;
        if self.texts_size > MAX_TEXTS {
            self.texts.clear();
            self.texts_size = text.len() * TREE_SIZE;
        }
        self.texts.insert(Rc::clone(text), Rc::clone(&parsed));
        Ok(parsed)
    }

    fn site(&self, node: NodeId) -> Site {
        let next = self.frame.code.ops.get(self.frame.pc);
        let printed = matches!(next, Some(Op::Print { .. }));
        Site { node, out: self.out.len(), runs: self.runs.len(), printed }
    }

    /// Makes a frame the current one.
    fn enter(&mut self, mut frame: Frame, kind: FrameKind, node: NodeId) -> Step<Flow> {
        self.count_steps(1)?;
        let max = self.options.limits.depth;
        if self.frames.len() >= max {
            return Err(Box::new(Fault::Limit(Limit::Depth(max))));
        }
        frame.call = self.trace_call(kind, &frame, node);
        frame.variables = self.variables.len();
        frame.dots = self.dots.len();
        frame.loops = self.loops.len();
        self.variables.push(Some(frame.dot.clone()));
        self.variables.resize(frame.variables + frame.code.slots, None);
        std::mem::swap(&mut self.frame, &mut frame);
        self.frames.push(frame);
        Ok(Flow::Frame)
    }

    pub(crate) fn return_from_template(&mut self) -> Step<Flow> {
        let Some(mut done) = self.frames.pop() else { return Ok(Flow::End) };
        std::mem::swap(&mut self.frame, &mut done);
        self.variables.truncate(done.variables);
        match done.returns {
            Return::File => return Ok(Flow::End),
            Return::Template => {}
            Return::Include { site, name } => {
                if let Some(open) = self.included.get_mut(&name) {
                    *open -= 1;
                }
                self.give_back(site)?;
            }
            Return::Tpl { site, .. } => {
                self.remove_no_value(site.out, site.runs);
                self.give_back(site)?;
            }
        }
        Ok(Flow::Frame)
    }

    /// What was written since the call becomes the operand, unless it is printed anyway.
    fn give_back(&mut self, site: Site) -> Step {
        if site.printed {
            self.frame.pc += 1;
            return Ok(());
        }
        let src = self.take_runs(site.out, site.runs);
        let text: value::Text = self.out.get(site.out..).unwrap_or_default().into();
        self.out.truncate(site.out);
        let made = text.len();
        self.push(Value::from(text).with(src), false);
        self.charge(made)
    }
}
