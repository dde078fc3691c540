//! Where words begin and end.
//!
//! A word is a run of letters and digits. Chinese, Japanese and Korean put no spaces where a searcher would look for
//! the border of a word, so there every two neighbouring letters make one (overlapping pairs, as the literature on
//! retrieval in these languages finds as good as dictionaries: J. Savoy, "Comparative study of monolingual and
//! multilingual search models for use with Asian languages", 2005). A letter alone stays one.
//!
//! Invariant: words come in the order of the text, each one place behind the one before, and none is empty.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Cuts texts into words.
#[derive(Clone, Default)]
pub(super) struct Words {
    token: Token,
}

/// The words of one text.
pub(super) struct WordStream<'a> {
    ranges: WordRanges<'a>,
    token: &'a mut Token,
}

/// Whether a letter is of a script whose words are not told apart by spaces.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        '\u{3005}'..='\u{3007}' // signs that stand for a letter
        | '\u{3040}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}' // kana
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' // Han
        | '\u{20000}'..='\u{3FFFF}'
        | '\u{AC00}'..='\u{D7AF}' // Hangul
    ) && letter.is_alphanumeric()
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.token.reset();
        WordStream {
            ranges: WordRanges::new(text),
            token: &mut self.token,
        }
    }
}

/// Where the words of a text stand, in bytes.
pub(super) struct WordRanges<'a> {
    text: &'a str,
    /// Where to go on.
    at: usize,
    /// Whether the letter there is the second of the pair before.
    paired: bool,
}

impl<'a> WordRanges<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            paired: false,
        }
    }
}

impl Iterator for WordRanges<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let from = self.at;
            // Most words are of these letters alone, which need no decoding.
            let plain = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            if plain > 0 {
                self.at += plain + rest_of_word(rest, plain);
                return Some(from..self.at);
            }
            let mut letters = rest.chars();
            let letter = letters.next()?;
            let behind = from + letter.len_utf8();
            if is_unspaced(letter) {
                self.at = behind;
                if let Some(second) = letters.next().filter(|next| is_unspaced(*next)) {
                    self.paired = true;
                    return Some(from..behind + second.len_utf8());
                }
                if !std::mem::take(&mut self.paired) {
                    return Some(from..behind);
                }
            } else if letter.is_alphanumeric() {
                self.at += rest_of_word(rest, 0);
                return Some(from..self.at);
            } else {
                self.at = behind;
            }
        }
    }
}

/// How many bytes of a word follow behind `at`.
fn rest_of_word(text: &str, at: usize) -> usize {
    match text.as_bytes().get(at) {
        Some(next) if !next.is_ascii() => {
            let rest = text.get(at..).unwrap_or_default();
            rest.find(is_border).unwrap_or(rest.len())
        }
        _ => 0,
    }
}

/// Whether a word ends before this letter.
fn is_border(letter: char) -> bool {
    if letter.is_ascii() {
        !letter.is_ascii_alphanumeric()
    } else {
        !letter.is_alphanumeric() || is_unspaced(letter)
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.ranges.next() else {
            return false;
        };
        let word = self.ranges.text.get(range.clone()).unwrap_or_default();
        self.token.text.clear();
        self.token.text.push_str(word);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tantivy::tokenizer::SimpleTokenizer;

    use super::*;

    fn tokens(mut tokenizer: impl Tokenizer, text: &str) -> Vec<Token> {
        let mut found = Vec::new();
        let mut stream = tokenizer.token_stream(text);
        stream.process(&mut |token| found.push(token.clone()));
        found
    }

    fn words(text: &str) -> Vec<String> {
        tokens(Words::default(), text)
            .into_iter()
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn words_without_spaces_are_pairs_of_letters() {
        assert_eq!(words("冷链物流"), ["冷链", "链物", "物流"]);
        assert_eq!(words("5G网络，价格表"), ["5G", "网络", "价格", "格表"]);
        assert_eq!(words("茶 と水"), ["茶", "と水"]);
        assert_eq!(words("データ"), ["デー", "ータ"]);
        assert_eq!(words("가격은 얼마"), ["가격", "격은", "얼마"]);
    }

    proptest! {
        #[test]
        fn other_scripts_are_read_as_ever(text in "[ a-zäöüßéа-яא-ת0-9.,'\u{301}-]{0,40}") {
            prop_assert_eq!(tokens(Words::default(), &text), tokens(SimpleTokenizer::default(), &text));
        }

        #[test]
        fn words_stand_where_they_say(text in "[ a中文字ア가9.]{0,30}") {
            let found = tokens(Words::default(), &text);
            for (at, token) in found.iter().enumerate() {
                prop_assert_eq!(token.position, at);
                prop_assert_eq!(text.get(token.offset_from..token.offset_to), Some(token.text.as_str()));
                prop_assert!(!token.text.is_empty());
            }
            let letters = text.char_indices().filter(|(_, c)| c.is_alphanumeric());
            for (at, _) in letters {
                prop_assert!(found.iter().any(|token| token.offset_from <= at && at < token.offset_to));
            }
        }
    }
}
