//! The audit log as administrators read it.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::auth::{UserRef, user_refs};
use crate::db::Db;
use crate::entities::audit_entry;
use crate::error::Result;
use crate::http::{ListQuery, Page, next_cursor};
use crate::ids::{AuditId, UserId};

/// Which entries to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only what was done in this way: `contact_restricted`, `send_override_granted`, ...
    pub action: Option<String>,
    /// Only what was done to this sort of thing.
    pub subject_kind: Option<String>,
    /// Only what was done to this thing.
    pub subject_id: Option<Uuid>,
    /// Only what this user did.
    pub actor: Option<UserId>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AuditView {
    /// The entry.
    pub id: AuditId,
    /// What sort of actor: `user`, `recipient`, `webhook` or `system`.
    pub actor: String,
    /// The user, where it was one.
    pub user: Option<UserRef>,
    /// What was done.
    pub action: String,
    /// To what sort of thing.
    pub subject_kind: String,
    /// To which.
    pub subject_id: Option<Uuid>,
    /// What else is known.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who did what, the latest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "admin", params(AuditQuery), responses(
    (status = 200, body = Page<AuditView>),
))]
pub async fn list_audit(
    query: web::Query<AuditQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<AuditView>>> {
    use audit_entry::Column;
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let wanted = Condition::all()
        .add_option(query.action.map(|action| Column::Action.eq(action)))
        .add_option(query.subject_kind.map(|kind| Column::SubjectKind.eq(kind)))
        .add_option(query.subject_id.map(|id| Column::SubjectId.eq(id)))
        .add_option(query.actor.map(|actor| Column::ActorId.eq(actor)))
        .add_option(
            list.position::<AuditId>()?
                .map(|before| Column::Id.lt(before)),
        );
    let mut rows = audit_entry::Entity::find()
        .filter(wanted)
        .order_by_desc(Column::Id)
        .limit(list.limit() + 1)
        .all(db.read())
        .await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |row| row.id)?;
    let users = user_refs(db.read(), rows.iter().filter_map(|row| row.actor_id)).await?;
    let items = rows
        .into_iter()
        .map(|row| AuditView {
            id: row.id,
            actor: row.actor,
            user: row.actor_id.and_then(|id| users.get(&id).cloned()),
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            detail: row.detail,
            at: row.at,
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}
