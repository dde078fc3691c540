//! Which page of the old version became which page of the new one. Pure.
//!
//! 1. Pages that are the same keep their place: the longest common subsequence of their contents (Myers, "An O(ND)
//!    Difference Algorithm and Its Variations", 1986).
//! 2. Same pages that stand elsewhere have moved.
//! 3. Between pages that stayed, those that are left are paired in order so that the sum of their similarities is
//!    greatest (Needleman and Wunsch, 1970).
//! 4. Of what is then left, the most similar pairs have moved and changed; the rest was removed or added.
//!
//! Steps 3 and 4 compare at most [`MOST_PAIRS`] pairs each: in larger gaps a page is only compared with those near its
//! own place.
//!
//! Invariant: every page of both versions is in exactly one pair.

use std::collections::{HashMap, VecDeque};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::fingerprint::{Print, Rarity};

/// How similar two pages in the same place must be to be one page that changed.
const SAME_PLACE: f64 = 0.4;
/// How similar two pages in different places must be for that.
const OTHER_PLACE: f64 = 0.6;
/// The most pairs that a step compares.
const MOST_PAIRS: usize = 160_000;

/// One line of the comparison. Places count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    /// Where it was.
    pub(super) old: Option<usize>,
    /// Where it is.
    pub(super) new: Option<usize>,
    /// Whether it changed its place among the others.
    pub(super) moved: bool,
}

/// Pairs the pages, in the order of the new version; removed pages stand behind those that they followed.
pub(super) fn align(old: &[Print], new: &[Print]) -> Vec<Pair> {
    let mut pairing = Pairing {
        old,
        new,
        rarity: Rarity::of(old.iter().chain(new)),
        new_of: vec![None; old.len()],
        old_of: vec![None; new.len()],
        moved: vec![false; new.len()],
    };
    let gaps = pairing.keep_same();
    pairing.find_moved();
    for gap in gaps {
        pairing.pair_gap(gap);
    }
    pairing.pair_rest();
    pairing.in_order()
}

struct Pairing<'a> {
    old: &'a [Print],
    new: &'a [Print],
    rarity: Rarity,
    /// Where each old page is now.
    new_of: Vec<Option<usize>>,
    /// Where each new page was.
    old_of: Vec<Option<usize>>,
    moved: Vec<bool>,
}

/// Old and new pages between two that stayed.
#[derive(Default)]
struct Gap {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl Pairing<'_> {
    fn join(&mut self, old: usize, new: usize, moved: bool) {
        if let (Some(to), Some(from), Some(flag)) = (
            self.new_of.get_mut(old),
            self.old_of.get_mut(new),
            self.moved.get_mut(new),
        ) {
            *to = Some(new);
            *from = Some(old);
            *flag = moved;
        }
    }

    /// Joins what stayed the same in the same order; tells what lies between.
    fn keep_same(&mut self) -> Vec<Gap> {
        let (old, new) = numbered(self.old, self.new);
        let mut gaps = vec![Gap::default()];
        for step in capture_diff_slices(Algorithm::Myers, &old, &new) {
            if let DiffOp::Equal {
                old_index,
                new_index,
                len,
            } = step
            {
                for offset in 0..len {
                    self.join(old_index + offset, new_index + offset, false);
                }
                gaps.push(Gap::default());
                continue;
            }
            if let Some(gap) = gaps.last_mut() {
                gap.old.extend(step.old_range());
                gap.new.extend(step.new_range());
            }
        }
        gaps
    }

    /// Joins same pages that stand elsewhere.
    fn find_moved(&mut self) {
        let (old, new) = numbered(self.old, self.new);
        let mut free: HashMap<usize, VecDeque<usize>> = HashMap::new();
        for (place, content) in old.iter().enumerate() {
            if self.is_free_old(place) {
                free.entry(*content).or_default().push_back(place);
            }
        }
        for (place, content) in new.iter().enumerate() {
            if !self.is_free_new(place) {
                continue;
            }
            if let Some(from) = free.get_mut(content).and_then(VecDeque::pop_front) {
                self.join(from, place, true);
            }
        }
    }

