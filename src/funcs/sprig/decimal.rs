//! Exact decimals as Sprig's float arithmetic uses them: `github.com/shopspring/decimal`.

use num_bigint::{BigInt, Sign};

use crate::funcs::FuncError;
use crate::value::float;

/// `coefficient × 10^exponent`
pub(super) struct Decimal {
    coefficient: BigInt,
    exponent: i32,
}

/// Digits after the point that a quotient is rounded to (`DivisionPrecision`).
const PRECISION: i32 = 16;

impl Decimal {
    /// The decimal with the fewest digits that give the number back (`NewFromFloat`).
    pub(super) fn from_float(value: f64) -> Result<Decimal, FuncError> {
        if !value.is_finite() {
            let mut text = Vec::new();
            float::write_shortest(&mut text, value);
            let text = String::from_utf8_lossy(&text);
            return Err(FuncError::Failed(format!("Cannot create a Decimal from {text}")));
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let exponent = exponent.parse::<i32>().unwrap_or(0) - fraction.len() as i32;
        // At most 17 digits, which fit.
        let coefficient = format!("{whole}{fraction}").parse::<i64>().unwrap_or(0);
        Ok(Decimal { coefficient: coefficient.into(), exponent })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(0.0)
    }

    pub(super) fn add(self, other: &Decimal) -> Decimal {
        self.aligned(other, |a, b| a + b)
    }

    pub(super) fn sub(self, other: &Decimal) -> Decimal {
        self.aligned(other, |a, b| a - b)
    }

    pub(super) fn mul(self, other: &Decimal) -> Decimal {
        Decimal {
            coefficient: self.coefficient * &other.coefficient,
            exponent: self.exponent + other.exponent,
        }
    }

    /// The quotient, rounded half away from zero (`DivRound`).
    pub(super) fn div(self, other: &Decimal) -> Result<Decimal, FuncError> {
        if other.coefficient.sign() == Sign::NoSign {
            return Err(FuncError::new("decimal division by 0"));
        }
        let shift = self.exponent - other.exponent + PRECISION;
        let dividend = self.coefficient * power_of_ten(shift);
        let divisor = &other.coefficient * power_of_ten(-shift);
        let (mut quotient, rest) = (&dividend / &divisor, &dividend % &divisor);
        if rest.magnitude() * 2_u32 >= *divisor.magnitude() {
            quotient += if dividend.sign() == divisor.sign() { 1 } else { -1 };
        }
        Ok(Decimal { coefficient: quotient, exponent: -PRECISION })
    }

    fn aligned(self, other: &Decimal, operation: fn(BigInt, BigInt) -> BigInt) -> Decimal {
        let exponent = self.exponent.min(other.exponent);
        let a = self.coefficient * power_of_ten(self.exponent - exponent);
        let b = &other.coefficient * power_of_ten(other.exponent - exponent);
        Decimal { coefficient: operation(a, b), exponent }
    }
}

/// One for a negative exponent.
fn power_of_ten(exponent: i32) -> BigInt {
    BigInt::from(10).pow(exponent.max(0).unsigned_abs())
}
