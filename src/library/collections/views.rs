//! What callers see of collections, loaded in a fixed number of queries.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Query, WindowStatement};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use serde::Serialize;

use super::MOST_ASSETS;
use super::edit::Cover;
use crate::auth::{TeamView, UserRef, user_refs};
use crate::entities::{asset, collection, collection_item, collection_team, team};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{AssetId, CollectionId, VersionId};
use crate::library::scope::visible_assets;
use crate::library::summaries::asset_summaries;
use crate::library::views::{AssetSummary, page_thumbnail_url};

/// How many assets of a collection its card shows.
const SHOWN: usize = 4;

/// A curated, ordered set of assets.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CollectionView {
    /// The collection.
    pub id: CollectionId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many assets of it the caller may see.
    pub asset_count: usize,
    /// In lists the first four of them; else all, in order.
    pub assets: Vec<AssetSummary>,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
    /// Who looks after it.
    pub owner: Option<UserRef>,
    /// Whether only some teams, and those who keep the library, see it.
    pub restricted: bool,
    /// Those teams.
    pub teams: Vec<TeamView>,
    /// The page that was chosen as its picture, if the caller may see its asset.
    pub cover: Option<Cover>,
    /// Its picture: of that page, else of its first asset.
    pub cover_url: Option<String>,
}

/// The views of these collections in their order, with the first assets of each or with all.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    rows: Vec<collection::Model>,
    all_assets: bool,
) -> Result<Vec<CollectionView>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let each = if all_assets { MOST_ASSETS } else { SHOWN };
    let counts = counts(db, principal, &ids).await?;
    let mut members = first_members(db, principal, &ids, each).await?;
    let shown: Vec<_> = members.values().flatten().copied().collect();
    let summaries = asset_summaries(db, &shown).await?;
    let covers = covers(db, principal, &rows).await?;
    let mut teams = teams(db, &ids).await?;
    let owners = user_refs(db, rows.iter().filter_map(|row| row.owner_id)).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let assets: Vec<_> = members
                .remove(&row.id)
                .unwrap_or_default()
                .iter()
                .filter_map(|id| summaries.get(id).cloned())
                .collect();
            let cover = row
                .cover_asset_id
                .zip(row.cover_page)
                .map(|(asset_id, page)| Cover { asset_id, page })
                .filter(|cover| covers.contains_key(&cover.asset_id));
            let chosen = cover
                .as_ref()
                .and_then(|cover| Some((*covers.get(&cover.asset_id)?, cover.page)))
                .map(|(version, page)| page_thumbnail_url(version, page));
            CollectionView {
                cover_url: chosen
                    .or_else(|| assets.iter().find_map(|asset| asset.thumbnail_url.clone())),
                cover,
                asset_count: counts.get(&row.id).copied().unwrap_or(0),
                assets,
                revision: row.revision,
                owner: row.owner_id.and_then(|id| owners.get(&id).cloned()),
                restricted: row.restricted,
                teams: teams.remove(&row.id).unwrap_or_default(),
                id: row.id,
                name: row.name,
                description: row.description,
            }
        })
        .collect())
}

/// One collection with all its assets.
pub(super) async fn view<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    row: collection::Model,
) -> Result<CollectionView> {
    views(db, principal, vec![row], true)
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("collection"))
}

/// Whether `principal` may see a member, as a condition on the columns of `collection_items`. Asked of each member: of
/// a join SQLite would begin with all assets that may be seen.
fn has_visible_asset(principal: &Principal) -> Expr {
    let mut asset = asset::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(visible_assets(principal))
        .into_query();
    let (asset_id, member) = (
        (asset::Entity, asset::Column::Id),
        (collection_item::Entity, collection_item::Column::AssetId),
    );
    asset.and_where(Expr::col(asset_id).equals(member));
    Expr::exists(asset)
}

async fn counts<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    collections: &[CollectionId],
) -> Result<HashMap<CollectionId, usize>> {
    let rows: Vec<(CollectionId, i64)> = collection_item::Entity::find()
        .select_only()
        .column(collection_item::Column::CollectionId)
        .column_as(collection_item::Column::AssetId.count(), "assets")
        .filter(collection_item::Column::CollectionId.is_in(collections.iter().copied()))
        .filter(has_visible_asset(principal))
        .group_by(collection_item::Column::CollectionId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, count)| (id, usize::try_from(count).unwrap_or(0)))
        .collect())
}

/// The first assets of each collection that `principal` may see, in order.
async fn first_members<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    collections: &[CollectionId],
    each: usize,
) -> Result<HashMap<CollectionId, Vec<AssetId>>> {
    let mut numbered = collection_item::Entity::find()
        .select_only()
        .column(collection_item::Column::CollectionId)
        .column(collection_item::Column::AssetId)
        .filter(collection_item::Column::CollectionId.is_in(collections.iter().copied()))
        .filter(has_visible_asset(principal))
        .into_query();
    let order = WindowStatement::partition_by((
        collection_item::Entity,
        collection_item::Column::CollectionId,
    ))
    .order_by_columns([
        (
            (collection_item::Entity, collection_item::Column::Position),
            sea_orm::Order::Asc,
        ),
        (
            (collection_item::Entity, collection_item::Column::AssetId),
            sea_orm::Order::Asc,
        ),
    ])
    .to_owned();
    numbered.expr_window_as(Func::cust("ROW_NUMBER"), order, "place");
    let limit = i64::try_from(each).map_err(Error::internal)?;
    let first = Query::select()
        .columns(["collection_id", "asset_id"])
        .from_subquery(numbered, "members")
        .and_where(Expr::col("place").lte(limit))
        .order_by("place", sea_orm::Order::Asc)
        .to_owned();
    let mut members: HashMap<_, Vec<_>> = HashMap::new();
    for row in db.query_all(&first).await? {
        let collection: CollectionId = row.try_get("", "collection_id")?;
        let asset: AssetId = row.try_get("", "asset_id")?;
        members.entry(collection).or_default().push(asset);
    }
    Ok(members)
}

/// What the assets of the covers show, where `principal` may see them and the page is there.
async fn covers<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    rows: &[collection::Model],
) -> Result<HashMap<AssetId, VersionId>> {
    let assets: Vec<_> = rows.iter().filter_map(|row| row.cover_asset_id).collect();
    if assets.is_empty() {
        return Ok(HashMap::new());
    }
    let found: Vec<(AssetId, Option<VersionId>)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::CurrentVersionId)
        .filter(asset::Column::Id.is_in(assets))
        .filter(visible_assets(principal))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found
        .into_iter()
        .filter_map(|(asset, version)| Some((asset, version?)))
        .collect())
}

async fn teams<C: ConnectionTrait>(
    db: &C,
    collections: &[CollectionId],
) -> Result<HashMap<CollectionId, Vec<TeamView>>> {
    let rows = collection_team::Entity::find()
        .filter(collection_team::Column::CollectionId.is_in(collections.iter().copied()))
        .find_also_related(team::Entity)
        .order_by_asc(team::Column::Name)
        .all(db)
        .await?;
    let mut teams: HashMap<_, Vec<_>> = HashMap::new();
    for (row, team) in rows {
        let Some(team) = team else { continue };
        teams.entry(row.collection_id).or_default().push(TeamView {
            id: team.id,
            name: team.name,
        });
    }
    Ok(teams)
}
