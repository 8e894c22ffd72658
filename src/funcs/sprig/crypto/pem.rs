//! Text armour for keys and certificates (Go's `encoding/pem`).

use data_encoding::BASE64;

pub(super) struct Block {
    /// What stands after `BEGIN`: `CERTIFICATE`, `RSA PRIVATE KEY`, ….
    pub(super) label: String,
    pub(super) bytes: Vec<u8>,
}

pub(super) fn encode(label: &str, bytes: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    // Lines of 64 characters hold 48 bytes.
    for line in bytes.chunks(48) {
        text.push_str(&BASE64.encode(line));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// The first block in a text; what cannot be read is passed over.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let mut rest = text;
    loop {
        let begin = memchr::memmem::find(rest, b"-----BEGIN ")?;
        let is_at_line = begin == 0 || rest[begin - 1] == b'\n';
        rest = &rest[begin + b"-----BEGIN ".len()..];
        if is_at_line && let Some(block) = block(rest) {
            return Some(block);
        }
    }
}

/// A block, from its label on.
fn block(text: &[u8]) -> Option<Block> {
    let end = memchr::memchr(b'\n', text)?;
    let label = str::from_utf8(&text[..end]).ok()?.trim_end().strip_suffix("-----")?;
    let body = &text[end + 1..];
    let end = memchr::memmem::find(body, format!("-----END {label}-----").as_bytes())?;
    let is_header = |line: &&[u8]| line.contains(&b':');
    let lines = body[..end].split(|&byte| byte == b'\n').skip_while(is_header);
    let bytes = decode_base64(&lines.collect::<Vec<_>>().concat())?;
    Some(Block { label: label.to_owned(), bytes })
}

/// Base 64 with lines and, within them, spaces.
pub(super) fn decode_base64(text: &[u8]) -> Option<Vec<u8>> {
    let is_digit = |byte: &u8| !matches!(byte, b'\r' | b'\n' | b' ' | b'\t');
    let digits: Vec<u8> = text.iter().copied().filter(is_digit).collect();
    BASE64.decode(&digits).ok()
}
