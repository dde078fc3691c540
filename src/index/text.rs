//! What people type: words, "phrases in quotes", -exclusions and field:values. Reading it never fails.
//!
//! A long text is somebody's notes and no command: there a quotation is only words, and a dash in front of a word is
//! a dash.

use std::ops::Range;

use super::schema::Dimension;

/// Longer queries are cut.
const MOST_PARTS: usize = 400;
/// Texts of more words are notes.
const NOTES: usize = 16;
/// The names of fields, and what else people call them.
const FIELDS: &[(&str, Place)] = &[
    ("title", Place::Title),
    ("name", Place::Title),
    ("kind", Place::Dimension(Dimension::Kind)),
    ("type", Place::Dimension(Dimension::Kind)),
    ("product", Place::Dimension(Dimension::Product)),
    ("industry", Place::Dimension(Dimension::Industry)),
    ("stage", Place::Dimension(Dimension::Stage)),
    ("persona", Place::Dimension(Dimension::Persona)),
    ("region", Place::Dimension(Dimension::Region)),
    ("competitor", Place::Dimension(Dimension::Competitor)),
    ("language", Place::Dimension(Dimension::Language)),
    ("lang", Place::Dimension(Dimension::Language)),
    ("tag", Place::Dimension(Dimension::Tag)),
    ("tags", Place::Dimension(Dimension::Tag)),
];

/// Where a part of a query is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Wherever there is text.
    Anywhere,
    /// In the titles.
    Title,
    /// In what the asset is for.
    Dimension(Dimension),
}

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// What it says, without quotes, minus and field.
    pub(super) text: String,
    /// Where that stands in the query, in bytes.
    pub(super) at: usize,
    /// Whether its words belong together in this order.
    pub(super) phrase: bool,
    /// Whether it must not be there.
    pub(super) excluded: bool,
    /// Where.
    pub(super) place: Place,
}

impl Part {
    /// Whether it is a word among others, that raises a page but need not be there.
    pub(super) fn is_word(&self) -> bool {
        !self.phrase && !self.excluded && self.place == Place::Anywhere
    }

    /// Whether it is about what an asset is for, and not about its text.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self.place, Place::Dimension(_))
    }
}

/// Whether a text is so long that it is somebody's notes.
pub(super) fn is_notes(text: &str) -> bool {
    text.split_whitespace().nth(NOTES).is_some()
}

/// Whether there is more in a text than signs that begin a query, such as a quote that was just opened; a picture of a
/// smile is more, though no word.
pub(super) fn says_something(text: &str) -> bool {
    text.chars()
        .any(|c| !c.is_whitespace() && !c.is_ascii_punctuation() && !is_quote(c))
}

/// Reads a query. `literal` says that it is nothing but words, however short it is.
pub(super) fn parse(query: &str, literal: bool) -> Vec<Part> {
    let words_only = literal || is_notes(query);
    let mut parts = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() && parts.len() < MOST_PARTS {
        let (part, behind) = if words_only {
            read_word(rest)
        } else {
            read_part(rest)
        };
        if part.text.chars().any(char::is_alphanumeric) {
            parts.push(Part {
                at: query.len() - rest.len() + part.at,
                ..part
            });
        }
        rest = behind.trim_start();
    }
    parts
}

/// The query with other words in some places, which are in order.
pub(super) fn replaced(query: &str, replacements: &[(Range<usize>, String)]) -> String {
    let mut text = String::with_capacity(query.len());
    let mut at = 0;
    for (range, word) in replacements {
        text.push_str(query.get(at..range.start).unwrap_or_default());
        text.push_str(word);
        at = range.end;
    }
    text.push_str(query.get(at..).unwrap_or_default());
    text
}

/// Takes the next part off.
fn read_part(rest: &str) -> (Part, &str) {
    // Some keyboards write a dash or the sign of subtraction for a minus, and some people write the word.
    let behind_minus = rest
        .strip_prefix(['-', '\u{2212}', '\u{2013}'])
        .or_else(|| rest.strip_prefix("NOT ").map(str::trim_start))
        .filter(|behind| behind.starts_with(|c: char| is_quote(c) || c.is_alphanumeric()));
    let excluded = behind_minus.is_some();
    let body = behind_minus.unwrap_or(rest);
    let (place, value) = read_field(body);
    let (text, behind, phrase) = match read_quoted(value) {
        Some((text, behind)) => (text, behind, true),
        None => {
            let (text, behind) = split_at_end_of_word(value);
            (text, behind, false)
        }
    };
    let at = rest.len() - value.len() + usize::from(phrase) * first_length(value);
    let part = Part {
        text: text.to_owned(),
        at,
        phrase,
        excluded,
        place,
    };
    (part, behind)
}

