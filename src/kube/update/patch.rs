//! The three-way merge by which kubectl and Helm update an object.
//!
//! What the new manifest has, is set; what the old one had and the new one has not, goes; what
//! neither has (defaults, and all that others have set) stays. Lists are merged by their patch
//! keys (`CreateThreeWayMergePatch` and `StrategicMergePatch` of apimachinery), in custom
//! resources replaced (`jsonmergepatch`).

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::Version;
use super::super::types::{Merge, Shape, Struct, Type};
use super::tree::{Data, Key, Keys, Tree};

/// The object that results when a manifest that was `old` and is now `new` is applied to `live`.
pub(super) fn three_way<'a>(
    old: &Tree<'a>,
    new: &Tree<'a>,
    live: &Tree<'a>,
    of: Option<Struct>,
    version: Version,
) -> Tree<'a> {
    let types = Types { version };
    types.map(Some(old), new, live, of.map(Type::Struct), false)
}

struct Types {
    version: Version,
}

impl Types {
    fn map<'a>(
        &self,
        old: Option<&Tree<'a>>,
        new: &Tree<'a>,
        live: &Tree<'a>,
        of: Option<Type>,
        retain_keys: bool,
    ) -> Tree<'a> {
        let (in_old, in_new, in_live) = (Keys::of(old), Keys::of(Some(new)), Keys::of(Some(live)));
        let mut merged: Vec<(Key<'a>, Tree<'a>)> = Vec::new();
        for (key, value) in new.entries().iter().filter(|(_, value)| !value.is_null()) {
            let field = self.field(of, &key.text);
            let (old, live) = (in_old.get(&key.text), in_live.get(&key.text));
            merged.push((key.clone(), self.value(old, value, live, field)));
        }
        let stays = |key: &str| !retain_keys && !in_new.has(key) && in_old.get(key).is_none();
        let rest = live.entries().iter().filter(|(key, _)| stays(&key.text));
        merged.extend(rest.cloned());
        Tree { span: new.span, data: Data::Map(merged) }
    }

    fn value<'a>(
        &self,
        old: Option<&Tree<'a>>,
        new: &Tree<'a>,
        live: Option<&Tree<'a>>,
        (shape, merge): (Option<Shape>, Merge),
    ) -> Tree<'a> {
        let Some(live) = live else { return new.clone() };
        let retain_keys = matches!(merge, Merge::RetainKeys | Merge::ByKeyRetainKeys(_));
        match (&new.data, &live.data, merge) {
            (Data::Map(_), Data::Map(_), _) => {
                let of = match shape {
                    Some(Shape::One(of)) => Some(of),
                    _ => None,
                };
                self.map(old, new, live, of, retain_keys)
            }
            (Data::List(_), Data::List(_), Merge::ByKey(key) | Merge::ByKeyRetainKeys(key)) => {
                let of = match shape {
                    Some(Shape::List(of)) => Some(of),
                    _ => None,
                };
                let lists = Lists { old, new, live };
                lists.merge(
                    |item| identity(item.get(key)?),
                    |old, new, live| self.map(old, new, live, of, retain_keys),
                    |earlier, new| self.map(None, new, earlier, of, false),
                )
            }
            (Data::List(_), Data::List(_), Merge::Set) => {
                let lists = Lists { old, new, live };
                lists.merge(identity, |_, new, _| new.clone(), |_, new| new.clone())
            }
            _ => new.clone(),
        }
    }

    /// The shape and the merge strategy of a field; maps of strings and unknown fields have none.
    fn field(&self, of: Option<Type>, name: &str) -> (Option<Shape>, Merge) {
        let field = match of {
            Some(Type::Struct(of)) => of.field(name, self.version),
            Some(Type::Scalar(_)) | None => None,
        };
        field.map_or((None, Merge::Plain), |field| (Some(field.shape), field.merge()))
    }
}

/// Lists whose items have an identity.
struct Lists<'t, 'a> {
    old: Option<&'t Tree<'a>>,
    new: &'t Tree<'a>,
    live: &'t Tree<'a>,
}

impl<'a> Lists<'_, 'a> {
    /// Of several items with the same identity, the first meets the first and so on; what then
    /// still comes in the new list is laid over the one before it, with `join`.
    fn merge(
        &self,
        identity: impl Fn(&Tree<'a>) -> Option<Identity>,
        merge: impl Fn(Option<&Tree<'a>>, &Tree<'a>, &Tree<'a>) -> Tree<'a>,
        join: impl Fn(&Tree<'a>, &Tree<'a>) -> Tree<'a>,
    ) -> Tree<'a> {
        let by_identity = |list: &'_ Tree<'a>| {
            let mut found: FxHashMap<Identity, VecDeque<usize>> = FxHashMap::default();
            for (nth, item) in list.items().iter().enumerate() {
                if let Some(identity) = identity(item) {
                    found.entry(identity).or_default().push_back(nth);
                }
            }
            found
        };
        let (mut in_live, in_new) = (by_identity(self.live), by_identity(self.new));
        let mut in_old = self.old.map(by_identity).unwrap_or_default();
        let ours: FxHashSet<Identity> = in_old.keys().chain(in_new.keys()).cloned().collect();
        let mut merged: Vec<Tree<'a>> = Vec::new();
        let mut places: FxHashMap<Identity, usize> = FxHashMap::default();
        for item in self.new.items() {
            let identity = identity(item);
            let twin = |in_list: &mut FxHashMap<Identity, VecDeque<usize>>| {
                in_list.get_mut(identity.as_ref()?)?.pop_front()
            };
            let live = twin(&mut in_live).and_then(|nth| self.live.items().get(nth));
            let old = twin(&mut in_old).and_then(|nth| self.old?.items().get(nth));
            let place = identity.as_ref().and_then(|identity| places.get(identity).copied());
            match (live, place.and_then(|place| merged.get_mut(place))) {
                (Some(live), _) => merged.push(merge(old, item, live)),
                (None, Some(earlier)) => {
                    *earlier = join(earlier, item);
                    continue;
                }
                (None, None) => merged.push(item.clone()),
            }
            if let Some(identity) = identity {
                places.insert(identity, merged.len() - 1);
            }
        }
        let foreign =
            |item: &&Tree<'a>| identity(item).is_some_and(|identity| !ours.contains(&identity));
        merged.extend(self.live.items().iter().filter(foreign).cloned());
        Tree { span: self.new.span, data: Data::List(merged) }
    }
}

/// What tells an item from the others: the value of its patch key, or of a scalar itself.
type Identity = (Option<String>, Option<i64>);

fn identity(value: &Tree<'_>) -> Option<Identity> {
    let identity = (value.as_str().map(str::to_owned), value.as_i64());
    (identity != (None, None)).then_some(identity)
}
