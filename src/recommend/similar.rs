//! The evidence that people are shown: how often an asset was used in the most similar closed deals, won and lost.
//!
//! It explains and never ranks: counts like these favour whatever was sent late or to deals that went well anyway.

use std::collections::{HashMap, HashSet};

use super::gates::Deal;

/// How many closed deals are looked at.
const NEIGHBOURS: usize = 45;
/// With less in common than one whole facet, deals are not similar.
const LEAST: f64 = 1.0;
/// Below so many uses no share is told.
const THIN: usize = 5;

/// How alike two deals are: 1 for the industry, the product and the persona, 0.8 for the competitor, 0.5 for the size,
/// 0.25 for the region; what is unknown is alike to nothing.
fn similarity(one: &Deal, other: &Deal) -> f64 {
    let same = |a: &Option<u32>, b: &Option<u32>| a.is_some() && a == b;
    let facets = one.facets.iter().chain(&one.others);
    facets
        .zip(other.facets.iter().chain(&other.others))
        .zip([1.0, 1.0, 1.0, 0.8, 0.5, 0.25])
        .filter(|((a, b), _)| same(a, b))
        .map(|(_, weight)| weight)
        .sum()
}

/// A closed deal.
pub(super) struct Closed<'a> {
    pub(super) deal: &'a Deal,
    pub(super) won: bool,
    /// The pieces used in it.
    pub(super) used: &'a [usize],
    /// Those of them that somebody there has read.
    pub(super) read: &'a HashSet<usize>,
}

/// The closed deals most similar to one.
pub(super) struct Neighbourhood<'a> {
    deals: Vec<&'a Closed<'a>>,
}

/// In how many of the similar deals a piece was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) won: usize,
    pub(super) won_used: usize,
    /// Where somebody has read it, too.
    pub(super) won_read: usize,
    pub(super) lost: usize,
    pub(super) lost_used: usize,
    pub(super) lost_read: usize,
}

impl<'a> Neighbourhood<'a> {
    /// The closed deals most similar to `deal`, at most 45.
    pub(super) fn of(deal: &Deal, closed: &'a [Closed<'a>]) -> Self {
        let mut near: Vec<_> = closed
            .iter()
            .map(|other| (similarity(deal, other.deal), other))
            .filter(|(similarity, _)| *similarity >= LEAST)
            .collect();
        // A stable sort: among equals the order of the deals decides, so the same data tells the same.
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        near.truncate(NEIGHBOURS);
        Self {
            deals: near.into_iter().map(|(_, other)| other).collect(),
        }
    }

    /// How often the piece was used in them.
    pub(super) fn evidence(&self, piece: usize) -> Evidence {
        let mut evidence = Evidence::default();
        for deal in &self.deals {
            let used = usize::from(deal.used.contains(&piece));
            let read = usize::from(used == 1 && deal.read.contains(&piece));
            if deal.won {
                evidence.won += 1;
                evidence.won_used += used;
                evidence.won_read += read;
            } else {
                evidence.lost += 1;
                evidence.lost_used += used;
                evidence.lost_read += read;
            }
        }
        evidence
    }

    /// The same for every piece that was used in one of them.
    pub(super) fn used(&self) -> HashMap<usize, Evidence> {
        let pieces: HashSet<usize> = self
            .deals
            .iter()
            .flat_map(|deal| deal.used)
            .copied()
            .collect();
        pieces
            .into_iter()
            .map(|piece| (piece, self.evidence(piece)))
            .collect()
    }
}

impl Evidence {
    /// Whether there is any.
    pub(super) fn is_used(&self) -> bool {
        self.won_used + self.lost_used > 0
    }

    /// The evidence in a sentence, with what is known so far where that is little.
    pub(super) fn sentence(&self) -> String {
        let used = self.won_used + self.lost_used;
        match used {
            0 => "Not used in a similar closed deal yet".to_owned(),
            1..THIN => format!(
                "Used in {used} similar closed {}: too few to tell",
                if used == 1 { "deal" } else { "deals" }
            ),
            _ => format!(
                "Used in {} of {} similar deals that were won{}, {} of {} lost{}",
                self.won_used,
                self.won,
                read_in(self.won_read),
                self.lost_used,
                self.lost,
                read_in(self.lost_read)
            ),
        }
    }
}

fn read_in(count: usize) -> String {
    if count == 0 {
        return String::new();
    }
    format!(" (read in {count})")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(industry: u32, product: u32) -> Deal {
        Deal {
            facets: [Some(industry), Some(product), None, None],
            ..Deal::default()
        }
    }

    #[test]
    fn the_nearest_deals_count_and_strangers_do_not() {
        let (near, far) = (deal(1, 2), deal(8, 9));
        let read = HashSet::from([7]);
        let closed: Vec<_> = (0..20)
            .map(|at| Closed {
                deal: if at < 10 { &near } else { &far },
                won: at % 2 == 0,
                used: if at % 4 == 0 { &[7] } else { &[] },
                read: &read,
            })
            .collect();
        let near = deal(1, 2);
        let near = Neighbourhood::of(&near, &closed);
        let evidence = near.evidence(7);
        let expected = Evidence {
            won: 5,
            won_used: 3,
            won_read: 3,
            lost: 5,
            lost_used: 0,
            lost_read: 0,
        };
        assert_eq!(evidence, expected);
        assert_eq!(near.used(), HashMap::from([(7, expected)]));
        assert_eq!(
            evidence.sentence(),
            "Used in 3 similar closed deals: too few to tell"
        );
    }

    #[test]
    fn what_is_unknown_is_alike_to_nothing() {
        assert!(similarity(&Deal::default(), &Deal::default()).abs() < 1e-9);
        assert!((similarity(&deal(1, 2), &deal(1, 3)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn enough_uses_are_told_as_shares() {
        let evidence = Evidence {
            won: 20,
            won_used: 14,
            won_read: 9,
            lost: 25,
            lost_used: 6,
            lost_read: 0,
        };
        assert_eq!(
            evidence.sentence(),
            "Used in 14 of 20 similar deals that were won (read in 9), 6 of 25 lost"
        );
    }
}
