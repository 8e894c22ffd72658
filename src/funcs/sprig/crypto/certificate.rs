//! X.509 certificates, as Go's `x509.CreateCertificate` writes them for Sprig.

use crate::value::runes::lossy;
use std::net::{IpAddr, Ipv6Addr};

use sha2::{Digest, Sha256};

use crate::funcs::{Ctx, FuncError};
use crate::value::Value;
use crate::value::quote::quoted;
use crate::value::time::Time;

use super::der::{self, Reader};
use super::key::PrivateKey;
use super::{pem, prime};

/// What a certificate is to say.
pub(super) struct Request {
    common_name: Vec<u8>,
    addresses: Vec<IpAddr>,
    dns_names: Vec<Vec<u8>>,
    days: i64,
    is_authority: bool,
}

impl Request {
    pub(super) fn authority(common_name: &[u8], days: i64) -> Request {
        Request {
            common_name: common_name.to_vec(),
            addresses: Vec::new(),
            dns_names: Vec::new(),
            days,
            is_authority: true,
        }
    }

    pub(super) fn leaf(
        common_name: &[u8],
        addresses: &[Value],
        dns_names: &[Value],
        days: i64,
    ) -> Result<Request, FuncError> {
        Ok(Request {
            common_name: common_name.to_vec(),
            addresses: addresses.iter().map(address).collect::<Result<_, _>>()?,
            dns_names: dns_names.iter().map(dns_name).collect::<Result<_, _>>()?,
            days,
            is_authority: false,
        })
    }
}

fn address(value: &Value) -> Result<IpAddr, FuncError> {
    let Some(text) = value.as_str() else {
        let text = printed(value);
        return Err(FuncError::new(format!("error parsing ip: {text} is not a string")));
    };
    let text = lossy(text);
    let parsed = text.parse();
    parsed.map_err(|_| FuncError::new(format!("error parsing ip: {text}")))
}

fn dns_name(value: &Value) -> Result<Vec<u8>, FuncError> {
    match value.as_str() {
        Some(text) => Ok(text.to_vec()),
        None => {
            let text = printed(value);
            let message = format!("error processing alternate dns name: {text} is not a string");
            Err(FuncError::new(message))
        }
    }
}

fn printed(value: &Value) -> String {
    const MAX: usize = 1 << 16;
    let text = value.to_text(MAX).unwrap_or_default();
    lossy(&text)
}

/// A certificate in DER.
pub(super) struct Signed(Vec<u8>);

impl Signed {
    pub(super) fn to_pem(&self) -> String {
        pem::encode("CERTIFICATE", &self.0)
    }
}

/// The certificate and key of an authority that signs.
pub(super) struct Signer {
    certificate: Parsed,
    key: PrivateKey,
}

/// What a signature needs to know of the authority's certificate.
pub(super) struct Parsed {
    subject: Vec<u8>,
    public_info: Vec<u8>,
    key_id: Vec<u8>,
}

impl Signer {
    pub(super) fn parse(certificate: &[u8], key: &[u8]) -> Result<Signer, FuncError> {
        let block = pem::decode(certificate)
            .ok_or_else(|| FuncError::new("unable to decode certificate"))?;
        let certificate = parse(&block.bytes).map_err(|error| {
            let message = format!("error parsing certificate: decodedSignerCert.Bytes: {error}");
            FuncError::new(message)
        })?;
        let key = PrivateKey::from_pem(key)
            .map_err(|error| FuncError::new(format!("error parsing private key: {error}")))?;
        Ok(Signer { certificate, key })
    }
}

/// Reads a certificate; the error is Go's.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, &'static str> {
    let mut whole = Reader::new(bytes);
    let mut certificate = whole.enter(der::SEQUENCE).ok_or("x509: malformed certificate")?;
    if !whole.is_empty() {
        return Err("x509: trailing data");
    }
    let body = certificate.enter(der::SEQUENCE).ok_or("x509: malformed tbs certificate")?;
    parse_body(body).ok_or("x509: malformed tbs certificate")
}

