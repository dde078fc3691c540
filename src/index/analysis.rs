//! Text to terms: lower case, stop words out, accents off, stemmed as the text's language asks.
//!
//! All languages share one field. A document is analysed in its own language, a query in every language that the index
//! holds, so that a word finds its forms in each of them. A document says by the name of its analysis how it was read;
//! queries follow that.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, PreTokenizedString, RemoveLongFilter, Stemmer,
    StopWordFilter, TextAnalyzer, Token, TokenStream as _,
};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::tokenizer::{WordRanges, Words};

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

const LANGUAGES: &[(&str, &str, Language)] = &[
    ("ar", "ar.words", Language::Arabic),
    ("da", "da.words", Language::Danish),
    ("de", "de.words", Language::German),
    ("el", "el.words", Language::Greek),
    ("en", "en.words", Language::English),
    ("es", "es.words", Language::Spanish),
    ("fi", "fi.words", Language::Finnish),
    ("fr", "fr.words", Language::French),
    ("hu", "hu.words", Language::Hungarian),
    ("it", "it.words", Language::Italian),
    ("nl", "nl.words", Language::Dutch),
    ("no", "no.words", Language::Norwegian),
    ("pt", "pt.words", Language::Portuguese),
    ("ro", "ro.words", Language::Romanian),
    ("ru", "ru.words", Language::Russian),
    ("sv", "sv.words", Language::Swedish),
    ("ta", "ta.words", Language::Tamil),
    ("tr", "tr.words", Language::Turkish),
];

/// English words that say nothing about what a text is about.
const ENGLISH_STOP_WORDS: &str = "a about an and any are as at be been but by can could did do does for from had has \
     have he her his how i if in into is it its me my no not of on or our she should so some such t than that the \
     their them then there these they this those to us was we were what when where which while who why will with \
     would you your s";

/// How far words are reduced. Anything but stems is there to measure what each step brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Words as they stand.
    Words,
    /// Without stop words.
    WithoutStopWords,
    /// Without stop words, stemmed.
    #[default]
    Stems,
}

/// How the texts of one language are read.
struct Chain {
    /// Every word, stemmed.
    stems: TextAnalyzer,
    /// The words that say something, to tell them from stop words by their place.
    telling: Option<TextAnalyzer>,
}

static CHAINS: LazyLock<BTreeMap<&'static str, Chain>> = LazyLock::new(|| {
    let mut chains = BTreeMap::from([(
        UNSTEMMED,
        Chain {
            stems: plain_analyzer(),
            telling: None,
        },
    )]);
    for (code, unstemmed, language) in LANGUAGES {
        let telling = || Some(telling_analyzer(*language));
        chains.insert(
            code,
            Chain {
                stems: stemming_analyzer(*language),
                telling: telling(),
            },
        );
        chains.insert(
            unstemmed,
            Chain {
                stems: plain_analyzer(),
                telling: telling(),
            },
        );
    }
    chains
});

/// How a text in the language of this tag is analysed.
pub(super) fn analysis_of(language: Option<&str>, depth: Depth) -> &'static str {
    if depth == Depth::Words {
        return UNSTEMMED;
    }
    let primary = match language {
        None => DEFAULT.to_owned(),
        Some(tag) => tag.split('-').next().unwrap_or_default().to_lowercase(),
    };
    let primary = match primary.as_str() {
        "nb" | "nn" => "no",
        other => other,
    };
    LANGUAGES.iter().find(|(code, ..)| *code == primary).map_or(
        UNSTEMMED,
        |(code, unstemmed, _)| match depth {
            Depth::WithoutStopWords => unstemmed,
            _ => code,
        },
    )
}

/// Letters with their accents as one sign each, as everybody types them: some systems write file names and documents with
/// the accents apart, which would part the words.
pub(super) fn composed(text: String) -> String {
    if is_nfc(&text) {
        return text;
    }
    text.nfc().collect()
}

/// Lower case without accents; the analysis of words as they stand.
pub(super) fn plain_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(Words::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build()
}

/// The words of a text as they stand, in lower case without accents.
pub(super) fn plain_tokens(text: &str) -> Vec<Token> {
    all_tokens(UNSTEMMED, text)
}

/// The stems of a text in this analysis, without stop words.
pub(super) fn tokens(analysis: &str, text: &str) -> Vec<Token> {
    analysed(analysis, text).1
}

/// The stems of a text in this analysis, stop words and all.
pub(super) fn all_tokens(analysis: &str, text: &str) -> Vec<Token> {
    run(&chain(analysis).stems, text)
}

