//! Private keys: made, read from PEM and written as Go's `crypto/x509` does, and used to sign.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use ed25519_dalek::Signer as _;
use num_bigint::BigUint;
use rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

use crate::funcs::Random;

use super::der::{self, Reader};
use super::{pem, prime};

/// A private key of a kind that Sprig makes or takes.
pub(super) enum PrivateKey {
    Rsa(Arc<Rsa>),
    Dsa(Dsa),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

/// An RSA key with what the Chinese remainder theorem needs.
pub(super) struct Rsa {
    modulus: BigUint,
    public: BigUint,
    private: BigUint,
    primes: [BigUint; 2],
    exponents: [BigUint; 2],
    coefficient: BigUint,
}

pub(super) struct Dsa {
    p: BigUint,
    q: BigUint,
    g: BigUint,
    public: BigUint,
    private: BigUint,
}

/// Why a text is no private key; prints as in Go.
#[derive(Debug)]
pub(super) enum Error {
    NoPem,
    OtherBlock(String),
    UnknownType(String),
    Pkcs8,
    Rsa,
    Ec,
    Dsa,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MALFORMED: &str = "asn1: structure error: malformed private key";
        match self {
            Error::NoPem => f.write_str("no PEM data in input"),
            Error::OtherBlock(label) => {
                write!(f, "no private key data in PEM block of type {label}")
            }
            Error::UnknownType(name) => write!(f, "invalid private key type {name}"),
            Error::Pkcs8 => write!(f, "decoding PEM as PKCS#8: {MALFORMED}"),
            Error::Rsa => write!(f, "parsing RSA private key from PEM: {MALFORMED}"),
            Error::Ec => write!(f, "parsing EC private key from PEM: {MALFORMED}"),
            Error::Dsa => write!(f, "parsing DSA private key from PEM: {MALFORMED}"),
        }
    }
}

/// Object identifiers, without tag and length.
mod oid {
    pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    pub(super) const RSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
    pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    pub(super) const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
    pub(super) const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
    pub(super) const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    pub(super) const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
    pub(super) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
}

/// RSA keys by seed and size.
type Made = BTreeMap<([u8; 32], u64), Arc<Rsa>>;

/// Renders of one chart with one seed ask for the same keys again.
static MADE: Mutex<Made> = Mutex::new(BTreeMap::new());

const MAX_KEPT: usize = 256;

impl PrivateKey {
    pub(super) fn generate_rsa(random: &mut Random, bits: u64) -> PrivateKey {
        let mut seed = [0; 32];
        random.fill_bytes(&mut seed);
        let made = || MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = made().get(&(seed, bits)) {
            return PrivateKey::Rsa(Arc::clone(key));
        }
        let key = Arc::new(Rsa::generate(&mut Random::from_seed(seed), bits));
        let mut made = made();
        if made.len() < MAX_KEPT {
            made.insert((seed, bits), Arc::clone(&key));
        }
        PrivateKey::Rsa(key)
    }

    pub(super) fn generate_dsa(random: &mut Random) -> PrivateKey {
        PrivateKey::Dsa(Dsa::generate(random))
    }

