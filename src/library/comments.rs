//! Comments on an asset, or on one page of a version, among those who make and review it. Reps see none of them.

use std::collections::{HashMap, HashSet};

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::reviews::open_review;
use super::scope::{find_asset, find_version};
use super::steps::LONGEST_COMMENT;
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{asset, asset_comment, asset_version, page};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::{AssetId, CommentId, UserId, VersionId};
use crate::notices::{self, Notice, Subject};

/// A comment to be made.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewComment {
    /// What is said.
    pub text: String,
    /// The page that is meant; absent for the whole asset.
    pub page_number: Option<i32>,
    /// The version that the page is of; the current one where not said.
    pub version_id: Option<VersionId>,
}

/// Whether a comment is dealt with.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
pub struct CommentEdit {
    /// `true` when it is dealt with, `false` to open it again.
    pub resolved: bool,
}

/// A comment.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CommentView {
    /// The comment.
    pub id: CommentId,
    /// What it is on.
    pub asset_id: AssetId,
    /// What is said.
    pub text: String,
    /// The page that is meant; absent for the whole asset.
    pub page_number: Option<i32>,
    /// The version that the page is of.
    pub version_id: Option<VersionId>,
    /// That version's number.
    pub version_number: Option<i32>,
    /// Who says it.
    pub author: UserRef,
    /// When.
    pub at: DateTime<Utc>,
    /// When it was dealt with.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who dealt with it.
    pub resolved_by: Option<UserRef>,
}

/// The comments on an asset, the latest first.
#[utoipa::path(get, path = "/api/v1/assets/{id}/comments", tag = "library", params(AssetId, ListQuery), responses(
    (status = 200, body = Page<CommentView>), (status = 404, body = Problem),
))]
pub async fn list_comments(
    principal: Principal,
    id: web::Path<AssetId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<CommentView>>> {
    let asset = find_asset(db.read(), &principal, *id).await?;
    let mut select = asset_comment::Entity::find()
        .filter(asset_comment::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_comment::Column::CreatedAt)
        .order_by_desc(asset_comment::Column::Id)
        .limit(query.limit() + 1);
    if let Some((time, id)) = query.position::<(DateTime<Utc>, CommentId)>()? {
        let same_time = asset_comment::Column::CreatedAt
            .eq(time)
            .and(asset_comment::Column::Id.lt(id));
        select = select.filter(asset_comment::Column::CreatedAt.lt(time).or(same_time));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| (row.created_at, row.id))?;
    let items = views(db.read(), rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Comment on an asset, or on one of its pages.
#[utoipa::path(post, path = "/api/v1/assets/{id}/comments", tag = "library", params(AssetId),
    request_body = NewComment, responses(
    (status = 201, body = CommentView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_comment(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<NewComment>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let new = body.into_inner();
    let text = new.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_COMMENT {
        return Err(Error::field(
            "text",
            format!("A comment has 1 to {LONGEST_COMMENT} characters."),
        ));
    }
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    let version_id = commented_version(&tx, &principal, &asset, &new).await?;
    let row = asset_comment::ActiveModel {
        id: Set(CommentId::new(now)),
        asset_id: Set(asset.id),
        version_id: Set(version_id),
        page_number: Set(new.page_number),
        text: Set(text.to_owned()),
        author_id: Set(principal.user_id),
        created_at: Set(now),
        resolved_at: Set(None),
        resolved_by: Set(None),
    }
    .insert(&tx)
    .await?;
    tell(&tx, now, &principal, &asset, &row).await?;
    let view = one_view(&tx, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

/// Say that a comment is dealt with, or open it again.
#[utoipa::path(patch, path = "/api/v1/comments/{id}", tag = "library", params(CommentId),
    request_body = CommentEdit, responses(
    (status = 200, body = CommentView), (status = 404, body = Problem),
))]
pub async fn edit_comment(
    principal: Principal,
    id: web::Path<CommentId>,
    body: web::Json<CommentEdit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<CommentView>> {
    let tx = db.begin().await?;
    let mut row = asset_comment::Entity::find_by_id(*id)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("comment"))?;
    find_asset(&tx, &principal, row.asset_id).await?;
    // Saying again what is so already keeps who said it first.
    if body.resolved != row.resolved_at.is_some() {
        let mut change = row.into_active_model();
        change.resolved_at = Set(body.resolved.then(|| clock.now()));
        change.resolved_by = Set(body.resolved.then_some(principal.user_id));
        row = change.update(&tx).await?;
    }
    let view = one_view(&tx, row).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// The version whose page is meant, which must have it.
async fn commented_version<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    asset: &asset::Model,
    new: &NewComment,
) -> Result<Option<VersionId>> {
    let Some(number) = new.page_number else {
        return Ok(None);
    };
    let absent = || Error::field("page_number", "There is no such page.");
    let version = new
        .version_id
        .or(asset.current_version_id)
        .ok_or_else(absent)?;
    let (version, of) = find_version(db, principal, version).await?;
    if of.id != asset.id {
        return Err(Error::field("version_id", "It is of another asset."));
    }
    page::Entity::find_by_id((version.id, number))
        .one(db)
        .await?
        .ok_or_else(absent)?;
    Ok(Some(version.id))
}

/// Tells whoever looks after the piece, and those in its review, but not whoever says it.
async fn tell<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    author: &Principal,
    asset: &asset::Model,
    comment: &asset_comment::Model,
) -> Result<()> {
    let review = open_review(db, asset.id).await?;
    let in_review = review.iter().flat_map(|one| {
        let reviewers = one.reviewers.iter().copied();
        reviewers.chain(one.row.sent_by)
    });
    let people: HashSet<UserId> = asset.owner_id.into_iter().chain(in_review).collect();
    let place = comment
        .page_number
        .map_or_else(String::new, |page| format!("page {page} of "));
    let news = people
        .into_iter()
        .filter(|user| *user != author.user_id)
        .map(|user| Notice {
            user,
            kind: "comment",
            title: format!(
                "{} commented on {place}\u{201c}{}\u{201d}",
                author.name, asset.title
            ),
            body: comment.text.clone(),
            opportunity: None,
            visit: None,
            subject: Some(Subject::Asset(asset.id)),
            dedupe_key: format!("comment:{}", comment.id),
            at: now,
        });
    notices::write(db, news.collect()).await?;
    Ok(())
}

async fn one_view<C: ConnectionTrait>(db: &C, row: asset_comment::Model) -> Result<CommentView> {
    views(db, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("comment"))
}

async fn views<C: ConnectionTrait>(
    db: &C,
    rows: Vec<asset_comment::Model>,
) -> Result<Vec<CommentView>> {
    let people = rows
        .iter()
        .flat_map(|row| std::iter::once(row.author_id).chain(row.resolved_by));
    let people = user_refs(db, people.collect::<HashSet<_>>()).await?;
    let numbers: HashMap<VersionId, i32> = asset_version::Entity::find()
        .select_only()
        .column(asset_version::Column::Id)
        .column(asset_version::Column::Number)
        .filter(asset_version::Column::Id.is_in(rows.iter().filter_map(|row| row.version_id)))
        .into_tuple::<(VersionId, i32)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(CommentView {
                id: row.id,
                asset_id: row.asset_id,
                author: people.get(&row.author_id).cloned()?,
                text: row.text,
                page_number: row.page_number,
                version_id: row.version_id,
                version_number: row.version_id.and_then(|id| numbers.get(&id).copied()),
                at: row.created_at,
                resolved_at: row.resolved_at,
                resolved_by: row.resolved_by.and_then(|id| people.get(&id).cloned()),
            })
        })
        .collect())
}
