//! Making a change on some assets, in a fixed number of statements (steps of the life cycle are taken one by one).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::change::{BulkChange, Effect};
use crate::config::Config;
use crate::db::append_changes;
use crate::entities::{BulkOutcome, asset, asset_facet, collection_item};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::AssetId;
use crate::library::collections::add_members;
use crate::library::scope::visible_assets;
use crate::library::steps::{Transition, take_step};
use crate::library::views::Facets;

/// What became of one asset.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) asset: AssetId,
    /// Its title, unless it is gone.
    pub(super) title: String,
    pub(super) outcome: BulkOutcome,
    /// Why it was refused.
    pub(super) reason: Option<String>,
}

/// Changes these assets as far as `principal` may, and says what became of each, in the order of `ids`.
pub(super) async fn apply<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    principal: &Principal,
    change: &BulkChange,
    ids: &[AssetId],
) -> Result<Vec<Fate>> {
    let assets = load_assets(tx, principal, ids).await?;
    let facets = load_facets(tx, ids).await?;
    let none = Facets::default();
    let mut fates = Vec::with_capacity(ids.len());
    let mut effects: Vec<(AssetId, Effect)> = Vec::new();
    let mut stepped = Vec::new();
    for id in ids {
        let Some(asset) = assets.get(id) else {
            fates.push(refused(*id, String::new(), "It does not exist any more."));
            continue;
        };
        let has = facets.get(id).unwrap_or(&none);
        let effect = match change.effect(asset, has) {
            Ok(effect) => effect,
            Err(reason) => {
                fates.push(refused(*id, asset.title.clone(), &reason));
                continue;
            }
        };
        if let Some(to) = effect.step {
            let wanted = Transition {
                expires_at: change.expires_at,
                ..Transition::to(to)
            };
            match take_step(tx, config, now, principal, asset.clone(), wanted).await {
                Ok(_) => stepped.push(*id),
                Err(error) if error.code.status().is_client_error() => {
                    fates.push(refused(*id, asset.title.clone(), &error.detail));
                    continue;
                }
                Err(error) => return Err(error),
            }
        }
        let changed = effect.step.is_some() || effect.describes();
        effects.push((*id, effect));
        fates.push(Fate {
            asset: *id,
            title: asset.title.clone(),
            outcome: if changed {
                BulkOutcome::Done
            } else {
                BulkOutcome::Unchanged
            },
            reason: None,
        });
    }
    write_facets(tx, &effects).await?;
    let described: Vec<_> = effects
        .iter()
        .filter(|(_, effect)| effect.describes())
        .map(|(id, _)| *id)
        .collect();
    write_columns(tx, now, change, &described, &stepped).await?;
    let noted: Vec<_> = described.iter().map(|id| id.0).collect();
    append_changes(tx, "asset", &noted).await?;
    let admitted: Vec<_> = effects.iter().map(|(id, _)| *id).collect();
    let moved = move_between_collections(tx, change, &admitted).await?;
    for fate in &mut fates {
        if moved.contains(&fate.asset) {
            fate.outcome = BulkOutcome::Done;
        }
    }
    Ok(fates)
}

fn refused(asset: AssetId, title: String, reason: &str) -> Fate {
    Fate {
        asset,
        title,
        outcome: BulkOutcome::Refused,
        reason: Some(reason.to_owned()),
    }
}