fn parse_body(mut body: Reader<'_>) -> Option<Parsed> {
    body.take(der::constructed(0));
    body.take(der::INTEGER)?;
    let _algorithm = body.take(der::SEQUENCE)?;
    let _issuer = body.take(der::SEQUENCE)?;
    let _validity = body.take(der::SEQUENCE)?;
    let subject = body.take(der::SEQUENCE)?.whole.to_vec();
    let public_info = body.take(der::SEQUENCE)?.whole.to_vec();
    body.take(der::implicit(1));
    body.take(der::implicit(2));
    let mut key_id = Vec::new();
    if let Some(mut extensions) = body.enter(der::constructed(3)) {
        let mut extensions = extensions.enter(der::SEQUENCE)?;
        while let Some(mut extension) = extensions.enter(der::SEQUENCE) {
            let id = extension.take(der::OID)?.content;
            extension.take(der::BOOLEAN);
            let value = extension.take(der::OCTET_STRING)?.content;
            if id == SUBJECT_KEY_ID {
                key_id = Reader::new(value).take(der::OCTET_STRING)?.content.to_vec();
            }
        }
    }
    Some(Parsed { subject, public_info, key_id })
}

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];
const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 0x23];
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const SERVER_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
const CLIENT_AUTH: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];

/// Creates a certificate for `key`; without a signer it signs itself.
pub(super) fn create(
    ctx: &mut Ctx<'_>,
    request: &Request,
    key: &PrivateKey,
    signer: Option<&Signer>,
) -> Result<Signed, FuncError> {
    let refuse = |text: &str| FuncError::new(format!("error creating certificate: {text}"));
    let signing_key = signer.map_or(key, |signer| &signer.key);
    let algorithm = signing_key
        .signature_algorithm()
        .ok_or_else(|| refuse("x509: certificate private key does not implement crypto.Signer"))?;
    let public_info = key
        .public_info()
        .ok_or_else(|| refuse("x509: unsupported public key type: *dsa.PublicKey"))?;
    if let Some(signer) = signer
        && signing_key.public_info().as_ref() != Some(&signer.certificate.public_info)
    {
        return Err(refuse("x509: provided PrivateKey doesn't match parent's PublicKey"));
    }
    let subject = name(&request.common_name).map_err(refuse)?;
    let issuer = signer.map_or(&subject, |signer| &signer.certificate.subject);
    let authority_key_id = signer
        .map(|signer| signer.certificate.key_id.as_slice())
        .filter(|id| !id.is_empty() && *issuer != subject);
    let extensions =
        extensions(request, key, &subject, authority_key_id).map_err(|text| refuse(&text))?;
    let body = der::sequence(&[
        &der::write(der::constructed(0), &der::write(der::INTEGER, &[2])),
        &der::integer(&prime::below_power(ctx.random, 128)),
        &algorithm,
        issuer,
        &validity(ctx.env.now, request.days).map_err(refuse)?,
        &subject,
        &public_info,
        &der::write(der::constructed(3), &extensions),
    ]);
    let signature = signing_key
        .sign(&body)
        .ok_or_else(|| refuse("crypto/rsa: message too long for RSA key size"))?;
    Ok(Signed(der::sequence(&[&body, &algorithm, &der::bit_string(&signature)])))
}

/// A distinguished name with a common name only, or with nothing.
fn name(common_name: &[u8]) -> Result<Vec<u8>, &'static str> {
    if common_name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    let is_printable = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+,-./ :=?".contains(byte);
    let tag = match common_name.iter().all(is_printable) {
        true => der::PRINTABLE_STRING,
        false if str::from_utf8(common_name).is_err() => {
            return Err("asn1: string not valid UTF-8");
        }
        false => der::UTF8_STRING,
    };
    let attribute =
        der::sequence(&[&der::write(der::OID, COMMON_NAME), &der::write(tag, common_name)]);
    Ok(der::sequence(&[&der::write(der::SET, &attribute)]))
}

