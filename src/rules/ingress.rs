//! Where Ingresses lead.

use crate::manifest::Object;
use crate::rules::field::Field;
use crate::rules::workload::PortRef;
use crate::yaml::Node;

/// A backend of an Ingress that is a Service.
pub(crate) struct Backend<'a> {
    ingress: Object<'a>,
    /// The positions of the rule and of the path; None for the default backend.
    position: Option<(usize, usize)>,
    /// Empty for every host.
    pub(crate) host: &'a str,
    pub(crate) path: Option<&'a str>,
    pub(crate) path_type: &'a str,
    pub(crate) service: &'a str,
    pub(crate) port: Option<PortRef<'a>>,
}

/// Every backend of an Ingress, the default one first.
pub(crate) fn backends(ingress: Object<'_>) -> Vec<Backend<'_>> {
    let Some(spec) = ingress.root().get("spec") else { return Vec::new() };
    let default = spec.get("defaultBackend").and_then(|node| backend(ingress, node));
    let mut all: Vec<Backend<'_>> = default.into_iter().collect();
    for (rule, node) in items(spec.get("rules")).enumerate() {
        let host = node.get("host").and_then(Node::as_str).unwrap_or_default();
        for (path, node) in items(node.at(&["http", "paths"])).enumerate() {
            let text = |key| node.get(key).and_then(Node::as_str);
            let found = node.get("backend").and_then(|node| backend(ingress, node));
            all.extend(found.map(|found| Backend {
                position: Some((rule, path)),
                host,
                path: text("path"),
                path_type: text("pathType").unwrap_or_default(),
                ..found
            }));
        }
    }
    all
}

fn backend<'a>(ingress: Object<'a>, node: Node<'a>) -> Option<Backend<'a>> {
    let service = node.get("service")?;
    let port = service.get("port");
    let key = |key| port.and_then(|port| port.get(key));
    let name = || Some(PortRef::Name(key("name")?.as_str()?));
    Some(Backend {
        ingress,
        position: None,
        host: "",
        path: None,
        path_type: "",
        service: service.get("name")?.as_str()?,
        port: key("number").and_then(PortRef::of).or_else(name),
    })
}

impl<'a> Backend<'a> {
    /// A field of the backend.
    pub(crate) fn at(&self, keys: &[&str]) -> Field<'a> {
        let backend = match self.position {
            None => Field::root(self.ingress).keys(&["spec", "defaultBackend"]),
            Some(_) => self.path_entry().key("backend"),
        };
        backend.keys(keys)
    }

    pub(crate) fn path_field(&self) -> Field<'a> {
        self.path_entry().key("path")
    }

    fn path_entry(&self) -> Field<'a> {
        let (rule, path) = self.position.unwrap_or_default();
        let rule = Field::root(self.ingress).keys(&["spec", "rules"]).index(rule);
        rule.keys(&["http", "paths"]).index(path)
    }
}

fn items(list: Option<Node<'_>>) -> impl Iterator<Item = Node<'_>> {
    list.into_iter().flat_map(|list| list.items())
}
