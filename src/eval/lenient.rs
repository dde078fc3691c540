//! JSON as other programs write it: Python's writes numbers that are none, and halves of letters.
//!
//! Invariant: what is valid JSON already stays as it is.

use std::collections::BTreeMap;

use serde_json::Value;

/// What JSON has no word for.
const NO_NUMBERS: [&str; 3] = ["NaN", "-Infinity", "Infinity"];

/// Reads an object; only what is not valid as it stands is mended first. The error is that of the text as it came.
pub(super) fn object(line: &str) -> serde_json::Result<BTreeMap<String, Value>> {
    serde_json::from_str(line)
        .or_else(|error| serde_json::from_str(&mended(line)).map_err(|_| error))
}

/// Numbers that are none become `null`, half surrogate pairs U+FFFD.
fn mended(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    let mut quoted = false;
    while let Some(letter) = rest.chars().next() {
        let (taken, written) = if quoted && letter == '\\' {
            escape(rest)
        } else if let Some(word) = NO_NUMBERS
            .iter()
            .find(|word| !quoted && rest.starts_with(**word))
        {
            (word.len(), "null")
        } else {
            quoted ^= letter == '"';
            let length = letter.len_utf8();
            (length, rest.get(..length).unwrap_or_default())
        };
        text.push_str(written);
        rest = rest.get(taken..).unwrap_or_default();
    }
    text
}

/// How long the escape at the beginning is, and what stands for it.
fn escape(rest: &str) -> (usize, &str) {
    let unit = |at: usize| {
        let digits = rest.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let length = match (unit(0), unit(6)) {
        (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
        (Some(0xD800..=0xDFFF), _) => return (6, "\\ufffd"),
        (Some(_), _) => 6,
        (None, _) => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
    };
    (length, rest.get(..length).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str, field: &str) -> Value {
        object(line).unwrap().remove(field).unwrap()
    }

    #[test]
    fn what_is_no_number_is_nothing() {
        let line = r#"{"_id": 1, "title": NaN, "x": -Infinity, "text": "NaN \" Infinity"}"#;
        assert_eq!(text(line, "title"), Value::Null);
        assert_eq!(text(line, "x"), Value::Null);
        assert_eq!(text(line, "text"), "NaN \" Infinity");
    }

    #[test]
    fn half_a_letter_is_a_sign_for_one() {
        let line = r#"{"text": "a \ud83d b \ud83d\ude00 \ude00 \\ud83d"}"#;
        assert_eq!(text(line, "text"), "a \u{fffd} b 😀 \u{fffd} \\ud83d");
    }

    #[test]
    fn what_is_broken_stays_so() {
        for line in ["{", "{\"a\": nan}", "[1]", "{\"a\": \"\\u12\"}", "\\"] {
            assert!(object(line).is_err(), "{line}");
        }
    }
}
