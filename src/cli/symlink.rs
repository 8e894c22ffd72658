//! What Go says of a symbolic link that leads nowhere (`path/filepath/symlink.go`).

use std::ffi::OsString;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::disk::go_error;

/// How many links Go follows before it gives up.
const MAX_LINKS: usize = 255;

/// The error of `filepath.EvalSymlinks`: it names the place where the way ends.
pub(super) fn evaluation_error(path: &Path) -> String {
    let mut reached = PathBuf::new();
    let mut rest = parts(path);
    let mut links = 0;
    while let Some(part) = rest.pop() {
        match Path::new(&part).components().next() {
            Some(Component::ParentDir) => {
                reached.pop();
                continue;
            }
            Some(Component::CurDir) | None => continue,
            Some(Component::RootDir | Component::Prefix(_) | Component::Normal(_)) => {
                reached.push(&part);
            }
        }
        let target = match fs::symlink_metadata(&reached) {
            Ok(found) if !found.is_symlink() => continue,
            Ok(_) => fs::read_link(&reached).map_err(|error| ("readlink", error)),
            Err(error) => Err(("lstat", error)),
        };
        links += 1;
        match target {
            _ if links > MAX_LINKS => break,
            Ok(target) => {
                reached.pop();
                rest.append(&mut parts(&target));
            }
            Err((operation, error)) => {
                return format!("{operation} {}: {}", reached.display(), go_error(&error));
            }
        }
    }
    "EvalSymlinks: too many links".to_owned()
}

/// The components of a path, the last one first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}
