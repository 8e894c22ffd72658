//! Passwords: `bcrypt`, `htpasswd` and `derivePassword`.

use hmac::{Hmac, KeyInit, Mac};
use rand_core::Rng;
use sha2::Sha256;

use crate::funcs::{Random, args};
use crate::value::Value;

/// The cost of Go's `bcrypt.DefaultCost`.
const COST: u32 = 10;

/// A hash of the password, or why there is none.
pub(super) fn bcrypt(random: &mut Random, password: &[u8]) -> String {
    const MAX: usize = 72;
    if password.len() > MAX {
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes"
            .to_owned();
    }
    let mut salt = [0; 16];
    random.fill_bytes(&mut salt);
    match bcrypt::hash_with_salt(password, COST, salt) {
        Ok(hash) => hash.format_for_version(bcrypt::Version::TwoA),
        Err(error) => format!("failed to encrypt string with bcrypt: {error}"),
    }
}

pub(super) fn htpasswd(random: &mut Random, user: &[u8], password: &[u8]) -> Vec<u8> {
    if user.contains(&b':') {
        return [b"invalid username: ", user].concat();
    }
    [user, b":", bcrypt(random, password).as_bytes()].concat()
}

/// Sprig's master password: the counter, the type, the password, the user, the site.
pub(super) fn derive(args: &[Value]) -> Vec<u8> {
    let [kind, password, user, site] = [1, 2, 3, 4].map(|index| args::text(args, index));
    let counter = args::int(args, 0) as u32;
    let Some((_, templates)) = TEMPLATES.iter().find(|(name, _)| name.as_bytes() == kind) else {
        return [b"cannot find password template ", kind].concat();
    };
    let Some(key) = stretch(password, &[SEED, &length(user), user].concat()) else {
        return b"failed to derive password".to_vec();
    };
    let message = [SEED, &length(site), site, &counter.to_be_bytes()].concat();
    let Some(seed) = sign(&key, &message) else {
        return b"failed to derive password".to_vec();
    };
    let template = templates[usize::from(seed[0]) % templates.len()];
    let letters = template.bytes().zip(&seed[1..]).map(|(class, &random)| {
        let letters = letters(class);
        letters[usize::from(random) % letters.len()]
    });
    letters.collect()
}

const SEED: &[u8] = b"com.lyndir.masterpassword";

fn length(text: &[u8]) -> [u8; 4] {
    (text.len() as u32).to_be_bytes()
}

fn stretch(password: &[u8], salt: &[u8]) -> Option<[u8; 64]> {
    let params = scrypt::Params::new(15, 8, 2).ok()?;
    let mut key = [0; 64];
    scrypt::scrypt(password, salt, &params, &mut key).ok()?;
    Some(key)
}

fn sign(key: &[u8], message: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().into())
}

/// The shapes of passwords: each letter is a class of characters.
const TEMPLATES: &[(&str, &[&str])] = &[
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

/// The characters of a class.
fn letters(class: u8) -> &'static [u8] {
    match class {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}
