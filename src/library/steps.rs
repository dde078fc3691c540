//! Taking a step through the life cycle: the decision, the row, the log, the review that begins or ends, and whom to tell.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, IntoActiveModel as _};
use serde::Deserialize;

use super::assets::edited;
use super::current::{show_waiting, up_for_approval};
use super::reviews::{self, Review};
use super::scope::find_asset;
use super::store::Written;
use super::transitions::{Situation, Step, check_situation, check_step, needs_comment};
use super::views::AssetDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::entities::{AssetState, VersionState, asset, asset_step};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, ReviewId, StepId, UserId};
use crate::index::Index;
use crate::notices::{self, Notice, Subject};

pub(super) const LONGEST_COMMENT: usize = 2_000;

/// The step to take.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct Transition {
    /// Where to.
    pub to: AssetState,
    /// Words to whoever is told of it; needed to send a piece back to its author.
    #[serde(default)]
    pub comment: String,
    /// Who shall review it, for the step to `in_review`; everybody who may approve, where nobody is named.
    #[serde(default)]
    pub reviewers: Vec<UserId>,
    /// A new day from which it may not be pitched any more; `null` takes the day away.
    #[serde(default, deserialize_with = "super::metadata::said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub expires_at: Option<Option<NaiveDate>>,
}

impl Transition {
    /// The bare step, without words.
    pub(super) fn to(to: AssetState) -> Self {
        Self {
            to,
            comment: String::new(),
            reviewers: Vec::new(),
            expires_at: None,
        }
    }
}

/// Take an asset one step through its life cycle.
#[utoipa::path(post, path = "/api/v1/assets/{id}/transitions", tag = "library", params(AssetId),
    request_body = Transition, responses(
    (status = 200, body = AssetDetail), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn transition_asset(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<Transition>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let wanted = body.into_inner();
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    let written = take_step(&tx, &config, now, &principal, asset, wanted).await?;
    tx.commit().await?;
    index.wake();
    edited(&db, written).await
}

/// Takes the step that `principal` wants, or says why it cannot be taken.
pub(super) async fn take_step<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    principal: &Principal,
    asset: asset::Model,
    wanted: Transition,
) -> Result<Written> {
    let to = wanted.to;
    let comment = wanted.comment.trim().to_owned();
    if comment.chars().count() > LONGEST_COMMENT {
        return Err(Error::field(
            "comment",
            format!("A comment has {LONGEST_COMMENT} characters at the most."),
        ));
    }
    let step = check_step(asset.state, to, principal.role)?;
    let expires_at = wanted.expires_at.unwrap_or(asset.expires_at);
    let review = reviews::open_review(db, asset.id).await?;
    let situation = Situation {
        expires_at,
        today: now.date_naive(),
        ..situation(db, config, principal, &asset, review.as_ref(), now).await?
    };
    check_situation(step, &situation)?;
    if comment.is_empty() && needs_comment(step, &situation) {
        return Err(Error::field("comment", "Tell the author what to change."));
    }
    let mut asset = asset::Model {
        expires_at,
        ..asset
    };
    let closed = review.as_ref().map(|review| review.row.id);
    let review_id = if to == AssetState::InReview {
        let opened = reviews::begin(
            db,
            now,
            &asset,
            principal,
            &comment,
            &wanted.reviewers,
            config,
        )
        .await?;
        Some(opened)
    } else {
        reviews::close(db, now, asset.id).await?;
        closed
    };
    let log = Log {
        from: Some(asset.state),
        to,
        taken_by: Some(principal.user_id),
        comment: &comment,
        own_approval: to == AssetState::Approved && situation.is_own(),
        review_id,
    };
    let step_id = log_step(db, now, asset.id, log).await?;
    tell_author(
        db, config, now, principal, &asset, step, step_id, &situation, &comment,
    )
    .await?;
    if to == AssetState::Approved {
        show_waiting(db, now, &mut asset).await?;
    }
    write_state(db, now, asset, to).await
}

/// What is known of an asset when `principal` looks at its steps.
pub(super) async fn situation<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    principal: &Principal,
    asset: &asset::Model,
    review: Option<&Review>,
    now: DateTime<Utc>,
) -> Result<Situation> {
    let version = up_for_approval(db, asset).await?;
    let made_by = version.as_ref().and_then(|version| version.created_by);
    let author = match review {
        Some(review) => review.row.sent_by,
        None => made_by,
    };
    let approvers = reviews::approvers(db).await?;
    Ok(Situation {
        actor: principal.user_id,
        role: principal.role,
        author: author.or(asset.owner_id),
        made_by,
        waits: version
            .as_ref()
            .is_some_and(|version| version.awaits_approval),
        is_readable: version.is_some_and(|version| version.state == VersionState::Ready),
        reviewers: review.map(|one| one.reviewers.clone()).unwrap_or_default(),
        others_may_approve: approvers.iter().any(|one| one.id != principal.user_id),
        four_eyes: config.four_eyes,
        expires_at: asset.expires_at,
        today: now.date_naive(),
    })
}

