//! Slips of the finger: the same ones for the same seed.
//!
//! A slip swaps, drops, doubles or mistypes a letter of a word of at least four, never the first, as people do.

use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Shorter words are typed without slips.
const SHORTEST: usize = 4;

/// The query with slips in so many of its words; fewer if it has not so many.
pub(super) fn with_typos(query: &str, typos: usize, seed: u64) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
    let mut places: Vec<usize> = (0..words.len())
        .filter(|at| words.get(*at).is_some_and(|word| letters(word) >= SHORTEST))
        .collect();
    places.shuffle(&mut random);
    for at in places.into_iter().take(typos) {
        if let Some(word) = words.get_mut(at) {
            *word = slip(word, &mut random);
        }
    }
    words.join(" ")
}

fn letters(word: &str) -> usize {
    if word.chars().any(|c| c.is_ascii_digit()) {
        return 0;
    }
    word.chars().filter(|c| c.is_alphabetic()).count()
}

/// The word with one slip; never the word itself.
fn slip(word: &str, random: &mut ChaCha8Rng) -> String {
    let chars: Vec<char> = word.chars().collect();
    // Not the first letter, and only letters.
    let places: Vec<usize> = chars
        .iter()
        .enumerate()
        .skip_while(|(_, c)| !c.is_alphabetic())
        .skip(1)
        .filter(|(_, c)| c.is_alphabetic())
        .map(|(at, _)| at)
        .collect();
    for _ in 0..20 {
        let Some(at) = places.choose(random).copied() else {
            break;
        };
        let mut slipped = chars.clone();
        let other = char::from(b'a' + random.random_range(0..26_u8));
        match random.random_range(0..4_u8) {
            0 if places.contains(&(at + 1)) => slipped.swap(at, at + 1),
            1 => {
                slipped.remove(at);
            }
            2 => slipped.insert(at, other),
            _ => {
                if let Some(letter) = slipped.get_mut(at) {
                    *letter = other;
                }
            }
        }
        if slipped != chars {
            return slipped.into_iter().collect();
        }
    }
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_words_have_a_slip_and_the_same_every_time() {
        let query = "heat transfer in the boundary layer of 1950s wings";
        for seed in 0..50 {
            let slipped = with_typos(query, 2, seed);
            assert_eq!(slipped, with_typos(query, 2, seed));
            let pairs = query.split(' ').zip(slipped.split(' '));
            let changed: Vec<_> = pairs.filter(|(a, b)| a != b).collect();
            assert_eq!(changed.len(), 2, "{slipped}");
            for (word, slipped) in changed {
                assert_eq!(word.chars().next(), slipped.chars().next());
                assert!(word.len() >= SHORTEST && !word.contains('5'));
            }
        }
        assert_eq!(with_typos("go to it", 2, 1), "go to it");
    }
}