    fn is_free_old(&self, place: usize) -> bool {
        self.new_of.get(place).is_some_and(Option::is_none)
    }

    fn is_free_new(&self, place: usize) -> bool {
        self.old_of.get(place).is_some_and(Option::is_none)
    }

    fn similarity(&self, old: usize, new: usize) -> f64 {
        match (self.old.get(old), self.new.get(new)) {
            (Some(old), Some(new)) => self.rarity.similarity(old, new),
            _ => 0.0,
        }
    }

    /// Joins what changed in its place.
    fn pair_gap(&mut self, gap: Gap) {
        let old: Vec<usize> = gap
            .old
            .into_iter()
            .filter(|at| self.is_free_old(*at))
            .collect();
        let new: Vec<usize> = gap
            .new
            .into_iter()
            .filter(|at| self.is_free_new(*at))
            .collect();
        let reach = reach(old.len(), new.len());
        // best[j] is the greatest sum of the old pages so far with the first j new ones.
        let width = new.len() + 1;
        let mut best = vec![0.0_f64; width];
        let mut choices: Vec<Vec<Choice>> = Vec::with_capacity(old.len());
        for (row, from) in old.iter().enumerate() {
            let mut sums = vec![0.0_f64; width];
            let mut chosen = vec![Choice::SkipNew; width];
            let centre = row * new.len() / old.len().max(1);
            for (column, to) in new.iter().enumerate() {
                let without_old = best.get(column + 1).copied().unwrap_or_default();
                let without_new = sums.get(column).copied().unwrap_or_default();
                let mut sum = without_new;
                let mut choice = Choice::SkipNew;
                if without_old > sum {
                    (sum, choice) = (without_old, Choice::SkipOld);
                }
                if centre.abs_diff(column) <= reach {
                    let similarity = self.similarity(*from, *to);
                    let joined = best.get(column).copied().unwrap_or_default() + similarity;
                    if similarity >= SAME_PLACE && joined > sum {
                        (sum, choice) = (joined, Choice::Join);
                    }
                }
                if let (Some(s), Some(c)) = (sums.get_mut(column + 1), chosen.get_mut(column + 1)) {
                    (*s, *c) = (sum, choice);
                }
            }
            best = sums;
            choices.push(chosen);
        }
        self.walk_back(&old, &new, &choices);
        if let ([from], [to]) = (old.as_slice(), new.as_slice())
            && self.is_free_old(*from)
            && self.are_wordless(*from, *to)
        {
            // One picture in the place of another.
            self.join(*from, *to, false);
        }
    }

    fn walk_back(&mut self, old: &[usize], new: &[usize], choices: &[Vec<Choice>]) {
        let (mut row, mut column) = (old.len(), new.len());
        while row > 0 && column > 0 {
            let choice = choices.get(row - 1).and_then(|line| line.get(column));
            match choice {
                Some(Choice::Join) => {
                    if let (Some(from), Some(to)) = (old.get(row - 1), new.get(column - 1)) {
                        self.join(*from, *to, false);
                    }
                    row -= 1;
                    column -= 1;
                }
                Some(Choice::SkipOld) => row -= 1,
                Some(Choice::SkipNew) | None => column -= 1,
            }
        }
    }

    fn are_wordless(&self, old: usize, new: usize) -> bool {
        let wordless = |page: Option<&Print>| page.is_some_and(Print::is_wordless);
        wordless(self.old.get(old)) && wordless(self.new.get(new))
    }

    /// Joins what changed and moved, the most similar first.
    fn pair_rest(&mut self) {
        let old: Vec<usize> = (0..self.old.len())
            .filter(|at| self.is_free_old(*at))
            .collect();
        let new: Vec<usize> = (0..self.new.len())
            .filter(|at| self.is_free_new(*at))
            .collect();
        let reach = reach(old.len(), new.len());
        let mut similar = Vec::new();
        for (row, from) in old.iter().enumerate() {
            let centre = row * new.len() / old.len().max(1);
            let near = new
                .iter()
                .enumerate()
                .filter(|(column, _)| centre.abs_diff(*column) <= reach);
            for (_, to) in near {
                let similarity = self.similarity(*from, *to);
                if similarity >= OTHER_PLACE {
                    similar.push((similarity, *from, *to));
                }
            }
        }
        similar.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (_, from, to) in similar {
            if self.is_free_old(from) && self.is_free_new(to) {
                self.join(from, to, true);
            }
        }
    }

