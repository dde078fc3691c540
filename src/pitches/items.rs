//! The items of a pitch: checked when they are added, and written so that those that stay keep their identity.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
};

use super::input::{PitchItemInput, fault, refuse};
use super::rules::{self, Objection};
use crate::entities::{asset, asset_version, pitch_item};
use crate::error::{FieldError, Result};
use crate::ids::{AssetId, PitchId, PitchItemId};

/// What an item shows: an asset, or one page of it.
type Shown = (AssetId, Option<i32>);

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
    let plan: Vec<(Option<PitchItemId>, PitchItemInput)> = wanted
        .into_iter()
        .map(|item| {
            let id = kept
                .get_mut(&(item.asset_id, item.page_number))
                .and_then(Vec::pop);
            (id, item)
        })
        .collect();
    check_added(db, now.date_naive(), &plan).await?;

    pitch_item::Entity::delete_many()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .exec(db)
        .await?;
    let rows: Vec<pitch_item::ActiveModel> = (0_i32..)
        .zip(plan)
        .map(|(position, (id, item))| pitch_item::ActiveModel {
            id: Set(id.unwrap_or_else(|| PitchItemId::new(now))),
            pitch_id: Set(pitch),
            position: Set(position),
            asset_id: Set(item.asset_id),
            page_number: Set(item.page_number),
            section: Set(item.section),
            note: Set(item.note),
            version_id: Set(None),
        })
        .collect();
    if !rows.is_empty() {
        pitch_item::Entity::insert_many(rows).exec(db).await?;
    }
    Ok(())
}

/// The ids of the items, by what they show; the first of equal ones last, as they are taken from the end.
fn identities(present: &[pitch_item::Model]) -> HashMap<Shown, Vec<PitchItemId>> {
    let mut ids: HashMap<Shown, Vec<PitchItemId>> = HashMap::new();
    for item in present.iter().rev() {
        ids.entry((item.asset_id, item.page_number))
            .or_default()
            .push(item.id);
    }
    ids
}

async fn check_added<C: ConnectionTrait>(
    db: &C,
    today: NaiveDate,
    plan: &[(Option<PitchItemId>, PitchItemInput)],
) -> Result<()> {
    let added: Vec<(usize, &PitchItemInput)> = plan
        .iter()
        .enumerate()
        .filter(|(_, (id, _))| id.is_none())
        .map(|(index, (_, item))| (index, item))
        .collect();
    if added.is_empty() {
        return Ok(());
    }
    let assets = assets_with_versions(db, added.iter().map(|(_, item)| item.asset_id)).await?;
    let faults = added
        .into_iter()
        .filter_map(|(index, item)| {
            let found = assets.get(&item.asset_id);
            refusal(index, item, found, today)
        })
        .collect();
    refuse(faults)
}

/// Names the item and everything that stands against it.
fn refusal(
    index: usize,
    item: &PitchItemInput,
    found: Option<&(asset::Model, Option<asset_version::Model>)>,
    today: NaiveDate,
) -> Option<FieldError> {
    let Some((asset, version)) = found else {
        return Some(fault(
            &format!("items[{index}].asset_id"),
            "There is no such asset, or you may not see it.",
        ));
    };
    let reasons: Vec<Objection> =
        rules::objections(asset, version.as_ref(), item.page_number, today)
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

/// Assets with their current versions, in two queries.
pub(super) async fn assets_with_versions<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = AssetId>,
) -> Result<HashMap<AssetId, (asset::Model, Option<asset_version::Model>)>> {
    let assets = asset::Entity::find()
        .filter(asset::Column::Id.is_in(ids))
        .all(db)
        .await?;
    let current = assets.iter().filter_map(|asset| asset.current_version_id);
    let mut versions: HashMap<_, _> = asset_version::Entity::find()
        .filter(asset_version::Column::Id.is_in(current))
        .all(db)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    Ok(assets
        .into_iter()
        .map(|asset| {
            let version = asset.current_version_id.and_then(|id| versions.remove(&id));
            (asset.id, (asset, version))
        })
        .collect())
}
