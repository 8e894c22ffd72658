//! Large primes.

use std::sync::LazyLock;

use num_bigint::BigUint;
use rand_core::Rng;

use crate::funcs::Random;

/// How many numbers are sieved at a time.
const WINDOW: usize = 4096;

/// Primes to sieve with: they leave one odd number in ten to be tested.
static SMALL_PRIMES: LazyLock<Vec<u32>> = LazyLock::new(|| {
    const LIMIT: u32 = 20_000;
    let is_prime =
        |number: &u32| (2..=number.isqrt()).all(|divisor| !number.is_multiple_of(divisor));
    (3..LIMIT).filter(is_prime).collect()
});

/// Rounds of the Miller–Rabin test. Of random candidates of a thousand bits, four leave one
/// composite in 2^100; of smaller ones it takes more, which cost little.
fn rounds(bits: u64) -> usize {
    if bits < 1000 { 32 } else { 4 }
}

/// A number of exactly that many bits, its second bit set too.
pub(super) fn random_number(random: &mut Random, bits: u64) -> BigUint {
    let mut number = below_power(random, bits);
    number.set_bit(bits - 1, true);
    number.set_bit(bits - 2, true);
    number
}

/// A number below 2^bits.
pub(super) fn below_power(random: &mut Random, bits: u64) -> BigUint {
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    random.fill_bytes(&mut bytes);
    BigUint::from_bytes_be(&bytes) & ((BigUint::from(1_u8) << bits) - 1_u8)
}

/// A prime of exactly that many bits, its second bit set too: the product of two such primes has
/// twice their bits.
pub(super) fn random_prime(random: &mut Random, bits: u64) -> BigUint {
    loop {
        let mut start = random_number(random, bits);
        start.set_bit(0, true);
        let found = first_prime(random, &start, &BigUint::from(2_u8));
        if let Some(prime) = found.filter(|prime| prime.bits() == bits) {
            return prime;
        }
    }
}

/// The first prime among some thousand of `start`, `start + step`, …; `start` is odd, `step` even.
pub(super) fn first_prime(random: &mut Random, start: &BigUint, step: &BigUint) -> Option<BigUint> {
    let mut composite = vec![false; WINDOW];
    for &prime in SMALL_PRIMES.iter() {
        let remainder = |number: &BigUint| (number % prime).to_u32_digits().first().copied();
        let step = remainder(step).unwrap_or(0);
        let Some(mut at) = first_multiple(remainder(start).unwrap_or(0), step, prime) else {
            continue;
        };
        while at < WINDOW {
            composite[at] = true;
            at += prime as usize;
        }
    }
    let candidates = (0..WINDOW).filter(|&index| !composite[index]);
    candidates.map(|index| start + step * index).find(|number| is_prime(random, number))
}

/// The smallest `index` with `start + index * step` divisible by `prime`.
fn first_multiple(start: u32, step: u32, prime: u32) -> Option<usize> {
    if step == 0 {
        return (start == 0).then_some(0);
    }
    // By Fermat, the inverse of the step is its power p - 2.
    let (mut inverse, mut base, mut exponent) = (1_u64, u64::from(step), prime - 2);
    let prime = u64::from(prime);
    while exponent > 0 {
        if exponent % 2 == 1 {
            inverse = inverse * base % prime;
        }
        base = base * base % prime;
        exponent /= 2;
    }
    Some(((prime - u64::from(start)) * inverse % prime) as usize)
}

/// Miller–Rabin with base 2 and random others; the number is odd and not small.
fn is_prime(random: &mut Random, number: &BigUint) -> bool {
    let less = number - 1_u8;
    let zeros = less.trailing_zeros().unwrap_or(0);
    let odd = &less >> zeros;
    let two = BigUint::from(2_u8);
    let is_witness = |base: &BigUint| {
        let mut power = base.modpow(&odd, number);
        if power == BigUint::from(1_u8) || power == less {
            return false;
        }
        for _ in 1..zeros {
            power = power.modpow(&two, number);
            if power == less {
                return false;
            }
        }
        true
    };
    !is_witness(&two)
        && (1..rounds(number.bits()))
            .all(|_| !is_witness(&(below_power(random, number.bits() - 1) + 2_u8)))
}
