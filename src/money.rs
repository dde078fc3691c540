//! Money: a whole number of a currency's smallest unit, never a float.
//!
//! It knows how many decimals a currency has, reads and writes amounts exactly, and does no arithmetic across
//! currencies: there are no exchange rates here.
//!
//! Invariant: a [`Money`] read from text is exactly the text's amount, and small enough for every JSON reader.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The largest amount: whole numbers up to here survive JavaScript's numbers.
const LARGEST_MINOR: i64 = (1 << 53) - 1;

/// Currencies with another number of decimals than two (ISO 4217).
const EXPONENTS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// A currency by its three letters (ISO 4217), upper case.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "EUR")]
pub struct Currency(String);

impl Currency {
    /// The three letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many decimals an amount has.
    pub fn exponent(&self) -> u32 {
        EXPONENTS
            .iter()
            .find(|(code, _)| *code == self.0)
            .map_or(2, |(_, exponent)| *exponent)
    }
}

impl FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Ok(Self(text.to_ascii_uppercase()));
        }
        Err("must be a currency's three letters, as in EUR".to_owned())
    }
}

impl TryFrom<String> for Currency {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An amount in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Money {
    /// The amount in the currency's smallest unit, such as cents.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount as two columns keep it; absent where either is.
    pub fn from_columns(minor: Option<i64>, currency: Option<&str>) -> Option<Self> {
        Some(Self {
            minor: minor?,
            currency: currency?.parse().ok()?,
        })
    }

    /// Reads an amount such as `1250`, `1250.5` or `-3.20`. Nothing is rounded: more decimals than the currency has
    /// are refused, unless they are zeros.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, String> {
        if text.contains(',') {
            return Err(
                "must be written with a point and without separators, as in 1250.50".to_owned(),
            );
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return Err("must be a number, as in 1250.50".to_owned());
        }
        let fraction = fraction.trim_end_matches('0');
        let width = currency.exponent() as usize;
        if fraction.len() > width {
            return Err(format!("has more decimals than {currency} ({width})"));
        }
        let minor = format!("{whole}{fraction:0<width$}")
            .parse::<i64>()
            .ok()
            .filter(|minor| *minor <= LARGEST_MINOR)
            .ok_or_else(|| "is too large an amount".to_owned())?;
        Ok(Self {
            minor: if negative { -minor } else { minor },
            currency,
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let unit = 10_u64.pow(exponent);
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{sign}{}", minor / unit)?;
        if exponent > 0 {
            write!(f, ".{:0width$}", minor % unit, width = exponent as usize)?;
        }
        write!(f, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, currency: &str) -> Result<i64, String> {
        Money::parse(text, currency.parse().unwrap()).map(|money| money.minor)
    }

    #[test]
    fn amounts_are_read_exactly_in_the_currency_s_own_decimals() {
        assert_eq!(parse("1250", "EUR"), Ok(125_000));
        assert_eq!(parse("1250.5", "EUR"), Ok(125_050));
        assert_eq!(parse("-0.01", "EUR"), Ok(-1));
        assert_eq!(parse("1250.00", "JPY"), Ok(1_250));
        assert_eq!(parse("1.234", "KWD"), Ok(1_234));
        assert_eq!(parse("90071992547409.91", "EUR"), Ok(LARGEST_MINOR));
    }

    #[test]
    fn what_would_need_guessing_or_rounding_is_refused() {
        for text in [
            "1.250,00",
            "1250,50",
            "1,250.50",
            "1.005",
            "EUR 5",
            "",
            ".5",
            "1.",
            "1e3",
            "--1",
            "+1",
            "90071992547409.92",
            "99999999999999999999999999",
        ] {
            assert!(parse(text, "EUR").is_err(), "{text}");
        }
        assert!(parse("1250.5", "JPY").is_err());
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!("eur".parse::<Currency>().unwrap().as_str(), "EUR");
        assert!("EURO".parse::<Currency>().is_err());
        assert!("€".parse::<Currency>().is_err());
    }

    #[test]
    fn it_travels_as_minor_units_and_letters() {
        let money = Money::parse("12.30", "EUR".parse().unwrap()).unwrap();
        assert_eq!(
            serde_json::to_value(&money).unwrap(),
            serde_json::json!({ "minor": 1230, "currency": "EUR" })
        );
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(
            minor in -LARGEST_MINOR..=LARGEST_MINOR,
            currency in prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF"]),
        ) {
            let money = Money { minor, currency: currency.parse().unwrap() };
            let text = money.to_string();
            let amount = text.split(' ').next().unwrap();
            prop_assert_eq!(Money::parse(amount, money.currency.clone()).unwrap(), money);
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = Money::parse(&text, "EUR".parse().unwrap());
        }
    }
}
