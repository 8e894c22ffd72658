//! `Files` and other Go objects with methods, for minijinja.

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ValueKind};

use crate::value::{Data, List, ListKind, Rare, Text, Value};

/// `.Files`: a mapping from paths to texts, with the methods of Go templates (`Files.Get`, `Files.Glob`, …).
#[derive(Debug)]
pub(super) struct Files(BTreeMap<String, Arc<[u8]>>);

impl Files {
    pub(super) fn new(files: &BTreeMap<Text, Arc<[u8]>>) -> Files {
        let file = |(path, bytes): (&Text, &Arc<[u8]>)| {
            (String::from_utf8_lossy(path).into_owned(), Arc::clone(bytes))
        };
        Files(files.iter().map(file).collect())
    }
}

impl Object for Files {
    fn get_value(self: &Arc<Self>, key: &minijinja::Value) -> Option<minijinja::Value> {
        Some(String::from_utf8_lossy(self.0.get(key.as_str()?)?).into_owned().into())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|path| path.as_str().into()).collect())
    }
}

/// The Go object behind a value that a method is called on; None if it has no methods.
pub(super) fn receiver(value: &minijinja::Value) -> Option<Value> {
    if let Some(files) = value.downcast_object_ref::<Files>() {
        let file =
            |(path, bytes): (&String, &Arc<[u8]>)| (Text::from(path.as_bytes()), Arc::clone(bytes));
        let files = files.0.iter().map(file).collect();
        return Some(Data::Rare(std::rc::Rc::new(Rare::Files(files))).into());
    }
    if value.kind() != ValueKind::Seq {
        return None;
    }
    // The only list with a method: `.Capabilities.APIVersions`.
    let items = value.try_iter().ok()?.map(|item| Value::text(item.to_string())).collect();
    Some(List::typed(ListKind::VersionSet, items).into())
}
