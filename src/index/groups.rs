//! Collecting hits by asset: the best pages of each, and how many assets have which facet, in one pass.
//!
//! A facet's own counts leave its own filter out, so that one sees what choosing another value would give. For that the
//! filters are applied here and not in the query: an asset that fails exactly one of them counts for that facet only.
//! Counts are of assets, the unit of the list that people see.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::analysis::folded;
use super::entries::group_key;
use super::schema::Dimension;
use crate::ids::AssetId;

/// How many pages of an asset are kept.
pub(super) const PAGES: usize = 4;

/// Something that makes an asset fit better.
#[derive(Clone, Debug)]
pub struct Preference {
    /// Where the value is looked for.
    pub dimension: Dimension,
    /// The value.
    pub value: String,
    /// What share of its score an asset gains that has it.
    pub weight: f32,
}

/// What the score of each asset is multiplied with besides; assets that are not named stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Weights(HashMap<u64, f32>);

impl FromIterator<(AssetId, f32)> for Weights {
    fn from_iter<I: IntoIterator<Item = (AssetId, f32)>>(weights: I) -> Self {
        let weights = weights.into_iter();
        Self(
            weights
                .map(|(id, weight)| (group_key(id), weight))
                .collect(),
        )
    }
}

/// What to collect.
#[derive(Clone, Debug, Default)]
pub(super) struct Groups {
    /// Only assets with one of the values, per dimension.
    pub(super) filters: Vec<(Dimension, Vec<String>)>,
    /// No assets with one of the values.
    pub(super) excluded: Vec<(Dimension, Vec<String>)>,
    /// Not these documents.
    pub(super) unwanted: HashSet<DocAddress>,
    /// What makes an asset fit better.
    pub(super) preferences: Vec<Preference>,
    /// What is known of single assets.
    pub(super) weights: Option<Arc<Weights>>,
    /// Whether titles are needed, to sort by.
    pub(super) with_titles: bool,
}

/// The hits of one asset.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The random half of the asset's id.
    pub(super) key: u64,
    /// The segment of its documents.
    pub(super) segment: SegmentOrdinal,
    /// One of its documents.
    pub(super) document: DocId,
    /// Of its best document, raised by how well it fits.
    pub(super) score: Score,
    /// Which preferences it meets, by their place.
    pub(super) fits: Vec<usize>,
    /// When its current version came.
    pub(super) time: i64,
    /// Its title as it is sorted, if asked for.
    pub(super) title: String,
    /// Its best pages, best first.
    pub(super) pages: Vec<(Score, DocId)>,
    order: u64,
}

/// How many assets have a value.
pub(super) type Counts = BTreeMap<Dimension, BTreeMap<String, u64>>;

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    /// The assets, in no order.
    pub(super) groups: Vec<Group>,
    /// Their facets.
    pub(super) counts: Counts,
    /// How many pages.
    pub(super) pages: u64,
}

