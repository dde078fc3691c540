//! What doubles, of one asset and of the whole library, and the word that two are not the same.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select,
};
use serde::{Deserialize, Serialize};

use super::alike::Likeness;
use super::merge::obstacles;
use super::{COMPARE, pair_of};
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{AssetState, asset, asset_fingerprint, duplicate_pair};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::AssetId;
use crate::jobs::is_open;
use crate::library::scope::{find_asset, visible_states};
use crate::library::summaries::asset_summaries;
use crate::library::views::AssetSummary;

/// Another asset that is like the one that was asked about.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Duplicate {
    /// The other asset.
    pub asset: AssetSummary,
    /// Whether the files are the same, byte by byte.
    pub exact: bool,
    /// Pages of this asset that have their like in the other.
    pub alike: i32,
    /// Pages of this asset that can be compared.
    pub pages: i32,
    /// Pages of the other that can be compared.
    pub other_pages: i32,
    /// The pages that are alike, in percent of all pages of both.
    pub percent: i32,
}

/// What is like one asset.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetDuplicates {
    /// Whether its current version has been compared; before that, nothing here means nothing.
    pub compared: bool,
    /// What is like it, the most alike first.
    pub items: Vec<Duplicate>,
    /// Why this asset cannot become a version of another; nothing where it can.
    pub obstacle: Option<String>,
}

/// Two assets that are alike.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DuplicatePair {
    /// The older of the two.
    pub asset: AssetSummary,
    /// The newer one.
    pub other: AssetSummary,
    /// Whether the files are the same, byte by byte.
    pub exact: bool,
    /// Pages of the one that have their like in the other.
    pub alike: i32,
    /// Pages of the older one that can be compared.
    pub pages: i32,
    /// Pages of the newer one that can be compared.
    pub other_pages: i32,
    /// The pages that are alike, in percent of all pages of both.
    pub percent: i32,
    /// When that was found.
    pub found_at: DateTime<Utc>,
    /// When somebody said that these are not the same.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// Who said so.
    pub dismissed_by: Option<UserRef>,
    /// Why the older one cannot become a version of the newer one.
    pub obstacle: Option<String>,
    /// Why the newer one cannot become a version of the older one.
    pub other_obstacle: Option<String>,
}

/// Which pairs to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DuplicatesQuery {
    /// Those of which somebody said that they are not the same, instead of the others.
    #[serde(default)]
    pub dismissed: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// What somebody says of two assets that are alike.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Dismissal {
    /// The one.
    pub asset_id: AssetId,
    /// The other.
    pub other_id: AssetId,
    /// Whether they are not the same; `false` takes it back.
    pub dismissed: bool,
}

/// What already doubles: pairs of assets whose current versions are alike, what was found last first.
#[utoipa::path(get, path = "/api/v1/assets/duplicates", tag = "library", params(DuplicatesQuery), responses(
    (status = 200, body = Page<DuplicatePair>),
))]
pub async fn list_duplicates(
    principal: Principal,
    query: web::Query<DuplicatesQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<DuplicatePair>>> {
    use duplicate_pair::Column;
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = in_use(&principal)
        .order_by_desc(Column::FoundAt)
        .order_by_desc(Column::AssetId)
        .order_by_desc(Column::OtherId)
        .limit(list.limit() + 1);
    select = if query.dismissed {
        select.filter(Column::DismissedAt.is_not_null())
    } else {
        select.filter(Column::DismissedAt.is_null())
    };
    if let Some((time, one, other)) = list.position::<(DateTime<Utc>, AssetId, AssetId)>()? {
        let later = Column::AssetId
            .lt(one)
            .or(Column::AssetId.eq(one).and(Column::OtherId.lt(other)));
        select = select.filter(
            Column::FoundAt
                .lt(time)
                .or(Column::FoundAt.eq(time).and(later)),
        );
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| {
        (row.found_at, row.asset_id, row.other_id)
    })?;
    let items = views(db.read(), rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// What is like an asset, and was not said to be something else.
#[utoipa::path(get, path = "/api/v1/assets/{id}/duplicates", tag = "library", params(AssetId), responses(
    (status = 200, body = AssetDuplicates), (status = 404, body = Problem),
))]
pub async fn asset_duplicates(
    principal: Principal,
    id: web::Path<AssetId>,
    db: web::Data<Db>,
) -> Result<web::Json<AssetDuplicates>> {
    let db = db.read();
    let asset = find_asset(db, &principal, *id).await?;
    let fingerprint = asset_fingerprint::Entity::find_by_id(asset.id)
        .one(db)
        .await?;
    // Sketches are kept before anything is looked for; what was found is there when the job has ended.
    let compared = fingerprint
        .is_some_and(|made| Some(made.version_id) == asset.current_version_id)
        && !is_open(db, COMPARE, asset.id.0).await?;
    let of_asset = Condition::any()
        .add(duplicate_pair::Column::AssetId.eq(asset.id))
        .add(duplicate_pair::Column::OtherId.eq(asset.id));
    let rows = in_use(&principal)
        .filter(of_asset)
        .filter(duplicate_pair::Column::DismissedAt.is_null())
        .all(db)
        .await?;
    let others: Vec<_> = rows.iter().map(|row| other_of(row, asset.id)).collect();
    let mut summaries = asset_summaries(db, &others).await?;
    let mut items: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let summary = summaries.remove(&other_of(row, asset.id))?;
            let (pages, other_pages) = if row.asset_id == asset.id {
                (row.pages, row.other_pages)
            } else {
                (row.other_pages, row.pages)
            };
            Some(Duplicate {
                asset: summary,
                exact: row.exact,
                alike: row.alike,
                pages,
                other_pages,
                percent: percent(row),
            })
        })
        .collect();
    items.sort_by_key(|item| (!item.exact, -item.percent));
    let obstacle = obstacles(db, &[asset.id]).await?.remove(&asset.id);
    Ok(web::Json(AssetDuplicates {
        compared,
        items,
        obstacle,
    }))
}

