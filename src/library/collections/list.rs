//! Reading collections.

use actix_web::{HttpResponse, web};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, QueryTrait as _,
};
use serde::Deserialize;

use super::views::{CollectionView, view, views};
use crate::db::{Db, contains_text};
use crate::entities::{collection, collection_item};
use crate::error::Result;
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor, with_etag};
use crate::ids::{AssetId, CollectionId};
use crate::library::scope::{find_collection, visible_collections};

/// Which collections to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CollectionsQuery {
    /// Only those with this text in their name.
    pub q: Option<String>,
    /// Only those that this asset is in.
    pub asset: Option<AssetId>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The collections by name.
#[utoipa::path(get, path = "/api/v1/collections", tag = "collections", params(CollectionsQuery), responses(
    (status = 200, body = Page<CollectionView>),
))]
pub async fn list_collections(
    principal: Principal,
    query: web::Query<CollectionsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<CollectionView>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = collection::Entity::find()
        .filter(visible_collections(&principal))
        .order_by_asc(collection::Column::Name)
        .order_by_asc(collection::Column::Id)
        .limit(list.limit() + 1);
    if let Some(text) = query.q.as_deref().map(str::trim)
        && !text.is_empty()
    {
        select = select.filter(contains_text(collection::Column::Name, text));
    }
    if let Some(asset) = query.asset {
        let holding = collection_item::Entity::find()
            .select_only()
            .column(collection_item::Column::CollectionId)
            .filter(collection_item::Column::AssetId.eq(asset))
            .into_query();
        select = select.filter(collection::Column::Id.in_subquery(holding));
    }
    if let Some((name, id)) = list.position::<(String, CollectionId)>()? {
        let same_name = collection::Column::Name
            .eq(&name)
            .and(collection::Column::Id.gt(id));
        select = select.filter(collection::Column::Name.gt(&name).or(same_name));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| (row.name.clone(), row.id))?;
    let items = views(db.read(), &principal, rows, false).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// One collection with all its assets.
#[utoipa::path(get, path = "/api/v1/collections/{id}", tag = "collections", params(CollectionId), responses(
    (status = 200, body = CollectionView), (status = 404, body = Problem),
))]
pub async fn get_collection(
    principal: Principal,
    id: web::Path<CollectionId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let row = find_collection(db.read(), &principal, *id).await?;
    let view = view(db.read(), &principal, row).await?;
    Ok(with_etag(&view, view.revision))
}
