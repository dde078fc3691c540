//! The part of a text that shows best why it was found, with the words that were looked for marked.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use serde::Serialize;

use super::tokenizer::is_unspaced;

/// A stretch of text, marked or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Segment {
    /// The text.
    pub text: String,
    /// Whether it is a word that was looked for.
    pub highlighted: bool,
}

/// A word of a text: where it stands, in bytes, and its stem.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// First byte.
    pub(super) from: usize,
    /// Behind its last byte.
    pub(super) to: usize,
    /// Its stem.
    pub(super) stem: String,
}

/// The length of the stretch in which words count together, in bytes.
const WINDOW: usize = 180;
/// How much is shown before the first of them.
const LEAD: usize = 50;
/// How much is shown in all.
const LENGTH: usize = 260;

/// The best stretch of `text`; `None` if no word of it was looked for. `wanted` holds stems and their weights.
pub(super) fn snippet(
    text: &str,
    words: &[Word],
    wanted: &HashMap<String, f32>,
) -> Option<Vec<Segment>> {
    let hits: Vec<&Word> = words
        .iter()
        .filter(|word| wanted.contains_key(&word.stem))
        .collect();
    let first = best_start(&hits, wanted)?;
    let from = boundary_behind(text, first.from.saturating_sub(LEAD), first.from);
    let to = boundary_before(text, from + LENGTH, first.to);
    let shown: Vec<_> = hits
        .into_iter()
        .filter(|word| word.from >= from && word.to <= to)
        .collect();
    let mut segments = marked(text, from, to, &shown);
    if from > 0 {
        add(&mut segments, "… ", false, true);
    }
    if text.get(to..).is_some_and(|rest| !rest.trim().is_empty()) {
        add(&mut segments, " …", false, false);
    }
    Some(segments)
}

/// The whole of a short text, with the words that were looked for marked.
pub(super) fn highlighted(
    text: &str,
    words: &[Word],
    wanted: impl Fn(&str) -> bool,
) -> Vec<Segment> {
    let hits: Vec<_> = words.iter().filter(|word| wanted(&word.stem)).collect();
    marked(text, 0, text.len(), &hits)
}

/// The hit at which the stretch with the most, and the most telling, different words begins.
fn best_start<'a>(hits: &[&'a Word], wanted: &HashMap<String, f32>) -> Option<&'a Word> {
    let mut best: Option<(f32, &Word)> = None;
    for (at, first) in hits.iter().enumerate() {
        let mut seen = HashSet::new();
        let score: f32 = hits
            .iter()
            .skip(at)
            .take_while(|word| word.to <= first.from + WINDOW)
            .map(|word| {
                let weight = wanted.get(&word.stem).copied().unwrap_or(0.0);
                // A repetition says little.
                if seen.insert(&word.stem) {
                    weight
                } else {
                    weight * 0.1
                }
            })
            .sum();
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, first));
        }
    }
    best.map(|(_, word)| word)
}

/// The beginning of the first whole word at or behind `at`, but not behind `limit`.
fn boundary_behind(text: &str, at: usize, limit: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let at = text.ceil_char_boundary(at);
    let stretch = text.get(at..limit).unwrap_or_default();
    match stretch.char_indices().find(|(_, c)| c.is_whitespace()) {
        Some((offset, c)) => at + offset + c.len_utf8(),
        None if stretch.starts_with(is_unspaced) => at,
        None => limit,
    }
}

/// The end of the last whole word at or before `at`, but not before `limit`.
fn boundary_before(text: &str, at: usize, limit: usize) -> usize {
    if at >= text.len() {
        return text.len();
    }
    let at = text.floor_char_boundary(at);
    let space = text
        .get(limit..at)
        .and_then(|stretch| stretch.rfind(char::is_whitespace));
    space.map_or(limit.max(at), |offset| limit + offset)
}

fn marked(text: &str, from: usize, to: usize, hits: &[&Word]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut at = from;
    for stretch in united(hits) {
        add(
            &mut segments,
            text.get(at..stretch.start).unwrap_or_default(),
            false,
            false,
        );
        at = stretch.end;
        add(
            &mut segments,
            text.get(stretch).unwrap_or_default(),
            true,
            false,
        );
    }
    add(
        &mut segments,
        text.get(at..to).unwrap_or_default(),
        false,
        false,
    );
    segments
}

