//! Takes values apart without recursion: a template may nest a list in a list a million times.

use std::mem;
use std::rc::Rc;

use crate::value::{Data, Entries, Items, Value};

impl Drop for Items {
    fn drop(&mut self) {
        if self.0.iter().any(holds_values) {
            dismantle(mem::take(&mut self.0));
        }
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        if self.values().any(holds_values) {
            dismantle(self.drain().map(|(_, value)| value).collect());
        }
    }
}

fn holds_values(value: &Value) -> bool {
    matches!(value.data, Data::List(_) | Data::Map(_))
}

/// Drops `pending` and all that only it owns.
fn dismantle(mut pending: Vec<Value>) {
    while let Some(value) = pending.pop() {
        match value.data {
            Data::List(list) => {
                if let Some(Ok(mut items)) = list.items.map(Rc::try_unwrap) {
                    pending.append(&mut items.0);
                }
            }
            Data::Map(map) => {
                if let Ok(mut entries) = Rc::try_unwrap(map.entries) {
                    pending.extend(entries.get_mut().drain().map(|(_, value)| value));
                }
            }
            Data::Nil
            | Data::Bool(_)
            | Data::Int(_)
            | Data::Int64(_)
            | Data::Float(_)
            | Data::Str(_)
            | Data::Rare(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::value::{Map, MapKind, Value};

    #[test]
    fn deep_nesting_ends_without_recursion() {
        let mut value = Value::NIL;
        for _ in 0..500_000 {
            let map = Map::new(MapKind::Any);
            map.insert(&b"k"[..], Value::from(vec![value]));
            value = Value::from(map);
        }
        drop(value);
    }
}