/// The words of a text whose stems are wanted, in order, with their stems. A search does this with every page that it
/// shows, and most words of a page are not wanted: only what begins like one that is gets stemmed.
pub(super) fn hits(analysis: &str, text: &str, wanted: &HashMap<String, f32>) -> Vec<Token> {
    // Stemmers of these languages take beginnings off, too.
    let takes_beginnings = analysis.starts_with("ar") || analysis.starts_with("ta");
    let mut beginnings = [false; 128];
    for first in wanted.keys().filter_map(|stem| stem.bytes().next()) {
        if let Some(slot) = beginnings.get_mut(usize::from(first)) {
            *slot = true;
        }
    }
    let may_be_wanted = |word: &str| {
        let first = word.bytes().next().unwrap_or_default().to_ascii_lowercase();
        // A letter with an accent may stand for any.
        takes_beginnings || beginnings.get(usize::from(first)).copied().unwrap_or(true)
    };
    let mut stemmer = chain(analysis).stems.clone();
    let mut found = Vec::new();
    for (position, range) in WordRanges::new(text).enumerate() {
        let word = text.get(range.clone()).unwrap_or_default();
        if !may_be_wanted(word) {
            continue;
        }
        let mut stemmed = stemmer.token_stream(word);
        let stem = stemmed.next().map(|token| token.text.clone());
        if let Some(text) = stem.filter(|stem| wanted.contains_key(stem)) {
            found.push(Token {
                offset_from: range.start,
                offset_to: range.end,
                position,
                text,
                position_length: 1,
            });
        }
    }
    // What is a small word in this language is none of those that were looked for.
    let mut telling: HashMap<&str, bool> = HashMap::new();
    found.retain(|token| {
        let word = text.get(token.offset_from..token.offset_to);
        let word = word.unwrap_or_default();
        let tells = || stem(analysis, word).is_some();
        *telling.entry(word).or_insert_with(tells)
    });
    found
}

/// The stem of one word; `None` for a stop word.
pub(super) fn stem(analysis: &str, word: &str) -> Option<String> {
    tokens(analysis, word)
        .into_iter()
        .next()
        .map(|token| token.text)
}

/// The different stems of a text in order, read as English; to tell whether two texts have the same words.
pub fn stems(text: &str) -> Vec<String> {
    let mut stems: Vec<_> = tokens(DEFAULT, text)
        .into_iter()
        .map(|token| token.text)
        .collect();
    stems.sort_unstable();
    stems.dedup();
    stems
}

/// All stems of a text, and those of them that are no stop words.
fn analysed(analysis: &str, text: &str) -> (Vec<Token>, Vec<Token>) {
    let chain = chain(analysis);
    let all = run(&chain.stems, text);
    let Some(telling) = &chain.telling else {
        return (all.clone(), all);
    };
    let mut kept = run(telling, text).into_iter().map(|token| token.position);
    let mut next = kept.next();
    let mut telling = Vec::with_capacity(all.len());
    for token in &all {
        if next == Some(token.position) {
            telling.push(token.clone());
            next = kept.next();
        }
    }
    (all, telling)
}

fn chain(analysis: &str) -> &'static Chain {
    static PLAIN: LazyLock<Chain> = LazyLock::new(|| Chain {
        stems: plain_analyzer(),
        telling: None,
    });
    CHAINS.get(analysis).unwrap_or(&PLAIN)
}

fn run(analyzer: &TextAnalyzer, text: &str) -> Vec<Token> {
    // A clone is cheap; an analyzer is only shared for its lists of words.
    let mut analyzer = analyzer.clone();
    let mut stream = analyzer.token_stream(text);
    let mut tokens = Vec::new();
    stream.process(&mut |token| tokens.push(token.clone()));
    tokens
}

/// Several texts as the values of two fields.
pub(super) struct Analysed {
    /// The stems that say something: what is searched by words.
    pub(super) telling: PreTokenizedString,
    /// All stems: what phrases are found in.
    pub(super) all: PreTokenizedString,
}

/// The stems of several texts as one field's value.
pub(super) fn field_of(analysis: &str, texts: &[&str]) -> PreTokenizedString {
    fields_of(analysis, texts).telling
}

/// The stems of several texts, with and without stop words.
pub(super) fn fields_of(analysis: &str, texts: &[&str]) -> Analysed {
    let (mut all, mut telling) = (Vec::new(), Vec::new());
    let mut start = 0;
    for text in texts {
        let (every, some) = analysed(analysis, text);
        let place = |mut token: Token| {
            token.position += start;
            token
        };
        all.extend(every.into_iter().map(place));
        telling.extend(some.into_iter().map(place));
        start = all
            .last()
            .map_or(start, |token: &Token| token.position + GAP);
    }
    Analysed {
        telling: pretokenized(telling),
        all: pretokenized(all),
    }
}

fn pretokenized(tokens: Vec<Token>) -> PreTokenizedString {
    PreTokenizedString {
        text: String::new(),
        tokens,
    }
}