    pub(super) fn generate_p256(random: &mut Random) -> PrivateKey {
        loop {
            let mut secret = [0; 32];
            random.fill_bytes(&mut secret);
            // Of all secrets one in 2^32 is too large.
            if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&secret) {
                return PrivateKey::P256(key);
            }
        }
    }

    pub(super) fn generate_ed25519(random: &mut Random) -> PrivateKey {
        let mut secret = [0; 32];
        random.fill_bytes(&mut secret);
        PrivateKey::Ed25519(ed25519_dalek::SigningKey::from_bytes(&secret))
    }

    pub(super) fn to_pem(&self) -> String {
        match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.to_pkcs1()),
            PrivateKey::Dsa(key) => pem::encode("DSA PRIVATE KEY", &key.to_der()),
            PrivateKey::P256(key) => pem::encode("EC PRIVATE KEY", &self.ec_der(&key.to_bytes())),
            PrivateKey::P384(key) => pem::encode("EC PRIVATE KEY", &self.ec_der(&key.to_bytes())),
            PrivateKey::Ed25519(key) => {
                let algorithm = der::sequence(&[&der::write(der::OID, oid::ED25519)]);
                let secret = der::write(der::OCTET_STRING, key.as_bytes());
                let secret = der::write(der::OCTET_STRING, &secret);
                let version = der::integer(&BigUint::ZERO);
                pem::encode("PRIVATE KEY", &der::sequence(&[&version, &algorithm, &secret]))
            }
        }
    }

    /// RFC 5915, as Go's `MarshalECPrivateKey` writes it.
    fn ec_der(&self, secret: &[u8]) -> Vec<u8> {
        let curve = der::write(der::OID, self.curve().unwrap_or_default());
        der::sequence(&[
            &der::integer(&BigUint::from(1_u8)),
            &der::write(der::OCTET_STRING, secret),
            &der::write(der::constructed(0), &curve),
            &der::write(der::constructed(1), &der::bit_string(&self.public_bits())),
        ])
    }

    fn curve(&self) -> Option<&'static [u8]> {
        match self {
            PrivateKey::P256(_) => Some(oid::P256),
            PrivateKey::P384(_) => Some(oid::P384),
            PrivateKey::Rsa(_) | PrivateKey::Dsa(_) | PrivateKey::Ed25519(_) => None,
        }
    }

    pub(super) fn from_pem(text: &[u8]) -> Result<PrivateKey, Error> {
        let block = pem::decode(text).ok_or(Error::NoPem)?;
        if block.label == "PRIVATE KEY" {
            return read_pkcs8(&block.bytes).ok_or(Error::Pkcs8);
        }
        let Some(kind) = block.label.strip_suffix(" PRIVATE KEY") else {
            return Err(Error::OtherBlock(block.label));
        };
        match kind {
            "RSA" => Rsa::from_pkcs1(&block.bytes)
                .map(|key| PrivateKey::Rsa(Arc::new(key)))
                .ok_or(Error::Rsa),
            "EC" => read_ec(&block.bytes, None).ok_or(Error::Ec),
            "DSA" => Dsa::from_der(&block.bytes).map(PrivateKey::Dsa).ok_or(Error::Dsa),
            other => Err(Error::UnknownType(other.to_owned())),
        }
    }

    /// The bits of the public key as certificates hold them.
    pub(super) fn public_bits(&self) -> Vec<u8> {
        match self {
            PrivateKey::Rsa(key) => {
                der::sequence(&[&der::integer(&key.modulus), &der::integer(&key.public)])
            }
            PrivateKey::Dsa(key) => der::integer(&key.public),
            PrivateKey::P256(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            PrivateKey::P384(key) => key.verifying_key().to_sec1_point(false).as_bytes().to_vec(),
            PrivateKey::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
        }
    }

    /// `SubjectPublicKeyInfo`; DSA has none, Go writes no certificates for it.
    pub(super) fn public_info(&self) -> Option<Vec<u8>> {
        let algorithm = match self {
            PrivateKey::Rsa(_) => [der::write(der::OID, oid::RSA), der::write(der::NULL, &[])],
            PrivateKey::P256(_) | PrivateKey::P384(_) => {
                let curve = der::write(der::OID, self.curve().unwrap_or_default());
                [der::write(der::OID, oid::EC), curve]
            }
            PrivateKey::Ed25519(_) => [der::write(der::OID, oid::ED25519), Vec::new()],
            PrivateKey::Dsa(_) => return None,
        };
        let algorithm = der::write(der::SEQUENCE, &algorithm.concat());
        Some(der::sequence(&[&algorithm, &der::bit_string(&self.public_bits())]))
    }

    /// `AlgorithmIdentifier` of signatures with this key; Go signs nothing with DSA.
    pub(super) fn signature_algorithm(&self) -> Option<Vec<u8>> {
        let identifier = match self {
            PrivateKey::Rsa(_) => oid::RSA_SHA256,
            PrivateKey::P256(_) => oid::ECDSA_SHA256,
            PrivateKey::P384(_) => oid::ECDSA_SHA384,
            PrivateKey::Ed25519(_) => oid::ED25519,
            PrivateKey::Dsa(_) => return None,
        };
        let identifier = der::write(der::OID, identifier);
        let null = if matches!(self, PrivateKey::Rsa(_)) {
            der::write(der::NULL, &[])
        } else {
            Vec::new()
        };
        Some(der::sequence(&[&identifier, &null]))
    }

    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            PrivateKey::Rsa(key) => key.sign_sha256(message),
            PrivateKey::Dsa(_) => None,
            PrivateKey::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                Some(signature.to_der().as_bytes().to_vec())
            }
            PrivateKey::P384(key) => {
                let signature: p384::ecdsa::Signature = key.sign(message);
                Some(signature.to_der().as_bytes().to_vec())
            }
            PrivateKey::Ed25519(key) => Some(key.sign(message).to_bytes().to_vec()),
        }
    }
}

