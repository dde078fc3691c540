//! The words of a field in order, with the number of documents they are in: what beginnings and slips are held against.
//!
//! Hidden words are in it like any other; see `visible.rs` for what may be told of them.

use tantivy::Searcher;
use tantivy::schema::Field;

/// The words of a field that begin with one letter, or all of them.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    sorted: Vec<(Box<str>, u64)>,
}

impl Lexicon {
    /// Reads the words that begin like this.
    pub(super) fn read(
        searcher: &Searcher,
        field: Field,
        beginning: &str,
    ) -> tantivy::Result<Self> {
        let mut words: Vec<(Box<str>, u64)> = Vec::new();
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            let mut stream = index.terms().range().ge(beginning).into_stream()?;
            while let Some((word, info)) = stream.next() {
                if !word.starts_with(beginning.as_bytes()) {
                    break;
                }
                if let Ok(word) = std::str::from_utf8(word) {
                    words.push((word.into(), u64::from(info.doc_freq)));
                }
            }
        }
        // Each segment's are in order already, of which this sort makes use.
        words.sort_by(|(a, _), (b, _)| a.cmp(b));
        words.dedup_by(|(word, count), (before, sum)| {
            let same = word == before;
            if same {
                *sum += *count;
            }
            same
        });
        Ok(Self { sorted: words })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Those that begin like this, in order.
    pub(super) fn beginning_with<'a>(
        &'a self,
        beginning: &'a str,
    ) -> impl Iterator<Item = (&'a str, u64)> {
        let start = self
            .sorted
            .partition_point(|(word, _)| word.as_ref() < beginning);
        self.sorted
            .iter()
            .skip(start)
            .map(|(word, count)| (word.as_ref(), *count))
            .take_while(move |(word, _)| word.starts_with(beginning))
    }

    /// Those that begin like this and are longer, the most frequent first.
    pub(super) fn completions<'a>(&'a self, beginning: &'a str) -> Vec<&'a str> {
        let mut known: Vec<_> = self
            .beginning_with(beginning)
            .filter(|(word, _)| *word != beginning)
            .collect();
        known.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        known.into_iter().map(|(word, _)| word).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginning_and_completed_by_the_most_frequent() {
        let words = [("cold", 2), ("cool", 9), ("cooler", 4), ("cooling", 7)];
        let lexicon = Lexicon {
            sorted: words.map(|(word, count)| (word.into(), count)).to_vec(),
        };
        let found: Vec<_> = lexicon.beginning_with("cool").collect();
        assert_eq!(found, words[1..]);
        assert_eq!(lexicon.completions("cool"), ["cooling", "cooler"]);
        assert_eq!(lexicon.beginning_with("d").count(), 0);
        assert_eq!(lexicon.beginning_with("").count(), 4);
    }
}
