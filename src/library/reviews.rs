//! Reviews: who was asked to look at a piece, and the queue of those who are.
//!
//! Invariant: an asset has an open review exactly while its state is `in_review`, or while it is approved and a newer
//! version waits for a second person.

use std::collections::{HashMap, HashSet};

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use super::current::newest_waiting;
use super::summaries::asset_summaries;
use super::views::AssetSummary;
use crate::auth::{UserRef, user_refs, users_who_may};
use crate::config::Config;
use crate::db::Db;
use crate::entities::{AssetState, asset, asset_comment, asset_review, asset_reviewer};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Permission, Principal, next_cursor};
use crate::ids::{AssetId, ReviewId, UserId};
use crate::notices::{self, Notice, Subject};

const MOST_REVIEWERS: usize = 20;

/// A review that nobody has decided yet.
#[derive(Clone, Debug)]
pub(super) struct Review {
    pub(super) row: asset_review::Model,
    /// Who was named; nobody means everybody who may approve.
    pub(super) reviewers: Vec<UserId>,
}

/// A piece that waits for a review.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewItem {
    /// The piece.
    pub asset: AssetSummary,
    /// Whose work it is.
    pub sent_by: Option<UserRef>,
    /// Since when it waits.
    pub sent_at: DateTime<Utc>,
    /// What its author says.
    pub comment: String,
    /// Who was asked; nobody means everybody who may approve.
    pub reviewers: Vec<UserRef>,
    /// How many comments are not resolved.
    pub open_comments: i64,
    /// Whether the caller is asked, by name or with everybody.
    pub for_me: bool,
}

/// Which pieces.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    /// `true` for all that wait; else only those that the caller is asked to review.
    #[serde(default)]
    pub all: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// Those who can be named as reviewers.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewerList {
    /// By name.
    pub items: Vec<UserRef>,
}

/// Who may review.
#[utoipa::path(get, path = "/api/v1/reviewers", tag = "library", responses(
    (status = 200, body = ReviewerList),
))]
pub async fn list_reviewers(db: web::Data<Db>) -> Result<web::Json<ReviewerList>> {
    let items = approvers(db.read()).await?;
    Ok(web::Json(ReviewerList { items }))
}

/// What waits for a review, the longest wait first.
#[utoipa::path(get, path = "/api/v1/reviews", tag = "library", params(ReviewsQuery), responses(
    (status = 200, body = Page<ReviewItem>),
))]
pub async fn list_reviews(
    principal: Principal,
    query: web::Query<ReviewsQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<ReviewItem>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = asset_review::Entity::find()
        .filter(asset_review::Column::ClosedAt.is_null())
        .order_by_asc(asset_review::Column::SentAt)
        .order_by_asc(asset_review::Column::Id)
        .limit(list.limit() + 1);
    if !query.all {
        select = select.filter(asked(principal.user_id));
    }
    if let Some((time, id)) = list.position::<(DateTime<Utc>, ReviewId)>()? {
        let same_time = asset_review::Column::SentAt
            .eq(time)
            .and(asset_review::Column::Id.gt(id));
        select = select.filter(asset_review::Column::SentAt.gt(time).or(same_time));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| (row.sent_at, row.id))?;
    let items = review_items(db.read(), principal.user_id, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// How many pieces wait for `user`.
pub(super) async fn count_for<C: ConnectionTrait>(db: &C, user: UserId) -> Result<u64> {
    Ok(asset_review::Entity::find()
        .filter(asset_review::Column::ClosedAt.is_null())
        .filter(asked(user))
        .count(db)
        .await?)
}

/// The open reviews that `user` is asked for: those that name them, and those of others that name nobody.
fn asked(user: UserId) -> Condition {
    let named = |whom: Option<UserId>| {
        let mut reviewers = Query::select();
        reviewers
            .column(asset_reviewer::Column::ReviewId)
            .from(asset_reviewer::Entity);
        if let Some(user) = whom {
            reviewers.and_where(asset_reviewer::Column::UserId.eq(user));
        }
        reviewers
    };
    let of_others = Condition::any()
        .add(asset_review::Column::SentBy.is_null())
        .add(asset_review::Column::SentBy.ne(user));
    Condition::any()
        .add(asset_review::Column::Id.in_subquery(named(Some(user))))
        .add(
            Condition::all()
                .add(asset_review::Column::Id.not_in_subquery(named(None)))
                .add(of_others),
        )
}

async fn review_items<C: ConnectionTrait>(
    db: &C,
    me: UserId,
    rows: Vec<asset_review::Model>,
) -> Result<Vec<ReviewItem>> {
    let assets: Vec<AssetId> = rows.iter().map(|row| row.asset_id).collect();
    let mut summaries = asset_summaries(db, &assets).await?;
    let mut named = reviewers_of(db, rows.iter().map(|row| row.id)).await?;
    let people = rows
        .iter()
        .filter_map(|row| row.sent_by)
        .chain(named.values().flatten().copied());
    let people = user_refs(db, people.collect::<HashSet<_>>()).await?;
    let comments = open_comments(db, &assets).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let reviewers = named.remove(&row.id).unwrap_or_default();
            let for_me = reviewers.contains(&me)
                || (reviewers.is_empty() && row.sent_by.is_none_or(|sender| sender != me));
            Some(ReviewItem {
                asset: summaries.remove(&row.asset_id)?,
                sent_by: row.sent_by.and_then(|id| people.get(&id).cloned()),
                sent_at: row.sent_at,
                comment: row.comment,
                reviewers: reviewers
                    .iter()
                    .filter_map(|id| people.get(id).cloned())
                    .collect(),
                open_comments: comments.get(&row.asset_id).copied().unwrap_or_default(),
                for_me,
            })
        })
        .collect())
}

