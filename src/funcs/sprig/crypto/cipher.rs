//! `encryptAES` and `decryptAES`: AES-256 in CBC mode, its key the password cut or filled to 32
//! bytes.

use aes::Aes256;
use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use data_encoding::BASE64;
use rand_core::Rng;

use crate::funcs::sprig::encoding::{CorruptAt, decode_base64};
use crate::funcs::{FuncError, Random};

const BLOCK: usize = 16;

fn cipher(password: &[u8]) -> Aes256 {
    let mut key = [0; 32];
    let len = password.len().min(key.len());
    key[..len].copy_from_slice(&password[..len]);
    Aes256::new(&key.into())
}

/// Encrypts with a random start, which comes first in the result.
pub(super) fn encrypt(random: &mut Random, password: &[u8], text: &[u8]) -> String {
    if text.is_empty() {
        return String::new();
    }
    let padding = BLOCK - text.len() % BLOCK;
    let padded = [text, &vec![padding as u8; padding]].concat();
    let mut previous = [0; BLOCK];
    random.fill_bytes(&mut previous);
    let mut encrypted = previous.to_vec();
    let cipher = cipher(password);
    for plain in padded.chunks_exact(BLOCK) {
        let mut block = Block::<Aes256>::default();
        for (index, byte) in block.iter_mut().enumerate() {
            *byte = plain[index] ^ previous[index];
        }
        cipher.encrypt_block(&mut block);
        previous = block.into();
        encrypted.extend_from_slice(&previous);
    }
    BASE64.encode(&encrypted)
}

/// Decrypts; what is not of that form ends in the panics that Sprig runs into.
pub(super) fn decrypt(password: &[u8], text: &[u8]) -> Result<Vec<u8>, FuncError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let bytes = decode_base64(text).map_err(|CorruptAt(at)| {
        FuncError::new(format!("illegal base64 data at input byte {at}"))
    })?;
    let Some((start, encrypted)) = bytes.split_first_chunk::<BLOCK>() else {
        let capacity = text.len() / 4 * 3;
        let message = format!("slice bounds out of range [:{BLOCK}] with capacity {capacity}");
        return Err(runtime_error(&message));
    };
    if encrypted.len() % BLOCK != 0 {
        return Err(FuncError::new("crypto/cipher: input not full blocks"));
    }
    let (cipher, mut previous) = (cipher(password), *start);
    let mut plain = Vec::with_capacity(encrypted.len());
    for chunk in encrypted.as_chunks::<BLOCK>().0 {
        let mut block = Block::<Aes256>::from(*chunk);
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(previous).map(|(byte, mask)| byte ^ mask));
        previous = *chunk;
    }
    let Some(&padding) = plain.last() else {
        return Err(runtime_error("index out of range [-1]"));
    };
    match plain.len().checked_sub(padding.into()) {
        Some(len) => {
            plain.truncate(len);
            Ok(plain)
        }
        None => {
            let missing = usize::from(padding) - plain.len();
            Err(runtime_error(&format!("slice bounds out of range [:-{missing}]")))
        }
    }
}

fn runtime_error(message: &str) -> FuncError {
    FuncError::new(format!("runtime error: {message}"))
}
