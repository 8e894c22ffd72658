//! Shell patterns as Go's `path/filepath.Match` reads them.

/// A pattern that Go calls malformed (`filepath.ErrBadPattern`).
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub struct BadPattern;

/// Whether the whole of `name` matches. `*` and `?` never match a slash.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let (mut pattern, mut name) = (pattern, name);
    while !pattern.is_empty() {
        let (star, chunk, rest) = next_chunk(pattern);
        pattern = rest;
        if star && chunk.is_empty() {
            return Ok(!name.contains('/'));
        }
        let last = pattern.is_empty();
        let fits = |left: &str| left.is_empty() || !last;
        match match_chunk(chunk, name)?.filter(|left| fits(left)) {
            Some(left) => name = left,
            None => match star.then(|| find_chunk(chunk, name, fits)).transpose()?.flatten() {
                Some(left) => name = left,
                None => return check_rest(pattern).map(|()| false),
            },
        }
    }
    Ok(name.is_empty())
}

/// The first place after the start of `name`, in the same path element, where `chunk` matches.
fn find_chunk<'a>(
    chunk: &str,
    name: &'a str,
    fits: impl Fn(&str) -> bool,
) -> Result<Option<&'a str>, BadPattern> {
    for (at, c) in name.char_indices() {
        if c == '/' {
            break;
        }
        if let Some(left) = match_chunk(chunk, &name[at + c.len_utf8()..])?
            && fits(left)
        {
            return Ok(Some(left));
        }
    }
    Ok(None)
}

/// Go finds what is malformed even behind the place where the match has failed.
fn check_rest(mut pattern: &str) -> Result<(), BadPattern> {
    while !pattern.is_empty() {
        let (_, chunk, rest) = next_chunk(pattern);
        match_chunk(chunk, "")?;
        pattern = rest;
    }
    Ok(())
}

/// Whether stars lead, the part up to the next star, and the rest (`scanChunk`).
fn next_chunk(pattern: &str) -> (bool, &str, &str) {
    let chunk = pattern.trim_start_matches('*');
    let star = chunk.len() < pattern.len();
    let mut in_range = false;
    let mut bytes = chunk.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'[' => in_range = true,
            b']' => in_range = false,
            b'*' if !in_range => return (star, &chunk[..at], &chunk[at..]),
            _ => {}
        }
    }
    (star, chunk, "")
}

/// What is left of `name` after `chunk`, or None if it does not match (`matchChunk`).
fn match_chunk<'a>(chunk: &str, name: &'a str) -> Result<Option<&'a str>, BadPattern> {
    let mut chunk = chunk.chars();
    let mut left = Some(name.chars());
    while let Some(expected) = chunk.next() {
        let found = left.as_mut().and_then(Iterator::next);
        let good = match expected {
            '[' => match_class(&mut chunk, found)?,
            '?' => found.is_some_and(|c| c != '/'),
            '\\' => found == Some(chunk.next().ok_or(BadPattern)?),
            plain => found == Some(plain),
        };
        if !good || found.is_none() {
            left = None;
        }
    }
    Ok(left.map(|left| left.as_str()))
}

/// Reads a class up to its `]`, and tells whether it holds `found`.
fn match_class(chunk: &mut std::str::Chars<'_>, found: Option<char>) -> Result<bool, BadPattern> {
    let negated = chunk.as_str().starts_with('^');
    if negated {
        chunk.next();
    }
    let mut inside = false;
    let mut ranges = 0;
    loop {
        if ranges > 0 && chunk.as_str().starts_with(']') {
            chunk.next();
            return Ok(inside != negated);
        }
        let low = class_char(chunk)?;
        let high = if chunk.as_str().starts_with('-') {
            chunk.next();
            class_char(chunk)?
        } else {
            low
        };
        inside |= found.is_some_and(|c| low <= c && c <= high);
        ranges += 1;
    }
}

/// A character of a class, which must not be the pattern's last (`getEsc`).
fn class_char(chunk: &mut std::str::Chars<'_>) -> Result<char, BadPattern> {
    let c = match chunk.next() {
        None | Some('-' | ']') => return Err(BadPattern),
        Some('\\') => chunk.next().ok_or(BadPattern)?,
        Some(c) => c,
    };
    if chunk.as_str().is_empty() { Err(BadPattern) } else { Ok(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, name: &str, expected: Result<bool, BadPattern>) {
        assert_eq!(matches(pattern, name), expected);
    }

    /// The table of `path/filepath/match_test.go`.
    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, name) in [
            ("abc", "abc"),
            ("*", "abc"),
            ("*c", "abc"),
            ("a*", "a"),
            ("a*", "abc"),
            ("a*/b", "abc/b"),
            ("a*b*c*d*e*/f", "axbxcxdxe/f"),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/f"),
            ("a*b?c*x", "abxbbxdbxebxczzx"),
            ("ab[c]", "abc"),
            ("ab[b-d]", "abc"),
            ("ab[^e-g]", "abc"),
            ("a\\*b", "a*b"),
            ("a?b", "a☺b"),
            ("a[^a]b", "a☺b"),
            ("[a-ζ]*", "α"),
            ("[\\]a]", "]"),
            ("[\\-]", "-"),
            ("[x\\-]", "x"),
            ("[x\\-]", "-"),
            ("[\\-x]", "x"),
            ("[\\-x]", "-"),
            ("*x", "xxx"),
        ] {
            check(pattern, name, Ok(true));
        }
    }

    #[test]
    fn other_names_do_not_match() {
        for (pattern, name) in [
            ("a*", "ab/c"),
            ("a*/b", "a/c/b"),
            ("a*b*c*d*e*/f", "axbxcxdxe/xxx/f"),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff"),
            ("a*b?c*x", "abxbbxdbxebxczzy"),
            ("ab[e-g]", "abc"),
            ("ab[^c]", "abc"),
            ("ab[^b-d]", "abc"),
            ("a\\*b", "ab"),
            ("a???b", "a☺b"),
            ("a[^a][^a][^a]b", "a☺b"),
            ("*[a-ζ]", "A"),
            ("a?b", "a/b"),
            ("a*b", "a/b"),
            ("[x\\-]", "z"),
        ] {
            check(pattern, name, Ok(false));
        }
    }

    #[test]
    fn malformed_patterns_are_found_wherever_they_stand() {
        for (pattern, name) in [
            ("[]a]", "]"),
            ("[-]", "-"),
            ("[x-]", "x"),
            ("[-x]", "x"),
            ("\\", "a"),
            ("[a-b-c]", "a"),
            ("[", "a"),
            ("[^", "a"),
            ("[^bc", "a"),
            ("a[", "a"),
            ("a[", "ab"),
            ("a[", "x"),
            ("a/b[", "x"),
        ] {
            check(pattern, name, Err(BadPattern));
        }
    }
}
