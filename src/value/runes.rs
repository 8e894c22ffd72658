//! Text as Go reads it: character by character, with bytes between that are no text.

/// Where each character starts, and the character or None for a byte that is not UTF-8.
pub(crate) fn runes(text: &[u8]) -> impl Iterator<Item = (usize, Option<char>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let &first = rest.first()?;
        let start = at;
        if first.is_ascii() {
            at += 1;
            return Some((start, Some(char::from(first))));
        }
        let (c, size) = bstr::decode_utf8(rest);
        at += if c.is_some() { size } else { 1 };
        Some((start, c))
    })
}

/// Go's `[]rune(text)`: a byte that is not UTF-8 reads as the replacement character.
pub(crate) fn chars(text: &[u8]) -> impl Iterator<Item = char> {
    runes(text).map(|(_, c)| c.unwrap_or(char::REPLACEMENT_CHARACTER))
}

pub(crate) fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The text as Go's JSON and a terminal show it: each byte that is not UTF-8 becomes a replacement
/// character of its own.
pub(crate) fn lossy(text: &[u8]) -> String {
    match str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => chars(text).collect(),
    }
}
