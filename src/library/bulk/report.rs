//! What became of a bulk edit, asset by asset.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::apply::Fate;
use crate::db::Db;
use crate::entities::{BulkOutcome, JobState, asset, bulk_edit, bulk_edit_item};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Problem, next_cursor};
use crate::ids::{AssetId, BulkEditId};
use crate::jobs;

/// How a bulk edit went, or goes.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkReport {
    /// Where to ask again; absent where everything was done at once.
    pub id: Option<BulkEditId>,
    /// Whether every asset has had its turn.
    pub finished: bool,
    /// How many assets were chosen.
    pub total: usize,
    /// How many were changed.
    pub done: usize,
    /// How many were so already.
    pub unchanged: usize,
    /// How many were refused and keep everything.
    pub refused: usize,
    /// Each asset, where everything was done at once; else see the list of items.
    pub items: Vec<BulkItem>,
    /// When it was asked for, where a job does it.
    pub created_at: Option<DateTime<Utc>>,
    /// Whether the job was given up; what was changed until then stays.
    pub failed: bool,
}

/// One asset of a bulk edit.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BulkItem {
    /// The asset.
    pub asset_id: AssetId,
    /// Its title; empty where it is gone.
    pub title: String,
    /// What became of it; absent as long as its turn has not come.
    pub outcome: Option<BulkOutcome>,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// Which items to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BulkItemsQuery {
    /// Only those with this outcome.
    pub outcome: Option<BulkOutcome>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// How far a bulk edit is.
#[utoipa::path(get, path = "/api/v1/bulk-edits/{id}", tag = "library", params(BulkEditId), responses(
    (status = 200, body = BulkReport), (status = 404, body = Problem),
))]
pub async fn get_bulk_edit(
    id: web::Path<BulkEditId>,
    db: web::Data<Db>,
) -> Result<web::Json<BulkReport>> {
    let row = find(db.read(), *id).await?;
    Ok(web::Json(report_of(db.read(), row).await?))
}

/// The assets of a bulk edit and what became of each.
#[utoipa::path(get, path = "/api/v1/bulk-edits/{id}/items", tag = "library", params(BulkEditId, BulkItemsQuery), responses(
    (status = 200, body = Page<BulkItem>), (status = 404, body = Problem),
))]
pub async fn list_bulk_items(
    id: web::Path<BulkEditId>,
    query: web::Query<BulkItemsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<BulkItem>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    find(db.read(), *id).await?;
    let mut select = bulk_edit_item::Entity::find()
        .filter(bulk_edit_item::Column::BulkEditId.eq(*id))
        .order_by_asc(bulk_edit_item::Column::Position)
        .limit(list.limit() + 1);
    if let Some(outcome) = query.outcome {
        select = select.filter(bulk_edit_item::Column::Outcome.eq(outcome));
    }
    if let Some(position) = list.position::<i32>()? {
        select = select.filter(bulk_edit_item::Column::Position.gt(position));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| row.position)?;
    let titles: Vec<(AssetId, String)> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::Title)
        .filter(asset::Column::Id.is_in(rows.iter().map(|row| row.asset_id)))
        .into_tuple()
        .all(db.read())
        .await?;
    let mut titles: HashMap<_, _> = titles.into_iter().collect();
    let items = rows
        .into_iter()
        .map(|row| BulkItem {
            title: titles.remove(&row.asset_id).unwrap_or_default(),
            asset_id: row.asset_id,
            outcome: row.outcome,
            reason: row.reason,
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

async fn find<C: ConnectionTrait>(db: &C, id: BulkEditId) -> Result<bulk_edit::Model> {
    bulk_edit::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("bulk edit"))
}

/// The report of an edit that a job does.
pub(super) async fn report_of<C: ConnectionTrait>(
    db: &C,
    row: bulk_edit::Model,
) -> Result<BulkReport> {
    let counts: Vec<(BulkOutcome, i64)> = bulk_edit_item::Entity::find()
        .select_only()
        .column(bulk_edit_item::Column::Outcome)
        .column_as(bulk_edit_item::Column::Position.count(), "assets")
        .filter(bulk_edit_item::Column::BulkEditId.eq(row.id))
        .filter(bulk_edit_item::Column::Outcome.is_not_null())
        .group_by(bulk_edit_item::Column::Outcome)
        .into_tuple()
        .all(db)
        .await?;
    let job = jobs::list(db, None, Some(row.id.0), None, 1).await?.pop();
    let of = |outcome: BulkOutcome| {
        let found = counts.iter().find(|(one, _)| *one == outcome);
        found.map_or(0, |(_, count)| usize::try_from(*count).unwrap_or(0))
    };
    Ok(BulkReport {
        id: Some(row.id),
        finished: row.finished_at.is_some(),
        total: usize::try_from(row.total).unwrap_or(0),
        done: of(BulkOutcome::Done),
        unchanged: of(BulkOutcome::Unchanged),
        refused: of(BulkOutcome::Refused),
        items: Vec::new(),
        created_at: Some(row.created_at),
        failed: job.is_some_and(|job| job.state == JobState::Failed),
    })
}

/// The report of an edit that was done at once.
pub(super) fn report_of_fates(fates: Vec<Fate>) -> BulkReport {
    let of = |outcome: BulkOutcome| fates.iter().filter(|fate| fate.outcome == outcome).count();
    BulkReport {
        id: None,
        finished: true,
        total: fates.len(),
        done: of(BulkOutcome::Done),
        unchanged: of(BulkOutcome::Unchanged),
        refused: of(BulkOutcome::Refused),
        created_at: None,
        failed: false,
        items: fates
            .into_iter()
            .map(|fate| BulkItem {
                asset_id: fate.asset,
                title: fate.title,
                outcome: Some(fate.outcome),
                reason: fate.reason,
            })
            .collect(),
    }
}
