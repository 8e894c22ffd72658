//! Pods of a Deployment that claim an ID of their own when they start, from a store outside.

use crate::rules::budget::Amount;
use crate::rules::field::Field;
use crate::rules::index::Index;
use crate::rules::workload::{Container, Variable, Workload, WorkloadKind};
use crate::yaml::Node;

/// A Deployment whose pods claim IDs, with what its container says of them.
pub(crate) struct Claim<'w, 'a> {
    pub(crate) workload: &'w Workload<'a>,
    container: &'w Container<'a>,
    /// Where the claims are kept.
    pub(crate) bucket: &'a str,
}

const BUCKETS: &[&str] = &["NATS_KV_STABLE_IDS", "STABLE_IDS_BUCKET"];
const LIMITS: &[&str] = &["MAX_DEFENDERS", "MAX_STABLE_IDS"];
const FIRSTS: &[&str] = &["FIRST_DEFENDER", "FIRST_STABLE_ID"];
const TTLS: &[&str] = &["CLAIM_TTL_SECONDS", "STABLE_ID_TTL_SECONDS"];
const IDENTITIES: &[&str] = &["DEFENDER_ID", "STABLE_ID"];

/// A variable that names the store of claims.
pub(crate) fn is_bucket(name: &str) -> bool {
    BUCKETS.contains(&name)
}

/// A variable that holds an identity which should outlive the pod.
pub(crate) fn is_identity(name: &str) -> bool {
    IDENTITIES.contains(&name)
}

/// Every Deployment of the render whose pods claim IDs.
pub(crate) fn claims<'w, 'a>(index: &'w Index<'a>) -> impl Iterator<Item = Claim<'w, 'a>> {
    index.workloads.iter().filter_map(of)
}

pub(crate) fn of<'w, 'a>(workload: &'w Workload<'a>) -> Option<Claim<'w, 'a>> {
    if workload.kind != WorkloadKind::Deployment || !workload.is_lasting() {
        return None;
    }
    workload.containers.iter().find_map(|container| {
        let bucket = container.variables().find(|variable| is_bucket(variable.name))?;
        Some(Claim { workload, container, bucket: bucket.literal().unwrap_or_default() })
    })
}

impl<'a> Claim<'_, 'a> {
    /// The first ID and how many there are.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let first = self.variable(FIRSTS).map_or(Some(0), number)?;
        Some((first, number(self.variable(LIMITS)?)?))
    }

    /// The seconds after which a claim that nobody renews is free.
    pub(crate) fn ttl(&self) -> Option<i64> {
        number(self.variable(TTLS)?)
    }

    /// The pods that may hold an ID at a time, those of a rolling update included.
    pub(crate) fn most_pods(&self, index: &Index<'a>) -> i64 {
        let replicas = index.most_replicas(self.workload);
        let strategy = self.workload.spec.get("strategy");
        let key = |keys: &[&str]| strategy.and_then(|strategy| strategy.at(keys));
        if key(&["type"]).and_then(Node::as_str) == Some("Recreate") {
            return replicas;
        }
        let surge = key(&["rollingUpdate", "maxSurge"]).and_then(Amount::read);
        // The default, as for `maxUnavailable` (`SetDefaults_Deployment`).
        replicas.saturating_add(surge.unwrap_or(Amount::Percent(25)).of(replicas))
    }

    pub(crate) fn limit_field(&self) -> Field<'a> {
        self.field(LIMITS)
    }

    pub(crate) fn first_field(&self) -> Field<'a> {
        self.field(FIRSTS)
    }

    fn field(&self, names: &[&str]) -> Field<'a> {
        let env = self.container.at(&["env"]);
        match self.variable(names) {
            Some(variable) => env.index(variable.index).key("value"),
            None => env,
        }
    }

    fn variable(&self, names: &[&str]) -> Option<Variable<'a>> {
        self.container.variables().find(|variable| names.contains(&variable.name))
    }
}

fn number(variable: Variable<'_>) -> Option<i64> {
    variable.literal()?.trim().parse().ok()
}
