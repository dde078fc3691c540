//! The items of a pitch: checked when they are added, and written so that those that stay keep their identity.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};
use serde::Serialize;

use super::input::{PitchItemInput, fault, refuse};
use super::rules::{self, Objection};
use crate::entities::{asset, asset_version, pitch_item};
use crate::error::{FieldError, Result};
use crate::ids::{AssetId, PitchId, PitchItemId, VersionId};
use crate::library::{self, Became};

/// What an item shows: an asset, or one page of it.
type Shown = (AssetId, Option<i32>);

/// An item to be written: what it was, if it was there, and what was asked for.
type Planned<'a> = (Option<&'a pitch_item::Model>, PitchItemInput);

/// Makes `wanted` the items of `pitch`. Items that are new are held against the rules; those that are there already
/// keep their identity, even if something stands against them by now (that is shown as a problem instead).
pub(super) async fn replace_items<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    pitch: PitchId,
    wanted: Vec<PitchItemInput>,
) -> Result<()> {
    let present = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .all(db)
        .await?;
    let mut kept = identities(&present);
    let mut plan: Vec<Planned<'_>> = wanted
        .into_iter()
        .map(|item| {
            let before = kept
                .get_mut(&(item.asset_id, item.page_number))
                .and_then(Vec::pop);
            (before, item)
        })
        .collect();
    follow_again(db, &mut plan).await?;
    let found = look_up(db, &plan).await?;
    refuse(refusals(&plan, &found, now.date_naive()))?;

    pitch_item::Entity::delete_many()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .exec(db)
        .await?;
    let rows: Vec<pitch_item::ActiveModel> = (0_i32..)
        .zip(plan)
        .map(|(position, (before, item))| pitch_item::ActiveModel {
            page_version_id: Set(page_version(before, &item, &found)),
            id: Set(before.map_or_else(|| PitchItemId::new(now), |before| before.id)),
            pitch_id: Set(pitch),
            position: Set(position),
            asset_id: Set(item.asset_id),
            page_number: Set(item.page_number),
            section: Set(item.section),
            note: Set(item.note),
            version_id: Set(item.version_id),
        })
        .collect();
    if !rows.is_empty() {
        pitch_item::Entity::insert_many(rows).exec(db).await?;
    }
    Ok(())
}

/// The items by what they show; the first of equal ones last, as they are taken from the end.
fn identities(present: &[pitch_item::Model]) -> HashMap<Shown, Vec<&pitch_item::Model>> {
    let mut items: HashMap<Shown, Vec<&pitch_item::Model>> = HashMap::new();
    for item in present.iter().rev() {
        items
            .entry((item.asset_id, item.page_number))
            .or_default()
            .push(item);
    }
    items
}

