//! Go's `reflect.DeepEqual`, which `deepEqual`, `has`, `uniq` and `without` ask.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::value::{Data, Exceeded, List, MAX_DEPTH, MAX_ITEMS, Map, Rare, Value};

/// Whether both have the same type and the same contents. An `int` differs from a `float64`, a
/// nil slice from an empty one; what is one and the same is equal, even if it holds a NaN.
pub fn deep_equal(a: &Value, b: &Value) -> Result<bool, Exceeded> {
    Walk { steps: 0 }.equal(a, b, 0)
}

/// A number that equal values share.
pub fn fingerprint(value: &Value) -> u64 {
    let mut hasher = FxHasher::default();
    hash(value, &mut hasher, 0);
    hasher.finish()
}

/// How deeply a fingerprint looks.
const FINGERPRINT_DEPTH: usize = 3;

fn hash(value: &Value, hasher: &mut FxHasher, depth: usize) {
    value.type_name().hash(hasher);
    match &value.data {
        Data::Nil | Data::Rare(_) => {}
        Data::Bool(value) => value.hash(hasher),
        Data::Int(value) | Data::Int64(value) => value.hash(hasher),
        // The two zeros are equal.
        Data::Float(value) => (value + 0.0).to_bits().hash(hasher),
        Data::Str(text) => text.hash(hasher),
        Data::List(list) => {
            list.as_slice().len().hash(hasher);
            if depth < FINGERPRINT_DEPTH {
                list.as_slice().iter().for_each(|item| hash(item, hasher, depth + 1));
            }
        }
        Data::Map(map) => {
            map.len().hash(hasher);
            if depth < FINGERPRINT_DEPTH {
                for (key, value) in map.borrow().iter() {
                    key.hash(hasher);
                    hash(value, hasher, depth + 1);
                }
            }
        }
    }
}

/// A comparison under way; what is shared is compared again wherever it is met.
struct Walk {
    steps: usize,
}

impl Walk {
    fn equal(&mut self, a: &Value, b: &Value, depth: usize) -> Result<bool, Exceeded> {
        self.steps += 1;
        if depth > MAX_DEPTH {
            return Err(Exceeded::Depth);
        }
        if self.steps > MAX_ITEMS {
            return Err(Exceeded::Items);
        }
        Ok(match (&a.data, &b.data) {
            (Data::Nil, Data::Nil) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a), Data::Int(b)) | (Data::Int64(a), Data::Int64(b)) => a == b,
            (Data::Float(a), Data::Float(b)) => a == b,
            (Data::Str(a), Data::Str(b)) => a == b,
            (Data::List(a), Data::List(b)) => return self.lists(a, b, depth),
            (Data::Map(a), Data::Map(b)) => return self.maps(a, b, depth),
            (Data::Rare(a), Data::Rare(b)) => return self.rare(a, b, depth),
            _ => false,
        })
    }

    fn lists(&mut self, a: &List, b: &List, depth: usize) -> Result<bool, Exceeded> {
        let (items_a, items_b) = (a.as_slice(), b.as_slice());
        if a.kind != b.kind || a.is_nil() != b.is_nil() || items_a.len() != items_b.len() {
            return Ok(false);
        }
        Ok(a.is_same(b) || self.all(items_a.iter().zip(items_b), depth)?)
    }

    fn maps(&mut self, a: &Map, b: &Map, depth: usize) -> Result<bool, Exceeded> {
        if a.kind != b.kind || a.is_nil() != b.is_nil() || a.len() != b.len() {
            return Ok(false);
        }
        if a.is_same(b) {
            return Ok(true);
        }
        let (a, b) = (a.borrow(), b.borrow());
        Ok(a.keys().eq(b.keys()) && self.all(a.values().zip(b.values()), depth)?)
    }

    fn rare(&mut self, a: &Rare, b: &Rare, depth: usize) -> Result<bool, Exceeded> {
        Ok(match (a, b) {
            (Rare::Complex(ar, ai), Rare::Complex(br, bi)) => ar == br && ai == bi,
            (Rare::Sized(name_a, a), Rare::Sized(name_b, b)) => name_a == name_b && a == b,
            (Rare::Bytes(a), Rare::Bytes(b)) => a == b,
            (Rare::Files(a), Rare::Files(b)) => a == b,
            (Rare::Time(a), Rare::Time(b)) => a == b,
            (Rare::Struct(a), Rare::Struct(b)) if a.type_name == b.type_name => {
                let fields = a.fields.iter().zip(&b.fields);
                return self.all(fields.map(|(a, b)| (&a.1, &b.1)), depth);
            }
            _ => false,
        })
    }

    fn all<'a>(
        &mut self,
        pairs: impl Iterator<Item = (&'a Value, &'a Value)>,
        depth: usize,
    ) -> Result<bool, Exceeded> {
        for (a, b) in pairs {
            if !self.equal(a, b, depth + 1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