/// From now on for as many days; Go's durations wrap after 292 years.
fn validity(now: i128, days: i64) -> Result<Vec<u8>, &'static str> {
    const DAY: i64 = 24 * 3600 * 1_000_000_000;
    let start = Time::from_nanos(now);
    let end = start.add(days.wrapping_mul(DAY));
    Ok(der::sequence(&[&time(&start)?, &time(&end)?]))
}

/// RFC 5280: two digits of the year up to 2049, then four.
fn time(time: &Time) -> Result<Vec<u8>, &'static str> {
    match time.civil().year {
        1950..2050 => Ok(der::write(der::UTC_TIME, &time.format(b"060102150405Z"))),
        0..10_000 => Ok(der::write(der::GENERALIZED_TIME, &time.format(b"20060102150405Z"))),
        _ => Err("cannot represent time as GeneralizedTime"),
    }
}

fn extensions(
    request: &Request,
    key: &PrivateKey,
    subject: &[u8],
    authority_key_id: Option<&[u8]>,
) -> Result<Vec<u8>, String> {
    // Digital signature and key encipherment; an authority signs certificates too.
    let usage: &[u8] = if request.is_authority { &[2, 0xa4] } else { &[5, 0xa0] };
    let authority: &[u8] = if request.is_authority { &[der::BOOLEAN, 1, 0xff] } else { &[] };
    let purposes = [SERVER_AUTH, CLIENT_AUTH].map(|id| der::write(der::OID, id)).concat();
    let mut all = vec![
        extension(KEY_USAGE, true, &der::write(der::BIT_STRING, usage)),
        extension(EXT_KEY_USAGE, false, &der::write(der::SEQUENCE, &purposes)),
        extension(BASIC_CONSTRAINTS, true, &der::write(der::SEQUENCE, authority)),
    ];
    if request.is_authority {
        // RFC 7093, method 1, which Go uses since 1.25.
        let hash = Sha256::digest(key.public_bits());
        all.push(extension(SUBJECT_KEY_ID, false, &der::write(der::OCTET_STRING, &hash[..20])));
    }
    if let Some(id) = authority_key_id {
        let id = der::sequence(&[&der::write(der::implicit(0), id)]);
        all.push(extension(AUTHORITY_KEY_ID, false, &id));
    }
    if !request.dns_names.is_empty() || !request.addresses.is_empty() {
        let is_only_name = *subject == der::sequence(&[]);
        all.push(extension(SUBJECT_ALT_NAME, is_only_name, &alternative_names(request)?));
    }
    Ok(der::write(der::SEQUENCE, &all.concat()))
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[der::BOOLEAN, 1, 0xff] } else { &[] };
    der::sequence(&[&der::write(der::OID, id), critical, &der::write(der::OCTET_STRING, value)])
}

fn alternative_names(request: &Request) -> Result<Vec<u8>, String> {
    let mut names = Vec::new();
    for name in &request.dns_names {
        if !name.is_ascii() {
            let name = quoted(&lossy(name));
            return Err(format!("x509: {name} cannot be encoded as an IA5String"));
        }
        names.extend(der::write(der::implicit(2), name));
    }
    for address in &request.addresses {
        let bytes = match address {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => v6_bytes(address),
        };
        names.extend(der::write(der::implicit(7), &bytes));
    }
    Ok(der::write(der::SEQUENCE, &names))
}

/// An IPv4 address in an IPv6 one is written as what it is.
fn v6_bytes(address: &Ipv6Addr) -> Vec<u8> {
    match address.to_ipv4_mapped() {
        Some(address) => address.octets().to_vec(),
        None => address.octets().to_vec(),
    }
}
