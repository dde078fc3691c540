//! How rare a word is, and the counts that BM25 scores with.

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use super::Compiler;
use crate::index::schema::{Fields, TEXT};

/// The counts that BM25 works with: only documents that hold text count, covers do not.
pub(in crate::index) struct Statistics<'a> {
    searcher: &'a Searcher,
    pub(super) docs: u64,
}

impl<'a> Statistics<'a> {
    /// The statistics of what `searcher` sees.
    pub(in crate::index) fn new(searcher: &'a Searcher, fields: &Fields) -> tantivy::Result<Self> {
        let docs = searcher
            .doc_freq(&Term::from_field_text(fields.role, TEXT))?
            .max(1);
        Ok(Self { searcher, docs })
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        self.searcher.total_num_tokens(field)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.docs)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        Ok(self.searcher.doc_freq(term)?.min(self.docs))
    }
}

impl Compiler<'_> {
    /// How much BM25 makes of the most frequent of these stems.
    pub(super) fn rarity(&self, stems: &[String]) -> tantivy::Result<f32> {
        let mut most = 0;
        for stem in stems {
            most = most.max(self.frequency(self.fields.all, stem)?.min(self.docs));
        }
        let (docs, most) = (as_f32(self.docs), as_f32(most));
        Ok((1.0 + (docs - most + 0.5) / (most + 0.5)).ln())
    }

    pub(super) fn weight_of(&self, stem: &str) -> tantivy::Result<f32> {
        let frequency = self.frequency(self.fields.all, stem)?;
        Ok((1.0 + as_f32(self.docs) / (1.0 + as_f32(frequency))).ln())
    }

    fn frequency(&self, field: Field, text: &str) -> tantivy::Result<u64> {
        self.searcher.doc_freq(&Term::from_field_text(field, text))
    }
}

#[allow(clippy::cast_precision_loss, reason = "a weight needs no precision")]
fn as_f32(count: u64) -> f32 {
    count as f32
}
