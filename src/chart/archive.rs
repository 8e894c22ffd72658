//! Unpacks chart archives in memory, with Helm's checks and limits
//! (`pkg/chart/loader/archive/archive.go`).
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the entry types of tar are many, and only these matter"
)]

use std::io::{self, Read};

use flate2::read::MultiGzDecoder;
use tar::{Archive, Entry, EntryType};

use super::error::{ArchiveError, MAX_CHART_SIZE};
use super::{File, MAX_FILE_SIZE, MAX_FILES};

/// What an archive may hold before it is measured as a whole first, so that one that Helm would
/// refuse never takes much memory.
const COMFORTABLE: u64 = 32 << 20;

/// The files of a `.tgz`, named relative to its one directory.
pub fn unpack(archive: &[u8]) -> Result<Vec<File>, ArchiveError> {
    if !archive.starts_with(b"\x1F\x8B") {
        return Err(ArchiveError::NotGzip);
    }
    let files = match read(archive, COMFORTABLE)? {
        Some(files) => files,
        None => read(archive, MAX_CHART_SIZE)?.unwrap_or_default(),
    };
    if files.is_empty() { Err(ArchiveError::Empty) } else { Ok(files) }
}

/// All files, or None if they are sound but larger than `keep` together.
fn read(archive: &[u8], keep: u64) -> Result<Option<Vec<File>>, ArchiveError> {
    let mut tar = Archive::new(MultiGzDecoder::new(archive));
    let mut files = Vec::new();
    let (mut count, mut total) = (0, 0);
    for entry in tar.entries().map_err(corrupt)? {
        let mut entry = entry.map_err(corrupt)?;
        let Some(path) = accept(&entry)? else { continue };
        let size = entry.size();
        check_size(&entry, size, MAX_CHART_SIZE - total)?;
        total += size;
        count += 1;
        if count > MAX_FILES {
            return Err(ArchiveError::TooManyFiles);
        }
        if total <= keep {
            files.push(read_file(path, &mut entry, size)?);
        } else {
            files = Vec::new();
        }
    }
    Ok((total <= keep).then_some(files))
}

fn read_file(path: String, entry: &mut impl Read, size: u64) -> Result<File, ArchiveError> {
    let mut data = Vec::with_capacity(size as usize);
    entry.read_to_end(&mut data).map_err(corrupt)?;
    if (data.len() as u64) < size {
        return Err(ArchiveError::Corrupt("unexpected EOF".to_owned()));
    }
    Ok(File::new(path, &data))
}

/// The path of an entry within the chart; None for what is no file.
fn accept<R: Read>(entry: &Entry<'_, R>) -> Result<Option<String>, ArchiveError> {
    let kind = entry.header().entry_type();
    let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
    let skipped =
        matches!(kind, EntryType::Directory | EntryType::XGlobalHeader | EntryType::XHeader);
    if skipped || name.ends_with('/') {
        return Ok(None);
    }
    let path = inner_path(&name)?;
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        check_link(entry, &path)?;
    }
    Ok(Some(path))
}

/// The path without the archive's directory, if it is one that Helm accepts.
fn inner_path(name: &str) -> Result<String, ArchiveError> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (base, inner) = name.split_once(delimiter).unwrap_or((name, ""));
    let inner = inner.replace(delimiter, "/");
    if inner.starts_with('/') {
        return Err(ArchiveError::AbsolutePath);
    }
    let clean = clean(&inner);
    if clean == "." {
        return Err(ArchiveError::OutsideBase(name.to_owned()));
    }
    if clean.starts_with("..") {
        return Err(ArchiveError::ParentDirectory);
    }
    if is_drive(&clean) {
        return Err(ArchiveError::IllegalName);
    }
    if base == "Chart.yaml" {
        return Err(ArchiveError::ChartYamlAtRoot);
    }
    Ok(clean)
}

/// Refuses a link whose target is not in the archive's directory.
fn check_link<R: Read>(entry: &Entry<'_, R>, path: &str) -> Result<(), ArchiveError> {
    let target = entry.link_name_bytes().unwrap_or_default();
    let target = String::from_utf8_lossy(&target).replace('\\', "/");
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let resolved = match entry.header().entry_type() {
        // A hard link names its target from the root of the archive.
        EntryType::Link => target.split_once('/').map_or("..", |(_, inner)| inner).to_owned(),
        _ => clean(format!("{directory}/{target}").trim_start_matches('/')),
    };
    if target.starts_with('/') || resolved.starts_with("..") || is_drive(&target) {
        return Err(ArchiveError::LinkOutside(path.to_owned()));
    }
    Ok(())
}

