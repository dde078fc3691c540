//! A page as far as comparing goes: its words with how rare they are, and its picture.

use std::collections::HashMap;

use crate::documents::likeness;
use crate::entities::page;

/// Pictures that differ in so few of their 64 bits may differ by a page number in a corner.
const NEARLY_ALIKE: u32 = 4;
/// Pictures that differ in so many have nothing in common.
const UNLIKE: f64 = 32.0;
/// How much the words say beside the picture, where a page has both.
const WORDS_WEIGH: f64 = 0.75;

/// One page of a version.
#[derive(Clone, Debug)]
pub(super) struct Print {
    /// What the page says, without its own number.
    words: String,
    /// The same with everything, to see whether a number was left out.
    whole: String,
    /// Each word with how often it stands there, sorted.
    counts: Vec<(u64, f64)>,
    /// The address of its picture.
    picture: String,
    likeness: Option<i64>,
}

impl Print {
    /// The print of a page.
    pub(super) fn of(page: &page::Model) -> Self {
        Self::new(
            &format!("{}\n{}", page.title, page.text),
            &page.image_1600,
            page.picture_hash,
        )
    }

    pub(super) fn new(text: &str, picture: &str, likeness: Option<i64>) -> Self {
        let words = spaced(text.lines().flat_map(without_page_number));
        let mut counts: HashMap<u64, f64> = HashMap::new();
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            *counts.entry(number_of(word)).or_default() += 1.0;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_unstable_by_key(|(word, _)| *word);
        Self {
            words,
            whole: spaced(text.split_whitespace()),
            counts,
            picture: picture.to_owned(),
            likeness,
        }
    }

    /// What the page says.
    pub(super) fn words(&self) -> &str {
        &self.words
    }

    /// Whether the page says nothing.
    pub(super) fn is_wordless(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether the page says the same.
    pub(super) fn says_what(&self, other: &Self) -> bool {
        self.words == other.words
    }

    /// Whether the page looks the same: the same picture, or one that can differ only by the page's own number.
    pub(super) fn looks_like(&self, other: &Self) -> bool {
        let renumbered = self.says_what(other) && self.whole != other.whole;
        let apart = self
            .likeness
            .zip(other.likeness)
            .map(|(a, b)| likeness::distance(a, b));
        self.picture == other.picture
            || renumbered && apart.is_some_and(|apart| apart <= NEARLY_ALIKE)
    }

    /// Whether nothing changed.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.says_what(other) && self.looks_like(other)
    }

    /// A name for exactly this content.
    pub(super) fn name(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.words.as_bytes());
        hasher.update(b"\0");
        hasher.update(self.picture.as_bytes());
        hasher.finalize().to_hex().chars().take(32).collect()
    }
}

/// How rare words are in both versions together: what stands on every page tells pages apart badly.
///
/// The weight of a word is its inverse document frequency, `ln(1 + pages / pages with it)` (Spärck Jones, 1972).
#[derive(Debug)]
pub(super) struct Rarity {
    weights: HashMap<u64, f64>,
}

impl Rarity {
    pub(super) fn of<'a>(pages: impl Iterator<Item = &'a Print>) -> Self {
        let mut all = 0.0;
        let mut with: HashMap<u64, f64> = HashMap::new();
        for page in pages {
            all += 1.0;
            for (word, _) in &page.counts {
                *with.entry(*word).or_default() += 1.0;
            }
        }
        let weights = with
            .into_iter()
            .map(|(word, pages)| (word, f64::ln_1p(all / pages)))
            .collect();
        Self { weights }
    }

    /// How much two pages have in common, 0 to 1: the words by the coefficient of Sørensen and Dice (twice what is
    /// common, by all), each word weighing its rarity; the picture by its likeness.
    pub(super) fn similarity(&self, a: &Print, b: &Print) -> f64 {
        let picture = if a.picture == b.picture {
            Some(1.0)
        } else {
            a.likeness
                .zip(b.likeness)
                .map(|(a, b)| (1.0 - f64::from(likeness::distance(a, b)) / UNLIKE).max(0.0))
        };
        let words = self.common_words(a, b);
        match (words, picture) {
            (Some(words), Some(picture)) => WORDS_WEIGH * words + (1.0 - WORDS_WEIGH) * picture,
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => 0.0,
        }
    }

    /// Nothing where neither page has words.
    fn common_words(&self, a: &Print, b: &Print) -> Option<f64> {
        let weight = |word: &u64| self.weights.get(word).copied().unwrap_or_default();
        let all = |page: &Print| -> f64 {
            let words = page.counts.iter();
            words.map(|(word, count)| count * weight(word)).sum()
        };
        let total = all(a) + all(b);
        if total <= 0.0 {
            return None;
        }
        let (mut left, mut right) = (a.counts.iter().peekable(), b.counts.iter().peekable());
        let mut common = 0.0;
        while let (Some((word, count)), Some((other, others))) = (left.peek(), right.peek()) {
            if word == other {
                common += count.min(*others) * weight(word);
            }
            if word <= other {
                left.next();
            } else {
                right.next();
            }
            // Equal words leave both lists: the right one is behind now and goes on in the next round.
        }
        Some(2.0 * common / total)
    }
}

