//! Whether a page names a price: by its title, or by its text where that has amounts of money in it.

use crate::config::SignalConfig;

/// How much of a page's text is looked at, in characters.
const LOOKED_AT: usize = 8_000;

const SIGNS: &[char] = &['€', '$', '£', '¥'];
const CODES: &[&str] = &["eur", "usd", "gbp", "chf", "sek", "nok", "dkk"];

/// Whether a page of this title and text names a price.
pub(super) fn names_a_price(config: &SignalConfig, title: &str, text: &str) -> bool {
    if has_word(config, title) {
        return true;
    }
    let text: String = text.chars().take(LOOKED_AT).collect();
    has_word(config, &text) && amounts(&text) >= config.price_amounts
}

fn has_word(config: &SignalConfig, text: &str) -> bool {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .any(|word| config.price_words.iter().any(|price| price == word))
}

/// How many amounts of money a text has: a number with the sign or the code of a currency beside it.
fn amounts(text: &str) -> u32 {
    let spaced: String = text
        .to_lowercase()
        .chars()
        .flat_map(|c| {
            let sign = SIGNS.contains(&c);
            [sign.then_some(' '), Some(c), sign.then_some(' ')]
        })
        .flatten()
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let is_money = |word: Option<&&str>| {
        word.is_some_and(|word| {
            word.chars().all(|c| SIGNS.contains(&c)) || CODES.contains(&word.trim_matches('.'))
        })
    };
    let mut found = 0;
    for (at, word) in words.iter().enumerate() {
        let number = word.chars().next().is_some_and(|c| c.is_ascii_digit());
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        if number && (is_money(before) || is_money(words.get(at + 1))) {
            found += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(title: &str, text: &str) -> bool {
        names_a_price(&SignalConfig::default(), title, text)
    }

    #[test]
    fn a_title_says_it() {
        assert!(price("Pricing", ""));
        assert!(price("Ihre Preise 2026", ""));
        assert!(price("Fees and tariffs", ""));
        assert!(!price("A priceless view", "It was priced well."));
        assert!(!price("Four measures, sorted by cost", ""));
    }

    #[test]
    fn a_text_says_it_with_amounts() {
        let table = "Our price per seat: Basic €12, Team € 29.50, Company 1,200 EUR a year";
        assert!(price("Your options", table));
        assert!(!price(
            "Your options",
            "The price depends on what you need."
        ));
        assert!(!price(
            "Results",
            "They saved €12, then € 29 and 1,200 EUR."
        ));
    }
}
