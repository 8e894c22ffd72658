//! The files of a chart, arranged for the rules that judge them.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use crate::chart::{self, Chart, Dependency, Member};
use crate::program::Trees;
use crate::rules::reads::Reads;
use crate::source::{FileId, Sources, Span};
use crate::template::Tree;
use crate::yaml::{self, Document, Node};

/// A chart as its author wrote it.
pub(crate) struct ChartFiles<'a> {
    pub(crate) chart: &'a Chart,
    pub(crate) trees: &'a Trees,
    pub(crate) sources: &'a Sources,
    metadata: OnceCell<Option<Document>>,
    templates: OnceCell<Vec<Template<'a>>>,
    reads: OnceCell<Reads>,
    schema_words: OnceCell<HashSet<&'a [u8]>>,
}

/// A chart file in Go's template language.
pub(crate) struct Template<'a> {
    pub(crate) member: &'a Member,
    pub(crate) tree: Arc<Tree>,
}

impl<'a> ChartFiles<'a> {
    pub(crate) fn new(chart: &'a Chart, trees: &'a Trees, sources: &'a Sources) -> ChartFiles<'a> {
        ChartFiles {
            chart,
            trees,
            sources,
            metadata: OnceCell::new(),
            templates: OnceCell::new(),
            reads: OnceCell::new(),
            schema_words: OnceCell::new(),
        }
    }

    pub(crate) fn text(&self, file: FileId) -> &'a [u8] {
        self.sources.text(file)
    }

    /// What `Chart.yaml` holds.
    pub(crate) fn metadata(&self) -> Option<Node<'_>> {
        let read = || read_first(self.chart.chart_yaml, self.sources);
        self.metadata.get_or_init(read).as_ref().map(Document::root)
    }

    /// The place of a key of `Chart.yaml`, or of its first byte.
    pub(crate) fn metadata_key(&self, key: &str) -> Span {
        let entry = self.metadata().and_then(|root| root.entry(key));
        entry.map_or(start(self.chart.chart_yaml), |entry| entry.key.span())
    }

    /// The place of an item of `dependencies`, of which `Chart.yaml` (or `requirements.yaml`, which
    /// then has none here) speaks.
    pub(crate) fn dependency(&self, index: usize) -> Span {
        let list = self.metadata().and_then(|root| root.get("dependencies"));
        let item = list.and_then(|list| list.items().nth(index));
        item.map_or(start(self.chart.chart_yaml), |item| item.get("name").unwrap_or(item).span())
    }

    /// The dependencies that the chart names, with their positions.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = (usize, &'a Dependency)> {
        let named = self.chart.metadata.dependencies.iter().flatten();
        named.enumerate().filter_map(|(index, one)| Some((index, one.as_ref()?)))
    }

    /// The mappings of `values.yaml`.
    pub(crate) fn defaults(&self) -> impl DoubleEndedIterator<Item = Node<'a>> + use<'a> {
        self.chart.defaults.iter().map(Document::root)
    }

    /// The words that stand between quotes in the schema: names of properties are among them.
    pub(crate) fn schema_words(&self) -> &HashSet<&'a [u8]> {
        self.schema_words.get_or_init(|| {
            let text = self.chart.schema.map(|schema| self.text(schema)).unwrap_or_default();
            text.split(|byte| *byte == b'"').collect()
        })
    }

    /// A file of the chart's directory that Helm keeps from the templates.
    pub(crate) fn beside(&self, name: &str) -> Option<Document> {
        let chart_yaml = self.sources.path(self.chart.chart_yaml);
        let wanted = format!("{}{name}", chart_yaml.strip_suffix("Chart.yaml")?);
        let file = self.sources.files().find(|file| self.sources.path(*file) == wanted)?;
        read_first(file, self.sources)
    }

    /// The parsed files of `templates/`.
    pub(crate) fn templates(&self) -> &[Template<'a>] {
        self.templates.get_or_init(|| {
            let written = self.chart.templates.iter().filter(|one| !chart::is_jinja(&one.path));
            let parse = |member: &'a Member| Template {
                member,
                tree: self.trees.of(member.id, self.sources),
            };
            written.map(parse).collect()
        })
    }

    /// What the files of the chart and of its dependencies read.
    pub(crate) fn reads(&self) -> &Reads {
        self.reads.get_or_init(|| Reads::of(self.chart, self.sources))
    }
}

/// The first byte of a file.
pub(crate) fn start(file: FileId) -> Span {
    Span { file, start: 0, end: 0 }
}

fn read_first(file: FileId, sources: &Sources) -> Option<Document> {
    let text = sources.text(file);
    yaml::read_first(file, text, 0..text.len()).ok()?
}
