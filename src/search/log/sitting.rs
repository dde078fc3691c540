//! Which requests are one search: what one person types, letter by letter, within seconds; and which search is another
//! wording of the one before. Kept in memory, for the last search of each person; pure but for that.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ids::{OpportunityId, SearchId, UserId};

/// How soon the next letter comes.
const TYPING: TimeDelta = TimeDelta::seconds(5);
/// How long a person stays with a question.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);
/// How soon another question is another wording, whatever its words.
const AT_ONCE: TimeDelta = TimeDelta::minutes(1);
/// When so many people are remembered, those who left are forgotten.
const MANY: usize = 10_000;

/// What somebody asks now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) user: UserId,
    pub(super) opportunity: Option<OpportunityId>,
    pub(super) text: &'a str,
    pub(super) words: &'a [String],
    pub(super) now: DateTime<Utc>,
}

/// The search that a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: SearchId,
    pub(super) since: DateTime<Utc>,
    pub(super) reworded_from: Option<SearchId>,
}

/// The last search of everybody who searched lately.
#[derive(Debug, Default)]
pub(super) struct Sittings(HashMap<UserId, Sitting>);

#[derive(Debug)]
struct Sitting {
    place: Place,
    opportunity: Option<OpportunityId>,
    text: String,
    words: Vec<String>,
    at: DateTime<Utc>,
    clicked: bool,
}

impl Sittings {
    /// Finds the search that a request belongs to, or begins one.
    pub(super) fn ask(&mut self, asked: Asked<'_>) -> Place {
        if self.0.len() >= MANY {
            self.0
                .retain(|_, sitting| asked.now - sitting.at < PATIENCE);
        }
        let place = match self.0.get(&asked.user) {
            Some(sitting) if sitting.is_same(asked) => sitting.place,
            Some(sitting) => Place {
                reworded_from: sitting.is_reworded_by(asked).then_some(sitting.place.id),
                ..fresh(asked.now)
            },
            None => fresh(asked.now),
        };
        let clicked = self
            .0
            .get(&asked.user)
            .is_some_and(|sitting| sitting.place.id == place.id && sitting.clicked);
        self.0.insert(
            asked.user,
            Sitting {
                place,
                opportunity: asked.opportunity,
                text: asked.text.to_lowercase(),
                words: asked.words.to_vec(),
                at: asked.now,
                clicked,
            },
        );
        place
    }

    /// Notes that the person did something with a result of this search; `false` if it is not their last.
    pub(super) fn click(&mut self, user: UserId, id: SearchId) -> bool {
        match self.0.get_mut(&user) {
            Some(sitting) if sitting.place.id == id => {
                sitting.clicked = true;
                true
            }
            _ => false,
        }
    }
}

impl Sitting {
    fn is_same(&self, asked: Asked<'_>) -> bool {
        let (text, gap) = (asked.text.to_lowercase(), asked.now - self.at);
        if self.opportunity != asked.opportunity || gap > PATIENCE {
            return false;
        }
        // Filters and order may change; the question is the same.
        let typed_on = gap <= TYPING
            && !self.clicked
            && (text.starts_with(&self.text) || self.text.starts_with(&text));
        text == self.text || typed_on
    }

    fn is_reworded_by(&self, asked: Asked<'_>) -> bool {
        let gap = asked.now - self.at;
        !self.clicked
            && self.opportunity == asked.opportunity
            && gap <= PATIENCE
            && (gap <= AT_ONCE || asked.words.iter().any(|word| self.words.contains(word)))
    }
}

fn fresh(now: DateTime<Utc>) -> Place {
    Place {
        id: SearchId::new(now),
        since: now,
        reworded_from: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Desk {
        sittings: Sittings,
        user: UserId,
        start: DateTime<Utc>,
    }

    impl Desk {
        fn new() -> Self {
            let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
            Self {
                sittings: Sittings::default(),
                user: UserId::new(start),
                start,
            }
        }

        fn ask(&mut self, second: i64, text: &str) -> Place {
            let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
            self.sittings.ask(Asked {
                user: self.user,
                opportunity: None,
                text,
                words: &words,
                now: self.start + TimeDelta::seconds(second),
            })
        }
    }

    #[test]
    fn what_is_typed_letter_by_letter_is_one_search() {
        let mut desk = Desk::new();
        let first = desk.ask(0, "va");
        for (second, text) in [
            (1, "vacc"),
            (3, "vac"),
            (5, "Vaccine"),
            (6, "vaccine price"),
        ] {
            assert_eq!(desk.ask(second, text), first, "{text}");
        }
        assert_eq!(desk.ask(300, "vaccine price"), first, "a filter was chosen");
        assert_ne!(
            desk.ask(320, "vaccine price list"),
            first,
            "too late for the next letter"
        );
    }

    #[test]
    fn another_wording_is_told_from_another_question() {
        let mut desk = Desk::new();
        let first = desk.ask(0, "price sheet");
        let second = desk.ask(20, "cost overview");
        assert_eq!(second.reworded_from, Some(first.id), "at once");
        let third = desk.ask(200, "cost table");
        assert_eq!(
            third.reworded_from,
            Some(second.id),
            "with a word in common"
        );
        assert_eq!(desk.ask(400, "fire drill").reworded_from, None);
        let found = desk.ask(1_200, "fire alarm");
        assert_eq!(found.reworded_from, None, "too long ago");
        assert!(desk.sittings.click(desk.user, found.id));
        assert_eq!(
            desk.ask(1_210, "fire exits").reworded_from,
            None,
            "it was found"
        );
        assert!(!desk.sittings.click(desk.user, found.id));
    }
}
