//! Unpacks chart archives in memory, with Helm's checks and limits
//! (`pkg/chart/loader/archive/archive.go`).
#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "the entry types of tar are many, and only these matter"
)]

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, Entry, EntryType, PaxExtensions};

use super::error::{ArchiveError, MAX_CHART_SIZE};
use super::{File, MAX_FILE_SIZE, MAX_FILES};

/// What an archive may hold before it is measured as a whole first, so that one that Helm would
/// refuse never takes much memory.
const COMFORTABLE: u64 = 32 << 20;

/// How much of an archive is accepted.
struct Limits {
    /// All files together.
    chart: u64,
    file: u64,
    files: usize,
    /// An entry that describes another one.
    description: u64,
    /// All that is unpacked, headers and skipped entries too.
    stream: u64,
}

/// Helm's limits (`MaxDecompressedChartSize`, `MaxDecompressedFileSize`; `maxSpecialFileSize` in
/// Go's `archive/tar`), and two of our own.
const LIMITS: Limits = Limits {
    chart: MAX_CHART_SIZE,
    file: MAX_FILE_SIZE,
    files: MAX_FILES,
    description: 1 << 20,
    stream: 256 << 20,
};

/// How much is inflated at a time: for pieces as small as headers there is no fast way.
const INFLATED: usize = 32 << 10;

/// The files of a `.tgz`, named relative to its one directory.
pub fn unpack(archive: &[u8]) -> Result<Vec<File>, ArchiveError> {
    match unpack_within(archive, COMFORTABLE)? {
        Some(files) => Ok(files),
        None => Ok(unpack_within(archive, MAX_CHART_SIZE)?.unwrap_or_default()),
    }
}

/// The files of a `.tgz`, or None if they are sound but larger than `keep` together.
pub(super) fn unpack_within(archive: &[u8], keep: u64) -> Result<Option<Vec<File>>, ArchiveError> {
    unpack_limited(archive, keep, &LIMITS)
}

fn unpack_limited(
    archive: &[u8],
    keep: u64,
    limits: &Limits,
) -> Result<Option<Vec<File>>, ArchiveError> {
    if !archive.starts_with(b"\x1F\x8B") {
        return Err(ArchiveError::NotGzip);
    }
    let inflated = BufReader::with_capacity(INFLATED, MultiGzDecoder::new(archive));
    let unpacked = Unpacked { inner: inflated, at: 0, end: limits.stream };
    let files = read(&mut Archive::new(unpacked), keep, limits)?;
    if files.as_ref().is_some_and(Vec::is_empty) { Err(ArchiveError::Empty) } else { Ok(files) }
}

/// A stream that ends with an error where it is too long. That it can seek forward keeps the library
/// from clearing a large buffer for each entry.
struct Unpacked<R> {
    inner: R,
    at: u64,
    end: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.at += read as u64;
        if self.at > self.end { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(read) }
    }
}

impl<R: Read> Seek for Unpacked<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let SeekFrom::Current(distance @ 0..) = to else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        let distance = distance.unsigned_abs();
        let skipped = io::copy(&mut self.by_ref().take(distance), &mut io::sink())?;
        if skipped < distance { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(self.at) }
    }
}

fn read<R: Read + Seek>(
    tar: &mut Archive<R>,
    keep: u64,
    limits: &Limits,
) -> Result<Option<Vec<File>>, ArchiveError> {
    let mut files = Vec::new();
    let mut buffer = Vec::new();
    let (mut count, mut total) = (0, 0);
    let mut described = Described::default();
    // Raw, since the library reads names of any length into memory.
    for entry in tar.entries_with_seek().map_err(corrupt)?.raw(true) {
        let mut entry = entry.map_err(corrupt)?;
        if described.read(&mut entry, limits)? {
            continue;
        }
        let Some(path) = accept(&entry, &std::mem::take(&mut described))? else { continue };
        let size = entry.size();
        check_size(&path, size, limits.chart - total, limits)?;
        total += size;
        count += 1;
        if count > limits.files {
            return Err(ArchiveError::TooManyFiles);
        }
        if total <= keep {
            files.push(read_file(path.inner, &mut entry, size, &mut buffer)?);
        } else {
            files = Vec::new();
        }
    }
    Ok((total <= keep).then_some(files))
}

