//! What one visit adds to the rollups.

use std::collections::BTreeMap;
use std::ops::{AddAssign, SubAssign};

use chrono::NaiveDate;

use super::SEEN_MS;
use super::visit::{LinkFacts, Visit};
use crate::entities::VisitLevel;
use crate::ids::{AssetId, OpportunityId, VersionId};

macro_rules! sums {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: i64),+ }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                $(self.$field += other.$field;)+
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                $(self.$field -= other.$field;)+
            }
        }
    };
}

sums! {
    /// Of one asset.
    AssetSums {
        /// Human visits that read it.
        reads,
        /// Of these, those that saw every page of it that was offered.
        completions,
        /// Sum over reads of the share of its pages seen, in thousandths.
        completion_milli,
        /// Pages of it seen, over all reads.
        page_views,
        /// Active milliseconds on its pages, over all reads.
        active_ms,
        /// Times that a person shared a link to a pitch with it.
        shares,
        /// Times that a person downloaded it.
        downloads,
        /// Visits to pitches with it that were not, or not surely, a person's.
        excluded_visits,
    }
}
sums! {
    /// Of one page of a version.
    PageSums {
        /// Human visits that saw it.
        views,
        /// Active milliseconds of human visits.
        active_ms,
        /// Human visits in which it was the last page in view.
        exits,
    }
}

/// What to add to the rollups; keys in order, so that two writers take locks in the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deltas {
    /// To `rollup_asset_days`.
    pub asset_days: BTreeMap<(AssetId, NaiveDate), AssetSums>,
    /// To `rollup_pages`.
    pub pages: BTreeMap<(VersionId, i32, NaiveDate), PageSums>,
    /// To `rollup_opportunity_assets`.
    pub opportunity_assets: BTreeMap<(OpportunityId, AssetId, NaiveDate), AssetSums>,
}

impl Deltas {
    /// Adds what a visit contributes now.
    pub fn add(&mut self, visit: &Visit, link: &LinkFacts) {
        let contribution = contribution(visit, link);
        each(
            &mut self.asset_days,
            contribution.asset_days,
            AddAssign::add_assign,
        );
        each(&mut self.pages, contribution.pages, AddAssign::add_assign);
        each(
            &mut self.opportunity_assets,
            contribution.opportunity_assets,
            AddAssign::add_assign,
        );
    }

    /// Takes back what a visit contributed before.
    pub fn subtract(&mut self, visit: &Visit, link: &LinkFacts) {
        let contribution = contribution(visit, link);
        each(
            &mut self.asset_days,
            contribution.asset_days,
            SubAssign::sub_assign,
        );
        each(&mut self.pages, contribution.pages, SubAssign::sub_assign);
        each(
            &mut self.opportunity_assets,
            contribution.opportunity_assets,
            SubAssign::sub_assign,
        );
    }

    /// Forgets the keys at which nothing changes.
    pub fn drop_zeros(&mut self) {
        self.asset_days
            .retain(|_, sums| *sums != AssetSums::default());
        self.pages.retain(|_, sums| *sums != PageSums::default());
        self.opportunity_assets
            .retain(|_, sums| *sums != AssetSums::default());
    }
}

fn each<K: Ord, S: Default>(to: &mut BTreeMap<K, S>, from: BTreeMap<K, S>, op: fn(&mut S, S)) {
    for (key, sums) in from {
        op(to.entry(key).or_default(), sums);
    }
}

/// Everything that a visit adds to the rollups, by its last verdict.
pub fn contribution(visit: &Visit, link: &LinkFacts) -> Deltas {
    let day = visit.day();
    let mut deltas = Deltas::default();
    for (asset, sums) in by_asset(visit) {
        if sums != AssetSums::default() {
            deltas.asset_days.insert((asset, day), sums);
            // In a single deal the reader could be told by elimination.
            if !visit.facts.unnamed {
                deltas
                    .opportunity_assets
                    .insert((link.opportunity, asset, day), sums);
            }
        }
    }
    if visit.is_human() {
        let last = visit
            .facts
            .current
            .map(|current| (current.item, current.page));
        for (key, page) in &visit.pages {
            let exit = last == Some(*key);
            if page.active_ms >= SEEN_MS || exit {
                let sums = deltas.pages.entry((page.version, key.1, day)).or_default();
                sums.views += i64::from(page.active_ms >= SEEN_MS);
                sums.active_ms += page.active_ms;
                sums.exits += i64::from(exit);
            }
        }
    }
    deltas
}

fn by_asset(visit: &Visit) -> BTreeMap<AssetId, AssetSums> {
    let mut assets: BTreeMap<AssetId, AssetSums> = BTreeMap::new();
    for asset in visit.facts.offered.keys() {
        assets.entry(*asset).or_default();
    }
    for page in visit.pages.values() {
        assets.entry(page.asset).or_default();
    }
    for (asset, sums) in &mut assets {
        *sums = if visit.is_human() {
            human_sums(visit, *asset)
        } else {
            AssetSums {
                excluded_visits: 1,
                ..AssetSums::default()
            }
        };
    }
    assets
}

fn human_sums(visit: &Visit, asset: AssetId) -> AssetSums {
    let mut sums = AssetSums {
        shares: i64::from(visit.shares),
        downloads: i64::from(visit.facts.downloads.get(&asset).copied().unwrap_or(0)),
        ..AssetSums::default()
    };
    let pages = || visit.pages.values().filter(|page| page.asset == asset);
    let read =
        visit.level == VisitLevel::Read && pages().any(|page| page.active_ms >= super::READ_MS);
    if read {
        let seen = pages().filter(|page| page.active_ms >= SEEN_MS).count();
        let seen = i64::try_from(seen).unwrap_or(i64::MAX);
        let offered = visit.facts.offered.get(&asset).copied().unwrap_or(0);
        let offered = i64::from(offered).max(seen).max(1);
        sums.reads = 1;
        sums.completions = i64::from(seen == offered);
        sums.completion_milli = seen * 1_000 / offered;
        sums.page_views = seen;
        sums.active_ms = pages().map(|page| page.active_ms).sum();
    }
    sums
}
