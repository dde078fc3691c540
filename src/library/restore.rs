//! Making an old version current again.
//!
//! History only grows: a restored version is a new one with the next number, which has the old one's file and pages and
//! says so. Links follow it like any new version, once it is shown (`current.rs`), and nothing is converted again.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, Iterable as _, QueryFilter as _, QueryOrder as _,
};

use super::assets::created;
use super::current::{VersionChanged, announce, must_wait};
use super::duplicates::enqueue_comparison;
use super::reviews::begin_waiting;
use super::scope::find_version;
use super::store::Written;
use super::views::AssetDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::entities::{VersionState, asset, asset_version, caption, page, page_layout};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{CaptionId, UserId, VersionId};
use crate::index::Index;
use crate::jobs::Wake;

/// Make an old version current again: as a new version with the same file and pages. Where the installation wants four
/// eyes, it waits for an approval as any new version does.
#[utoipa::path(post, path = "/api/v1/versions/{id}/restore", tag = "library", params(VersionId), responses(
    (status = 201, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn restore_version(
    principal: Principal,
    id: web::Path<VersionId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let (version, asset) = find_version(&tx, &principal, *id).await?;
    if asset.current_version_id == Some(version.id) {
        return Err(Error::new(
            Code::Conflict,
            "This version is the current one already.",
        ));
    }
    if version.state != VersionState::Ready {
        return Err(Error::new(
            Code::Conflict,
            "This version has no pages to show, so it cannot be made current.",
        ));
    }
    let restorer = principal.user_id;
    let waits = must_wait(&tx, config.four_eyes, &asset, Some(restorer)).await?;
    let written = restore(&tx, now, version, asset, restorer, waits).await?;
    if waits {
        begin_waiting(&tx, &config, now, &written.asset).await?;
    }
    tx.commit().await?;
    wake.wake();
    index.wake();
    created(&db, written).await
}

async fn restore<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    old: asset_version::Model,
    asset: asset::Model,
    restorer: UserId,
    waits: bool,
) -> Result<Written> {
    let newest = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_version::Column::Number)
        .one(tx)
        .await?;
    let version = asset_version::Model {
        id: VersionId::new(now),
        number: newest.map_or(1, |newest| newest.number + 1),
        change_note: None,
        // Of a restored version that is restored, the origin counts.
        restored_from: Some(old.restored_from.unwrap_or(old.id)),
        created_by: Some(restorer),
        created_at: now,
        awaits_approval: waits,
        ..old.clone()
    };
    let id = version.id;
    version.into_active_model().reset_all().insert(tx).await?;
    copy_pages(tx, old.id, id).await?;
    copy_captions(tx, now, old.id, id).await?;
    let before = asset.current_version_id;
    let mut row = asset.into_active_model();
    if !waits {
        row.current_version_id = Set(Some(id));
    }
    row.updated_at = Set(now);
    let asset = row.update(tx).await?;
    if let Some(from) = before.filter(|_| !waits) {
        let change = VersionChanged {
            asset_id: asset.id,
            from,
            to: id,
        };
        announce(tx, now, change).await?;
    }
    enqueue_comparison(tx, now, asset.id).await?;
    let seq = append_change(tx, "asset", asset.id.0).await?;
    Ok(Written { asset, seq })
}

/// Copies the captions of a video; each row has an id of its own.
async fn copy_captions<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    from: VersionId,
    to: VersionId,
) -> Result<()> {
    let rows = caption::Entity::find()
        .filter(caption::Column::VersionId.eq(from))
        .all(tx)
        .await?;
    for row in rows {
        let copy = caption::Model {
            id: CaptionId::new(now),
            version_id: to,
            ..row
        };
        copy.into_active_model().reset_all().insert(tx).await?;
    }
    Ok(())
}

/// Copies the pages of a version, and where their words stand, in one statement each.
async fn copy_pages<C: ConnectionTrait>(tx: &C, from: VersionId, to: VersionId) -> Result<()> {
    let mut pages = Query::select();
    for column in page::Column::iter() {
        match column {
            page::Column::VersionId => pages.expr(Expr::value(to)),
            other => pages.column(other),
        };
    }
    pages
        .from(page::Entity)
        .and_where(page::Column::VersionId.eq(from));
    let mut copy = Query::insert();
    copy.into_table(page::Entity)
        .columns(page::Column::iter())
        .select_from(pages)
        .map_err(Error::internal)?;
    tx.execute(&copy).await?;

    let mut layouts = Query::select();
    layouts
        .expr(Expr::value(to))
        .columns([page_layout::Column::Number, page_layout::Column::Layout])
        .from(page_layout::Entity)
        .and_where(page_layout::Column::VersionId.eq(from));
    let mut copy = Query::insert();
    copy.into_table(page_layout::Entity)
        .columns([
            page_layout::Column::VersionId,
            page_layout::Column::Number,
            page_layout::Column::Layout,
        ])
        .select_from(layouts)
        .map_err(Error::internal)?;
    tx.execute(&copy).await?;
    Ok(())
}
