//! Files written whole or not at all: one, or a set.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes a file: a reader sees the old content or the new, never a part.
///
/// # Errors
/// Those of the file system; the old file is untouched then.
pub(super) fn write(place: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut set = FileSet::default();
    set.write(place, bytes)?;
    set.commit()
}

/// Files that are replaced and removed together, or not at all.
///
/// New files are written beside their places first; nothing that is there changes before
/// [`FileSet::commit`]. If that fails in the middle, or the set is dropped without it, everything is put
/// back. A process that is killed leaves every file old or new, and its temporary files, which
/// [`is_leftover`] knows.
#[derive(Default)]
pub(super) struct FileSet {
    steps: Vec<Step>,
    /// Folders that were made, outer ones first.
    folders: Vec<PathBuf>,
    done: bool,
}

/// What becomes of one place.
struct Step {
    place: PathBuf,
    /// The new file; None to remove what is there.
    new: Option<PathBuf>,
    /// A second name of the old file, once the place has changed.
    old: Option<PathBuf>,
    changed: bool,
}

impl FileSet {
    /// Prepares a new file.
    ///
    /// # Errors
    /// Those of the file system.
    pub(super) fn write(&mut self, place: &Path, bytes: &[u8]) -> io::Result<()> {
        if let Some(folder) = place.parent() {
            self.make_folder(folder)?;
        }
        let new = beside(place, "new");
        let step =
            Step { place: place.to_owned(), new: Some(new.clone()), old: None, changed: false };
        self.steps.push(step);
        File::create(&new)?.write_all(bytes)
    }

    /// Prepares the removal of a file.
    pub(super) fn remove(&mut self, place: &Path) {
        self.steps.push(Step { place: place.to_owned(), new: None, old: None, changed: false });
    }

    /// Puts all files at their places.
    ///
    /// # Errors
    /// Those of the file system; all is as it was before then.
    pub(super) fn commit(mut self) -> io::Result<()> {
        self.steps.iter_mut().try_for_each(Step::run)?;
        self.done = true;
        for step in &self.steps {
            step.old.iter().for_each(discard);
        }
        Ok(())
    }

    fn make_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing =
            folder.ancestors().take_while(|one| !one.as_os_str().is_empty() && !one.exists());
        let missing: Vec<&Path> = missing.collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }
}

impl Step {
    fn run(&mut self) -> io::Result<()> {
        if fs::symlink_metadata(&self.place).is_ok() {
            let old = beside(&self.place, "old");
            // Not every file system has second names.
            fs::hard_link(&self.place, &old).or_else(|_| fs::copy(&self.place, &old).map(drop))?;
            self.old = Some(old);
        }
        match &self.new {
            Some(new) => fs::rename(new, &self.place)?,
            None => fs::remove_file(&self.place)?,
        }
        self.changed = true;
        Ok(())
    }

    fn undo(&self) {
        match (&self.old, self.changed) {
            // The place is given up only if even this fails; the old file keeps its second name then.
            (Some(old), true) => drop(fs::rename(old, &self.place)),
            (Some(old), false) => discard(old),
            (None, true) => discard(&self.place),
            (None, false) => {}
        }
        self.new.iter().for_each(discard);
    }
}

impl Drop for FileSet {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.steps.iter().rev().for_each(Step::undo);
        // A folder that something else lies in by now stays.
        self.folders.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

/// Removes a file of our own; one that stays is no second error.
fn discard(file: &PathBuf) {
    drop(fs::remove_file(file));
}

/// A name for a temporary file in the same folder, so that it can be renamed to the place.
fn beside(place: &Path, role: &str) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{}.chartc-{role}", std::process::id()))
}

/// Whether a file is what a killed process left behind.
pub(super) fn is_leftover(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.') && (name.ends_with(".chartc-new") || name.ends_with(".chartc-old"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with `a` and `b`, and a folder `full` that no file can take the place of.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Folder {
            let folder = std::env::temp_dir().join(format!("chartc-{name}-{}", std::process::id()));
            drop(fs::remove_dir_all(&folder));
            fs::create_dir_all(folder.join("full/inside")).unwrap();
            fs::write(folder.join("a"), "old a").unwrap();
            fs::write(folder.join("b"), "old b").unwrap();
            Folder(folder)
        }

        #[track_caller]
        fn check(&self, expected: &str) {
            let mut found: Vec<String> = walkdir::WalkDir::new(&self.0)
                .into_iter()
                .map(Result::unwrap)
                .filter(|entry| entry.file_type().is_file())
                .map(|entry| {
                    let path = entry.path().strip_prefix(&self.0).unwrap().display();
                    format!("{path}: {}", fs::read_to_string(entry.path()).unwrap())
                })
                .collect();
            found.sort();
            assert_eq!(found.join(", "), expected);
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    fn changes(folder: &Folder) -> FileSet {
        let mut set = FileSet::default();
        set.write(&folder.0.join("a"), b"new a").unwrap();
        set.write(&folder.0.join("deep/er/c"), b"new c").unwrap();
        set.remove(&folder.0.join("b"));
        set
    }

    #[test]
    fn a_set_is_written_and_removed() {
        let folder = Folder::new("commit");
        changes(&folder).commit().unwrap();
        folder.check("a: new a, deep/er/c: new c");
    }

    #[test]
    fn nothing_changes_before_the_commit() {
        let folder = Folder::new("drop");
        let set = changes(&folder);
        assert_eq!(fs::read_to_string(folder.0.join("a")).unwrap(), "old a");
        drop(set);
        folder.check("a: old a, b: old b");
        assert!(!folder.0.join("deep").exists());
    }

    #[test]
    fn a_failure_in_the_middle_puts_everything_back() {
        let folder = Folder::new("undo");
        let mut set = changes(&folder);
        set.write(&folder.0.join("full"), b"never").unwrap();
        assert!(set.commit().is_err());
        folder.check("a: old a, b: old b");
    }
}
