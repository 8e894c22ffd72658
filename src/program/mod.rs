//! Resolves trees: template names, functions, variable slots; all static checks of templates.

mod check;
mod code;
mod compile;
mod functions;
mod literal;
mod mistake;

use std::cell::{OnceCell, RefCell};
use std::cmp::Reverse;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, Sources};
use crate::template::{self, Define, NodeId, Problem, Tree};
use crate::value::Map;

pub(crate) use check::SYNTAX;
pub use check::check;
pub(crate) use code::{Call, Chain, Code, Key, Keys, Loop, Method, Op, Slot, TemplateName};
pub(crate) use functions::{Callee, Function, Makes, param};
pub(crate) use literal::{argument, can_be_nil, type_name};
pub(crate) use mistake::{LiteralFault, MistakeKind, count};

/// One file of a chart's `templates` folder, and the scope that it runs in.
pub struct Unit {
    /// The whole path, as Helm prints it: `chart/templates/x.yaml`,
    /// `chart/charts/sub/templates/_helpers.tpl`.
    pub name: String,
    pub file: FileId,
    /// `.Template.BasePath`: `chart/templates`.
    pub base: String,
    /// What the file sees as `.`: Values, Chart, Release, Files, Capabilities, Subcharts. The files
    /// of one chart share one map.
    pub scope: Map,
    /// Only its definitions matter; it is not rendered itself (its name starts with `_`).
    pub partial: bool,
}

/// All templates of a chart and its subcharts, ready to run.
pub struct Program {
    /// In Helm's order.
    trees: Vec<Arc<Tree>>,
    /// Indices of the units, in Helm's order.
    order: Vec<usize>,
    templates: Vec<Rc<Template>>,
    by_name: FxHashMap<Box<[u8]>, TemplateId>,
}

/// Which template of a [`Program`].
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateId(u32);

/// A named template.
pub(crate) struct Template {
    pub(crate) name: Box<[u8]>,
    tree: Arc<Tree>,
    body: NodeId,
    /// Nothing but space and comments.
    empty: bool,
    /// Compiled when it first runs: a chart defines much more than it uses.
    code: OnceCell<Rc<Code>>,
}

/// The parsed files of a chart, which all renders of the chart share.
#[derive(Default)]
pub struct Trees(Mutex<FxHashMap<FileId, Arc<Tree>>>);

impl Trees {
    /// The tree of a file, which is parsed when it is first asked for.
    fn get(&self, file: FileId, name: &str, text: &Arc<[u8]>) -> Arc<Tree> {
        let known = self.lock().get(&file).cloned();
        if let Some(tree) = known.filter(|tree| tree.name == name && Arc::ptr_eq(&tree.text, text))
        {
            return tree;
        }
        let tree = parse(file, name, Arc::clone(text));
        self.lock().insert(file, Arc::clone(&tree));
        tree
    }

    /// The tree of a file, whatever it is called.
    pub(crate) fn of(&self, file: FileId, sources: &Sources) -> Arc<Tree> {
        let text = sources.text(file);
        let known = self.lock().get(&file).cloned();
        let known = known.filter(|tree| Arc::ptr_eq(&tree.text, text));
        known.unwrap_or_else(|| self.get(file, sources.path(file), text))
    }

