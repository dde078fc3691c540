//! Whether two documents are the same with changes: how many pages of the one have their like in the other.
//!
//! Pure functions over sketches. The thresholds were set on near copies of real collateral; the tests below
//! make such copies and hold how many are found, and that different documents of one house are not mistaken.

use super::sketch::Sketch;
use crate::documents::likeness;

/// Pages are alike when so much of their words is common,
const COMMON: f64 = 0.6;
/// or so much, if their pictures are alike too.
const COMMON_WITH_PICTURE: f64 = 0.35;
/// Pictures of pages with words are alike when so few of their 64 bits differ.
const PICTURE_BITS: u32 = 6;
/// Pictures alone must be more alike to count.
const LONE_PICTURE_BITS: u32 = 5;
/// Documents are told as alike from here: pages that are alike, of both, among all of both.
const FEWEST_PERCENT: i32 = 50;

/// How much of two documents is alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Likeness {
    /// Pages of the one that have their like in the other.
    pub(super) alike: i32,
    /// Pages of the one that can be compared.
    pub(super) pages: i32,
    /// Pages of the other that can be compared.
    pub(super) other_pages: i32,
}

impl Likeness {
    /// The pages that are alike, in percent of all pages of both.
    pub(super) fn percent(self) -> i32 {
        let all = self.pages + self.other_pages;
        (2 * self.alike * 100 + all / 2)
            .checked_div(all)
            .unwrap_or(0)
    }

    /// Whether it is worth telling.
    pub(super) fn is_worth_telling(self) -> bool {
        self.percent() >= FEWEST_PERCENT
    }
}

/// Compares two documents. Each page stands for one page of the other at the most: the one that is most like it.
pub(super) fn compare(one: &[Sketch], other: &[Sketch]) -> Likeness {
    let pages = |sketches: &[Sketch]| sketches.iter().filter(|page| page.says_something()).count();
    let mut free: Vec<&Sketch> = other.iter().collect();
    let mut alike = 0;
    for page in one {
        let best = free
            .iter()
            .enumerate()
            .filter_map(|(place, candidate)| Some((place, likeness_of(page, candidate)?)))
            // The first of equals, so that pages that are repeated find each other in order.
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        if let Some((place, _)) = best {
            free.remove(place);
            alike += 1;
        }
    }
    Likeness {
        alike,
        pages: i32::try_from(pages(one)).unwrap_or(i32::MAX / 2),
        other_pages: i32::try_from(pages(other)).unwrap_or(i32::MAX / 2),
    }
}

/// How alike two pages are, if they are.
fn likeness_of(one: &Sketch, other: &Sketch) -> Option<f64> {
    let distance = match (one.picture, other.picture) {
        (Some(one), Some(other)) => Some(likeness::distance(one, other)),
        _ => None,
    };
    if let Some(common) = one.common_words(other) {
        let look_alike = distance.is_some_and(|bits| bits <= PICTURE_BITS);
        let enough = common >= COMMON || common >= COMMON_WITH_PICTURE && look_alike;
        return enough.then_some(common);
    }
    if one.numbers.is_some() || other.numbers.is_some() {
        return None;
    }
    let bits = distance.filter(|bits| *bits <= LONE_PICTURE_BITS)?;
    Some(1.0 - f64::from(bits) / 64.0)
}

#[cfg(test)]
mod tests {
    use rand::seq::SliceRandom as _;
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn page(topic: &str) -> Sketch {
        let words: Vec<_> = (0..80).map(|n| format!("{topic}{n}")).collect();
        Sketch::of(&words.join(" "), None)
    }

    fn document(topics: &[&str]) -> Vec<Sketch> {
        topics.iter().map(|topic| page(topic)).collect()
    }

    #[test]
    fn pages_that_moved_or_were_added_are_counted_for_what_they_are() {
        let old = document(&["a", "b", "c", "d"]);
        let new = document(&["d", "a", "x", "b", "c"]);
        let likeness = compare(&new, &old);
        assert_eq!((likeness.alike, likeness.percent()), (4, 89));
        assert!(likeness.is_worth_telling());
    }

