//! From scored assets to a list worth reading: not all of one kind, and one place in five for what has had no chance yet.
//!
//! Pure; chance comes in as a seed, so that the same deal is shown the same list until something changes.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::entities::AssetKind;

/// How many are prepared.
const LENGTH: usize = 20;
/// Every so many places one explores.
const EXPLORE_EVERY: usize = 5;
/// What was sent in fewer deals has not had its chance.
const FEW_SENDS: usize = 10;
/// Among how many of those the chance is drawn: they must fit, or exploring is noise.
const EXPLORE_AMONG: usize = 20;
/// What each asset of the same kind above it takes off an asset's value.
const SAME_KIND: f64 = 0.88;

/// An asset with what it is worth here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scored {
    /// Whatever identifies it to the caller.
    pub(super) index: usize,
    pub(super) kind: AssetKind,
    /// Greater is better; above zero.
    pub(super) value: f64,
    pub(super) sends: usize,
}

/// One place of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) index: usize,
    /// It is here to get its chance.
    pub(super) exploration: bool,
}

/// Chooses the list, best first.
pub(super) fn choose(mut scored: Vec<Scored>, seed: u64) -> Vec<Chosen> {
    scored.sort_by(|a, b| b.value.total_cmp(&a.value).then(a.index.cmp(&b.index)));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut chosen = Vec::new();
    let mut kinds: Vec<AssetKind> = Vec::new();
    while chosen.len() < LENGTH && !scored.is_empty() {
        let explored = if (chosen.len() + 1).is_multiple_of(EXPLORE_EVERY) {
            explore(&scored, &mut random)
        } else {
            None
        };
        let place = explored.unwrap_or_else(|| best(&scored, &kinds));
        let taken = scored.remove(place);
        kinds.push(taken.kind);
        chosen.push(Chosen {
            index: taken.index,
            exploration: explored.is_some(),
        });
    }
    chosen
}

/// A draw among the best of those that were hardly ever sent; the better ones are likelier.
fn explore(scored: &[Scored], random: &mut ChaCha8Rng) -> Option<usize> {
    let fresh: Vec<_> = scored
        .iter()
        .enumerate()
        .filter(|(_, one)| one.sends < FEW_SENDS)
        .take(EXPLORE_AMONG)
        .collect();
    let total: f64 = fresh.iter().map(|(_, one)| one.value).sum();
    let mut left = random.random::<f64>() * total;
    for (place, one) in &fresh {
        left -= one.value;
        if left <= 0.0 {
            return Some(*place);
        }
    }
    fresh.last().map(|(place, _)| *place)
}

/// The place of the best one, where kinds that are in the list already count less.
fn best(scored: &[Scored], kinds: &[AssetKind]) -> usize {
    let worth = |one: &Scored| -> f64 {
        let same = kinds.iter().filter(|kind| **kind == one.kind).count();
        one.value * SAME_KIND.powi(i32::try_from(same).unwrap_or(i32::MAX))
    };
    let mut best = (0, f64::NEG_INFINITY);
    for (place, one) in scored.iter().enumerate() {
        let worth = worth(one);
        if worth > best.1 {
            best = (place, worth);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(count: usize, sends: impl Fn(usize) -> usize) -> Vec<Scored> {
        (0..count)
            .map(|index| Scored {
                index,
                kind: if index % 3 == 0 {
                    AssetKind::Deck
                } else {
                    AssetKind::CaseStudy
                },
                value: 1.0 - f64::from(u32::try_from(index).unwrap()) / 1_000.0,
                sends: sends(index),
            })
            .collect()
    }

    #[test]
    fn the_best_comes_first_and_kinds_take_turns() {
        let mut list = scored(9, |_| 50);
        for one in list.iter_mut().take(4) {
            one.kind = AssetKind::Deck;
        }
        for one in list.iter_mut().skip(4) {
            one.kind = AssetKind::Video;
        }
        let chosen: Vec<_> = choose(list, 1).into_iter().map(|one| one.index).collect();
        assert_eq!(chosen.get(..4), Some(&[0, 4, 1, 5][..]));
    }

    #[test]
    fn one_place_in_five_explores_and_only_what_was_hardly_sent() {
        let chosen = choose(scored(60, |index| if index >= 20 { 3 } else { 40 }), 7);
        let explored: Vec<_> = chosen
            .iter()
            .enumerate()
            .filter(|(_, one)| one.exploration)
            .collect();
        assert_eq!(
            explored.iter().map(|(at, _)| at + 1).collect::<Vec<_>>(),
            [5, 10, 15, 20]
        );
        assert!(explored.iter().all(|(_, one)| one.index >= 20));
    }

    #[test]
    fn without_anything_new_nothing_is_called_exploration() {
        assert!(
            choose(scored(30, |_| 40), 7)
                .iter()
                .all(|one| !one.exploration)
        );
    }

    #[test]
    fn the_same_seed_draws_the_same_and_others_differ() {
        let list = || scored(60, |_| 0);
        assert_eq!(choose(list(), 7), choose(list(), 7));
        assert!((0..20).any(|seed| choose(list(), seed) != choose(list(), 7)));
    }
}
