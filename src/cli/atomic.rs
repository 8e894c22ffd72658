//! Files written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file that is written but does not yet stand at its place. Dropped, it leaves nothing behind.
pub(super) struct Staged {
    temporary: PathBuf,
    place: PathBuf,
}

/// Writes a file under a temporary name beside its place.
///
/// # Errors
/// Those of the file system; nothing is left behind then.
pub(super) fn stage(place: &Path, bytes: &[u8]) -> io::Result<Staged> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    let staged = Staged { temporary: temporary(place), place: place.to_owned() };
    let mut file = File::create(&staged.temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(staged)
}

/// Writes a file: a reader sees the old content or the new, never a part.
///
/// # Errors
/// Those of the file system; the old file is untouched then.
pub(super) fn write(place: &Path, bytes: &[u8]) -> io::Result<()> {
    stage(place, bytes)?.commit()
}

impl Staged {
    /// Puts the file at its place, over the old one.
    pub(super) fn commit(self) -> io::Result<()> {
        fs::rename(&self.temporary, &self.place)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After a commit there is nothing to remove; a file that stays is no second error.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn temporary(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}
