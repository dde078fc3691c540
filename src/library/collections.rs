//! Collections: curated, ordered sets of assets.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};

use super::scope::visible_assets;
use super::summaries::asset_summaries;
use super::views::CollectionView;
use crate::db::Db;
use crate::entities::{asset, collection, collection_item};
use crate::error::Result;
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::{AssetId, CollectionId, UserId};

/// How many assets of a collection its card shows.
const SHOWN: usize = 4;

/// The collections by name.
#[utoipa::path(get, path = "/api/v1/collections", tag = "library", params(ListQuery), responses(
    (status = 200, body = Page<CollectionView>),
))]
pub async fn list_collections(
    principal: Principal,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<CollectionView>>> {
    let mut select = collection::Entity::find()
        .order_by_asc(collection::Column::Name)
        .order_by_asc(collection::Column::Id)
        .limit(query.limit() + 1);
    if let Some((name, id)) = query.position::<(String, CollectionId)>()? {
        let same_name = collection::Column::Name
            .eq(&name)
            .and(collection::Column::Id.gt(id));
        select = select.filter(collection::Column::Name.gt(&name).or(same_name));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| (row.name.clone(), row.id))?;

    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut members = visible_members(db.read(), &principal, &ids).await?;
    let shown: Vec<_> = members
        .values()
        .flat_map(|assets| assets.iter().copied().take(SHOWN))
        .collect();
    let summaries = asset_summaries(db.read(), &shown).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let assets = members.remove(&row.id).unwrap_or_default();
            CollectionView {
                id: row.id,
                name: row.name,
                description: row.description,
                asset_count: assets.len(),
                assets: assets
                    .iter()
                    .take(SHOWN)
                    .filter_map(|id| summaries.get(id).cloned())
                    .collect(),
            }
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// Makes a collection of these assets, in this order.
pub async fn create_collection<C: ConnectionTrait>(
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
    }
    .insert(tx)
    .await?;
    let items: Vec<_> = assets
        .iter()
        .zip(1..)
        .map(|(asset, position)| collection_item::ActiveModel {
            collection_id: Set(id),
            asset_id: Set(*asset),
            position: Set(position),
        })
        .collect();
    if !items.is_empty() {
        collection_item::Entity::insert_many(items).exec(tx).await?;
    }
    Ok(id)
}

/// The assets of these collections that `principal` may see, in order.
async fn visible_members<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    collections: &[CollectionId],
) -> Result<HashMap<CollectionId, Vec<AssetId>>> {
    let rows: Vec<(CollectionId, AssetId)> = collection_item::Entity::find()
        .select_only()
        .column(collection_item::Column::CollectionId)
        .column(collection_item::Column::AssetId)
        .filter(collection_item::Column::CollectionId.is_in(collections.iter().copied()))
        .inner_join(asset::Entity)
        .filter(visible_assets(principal))
        .order_by_asc(collection_item::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let mut members: HashMap<_, Vec<_>> = HashMap::new();
    for (collection, asset) in rows {
        members.entry(collection).or_default().push(asset);
    }
    Ok(members)
}
