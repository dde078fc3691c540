//! What needs somebody's attention by the calendar: pieces to look at again, and pieces that run out. Owners see how many
//! they have, and are reminded in time. Of a piece that nobody looks after, those who keep the library are.
//!
//! Invariant: one reminder per piece, date, notice period and person, however often the reconciler runs; who was away, or
//! whose date was set late, gets the next one only and not all that were missed. No date passes without anybody told.

use actix_web::web;
use chrono::{DateTime, Days, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _,
};
use serde::Serialize;

use super::catalogue::SOON;
use super::reviews;
use crate::auth::users_who_may;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{AssetState, asset, user};
use crate::error::Result;
use crate::http::{Permission, Principal};
use crate::ids::UserId;
use crate::notices::{self, Notice, Subject};

/// How many days before a date its owner is reminded, besides on the day itself.
const NOTICE_DAYS: [i64; 3] = [0, 3, 14];
const LONGEST_NOTICE: u64 = 14;
/// What those are told besides who keep the library and not this piece.
const ORPHANED: &str = "Nobody looks after it any more. Give it an owner.";
/// How long after a date a reminder that could not be given still makes sense.
const LATE: u64 = 30;

/// How much waits for the caller.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Attention {
    /// Pieces that they are asked to review.
    pub to_review: u64,
    /// Their own pieces whose review date has come.
    pub review_due: u64,
    /// Their own pieces that run out within 30 days.
    pub expires_soon: u64,
    /// Their own pieces that have run out.
    pub expired: u64,
}

/// How much waits for the caller: reviews, and their own pieces.
#[utoipa::path(get, path = "/api/v1/attention", tag = "library", responses(
    (status = 200, body = Attention),
))]
pub async fn get_attention(
    principal: Principal,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Attention>> {
    let (db, today) = (db.read(), clock.now().date_naive());
    Ok(web::Json(Attention {
        to_review: reviews::count_for(db, principal.user_id).await?,
        review_due: count(db, principal.user_id, review_due(today)).await?,
        expires_soon: count(db, principal.user_id, expires_soon(today)).await?,
        expired: count(db, principal.user_id, expired()).await?,
    }))
}

async fn count<C: ConnectionTrait>(db: &C, owner: UserId, due: Condition) -> Result<u64> {
    Ok(asset::Entity::find()
        .filter(asset::Column::OwnerId.eq(owner))
        .filter(due)
        .count(db)
        .await?)
}

/// As the list of all content shows them with `review=past` and every state but `archived`.
fn review_due(today: NaiveDate) -> Condition {
    Condition::all()
        .add(asset::Column::ReviewBy.lte(today))
        .add(asset::Column::State.ne(AssetState::Archived))
}

/// As the list of all content shows them with `expires=soon` and `state=approved`.
fn expires_soon(today: NaiveDate) -> Condition {
    let soon = today.checked_add_days(SOON).unwrap_or(today);
    Condition::all()
        .add(asset::Column::State.eq(AssetState::Approved))
        .add(asset::Column::ExpiresAt.lte(soon))
}

fn expired() -> Condition {
    Condition::all().add(asset::Column::State.eq(AssetState::Expired))
}

/// Reminds the owners of what is due soon or now, and of what has none those who keep the library; says how many reminders were new.
pub async fn remind_owners(db: &Db, config: &Config, now: DateTime<Utc>) -> Result<usize> {
    let today = now.date_naive();
    let from = today.checked_sub_days(Days::new(LATE)).unwrap_or(today);
    let to = today
        .checked_add_days(Days::new(LONGEST_NOTICE))
        .unwrap_or(today);
    let review = Condition::all()
        .add(asset::Column::ReviewBy.between(from, to))
        .add(asset::Column::State.ne(AssetState::Archived));
    let expiry = Condition::all()
        .add(asset::Column::ExpiresAt.between(from, to))
        .add(asset::Column::State.is_in([AssetState::Approved, AssetState::Expired]));
    let rows = asset::Entity::find()
        .filter(Condition::any().add(review).add(expiry))
        .find_also_related(user::Entity)
        .all(db.read())
        .await?;
    let keepers = users_who_may(db.read(), Permission::LibraryWrite).await?;
    let due = rows
        .iter()
        .flat_map(
            |(asset, owner)| match owner.as_ref().filter(|one| one.active) {
                Some(owner) => reminders(asset, owner.id, "", now),
                None => keepers
                    .iter()
                    .flat_map(|keeper| reminders(asset, keeper.id, ORPHANED, now))
                    .collect(),
            },
        )
        .collect();
    let fresh = notices::unwritten(db.read(), due).await?;
    if fresh.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let told = notices::write_and_mail(&tx, config, now, fresh).await?;
    tx.commit().await?;
    Ok(told)
}

/// What there is to say of one piece today.
fn reminders(asset: &asset::Model, whom: UserId, body: &str, now: DateTime<Utc>) -> Vec<Notice> {
    let today = now.date_naive();
    let mut found = Vec::new();
    let mut remind = |kind: &'static str, day: NaiveDate, words: &dyn Fn(i64) -> String| {
        let left = (day - today).num_days();
        let Some(period) = NOTICE_DAYS.iter().find(|days| left <= **days) else {
            return;
        };
        found.push(Notice {
            user: whom,
            kind,
            title: format!("\u{201c}{}\u{201d} {}", asset.title, words(left)),
            body: body.to_owned(),
            opportunity: None,
            visit: None,
            subject: Some(Subject::Asset(asset.id)),
            dedupe_key: format!("{kind}:{}:{day}:{period}", asset.id),
            at: now,
        });
    };
    let may_expire = matches!(asset.state, AssetState::Approved | AssetState::Expired);
    if let Some(day) = asset.expires_at.filter(|_| may_expire) {
        remind("expires", day, &|left| match left {
            ..=-1 => format!("expired on {}", written(day)),
            0 => "expires today and can no longer be sent".to_owned(),
            1 => "expires tomorrow".to_owned(),
            _ => format!("expires in {left} days, on {}", written(day)),
        });
    }
    if let Some(day) = asset
        .review_by
        .filter(|_| asset.state != AssetState::Archived)
    {
        remind("review_due", day, &|left| match left {
            ..=-1 => format!("was to be looked at again by {}", written(day)),
            0 => "is to be looked at again today".to_owned(),
            1 => "is to be looked at again by tomorrow".to_owned(),
            _ => format!("is to be looked at again by {}", written(day)),
        });
    }
    found
}

fn written(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
