//! Two assets become one: the versions of the one follow those of the other, and the one is gone.
//!
//! Only an asset that never left the house can go: what was sent and read is history, and history stays.
//!
//! Invariant: a merge lets nothing leave the house that could not leave before. What the one shows stands behind the
//! other's links from then on, so it must be as open and as approved as the other.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, web};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    SqlErr,
};
use serde::Deserialize;

use super::fingerprint::enqueue_comparison;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::entities::{
    AssetState, VersionState, asset, asset_cost, asset_version, collection_item, import_key,
    pitch_item, rollup_asset_day,
};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::AssetId;
use crate::index::Index;
use crate::jobs::Wake;
use crate::library::assets::edited;
use crate::library::current::{VersionChanged, announce, must_wait};
use crate::library::scope::find_asset;
use crate::library::store::Written;
use crate::library::views::AssetDetail;

/// Where an asset is to go.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct MergeInto {
    /// The asset that stays; its next version is what the other one showed.
    pub into: AssetId,
}

/// Make an asset the next version of another. It is gone then, and its file stands behind the other's links.
#[utoipa::path(post, path = "/api/v1/assets/{id}/merge", tag = "library", params(AssetId), request_body = MergeInto, responses(
    (status = 200, body = AssetDetail, description = "The asset that stays"), (status = 404, body = Problem),
    (status = 409, body = Problem),
))]
#[allow(clippy::too_many_arguments, reason = "each is an extractor")]
pub async fn merge_asset(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<MergeInto>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    if *id == body.into {
        return Err(Error::field("into", "Name another asset."));
    }
    let now = clock.now();
    let tx = db.begin().await?;
    let from = find_asset(&tx, &principal, *id).await?;
    let into = find_asset(&tx, &principal, body.into).await?;
    if let Some(obstacle) = obstacles(&tx, &[from.id]).await?.remove(&from.id) {
        return Err(Error::new(Code::Conflict, obstacle));
    }
    let maker = Some(principal.user_id);
    let is_out = matches!(into.state, AssetState::Approved | AssetState::Expired)
        || must_wait(&tx, config.four_eyes, &into, maker).await?;
    if let Some(reason) = must_stay_inside(&from, &into, is_out) {
        return Err(Error::new(Code::Conflict, reason));
    }
    let shown = move_versions(&tx, &from, &into).await?;
    move_memberships(&tx, from.id, into.id).await?;
    let from_id = from.id;
    if let Err(error) = from.delete(&tx).await {
        if let Some(SqlErr::ForeignKeyConstraintViolation(_)) = error.sql_err() {
            return Err(Error::new(
                Code::Conflict,
                "Something still refers to this asset. Archive it instead.",
            ));
        }
        return Err(error.into());
    }
    if let (Some(from), Some(to)) = (into.current_version_id, shown) {
        let asset_id = into.id;
        announce(&tx, now, VersionChanged { asset_id, from, to }).await?;
    }
    let (into_id, revision) = (into.id, into.revision + 1);
    let mut row = into.into_active_model();
    if let Some(shown) = shown {
        row.current_version_id = Set(Some(shown));
    }
    row.revision = Set(revision);
    row.updated_at = Set(now);
    let asset = row.update(&tx).await?;
    enqueue_comparison(&tx, now, into_id).await?;
    append_change(&tx, "asset", from_id.0).await?;
    let seq = append_change(&tx, "asset", into_id.0).await?;
    tx.commit().await?;
    wake.wake();
    index.wake();
    edited(&db, Written { asset, seq }).await
}

/// Why the links of the one must not show what the other shows.
/// `is_out`: only what is approved may stand behind the links of the one. What has run out stays readable where it was sent.
fn must_stay_inside(
    from: &asset::Model,
    into: &asset::Model,
    is_out: bool,
) -> Option<&'static str> {
    if from.internal_only && !into.internal_only {
        return Some(
            "It is for internal use only, and the other one may leave the house. Decide first which of the two is right.",
        );
    }
    (is_out && from.state != AssetState::Approved)
        .then_some("The other one was approved, and this one is not. Approve it first.")
}

