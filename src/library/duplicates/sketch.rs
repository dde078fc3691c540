//! A page in 64 small numbers, and where to look for pages like it.
//!
//! `MinHash` (Andrei Broder, "On the resemblance and containment of documents", 1997): of the hashes of all runs of three
//! words, under 64 different hash functions, the least is kept each time. Two pages agree in one of these with the
//! probability that is the share of their common runs among all of both. Sixteen bits of each are enough ("b-bit minwise
//! hashing", Li and König, 2010).
//!
//! To find pages that agree in much without comparing with all, four numbers each make a band (Indyk and Motwani's
//! locality-sensitive hashing): pages that share 80 % of their runs agree in one of eight bands with a probability of
//! 98 %, pages that share 60 % with 67 %, pages that share 20 % with 1 %. One page of a document that is found is enough to
//! compare the whole.
//!
//! A page with hardly any words is looked for by its picture.
//!
//! Invariant: the same words give the same sketch on every machine; it is stored.

use std::collections::HashSet;

/// How many numbers a sketch has.
const NUMBERS: usize = 64;
/// Words in a run.
const RUN: usize = 3;
/// A page with fewer words says too little to be told by them.
const FEWEST_WORDS: usize = 12;
const BANDS: usize = 8;
const PER_BAND: usize = 4;
/// The bands of pictures are numbered from here.
const PICTURE_BANDS: u64 = 1_000;
/// Of the 64 bits of a picture's likeness; with fewer or more it is an even ground and like every other.
const FEWEST_BITS: u32 = 4;

/// What a page is recognised by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch {
    /// How many words it has.
    pub(super) words: usize,
    /// The least hashes; none for a page with too few words.
    pub(super) numbers: Option<[u16; NUMBERS]>,
    /// The likeness of its picture, if that says anything.
    pub(super) picture: Option<i64>,
}

impl Sketch {
    /// The sketch of a page.
    pub(super) fn of(text: &str, picture: Option<i64>) -> Self {
        let words = words(text);
        Self {
            numbers: (words.len() >= FEWEST_WORDS).then(|| least_hashes(&words)),
            words: words.len(),
            picture: picture
                .filter(|bits| (FEWEST_BITS..=64 - FEWEST_BITS).contains(&bits.count_ones())),
        }
    }

    /// The sketch as it was stored.
    pub(super) fn stored(words: i32, signature: &[u8], picture: Option<i64>) -> Self {
        let mut numbers = [0; NUMBERS];
        for (number, pair) in numbers.iter_mut().zip(signature.chunks_exact(2)) {
            if let [low, high] = pair {
                *number = u16::from_le_bytes([*low, *high]);
            }
        }
        Self {
            words: usize::try_from(words).unwrap_or(0),
            numbers: (signature.len() == NUMBERS * 2).then_some(numbers),
            picture,
        }
    }

    /// The numbers, to be stored.
    pub(super) fn signature(&self) -> Vec<u8> {
        let numbers = self.numbers.iter().flatten();
        numbers.flat_map(|number| number.to_le_bytes()).collect()
    }

    /// Whether there is anything to recognise the page by.
    pub(super) fn says_something(&self) -> bool {
        self.numbers.is_some() || self.picture.is_some()
    }

    /// How much of the words is common, from 0 to 1; nothing where one of the pages has too few.
    pub(super) fn common_words(&self, other: &Self) -> Option<f64> {
        let (mine, others) = (self.numbers.as_ref()?, other.numbers.as_ref()?);
        let same = mine.iter().zip(others).filter(|(a, b)| a == b).count();
        #[allow(clippy::cast_precision_loss, reason = "64 at the most")]
        Some(same as f64 / NUMBERS as f64)
    }

    /// The numbers under which pages like this one are found.
    pub(super) fn bands(&self) -> Vec<i64> {
        if let Some(numbers) = &self.numbers {
            let groups = numbers.chunks_exact(PER_BAND).take(BANDS);
            return (0_u64..)
                .zip(groups)
                .map(|(band, group)| {
                    let packed = group
                        .iter()
                        .fold(0, |packed, number| packed << 16 | u64::from(*number));
                    mix(packed ^ mix(band)).cast_signed()
                })
                .collect();
        }
        let Some(picture) = self.picture else {
            return Vec::new();
        };
        let quarters = picture.to_le_bytes();
        (PICTURE_BANDS..)
            .zip(quarters.chunks_exact(2))
            .map(|(band, quarter)| {
                let packed = quarter
                    .iter()
                    .fold(0, |packed, byte| packed << 8 | u64::from(*byte));
                mix(packed ^ mix(band)).cast_signed()
            })
            .collect()
    }
}