    fn lock(&self) -> MutexGuard<'_, FxHashMap<FileId, Arc<Tree>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parses and resolves the files of a chart and its subcharts.
///
/// Never fails: what is wrong is in [`Program::problems`], and `exec::render` refuses to run a
/// program with syntax errors, as Helm does.
pub fn compile(units: &[Unit], sources: &Sources, trees: &Trees) -> Program {
    let mut program = Program {
        trees: Vec::new(),
        order: render_order(units),
        templates: Vec::new(),
        by_name: FxHashMap::default(),
    };
    for unit in program.order.iter().map(|&index| &units[index]) {
        let tree = trees.get(unit.file, &unit.name, sources.text(unit.file));
        for define in &tree.defines {
            add(&mut program.templates, &mut program.by_name, &tree, define);
        }
        program.trees.push(tree);
    }
    program
}

/// What [`compile()`] makes of these files, or made of them when this thread last asked: so the cases
/// of a chart, one after the other, compile each template once.
pub fn compile_once(units: &[Unit], sources: &Sources, trees: &Trees) -> Rc<Program> {
    thread_local! {
        static LAST: RefCell<Option<Rc<Program>>> = RefCell::default();
    }
    let last = LAST.take().filter(|program| program.is_of(units, sources));
    let program = last.unwrap_or_else(|| Rc::new(compile(units, sources, trees)));
    LAST.set(Some(Rc::clone(&program)));
    program
}

/// The order in which Helm parses and renders files: deep paths first, then the last name first.
/// Where two files define one name, the last definition stands, so a chart replaces what its
/// subcharts define (`sortTemplates` in `pkg/engine/engine.go`).
fn render_order(units: &[Unit]) -> Vec<usize> {
    let depth = |name: &str| name.bytes().filter(|&byte| byte == b'/').count();
    let mut order: Vec<usize> = (0..units.len()).collect();
    order.sort_by_cached_key(|&index| {
        let name = units[index].name.as_str();
        Reverse((depth(name), name))
    });
    order
}

/// Parses a text whose templates will be called by `name`.
pub(crate) fn parse(file: FileId, name: &str, text: Arc<[u8]>) -> Arc<Tree> {
    Arc::new(template::parse(file, name, text, &functions::find))
}

/// Adds a definition as `Template.AddParseTree` does: an empty one replaces none.
fn add(
    templates: &mut Vec<Rc<Template>>,
    by_name: &mut FxHashMap<Box<[u8]>, TemplateId>,
    tree: &Arc<Tree>,
    define: &Define,
) {
    if define.empty && by_name.contains_key(&define.name) {
        return;
    }
    by_name.insert(define.name.clone(), TemplateId(templates.len() as u32));
    templates.push(Rc::new(Template::new(tree, define)));
}

impl Program {
    /// Whether these are the files that the program was made of.
    fn is_of(&self, units: &[Unit], sources: &Sources) -> bool {
        let is_of = |(tree, &index): (&Arc<Tree>, &usize)| {
            units.get(index).is_some_and(|unit| {
                let text = sources.text(unit.file);
                tree.file == unit.file && tree.name == unit.name && Arc::ptr_eq(&tree.text, text)
            })
        };
        self.order.len() == units.len() && self.trees.iter().zip(&self.order).all(is_of)
    }

    /// The syntax errors of all files, each with its tree. Helm stops at the first.
    pub fn problems(&self) -> impl Iterator<Item = (&Tree, &Problem)> {
        self.trees.iter().flat_map(|tree| tree.problems.iter().map(|problem| (&**tree, problem)))
    }

    /// The parsed files, in the order in which Helm renders them.
    pub fn trees(&self) -> impl ExactSizeIterator<Item = &Tree> {
        self.trees.iter().map(|tree| &**tree)
    }

    /// Indices of the units, in the order in which Helm renders them.
    pub(crate) fn order(&self) -> &[usize] {
        &self.order
    }

    pub(crate) fn find(&self, name: &[u8]) -> Option<TemplateId> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn template(&self, id: TemplateId) -> Option<&Rc<Template>> {
        self.templates.get(id.0 as usize)
    }
}

impl Template {
    pub(crate) fn new(tree: &Arc<Tree>, define: &Define) -> Template {
        Template {
            name: define.name.clone(),
            tree: Arc::clone(tree),
            body: define.body,
            empty: define.empty,
            code: OnceCell::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.empty
    }

    pub(crate) fn code(&self, program: &Program) -> Rc<Code> {
        let compile = || compile::compile(&self.tree, self.body, &|name| program.find(name));
        Rc::clone(self.code.get_or_init(|| Rc::new(compile())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Kind;
    use crate::value::MapKind;

    #[test]
    fn the_same_files_compile_once() {
        let mut sources = Sources::default();
        let file = sources.add(Kind::File, "a", &b"{{ 1 }}"[..]);
        let unit = |name: &str, file| Unit {
            name: name.to_owned(),
            file,
            base: String::new(),
            scope: Map::new(MapKind::Any),
            partial: false,
        };
        let compiled =
            |units: &[Unit], sources: &Sources| compile_once(units, sources, &Trees::default());
        let same = |one: &Rc<Program>, other: &Rc<Program>| Rc::ptr_eq(one, other);
        let first = compiled(&[unit("a", file)], &sources);
        assert!(same(&compiled(&[unit("a", file)], &sources.clone()), &first));
        assert!(!same(&compiled(&[unit("b", file)], &sources), &first));
        let two = compiled(&[unit("a", file), unit("b", file)], &sources);
        let one = compiled(&[unit("a", file)], &sources);
        assert!(!same(&two, &one));
        let mut others = Sources::default();
        let other = others.add(Kind::File, "a", &b"{{ 1 }}"[..]);
        assert_eq!(other, file);
        assert!(!same(&compiled(&[unit("a", other)], &others), &one));
    }
}
