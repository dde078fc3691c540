//! The words of a query: what each is looked for as, what it may be a slip or the beginning of, and what else it is
//! called.

use std::collections::BTreeMap;
use std::ops::Range;

use tantivy::Searcher;

use super::analysis::{Depth, analysis_of, plain_tokens, stem};
use super::schema::Fields;
use super::spelling::near;
use super::synonyms::Synonyms;
use super::text::Part;
use super::tokenizer::is_unspaced;
use super::visible::Visible;

/// Longer numbers are nobody's amount of money.
const LONGEST_NUMBER: usize = 9;
/// What a word counts that was put in the place of one that occurs nowhere.
const GUESSED: f32 = 0.9;
/// How many words the beginning of one is completed to.
const COMPLETIONS: usize = 8;
/// How many candidates for a mistyped word are looked at, to find one that may be seen.
const CANDIDATES: usize = 50;
/// A word in no more documents than these may be a slip that somebody else made too.
const RARE: u64 = 2;
/// So many words that occur nowhere are mended; every one is held against all that begin like it.
const MOST_UNKNOWN: usize = 32;
/// How much more frequent a word must be for a rare one to be its misspelling.
const MUCH_MORE: u64 = 20;

/// A word of the query and what it is looked for as.
#[derive(Debug)]
pub(super) struct Word {
    /// Its stems in the index's languages; none for words that are stop words everywhere.
    pub(super) stems: Vec<String>,
    /// Itself.
    pub(super) plain: String,
    /// How often it was said.
    pub(super) count: u16,
    /// What it counts.
    pub(super) weight: f32,
    /// The stems of words that it may be the beginning of, while it is being typed.
    pub(super) completions: Vec<String>,
    /// Whether titles with words that begin like it count.
    pub(super) beginning: bool,
    /// What else it is called.
    pub(super) also: Vec<Alternative>,
}

/// What words of a query are also called.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    /// The other term.
    pub(super) term: String,
    /// How it is to be read.
    pub(super) analysis: &'static str,
    /// Whether only documents of that analysis may be found by it.
    pub(super) restricted: bool,
    /// The words that it stands for, as stems.
    pub(super) instead_of: Vec<Vec<String>>,
}

/// The words of a query.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// Each once.
    pub(super) words: Vec<Word>,
    /// What was put in the place of words that occur nowhere.
    pub(super) corrections: Vec<(Range<usize>, String)>,
    /// Words that are so rare that they may be slips.
    pub(super) rare: Vec<(Range<usize>, String)>,
}

/// A word as it was typed.
struct Typed {
    plain: String,
    /// Where it stands in the query.
    range: Range<usize>,
    /// By analysis; `None` for a stop word.
    stems: Vec<Option<String>>,
    weight: f32,
    completions: Vec<String>,
    beginning: bool,
    /// Itself as several words that occur: `eg40` as `eg 40`, `214000` as `214 000`.
    apart: Option<Vec<String>>,
    /// Occurs nowhere, is like nothing, and means nothing else.
    lost: bool,
}

/// Reads the words of queries against what is known.
pub(super) struct Reader<'a> {
    pub(super) searcher: &'a Searcher,
    pub(super) fields: &'a Fields,
    pub(super) analyses: &'a [String],
    pub(super) visible: &'a Visible<'a>,
    pub(super) synonyms: &'a Synonyms,
    /// Whether slips are forgiven.
    pub(super) forgiving: bool,
}

