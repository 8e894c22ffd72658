//! Names that are collected to find them again: duplicates, and references to them.

use rustc_hash::FxHashMap;

/// Names with something to know of each, in the order in which they came. Looked up in place while
/// they are few, as they are in almost every object, and by hash where they are many.
pub(crate) struct Names<'a, T> {
    list: Vec<(&'a str, T)>,
    index: FxHashMap<&'a str, usize>,
}

const FEW: usize = 16;

impl<T> Default for Names<'_, T> {
    fn default() -> Self {
        Names { list: Vec::new(), index: FxHashMap::default() }
    }
}

impl<'a, T> Names<'a, T> {
    pub(crate) fn insert(&mut self, name: &'a str, about: T) {
        self.list.push((name, about));
        match self.list.len() {
            0..=FEW => {}
            len if self.index.is_empty() => {
                let names = self.list.iter().enumerate();
                self.index = names.map(|(at, (name, _))| (*name, at)).collect();
                debug_assert!(self.index.len() <= len);
            }
            len => {
                self.index.insert(name, len - 1);
            }
        }
    }

    /// What was said of the name, the last time if more than once.
    pub(crate) fn get(&self, name: &str) -> Option<&T> {
        let at = match self.index.is_empty() {
            true => self.list.iter().rposition(|(other, _)| *other == name),
            false => self.index.get(name).copied(),
        };
        self.list.get(at?).map(|(_, about)| about)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'a str> {
        self.list.iter().map(|(name, _)| *name)
    }
}

impl<'a> Names<'a, ()> {
    /// Adds a name, and says whether it was new.
    pub(crate) fn add(&mut self, name: &'a str) -> bool {
        let new = !self.contains(name);
        if new {
            self.insert(name, ());
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_when_few_and_when_many() {
        let names: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        let mut seen = Names::default();
        for name in &names {
            assert!(seen.add(name), "{name} is new");
            assert!(!seen.add(name), "{name} is known");
        }
        assert!(names.iter().all(|name| seen.contains(name)));
        assert!(!seen.contains("100"));
    }
}