/// Where the hits stand; those that touch or overlap, as words do that are not told apart by spaces, as one.
fn united(hits: &[&Word]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::with_capacity(hits.len());
    for hit in hits {
        match stretches.last_mut().filter(|last| hit.from <= last.end) {
            Some(last) => last.end = last.end.max(hit.to),
            None => stretches.push(hit.from..hit.to),
        }
    }
    stretches
}

/// Adds a stretch at the end or in front, on one line, joined to a neighbour of its sort.
fn add(segments: &mut Vec<Segment>, text: &str, highlighted: bool, in_front: bool) {
    let text = on_one_line(text);
    if text.is_empty() {
        return;
    }
    let neighbour = if in_front {
        segments.first_mut()
    } else {
        segments.last_mut()
    };
    match neighbour {
        Some(neighbour) if neighbour.highlighted == highlighted && !highlighted => {
            neighbour.text = if in_front {
                text + neighbour.text.trim_start()
            } else {
                neighbour.text.trim_end().to_owned() + &text
            };
        }
        _ => {
            let segment = Segment { text, highlighted };
            segments.insert(if in_front { 0 } else { segments.len() }, segment);
        }
    }
}

/// Every run of white space becomes one space; those at the ends stay, as words may follow.
fn on_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_whitespace() {
            line.push(c);
        } else if !line.ends_with(' ') {
            line.push(' ');
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        crate::index::analysis::tokens("en", text)
            .into_iter()
            .map(|token| Word {
                from: token.offset_from,
                to: token.offset_to,
                stem: token.text,
            })
            .collect()
    }

    fn wanted(stems: &[&str]) -> HashMap<String, f32> {
        stems.iter().map(|stem| ((*stem).to_owned(), 1.0)).collect()
    }

    fn shown(segments: &[Segment]) -> String {
        segments
            .iter()
            .map(|s| {
                if s.highlighted {
                    format!("[{}]", s.text)
                } else {
                    s.text.clone()
                }
            })
            .collect()
    }

    #[test]
    fn the_words_are_marked_in_the_form_they_have_in_the_text() {
        let text = "Vaccines stay\n  cold in every van.";
        let found = snippet(text, &words(text), &wanted(&["vaccin", "van"])).unwrap();
        assert_eq!(shown(&found), "[Vaccines] stay cold in every [van].");
    }

    #[test]
    fn words_that_no_space_parts_are_marked_as_one() {
        let text = "温度监控与冷链物流的价格";
        let found = snippet(text, &words(text), &wanted(&["冷链", "链物", "价格"])).unwrap();
        assert_eq!(shown(&found), "温度监控与[冷链物]流的[价格]");
    }

    #[test]
    fn the_stretch_with_the_most_different_words_is_shown() {
        let filler = "nothing of interest here ".repeat(30);
        let text = format!("A price. {filler} The price of security is vigilance. {filler}");
        let found = snippet(&text, &words(&text), &wanted(&["price", "secur"])).unwrap();
        let shown = shown(&found);
        assert!(shown.contains("The [price] of [security]"), "{shown}");
        assert!(shown.starts_with("… ") && shown.ends_with(" …"), "{shown}");
        assert!(shown.chars().count() < LENGTH + 20);
    }

    #[test]
    fn a_text_without_the_words_has_no_snippet() {
        assert!(snippet("Some text.", &words("Some text."), &wanted(&["price"])).is_none());
    }

    #[test]
    fn long_texts_of_wide_letters_are_cut_between_letters() {
        let text = format!("{} Kühlkette {}", "ä".repeat(400), "ö".repeat(900));
        let words = vec![Word {
            from: 801,
            to: 811,
            stem: "x".to_owned(),
        }];
        let found = snippet(&text, &words, &wanted(&["x"])).unwrap();
        assert!(shown(&found).contains("[Kühlkette]"));
    }
}
