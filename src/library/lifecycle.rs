//! Where an asset stands in its life cycle: the log of its steps, the review that is open, and what the caller can do next.

use std::collections::HashSet;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Serialize;

use super::reviews::{Review, open_review, reviewers_of};
use super::scope::find_asset;
use super::steps::situation;
use super::transitions::{STEPS, Situation, check_situation, needs_comment};
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{AssetState, asset, asset_step};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, StepId};

/// More steps than any piece takes in years.
const MOST_STEPS: u64 = 200;

/// An asset's life cycle.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LifeCycle {
    /// Where it stands.
    pub state: AssetState,
    /// The review that nobody has decided yet.
    pub review: Option<OpenReview>,
    /// Every step there is from here for the caller's role.
    pub next: Vec<NextStep>,
    /// The steps that were taken, the latest first.
    pub log: Vec<LoggedStep>,
}

/// A review that nobody has decided yet.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpenReview {
    /// Whose work it is.
    pub sent_by: Option<UserRef>,
    /// Since when it waits.
    pub sent_at: DateTime<Utc>,
    /// What its author says.
    pub comment: String,
    /// Who was asked; nobody means everybody who may approve.
    pub reviewers: Vec<UserRef>,
}

/// A step that the caller could take.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NextStep {
    /// Where to.
    pub to: AssetState,
    /// Whether it needs a comment.
    pub needs_comment: bool,
    /// Why it cannot be taken now; absent where it can.
    pub obstacle: Option<String>,
}

/// A step that was taken.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LoggedStep {
    /// The step.
    pub id: StepId,
    /// From where; absent where the asset was added in this state.
    pub from: Option<AssetState>,
    /// Where to.
    pub to: AssetState,
    /// Who took it; absent where the calendar did.
    pub by: Option<UserRef>,
    /// When.
    pub at: DateTime<Utc>,
    /// In whose words.
    pub comment: String,
    /// Whether somebody approved their own work.
    pub own_approval: bool,
    /// Who was asked to review, for a step to review.
    pub reviewers: Vec<UserRef>,
}

/// The life cycle of an asset.
#[utoipa::path(get, path = "/api/v1/assets/{id}/lifecycle", tag = "library", params(AssetId), responses(
    (status = 200, body = LifeCycle), (status = 404, body = Problem),
))]
pub async fn get_lifecycle(
    principal: Principal,
    id: web::Path<AssetId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<LifeCycle>> {
    let db = db.read();
    let asset = find_asset(db, &principal, *id).await?;
    let review = open_review(db, asset.id).await?;
    let now = situation(
        db,
        &config,
        &principal,
        &asset,
        review.as_ref(),
        clock.now(),
    )
    .await?;
    let rows = asset_step::Entity::find()
        .filter(asset_step::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_step::Column::TakenAt)
        .order_by_desc(asset_step::Column::Id)
        .limit(MOST_STEPS)
        .all(db)
        .await?;
    Ok(web::Json(view(db, &asset, review, &now, rows).await?))
}

async fn view<C: ConnectionTrait>(
    db: &C,
    asset: &asset::Model,
    review: Option<Review>,
    now: &Situation,
    rows: Vec<asset_step::Model>,
) -> Result<LifeCycle> {
    let named = reviewers_of(db, rows.iter().filter_map(|row| row.review_id)).await?;
    let mentioned: HashSet<_> = rows
        .iter()
        .filter_map(|row| row.taken_by)
        .chain(named.values().flatten().copied())
        .chain(
            review
                .iter()
                .flat_map(|one| one.reviewers.iter().copied().chain(one.row.sent_by)),
        )
        .collect();
    let people = user_refs(db, mentioned).await?;
    let names = |ids: &[crate::ids::UserId]| -> Vec<UserRef> {
        ids.iter()
            .filter_map(|id| people.get(id).cloned())
            .collect()
    };
    let log = rows
        .into_iter()
        .map(|row| LoggedStep {
            id: row.id,
            from: row.from_state,
            to: row.to_state,
            by: row.taken_by.and_then(|id| people.get(&id).cloned()),
            at: row.taken_at,
            comment: row.comment,
            own_approval: row.own_approval,
            reviewers: row
                .review_id
                .filter(|_| row.to_state == AssetState::InReview)
                .and_then(|id| named.get(&id))
                .map(|ids| names(ids))
                .unwrap_or_default(),
        })
        .collect();
    Ok(LifeCycle {
        state: asset.state,
        next: next_steps(asset.state, now),
        review: review.map(|one| OpenReview {
            sent_by: one.row.sent_by.and_then(|id| people.get(&id).cloned()),
            sent_at: one.row.sent_at,
            reviewers: names(&one.reviewers),
            comment: one.row.comment,
        }),
        log,
    })
}

fn next_steps(from: AssetState, now: &Situation) -> Vec<NextStep> {
    STEPS
        .iter()
        .filter(|step| step.from == from && step.permission.granted_to(now.role))
        .filter(|step| step.from != step.to || now.waits)
        .map(|step| NextStep {
            to: step.to,
            needs_comment: needs_comment(*step, now),
            obstacle: check_situation(*step, now).err().map(|error| error.detail),
        })
        .collect()
}
