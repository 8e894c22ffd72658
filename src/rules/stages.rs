//! What the other stages report: findings that no rule of the table makes, under names that users may
//! select, ignore and ask about all the same.

use crate::diagnostic::Group::{
    self, ApiServer, Chart, Correctness, Deprecation, Golden, Input, Schema, Template, Upgrade,
};
use crate::diagnostic::Severity::{self, Error, Info, Warning};

/// A kind of finding of another stage.
pub struct Told {
    pub name: &'static str,
    pub group: Group,
    pub severity: Severity,
    /// One line without a full stop.
    pub summary: &'static str,
}

const fn told(name: &'static str, group: Group, severity: Severity, summary: &'static str) -> Told {
    Told { name, group, severity, summary }
}

/// Every kind of finding of the other stages, in the order of the stages.
pub const TOLD: &[Told] = &[
    told("config", Input, Error, "What is wrong with `chartc.yaml`, a custom rule or a policy"),
    told("unreadable", Input, Error, "Files that cannot be read"),
    told("broken-chart", Input, Error, "Charts that Helm does not load"),
    told("unsupported-chart", Input, Error, "Charts of an `apiVersion` that Helm does not know"),
    told("invalid-release-name", Input, Error, "Names that Helm gives no release"),
    told("missing-dependency", Input, Error, "Dependencies that are not in `charts/`"),
    told("library-chart", Input, Error, "Library charts, which cannot be installed"),
    told("incompatible-kubernetes", Input, Error, "Charts for another version of Kubernetes"),
    told("invalid-values", Input, Error, "Values files and flags that cannot be used"),
    told("values-conflict", Input, Error, "Values that stand where a subchart needs a mapping"),
    told("schema-violation", Schema, Error, "Values that do not fit the chart's schema"),
    told("invalid-schema", Schema, Error, "Schemas that cannot be used"),
    told("template-syntax", Template, Error, "Templates that Go does not parse"),
    told("template-error", Template, Error, "Templates that stop with an error"),
    told("undefined-template", Template, Error, "Templates that are included and not defined"),
    told("invalid-call", Template, Error, "Calls that a function does not take"),
    told("invalid-yaml", Template, Error, "Rendered text that is no YAML"),
    told("not-an-object", Template, Error, "Rendered documents that are no objects"),
    told("removed-api", ApiServer, Error, "Versions of a kind that the API server has no more"),
    told("unknown-kind", ApiServer, Error, "Kinds that the API server does not know"),
    told("missing-kind", ApiServer, Error, "Objects without `kind`"),
    told("missing-api-version", ApiServer, Error, "Objects without `apiVersion`"),
    told("crd-missing", ApiServer, Info, "Custom resources whose definition is not at hand"),
    told("unknown-field", ApiServer, Error, "Fields that a type does not have"),
    told("wrong-type", ApiServer, Error, "Values of another type than their field"),
    told("bad-quantity", ApiServer, Error, "Amounts that cannot be read, such as `128MB`"),
    told("bad-timestamp", ApiServer, Error, "Times that cannot be read"),
    told("bad-base64", ApiServer, Error, "Data that is no base64"),
    told("required-field", ApiServer, Error, "Fields that must be set"),
    told("invalid-value", ApiServer, Error, "Values that the API server does not take"),
    told("unsupported-value", ApiServer, Error, "Values that are not among those of their field"),
    told("duplicate-value", ApiServer, Error, "Names and values that may stand only once"),
    told("forbidden-field", ApiServer, Error, "Fields that may not be set here"),
    told("value-too-long", ApiServer, Error, "Values that are too long"),
    told("too-many-items", ApiServer, Error, "Lists that are too long"),
    told("reference-not-found", ApiServer, Error, "Names inside an object that nothing there has"),
    told("immutable-field", Upgrade, Error, "Changes that the API server refuses"),
    told("duplicate-object", Correctness, Error, "Objects that a render has twice"),
    told("duplicate-env-var", Correctness, Warning, "Variables that hide an earlier one"),
    told("duplicate-host-alias", Correctness, Warning, "Addresses that `hostAliases` has twice"),
    told("duplicate-port", Correctness, Warning, "Ports that a container has twice"),
    told("duplicate-port-name", Correctness, Warning, "Names of ports that a container has twice"),
    told("duplicate-pull-secret", Correctness, Warning, "Pull secrets that a pod names twice"),
    told("empty-projection", Correctness, Warning, "Projected sources that hold nothing"),
    told("empty-pull-secret", Correctness, Warning, "Pull secrets without a name"),
    told("fractional-bytes", Correctness, Warning, "Parts of a byte, such as `128m` of memory"),
    told("host-ip-without-port", Correctness, Warning, "Host addresses without a host port"),
    told("ignored-field", Correctness, Warning, "Fields that have no effect here"),
    told("invalid-tls-secret", Correctness, Warning, "Certificates and keys that are no PEM text"),
    told("name-not-dns-label", Correctness, Warning, "Names of workloads that no host can have"),
    told("negative-grace-period", Correctness, Warning, "Grace periods below zero"),
    told("negative-history-limit", Correctness, Warning, "Revision histories without an end"),
    told(
        "non-canonical-address",
        Correctness,
        Warning,
        "Addresses that should be written otherwise",
    ),
    told("null-label-selector", Correctness, Warning, "Terms that select no pod at all"),
    told("overlapping-volume-paths", Correctness, Warning, "Files of a volume that hide others"),
    told("quota-exceeds-limit", Correctness, Warning, "Quotas of requests above those of limits"),
    told("too-many-indexes", Correctness, Warning, "Indexed Jobs too large to be tracked"),
    told("unmatchable-node-preference", Correctness, Warning, "Preferences that no node can meet"),
    told("unstable-field", Correctness, Info, "Fields that change at each render"),
    told("deprecated-api", Deprecation, Warning, "Versions of a kind that will be removed"),
    told("api-off-by-default", Deprecation, Warning, "Versions of a kind that few clusters serve"),
    told("deprecated-field", Deprecation, Warning, "Fields that will go"),
    told("deprecated-annotation", Deprecation, Warning, "Annotations that a field has replaced"),
    told("deprecated-node-label", Deprecation, Warning, "Node labels that have got a new name"),
    told("golden", Golden, Error, "Renders that differ from their golden files"),
    told("golden-noise", Golden, Warning, "Differences from golden files that come anew each time"),
    told("unused-ignore", Chart, Warning, "Suppressions that suppress nothing"),
];