/// Puts the versions of the one behind those of the other, except for files that the other has already; says which
/// version is to be shown, if another one is.
async fn move_versions<C: ConnectionTrait>(
    tx: &C,
    from: &asset::Model,
    into: &asset::Model,
) -> Result<Option<crate::ids::VersionId>> {
    let known = versions_of(tx, into.id).await?;
    let mut number = known.last().map_or(0, |version| version.number);
    let mut blobs: HashSet<String> = known.into_iter().map(|version| version.blob).collect();
    let mut shown = None;
    for version in versions_of(tx, from.id).await? {
        if !blobs.insert(version.blob.clone()) {
            continue;
        }
        number += 1;
        let (id, ready) = (version.id, version.state == VersionState::Ready);
        let mut row = version.into_active_model();
        row.asset_id = Set(into.id);
        row.number = Set(number);
        row.update(tx).await?;
        if ready && from.current_version_id == Some(id) {
            shown = Some(id);
        }
    }
    Ok(shown)
}

async fn versions_of<C: ConnectionTrait>(tx: &C, id: AssetId) -> Result<Vec<asset_version::Model>> {
    Ok(asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(id))
        .order_by_asc(asset_version::Column::Number)
        .all(tx)
        .await?)
}

/// Where the one was in a collection, the other is now; what it cost is the other's cost; the next import of its file
/// finds the other.
async fn move_memberships<C: ConnectionTrait>(tx: &C, from: AssetId, into: AssetId) -> Result<()> {
    let there = Query::select()
        .column(collection_item::Column::CollectionId)
        .from(collection_item::Entity)
        .and_where(collection_item::Column::AssetId.eq(into))
        .to_owned();
    // MySQL alone forbids to name the changed table in a subquery; both our engines read it first.
    collection_item::Entity::update_many()
        .col_expr(collection_item::Column::AssetId, Expr::value(into))
        .filter(collection_item::Column::AssetId.eq(from))
        .filter(collection_item::Column::CollectionId.not_in_subquery(there))
        .exec(tx)
        .await?;
    asset_cost::Entity::update_many()
        .col_expr(asset_cost::Column::AssetId, Expr::value(into))
        .filter(asset_cost::Column::AssetId.eq(from))
        .exec(tx)
        .await?;
    import_key::Entity::update_many()
        .col_expr(import_key::Column::AssetId, Expr::value(into))
        .filter(import_key::Column::AssetId.eq(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// Why assets cannot become versions of others, for those of `ids` that cannot. Two queries.
pub(super) async fn obstacles<C: ConnectionTrait>(
    db: &C,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, String>> {
    let read: Vec<AssetId> = rollup_asset_day::Entity::find()
        .select_only()
        .column(rollup_asset_day::Column::AssetId)
        .distinct()
        .filter(rollup_asset_day::Column::AssetId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let pitched: Vec<(AssetId, i64)> = pitch_item::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .column_as(
            Expr::col(pitch_item::Column::PitchId).count_distinct(),
            "pitches",
        )
        .filter(pitch_item::Column::AssetId.is_in(ids.iter().copied()))
        .group_by(pitch_item::Column::AssetId)
        .into_tuple()
        .all(db)
        .await?;
    let mut obstacles: HashMap<_, _> = read
        .into_iter()
        .map(|id| {
            let sentence = "Customers have read it, and what they read stays. Archive it instead.";
            (id, sentence.to_owned())
        })
        .collect();
    for (id, count) in pitched {
        let sentence = match count {
            1 => "It is in a pitch. Take it out there first, or archive it.".to_owned(),
            many => format!("It is in {many} pitches. Take it out there first, or archive it."),
        };
        obstacles.insert(id, sentence);
    }
    Ok(obstacles)
}