    fn in_order(&self) -> Vec<Pair> {
        let removed_after = |place: Option<usize>| {
            let from = place.map_or(0, |place| place + 1);
            (from..self.old.len())
                .take_while(|at| self.is_free_old(*at))
                .map(|at| Pair {
                    old: Some(at),
                    new: None,
                    moved: false,
                })
        };
        let mut pairs: Vec<Pair> = removed_after(None).collect();
        for (place, (from, moved)) in self.old_of.iter().zip(&self.moved).enumerate() {
            pairs.push(Pair {
                old: *from,
                new: Some(place),
                moved: *moved,
            });
            if from.is_some() {
                pairs.extend(removed_after(*from));
            }
        }
        pairs
    }
}

/// What is best for an old page and a new one.
#[derive(Clone, Copy)]
enum Choice {
    Join,
    SkipOld,
    SkipNew,
}

/// How far from its own place a page is compared.
fn reach(old: usize, new: usize) -> usize {
    if old * new <= MOST_PAIRS {
        return old.max(new);
    }
    MOST_PAIRS / old.max(1) / 2
}

/// The pages by numbers of their contents, so that equal ones have the same number. A page is the same as another even
/// if a number in its corner is not, which is no equivalence; the first page that fits gives the number.
fn numbered<'a>(old: &'a [Print], new: &'a [Print]) -> (Vec<usize>, Vec<usize>) {
    let mut seen: HashMap<&'a str, Vec<(&'a Print, usize)>> = HashMap::new();
    let mut count = 0;
    let mut number = |page: &'a Print| {
        let alike = seen.entry(page.words()).or_default();
        if let Some((_, known)) = alike.iter().find(|(other, _)| other.is_same(page)) {
            return *known;
        }
        count += 1;
        alike.push((page, count));
        count
    };
    let old = old.iter().map(&mut number).collect();
    let new = new.iter().map(&mut number).collect();
    (old, new)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pages of these texts; each text has a picture of its own.
    fn prints(texts: &[&str]) -> Vec<Print> {
        texts
            .iter()
            .map(|text| Print::new(text, text, None))
            .collect()
    }

    fn aligned(old: &[&str], new: &[&str]) -> Vec<(Option<usize>, Option<usize>, bool)> {
        align(&prints(old), &prints(new))
            .into_iter()
            .map(|pair| (pair.old, pair.new, pair.moved))
            .collect()
    }

    const COVER: &str = "Yard automation overview for logistics";
    const PRICES: &str = "Prices per gate and month without tax";
    const CASE: &str = "How Northwind halved its waiting times";
    const TEAM: &str = "Your team and how to reach them";

    #[test]
    fn a_page_inserted_at_the_front_changes_no_other() {
        assert_eq!(
            aligned(&[COVER, PRICES, CASE], &[TEAM, COVER, PRICES, CASE]),
            [
                (None, Some(0), false),
                (Some(0), Some(1), false),
                (Some(1), Some(2), false),
                (Some(2), Some(3), false),
            ]
        );
    }

    #[test]
    fn a_page_that_was_edited_is_still_that_page() {
        let dearer = "Prices per gate and month with tax";
        assert_eq!(
            aligned(&[COVER, PRICES, CASE], &[COVER, TEAM, dearer, CASE]),
            [
                (Some(0), Some(0), false),
                (None, Some(1), false),
                (Some(1), Some(2), false),
                (Some(2), Some(3), false),
            ]
        );
    }

    #[test]
    fn a_page_that_stands_elsewhere_has_moved_even_if_it_was_edited() {
        let edited = "How Northwind quartered its waiting times";
        assert_eq!(
            aligned(&[CASE, COVER, PRICES, TEAM], &[COVER, PRICES, TEAM, edited]),
            [
                (Some(1), Some(0), false),
                (Some(2), Some(1), false),
                (Some(3), Some(2), false),
                (Some(0), Some(3), true),
            ]
        );
        let moved: Vec<_> = aligned(&[COVER, PRICES, CASE], &[CASE, COVER, PRICES])
            .into_iter()
            .filter(|(_, _, moved)| *moved)
            .collect();
        assert_eq!(moved, [(Some(2), Some(0), true)]);
    }

    #[test]
    fn what_is_gone_stands_where_it_was() {
        assert_eq!(
            aligned(&[COVER, PRICES, CASE], &[COVER, CASE]),
            [
                (Some(0), Some(0), false),
                (Some(1), None, false),
                (Some(2), Some(1), false),
            ]
        );
        assert_eq!(aligned(&[COVER], &[]), [(Some(0), None, false)]);
        assert_eq!(aligned(&[], &[COVER]), [(None, Some(0), false)]);
    }

    #[test]
    fn one_picture_in_the_place_of_another_has_changed() {
        let old = [Print::new("", "a", Some(0))];
        let new = [Print::new("", "b", Some(-1))];
        assert_eq!(
            align(&old, &new),
            [Pair {
                old: Some(0),
                new: Some(0),
                moved: false
            }]
        );
    }

    #[test]
    fn two_thousand_pages_of_other_words_are_compared_in_bounded_time() {
        let pages = |salt: usize| -> Vec<Print> {
            (0..2_000)
                .map(|page| {
                    let words: Vec<String> = (0..40)
                        .map(|word| format!("w{}", (page * 31 + word * salt) % 5_000))
                        .collect();
                    Print::new(&words.join(" "), &format!("{salt}-{page}"), None)
                })
                .collect()
        };
        let started = std::time::Instant::now();
        let pairs = align(&pages(7), &pages(11));
        assert!(pairs.len() >= 2_000);
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn every_page_is_in_exactly_one_pair(
            old in prop::collection::vec("[abc]( [abcde]){0,3}", 0..12),
            new in prop::collection::vec("[abc]( [abcde]){0,3}", 0..12),
        ) {
            let of = |texts: &[String]| -> Vec<Print> {
                texts.iter().map(|text| Print::new(text, text, None)).collect()
            };
            let pairs = align(&of(&old), &of(&new));
            let mut from: Vec<usize> = pairs.iter().filter_map(|pair| pair.old).collect();
            from.sort_unstable();
            prop_assert_eq!(from, (0..old.len()).collect::<Vec<_>>());
            let to: Vec<usize> = pairs.iter().filter_map(|pair| pair.new).collect();
            prop_assert_eq!(to, (0..new.len()).collect::<Vec<_>>());
            prop_assert!(pairs.iter().all(|pair| pair.old.is_some() || pair.new.is_some()));
        }

        #[test]
        fn a_version_compared_with_itself_has_not_changed(
            texts in prop::collection::vec("[abc]( [abcde]){0,3}", 0..12),
        ) {
            let pages: Vec<Print> = texts.iter().map(|text| Print::new(text, text, None)).collect();
            let pairs = align(&pages, &pages);
            for (place, pair) in pairs.iter().enumerate() {
                prop_assert_eq!(*pair, Pair { old: Some(place), new: Some(place), moved: false });
            }
        }

        #[test]
        fn a_shuffled_version_has_only_moved(
            (old, new) in prop::collection::hash_set("[a-z]{3,8}", 0..12).prop_flat_map(|texts| {
                let texts: Vec<String> = texts.into_iter().collect();
                (Just(texts.clone()), Just(texts).prop_shuffle())
            }),
        ) {
            let of = |texts: &[String]| -> Vec<Print> {
                texts.iter().map(|text| Print::new(text, text, None)).collect()
            };
            for pair in align(&of(&old), &of(&new)) {
                let (from, to) = (pair.old.unwrap(), pair.new.unwrap());
                prop_assert_eq!(&old[from], &new[to]);
            }
        }
    }
}
