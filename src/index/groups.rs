//! Collecting hits by asset: the best pages of each, and how many assets have which facet, in one pass.
//!
//! A facet's own counts leave its own filter out, so that one sees what choosing another value would give. For that the
//! filters are applied here and not in the query: an asset that fails exactly one of them counts for that facet only.
//! Counts are of assets, the unit of the list that people see.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use smallvec::SmallVec;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::analysis::folded;
use super::assets::{Row, SegmentAssets};
use super::entries::group_key;
use super::order::{Position, Sort};
use super::schema::Dimension;
use super::several::is_enough;
use super::view::View;
use crate::entities::AssetState;
use crate::ids::AssetId;

/// The place of no asset.
pub(super) const NOBODY: u32 = u32::MAX;
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
pub(super) struct Groups<'a> {
    pub(super) view: &'a View,
    /// Only assets in these states.
    pub(super) states: &'a [AssetState],
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
    /// The order of the list.
    pub(super) sort: Sort,
    /// Where the page before ended.
    pub(super) after: Option<&'a Position>,
    /// How many are shown; one more is collected, to tell that there are more.
    pub(super) limit: usize,
}

impl<'a> Groups<'a> {
    /// The counts of everything in these states.
    pub(super) fn all(view: &'a View, states: &'a [AssetState]) -> Self {
        Self {
            view,
            states,
            filters: Vec::new(),
            excluded: Vec::new(),
            unwanted: HashSet::new(),
            preferences: Vec::new(),
            weights: None,
            sort: Sort::default(),
            after: None,
            limit: 0,
        }
    }
}

/// The hits of one asset.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// Its place in the list.
    pub(super) position: Position,
    /// The segment of its documents.
    pub(super) segment: SegmentOrdinal,
    /// One of its documents.
    pub(super) document: DocId,
    /// Which preferences it meets, by their place.
    pub(super) fits: Vec<usize>,
    /// Its best pages, best first.
    pub(super) pages: SmallVec<[(Score, DocId); PAGES]>,
    title_ordinal: u64,
}

/// How many assets have a value.
pub(super) type Counts = BTreeMap<Dimension, BTreeMap<String, u64>>;

/// Everything that was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    /// The first of them, in no order, and some more.
    pub(super) groups: Vec<Group>,
    /// How many assets.
    pub(super) found: usize,
    /// Their facets.
    pub(super) counts: Counts,
    /// How many pages.
    pub(super) pages: u64,
}