/// Whether `principal` may add a piece that is approved from the start; if not, why.
pub(super) async fn check_approved_upload<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    principal: &Principal,
    state: Option<AssetState>,
) -> Result<()> {
    if state != Some(AssetState::Approved) {
        return Ok(());
    }
    let step = check_step(AssetState::Draft, AssetState::Approved, principal.role)?;
    let others = reviews::approvers(db).await?;
    let situation = Situation {
        actor: principal.user_id,
        role: principal.role,
        author: Some(principal.user_id),
        made_by: Some(principal.user_id),
        // It is not even here.
        waits: false,
        is_readable: false,
        reviewers: Vec::new(),
        others_may_approve: others.iter().any(|one| one.id != principal.user_id),
        four_eyes: config.four_eyes,
        expires_at: None,
        today: NaiveDate::MIN,
    };
    check_situation(step, &situation)
}

/// Writes that an asset is in another state now because the calendar says so, or the command line.
pub async fn move_asset<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: asset::Model,
    to: AssetState,
) -> Result<Written> {
    let log = Log {
        from: Some(asset.state),
        to,
        taken_by: None,
        comment: "",
        own_approval: false,
        review_id: None,
    };
    log_step(db, now, asset.id, log).await?;
    if to == AssetState::InReview {
        reviews::begin_unsent(db, now, asset.id, asset.owner_id).await?;
    } else {
        reviews::close(db, now, asset.id).await?;
    }
    write_state(db, now, asset, to).await
}

/// Writes the first line of a new asset's log, and the review of one that is added in review.
pub(super) async fn begin_life<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: AssetId,
    state: AssetState,
    owner: Option<UserId>,
) -> Result<()> {
    let review_id = match state {
        AssetState::InReview => Some(reviews::begin_unsent(db, now, asset, owner).await?),
        _ => None,
    };
    let log = Log {
        from: None,
        to: state,
        taken_by: owner,
        comment: "",
        own_approval: state == AssetState::Approved && owner.is_some(),
        review_id,
    };
    log_step(db, now, asset, log).await?;
    Ok(())
}

/// A line of the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log<'a> {
    pub(super) from: Option<AssetState>,
    pub(super) to: AssetState,
    pub(super) taken_by: Option<UserId>,
    pub(super) comment: &'a str,
    pub(super) own_approval: bool,
    pub(super) review_id: Option<ReviewId>,
}

/// Writes a line of the log.
pub(super) async fn log_step<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: AssetId,
    log: Log<'_>,
) -> Result<StepId> {
    let id = StepId::new(now);
    asset_step::ActiveModel {
        id: Set(id),
        asset_id: Set(asset),
        from_state: Set(log.from),
        to_state: Set(log.to),
        taken_by: Set(log.taken_by),
        comment: Set(log.comment.to_owned()),
        own_approval: Set(log.own_approval),
        review_id: Set(log.review_id),
        taken_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(id)
}

async fn write_state<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: asset::Model,
    to: AssetState,
) -> Result<Written> {
    let (id, revision, expires_at) = (asset.id, asset.revision + 1, asset.expires_at);
    let shown = asset.current_version_id;
    let mut row = asset.into_active_model();
    row.state = Set(to);
    row.expires_at = Set(expires_at);
    row.current_version_id = Set(shown);
    row.revision = Set(revision);
    row.updated_at = Set(now);
    let asset = row.update(db).await?;
    let seq = append_change(db, "asset", id.0).await?;
    Ok(Written { asset, seq })
}

/// Tells whoever sent a piece to review what became of it, unless it was they themselves who decided.
#[allow(clippy::too_many_arguments, reason = "each is a fact of one sentence")]
async fn tell_author<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    principal: &Principal,
    asset: &asset::Model,
    step: Step,
    step_id: StepId,
    situation: &Situation,
    comment: &str,
) -> Result<()> {
    let Some(author) = situation.author.filter(|_| !situation.is_own()) else {
        return Ok(());
    };
    if step.from != AssetState::InReview && step.from != step.to {
        return Ok(());
    }
    let (kind, verb) = match step.to {
        AssetState::Approved => ("approved", "approved"),
        AssetState::Draft => ("sent_back", "sent back"),
        _ => ("archived", "archived"),
    };
    let notice = Notice {
        user: author,
        kind,
        title: format!("{} {verb} \u{201c}{}\u{201d}", principal.name, asset.title),
        body: comment.to_owned(),
        opportunity: None,
        visit: None,
        subject: Some(Subject::Asset(asset.id)),
        dedupe_key: format!("step:{step_id}"),
        at: now,
    };
    notices::write_and_mail(db, config, now, vec![notice]).await?;
    Ok(())
}