/// The assets, held in the order of their ids, so that two edits do not wait for each other for ever.
async fn load_assets<C: ConnectionTrait>(
    tx: &C,
    principal: &Principal,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, asset::Model>> {
    let rows = asset::Entity::find()
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .filter(visible_assets(principal))
        .order_by_asc(asset::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

async fn load_facets<C: ConnectionTrait>(
    tx: &C,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, Facets>> {
    let rows = asset_facet::Entity::find()
        .filter(asset_facet::Column::AssetId.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    let mut facets: HashMap<AssetId, Facets> = HashMap::new();
    for row in rows {
        let of = facets.entry(row.asset_id).or_default();
        of.get_mut(row.facet).push(row.value);
    }
    Ok(facets)
}

async fn write_facets<C: ConnectionTrait>(tx: &C, effects: &[(AssetId, Effect)]) -> Result<()> {
    let mut lost: HashMap<_, Vec<AssetId>> = HashMap::new();
    for (id, effect) in effects {
        for value in &effect.loses {
            lost.entry(value).or_default().push(*id);
        }
    }
    for ((facet, value), assets) in lost {
        let gone = Condition::all()
            .add(asset_facet::Column::AssetId.is_in(assets))
            .add(asset_facet::Column::Facet.eq(*facet))
            .add(asset_facet::Column::Value.eq(value));
        asset_facet::Entity::delete_many()
            .filter(gone)
            .exec(tx)
            .await?;
    }
    let gained: Vec<_> = effects
        .iter()
        .flat_map(|(id, effect)| effect.gains.iter().map(move |gain| (*id, gain)))
        .map(|(id, (facet, value))| asset_facet::ActiveModel {
            asset_id: Set(id),
            facet: Set(*facet),
            value: Set(value.clone()),
        })
        .collect();
    let known = OnConflict::columns([
        asset_facet::Column::AssetId,
        asset_facet::Column::Facet,
        asset_facet::Column::Value,
    ])
    .do_nothing()
    .to_owned();
    for rows in gained.chunks(1_000) {
        asset_facet::Entity::insert_many(rows.to_vec())
            .on_conflict(known.clone())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Writes what is the same for all of them. Those that took a step have a new revision already.
async fn write_columns<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    change: &BulkChange,
    described: &[AssetId],
    stepped: &[AssetId],
) -> Result<()> {
    if described.is_empty() {
        return Ok(());
    }
    let raised = Expr::case(
        asset::Column::Id.is_in(stepped.iter().copied()),
        Expr::col(asset::Column::Revision),
    )
    .finally(Expr::col(asset::Column::Revision).add(1));
    let revision = if stepped.is_empty() {
        Expr::col(asset::Column::Revision).add(1)
    } else {
        raised.into()
    };
    let mut update = asset::Entity::update_many()
        .filter(asset::Column::Id.is_in(described.iter().copied()))
        .col_expr(asset::Column::UpdatedAt, Expr::value(now))
        .col_expr(asset::Column::Revision, revision);
    if let Some(kind) = change.kind {
        update = update.col_expr(asset::Column::Kind, Expr::value(kind));
    }
    if let Some(language) = &change.language {
        update = update.col_expr(asset::Column::Language, Expr::value(language.clone()));
    }
    if let Some(owner) = change.owner_id {
        update = update.col_expr(asset::Column::OwnerId, Expr::value(owner));
    }
    if let Some(internal_only) = change.internal_only {
        update = update.col_expr(asset::Column::InternalOnly, Expr::value(internal_only));
    }
    if let Some(day) = change.review_by {
        update = update.col_expr(asset::Column::ReviewBy, Expr::value(day));
    }
    if let Some(day) = change.expires_at {
        update = update.col_expr(asset::Column::ExpiresAt, Expr::value(day));
    }
    update.exec(tx).await?;
    Ok(())
}

/// Which assets came into or out of a collection.
async fn move_between_collections<C: ConnectionTrait>(
    tx: &C,
    change: &BulkChange,
    assets: &[AssetId],
) -> Result<Vec<AssetId>> {
    let mut moved = Vec::new();
    if assets.is_empty() {
        return Ok(moved);
    }
    if let Some(collection) = change.remove_from_collection {
        let members = Condition::all()
            .add(collection_item::Column::CollectionId.eq(collection))
            .add(collection_item::Column::AssetId.is_in(assets.iter().copied()));
        let present: Vec<AssetId> = collection_item::Entity::find()
            .select_only()
            .column(collection_item::Column::AssetId)
            .filter(members.clone())
            .into_tuple()
            .all(tx)
            .await?;
        collection_item::Entity::delete_many()
            .filter(members)
            .exec(tx)
            .await?;
        moved.extend(present);
    }
    if let Some(collection) = change.add_to_collection {
        moved.extend(add_members(tx, collection, assets).await?);
    }
    Ok(moved)
}

/// An error that refuses a whole chunk, as the fate of each of its assets; a fault of ours stays one.
pub(super) fn refuse_all(error: Error, ids: &[AssetId]) -> Result<Vec<Fate>> {
    if !error.code.status().is_client_error() {
        return Err(error);
    }
    Ok(ids
        .iter()
        .map(|id| refused(*id, String::new(), &error.detail))
        .collect())
}