/// Whether a line is nothing but the page's own number: `4`, `Page 4`, `4 / 12`, `4 of 12`.
fn is_page_number(line: &str) -> bool {
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '|' | '-' | '.'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_number = |word: &str| word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_label = |word: &str| {
        ["page", "slide", "seite", "of", "von", "p"]
            .iter()
            .any(|label| word.eq_ignore_ascii_case(label))
    };
    let numbers = words.iter().filter(|word| is_number(word)).count();
    (1..=2).contains(&numbers)
        && words.len() <= 4
        && words.iter().all(|word| is_number(word) || is_label(word))
}

/// The words of a line without the page's own number: nothing of `4 / 12`, and `Northwind, page` of `Northwind, page 4`.
fn without_page_number(line: &str) -> impl Iterator<Item = &str> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_label = |word: &&str| {
        ["page", "slide", "seite", "folie", "p."]
            .iter()
            .any(|label| word.eq_ignore_ascii_case(label))
    };
    let label = words.iter().rposition(is_label);
    let kept = match label {
        _ if is_page_number(line) => 0,
        Some(at)
            if is_page_number(&words.iter().skip(at).copied().collect::<Vec<_>>().join(" ")) =>
        {
            at + 1
        }
        _ => words.len(),
    };
    words.into_iter().take(kept)
}

fn spaced<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn number_of(word: &str) -> u64 {
    let hash = blake3::hash(word.to_lowercase().as_bytes());
    let first = hash.as_bytes().first_chunk();
    first.copied().map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_number_is_no_change() {
        for (line, is_number) in [
            ("4", true),
            ("Page 4", true),
            ("4 / 12", true),
            ("Seite 4 von 12", true),
            ("2026", true),
            ("4 pallets", false),
            ("page", false),
            ("", false),
        ] {
            assert_eq!(is_page_number(line), is_number, "{line:?}");
        }
        for (old, new, same) in [
            ("Northwind, page 4", "Northwind, page 5", true),
            ("Northwind page 4 of 12", "Northwind page 5 of 13", true),
            ("See page 4 for more", "See page 5 for more", false),
            ("From 90 euros", "From 120 euros", false),
        ] {
            let says = Print::new(old, "a", None).says_what(&Print::new(new, "a", None));
            assert_eq!(says, same, "{old}");
        }
        let old = Print::new("Prices\n4 / 12", "a", Some(0b1111));
        let new = Print::new("Prices\n5 / 13", "b", Some(0b1110));
        assert!(old.is_same(&new));
        let redrawn = Print::new("Prices\n5 / 13", "b", Some(-1));
        assert!(!old.is_same(&redrawn));
    }

    #[test]
    fn another_picture_of_the_same_words_is_a_change() {
        let old = Print::new("Prices", "a", Some(1));
        assert!(!old.is_same(&Print::new("Prices", "b", Some(1))));
        assert!(old.is_same(&Print::new(" Prices ", "a", None)));
    }

    #[test]
    fn what_stands_on_every_page_makes_no_likeness() {
        let page = |text: &str| Print::new(&format!("Northwind confidential\n{text}"), text, None);
        let pages: Vec<Print> = ["alpha beta", "gamma delta", "alpha beta new", "omega psi"]
            .map(page)
            .into();
        let rarity = Rarity::of(pages.iter());
        let alike = rarity.similarity(&pages[0], &pages[2]);
        let unlike = rarity.similarity(&pages[0], &pages[1]);
        assert!(alike > 0.7, "{alike}");
        assert!(unlike < 0.4, "{unlike}");
        assert!((rarity.similarity(&pages[0], &pages[0]) - 1.0).abs() < 1e-9);
    }
}