/// Who was named, by review, in one query.
pub(super) async fn reviewers_of<C: ConnectionTrait>(
    db: &C,
    reviews: impl IntoIterator<Item = ReviewId>,
) -> Result<HashMap<ReviewId, Vec<UserId>>> {
    let rows = asset_reviewer::Entity::find()
        .filter(asset_reviewer::Column::ReviewId.is_in(reviews))
        .order_by_asc(asset_reviewer::Column::UserId)
        .all(db)
        .await?;
    let mut named: HashMap<ReviewId, Vec<UserId>> = HashMap::new();
    for row in rows {
        named.entry(row.review_id).or_default().push(row.user_id);
    }
    Ok(named)
}

async fn open_comments<C: ConnectionTrait>(
    db: &C,
    assets: &[AssetId],
) -> Result<HashMap<AssetId, i64>> {
    let rows: Vec<(AssetId, i64)> = asset_comment::Entity::find()
        .select_only()
        .column(asset_comment::Column::AssetId)
        .column_as(asset_comment::Column::Id.count(), "comments")
        .filter(asset_comment::Column::AssetId.is_in(assets.iter().copied()))
        .filter(asset_comment::Column::ResolvedAt.is_null())
        .group_by(asset_comment::Column::AssetId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The active users who may approve.
pub(super) async fn approvers<C: ConnectionTrait>(db: &C) -> Result<Vec<UserRef>> {
    users_who_may(db, Permission::LibraryApprove).await
}

/// The asset's review that nobody has decided yet.
pub(super) async fn open_review<C: ConnectionTrait>(
    db: &C,
    asset: AssetId,
) -> Result<Option<Review>> {
    let Some(row) = open_reviews_of(asset).one(db).await? else {
        return Ok(None);
    };
    let reviewers = reviewers_of(db, [row.id]).await?.remove(&row.id);
    Ok(Some(Review {
        row,
        reviewers: reviewers.unwrap_or_default(),
    }))
}

fn open_reviews_of(asset: AssetId) -> Select<asset_review::Entity> {
    asset_review::Entity::find()
        .filter(asset_review::Column::AssetId.eq(asset))
        .filter(asset_review::Column::ClosedAt.is_null())
}

/// Begins a review and tells those who are asked.
pub(super) async fn begin<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: &asset::Model,
    sender: &Principal,
    comment: &str,
    named: &[UserId],
    config: &Config,
) -> Result<ReviewId> {
    let approvers = approvers(db).await?;
    let named = checked_reviewers(named, &approvers, sender.user_id)?;
    let row = asset_review::ActiveModel {
        id: Set(ReviewId::new(now)),
        asset_id: Set(asset.id),
        sent_by: Set(Some(sender.user_id)),
        sent_at: Set(now),
        comment: Set(comment.to_owned()),
        closed_at: Set(None),
    }
    .insert(db)
    .await?;
    let rows: Vec<_> = named
        .iter()
        .map(|user| asset_reviewer::ActiveModel {
            review_id: Set(row.id),
            user_id: Set(*user),
        })
        .collect();
    if !rows.is_empty() {
        asset_reviewer::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await?;
    }
    let asked = if named.is_empty() {
        let all = approvers.iter().map(|one| one.id);
        all.filter(|id| *id != sender.user_id).collect()
    } else {
        named
    };
    let news = asked.into_iter().map(|user| Notice {
        user,
        kind: "review_requested",
        title: format!(
            "{} asks you to review \u{201c}{}\u{201d}",
            sender.name, asset.title
        ),
        body: comment.to_owned(),
        opportunity: None,
        visit: None,
        subject: Some(Subject::Asset(asset.id)),
        dedupe_key: format!("review:{}", row.id),
        at: now,
    });
    notices::write_and_mail(db, config, now, news.collect()).await?;
    Ok(row.id)
}

/// Begins a review of the newest version that waits beside what is approved, and tells all others who may approve. What
/// is not approved goes the way of every draft.
pub(super) async fn begin_waiting<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    asset: &asset::Model,
) -> Result<()> {
    let Some(version) = newest_waiting(db, asset.id)
        .await?
        .filter(|_| asset.state == AssetState::Approved)
    else {
        return Ok(());
    };
    // An older version that waits is approved with this one.
    close(db, now, asset.id).await?;
    let comment = version.change_note.unwrap_or_default();
    asset_review::ActiveModel {
        id: Set(ReviewId::new(now)),
        asset_id: Set(asset.id),
        sent_by: Set(version.created_by),
        sent_at: Set(now),
        comment: Set(comment.clone()),
        closed_at: Set(None),
    }
    .insert(db)
    .await?;
    let others = approvers(db).await?.into_iter().map(|one| one.id);
    let news = others
        .filter(|id| Some(*id) != version.created_by)
        .map(|user| Notice {
            user,
            kind: "review_requested",
            title: format!(
                "Version {} of \u{201c}{}\u{201d} waits for your approval",
                version.number, asset.title
            ),
            body: comment.clone(),
            opportunity: None,
            visit: None,
            subject: Some(Subject::Asset(asset.id)),
            dedupe_key: format!("waits:{}", version.id),
            at: now,
        });
    notices::write_and_mail(db, config, now, news.collect()).await?;
    Ok(())
}

