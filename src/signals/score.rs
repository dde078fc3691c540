//! How warm an opportunity or a contact is: a sum over reads, each worth half after every half-life, and reach.
//!
//! ```text
//! read  = read + minutes x ln(1 + active minutes) + completion x share seen + shared x shares + asked x questions
//! score = sum over reads of read x 2^(-days since / half-life)            [+ reader x people + role x roles reached]
//! ```
//!
//! The sum is kept as [`Fading`] says, so that time passing writes nothing.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::config::ScoreConfig;
use crate::statistics::Fading;

/// The weights, and how fast they fade.
#[derive(Clone, Debug)]
pub struct Scale {
    config: ScoreConfig,
    fading: Fading,
}

/// One read, as far as it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose: the same person has the same key.
    pub reader: String,
    /// The needed role that this person has, if any.
    pub role: Option<String>,
    /// Active minutes.
    pub minutes: f64,
    /// The share of the pages that was seen, 0 to 1.
    pub completion: f64,
    /// How often it was shared.
    pub shares: i32,
    /// How many questions were asked.
    pub questions: i32,
}

/// A part of a read's worth: what it is called, its weight, what it is multiplied with, and the product.
pub(super) type Part = (&'static str, f64, f64, f64);

/// A time at which a score rose to the threshold or fell below it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crossing {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it rose.
    pub up: bool,
    /// The score right then.
    pub value: f64,
}

impl Scale {
    /// A scale of these weights.
    pub fn new(config: &ScoreConfig) -> Self {
        Self {
            config: config.clone(),
            fading: Fading::new(config.half_life_days),
        }
    }

    /// What a read is worth when it happens, part by part.
    pub(super) fn parts(&self, term: &Term) -> [Part; 5] {
        let config = &self.config;
        let part = |name, weight: f64, amount: f64| (name, weight, amount, weight * amount);
        [
            part("read", config.read, 1.0),
            part("minutes", config.minutes, term.minutes.max(0.0).ln_1p()),
            part("completion", config.completion, term.completion),
            part("shared", config.shared, f64::from(term.shares)),
            part("asked", config.asked, f64::from(term.questions)),
        ]
    }

    /// What a read is worth when it happens.
    pub fn worth(&self, term: &Term) -> f64 {
        self.parts(term)
            .iter()
            .map(|(_, _, _, points)| points)
            .sum()
    }

    /// What a sum that is kept is worth `now`, as a factor.
    pub fn factor(&self, now: DateTime<Utc>) -> f64 {
        self.fading.factor(now)
    }

    /// What is left `now` of a point that was given at `at`.
    pub fn left(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
        self.fading.left(at, now)
    }

    /// The sum as it would stand at the reference time.
    pub fn points(&self, terms: &[Term]) -> f64 {
        let at_reference = |term: &Term| self.worth(term) / self.factor(term.at);
        terms.iter().map(at_reference).sum()
    }

    /// What reach is worth.
    pub fn reach(&self, readers: usize, roles: usize) -> f64 {
        let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        self.config.reader * count(readers) + self.config.role * count(roles)
    }

    /// When a sum that is kept, with this reach, falls below `threshold`; nothing if it never does or is below already.
    pub fn falls_at(
        &self,
        points: f64,
        reach: f64,
        threshold: f64,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        self.fading.falls_at(points, threshold - reach, now)
    }
}