/// The words of a text in lower case. Scripts without spaces between words give one for each character.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if is_ideograph(c) {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            words.push(c.to_string());
        } else if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn least_hashes(words: &[String]) -> [u16; NUMBERS] {
    let runs: HashSet<u64> = words.windows(RUN).map(hash_run).collect();
    let mut least = [u64::MAX; NUMBERS];
    for run in runs {
        for (function, least) in (1_u64..).zip(least.iter_mut()) {
            *least = (*least).min(mix(run ^ mix(function)));
        }
    }
    // The high bits of a least number are mostly zero; the low ones tell numbers apart.
    least.map(|number| {
        let [a, b, ..] = number.to_le_bytes();
        u16::from_le_bytes([a, b])
    })
}

/// FNV-1a over the words, with a byte between them that no word has.
fn hash_run(run: &[String]) -> u64 {
    let bytes = run.iter().flat_map(|word| word.bytes().chain([0xff]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    mix(hash)
}

/// The finalizer of `SplitMix64` (Steele, Lea and Flood, 2014): every bit of the outcome depends on every bit given.
fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(from: usize, to: usize) -> String {
        let words: Vec<_> = (from..to).map(|n| format!("word{n} ")).collect();
        words.concat()
    }

    #[test]
    fn words_are_compared_without_case_punctuation_and_layout() {
        let one = Sketch::of(&text(0, 50), None);
        let other = text(0, 50).to_uppercase().replace(' ', ",\n");
        assert_eq!(one, Sketch::of(&other, None));
    }

    #[test]
    fn what_is_estimated_is_near_the_true_share_of_common_runs() {
        // 300 words, of which the last are others: the share of common runs is known.
        for kept in [285_u16, 240, 180, 120, 60] {
            let one = Sketch::of(&text(0, 300), None);
            let other = Sketch::of(
                &(text(0, kept.into()) + &text(1_000, 1_300 - usize::from(kept))),
                None,
            );
            let (common, all) = (f64::from(kept - 2), f64::from(2 * 298 - (kept - 2)));
            let estimate = one.common_words(&other).unwrap();
            // Three standard deviations of 64 numbers.
            assert!((estimate - common / all).abs() < 0.19, "{kept}: {estimate}");
        }
    }

    #[test]
    fn a_page_with_hardly_any_words_is_looked_for_by_its_picture() {
        let page = Sketch::of("Thank you", Some(0x00ff_3377_1188_aa55));
        assert_eq!(page.common_words(&page), None);
        assert_eq!(page.bands().len(), 4);
        assert!(!Sketch::of("Thank you", Some(0)).says_something());
    }

    #[test]
    fn scripts_without_spaces_are_read_by_the_character() {
        assert_eq!(words("会社の製品 A4"), ["会", "社", "の", "製", "品", "a4"]);
    }

    proptest! {
        #[test]
        fn a_sketch_comes_back_from_the_store_as_it_was(text in ".{0,400}", picture in any::<Option<i64>>()) {
            let sketch = Sketch::of(&text, picture);
            let words = i32::try_from(sketch.words).unwrap();
            prop_assert_eq!(&Sketch::stored(words, &sketch.signature(), sketch.picture), &sketch);
            prop_assert_eq!(sketch.bands(), Sketch::of(&text, picture).bands());
        }

        #[test]
        fn pages_with_nothing_in_common_share_no_band(seed in 0_usize..10_000) {
            let one = Sketch::of(&text(seed * 100, seed * 100 + 60), None);
            let other = Sketch::of(&text(2_000_000, 2_000_060), None);
            prop_assert!(one.common_words(&other).unwrap() < 0.1);
            prop_assert!(one.bands().iter().all(|band| !other.bands().contains(band)));
        }
    }
}
