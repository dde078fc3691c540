//! What marketers do with a request: take it on, plan it, fulfil or decline it.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};
use serde::{Deserialize, Deserializer};

use super::views::{RequestView, one_view};
use super::{LONGEST_TEXT, LONGEST_TITLE, checked, find_request, refuse};
use crate::auth::users_who_may;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{AssetState, RequestStatus, asset, content_request, content_request_join};
use crate::error::{Error, FieldError, Result};
use crate::http::{IfMatch, Permission, Principal, Problem, with_etag};
use crate::ids::{AssetId, RequestId, UserId};
use crate::library;
use crate::notices::{self, Notice, Subject};

/// What to change; what is not said stays as it is, and `null` takes a value away.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct RequestEdit {
    /// What is missing, in a line.
    pub title: Option<String>,
    /// What it is needed for.
    pub purpose: Option<String>,
    /// Where it stands.
    pub status: Option<RequestStatus>,
    /// Who sees to it: somebody who may upload content.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Option<Option<UserId>>,
    /// By when.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<NaiveDate>)]
    pub due_on: Option<Option<NaiveDate>>,
    /// What was made of it; needed when it is done.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<AssetId>)]
    pub asset_id: Option<Option<AssetId>>,
    /// Why not; needed when it is declined.
    pub decline_reason: Option<String>,
}

/// Change a request. Whoever asked is told when it is done or declined.
#[utoipa::path(patch, path = "/api/v1/content-requests/{id}", tag = "requests",
    params(RequestId, ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = RequestEdit, responses(
    (status = 200, body = RequestView), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_request(
    principal: Principal,
    id: web::Path<RequestId>,
    if_match: IfMatch,
    body: web::Json<RequestEdit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let old = find_request(&tx, *id).await?;
    if_match.require(old.revision)?;
    let new = edited(&old, body.into_inner(), now)?;
    let linked = check_references(&tx, &principal, &old, &new).await?;
    let row = new
        .clone()
        .into_active_model()
        .reset_all()
        .update(&tx)
        .await?;
    if row.status != old.status {
        tell_askers(&tx, &config, now, &principal, &row, linked.as_ref()).await?;
    }
    if row.owner_id != old.owner_id {
        tell_owner(&tx, &config, now, &principal, &row).await?;
    }
    let view = one_view(&tx, &principal, row).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// The row as it shall be, or what is wrong with it.
fn edited(
    old: &content_request::Model,
    edit: RequestEdit,
    now: DateTime<Utc>,
) -> Result<content_request::Model> {
    let mut faults = Vec::new();
    let mut new = old.clone();
    if let Some(title) = edit.title {
        new.title = checked("title", &title, LONGEST_TITLE, &mut faults);
    }
    if let Some(purpose) = edit.purpose {
        new.purpose = checked("purpose", &purpose, LONGEST_TEXT, &mut faults);
    }
    if let Some(reason) = edit.decline_reason {
        new.decline_reason = checked("decline_reason", &reason, LONGEST_TEXT, &mut faults);
    }
    new.status = edit.status.unwrap_or(old.status);
    new.owner_id = edit.owner_id.unwrap_or(old.owner_id);
    new.due_on = edit.due_on.unwrap_or(old.due_on);
    new.asset_id = edit.asset_id.unwrap_or(old.asset_id);
    new.revision = old.revision + 1;
    new.updated_at = now;
    let mut wrong = |field: &str, detail: &str| {
        faults.push(FieldError {
            field: field.to_owned(),
            detail: detail.to_owned(),
        });
    };
    if new.title.is_empty() {
        wrong("title", "Say what is missing.");
    }
    match new.status {
        RequestStatus::Done if new.asset_id.is_none() => {
            wrong("asset_id", "Name the piece that was made of it.");
        }
        RequestStatus::Declined if new.decline_reason.is_empty() => {
            wrong("decline_reason", "Tell those who asked why.");
        }
        _ => {}
    }
    refuse(faults)?;
    Ok(new)
}

/// Whoever sees to it must be able to; what was made of it must be there for those who asked. Gives the linked piece.
async fn check_references<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    old: &content_request::Model,
    new: &content_request::Model,
) -> Result<Option<asset::Model>> {
    if let Some(owner) = new.owner_id.filter(|owner| Some(*owner) != old.owner_id) {
        let able = users_who_may(db, Permission::LibraryWrite).await?;
        if able.iter().all(|one| one.id != owner) {
            return Err(Error::field(
                "owner_id",
                "Choose an active user who may upload content.",
            ));
        }
    }
    let Some(id) = new.asset_id else {
        return Ok(None);
    };
    if new.asset_id == old.asset_id && new.status == old.status {
        return Ok(None);
    }
    let linked = library::find_asset(db, principal, id)
        .await
        .map_err(|_| Error::field("asset_id", "There is no such asset."))?;
    if new.status == RequestStatus::Done && linked.state != AssetState::Approved {
        return Err(Error::field(
            "asset_id",
            "Approve it first; those who asked cannot see it yet.",
        ));
    }
    Ok(Some(linked))
}

async fn tell_askers<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    principal: &Principal,
    row: &content_request::Model,
    linked: Option<&asset::Model>,
) -> Result<()> {
    let (kind, title, body) = match row.status {
        RequestStatus::Done => (
            "request_done",
            format!("What you asked for is there: {}", row.title),
            linked.map_or_else(String::new, |asset| asset.title.clone()),
        ),
        RequestStatus::Declined => (
            "request_declined",
            format!("Declined: {}", row.title),
            row.decline_reason.clone(),
        ),
        _ => return Ok(()),
    };
    let askers: Vec<UserId> = content_request_join::Entity::find()
        .select_only()
        .column(content_request_join::Column::UserId)
        .filter(content_request_join::Column::RequestId.eq(row.id))
        .into_tuple()
        .all(db)
        .await?;
    // A finished request leads to what was made of it.
    let subject = match (row.status, row.asset_id) {
        (RequestStatus::Done, Some(asset)) => Subject::Asset(asset),
        _ => Subject::Request(row.id),
    };
    let news = askers
        .into_iter()
        .filter(|user| *user != principal.user_id)
        .map(|user| Notice {
            user,
            kind,
            title: title.clone(),
            body: body.clone(),
            opportunity: None,
            visit: None,
            subject: Some(subject),
            dedupe_key: format!("{kind}:{}:{}", row.id, row.revision),
            at: now,
        });
    notices::write_and_mail(db, config, now, news.collect()).await?;
    Ok(())
}

async fn tell_owner<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    principal: &Principal,
    row: &content_request::Model,
) -> Result<()> {
    let Some(owner) = row.owner_id.filter(|owner| *owner != principal.user_id) else {
        return Ok(());
    };
    let notice = Notice {
        user: owner,
        kind: "request_assigned",
        title: format!("{} asks you to see to: {}", principal.name, row.title),
        body: row
            .due_on
            .map_or_else(String::new, |day| format!("By {}", day.format("%-d %B %Y"))),
        opportunity: None,
        visit: None,
        subject: Some(Subject::Request(row.id)),
        dedupe_key: format!("request_assigned:{}:{}", row.id, row.revision),
        at: now,
    };
    notices::write_and_mail(db, config, now, vec![notice]).await?;
    Ok(())
}

/// Tells "not said" from "said to be nothing".
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