/// What is told under that name.
pub fn find(name: &str) -> Option<&'static Told> {
    TOLD.iter().find(|told| told.name == name)
}

impl Told {
    /// What `explain` prints.
    pub fn page(&self) -> String {
        let Told { name, summary, .. } = self;
        format!("# {name}\n\n{summary}.\n\n## Why\n\n{}\n", self.why())
    }

    fn why(&self) -> &'static str {
        match self.group {
            ApiServer if self.severity == Error => {
                "The API server would refuse the object: the message is what it would say, with the path \
                 of the field as it writes it. A warning of this name is what it would say next, once \
                 the error before it is mended."
            }
            ApiServer => "The API server would need what is not here; nothing is predicted.",
            Upgrade => "The API server would refuse the change of an object that exists.",
            Correctness | Deprecation => {
                "The API server takes the object, and warns of this, or Helm sends something else than \
                 what stands there."
            }
            Template => "Helm stops here, or would if it came by.",
            Schema => "Helm checks values against `values.schema.json` before it renders.",
            Input | Chart | Golden => "The run goes on, as far as it can do without.",
            Group::Reliability
            | Group::Security
            | Group::Networking
            | Group::Resources
            | Group::Topology
            | Group::Custom => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_has_such_a_name() {
        let taken: Vec<&str> = TOLD
            .iter()
            .map(|told| told.name)
            .filter(|name| crate::rules::find(name).is_some())
            .collect();
        assert!(taken.is_empty(), "{taken:?}");
    }
}