fn read_word(rest: &str) -> (Part, &str) {
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (text, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let part = Part {
        text: text.to_owned(),
        at: 0,
        phrase: false,
        excluded: false,
        place: Place::Anywhere,
    };
    (part, behind)
}

/// The field in front of a value, if there are both.
fn read_field(body: &str) -> (Place, &str) {
    let Some((name, value)) = body.split_once(':') else {
        return (Place::Anywhere, body);
    };
    let field = FIELDS
        .iter()
        .find(|(field, _)| field.eq_ignore_ascii_case(name));
    match field {
        Some((_, place)) if value.starts_with(|c: char| is_quote(c) || c.is_alphanumeric()) => {
            (*place, value)
        }
        _ => (Place::Anywhere, body),
    }
}

fn read_quoted(value: &str) -> Option<(&str, &str)> {
    value
        .strip_prefix(is_quote)
        .and_then(|inside| inside.split_once(['"', '\u{201D}', '\u{201C}']))
}

fn split_at_end_of_word(value: &str) -> (&str, &str) {
    let end = value
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || *c == '"')
        .map_or(value.len(), |(at, _)| at);
    value.split_at_checked(end).unwrap_or((value, ""))
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\u{201C}' | '\u{201E}')
}

fn first_length(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text, whether a phrase, whether excluded, where.
    fn read(query: &str) -> Vec<(String, bool, bool, Place)> {
        parse(query, false)
            .into_iter()
            .map(|part| {
                assert!(
                    query.get(part.at..).unwrap().starts_with(&part.text),
                    "{part:?}"
                );
                (part.text, part.phrase, part.excluded, part.place)
            })
            .collect()
    }

    fn part(text: &str, phrase: bool, excluded: bool) -> (String, bool, bool, Place) {
        (text.to_owned(), phrase, excluded, Place::Anywhere)
    }

    #[test]
    fn words_phrases_and_exclusions_are_told_apart() {
        assert_eq!(
            read(r#"cold  "chain of custody" -draft -"price list" e-mail"#),
            [
                part("cold", false, false),
                part("chain of custody", true, false),
                part("draft", false, true),
                part("price list", true, true),
                part("e-mail", false, false),
            ]
        );
    }

    #[test]
    fn a_dash_and_the_word_exclude_as_a_minus_does() {
        for query in ["pump NOT price", "pump \u{2013}price", "pump \u{2212}price"] {
            let parts = [part("pump", false, false), part("price", false, true)];
            assert_eq!(read(query), parts, "{query}");
        }
        assert_eq!(read("not NOT")[1], part("NOT", false, false));
        assert_eq!(read("NOT \"price list\""), [part("price list", true, true)]);
    }

    #[test]
    fn what_makes_no_sense_is_taken_as_words() {
        assert_eq!(
            read(r#""open end"#),
            [part("\"open", false, false), part("end", false, false)]
        );
        assert_eq!(read("- -- \"\" ?!"), []);
        assert_eq!(read("„kalte Kette“"), [part("kalte Kette", true, false)]);
        assert_eq!(
            read("a\"b c\""),
            [part("a", false, false), part("b c", true, false)]
        );
    }

    #[test]
    fn fields_are_known_by_the_names_people_give_them() {
        let industry = Place::Dimension(Dimension::Industry);
        let kind = Place::Dimension(Dimension::Kind);
        assert_eq!(
            read(r#"Title:roadmap industry:"public sector" -type:deck"#),
            [
                ("roadmap".to_owned(), false, false, Place::Title),
                ("public sector".to_owned(), true, false, industry),
                ("deck".to_owned(), false, true, kind),
            ]
        );
        assert_eq!(
            read("kind: 10:30 https://x.y"),
            [
                part("kind:", false, false),
                part("10:30", false, false),
                part("https://x.y", false, false),
            ]
        );
    }

    #[test]
    fn notes_are_words_and_no_commands() {
        let notes = "they said \"too slow\" -again and want to see how kind:deck other schools of their size in the north did it";
        assert!(read(notes).iter().all(|(_, phrase, excluded, place)| {
            !phrase && !excluded && *place == Place::Anywhere
        }));
    }

    #[test]
    fn a_literal_text_is_words_however_short() {
        let text = r#"-wing "boundary layer" title:flow"#;
        let parts = parse(text, true);
        assert!(parts.iter().all(Part::is_word), "{parts:?}");
        assert_eq!(parts.len(), 4);
    }

    #[test]
    fn a_smile_says_something_and_an_open_quote_does_not() {
        assert!(says_something("🙂") && says_something("a"));
        assert!(!says_something(" \" - ?"));
    }

    #[test]
    fn words_are_put_in_the_place_of_others() {
        let text = replaced(
            "cold chian of vacines",
            &[(5..10, "chain".into()), (14..21, "vaccines".into())],
        );
        assert_eq!(text, "cold chain of vaccines");
    }
}