/// What entries say of the entry behind them: names that do not fit into its header.
#[derive(Default)]
struct Described {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

impl Described {
    /// Reads an entry if it is a description of the next one.
    fn read<R: Read>(
        &mut self,
        entry: &mut Entry<'_, R>,
        limits: &Limits,
    ) -> Result<bool, ArchiveError> {
        match entry.header().entry_type() {
            EntryType::GNULongName => self.path = Some(name(entry, limits)?),
            EntryType::GNULongLink => self.link = Some(name(entry, limits)?),
            EntryType::XHeader => self.extend(&description(entry, limits)?)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes the names from a PAX header.
    fn extend(&mut self, records: &[u8]) -> Result<(), ArchiveError> {
        for record in PaxExtensions::new(records) {
            let record = record.map_err(corrupt)?;
            match record.key_bytes() {
                b"path" => self.path = Some(record.value_bytes().to_vec()),
                b"linkpath" => self.link = Some(record.value_bytes().to_vec()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn description<R: Read>(
    entry: &mut Entry<'_, R>,
    limits: &Limits,
) -> Result<Vec<u8>, ArchiveError> {
    if entry.size() > limits.description {
        return Err(ArchiveError::Corrupt("archive/tar: header field too long".to_owned()));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(corrupt)?;
    Ok(bytes)
}

/// A name that ends at a zero byte.
fn name<R: Read>(entry: &mut Entry<'_, R>, limits: &Limits) -> Result<Vec<u8>, ArchiveError> {
    let mut name = description(entry, limits)?;
    name.truncate(memchr::memchr(0, &name).unwrap_or(name.len()));
    Ok(name)
}

/// The path of an entry: whole, and within the chart.
struct Path {
    whole: String,
    inner: String,
}

/// Reads a file of that size, by way of a buffer that all files use.
fn read_file(
    path: String,
    entry: &mut impl Read,
    size: u64,
    buffer: &mut Vec<u8>,
) -> Result<File, ArchiveError> {
    let size = size as usize;
    buffer.resize(buffer.len().max(size), 0);
    entry.read_exact(&mut buffer[..size]).map_err(corrupt)?;
    Ok(File::new(path, &buffer[..size]))
}

/// The path of an entry; None for what is no file.
fn accept<R: Read>(
    entry: &Entry<'_, R>,
    described: &Described,
) -> Result<Option<Path>, ArchiveError> {
    let kind = entry.header().entry_type();
    let header = entry.header().path_bytes();
    let whole = described.path.as_deref().unwrap_or(&header);
    let whole = String::from_utf8_lossy(whole).into_owned();
    let skipped = matches!(kind, EntryType::Directory | EntryType::XGlobalHeader);
    if skipped || whole.ends_with('/') {
        return Ok(None);
    }
    let inner = inner_path(&whole)?;
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        let header = entry.header().link_name_bytes().unwrap_or_default();
        let target = described.link.as_deref().unwrap_or(&header);
        check_link(kind, &String::from_utf8_lossy(target), &inner)?;
    }
    Ok(Some(Path { whole, inner }))
}

/// The path without the archive's directory, if it is one that Helm accepts.
fn inner_path(name: &str) -> Result<String, ArchiveError> {
    let delimiter = if name.contains('\\') { '\\' } else { '/' };
    let (base, inner) = name.split_once(delimiter).unwrap_or((name, ""));
    let inner = inner.replace(delimiter, "/");
    // Of a path that is absolute as a whole, Helm drops the empty directory before the first slash.
    if inner.starts_with('/') || name.starts_with(delimiter) {
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
fn check_link(kind: EntryType, target: &str, path: &str) -> Result<(), ArchiveError> {
    let target = target.replace('\\', "/");
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let resolved = match kind {
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

fn check_size(path: &Path, size: u64, remaining: u64, limits: &Limits) -> Result<(), ArchiveError> {
    if size > remaining {
        return Err(ArchiveError::TooLarge);
    }
    if size > limits.file {
        return Err(ArchiveError::FileTooLarge(path.whole.clone()));
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
    match error.kind() {
        io::ErrorKind::FileTooLarge => ArchiveError::TooLarge,
        io::ErrorKind::UnexpectedEof => ArchiveError::Corrupt("unexpected EOF".to_owned()),
        _ => ArchiveError::Corrupt(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tar::{Builder, Header};

    use super::*;

    const SMALL: Limits =
        Limits { chart: 4000, file: 1000, files: 20, description: 300, stream: 30_000 };

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
        let unpacked = unpack_limited(&pack(entries), SMALL.chart, &SMALL).map(Option::unwrap);
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
        check(&[file("/etc/passwd", 1)], Err(ArchiveError::AbsolutePath));
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
        check(&[file("c/x", 1001)], Err(ArchiveError::FileTooLarge("c/x".to_owned())));
        check(&[file("c/x", 4001)], Err(ArchiveError::TooLarge));
        check(&[file("c/x", 1000); 4], Err(ArchiveError::TooLarge));
    }

    #[test]
    fn many_files_are_refused() {
        check(&[file("c/x", 1); 20], Ok(&["x"; 20]));
        check(&[file("c/x", 1); 21], Err(ArchiveError::TooManyFiles));
    }

    #[test]
    fn what_is_no_file_is_measured_too() {
        check(&[(EntryType::Directory, "c/d/", "", 0); 100], Err(ArchiveError::TooLarge));
        check(&[(EntryType::Directory, "c/d/", "", 40_000)], Err(ArchiveError::TooLarge));
    }

    #[test]
    fn only_what_is_small_enough_is_kept() {
        let archive = pack(&[file("c/x", 800); 4]);
        assert!(unpack_limited(&archive, 3199, &SMALL).unwrap().is_none());
        assert_eq!(unpack_limited(&archive, 3200, &SMALL).unwrap().unwrap().len(), 4);
    }

    #[test]
    fn names_may_be_long_but_not_endless() {
        let long = format!("c/{}", "n".repeat(200));
        let entries = |size| [(EntryType::GNULongName, "././@LongLink", "", size), file("c/x", 0)];
        let refused = ArchiveError::Corrupt("archive/tar: header field too long".to_owned());
        check(&entries(301), Err(refused));
        // Its name is all of one letter, so it has no directory.
        check(&entries(8), Err(ArchiveError::OutsideBase("xxxxxxxx".to_owned())));
        let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = Header::new_gnu();
        header.set_size(0);
        tar.append_data(&mut header, &long, io::empty()).unwrap();
        let files = unpack(&tar.into_inner().unwrap().finish().unwrap()).unwrap();
        assert_eq!(files[0].path, long[2..]);
    }

    #[test]
    fn extended_headers_name_files_and_links() {
        let pack = |records: &[(&str, &[u8])], kind| {
            let mut tar = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
            tar.append_pax_extensions(records.iter().copied()).unwrap();
            let mut header = Header::new_ustar();
            header.set_entry_type(kind);
            header.set_path("c/short").unwrap();
            header.set_size(0);
            header.set_cksum();
            tar.append(&header, io::empty()).unwrap();
            unpack(&tar.into_inner().unwrap().finish().unwrap())
        };
        let path: (&str, &[u8]) = ("path", b"c/in/it");
        assert_eq!(pack(&[path], EntryType::Regular).unwrap()[0].path, "in/it");
        let outside = [path, ("linkpath", &b"../../x"[..])];
        let refused = ArchiveError::LinkOutside("in/it".to_owned());
        assert_eq!(pack(&outside, EntryType::Symlink).unwrap_err(), refused);
    }

    #[test]
    fn an_archive_has_files_and_is_gzip() {
        check(&[], Err(ArchiveError::Empty));
        assert_eq!(unpack(b"PK").unwrap_err(), ArchiveError::NotGzip);
    }
}
