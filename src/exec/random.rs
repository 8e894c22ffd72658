//! Randomness that depends on the place of the call only: a render that is repeated, with or
//! without origins, makes the same text.

use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashMap, FxHasher};

use crate::exec::machine::Machine;
use crate::template::NodeId;

/// How often each place has been called.
pub(crate) type Sites = FxHashMap<u64, u64>;

impl Machine<'_> {
    /// Seeds the random source by the render's seed, the place of the call, and how often it was
    /// called before.
    pub(crate) fn reseed(&mut self, node: NodeId) {
        let tree = &self.frame.code.tree;
        let span = tree.span(node);
        let mut hasher = FxHasher::default();
        tree.name.hash(&mut hasher);
        span.start.hash(&mut hasher);
        tree.slice(span.start, span.end).hash(&mut hasher);
        let site = hasher.finish();
        let calls = self.sites.entry(site).or_insert(0);
        *calls += 1;
        self.random = self.env.random(site, *calls);
    }
}
