//! What people type: words, "phrases in quotes" and -exclusions. Reading it never fails.

/// Longer queries are cut.
const MOST_PARTS: usize = 400;

/// A piece of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// What it says, without quotes and minus.
    pub(super) text: String,
    /// Whether its words belong together in this order.
    pub(super) phrase: bool,
    /// Whether it must not be there.
    pub(super) excluded: bool,
}

/// Reads a query.
pub(super) fn parse(query: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() && parts.len() < MOST_PARTS {
        let behind_minus = rest
            .strip_prefix('-')
            .filter(|behind| behind.starts_with(|c: char| c == '"' || c.is_alphanumeric()));
        let excluded = behind_minus.is_some();
        let body = behind_minus.unwrap_or(rest);
        let quoted = body
            .strip_prefix(['"', '\u{201C}', '\u{201E}'])
            .and_then(|inside| inside.split_once(['"', '\u{201D}', '\u{201C}']));
        let (text, behind) = match quoted {
            Some(quoted) => quoted,
            None => {
                let end = body
                    .char_indices()
                    .skip(1)
                    .find(|(_, c)| c.is_whitespace() || *c == '"')
                    .map_or(body.len(), |(at, _)| at);
                body.split_at_checked(end).unwrap_or((body, ""))
            }
        };
        if text.chars().any(char::is_alphanumeric) {
            parts.push(Part {
                text: text.to_owned(),
                phrase: quoted.is_some(),
                excluded,
            });
        }
        rest = behind.trim_start();
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, phrase: bool, excluded: bool) -> Part {
        Part {
            text: text.to_owned(),
            phrase,
            excluded,
        }
    }

    #[test]
    fn words_phrases_and_exclusions_are_told_apart() {
        assert_eq!(
            parse(r#"cold  "chain of custody" -draft -"price list" e-mail"#),
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
    fn what_makes_no_sense_is_taken_as_words() {
        assert_eq!(
            parse(r#""open end"#),
            [part("\"open", false, false), part("end", false, false)]
        );
        assert_eq!(parse("- -- \"\" ?!"), []);
        assert_eq!(parse("„kalte Kette“"), [part("kalte Kette", true, false)]);
        assert_eq!(
            parse("a\"b c\""),
            [part("a", false, false), part("b c", true, false)]
        );
    }
}
