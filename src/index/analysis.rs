//! Text to terms: lower case, stop words out, accents off, stemmed as the text's language asks.
//!
//! All languages share one field. A document is analysed in its own language, a query in every language that the index
//! holds, so that a word finds its forms in each of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, PreTokenizedString, RemoveLongFilter,
    SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer, Token, TokenStream as _,
};

/// Longer words are no words.
const LONGEST_WORD: usize = 60;
/// The language of texts that nobody has named one for and that are too short to tell.
const DEFAULT: &str = "en";
/// What texts are treated as whose language has no stemmer here.
const UNSTEMMED: &str = "und";
/// Between two texts in one field, so that no phrase spans both.
const GAP: usize = 100;
/// The longest beginning of a word that is indexed to be found while it is typed.
const LONGEST_PREFIX: usize = 20;

const LANGUAGES: &[(&str, Language)] = &[
    ("ar", Language::Arabic),
    ("da", Language::Danish),
    ("de", Language::German),
    ("el", Language::Greek),
    ("en", Language::English),
    ("es", Language::Spanish),
    ("fi", Language::Finnish),
    ("fr", Language::French),
    ("hu", Language::Hungarian),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("no", Language::Norwegian),
    ("pt", Language::Portuguese),
    ("ro", Language::Romanian),
    ("ru", Language::Russian),
    ("sv", Language::Swedish),
    ("ta", Language::Tamil),
    ("tr", Language::Turkish),
];

/// English words that say nothing about what a text is about.
const ENGLISH_STOP_WORDS: &str = "a about an and any are as at be been but by can could did do does for from had has \
     have he her his how i if in into is it its me my no not of on or our she should so some such t than that the \
     their them then there these they this those to us was we were what when where which while who why will with \
     would you your s";

static ANALYZERS: LazyLock<BTreeMap<&'static str, TextAnalyzer>> = LazyLock::new(|| {
    let stemmed = LANGUAGES
        .iter()
        .map(|(code, language)| (*code, stemming(*language)));
    stemmed.chain([(UNSTEMMED, plain_analyzer())]).collect()
});

/// How a text in the language of this tag is analysed.
pub(super) fn analysis_of(language: Option<&str>) -> &'static str {
    let Some(tag) = language else { return DEFAULT };
    let primary = tag.split('-').next().unwrap_or_default().to_lowercase();
    let primary = match primary.as_str() {
        "nb" | "nn" => "no",
        other => other,
    };
    LANGUAGES
        .iter()
        .find(|(code, _)| *code == primary)
        .map_or(UNSTEMMED, |(code, _)| code)
}

/// Lower case without accents; the analysis of words as they stand.
pub(super) fn plain_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The words of a text as they stand, in lower case without accents.
pub(super) fn plain_tokens(text: &str) -> Vec<Token> {
    tokens(UNSTEMMED, text)
}

/// The stems of a text in this analysis.
pub(super) fn tokens(analysis: &str, text: &str) -> Vec<Token> {
    let Some(analyzer) = ANALYZERS.get(analysis).or_else(|| ANALYZERS.get(DEFAULT)) else {
        return Vec::new();
    };
    // A clone is cheap; an analyzer is only shared for its lists of words.
    let mut analyzer = analyzer.clone();
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    stream.process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// The stem of one word; `None` for a stop word.
pub(super) fn stem(analysis: &str, word: &str) -> Option<String> {
    tokens(analysis, word)
        .into_iter()
        .next()
        .map(|token| token.text)
}

/// The stems of several texts as one field's value.
pub(super) fn field_of(analysis: &str, texts: &[&str]) -> PreTokenizedString {
    let mut all = Vec::new();
    let mut start = 0;
    for text in texts {
        for mut token in tokens(analysis, text) {
            token.position += start;
            all.push(token);
        }
        start = all.last().map_or(start, |token| token.position + GAP);
    }
    PreTokenizedString {
        text: String::new(),
        tokens: all,
    }
}

/// Every beginning of every word of a text as one field's value.
pub(super) fn prefixes_of(text: &str) -> PreTokenizedString {
    let mut all = Vec::new();
    for word in plain_tokens(text) {
        for (at, c) in word.text.char_indices().take(LONGEST_PREFIX) {
            let beginning = word.text.get(..at + c.len_utf8()).unwrap_or_default();
            all.push(Token {
                text: beginning.to_owned(),
                ..word.clone()
            });
        }
    }
    PreTokenizedString {
        text: String::new(),
        tokens: all,
    }
}

/// Lower case without accents, as text; for sorting and comparing.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<_> = plain_tokens(text)
        .into_iter()
        .map(|token| token.text)
        .collect();
    words.join(" ")
}

fn stemming(language: Language) -> TextAnalyzer {
    let stop_words = match language {
        Language::English => {
            StopWordFilter::remove(ENGLISH_STOP_WORDS.split_whitespace().map(str::to_owned))
        }
        other => StopWordFilter::new(other).unwrap_or_else(|| StopWordFilter::remove([])),
    };
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(stop_words)
        // People leave accents out when they search, so they are taken off before stemming on both sides.
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(language))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(analysis: &str, text: &str) -> Vec<String> {
        tokens(analysis, text)
            .into_iter()
            .map(|token| token.text)
            .collect()
    }

    #[test]
    fn forms_of_a_word_meet_in_their_language() {
        assert_eq!(stems("en", "The banks are banking"), ["bank", "bank"]);
        assert_eq!(stem("de", "Filialen"), stem("de", "filiale"));
        assert_eq!(stem("de", "Geräte"), stem("de", "gerate"));
        assert_eq!(stem("en", "the"), None);
        assert_eq!(stem("de", "für"), None);
    }

    #[test]
    fn a_tag_leads_to_its_stemmer() {
        assert_eq!(analysis_of(Some("de-AT")), "de");
        assert_eq!(analysis_of(Some("nb")), "no");
        assert_eq!(analysis_of(Some("tlh")), "und");
        assert_eq!(analysis_of(None), "en");
    }

    #[test]
    fn texts_of_one_field_keep_their_distance() {
        let value = field_of("en", &["cold chain", "chain reaction"]);
        let positions: Vec<_> = value.tokens.iter().map(|token| token.position).collect();
        assert_eq!(positions, [0, 1, 101, 102]);
    }

    #[test]
    fn every_beginning_of_a_word_is_there() {
        let found: Vec<_> = prefixes_of("Äpfel 5")
            .tokens
            .into_iter()
            .map(|t| t.text)
            .collect();
        assert_eq!(found, ["a", "ap", "apf", "apfe", "apfel", "5"]);
    }
}
