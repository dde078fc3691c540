//! What a user was told, and that they have read it.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Clock;
use crate::db::Db;
use crate::entities::notification;
use crate::error::Result;
use crate::http::{ListQuery, Principal, next_cursor};
use crate::ids::{OpportunityId, UserId};

/// Something a user should know.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationView {
    /// Its number; a stream resumes from it.
    pub id: i64,
    /// `read`, `shared`, `downloaded`, `review_requested`, `approved`, `stale_content`, `request_done`, ...
    pub kind: String,
    /// What happened.
    pub title: String,
    /// With what.
    pub body: String,
    /// Where to look.
    pub opportunity_id: Option<OpportunityId>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When the user read it.
    pub read_at: Option<DateTime<Utc>>,
    /// What else it is about; it stands before the opportunity as the place to look.
    pub subject: Option<NotificationSubject>,
}

/// What a notification is about.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationSubject {
    /// `asset`, `pitch` or `request`.
    pub kind: String,
    /// Which.
    pub id: Uuid,
}

impl From<notification::Model> for NotificationView {
    fn from(row: notification::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            title: row.title,
            body: row.body,
            opportunity_id: row.opportunity_id,
            at: row.created_at,
            read_at: row.read_at,
            subject: row
                .subject_kind
                .zip(row.subject_id)
                .map(|(kind, id)| NotificationSubject { kind, id }),
        }
    }
}

/// One page of notifications.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct NotificationPage {
    /// The latest first.
    pub items: Vec<NotificationView>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// How many there are, over all pages, that the user has not read.
    pub unread: u64,
}

/// Up to where the user has read.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
pub struct ReadUpTo {
    /// The number of the latest notification read.
    pub up_to: i64,
}

/// What the user was told, the latest first.
#[utoipa::path(get, path = "/api/v1/notifications", tag = "engagement", params(ListQuery),
    responses((status = 200, body = NotificationPage)))]
pub async fn list_notifications(
    principal: Principal,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<NotificationPage>> {
    let own =
        notification::Entity::find().filter(notification::Column::UserId.eq(principal.user_id));
    let unread = own
        .clone()
        .filter(notification::Column::ReadAt.is_null())
        .count(db.read())
        .await?;
    let mut select = own
        .order_by_desc(notification::Column::Id)
        .limit(query.limit() + 1);
    if let Some(before) = query.position::<i64>()? {
        select = select.filter(notification::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| row.id)?;
    Ok(web::Json(NotificationPage {
        items: rows.into_iter().map(NotificationView::from).collect(),
        next_cursor,
        unread,
    }))
}

/// The user has read everything up to a notification.
#[utoipa::path(post, path = "/api/v1/notifications/read", tag = "engagement", request_body = ReadUpTo,
    responses((status = 204)))]
pub async fn read_notifications(
    principal: Principal,
    body: web::Json<ReadUpTo>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    mark_read(&tx, clock.now(), principal.user_id, body.up_to).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Notes that `user` has read everything up to a notification.
pub async fn mark_read<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    user: UserId,
    up_to: i64,
) -> Result<()> {
    notification::Entity::update_many()
        .col_expr(notification::Column::ReadAt, Expr::value(now))
        .filter(notification::Column::UserId.eq(user))
        .filter(notification::Column::Id.lte(up_to))
        .filter(notification::Column::ReadAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
