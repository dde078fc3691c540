//! What a segment of the index says of its assets, read into memory once: whose each document is, and what every asset
//! is for.
//!
//! A search meets most assets of a library, and asking a dozen columns for each cost more than finding them. Words are
//! not here, nor anything that is shown.
//!
//! Invariant: segments never change, so neither does this. Documents that were deleted since are still in it; nobody
//! asks for them, as queries do not find them.

use tantivy::columnar::StrColumn;
use tantivy::{DocId, SegmentReader};

use super::groups::{NOBODY, comparable};
use super::schema::Dimension;
use crate::entities::AssetState;

/// How many dimensions there are.
const DIMENSIONS: usize = Dimension::ALL.len();

/// The assets of one segment.
pub(super) struct SegmentAssets {
    /// By document: the place of its asset.
    owners: Vec<u32>,
    rows: Vec<Row>,
    /// The ordinals of the assets' values, asset after asset, facet after facet.
    values: Vec<u32>,
    /// By dimension and ordinal.
    names: [Vec<Name>; DIMENSIONS],
}

/// One asset.
pub(super) struct Row {
    /// The random half of its id.
    pub(super) key: u64,
    /// When its current version came.
    pub(super) time: i64,
    /// How many pages it has.
    pub(super) pages: u64,
    /// The document that stands for the whole of it.
    cover: DocId,
    /// Nothing for one that this program does not know: nobody sees it.
    state: Option<AssetState>,
    /// Where its values begin.
    start: usize,
    /// Where those of each facet end, counted from there.
    ends: [u16; DIMENSIONS],
}

/// A value of a facet.
pub(super) struct Name {
    /// As it is shown.
    pub(super) value: String,
    /// As it is compared.
    comparable: String,
}

impl SegmentAssets {
    /// Reads them. Costs about a millisecond for a thousand assets.
    pub(super) fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let (key, page) = (columns.u64("key")?, columns.u64("page")?);
        let (pages, time) = (columns.u64("pages")?, columns.i64("time")?);
        let state = columns.str("state")?;
        let states: Vec<Option<AssetState>> = names(state.as_ref())?
            .iter()
            .map(|name| {
                AssetState::ALL
                    .iter()
                    .copied()
                    .find(|state| state.as_str() == name.value)
            })
            .collect();
        let mut facets = Vec::with_capacity(DIMENSIONS);
        for dimension in Dimension::ALL {
            facets.push(columns.str(dimension.as_str())?);
        }
        let mut assets = Self {
            owners: Vec::with_capacity(segment.max_doc() as usize),
            rows: Vec::new(),
            values: Vec::new(),
            names: std::array::from_fn(|_| Vec::new()),
        };
        for (column, slot) in facets.iter().zip(&mut assets.names) {
            *slot = names(column.as_ref())?;
        }
        for document in 0..segment.max_doc() {
            let owner = key.first(document).unwrap_or(0);
            // The cover comes first; an asset that was written twice has its new documents behind its old ones.
            let is_cover = page.first(document).unwrap_or(0) == 0;
            if is_cover || assets.rows.last().is_none_or(|row| row.key != owner) {
                let start = assets.values.len();
                let mut ends = [0; DIMENSIONS];
                for (column, end) in facets.iter().zip(&mut ends) {
                    let ordinals = column.iter().flat_map(|column| column.term_ords(document));
                    assets
                        .values
                        .extend(ordinals.map(|ordinal| u32::try_from(ordinal).unwrap_or(u32::MAX)));
                    *end = u16::try_from(assets.values.len() - start).unwrap_or(u16::MAX);
                }
                let state = state
                    .as_ref()
                    .and_then(|column| column.term_ords(document).next())
                    .and_then(|ordinal| states.get(usize::try_from(ordinal).ok()?).copied());
                assets.rows.push(Row {
                    key: owner,
                    time: time.first(document).unwrap_or(0),
                    pages: pages.first(document).unwrap_or(0),
                    cover: document,
                    state: state.flatten(),
                    start,
                    ends,
                });
            }
            let place = assets.rows.len() - 1;
            assets.owners.push(u32::try_from(place).unwrap_or(u32::MAX));
        }
        Ok(assets)
    }

    /// The place of the asset of a document.
    pub(super) fn owner(&self, document: DocId) -> u32 {
        let owner = self.owners.get(document as usize);
        owner.copied().unwrap_or(NOBODY)
    }

    /// The asset at this place.
    pub(super) fn row(&self, owner: u32) -> Option<&Row> {
        self.rows.get(owner as usize)
    }

    /// The asset of a document.
    pub(super) fn row_of(&self, document: DocId) -> Option<&Row> {
        self.row(self.owner(document))
    }

    /// The ordinals of what an asset has of the dimension at this place in [`Dimension::ALL`].
    pub(super) fn values(&self, row: &Row, dimension: usize) -> &[u32] {
        let end = |at: usize| row.ends.get(at).copied().map_or(0, usize::from);
        let from = dimension.checked_sub(1).map_or(0, end);
        self.values
            .get(row.start + from..row.start + end(dimension))
            .unwrap_or_default()
    }

    /// All values of the dimension at this place, by their ordinals.
    pub(super) fn names(&self, dimension: usize) -> &[Name] {
        self.names.get(dimension).map_or(&[], Vec::as_slice)
    }

    /// By ordinal, whether a value of this dimension is one of `wanted`, in whatever case those are written.
    pub(super) fn matching(&self, dimension: Dimension, wanted: &[String]) -> Vec<bool> {
        let wanted: Vec<_> = wanted.iter().map(|value| comparable(value)).collect();
        self.names(dimension.place())
            .iter()
            .map(|name| wanted.contains(&name.comparable))
            .collect()
    }
}

impl Row {
    /// Whether the asset is in one of these states.
    pub(super) fn is_in(&self, states: &[AssetState]) -> bool {
        self.state.is_some_and(|state| states.contains(&state))
    }

    /// Whether this document stands for the whole of it.
    pub(super) fn is_covered_by(&self, document: DocId) -> bool {
        self.cover == document
    }
}

fn names(column: Option<&StrColumn>) -> tantivy::Result<Vec<Name>> {
    let mut names = Vec::new();
    let Some(column) = column else {
        return Ok(names);
    };
    let mut stream = column.dictionary().stream()?;
    while stream.advance() {
        let value = String::from_utf8_lossy(stream.key()).into_owned();
        names.push(Name {
            comparable: comparable(&value),
            value,
        });
    }
    Ok(names)
}