    #[test]
    fn a_page_that_is_repeated_counts_once_for_each_that_is_there() {
        let likeness = compare(&document(&["a", "a", "a", "a"]), &document(&["a"]));
        assert_eq!((likeness.alike, likeness.percent()), (1, 40));
    }

    #[test]
    fn a_common_page_does_not_make_two_documents_one() {
        let one = document(&["a", "b", "c", "legal"]);
        let other = document(&["x", "y", "z", "legal"]);
        assert!(!compare(&one, &other).is_worth_telling());
    }

    #[test]
    fn pictures_count_where_words_are_missing() {
        let photo = |bits| vec![Sketch::of("", Some(bits))];
        let (one, near, far) = (
            0x0f0f_3355_aa11_7788,
            0x0f0f_3355_aa11_778b,
            0x70f0_cc55_1111_8877,
        );
        assert_eq!(compare(&photo(one), &photo(near)).percent(), 100);
        assert_eq!(compare(&photo(one), &photo(far)).percent(), 0);
        assert_eq!(compare(&photo(one), &[page("a")]).percent(), 0);
    }

    #[test]
    fn nothing_is_like_nothing() {
        assert_eq!(compare(&[], &[]).percent(), 0);
    }

    /// Real texts, each in pages of 120 words.
    fn samples() -> Vec<Vec<String>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/content-samples/make/text");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        let pages = |file| {
            let text = std::fs::read_to_string(file).unwrap();
            let words: Vec<&str> = text.split_whitespace().collect();
            words.chunks(120).map(|page| page.join(" ")).collect()
        };
        files.into_iter().map(pages).collect()
    }

    fn sketches(pages: &[String]) -> Vec<Sketch> {
        pages.iter().map(|page| Sketch::of(page, None)).collect()
    }

    /// One word in so many is another.
    fn reworded(pages: &[String], every: u32, dice: &mut ChaCha8Rng) -> Vec<String> {
        let word = |word: &str, dice: &mut ChaCha8Rng| {
            if dice.random_ratio(1, every) {
                format!("edit{}", dice.random_range(0..100_000))
            } else {
                word.to_owned()
            }
        };
        let page = |page: &String| {
            let words: Vec<_> = page.split(' ').map(|old| word(old, dice)).collect();
            words.join(" ")
        };
        pages.iter().map(page).collect()
    }

    /// Of how many documents in a hundred the copies are found.
    fn recall(documents: &[Vec<String>], copies: &[Vec<String>]) -> usize {
        let found = documents
            .iter()
            .zip(copies)
            .filter(|(one, copy)| compare(&sketches(one), &sketches(copy)).is_worth_telling());
        found.count() * 100 / documents.len()
    }

    #[test]
    fn near_copies_of_real_texts_are_found() {
        let documents = samples();
        let mut dice = ChaCha8Rng::seed_from_u64(7);
        // Runs of three words forgive less than one word in ten: beyond that a page is another page.
        for (every, least) in [(50, 100), (25, 100), (15, 80)] {
            let copies: Vec<_> = documents
                .iter()
                .map(|pages| reworded(pages, every, &mut dice))
                .collect();
            let recall = recall(&documents, &copies);
            println!("one word in {every}: {recall} % found");
            assert!(recall >= least, "one word in {every}: {recall}");
        }
        let moved: Vec<_> = documents
            .iter()
            .map(|pages| {
                let mut pages = pages.clone();
                pages.shuffle(&mut dice);
                pages.push(
                    "a page that nobody has seen before and that says something new ".repeat(4),
                );
                pages
            })
            .collect();
        let recall = recall(&documents, &moved);
        println!("pages moved and one added: {recall} % found");
        assert!(recall >= 90, "{recall}");
    }

    #[test]
    fn different_documents_of_one_house_are_not_mistaken_for_each_other() {
        let documents: Vec<_> = samples().iter().map(|pages| sketches(pages)).collect();
        let mut pairs = 0;
        for (at, one) in documents.iter().enumerate() {
            for other in documents.iter().skip(at + 1) {
                pairs += 1;
                let likeness = compare(one, other);
                assert!(!likeness.is_worth_telling(), "{at}: {likeness:?}");
            }
        }
        println!("{pairs} pairs, none mistaken");
    }
}
