//! Keys, certificates and passwords: Sprig's `crypto.go`.
//!
//! All randomness comes from [`Ctx::random`], so a seeded render makes the same keys again. They
//! are as good as their seed: `check` and `golden` make keys that anyone can make.

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::{Data, List, Rare, Struct, Value};

mod certificate;
mod cipher;
mod der;
mod key;
mod password;
mod pem;
mod prime;

use certificate::{Request, Signed, Signer};
use key::PrivateKey;

pub(crate) const FUNCS: &[Func] = &[
    func("bcrypt", &[Type::String], |ctx, args| {
        ctx.work += STRETCHING;
        Ok(password::bcrypt(ctx.random, args::text(args, 0)).into())
    }),
    func("htpasswd", &[Type::String, Type::String], |ctx, args| {
        ctx.work += STRETCHING;
        Ok(Value::text(password::htpasswd(ctx.random, args::text(args, 0), args::text(args, 1))))
    }),
    func("derivePassword", DERIVE, |ctx, args| {
        ctx.work += STRETCHING;
        Ok(Value::text(password::derive(args)))
    }),
    func("encryptAES", &[Type::String, Type::String], |ctx, args| {
        Ok(cipher::encrypt(ctx.random, args::text(args, 0), args::text(args, 1)).into())
    }),
    func("decryptAES", &[Type::String, Type::String], |_, args| {
        cipher::decrypt(args::text(args, 0), args::text(args, 1)).map(Value::text)
    }),
    func("genPrivateKey", &[Type::String], gen_private_key),
    func("buildCustomCert", &[Type::String, Type::String], build_custom_cert),
    func("genCA", &[Type::String, Type::Int], |ctx, args| {
        let key = rsa_key(ctx, RSA_BITS);
        self_signed(ctx, Request::authority(args::text(args, 0), args::int(args, 1)), key)
    }),
    func("genCAWithKey", &[Type::String, Type::Int, Type::String], |ctx, args| {
        let key = given_key(args::text(args, 2))?;
        self_signed(ctx, Request::authority(args::text(args, 0), args::int(args, 1)), key)
    }),
    func("genSelfSignedCert", SELF_SIGNED, |ctx, args| {
        let key = rsa_key(ctx, RSA_BITS);
        self_signed(ctx, request(args)?, key)
    }),
    func("genSelfSignedCertWithKey", SELF_SIGNED_WITH_KEY, |ctx, args| {
        let key = given_key(args::text(args, 4))?;
        self_signed(ctx, request(args)?, key)
    }),
    func("genSignedCert", SIGNED, |ctx, args| {
        let key = rsa_key(ctx, RSA_BITS);
        signed(ctx, args, key)
    }),
    func("genSignedCertWithKey", SIGNED_WITH_KEY, |ctx, args| {
        let key = given_key(args::text(args, 5))?;
        signed(ctx, args, key)
    }),
];

const DERIVE: &[Type] = &[Type::Uint32, Type::String, Type::String, Type::String, Type::String];
const SELF_SIGNED: &[Type] = &[Type::String, Type::List, Type::List, Type::Int];
const SELF_SIGNED_WITH_KEY: &[Type] =
    &[Type::String, Type::List, Type::List, Type::Int, Type::String];
const SIGNED: &[Type] = &[Type::String, Type::List, Type::List, Type::Int, Type::Certificate];
const SIGNED_WITH_KEY: &[Type] =
    &[Type::String, Type::List, Type::List, Type::Int, Type::Certificate, Type::String];

/// The size of the keys of certificates; `genPrivateKey` makes larger ones.
const RSA_BITS: u64 = 2048;

/// What it is worth in rounds of loops to find primes of 2048 bits, which is the longest that any
/// function takes; of half the bits an eighth.
const PRIMES: u64 = 800_000;
const PRIME_BITS: u64 = 2048;

/// The same of stretching a password.
const STRETCHING: u64 = 100_000;