fn read_pkcs8(bytes: &[u8]) -> Option<PrivateKey> {
    let mut key = Reader::new(bytes).enter(der::SEQUENCE)?;
    key.integer()?;
    let mut algorithm = key.enter(der::SEQUENCE)?;
    let identifier = algorithm.take(der::OID)?.content;
    let secret = key.take(der::OCTET_STRING)?.content;
    match identifier {
        oid::RSA => Some(PrivateKey::Rsa(Arc::new(Rsa::from_pkcs1(secret)?))),
        oid::EC => read_ec(secret, Some(algorithm.take(der::OID)?.content)),
        oid::ED25519 => {
            let secret = Reader::new(secret).take(der::OCTET_STRING)?.content;
            let key = ed25519_dalek::SigningKey::from_bytes(secret.try_into().ok()?);
            Some(PrivateKey::Ed25519(key))
        }
        _ => None,
    }
}

fn read_ec(bytes: &[u8], curve: Option<&[u8]>) -> Option<PrivateKey> {
    let mut key = Reader::new(bytes).enter(der::SEQUENCE)?;
    key.integer()?;
    let secret = key.take(der::OCTET_STRING)?.content;
    let own = key.enter(der::constructed(0));
    let own = own.and_then(|mut parameters| Some(parameters.take(der::OID)?.content));
    match curve.or(own)? {
        oid::P256 => p256::ecdsa::SigningKey::from_slice(secret).ok().map(PrivateKey::P256),
        oid::P384 => p384::ecdsa::SigningKey::from_slice(secret).ok().map(PrivateKey::P384),
        _ => None,
    }
}

