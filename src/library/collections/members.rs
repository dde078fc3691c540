//! What is in a collection.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Deserialize;

use super::MOST_ASSETS;
use super::views::{CollectionView, view};
use crate::db::Db;
use crate::entities::{asset, collection, collection_item};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem, with_etag};
use crate::ids::{AssetId, CollectionId, UserId};
use crate::library::scope::{find_collection, visible_assets};

/// Assets to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewMembers {
    /// At the end, in this order; those that are in it already stay where they are.
    pub asset_ids: Vec<AssetId>,
}

/// Add assets to a collection.
#[utoipa::path(post, path = "/api/v1/collections/{id}/assets", tag = "collections", params(CollectionId),
    request_body = NewMembers, responses(
    (status = 200, body = CollectionView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_to_collection(
    principal: Principal,
    id: web::Path<CollectionId>,
    body: web::Json<NewMembers>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    find_collection(&tx, &principal, *id).await?;
    check_members(&tx, &principal, &body.asset_ids).await?;
    add_members(&tx, *id, &body.asset_ids).await?;
    tx.commit().await?;
    reply(&principal, *id, &db).await
}

/// Take an asset out of a collection. The asset stays.
#[utoipa::path(delete, path = "/api/v1/collections/{id}/assets/{asset}", tag = "collections", params(
    ("id" = CollectionId, Path), ("asset" = AssetId, Path),
), responses(
    (status = 200, body = CollectionView), (status = 404, body = Problem),
))]
pub async fn remove_from_collection(
    principal: Principal,
    path: web::Path<(CollectionId, AssetId)>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let (id, asset) = path.into_inner();
    let tx = db.begin().await?;
    find_collection(&tx, &principal, id).await?;
    let removed = collection_item::Entity::delete_by_id((id, asset))
        .exec(&tx)
        .await?;
    if removed.rows_affected > 0 {
        raise_revision(&tx, id).await?;
    }
    tx.commit().await?;
    reply(&principal, id, &db).await
}

async fn reply(principal: &Principal, id: CollectionId, db: &Db) -> Result<HttpResponse> {
    let row = find_collection(db.read(), principal, id).await?;
    let view = view(db.read(), principal, row).await?;
    Ok(with_etag(&view, view.revision))
}

/// Makes a collection of these assets, in this order; for the demo.
pub async fn add_collection<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    name: &str,
    description: &str,
    owner: Option<UserId>,
    assets: &[AssetId],
) -> Result<CollectionId> {
    let id = CollectionId::new(now);
    collection::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        description: Set(description.to_owned()),
        owner_id: Set(owner),
        created_at: Set(now),
        revision: Set(1),
        restricted: Set(false),
        cover_asset_id: Set(None),
        cover_page: Set(None),
    }
    .insert(tx)
    .await?;
    replace_members(tx, id, assets).await?;
    Ok(id)
}

/// Refuses assets that are not there, and too many of them.
pub(super) async fn check_members<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    assets: &[AssetId],
) -> Result<()> {
    if assets.len() > MOST_ASSETS {
        return Err(full());
    }
    let mut ids = assets.to_vec();
    ids.sort();
    ids.dedup();
    let known = asset::Entity::find()
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .filter(visible_assets(principal))
        .count(db)
        .await?;
    if known == ids.len() as u64 {
        return Ok(());
    }
    Err(Error::field(
        "asset_ids",
        "One of these assets does not exist any more.",
    ))
}

/// Makes these the assets of a collection.
pub(super) async fn replace_members<C: ConnectionTrait>(
    tx: &C,
    id: CollectionId,
    assets: &[AssetId],
) -> Result<()> {
    collection_item::Entity::delete_many()
        .filter(collection_item::Column::CollectionId.eq(id))
        .exec(tx)
        .await?;
    insert(tx, id, assets, 0).await
}

/// Adds what is not in a collection yet at its end; says which assets those were.
pub(in crate::library) async fn add_members<C: ConnectionTrait>(
    tx: &C,
    id: CollectionId,
    assets: &[AssetId],
) -> Result<Vec<AssetId>> {
    // The row is held first: two additions at once must not both find room, nor the same place.
    raise_revision(tx, id).await?;
    let present: Vec<(AssetId, i32)> = collection_item::Entity::find()
        .select_only()
        .column(collection_item::Column::AssetId)
        .column(collection_item::Column::Position)
        .filter(collection_item::Column::CollectionId.eq(id))
        .order_by_asc(collection_item::Column::Position)
        .into_tuple()
        .all(tx)
        .await?;
    let new: Vec<_> = assets
        .iter()
        .copied()
        .filter(|asset| present.iter().all(|(known, _)| known != asset))
        .collect();
    if present.len() + new.len() > MOST_ASSETS {
        return Err(full());
    }
    let last = present.last().map_or(0, |(_, position)| *position);
    insert(tx, id, &new, last).await?;
    Ok(new)
}

async fn insert<C: ConnectionTrait>(
    tx: &C,
    id: CollectionId,
    assets: &[AssetId],
    last: i32,
) -> Result<()> {
    if assets.is_empty() {
        return Ok(());
    }
    let rows = (last + 1..)
        .zip(assets)
        .map(|(position, asset)| collection_item::ActiveModel {
            collection_id: Set(id),
            asset_id: Set(*asset),
            position: Set(position),
        });
    let known = OnConflict::columns([
        collection_item::Column::CollectionId,
        collection_item::Column::AssetId,
    ])
    .do_nothing()
    .to_owned();
    collection_item::Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn raise_revision<C: ConnectionTrait>(tx: &C, id: CollectionId) -> Result<()> {
    let raised = collection::Entity::update_many()
        .col_expr(
            collection::Column::Revision,
            Expr::col(collection::Column::Revision).add(1),
        )
        .filter(collection::Column::Id.eq(id))
        .exec(tx)
        .await?;
    if raised.rows_affected == 0 {
        return Err(Error::not_found("collection"));
    }
    Ok(())
}

fn full() -> Error {
    Error::field(
        "asset_ids",
        format!("A collection holds {MOST_ASSETS} assets at the most."),
    )
}