/// Begins a review that nobody sent: of a piece that is added in review.
pub(super) async fn begin_unsent<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: AssetId,
    owner: Option<UserId>,
) -> Result<ReviewId> {
    let row = asset_review::ActiveModel {
        id: Set(ReviewId::new(now)),
        asset_id: Set(asset),
        sent_by: Set(owner),
        sent_at: Set(now),
        comment: Set(String::new()),
        closed_at: Set(None),
    };
    Ok(row.insert(db).await?.id)
}

/// Ends the asset's review, if there is one.
pub(super) async fn close<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: AssetId,
) -> Result<()> {
    asset_review::Entity::update_many()
        .col_expr(asset_review::Column::ClosedAt, Expr::value(now))
        .filter(asset_review::Column::AssetId.eq(asset))
        .filter(asset_review::Column::ClosedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// The named reviewers, each once: others than the sender, who may approve.
fn checked_reviewers(
    named: &[UserId],
    approvers: &[UserRef],
    sender: UserId,
) -> Result<Vec<UserId>> {
    let mut reviewers = named.to_vec();
    reviewers.sort_unstable();
    reviewers.dedup();
    if reviewers.len() > MOST_REVIEWERS {
        return Err(Error::field(
            "reviewers",
            format!("{MOST_REVIEWERS} people at the most can be asked."),
        ));
    }
    if reviewers.contains(&sender) {
        return Err(Error::field(
            "reviewers",
            "Name others; a review is a second look.",
        ));
    }
    let may = |user: &UserId| approvers.iter().any(|one| one.id == *user);
    if !reviewers.iter().all(may) {
        return Err(Error::field(
            "reviewers",
            "Reviewers are active users who may approve.",
        ));
    }
    Ok(reviewers)
}