/// Every crossing of `threshold` that these reads made until `now`, in order; `with_reach` for an opportunity's.
pub fn replay(
    scale: &Scale,
    terms: &[Term],
    with_reach: bool,
    threshold: f64,
    now: DateTime<Utc>,
) -> Vec<Crossing> {
    let mut terms: Vec<&Term> = terms.iter().collect();
    terms.sort_by_key(|term| term.at);
    let (mut points, mut reach) = (0.0, 0.0);
    let mut readers: BTreeSet<&str> = BTreeSet::new();
    let mut roles: BTreeSet<&str> = BTreeSet::new();
    let mut ready = false;
    let mut crossings = Vec::new();
    let fall = |points: f64, reach: f64, since: DateTime<Utc>, until: DateTime<Utc>| {
        scale
            .falls_at(points, reach, threshold, since)
            .filter(|at| *at <= until)
    };
    let mut before: Option<DateTime<Utc>> = None;
    for term in terms {
        if let Some(at) = before
            .filter(|_| ready)
            .and_then(|since| fall(points, reach, since, term.at))
        {
            crossings.push(Crossing {
                at,
                up: false,
                value: threshold,
            });
            ready = false;
        }
        points += scale.worth(term) / scale.factor(term.at);
        if with_reach {
            readers.insert(&term.reader);
            roles.extend(term.role.as_deref());
            reach = scale.reach(readers.len(), roles.len());
        }
        let value = points * scale.factor(term.at) + reach;
        if !ready && value >= threshold {
            crossings.push(Crossing {
                at: term.at,
                up: true,
                value,
            });
            ready = true;
        }
        before = Some(term.at);
    }
    if let Some(at) = before
        .filter(|_| ready)
        .and_then(|since| fall(points, reach, since, now))
    {
        crossings.push(Crossing {
            at,
            up: false,
            value: threshold,
        });
    }
    crossings
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn scale() -> Scale {
        Scale::new(&ScoreConfig::default())
    }

    prop_compose! {
        fn any_term()(
            hours in 0_i64..4_000,
            reader in 0_u8..4,
            minutes in 0.0..60.0_f64,
            completion in 0.0..=1.0_f64,
            shares in 0..3,
            questions in 0..2,
        ) -> Term {
            Term {
                at: at(hours),
                reader: reader.to_string(),
                role: (reader < 2).then(|| reader.to_string()),
                minutes, completion, shares, questions,
            }
        }
    }

    /// The formula as it is written down, at a time.
    fn by_the_book(terms: &[Term], now: DateTime<Utc>) -> f64 {
        terms
            .iter()
            .map(|term| {
                let minutes = i32::try_from((now - term.at).num_minutes()).unwrap();
                let days = f64::from(minutes) / 1_440.0;
                let worth = 1.0
                    + (1.0 + term.minutes).ln()
                    + 2.0 * term.completion
                    + 3.0 * f64::from(term.shares)
                    + 2.0 * f64::from(term.questions);
                worth * 2.0_f64.powf(-days / 14.0)
            })
            .sum()
    }

    proptest! {
        #[test]
        fn what_is_kept_is_the_formula_at_any_time(
            terms in vec(any_term(), 0..20), later in 4_000_i64..12_000,
        ) {
            let scale = scale();
            let kept = scale.points(&terms) * scale.factor(at(later));
            let book = by_the_book(&terms, at(later));
            prop_assert!((kept - book).abs() <= 1e-9 * book.max(1.0), "{kept} {book}");
        }

        #[test]
        fn adding_one_by_one_and_taking_back_is_the_same_as_all_at_once(
            terms in vec(any_term(), 1..20), gone in any::<prop::sample::Index>(),
        ) {
            let scale = scale();
            let gone = gone.index(terms.len());
            let mut kept = 0.0;
            for term in &terms {
                kept += scale.points(std::slice::from_ref(term));
            }
            kept -= scale.points(&terms[gone..=gone]);
            let mut rest = terms.clone();
            rest.remove(gone);
            let anew = scale.points(&rest);
            let size = scale.points(&terms);
            prop_assert!((kept - anew).abs() <= 1e-12 * size, "{kept} {anew}");
        }

        #[test]
        fn the_score_is_where_the_crossings_say(
            terms in vec(any_term(), 0..20), later in 4_000_i64..9_000, reach in any::<bool>(),
        ) {
            let scale = scale();
            let crossings = replay(&scale, &terms, reach, 6.0, at(later));
            for (up, crossing) in [true, false].into_iter().cycle().zip(&crossings) {
                prop_assert_eq!(crossing.up, up);
            }
            prop_assert!(crossings.is_sorted_by_key(|crossing| crossing.at));
            let readers: BTreeSet<_> = terms.iter().map(|term| &term.reader).collect();
            let roles: BTreeSet<_> = terms.iter().filter_map(|term| term.role.as_ref()).collect();
            let reach = if reach { scale.reach(readers.len(), roles.len()) } else { 0.0 };
            let value = scale.points(&terms) * scale.factor(at(later)) + reach;
            let up = crossings.last().is_some_and(|crossing| crossing.up);
            prop_assert!(up == (value >= 6.0) || (value - 6.0).abs() < 1e-6, "{up} {value}");
        }
    }

    #[test]
    fn it_is_worth_half_after_a_half_life() {
        let term = Term {
            at: at(0),
            reader: "a".to_owned(),
            role: None,
            minutes: 0.0,
            completion: 1.0,
            shares: 1,
            questions: 0,
        };
        let scale = scale();
        assert!((scale.worth(&term) - 6.0).abs() < 1e-12);
        let points = scale.points(std::slice::from_ref(&term));
        let after = |days: i64| points * scale.factor(at(24 * days));
        assert!((after(14) - 3.0).abs() < 1e-9, "{}", after(14));
        let falls = scale.falls_at(points, 0.0, 3.0, at(0)).unwrap();
        assert!((falls - at(24 * 14)).abs() < TimeDelta::milliseconds(1));
    }
}