impl Reader<'_> {
    /// The words that are looked for singly. `unfinished` says that the last may be the beginning of a word, `typing`
    /// that it most likely is.
    pub(super) fn words(
        &self,
        parts: &[Part],
        unfinished: bool,
        typing: bool,
    ) -> tantivy::Result<Words> {
        let mut typed: Vec<Typed> = parts
            .iter()
            .filter(|part| part.is_word())
            .flat_map(|part| self.typed(part))
            .collect();
        let stop = self.stop_word_analyses(&typed);
        let is_stop_word = |word: &Typed| {
            stop.iter()
                .any(|at| matches!(word.stems.get(*at), Some(None)))
        };
        let all_stop_words = typed.iter().all(is_stop_word);
        let skipped: Vec<bool> = typed
            .iter()
            .map(|word| is_stop_word(word) && !all_stop_words)
            .collect();
        let named = self.named(&typed);
        let mut words = Words::default();
        let last = typed.len().saturating_sub(1);
        let mut unknown = 0;
        for (at, word) in typed.iter_mut().enumerate() {
            if skipped.get(at) == Some(&true) {
                continue;
            }
            if all_stop_words {
                word.stems.clear();
            }
            let open = unfinished && at == last;
            let known = self.occurs(word)?;
            if !known && named.get(at) != Some(&true) {
                unknown += 1;
                if unknown > MOST_UNKNOWN {
                    word.lost = true;
                    continue;
                }
                self.mend(word, open, &mut words.corrections)?;
            } else if known {
                if typing && open {
                    self.complete(word)?;
                }
                if self.forgiving && self.is_rare(word)? {
                    words.rare.push((word.range.clone(), word.plain.clone()));
                }
            }
        }
        words.words = self.merged(&typed, &skipped);
        Ok(words)
    }

    /// What a part's words are looked for as, all of them; for what must be there.
    pub(super) fn readings(&self, part: &Part) -> tantivy::Result<Vec<Vec<String>>> {
        let mut readings = Vec::new();
        for mut word in self.typed(part) {
            if word.stems.iter().all(Option::is_none) {
                continue;
            }
            if !self.occurs(&word)? {
                self.mend(&mut word, true, &mut Vec::new())?;
            }
            let mut stems: Vec<_> = word.stems.into_iter().flatten().collect();
            stems.extend(word.completions);
            readings.push(distinct(stems));
        }
        Ok(readings)
    }

    /// A query that would find more, where a word is so rare that it may be a slip.
    pub(super) fn better_known(
        &self,
        rare: &[(Range<usize>, String)],
    ) -> tantivy::Result<Vec<(Range<usize>, String)>> {
        let mut better = Vec::new();
        for (range, word) in rare {
            let count = self.frequency(word)?;
            let known = self.visible.words_like(self.fields.words, word)?;
            let candidates = near(word, known.beginning_with(""));
            let candidates = candidates
                .iter()
                .filter(|near| {
                    near.distance == 1 && near.count >= count.max(1).saturating_mul(MUCH_MORE)
                })
                .map(|near| near.word);
            let seen = self.visible.first(self.fields.words, candidates, 1)?;
            if let Some(word) = seen.first() {
                better.push((range.clone(), (*word).to_owned()));
            }
        }
        Ok(better)
    }

    fn typed(&self, part: &Part) -> Vec<Typed> {
        plain_tokens(&part.text)
            .into_iter()
            .map(|token| {
                let range = token.offset_from..token.offset_to;
                let original = part.text.get(range.clone()).unwrap_or_default();
                Typed {
                    stems: self.stems(original),
                    plain: token.text,
                    range: part.at + range.start..part.at + range.end,
                    weight: 1.0,
                    completions: Vec::new(),
                    beginning: false,
                    apart: None,
                    lost: false,
                }
            })
            .collect()
    }

    fn stems(&self, word: &str) -> Vec<Option<String>> {
        self.analyses
            .iter()
            .map(|analysis| stem(analysis, word))
            .collect()
    }

    /// The languages that the query seems to be in: those in which most of its words are stop words.
    fn stop_word_analyses(&self, typed: &[Typed]) -> Vec<usize> {
        let counts: Vec<usize> = (0..self.analyses.len())
            .map(|at| {
                typed
                    .iter()
                    .filter(|word| matches!(word.stems.get(at), Some(None)))
                    .count()
            })
            .collect();
        let most = counts.iter().copied().max().unwrap_or(0);
        (0..counts.len())
            .filter(|at| most > 0 && counts.get(*at) == Some(&most))
            .collect()
    }

    /// Which of the words are part of a term that is also called something else.
    fn named(&self, typed: &[Typed]) -> Vec<bool> {
        let plain: Vec<_> = typed.iter().map(|word| word.plain.clone()).collect();
        let mut named = vec![false; typed.len()];
        for expansion in self.synonyms.expansions(&plain) {
            for slot in named.get_mut(expansion.words).into_iter().flatten() {
                *slot = true;
            }
        }
        named
    }

    fn occurs(&self, word: &Typed) -> tantivy::Result<bool> {
        if word.stems.iter().all(Option::is_none) {
            return self.visible.has(self.fields.words, &word.plain);
        }
        for stem in distinct(word.stems.iter().flatten().cloned().collect()) {
            for field in [self.fields.all, self.fields.about] {
                if self.visible.has(field, &stem)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn is_rare(&self, word: &Typed) -> tantivy::Result<bool> {
        Ok(word.plain.chars().count() > 3 && self.frequency(&word.plain)? <= RARE)
    }

    fn frequency(&self, word: &str) -> tantivy::Result<u64> {
        let term = tantivy::Term::from_field_text(self.fields.words, word);
        self.searcher.doc_freq(&term)
    }

    /// Puts in the place of a word that occurs nowhere what somebody may have meant by it.
    fn mend(
        &self,
        word: &mut Typed,
        unfinished: bool,
        corrections: &mut Vec<(Range<usize>, String)>,
    ) -> tantivy::Result<()> {
        word.lost = true;
        // One letter says little, unless it is a word.
        let says_something =
            word.plain.chars().nth(1).is_some() || word.plain.starts_with(is_unspaced);
        if unfinished && says_something {
            self.complete(word)?;
            if !word.completions.is_empty() {
                word.stems.clear();
                word.weight = GUESSED;
                word.lost = false;
                return Ok(());
            }
        }
        if !self.forgiving {
            return Ok(());
        }
        let parts = apart(&word.plain);
        if parts.len() > 1 && self.all_occur(&parts)? {
            word.apart = Some(parts);
            word.lost = false;
            return Ok(());
        }
        let known = self.visible.words_like(self.fields.words, &word.plain)?;
        let candidates = near(&word.plain, known.beginning_with(""));
        let candidates = candidates.iter().take(CANDIDATES).map(|near| near.word);
        let seen = self.visible.first(self.fields.words, candidates, 1)?;
        if let Some(better) = seen.first() {
            corrections.push((word.range.clone(), (*better).to_owned()));
            word.stems = self.stems(better);
            word.plain = (*better).to_owned();
            word.weight = GUESSED;
            word.lost = false;
        }
        Ok(())
    }

    fn all_occur(&self, words: &[String]) -> tantivy::Result<bool> {
        for word in words {
            if !self.visible.has(self.fields.words, word)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Adds what a word may be the beginning of.
    fn complete(&self, word: &mut Typed) -> tantivy::Result<()> {
        let known = self.visible.words_like(self.fields.words, &word.plain)?;
        let known = known.completions(&word.plain);
        let seen = self.visible.first(self.fields.words, known, COMPLETIONS)?;
        let stems = seen.into_iter().flat_map(|word| self.stems(word));
        word.completions = distinct(stems.flatten().collect());
        word.beginning = !word.completions.is_empty();
        Ok(())
    }

    /// Each word once, with how often it was said and what else it is called.
    fn merged(&self, typed: &[Typed], skipped: &[bool]) -> Vec<Word> {
        let plain: Vec<_> = typed.iter().map(|word| word.plain.clone()).collect();
        let expansions = self.synonyms.expansions(&plain);
        let stems_of = |word: &Typed| distinct(word.stems.iter().flatten().cloned().collect());
        let mut words: BTreeMap<Vec<String>, Word> = BTreeMap::new();
        for (at, word) in typed.iter().enumerate() {
            if skipped.get(at) == Some(&true) || word.lost {
                continue;
            }
            let stems = stems_of(word);
            let mut also = Vec::new();
            for expansion in expansions.iter().filter(|found| found.words.contains(&at)) {
                let instead_of: Vec<_> = expansion
                    .words
                    .clone()
                    .filter(|at| skipped.get(*at) != Some(&true))
                    .filter_map(|at| typed.get(at).map(stems_of))
                    .collect();
                also.extend(expansion.terms.iter().map(|term| Alternative {
                    term: term.clone(),
                    analysis: expansion.analysis,
                    restricted: expansion.restricted,
                    instead_of: instead_of.clone(),
                }));
            }
            if let Some(parts) = &word.apart {
                also.push(Alternative {
                    term: parts.join(" "),
                    analysis: analysis_of(None, Depth::Stems),
                    restricted: false,
                    instead_of: vec![parts.clone()],
                });
            }
            let key = if stems.is_empty() {
                vec![word.plain.clone()]
            } else {
                stems.clone()
            };
            let word = words.entry(key).or_insert(Word {
                stems,
                plain: word.plain.clone(),
                count: 0,
                weight: word.weight,
                completions: word.completions.clone(),
                beginning: word.beginning,
                also,
            });
            word.count = word.count.saturating_add(1);
        }
        words.into_values().collect()
    }
}

/// A code or a number as people also write it: apart where letters meet digits, and by thousands.
fn apart(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let numeric = letters.iter().all(char::is_ascii_digit);
    if numeric && letters.len() > LONGEST_NUMBER {
        return Vec::new();
    }
    let mut parts: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let border = before.is_none_or(|before| {
            if numeric {
                (letters.len() - at).is_multiple_of(3)
            } else {
                before.is_ascii_digit() != letter.is_ascii_digit()
            }
        });
        match parts.last_mut().filter(|_| !border) {
            Some(part) => part.push(*letter),
            None => parts.push(letter.to_string()),
        }
    }
    parts
}

fn distinct(mut stems: Vec<String>) -> Vec<String> {
    stems.sort_unstable();
    stems.dedup();
    stems
}

#[cfg(test)]
mod tests {
    use super::apart;

    #[test]
    fn codes_and_amounts_are_read_as_people_also_write_them() {
        assert_eq!(apart("eg40"), ["eg", "40"]);
        assert_eq!(apart("iso27001"), ["iso", "27001"]);
        assert_eq!(apart("214000"), ["214", "000"]);
        assert_eq!(apart("1234567"), ["1", "234", "567"]);
        assert_eq!(apart("word"), ["word"]);
        assert_eq!(apart("2026112600"), Vec::<String>::new());
    }
}
