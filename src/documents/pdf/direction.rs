//! Right-to-left writing.
//!
//! A PDF holds glyphs where they are seen, so Hebrew and Arabic arrive back to front. This turns the order of sight
//! into the order of reading, token by token: a ligature is one token whose own letters are already in order. It is
//! not the whole Unicode algorithm, which works the other way round.

/// Whether a token belongs to a script that is written from right to left.
pub(super) fn is_right_to_left(token: &str) -> bool {
    token.chars().any(|c| {
        matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}')
            && !is_digit(c)
    })
}

/// Whether a token is a mark that belongs to the letter before it.
pub(super) fn is_mark(token: &str) -> bool {
    let mark = |c| matches!(c, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6ED}');
    !token.is_empty() && token.chars().all(mark)
}

/// Sorts glyphs by their place from left to right. A mark goes to the left of the letter over whose middle it sits, so
/// that it comes behind it when the line is turned round.
pub(super) fn in_order_of_sight<G>(glyphs: Vec<G>, place: impl Fn(&G) -> (f64, &str)) -> Vec<G> {
    let mut letters: Vec<f64> = Vec::new();
    let mut keyed: Vec<(f64, u8, G)> = Vec::new();
    for glyph in &glyphs {
        let (x, text) = place(glyph);
        if !is_mark(text) {
            letters.push(x);
        }
    }
    letters.sort_by(f64::total_cmp);
    for glyph in glyphs {
        let (x, text) = place(&glyph);
        let key = if is_mark(text) {
            // The letter that starts last at or before the mark.
            let behind = letters.partition_point(|letter| *letter <= x);
            (
                behind
                    .checked_sub(1)
                    .and_then(|at| letters.get(at))
                    .copied()
                    .unwrap_or(x),
                0,
            )
        } else {
            (x, 1)
        };
        keyed.push((key.0, key.1, glyph));
    }
    keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, _, glyph)| glyph).collect()
}

/// Puts the tokens of a line, given from left to right, into the order in which they are read.
pub(super) fn logical_order(tokens: Vec<String>) -> Vec<String> {
    let right = tokens
        .iter()
        .filter(|token| is_right_to_left(token))
        .count();
    if right == 0 {
        return tokens;
    }
    let left = tokens
        .iter()
        .filter(|token| is_left_to_right(token))
        .count();
    if right >= left {
        let mut tokens = tokens;
        tokens.reverse();
        reverse_runs(&mut tokens, |token| {
            is_left_to_right(token) || token.chars().any(is_digit)
        });
        tokens
    } else {
        let mut tokens = tokens;
        reverse_runs(&mut tokens, is_right_to_left);
        tokens
    }
}

/// Reverses each run of tokens of a kind, with whatever neutral tokens lie between two of them.
fn reverse_runs(tokens: &mut [String], is_of_kind: impl Fn(&str) -> bool) {
    let mut at = 0;
    while at < tokens.len() {
        let rest = tokens.get_mut(at..).unwrap_or_default();
        let run = run_length(rest, &is_of_kind);
        if let Some(run) = rest.get_mut(..run) {
            run.reverse();
        }
        at += run.max(1);
    }
}

fn run_length(tokens: &[String], is_of_kind: &impl Fn(&str) -> bool) -> usize {
    let mut length = 0;
    for (at, token) in tokens.iter().enumerate() {
        if is_of_kind(token) {
            length = at + 1;
        } else if length == 0 || !is_neutral(token) {
            break;
        }
    }
    length
}

fn is_left_to_right(token: &str) -> bool {
    token.chars().any(char::is_alphabetic) && !is_right_to_left(token)
}

fn is_neutral(token: &str) -> bool {
    !token.chars().any(|c| c.is_alphabetic() || is_digit(c))
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(seen: &str) -> String {
        logical_order(seen.chars().map(String::from).collect()).concat()
    }

    #[test]
    fn hebrew_is_turned_round() {
        assert_eq!(
            read("\u{5DD}\u{5D5}\u{5DC}\u{5E9}"),
            "\u{5E9}\u{5DC}\u{5D5}\u{5DD}"
        );
    }

    #[test]
    fn numbers_and_latin_words_inside_keep_their_order() {
        assert_eq!(read("km 42 \u{5D0}\u{5D1}"), "\u{5D1}\u{5D0} km 42");
    }

    #[test]
    fn a_hebrew_word_in_a_latin_line_is_turned_alone() {
        assert_eq!(
            read("the word \u{5D1}\u{5D0} here"),
            "the word \u{5D0}\u{5D1} here"
        );
    }

    #[test]
    fn latin_is_left_alone() {
        assert_eq!(read("plain 12.5 text"), "plain 12.5 text");
    }
}
