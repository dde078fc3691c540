//! Asking for a bulk edit.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use serde::Deserialize;

use super::apply::apply;
use super::change::BulkChange;
use super::job::{BULK_EDIT, SUBJECT};
use super::report::{BulkReport, report_of, report_of_fates};
use super::{AT_ONCE, MOST};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{bulk_edit, bulk_edit_item};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, BulkEditId};
use crate::index::Index;
use crate::jobs::{NewJob, Wake, enqueue};
use crate::library::catalogue::{AssetFilter, matching};
use crate::library::scope::find_collection;
use crate::library::store::check_owner;
use crate::library::views::Facets;
use crate::library::vocabulary::settle;

/// Rows of one statement.
const ROWS: usize = 500;

/// Which assets, and what to change of them.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// These assets; or say `filter`.
    pub ids: Option<Vec<AssetId>>,
    /// All assets that fit, as the list of all content has them; or say `ids`.
    pub filter: Option<AssetFilter>,
    /// What to change.
    pub change: BulkChange,
}

/// Change many assets at once: up to 200 in the reply, more (up to 10,000) by a job.
///
/// Each asset is decided by itself: it is changed as asked (`done`), was so already (`unchanged`), or is `refused` with the
/// reason and keeps everything. No `If-Match` is needed: only what is named is touched.
#[utoipa::path(post, path = "/api/v1/assets/bulk", tag = "library", request_body = BulkRequest, responses(
    (status = 200, body = BulkReport), (status = 202, body = BulkReport), (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn edit_assets(
    principal: Principal,
    body: web::Json<BulkRequest>,
    config: web::Data<Config>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let BulkRequest {
        ids,
        filter,
        change,
    } = body.into_inner();
    let change = change.checked()?;
    let now = clock.now();
    let ids = match (ids, filter) {
        (Some(ids), None) => distinct(ids),
        (None, Some(filter)) => {
            let condition = filter.checked()?.condition(&principal, now.date_naive());
            matching(db.read(), condition, MOST as u64 + 1).await?
        }
        _ => return Err(Error::field("ids", "Say either which ids or which filter.")),
    };
    if ids.len() > MOST {
        return Err(Error::field(
            "ids",
            format!("At most {MOST} assets at once; narrow the filter."),
        ));
    }
    let tx = db.begin().await?;
    let change = settled(&tx, &principal, change).await?;
    if ids.len() <= AT_ONCE {
        let fates = apply(&tx, &config, now, &principal, &change, &ids).await?;
        tx.commit().await?;
        index.wake();
        return Ok(HttpResponse::Ok().json(report_of_fates(fates)));
    }
    let row = write_down(&tx, now, &principal, &change, &ids).await?;
    tx.commit().await?;
    wake.wake();
    let report = report_of(db.read(), row).await?;
    Ok(HttpResponse::Accepted().json(report))
}

fn distinct(ids: Vec<AssetId>) -> Vec<AssetId> {
    let mut seen = HashSet::new();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}

/// The change in the vocabulary's words, if everything that it names is there.
async fn settled<C: ConnectionTrait>(
    tx: &C,
    principal: &Principal,
    mut change: BulkChange,
) -> Result<BulkChange> {
    if let Some(Some(owner)) = change.owner_id {
        check_owner(tx, owner).await?;
    }
    let collections = [change.add_to_collection, change.remove_from_collection];
    for id in collections.into_iter().flatten() {
        find_collection(tx, principal, id).await?;
    }
    let add = settle(tx, change.add.into(), &Facets::default()).await?;
    change.add = add.into();
    Ok(change)
}

/// Writes which assets are to be changed and the job that does it.
async fn write_down<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    principal: &Principal,
    change: &BulkChange,
    ids: &[AssetId],
) -> Result<bulk_edit::Model> {
    let id = BulkEditId::new(now);
    let row = bulk_edit::ActiveModel {
        id: Set(id),
        user_id: Set(principal.user_id),
        session_id: Set(principal.session_id),
        change: Set(serde_json::to_value(change).map_err(Error::internal)?),
        total: Set(i32::try_from(ids.len()).map_err(Error::internal)?),
        created_at: Set(now),
        finished_at: Set(None),
    }
    .insert(tx)
    .await?;
    let mut positions = 0..;
    for ids in ids.chunks(ROWS) {
        let rows =
            positions
                .by_ref()
                .zip(ids)
                .map(|(position, asset)| bulk_edit_item::ActiveModel {
                    bulk_edit_id: Set(id),
                    position: Set(position),
                    asset_id: Set(*asset),
                    outcome: Set(None),
                    reason: Set(None),
                });
        bulk_edit_item::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    let job = NewJob {
        kind: BULK_EDIT,
        subject: (SUBJECT, id.0),
        // Somebody watches its progress; a conversion can wait for the second that a chunk takes.
        priority: 20,
        max_attempts: 5,
    };
    enqueue(tx, now, job, &id).await?;
    Ok(row)
}