/// `c:/` and the like.
fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic())
}

fn check_size<R: Read>(
    entry: &Entry<'_, R>,
    size: u64,
    remaining: u64,
) -> Result<(), ArchiveError> {
    if size > remaining {
        return Err(ArchiveError::TooLarge);
    }
    if size > MAX_FILE_SIZE {
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        return Err(ArchiveError::FileTooLarge(name));
    }
    if size == remaining {
        return Err(ArchiveError::TooLarge);
    }
    Ok(())
}

/// Go's `path.Clean` of a relative path.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

fn corrupt(error: io::Error) -> ArchiveError {
    ArchiveError::Corrupt(match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF".to_owned(),
        _ => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;

    /// An archive of files, each with its type, path, link target and size.
    fn pack(entries: &[(EntryType, &str, &str, u64)]) -> Vec<u8> {
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (kind, path, target, size) in entries {
            let mut header = Header::new_gnu();
            header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
            header.as_gnu_mut().unwrap().linkname[..target.len()]
                .copy_from_slice(target.as_bytes());
            header.set_entry_type(*kind);
            header.set_size(*size);
            header.set_mode(0o644);
            header.set_cksum();
            tar.append(&header, io::repeat(b'x').take(*size)).unwrap();
        }
        let mut gzip = tar.into_inner().unwrap();
        gzip.flush().unwrap();
        gzip.finish().unwrap()
    }

    #[track_caller]
    fn check(entries: &[(EntryType, &str, &str, u64)], expected: Result<&[&str], ArchiveError>) {
        let unpacked = unpack(&pack(entries));
        let paths = unpacked.as_ref().map(|files| files.iter().map(|file| &*file.path).collect());
        assert_eq!(paths.map_err(Clone::clone), expected.map(<[&str]>::to_vec));
    }

    fn file(path: &str, size: u64) -> (EntryType, &str, &str, u64) {
        (EntryType::Regular, path, "", size)
    }

    #[test]
    fn paths_are_relative_to_the_chart() {
        check(&[file("c/Chart.yaml", 3), file("c/a//./b.txt", 1)], Ok(&["Chart.yaml", "a/b.txt"]));
        check(&[file("c\\templates\\x.yaml", 3)], Ok(&["templates/x.yaml"]));
        check(&[(EntryType::Directory, "c/", "", 0), file("c/x", 0)], Ok(&["x"]));
    }

    #[test]
    fn paths_out_of_the_chart_are_refused() {
        check(&[file("c//etc/passwd", 1)], Err(ArchiveError::AbsolutePath));
        check(&[file("c/../../x", 1)], Err(ArchiveError::ParentDirectory));
        check(&[file("c/a/../../x", 1)], Err(ArchiveError::ParentDirectory));
        check(&[file("c/c:/x", 1)], Err(ArchiveError::IllegalName));
        check(&[file("x", 1)], Err(ArchiveError::OutsideBase("x".to_owned())));
        check(&[file("Chart.yaml/x", 1)], Err(ArchiveError::ChartYamlAtRoot));
    }

    #[test]
    fn links_stay_in_the_chart() {
        check(&[(EntryType::Symlink, "c/a/l", "../b", 0)], Ok(&["a/l"]));
        check(&[(EntryType::Link, "c/l", "c/b", 0)], Ok(&["l"]));
        for (kind, target) in [
            (EntryType::Symlink, "/etc/passwd"),
            (EntryType::Symlink, "../../x"),
            (EntryType::Link, "/etc/passwd"),
            (EntryType::Link, "c/../../x"),
        ] {
            check(&[(kind, "c/l", target, 0)], Err(ArchiveError::LinkOutside("l".to_owned())));
        }
    }

    #[test]
    fn large_files_are_refused() {
        check(&[file("c/x", MAX_FILE_SIZE + 1)], Err(ArchiveError::FileTooLarge("c/x".to_owned())));
        let bomb: Vec<_> = (0..21).map(|_| file("c/x", MAX_FILE_SIZE)).collect();
        check(&bomb, Err(ArchiveError::TooLarge));
    }

    #[test]
    fn what_helm_accepts_is_kept_however_large() {
        let large: Vec<_> = (0..8).map(|_| file("c/x", MAX_FILE_SIZE)).collect();
        check(&large, Ok(&["x"; 8]));
    }

    #[test]
    fn an_archive_has_files_and_is_gzip() {
        check(&[], Err(ArchiveError::Empty));
        assert_eq!(unpack(b"PK").unwrap_err(), ArchiveError::NotGzip);
    }
}