impl Rsa {
    /// Both primes are looked for at the same time, each with randomness of its own.
    fn generate(random: &mut Random, bits: u64) -> Rsa {
        loop {
            let mut seeds = [[0; 32]; 2];
            seeds.iter_mut().for_each(|seed| random.fill_bytes(seed));
            let [p, q] = seeds
                .map(|seed| move || prime::random_prime(&mut Random::from_seed(seed), bits / 2));
            let primes = std::thread::scope(|scope| {
                let p = scope.spawn(p);
                let q = q();
                [p.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), q]
            });
            if let Some(key) = Rsa::from_primes(primes, BigUint::from(65_537_u32)) {
                return key;
            }
        }
    }

    /// None if the primes are equal or do not go with the exponent.
    fn from_primes(primes: [BigUint; 2], public: BigUint) -> Option<Rsa> {
        let [p, q] = &primes;
        if p == q {
            return None;
        }
        let [less_p, less_q] = [p - 1_u8, q - 1_u8];
        let private = public.modinv(&(&less_p * &less_q / gcd(&less_p, &less_q)))?;
        let exponents = [&private % &less_p, &private % &less_q];
        let coefficient = q.modinv(p)?;
        Some(Rsa { modulus: p * q, public, private, primes, exponents, coefficient })
    }

    fn to_pkcs1(&self) -> Vec<u8> {
        let ([p, q], [dp, dq]) = (&self.primes, &self.exponents);
        let numbers = [
            &BigUint::ZERO,
            &self.modulus,
            &self.public,
            &self.private,
            p,
            q,
            dp,
            dq,
            &self.coefficient,
        ];
        der::write(der::SEQUENCE, &numbers.map(der::integer).concat())
    }

    fn from_pkcs1(bytes: &[u8]) -> Option<Rsa> {
        let mut key = Reader::new(bytes).enter(der::SEQUENCE)?;
        let _version = key.integer()?;
        let modulus = key.integer()?;
        let public = key.integer()?;
        let private = key.integer()?;
        let primes = [key.integer()?, key.integer()?];
        let made = if primes.iter().all(|prime| prime.bits() > 1) {
            Rsa::from_primes(primes, public)?
        } else {
            return None;
        };
        if made.modulus != modulus {
            return None;
        }
        Some(Rsa { private, ..made })
    }

    /// PKCS #1 v1.5 with SHA-256 (RFC 8017, 8.2).
    fn sign_sha256(&self, message: &[u8]) -> Option<Vec<u8>> {
        const INFO: [u8; 19] = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let size = self.modulus.bits().div_ceil(8) as usize;
        let hash = Sha256::digest(message);
        let padding = size.checked_sub(INFO.len() + hash.len() + 3).filter(|&len| len >= 8)?;
        let padded = [&[0, 1], vec![0xff; padding].as_slice(), &[0], &INFO, &hash].concat();
        let signature = self.decrypt(&BigUint::from_bytes_be(&padded)).to_bytes_be();
        Some([vec![0; size - signature.len()], signature].concat())
    }

    fn decrypt(&self, number: &BigUint) -> BigUint {
        let ([p, q], [dp, dq]) = (&self.primes, &self.exponents);
        let (of_p, of_q) = (number.modpow(dp, p), number.modpow(dq, q));
        let difference = (&of_p + p * (&of_q / p + 1_u8) - &of_q) % p;
        of_q + q * (difference * &self.coefficient % p)
    }
}

fn gcd(one: &BigUint, two: &BigUint) -> BigUint {
    let (mut one, mut two) = (one.clone(), two.clone());
    while two != BigUint::ZERO {
        (one, two) = (two.clone(), one % two);
    }
    one
}

impl Dsa {
    /// Parameters of 2048 and 256 bits, and a key.
    fn generate(random: &mut Random) -> Dsa {
        const P_BITS: u64 = 2048;
        const Q_BITS: u64 = 256;
        let q = prime::random_prime(random, Q_BITS);
        let step = &q * 2_u8;
        let p = loop {
            let start = prime::random_number(random, P_BITS);
            let start = &start - &start % &step + 1_u8;
            let found = prime::first_prime(random, &start, &step);
            if let Some(p) = found.filter(|p| p.bits() == P_BITS) {
                break p;
            }
        };
        let exponent = (&p - 1_u8) / &q;
        let one = BigUint::from(1_u8);
        let powers = (2_u32..).map(|base| BigUint::from(base).modpow(&exponent, &p));
        let g = powers.into_iter().find(|power| *power != one).unwrap_or(one);
        let private = prime::below_power(random, Q_BITS) % (&q - 1_u8) + 1_u8;
        let public = g.modpow(&private, &p);
        Dsa { p, q, g, public, private }
    }

    fn to_der(&self) -> Vec<u8> {
        let zero = BigUint::ZERO;
        let numbers = [&zero, &self.p, &self.q, &self.g, &self.public, &self.private];
        der::write(der::SEQUENCE, &numbers.map(der::integer).concat())
    }

    fn from_der(bytes: &[u8]) -> Option<Dsa> {
        let mut key = Reader::new(bytes).enter(der::SEQUENCE)?;
        let _version = key.integer()?;
        Some(Dsa {
            p: key.integer()?,
            q: key.integer()?,
            g: key.integer()?,
            public: key.integer()?,
            private: key.integer()?,
        })
    }
}