/// A single page that kept its version and now follows the current one goes on as the page that it has become, if it is
/// still there; its number may be another.
async fn follow_again<C: ConnectionTrait>(db: &C, plan: &mut [Planned<'_>]) -> Result<()> {
    for (before, item) in plan {
        let Some((kept, number)) = before
            .and_then(|before| before.version_id)
            .filter(|_| item.version_id.is_none())
            .zip(item.page_number)
        else {
            continue;
        };
        let asset = asset::Entity::find_by_id(item.asset_id).one(db).await?;
        let Some(current) = asset.and_then(|asset| asset.current_version_id) else {
            continue;
        };
        let fates = library::page_fates(db, &[kept], current).await?;
        let fate = fates.get(&kept).and_then(|fates| fates.get(&number));
        if let Some(page) = fate.and_then(Became::page) {
            item.page_number = Some(page);
        }
    }
    Ok(())
}

async fn look_up<C: ConnectionTrait>(db: &C, plan: &[Planned<'_>]) -> Result<Found> {
    let assets = plan.iter().map(|(_, item)| item.asset_id);
    let kept = plan.iter().filter_map(|(_, item)| item.version_id);
    Found::look_up(db, assets, kept).await
}

/// What stands against items that are new, or that keep another version than before, which is as good as new.
fn refusals(plan: &[Planned<'_>], found: &Found, today: NaiveDate) -> Vec<FieldError> {
    plan.iter()
        .enumerate()
        .filter(|(_, (before, item))| {
            before.is_none_or(|before| before.version_id != item.version_id)
        })
        .filter_map(|(index, (_, item))| refusal(index, item, found, today))
        .collect()
}

/// A piece that was not put into a pitch, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeftOut {
    /// Its title, as far as it is known.
    pub title: String,
    /// What stands against it.
    pub reason: String,
}

/// Parts `wanted` into what may be put into a pitch and what may not, for those who bring many pieces at once and would
/// rather have most of them than none. What is in the pitch already may stay.
pub(super) async fn sort_out<C: ConnectionTrait>(
    db: &C,
    today: NaiveDate,
    pitch: Option<PitchId>,
    wanted: Vec<PitchItemInput>,
) -> Result<(Vec<PitchItemInput>, Vec<LeftOut>)> {
    let present = match pitch {
        Some(pitch) => {
            pitch_item::Entity::find()
                .filter(pitch_item::Column::PitchId.eq(pitch))
                .all(db)
                .await?
        }
        None => Vec::new(),
    };
    let found = Found::look_up(
        db,
        wanted.iter().map(|item| item.asset_id),
        wanted.iter().filter_map(|item| item.version_id),
    )
    .await?;
    let stays = |item: &PitchItemInput| {
        present.iter().any(|before| {
            before.asset_id == item.asset_id
                && before.page_number == item.page_number
                && before.version_id == item.version_id
        })
    };
    let (mut kept, mut left_out) = (Vec::new(), Vec::new());
    for (index, item) in wanted.into_iter().enumerate() {
        match refusal(index, &item, &found, today).filter(|_| !stays(&item)) {
            None => kept.push(item),
            Some(fault) => left_out.push(LeftOut {
                title: found
                    .asset(item.asset_id)
                    .map(|asset| asset.title.clone())
                    .unwrap_or_default(),
                reason: fault.detail,
            }),
        }
    }
    Ok((kept, left_out))
}

/// The version in which a single page has its number: of one that stays and follows, the one it was last looked up in.
fn page_version(
    before: Option<&pitch_item::Model>,
    item: &PitchItemInput,
    found: &Found,
) -> Option<VersionId> {
    item.page_number?;
    let shown = found
        .chosen(item.asset_id, item.version_id)
        .map(|version| version.id);
    let stays = before.filter(|before| {
        before.page_number == item.page_number && before.version_id == item.version_id
    });
    match stays {
        Some(before) => before.page_version_id.or(shown),
        None => shown,
    }
}

/// Names the item and everything that stands against it.
fn refusal(
    index: usize,
    item: &PitchItemInput,
    found: &Found,
    today: NaiveDate,
) -> Option<FieldError> {
    let Some(asset) = found.asset(item.asset_id) else {
        return Some(fault(
            &format!("items[{index}].asset_id"),
            "There is no such asset, or you may not see it.",
        ));
    };
    let version = found.chosen(asset.id, item.version_id);
    if item.version_id.is_some() && item.version_id != version.map(|version| version.id) {
        return Some(fault(
            &format!("items[{index}].version_id"),
            format!("\u{201c}{}\u{201d} has no such version.", asset.title),
        ));
    }
    let reasons: Vec<Objection> = rules::objections(asset, version, item.page_number, today)
        .into_iter()
        .filter(Objection::forbids_adding)
        .collect();
    if reasons.is_empty() {
        return None;
    }
    let field = match reasons.as_slice() {
        [Objection::NoSuchPage { .. }] => format!("items[{index}].page_number"),
        _ => format!("items[{index}].asset_id"),
    };
    let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
    Some(fault(
        &field,
        format!(
            "\u{201c}{}\u{201d} cannot be added. {}",
            asset.title,
            reasons.join(" ")
        ),
    ))
}

/// The assets of items and the versions that may be shown of them: the current ones, and those that items keep.
#[derive(Debug, Default)]
pub(super) struct Found {
    assets: HashMap<AssetId, asset::Model>,
    versions: HashMap<VersionId, asset_version::Model>,
}

impl Found {
    /// Looks them up in two queries, whatever the number of items.
    pub(super) async fn load<C: ConnectionTrait>(
        db: &C,
        items: impl IntoIterator<Item = &pitch_item::Model, IntoIter: Clone>,
    ) -> Result<Self> {
        let items = items.into_iter();
        let assets = items.clone().map(|item| item.asset_id);
        let kept = items.filter_map(|item| item.version_id);
        Self::look_up(db, assets, kept).await
    }

    pub(super) async fn look_up<C: ConnectionTrait>(
        db: &C,
        assets: impl Iterator<Item = AssetId>,
        kept: impl Iterator<Item = VersionId>,
    ) -> Result<Self> {
        let assets = asset::Entity::find()
            .filter(asset::Column::Id.is_in(assets))
            .all(db)
            .await?;
        let current = assets.iter().filter_map(|asset| asset.current_version_id);
        let versions = asset_version::Entity::find()
            .filter(asset_version::Column::Id.is_in(current.chain(kept)))
            // What nobody else has seen is no version to keep either.
            .filter(asset_version::Column::AwaitsApproval.eq(false))
            .all(db)
            .await?;
        Ok(Self {
            assets: assets.into_iter().map(|row| (row.id, row)).collect(),
            versions: versions.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    pub(super) fn asset(&self, id: AssetId) -> Option<&asset::Model> {
        self.assets.get(&id)
    }

    /// The asset's current version.
    pub(super) fn current(&self, asset: AssetId) -> Option<&asset_version::Model> {
        let current = self.assets.get(&asset)?.current_version_id?;
        self.versions.get(&current)
    }

    /// The version that an item shows.
    pub(super) fn shown(&self, item: &pitch_item::Model) -> Option<&asset_version::Model> {
        self.chosen(item.asset_id, item.version_id)
    }

    /// The version of an asset that is kept, if one is and it is the asset's, else the current one.
    pub(super) fn chosen(
        &self,
        asset: AssetId,
        kept: Option<VersionId>,
    ) -> Option<&asset_version::Model> {
        kept.and_then(|id| self.versions.get(&id))
            .filter(|version| version.asset_id == asset)
            .or_else(|| self.current(asset))
    }
}
