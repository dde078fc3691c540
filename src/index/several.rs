//! Pages that hold at least two of several words.
//!
//! tantivy can ask for so many clauses by itself, but walks them through a heap then, which takes several times as long
//! as adding them up. Here they are added up and counted; what holds too few gets a score below all others, and whoever
//! collects passes it by (see [`is_enough`]). Only for queries that are scored: others are left to tantivy.

use tantivy::query::{BooleanWeight, EnableScoring, Occur, Query, ScoreCombiner, Scorer, Weight};
use tantivy::{Score, Term};

/// The score of a page that holds too few; whatever is added to it or multiplied with it, it stays so.
const TOO_FEW: Score = Score::NEG_INFINITY;
/// How many there must be.
const TWO: usize = 2;

/// A query for at least two of the clauses; the score is the sum of those that there are.
#[derive(Debug)]
pub(super) struct TwoOf(pub(super) Vec<Box<dyn Query>>);

/// Whether a page with this score holds enough to be found.
pub(super) fn is_enough(score: Score) -> bool {
    score > TOO_FEW
}

impl Clone for TwoOf {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|clause| clause.box_clone()).collect())
    }
}

impl Query for TwoOf {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let weights = self
            .0
            .iter()
            .map(|clause| Ok((Occur::Should, clause.weight(scoring)?)))
            .collect::<tantivy::Result<_>>()?;
        let scored = scoring.is_scoring_enabled();
        Ok(Box::new(BooleanWeight::with_minimum_number_should_match(
            weights,
            if scored { 1 } else { TWO },
            scored,
            Box::new(Counted::default),
        )))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        for clause in &self.0 {
            clause.query_terms(visitor);
        }
    }
}

/// A sum that knows of how many it is.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    sum: Score,
    count: usize,
}

impl ScoreCombiner for Counted {
    fn update<S: Scorer>(&mut self, scorer: &mut S) {
        self.sum += scorer.score();
        self.count += 1;
    }

    fn clear(&mut self) {
        *self = Self::default();
    }

    fn score(&self) -> Score {
        if self.count < TWO { TOO_FEW } else { self.sum }
    }
}

#[cfg(test)]
mod tests {
    use tantivy::collector::{DocSetCollector, TopDocs};
    use tantivy::query::TermQuery;
    use tantivy::schema::{IndexRecordOption, STRING, Schema};
    use tantivy::{Index, TantivyDocument};

    use super::*;

    #[test]
    fn pages_with_one_of_the_words_are_not_enough_scored_or_not() {
        let mut schema = Schema::builder();
        let field = schema.add_text_field("word", STRING);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        for words in [&["a"][..], &["a", "b"], &["b", "c", "a"], &["d"]] {
            let mut page = TantivyDocument::default();
            for word in words {
                page.add_text(field, word);
            }
            writer.add_document(page).unwrap();
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let words = ["a", "b", "c", "missing"].map(|word| -> Box<dyn Query> {
            let term = Term::from_field_text(field, word);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        });
        let query = TwoOf(words.into());
        let scored = searcher
            .search(&query, &TopDocs::with_limit(9).order_by_score())
            .unwrap();
        let mut found: Vec<_> = scored
            .iter()
            .filter(|(score, _)| is_enough(*score))
            .map(|(_, address)| address.doc_id)
            .collect();
        found.sort_unstable();
        assert_eq!(found, [1, 2]);
        let unscored = searcher.search(&query, &DocSetCollector).unwrap();
        assert_eq!(unscored.len(), 2);
    }
}
