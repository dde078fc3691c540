//! What a document in the index is: a page with what is known of its asset, or an asset's cover.
//!
//! Every asset has one cover, for lists without a query. Its text is found through its pages; the cover of an asset
//! without pages stands in for them.
//!
//! Invariant: the documents of an asset lie next to each other in one segment (they are added in one batch), so that
//! hits can be grouped as they come.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Raised whenever documents of older programs can no longer be read; the index then builds itself anew.
pub(super) const VERSION: u32 = 3;

/// The name under which the analysis of plain words is registered.
pub(super) const PLAIN: &str = "plain";
/// The value of `role` for an asset's cover.
pub(super) const COVER: &str = "cover";
/// The value of `role` for documents that texts are searched in.
pub(super) const TEXT: &str = "text";

/// A dimension by which hits can be counted and filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Dimension {
    Kind,
    Product,
    Industry,
    Stage,
    Persona,
    Region,
    Competitor,
    Language,
    Tag,
}

impl Dimension {
    /// Every dimension, in the order in which people are shown them.
    pub const ALL: [Self; 9] = [
        Self::Kind,
        Self::Product,
        Self::Industry,
        Self::Stage,
        Self::Persona,
        Self::Region,
        Self::Competitor,
        Self::Language,
        Self::Tag,
    ];

    /// Its place in [`Dimension::ALL`].
    pub(super) const fn place(self) -> usize {
        self as usize
    }

    /// The name in the API and in the index.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Product => "product",
            Self::Industry => "industry",
            Self::Stage => "stage",
            Self::Persona => "persona",
            Self::Region => "region",
            Self::Competitor => "competitor",
            Self::Language => "language",
            Self::Tag => "tag",
        }
    }
}

/// The fields.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// The asset's id.
    pub(super) asset: Field,
    /// The random half of it: what hits are grouped by.
    pub(super) key: Field,
    /// The current version's id.
    pub(super) version: Field,
    /// [`COVER`], [`TEXT`] or both.
    pub(super) role: Field,
    /// The page's number, 0 for a cover.
    pub(super) page: Field,
    /// How many pages the asset has, on its cover.
    pub(super) pages: Field,
    /// The asset's title.
    pub(super) asset_title: Field,
    /// The page's title.
    pub(super) page_title: Field,
    /// The page's text, for snippets.
    pub(super) content: Field,
    /// How the text was analysed.
    pub(super) analysis: Field,
    /// Stems of everything but stop words: what words are searched in.
    pub(super) all: Field,
    /// Stems of everything in order: what phrases are searched in.
    pub(super) exact: Field,
    /// Stems of the titles.
    pub(super) title: Field,
    /// Stems of what people say about the asset.
    pub(super) about: Field,
    /// All words as they stand, to correct typing errors by.
    pub(super) words: Field,
    /// Beginnings of the words of the title that a suggestion shows.
    pub(super) prefix: Field,
    /// Beginnings of the words of the asset's and the page's title, where texts are searched.
    pub(super) begins: Field,
    /// Where the asset stands in its life cycle.
    pub(super) state: Field,
    /// When the current version came, in microseconds.
    pub(super) time: Field,
    /// The title, as it is sorted.
    pub(super) order: Field,
    /// In the order of [`Dimension::ALL`].
    pub(super) dimensions: [Field; Dimension::ALL.len()],
}

impl Fields {
    /// The schema and its fields.
    pub(super) fn schema() -> (Schema, Self) {
        let mut builder = Schema::builder();
        let stems = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(PLAIN)
                    .set_index_option(IndexRecordOption::WithFreqsAndPositions),
            )
        };
        let weighed = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(PLAIN)
                    .set_index_option(IndexRecordOption::WithFreqs),
            )
        };
        let words = || {
            TextOptions::default().set_indexing_options(
                TextFieldIndexing::default()
                    .set_tokenizer(PLAIN)
                    .set_index_option(IndexRecordOption::Basic),
            )
        };
        let fields = Self {
            asset: builder.add_text_field("asset", STRING | STORED),
            key: builder.add_u64_field("key", FAST),
            version: builder.add_text_field("version", STORED),
            role: builder.add_text_field("role", STRING),
            page: builder.add_u64_field("page", FAST | STORED),
            pages: builder.add_u64_field("pages", FAST | STORED),
            asset_title: builder.add_text_field("asset_title", STORED),
            page_title: builder.add_text_field("page_title", STORED),
            content: builder.add_text_field("content", STORED),
            analysis: builder.add_text_field("analysis", STRING | STORED),
            all: builder.add_text_field("all", weighed()),
            exact: builder.add_text_field("exact", stems()),
            title: builder.add_text_field("title", stems()),
            about: builder.add_text_field("about", stems()),
            words: builder.add_text_field("words", words()),
            prefix: builder.add_text_field("prefix", words()),
            begins: builder.add_text_field("begins", words()),
            state: builder.add_text_field("state", STRING | FAST),
            time: builder.add_i64_field("time", FAST | INDEXED),
            order: builder.add_text_field("order", STRING | FAST),
            dimensions: Dimension::ALL.map(|dimension| {
                builder.add_text_field(dimension.as_str(), STRING | FAST | STORED)
            }),
        };
        (builder.build(), fields)
    }

    /// The field of a dimension.
    pub(super) fn dimension(&self, dimension: Dimension) -> Field {
        let [
            kind,
            product,
            industry,
            stage,
            persona,
            region,
            competitor,
            language,
            tag,
        ] = self.dimensions;
        match dimension {
            Dimension::Kind => kind,
            Dimension::Product => product,
            Dimension::Industry => industry,
            Dimension::Stage => stage,
            Dimension::Persona => persona,
            Dimension::Region => region,
            Dimension::Competitor => competitor,
            Dimension::Language => language,
            Dimension::Tag => tag,
        }
    }
}
