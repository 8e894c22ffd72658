//! Checksums: the first functions of Sprig's `crypto.go`.

use data_encoding::HEXLOWER;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use crate::funcs::{Ctx, Func, FuncError, Type, args};
use crate::value::Value;

pub(crate) const FUNCS: &[Func] = &[
    Func::new("adler32sum", &[Type::String], adler32sum),
    Func::new("sha1sum", &[Type::String], sum::<Sha1>),
    Func::new("sha256sum", &[Type::String], sum::<Sha256>),
    Func::new("sha512sum", &[Type::String], sum::<Sha512>),
];

fn sum<D: Digest>(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(HEXLOWER.encode(&D::digest(args::text(args, 0)))))
}

fn adler32sum(_: &mut Ctx<'_>, args: &[Value]) -> Result<Value, FuncError> {
    Ok(Value::from(adler2::adler32_slice(args::text(args, 0)).to_string()))
}

#[cfg(test)]
mod tests {
    use crate::funcs::testing::check_text as check;

    // The expectations are those of Sprig's `crypto_test.go`.
    #[test]
    fn sums() {
        check("sha1sum", &["abc".into()], "a9993e364706816aba3e25717850c26c9cd0d89d");
        check(
            "sha256sum",
            &["abc".into()],
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        );
        check(
            "sha512sum",
            &["abc".into()],
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        );
        check("adler32sum", &["abc".into()], "38600999");
    }
}
