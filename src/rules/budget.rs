//! PodDisruptionBudgets, and the amounts that they and update strategies count in.

use crate::manifest::Object;
use crate::rules::selector::Selector;
use crate::yaml::Node;

/// A PodDisruptionBudget.
pub(crate) struct Budget<'a> {
    pub(crate) object: Object<'a>,
    pub(crate) namespace: &'a str,
    /// None for one that selects nothing.
    pub(crate) selector: Option<Selector<'a>>,
    pub(crate) min_available: Option<Amount>,
    pub(crate) max_unavailable: Option<Amount>,
}

/// A number of pods, or a share of them (`IntOrString`).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum Amount {
    Count(i64),
    Percent(i64),
}

impl<'a> Budget<'a> {
    pub(crate) fn of(object: Object<'a>, namespace: &'a str) -> Option<Budget<'a>> {
        if object.kind() != "PodDisruptionBudget" {
            return None;
        }
        let spec = object.root().get("spec")?;
        let selector = spec.get("selector").filter(|selector| !selector.is_null());
        let selector = selector.and_then(Selector::of);
        // In `policy/v1beta1` an empty selector selects nothing.
        let every = object.api_version() == "policy/v1";
        Some(Budget {
            object,
            namespace,
            selector: selector.filter(|selector| every || !selector.is_empty()),
            min_available: spec.get("minAvailable").and_then(Amount::read),
            max_unavailable: spec.get("maxUnavailable").and_then(Amount::read),
        })
    }
}

impl Amount {
    pub(crate) fn read(node: Node<'_>) -> Option<Amount> {
        let count = node.as_i64().map(Amount::Count);
        let percent = || node.as_str()?.strip_suffix('%')?.parse().ok().map(Amount::Percent);
        count.or_else(percent)
    }

    /// The pods that it stands for, of so many; shares are rounded up, as the disruption
    /// controller rounds them.
    pub(crate) fn of(self, pods: i64) -> i64 {
        match self {
            Amount::Count(count) => count,
            Amount::Percent(share) => share.saturating_mul(pods).saturating_add(99) / 100,
        }
    }

    pub(crate) fn is_zero(self) -> bool {
        matches!(self, Amount::Count(0) | Amount::Percent(0))
    }
}
