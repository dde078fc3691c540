//! What a segment of the index says of its assets, read into memory once: whose each document is, and what every asset
//! is for.
//!
//! A search meets most assets of a library, and asking a dozen columns for each cost more than finding them. Words are
//! not here, nor anything that is shown.
//!
//! Invariant: segments never change, so neither does this. Documents that were deleted since are still in it; nobody
//! asks for them, as queries do not find them.

use std::ops::Range;

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
    /// The assets' values by their place in `names`, asset after asset, dimension after dimension.
    values: Vec<u32>,
    /// All values, dimension after dimension.
    names: Vec<Name>,
    /// Where those of each dimension end.
    name_ends: [usize; DIMENSIONS],
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
    /// Where those of each dimension end, counted from there.
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
            names: Vec::new(),
            name_ends: [0; DIMENSIONS],
        };
        let mut name_starts = [0; DIMENSIONS];
        let borders = name_starts.iter_mut().zip(&mut assets.name_ends);
        for (column, (start, end)) in facets.iter().zip(borders) {
            *start = assets.names.len() as u64;
            assets.names.extend(names(column.as_ref())?);
            *end = assets.names.len();
        }
        for document in 0..segment.max_doc() {
            let owner = key.first(document).unwrap_or(0);
            // The cover comes first; an asset that was written twice has its new documents behind its old ones.
            let is_cover = page.first(document).unwrap_or(0) == 0;
            if is_cover || assets.rows.last().is_none_or(|row| row.key != owner) {
                let start = assets.values.len();
                let mut ends = [0; DIMENSIONS];
                for ((column, first), end) in facets.iter().zip(name_starts).zip(&mut ends) {
                    let ordinals = column.iter().flat_map(|column| column.term_ords(document));
                    let places =
                        ordinals.map(|ordinal| u32::try_from(first + ordinal).unwrap_or(u32::MAX));
                    assets.values.extend(places);
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

    /// What an asset is for, by the values' places among [`Self::names`].
    pub(super) fn values(&self, row: &Row) -> &[u32] {
        let end = row.ends.last().copied().map_or(0, usize::from);
        self.values
            .get(row.start..row.start + end)
            .unwrap_or_default()
    }

    /// What it has of one dimension.
    pub(super) fn values_of(&self, row: &Row, dimension: Dimension) -> &[u32] {
        let end = |place: usize| row.ends.get(place).copied().map_or(0, usize::from);
        let place = dimension.place();
        let from = place.checked_sub(1).map_or(0, end);
        self.values
            .get(row.start + from..row.start + end(place))
            .unwrap_or_default()
    }

    /// All values of all dimensions.
    pub(super) fn names(&self) -> &[Name] {
        &self.names
    }

    /// Where the values of a dimension stand among them.
    pub(super) fn places(&self, dimension: Dimension) -> Range<usize> {
        let end = |place: usize| self.name_ends.get(place).copied().unwrap_or(0);
        let place = dimension.place();
        place.checked_sub(1).map_or(0, end)..end(place)
    }

    /// By place, whether a value is of this dimension and one of `wanted`, in whatever case those are written.
    pub(super) fn matching(&self, dimension: Dimension, wanted: &[String]) -> Vec<bool> {
        let wanted: Vec<_> = wanted.iter().map(|value| comparable(value)).collect();
        let places = self.places(dimension);
        let is_one = |(place, name): (usize, &Name)| {
            places.contains(&place) && wanted.contains(&name.comparable)
        };
        self.names.iter().enumerate().map(is_one).collect()
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
