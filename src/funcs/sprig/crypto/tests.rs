//! Keys and certificates must be what other tools accept; their texts are compared with those
//! that Sprig's documentation and Go's sources describe.

use super::*;
use crate::funcs::testing::{call, check_text};

fn field(value: &Value, index: usize) -> String {
    let Some(Rare::Struct(value)) = value.as_rare() else { panic!("{value:?}") };
    String::from_utf8_lossy(value.fields[index].1.as_str().unwrap()).into_owned()
}

fn strings(items: &[&str]) -> Value {
    items.iter().map(|&item| item.into()).collect::<Vec<Value>>().into()
}

#[test]
fn keys_are_read_again() {
    for (kind, label) in [("ecdsa", "EC PRIVATE KEY"), ("ed25519", "PRIVATE KEY")] {
        let key = call("genPrivateKey", &[kind.into()]).unwrap();
        let pem = String::from_utf8_lossy(key.as_str().unwrap()).into_owned();
        assert!(pem.starts_with(&format!("-----BEGIN {label}-----\n")), "{pem}");
        assert_eq!(PrivateKey::from_pem(pem.as_bytes()).unwrap().to_pem(), pem);
    }
    check_text("genPrivateKey", &["bad".into()], "Unknown type bad");
}

#[test]
fn rsa_signs_what_its_public_key_opens() {
    let authority = call("genCA", &["ca".into(), Value::int(365)]).unwrap();
    let key = PrivateKey::from_pem(field(&authority, 1).as_bytes()).unwrap();
    assert_eq!(key.to_pem(), field(&authority, 1));
    // The seed makes the same key again.
    let again = call("genCA", &["ca".into(), Value::int(365)]).unwrap();
    assert_eq!(field(&authority, 0), field(&again, 0));
    let leaf = [
        "leaf".into(),
        strings(&["10.0.0.1", "::1"]),
        strings(&["a.example"]),
        Value::int(30),
        authority,
    ];
    let signed = call("genSignedCert", &leaf).unwrap();
    assert!(field(&signed, 0).starts_with("-----BEGIN CERTIFICATE-----\n"));
}

#[test]
fn certificates_say_what_was_asked() {
    let key = call("genPrivateKey", &["ed25519".into()]).unwrap();
    let made = call(
        "genSelfSignedCertWithKey",
        &["foo.com".into(), strings(&["10.0.0.1"]), strings(&["a.b"]), Value::int(1), key],
    );
    let pem = field(&made.unwrap(), 0);
    let der = pem::decode(pem.as_bytes()).unwrap().bytes;
    let contains = |bytes: &[u8]| memchr::memmem::find(&der, bytes).is_some();
    // The common name, printable, as subject and issuer.
    assert!(contains(b"\x55\x04\x03\x13\x07foo.com"));
    // The day that the clock of the test shows, and the next.
    assert!(contains(b"\x17\x0d700101000000Z\x17\x0d700102000000Z"));
    // The alternative names: a name and an address.
    assert!(contains(b"\x82\x03a.b\x87\x04\x0a\x00\x00\x01"));
    // Digital signature and key encipherment; no authority.
    assert!(contains(b"\x03\x02\x05\xa0"));
    assert!(contains(b"\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00"));
}

#[test]
fn wrong_requests() {
    let wrong_address = "error: error parsing ip: bad";
    let key = call("genPrivateKey", &["ed25519".into()]).unwrap();
    let ask =
        |addresses: Value, names: Value| ["x".into(), addresses, names, Value::int(1), key.clone()];
    check_text("genSelfSignedCertWithKey", &ask(strings(&["bad"]), Value::NIL), wrong_address);
    let number: Value = vec![Value::int(5)].into();
    check_text(
        "genSelfSignedCertWithKey",
        &ask(Value::NIL, number),
        "error: error processing alternate dns name: 5 is not a string",
    );
    check_text(
        "genCAWithKey",
        &["x".into(), Value::int(1), "bad".into()],
        "error: parsing private key: no PEM data in input",
    );
    let custom = "error: unable to decode base64 certificate";
    check_text("buildCustomCert", &["x".into(), "y".into()], custom);
}

#[test]
fn passwords() {
    let derive = |kind: &str| {
        [Value::int(1), kind.into(), "password".into(), "user".into(), "example.com".into()]
    };
    check_text("derivePassword", &derive("long"), "ZedaFaxcZaso9*");
    check_text("derivePassword", &derive("pin"), "6685");
    check_text("derivePassword", &derive("x"), "cannot find password template x");
    check_text("htpasswd", &["a:b".into(), "p".into()], "invalid username: a:b");
}

#[test]
fn ciphers() {
    let encrypted = call("encryptAES", &["secret".into(), "plain".into()]).unwrap();
    check_text("decryptAES", &["secret".into(), encrypted], "plain");
    let text = "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=";
    check_text("decryptAES", &["secretkey".into(), text.into()], "plaintext");
    let short = "error: runtime error: slice bounds out of range [:16] with capacity 3";
    check_text("decryptAES", &["x".into(), "AAAA".into()], short);
}

proptest::proptest! {
    /// Whatever is in the armour: no panic.
    #[test]
    fn any_bytes_are_read(
        bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64),
        at in 0_usize..200,
    ) {
        let key = b"-----BEGIN PRIVATE KEY-----\n".to_vec();
        let _ = PrivateKey::from_pem(&[key.as_slice(), &bytes].concat());
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY"] {
            let _ = PrivateKey::from_pem(pem::encode(label, &bytes).as_bytes());
        }
        let _ = certificate::parse(&bytes);
        // A key of which one byte is wrong.
        let mut random = rand_core::SeedableRng::from_seed([7; 32]);
        let made = PrivateKey::generate_p256(&mut random).to_pem();
        let mut der = pem::decode(made.as_bytes()).unwrap().bytes;
        let at = at % der.len();
        der[at] ^= bytes.first().copied().unwrap_or(1);
        let _ = PrivateKey::from_pem(pem::encode("EC PRIVATE KEY", &der).as_bytes());
        let _ = cipher::decrypt(b"x", &bytes);
    }
}