type Call = fn(&mut Ctx<'_>, &[Value]) -> Result<Value, FuncError>;

const fn func(name: &'static str, params: &'static [Type], call: Call) -> Func {
    Func { name, params, variadic: false, call }
}

fn rsa_key(ctx: &mut Ctx<'_>, bits: u64) -> PrivateKey {
    ctx.work += PRIMES / (2 * PRIME_BITS / bits).pow(3);
    PrivateKey::generate_rsa(ctx.random, bits)
}

fn gen_private_key(ctx: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let key = match args::text(args, 0) {
        b"" | b"rsa" => rsa_key(ctx, 4096),
        b"dsa" => {
            ctx.work += PRIMES;
            PrivateKey::generate_dsa(ctx.random)
        }
        b"ecdsa" => PrivateKey::generate_p256(ctx.random),
        b"ed25519" => PrivateKey::generate_ed25519(ctx.random),
        other => return Ok(Value::text([b"Unknown type ", other].concat())),
    };
    Ok(key.to_pem().into())
}

fn given_key(pem: &[u8]) -> Result<PrivateKey, FuncError> {
    PrivateKey::from_pem(pem)
        .map_err(|error| FuncError::new(format!("parsing private key: {error}")))
}

fn request(args: &[Value]) -> Result<Request, FuncError> {
    let items = |index| args::list(args, index).map_or(&[][..], List::as_slice);
    Request::leaf(args::text(args, 0), items(1), items(2), args::int(args, 3))
}

fn self_signed(ctx: &mut Ctx<'_>, request: Request, key: PrivateKey) -> Result<Value, FuncError> {
    let signed = certificate::create(ctx, &request, &key, None)?;
    Ok(pair(signed, &key))
}

fn signed(ctx: &mut Ctx<'_>, args: &[Value], key: PrivateKey) -> Result<Value, FuncError> {
    let (certificate, signing_key) = certificate_fields(args, 4);
    let signer = Signer::parse(args::text(&[certificate], 0), args::text(&[signing_key], 0))?;
    let signed = certificate::create(ctx, &request(args)?, &key, Some(&signer))?;
    Ok(pair(signed, &key))
}

/// The texts of a `sprig.certificate`.
fn certificate_fields(args: &[Value], index: usize) -> (Value, Value) {
    match args::rare(args, index) {
        Some(Rare::Struct(Struct { fields, .. })) => match fields.as_slice() {
            [(_, certificate), (_, key)] => (certificate.clone(), key.clone()),
            _ => (Value::NIL, Value::NIL),
        },
        _ => (Value::NIL, Value::NIL),
    }
}

fn pair(signed: Signed, key: &PrivateKey) -> Value {
    certificate_value(signed.to_pem().into(), key.to_pem().into())
}

/// A `sprig.certificate`.
fn certificate_value(certificate: Value, key: Value) -> Value {
    let fields = vec![("Cert", certificate), ("Key", key)];
    let value = Struct { type_name: "sprig.certificate", fields, addressable: false };
    Data::Rare(Rare::Struct(value).into()).into()
}

fn build_custom_cert(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    let certificate = pem::decode_base64(args::text(args, 0))
        .ok_or_else(|| FuncError::new("unable to decode base64 certificate"))?;
    let key = pem::decode_base64(args::text(args, 1))
        .ok_or_else(|| FuncError::new("unable to decode base64 private key"))?;
    let block =
        pem::decode(&certificate).ok_or_else(|| FuncError::new("unable to decode certificate"))?;
    certificate::parse(&block.bytes).map_err(|error| {
        FuncError::new(format!("error parsing certificate: decodedCert.Bytes: {error}"))
    })?;
    PrivateKey::from_pem(&key)
        .map_err(|error| FuncError::new(format!("error parsing private key: {error}")))?;
    Ok(certificate_value(Value::text(certificate), Value::text(key)))
}

#[cfg(test)]
mod tests;