impl Collector for Groups<'_> {
    type Fruit = Collected;
    type Child = SegmentGroups;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<SegmentGroups> {
        let assets = Arc::clone(self.view.assets_of(segment)?);
        let filters = self.filters.iter();
        let filters =
            filters.map(|(dimension, values)| (*dimension, assets.matching(*dimension, values)));
        let excluded = self.excluded.iter();
        let excluded = excluded.map(|(dimension, values)| assets.matching(*dimension, values));
        let preferences = self.preferences.iter().map(|preference| {
            let values = std::slice::from_ref(&preference.value);
            (
                assets.matching(preference.dimension, values),
                preference.weight,
            )
        });
        Ok(SegmentGroups {
            states: self.states.to_vec(),
            filters: filters.collect(),
            excluded: excluded.collect(),
            counts: vec![0; assets.names().len()],
            unwanted: self
                .unwanted
                .iter()
                .filter(|address| address.segment_ord == segment)
                .map(|address| address.doc_id)
                .collect(),
            preferences: preferences.collect(),
            weights: self.weights.clone(),
            titles: if self.sort == Sort::Title {
                reader.fast_fields().str("order")?
            } else {
                None
            },
            current: Current {
                owner: NOBODY,
                passed: false,
                factor: 1.0,
                group: Group {
                    segment,
                    ..Group::default()
                },
            },
            first: First {
                sort: self.sort,
                after: self.after.cloned(),
                keep: self.limit.saturating_add(1),
                full: false,
                groups: Vec::new(),
            },
            found: 0,
            pages: 0,
            assets,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<OfSegment>>) -> tantivy::Result<Collected> {
        let mut fruits = fruits.into_iter().collect::<tantivy::Result<Vec<_>>>()?;
        let mut all = Collected::default();
        for fruit in &mut fruits {
            all.groups.append(&mut fruit.groups);
            all.found += fruit.found;
            all.pages += fruit.pages;
        }
        let counts = Dimension::ALL.map(|dimension| (dimension, sum(&fruits, dimension)));
        all.counts = counts.into();
        Ok(all)
    }
}

/// How many assets of all segments have each value of a dimension.
fn sum(segments: &[OfSegment], dimension: Dimension) -> BTreeMap<String, u64> {
    let mut counted: Vec<(&str, u64)> = Vec::new();
    for OfSegment { assets, counts, .. } in segments {
        let places = assets.places(dimension);
        let names = assets.names().get(places.clone()).into_iter().flatten();
        let numbers = counts.get(places).into_iter().flatten();
        let pairs = names.zip(numbers).filter(|(_, count)| **count > 0);
        counted.extend(pairs.map(|(name, count)| (name.value.as_str(), *count)));
    }
    counted.sort_unstable_by_key(|(value, _)| *value);
    let of_value = counted.chunk_by(|(one, _), (other, _)| one == other);
    of_value
        .filter_map(|same| {
            let (value, _) = same.first()?;
            Some((
                (*value).to_owned(),
                same.iter().map(|(_, count)| count).sum(),
            ))
        })
        .collect()
}

/// Whether one of the values is among some others.
fn any(values: &[u32], among: &[bool]) -> bool {
    let mut values = values.iter();
    values.any(|place| among.get(*place as usize) == Some(&true))
}

/// The asset whose documents are passing by. One is used again for all: most are looked at and not kept.
struct Current {
    owner: u32,
    /// Whether it has passed the filters.
    passed: bool,
    /// What its score is multiplied with.
    factor: Score,
    /// Its hits.
    group: Group,
}

/// Those that come first behind a place in the list; about twice as many as are asked for are at hand at a time.
struct First {
    sort: Sort,
    after: Option<Position>,
    keep: usize,
    /// Whether the last of those to keep stands at the end of them.
    full: bool,
    groups: Vec<Group>,
}

impl First {
    fn offer(&mut self, group: &Group) {
        if self.sort == Sort::Title {
            // Titles are read at the end, all together.
            self.groups.push(group.clone());
            return;
        }
        let is_behind = |other: &Position| group.position.order(other, self.sort).is_gt();
        let last = self.groups.get(self.keep - 1).filter(|_| self.full);
        if last.is_some_and(|last| is_behind(&last.position)) {
            return;
        }
        let after = self.after.as_ref();
        if after.is_some_and(|after| !is_behind(after)) {
            return;
        }
        self.groups.push(group.clone());
        if self.groups.len() >= self.keep.saturating_mul(2) {
            let sort = self.sort;
            self.groups
                .select_nth_unstable_by(self.keep - 1, |a, b| a.position.order(&b.position, sort));
            self.groups.truncate(self.keep);
            self.full = true;
        }
    }
}

/// What was found in one segment.
pub(super) struct OfSegment {
    groups: Vec<Group>,
    found: usize,
    pages: u64,
    assets: Arc<SegmentAssets>,
    /// How many assets have each value, by place.
    counts: Vec<u64>,
}

/// The collector of one segment.
pub(super) struct SegmentGroups {
    assets: Arc<SegmentAssets>,
    states: Vec<AssetState>,
    /// With the values that pass, by place.
    filters: Vec<(Dimension, Vec<bool>)>,
    /// The values that do not, by place.
    excluded: Vec<Vec<bool>>,
    /// How many assets have each value, by place.
    counts: Vec<u64>,
    unwanted: HashSet<DocId>,
    /// The values, by place, with what each gains.
    preferences: Vec<(Vec<bool>, f32)>,
    weights: Option<Arc<Weights>>,
    /// To sort by, if that is asked for.
    titles: Option<StrColumn>,
    current: Current,
    first: First,
    found: usize,
    pages: u64,
}

impl SegmentCollector for SegmentGroups {
    type Fruit = tantivy::Result<OfSegment>;

    fn collect(&mut self, document: DocId, score: Score) {
        let unwanted = !self.unwanted.is_empty() && self.unwanted.contains(&document);
        if unwanted || !is_enough(score) {
            return;
        }
        let owner = self.assets.owner(document);
        if owner != self.current.owner {
            self.leave();
            self.meet(document, owner);
        }
        let current = &mut self.current;
        let Some(row) = self.assets.row(owner).filter(|_| current.passed) else {
            return;
        };
        let group = &mut current.group;
        // Without a query all scores are 0, and fit alone decides.
        let score = (score + f32::MIN_POSITIVE) * current.factor;
        group.position.score = group.position.score.max(score);
        if row.is_covered_by(document) {
            self.pages += row.pages;
            return;
        }
        self.pages += 1;
        let place = group.pages.partition_point(|(other, _)| *other >= score);
        if place < PAGES {
            group.pages.truncate(PAGES - 1);
            group.pages.insert(place, (score, document));
        }
    }

    fn harvest(mut self) -> Self::Fruit {
        self.leave();
        let First {
            after, mut groups, ..
        } = self.first;
        if let Some(titles) = &self.titles {
            read_titles(titles, &mut groups)?;
            if let Some(after) = after {
                groups.retain(|group| group.position.order(&after, Sort::Title).is_gt());
            }
        }
        Ok(OfSegment {
            groups,
            found: self.found,
            pages: self.pages,
            assets: self.assets,
            counts: self.counts,
        })
    }
}

impl SegmentGroups {
    /// The last document of the current asset has passed.
    fn leave(&mut self) {
        if std::mem::take(&mut self.current.passed) {
            self.found += 1;
            self.first.offer(&self.current.group);
        }
    }

    /// The first document of another asset: everything that holds for the asset is decided here, once.
    fn meet(&mut self, document: DocId, owner: u32) {
        let current = &mut self.current;
        current.owner = owner;
        let Some(row) = self.assets.row(owner) else {
            return;
        };
        let values = self.assets.values(row);
        let is_out =
            !row.is_in(&self.states) || self.excluded.iter().any(|among| any(values, among));
        current.passed = !is_out && count(&mut self.counts, &self.filters, &self.assets, row);
        if !current.passed {
            return;
        }
        let group = &mut current.group;
        group.position.key = row.key;
        group.position.time = row.time;
        group.document = document;
        group.position.score = 0.0;
        group.pages.clear();
        group.fits.clear();
        current.factor = 1.0;
        for (at, (among, weight)) in self.preferences.iter().enumerate() {
            if any(values, among) {
                group.fits.push(at);
                current.factor += weight;
            }
        }
        let weights = self.weights.as_ref();
        if let Some(weight) = weights.and_then(|known| known.0.get(&row.key)) {
            current.factor *= weight;
        }
        let titles = self.titles.as_ref();
        group.title_ordinal = titles
            .and_then(|titles| titles.term_ords(document).next())
            .unwrap_or(u64::MAX);
    }
}

/// Counts an asset where it counts, and says whether it passes all filters.
fn count(
    counts: &mut [u64],
    filters: &[(Dimension, Vec<bool>)],
    assets: &SegmentAssets,
    row: &Row,
) -> bool {
    let values = assets.values(row);
    let mut failed = filters.iter().filter(|(_, among)| !any(values, among));
    let (first, second) = (failed.next(), failed.next());
    let counted = match (first, second) {
        (None, _) => values,
        (Some((dimension, _)), None) => assets.values_of(row, *dimension),
        (Some(_), Some(_)) => &[],
    };
    for place in counted {
        if let Some(count) = counts.get_mut(*place as usize) {
            *count += 1;
        }
    }
    first.is_none()
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
        .filter(|group| group.title_ordinal != u64::MAX)
        .collect();
    sorted.sort_by_key(|group| group.title_ordinal);
    let mut ordinals: Vec<_> = sorted.iter().map(|group| group.title_ordinal).collect();
    ordinals.dedup();
    let mut titles = Vec::with_capacity(ordinals.len());
    order
        .dictionary()
        .sorted_ords_to_term_cb(&ordinals, |title| {
            titles.push(String::from_utf8_lossy(title).into_owned());
        })?;
    let titles: BTreeMap<_, _> = ordinals.into_iter().zip(titles).collect();
    for group in sorted {
        group.position.title = titles
            .get(&group.title_ordinal)
            .cloned()
            .unwrap_or_default();
    }
    Ok(())
}