impl Collector for Groups {
    type Fruit = Collected;
    type Child = SegmentGroups;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentGroups> {
        let columns = reader.fast_fields();
        let mut facets = Vec::new();
        for dimension in Dimension::ALL {
            if let Some(column) = columns.str(dimension.as_str())? {
                let filter = self.filters.iter().find(|(named, _)| *named == dimension);
                facets.push(SegmentFacet {
                    dimension,
                    counts: vec![0; column.dictionary().num_terms()],
                    wanted: filter
                        .map(|(_, values)| ordinals(&column, values))
                        .transpose()?,
                    column,
                });
            } else if self.filters.iter().any(|(named, _)| *named == dimension) {
                // Nothing in this segment has the facet, so nothing passes.
                facets.push(SegmentFacet {
                    dimension,
                    counts: Vec::new(),
                    wanted: Some(HashSet::new()),
                    column: StrColumn::wrap(tantivy::columnar::BytesColumn::empty(
                        reader.max_doc(),
                    )),
                });
            }
        }
        let mut excluded = Vec::new();
        for (dimension, values) in &self.excluded {
            let facet = facets
                .iter()
                .position(|facet| facet.dimension == *dimension);
            if let Some(at) = facet
                && let Some(facet) = facets.get(at)
            {
                excluded.push((at, ordinals(&facet.column, values)?));
            }
        }
        let mut preferences = Vec::new();
        for preference in &self.preferences {
            let facet = facets
                .iter()
                .position(|facet| facet.dimension == preference.dimension);
            let values = std::slice::from_ref(&preference.value);
            let ordinals = match facet.and_then(|at| facets.get(at)) {
                Some(facet) => ordinals(&facet.column, values)?,
                None => HashSet::new(),
            };
            preferences.push((facet.unwrap_or(usize::MAX), ordinals, preference.weight));
        }
        Ok(SegmentGroups {
            segment,
            key: columns.u64("key")?,
            page: columns.u64("page")?,
            page_count: columns.u64("pages")?,
            time: columns.i64("time")?,
            order: if self.with_titles {
                columns.str("order")?
            } else {
                None
            },
            facets,
            excluded,
            unwanted: self
                .unwanted
                .iter()
                .filter(|address| address.segment_ord == segment)
                .map(|address| address.doc_id)
                .collect(),
            preferences,
            weights: self.weights.clone(),
            values: Values::default(),
            current: None,
            collected: Collected::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Collected>>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.groups.extend(fruit.groups);
            all.pages += fruit.pages;
            for (dimension, counts) in fruit.counts {
                let known = all.counts.entry(dimension).or_default();
                for (value, count) in counts {
                    *known.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

struct SegmentFacet {
    dimension: Dimension,
    column: StrColumn,
    /// By the value's ordinal in the segment.
    counts: Vec<u64>,
    /// The ordinals that pass the filter, if there is one.
    wanted: Option<HashSet<u64>>,
}

/// What an asset is for: the ordinals of its values, facet after facet. One is used again for every asset.
#[derive(Default)]
struct Values {
    all: Vec<u64>,
    ends: Vec<usize>,
}

impl Values {
    fn read(&mut self, facets: &[SegmentFacet], document: DocId) {
        self.all.clear();
        self.ends.clear();
        for facet in facets {
            self.all.extend(facet.column.term_ords(document));
            self.ends.push(self.all.len());
        }
    }

    /// Those of the facet at this place.
    fn of(&self, facet: usize) -> &[u64] {
        let start = facet
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied());
        let end = self.ends.get(facet).copied();
        start
            .zip(end)
            .and_then(|(start, end)| self.all.get(start..end))
            .unwrap_or_default()
    }

    fn any(&self, facet: usize, of: &HashSet<u64>) -> bool {
        self.of(facet).iter().any(|value| of.contains(value))
    }
}

/// The asset whose documents are passing by.
struct Current {
    key: u64,
    /// Its place among the groups, if it has passed the filters.
    group: Option<usize>,
    /// What its score is multiplied with.
    factor: Score,
}

/// The collector of one segment.
pub(super) struct SegmentGroups {
    segment: SegmentOrdinal,
    key: Column<u64>,
    page: Column<u64>,
    page_count: Column<u64>,
    time: Column<i64>,
    order: Option<StrColumn>,
    facets: Vec<SegmentFacet>,
    /// Place of the facet, ordinals.
    excluded: Vec<(usize, HashSet<u64>)>,
    unwanted: HashSet<DocId>,
    /// Place of the facet, ordinals, weight.
    preferences: Vec<(usize, HashSet<u64>, f32)>,
    weights: Option<Arc<Weights>>,
    values: Values,
    current: Option<Current>,
    collected: Collected,
}

impl SegmentCollector for SegmentGroups {
    type Fruit = tantivy::Result<Collected>;

    fn collect(&mut self, document: DocId, score: Score) {
        if !self.unwanted.is_empty() && self.unwanted.contains(&document) {
            return;
        }
        let key = self.key.first(document).unwrap_or(0);
        if self
            .current
            .as_ref()
            .is_none_or(|current| current.key != key)
        {
            self.current = Some(self.meet(document, key));
        }
        let Some(current) = &self.current else { return };
        let Some(group) = current
            .group
            .and_then(|at| self.collected.groups.get_mut(at))
        else {
            return;
        };
        // Without a query all scores are 0, and fit alone decides.
        let score = (score + f32::MIN_POSITIVE) * current.factor;
        group.score = group.score.max(score);
        if self.page.first(document).unwrap_or(0) == 0 {
            self.collected.pages += self.page_count.first(document).unwrap_or(0);
            return;
        }
        self.collected.pages += 1;
        let place = group.pages.partition_point(|(other, _)| *other >= score);
        if place < PAGES {
            group.pages.insert(place, (score, document));
            group.pages.truncate(PAGES);
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        if let Some(order) = &self.order {
            read_titles(order, &mut self.collected.groups)?;
        }
        for facet in &self.facets {
            let counted: Vec<(u64, u64)> = (0..)
                .zip(facet.counts.iter().copied())
                .filter(|(_, count)| *count > 0)
                .collect();
            let ordinals: Vec<_> = counted.iter().map(|(ordinal, _)| *ordinal).collect();
            let mut counts = counted.iter().map(|(_, count)| *count);
            let values = self.collected.counts.entry(facet.dimension).or_default();
            facet
                .column
                .dictionary()
                .sorted_ords_to_term_cb(&ordinals, |value| {
                    let count = counts.next().unwrap_or(0);
                    values.insert(String::from_utf8_lossy(value).into_owned(), count);
                })?;
        }
        Ok(self.collected)
    }
}

impl SegmentGroups {
    /// The first document of another asset: everything that holds for the asset is decided here, once.
    fn meet(&mut self, document: DocId, key: u64) -> Current {
        let mut values = std::mem::take(&mut self.values);
        values.read(&self.facets, document);
        let current = self.judge(document, key, &values);
        self.values = values;
        current
    }

    fn judge(&mut self, document: DocId, key: u64, values: &Values) -> Current {
        let mut current = Current {
            key,
            group: None,
            factor: 1.0,
        };
        let excluded = |(facet, unwanted): &(usize, _)| values.any(*facet, unwanted);
        if self.excluded.iter().any(excluded) {
            return current;
        }
        let fails = |(at, facet): &(usize, &SegmentFacet)| {
            let wanted = facet.wanted.as_ref();
            wanted.is_some_and(|wanted| !values.any(*at, wanted))
        };
        let mut failed = self
            .facets
            .iter()
            .enumerate()
            .filter(fails)
            .map(|(at, _)| at);
        let (first, second) = (failed.next(), failed.next());
        for (at, facet) in self.facets.iter_mut().enumerate() {
            if second.is_some() || first.is_some_and(|first| first != at) {
                continue;
            }
            for value in values.of(at) {
                let slot = usize::try_from(*value).ok();
                if let Some(count) = slot.and_then(|at| facet.counts.get_mut(at)) {
                    *count += 1;
                }
            }
        }
        if first.is_some() {
            return current;
        }
        let mut fits = Vec::new();
        for (at, (facet, wanted, weight)) in self.preferences.iter().enumerate() {
            if values.any(*facet, wanted) {
                fits.push(at);
                current.factor += weight;
            }
        }
        if let Some(weight) = self.weights.as_ref().and_then(|known| known.0.get(&key)) {
            current.factor *= weight;
        }
        current.group = Some(self.collected.groups.len());
        self.collected.groups.push(Group {
            key,
            segment: self.segment,
            document,
            score: 0.0,
            fits,
            time: self.time.first(document).unwrap_or(0),
            title: String::new(),
            pages: Vec::new(),
            order: self
                .order
                .as_ref()
                .and_then(|order| order.term_ords(document).next())
                .unwrap_or(u64::MAX),
        });
        current
    }
}

/// The ordinals of these values, in whatever case they are written.
pub(super) fn ordinals(column: &StrColumn, values: &[String]) -> tantivy::Result<HashSet<u64>> {
    let wanted: Vec<_> = values.iter().map(|value| comparable(value)).collect();
    let mut found = HashSet::new();
    let mut stream = column.dictionary().stream()?;
    let mut ordinal = 0;
    while stream.advance() {
        let value = String::from_utf8_lossy(stream.key());
        if wanted.contains(&comparable(&value)) {
            found.insert(ordinal);
        }
        ordinal += 1;
    }
    Ok(found)
}

/// `Public Sector`, `public_sector` and `public-sector` are the same value to a reader.
pub(super) fn comparable(value: &str) -> String {
    let folded = folded(&value.replace('_', " "));
    if folded.is_empty() {
        value.to_owned()
    } else {
        folded
    }
}

fn read_titles(order: &StrColumn, groups: &mut [Group]) -> tantivy::Result<()> {
    let mut sorted: Vec<&mut Group> = groups
        .iter_mut()
        .filter(|group| group.order != u64::MAX)
        .collect();
    sorted.sort_by_key(|group| group.order);
    let mut ordinals: Vec<_> = sorted.iter().map(|group| group.order).collect();
    ordinals.dedup();
    let mut titles = Vec::with_capacity(ordinals.len());
    order
        .dictionary()
        .sorted_ords_to_term_cb(&ordinals, |title| {
            titles.push(String::from_utf8_lossy(title).into_owned());
        })?;
    let titles: BTreeMap<_, _> = ordinals.into_iter().zip(titles).collect();
    for group in sorted {
        group.title = titles.get(&group.order).cloned().unwrap_or_default();
    }
    Ok(())
}
