//! Which words of a page changed. Pure.

use std::time::Instant;

use serde::Serialize;
use similar::{Algorithm, ChangeTag, capture_diff_slices_deadline};

/// What happened to a piece of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// It stands in both.
    Same,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Passage {
    /// What happened to it.
    pub kind: PassageKind,
    /// Its words, with the blanks behind them.
    pub text: String,
}

/// Both texts in one, word by word. Behind `deadline` what differs is told in larger pieces.
pub(super) fn compare(old: &str, new: &str, deadline: Instant) -> Vec<Passage> {
    let (before, after) = (Words::of(old), Words::of(new));
    let steps =
        capture_diff_slices_deadline(Algorithm::Myers, &before.bare, &after.bare, Some(deadline));
    let mut passages: Vec<Passage> = Vec::new();
    for step in steps {
        for change in step.iter_changes(before.bare.as_slice(), after.bare.as_slice()) {
            let (kind, text) = match change.tag() {
                ChangeTag::Equal => (PassageKind::Same, after.whole(change.new_index())),
                ChangeTag::Delete => (PassageKind::Removed, before.whole(change.old_index())),
                ChangeTag::Insert => (PassageKind::Added, after.whole(change.new_index())),
            };
            match passages.last_mut() {
                Some(last) if last.kind == kind => last.text.push_str(text),
                _ => passages.push(Passage {
                    kind,
                    text: text.to_owned(),
                }),
            }
        }
    }
    passages
}

/// A text in words; blanks do not make a difference, but are shown.
struct Words<'a> {
    bare: Vec<&'a str>,
    whole: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let mut bare = Vec::new();
        let mut whole = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let (word, behind) = rest.split_at(end);
            let next = behind.trim_start();
            let (with_blanks, _) = rest.split_at(rest.len() - next.len());
            bare.push(word);
            whole.push(with_blanks);
            rest = next;
        }
        Self { bare, whole }
    }

    fn whole(&self, at: Option<usize>) -> &'a str {
        at.and_then(|at| self.whole.get(at).copied())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn changes(old: &str, new: &str) -> Vec<(PassageKind, String)> {
        compare(old, new, Instant::now() + Duration::from_secs(5))
            .into_iter()
            .map(|passage| (passage.kind, passage.text))
            .collect()
    }

    #[test]
    fn words_that_changed_are_told_together() {
        use PassageKind::{Added, Removed, Same};
        assert_eq!(
            changes("From 90 euros\na month.", "From 120 dollars\na month."),
            [
                (Same, "From ".to_owned()),
                (Removed, "90 euros\n".to_owned()),
                (Added, "120 dollars\n".to_owned()),
                (Same, "a month.".to_owned()),
            ]
        );
    }

    #[test]
    fn blanks_make_no_difference() {
        let only: Vec<PassageKind> = changes("one  two\nthree", " one two three ")
            .into_iter()
            .map(|(kind, _)| kind)
            .collect();
        assert_eq!(only, [PassageKind::Same]);
        assert!(changes("", " \n").is_empty());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_out_of_the_comparison(
            old in "[ab ü\n]{0,40}", new in "[ab ü\n]{0,40}",
        ) {
            let read = |without: PassageKind| -> Vec<String> {
                let text: String = changes(&old, &new)
                    .into_iter()
                    .filter(|(kind, _)| *kind != without)
                    .map(|(_, text)| text + " ")
                    .collect();
                text.split_whitespace().map(str::to_owned).collect()
            };
            let words = |text: &str| -> Vec<String> {
                text.split_whitespace().map(str::to_owned).collect()
            };
            prop_assert_eq!(read(PassageKind::Added), words(&old));
            prop_assert_eq!(read(PassageKind::Removed), words(&new));
        }
    }
}