/// Every beginning of every word of these texts as one field's value.
pub(super) fn prefixes_of(texts: &[&str]) -> PreTokenizedString {
    let mut all = Vec::new();
    for word in texts.iter().flat_map(|text| plain_tokens(text)) {
        for (at, c) in word.text.char_indices().take(LONGEST_PREFIX) {
            let beginning = word.text.get(..at + c.len_utf8()).unwrap_or_default();
            all.push(Token {
                text: beginning.to_owned(),
                ..word.clone()
            });
        }
    }
    pretokenized(all)
}

/// Lower case without accents, as text; for sorting and comparing.
pub(super) fn folded(text: &str) -> String {
    let words: Vec<_> = plain_tokens(text)
        .into_iter()
        .map(|token| token.text)
        .collect();
    words.join(" ")
}

fn stemming_analyzer(language: Language) -> TextAnalyzer {
    TextAnalyzer::builder(Words::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        // People leave accents out when they search, so they are taken off before stemming on both sides.
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::new(language))
        .build()
}

fn telling_analyzer(language: Language) -> TextAnalyzer {
    let stop_words = match language {
        Language::English => {
            StopWordFilter::remove(ENGLISH_STOP_WORDS.split_whitespace().map(str::to_owned))
        }
        other => StopWordFilter::new(other).unwrap_or_else(|| StopWordFilter::remove([])),
    };
    TextAnalyzer::builder(Words::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(stop_words)
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
        assert_eq!(analysis_of(Some("de-AT"), Depth::Stems), "de");
        assert_eq!(analysis_of(Some("nb"), Depth::Stems), "no");
        assert_eq!(analysis_of(Some("tlh"), Depth::Stems), "und");
        assert_eq!(analysis_of(None, Depth::Stems), "en");
    }

    #[test]
    fn accents_that_stand_apart_are_put_on_their_letters() {
        assert_eq!(composed("re\u{301}sume\u{301}".to_owned()), "résumé");
        assert_eq!(composed("Kühlkette 冷链".to_owned()), "Kühlkette 冷链");
    }

    #[test]
    fn the_words_that_were_looked_for_are_the_ones_that_stemming_all_would_find() {
        let texts = [
            (
                "en",
                "The Banks are BANKING; a bank's vaults. Éclairs, e-mail, re-banked",
            ),
            (
                "de",
                "Die Filialen der Bank, für Geräte, Äpfel und die Öfen",
            ),
            ("ar", "والبنوك في السوق بنك"),
            ("und", "冷链物流 banks 5G网络"),
        ];
        for (analysis, text) in texts {
            let every = tokens(analysis, text);
            for one in &every {
                let wanted = HashMap::from([(one.text.clone(), 1.0)]);
                let places = |found: &[Token]| -> Vec<(usize, String)> {
                    let of = found.iter().filter(|token| token.text == one.text);
                    of.map(|token| (token.offset_from, token.text.clone()))
                        .collect()
                };
                assert_eq!(
                    places(&hits(analysis, text, &wanted)),
                    places(&every),
                    "{one:?}"
                );
            }
        }
        let die = HashMap::from([("die".to_owned(), 1.0)]);
        assert!(hits("de", "Die Bank", &die).is_empty());
        assert_eq!(hits("en", "to die", &die).len(), 1);
    }

    #[test]
    fn texts_of_one_field_keep_their_distance() {
        let value = field_of("en", &["cold chain", "chain reaction"]);
        let positions: Vec<_> = value.tokens.iter().map(|token| token.position).collect();
        assert_eq!(positions, [0, 1, 101, 102]);
    }

    #[test]
    fn stop_words_stay_where_phrases_are_found_and_hold_their_place() {
        let value = fields_of("en", &["The price of the list"]);
        let all: Vec<_> = value.all.tokens.iter().map(|t| t.text.as_str()).collect();
        assert_eq!(all, ["the", "price", "of", "the", "list"]);
        let telling: Vec<_> = value
            .telling
            .tokens
            .iter()
            .map(|t| (t.position, t.text.as_str()))
            .collect();
        assert_eq!(telling, [(1, "price"), (4, "list")]);
    }

    #[test]
    fn less_may_be_done_to_measure_what_it_brings() {
        let words = |depth| stems(analysis_of(Some("en"), depth), "The banks");
        assert_eq!(words(Depth::Words), ["the", "banks"]);
        assert_eq!(words(Depth::WithoutStopWords), ["banks"]);
        assert_eq!(words(Depth::Stems), ["bank"]);
    }

    #[test]
    fn every_beginning_of_a_word_is_there() {
        let found: Vec<_> = prefixes_of(&["Äpfel 5"])
            .tokens
            .into_iter()
            .map(|t| t.text)
            .collect();
        assert_eq!(found, ["a", "ap", "apf", "apfe", "apfel", "5"]);
    }
}