/// Say that two assets are not the same, or take that back. It is kept.
#[utoipa::path(post, path = "/api/v1/assets/duplicates/dismissals", tag = "library", request_body = Dismissal,
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn dismiss_duplicate(
    principal: Principal,
    body: web::Json<Dismissal>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    use duplicate_pair::Column;
    let key = pair_of(body.asset_id, body.other_id);
    let dismissed = body.dismissed;
    let tx = db.begin().await?;
    find_asset(&tx, &principal, key.0).await?;
    find_asset(&tx, &principal, key.1).await?;
    let changed = duplicate_pair::Entity::update_many()
        .col_expr(Column::DismissedAt, dismissed.then(|| clock.now()).into())
        .col_expr(
            Column::DismissedBy,
            dismissed.then_some(principal.user_id.0).into(),
        )
        .filter(Column::AssetId.eq(key.0))
        .filter(Column::OtherId.eq(key.1))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    if changed.rows_affected == 0 {
        return Err(Error::not_found("pair"));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The pairs of which the principal may see both assets; what is archived doubles nothing.
fn in_use(principal: &Principal) -> Select<duplicate_pair::Entity> {
    let states: Vec<AssetState> = visible_states(principal)
        .iter()
        .copied()
        .filter(|state| *state != AssetState::Archived)
        .collect();
    let seen = Query::select()
        .column(asset::Column::Id)
        .from(asset::Entity)
        .and_where(asset::Column::State.is_in(states))
        .to_owned();
    duplicate_pair::Entity::find()
        .filter(duplicate_pair::Column::AssetId.in_subquery(seen.clone()))
        .filter(duplicate_pair::Column::OtherId.in_subquery(seen))
}

async fn views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<duplicate_pair::Model>,
) -> Result<Vec<DuplicatePair>> {
    let ids: Vec<_> = rows
        .iter()
        .flat_map(|row| [row.asset_id, row.other_id])
        .collect();
    let summaries = asset_summaries(db, &ids).await?;
    let obstacles: HashMap<AssetId, String> = obstacles(db, &ids).await?;
    let people = user_refs(db, rows.iter().filter_map(|row| row.dismissed_by)).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(DuplicatePair {
                asset: summaries.get(&row.asset_id)?.clone(),
                other: summaries.get(&row.other_id)?.clone(),
                exact: row.exact,
                percent: percent(&row),
                alike: row.alike,
                pages: row.pages,
                other_pages: row.other_pages,
                found_at: row.found_at,
                dismissed_at: row.dismissed_at,
                dismissed_by: row.dismissed_by.and_then(|id| people.get(&id).cloned()),
                obstacle: obstacles.get(&row.asset_id).cloned(),
                other_obstacle: obstacles.get(&row.other_id).cloned(),
            })
        })
        .collect())
}

fn percent(row: &duplicate_pair::Model) -> i32 {
    if row.exact {
        return 100;
    }
    let likeness = Likeness {
        alike: row.alike,
        pages: row.pages,
        other_pages: row.other_pages,
    };
    likeness.percent()
}

fn other_of(row: &duplicate_pair::Model, id: AssetId) -> AssetId {
    if row.asset_id == id {
        row.other_id
    } else {
        row.asset_id
    }
}
