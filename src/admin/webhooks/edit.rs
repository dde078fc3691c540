//! Adding, changing, trying and removing webhooks.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use url::Url;

use super::views::{DeliveryView, NewWebhook, WebhookEdit, WebhookView, views};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{WebhookFormat, team, webhook};
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, ListQuery, Page, Principal, Problem, next_cursor, with_etag};
use crate::ids::WebhookId;
use crate::keys::Keys;
use crate::outside::check_url;
use crate::webhooks::{EVENT_TYPES, ping};

const LONGEST_NAME: usize = 100;
const LONGEST_URL: usize = 2_000;
/// For how long messages are signed with the secret before a rotation as well.
const BOTH_SECRETS: TimeDelta = TimeDelta::hours(24);

/// The webhooks and chat channels.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "admin", params(ListQuery),
    responses((status = 200, body = Page<WebhookView>)))]
pub async fn list_webhooks(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
) -> Result<web::Json<Page<WebhookView>>> {
    let mut select = webhook::Entity::find()
        .order_by_asc(webhook::Column::Id)
        .limit(query.limit() + 1);
    if let Some(after) = query.position::<WebhookId>()? {
        select = select.filter(webhook::Column::Id.gt(after));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| row.id)?;
    let items = views(db.read(), &keys, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// One webhook.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", tag = "admin", params(WebhookId),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem)))]
pub async fn get_webhook(
    id: web::Path<WebhookId>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
) -> Result<HttpResponse> {
    let row = find(db.read(), *id).await?;
    reply(db.read(), &keys, row).await
}

/// Adds a webhook or chat channel.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "admin", request_body = NewWebhook,
    responses((status = 201, body = WebhookView), (status = 422, body = Problem)))]
pub async fn add_webhook(
    principal: Principal,
    body: web::Json<NewWebhook>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    keys: web::Data<Keys>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (new, now) = (body.into_inner(), clock.now());
    let tx = db.begin().await?;
    if let Some(team) = new.team_id
        && team::Entity::find_by_id(team).one(&tx).await?.is_none()
    {
        return Err(Error::field("team_id", "There is no such team."));
    }
    let row = webhook::Model {
        id: WebhookId::new(now),
        name: checked_name(&new.name)?,
        url: checked_url(&config, &new.url, new.format)?,
        format: new.format,
        event_types: checked_types(&new.event_types)?,
        team_id: new.team_id,
        secret_number: 1,
        old_secret_until: None,
        disabled_at: None,
        disabled_reason: None,
        created_by: Some(principal.user_id),
        revision: 1,
        created_at: now,
        updated_at: now,
    };
    let row = row.into_active_model().reset_all().insert(&tx).await?;
    let view = view(&tx, &keys, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{}\"", view.revision)))
        .json(view))
}

/// Changes a webhook, or switches it on or off.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", tag = "admin", params(WebhookId,
    ("If-Match" = String, Header, description = "The revision that is edited")), request_body = WebhookEdit,
    responses((status = 200, body = WebhookView), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 422, body = Problem), (status = 428, body = Problem)))]
pub async fn edit_webhook(
    id: web::Path<WebhookId>,
    if_match: IfMatch,
    body: web::Json<WebhookEdit>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    keys: web::Data<Keys>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (edit, now) = (body.into_inner(), clock.now());
    let tx = db.begin().await?;
    let row = find(&tx, *id).await?;
    if_match.require(row.revision)?;
    let (format, was_off) = (row.format, row.disabled_at);
    let mut row = row.into_active_model();
    if let Some(name) = &edit.name {
        row.name = Set(checked_name(name)?);
    }
    if let Some(url) = &edit.url {
        row.url = Set(checked_url(&config, url, format)?);
    }
    if let Some(types) = &edit.event_types {
        row.event_types = Set(checked_types(types)?);
    }
    match edit.enabled {
        Some(true) => {
            row.disabled_at = Set(None);
            row.disabled_reason = Set(None);
        }
        Some(false) if was_off.is_none() => {
            row.disabled_at = Set(Some(now));
            row.disabled_reason = Set(Some("Switched off by an administrator.".to_owned()));
        }
        _ => {}
    }
    let reply = save(&tx, &keys, row, now).await?;
    tx.commit().await?;
    Ok(reply)
}

/// Gives a webhook another secret. For a day, messages are signed with both.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotate", tag = "admin", params(WebhookId),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn rotate_webhook(
    id: web::Path<WebhookId>,
    db: web::Data<Db>,
    keys: web::Data<Keys>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let row = find(&tx, *id).await?;
    if row.format != WebhookFormat::Standard {
        return Err(Error::new(
            Code::Conflict,
            "Messages to a chat channel are not signed.",
        ));
    }
    let number = row.secret_number;
    let mut row = row.into_active_model();
    row.secret_number = Set(number + 1);
    row.old_secret_until = Set(Some(now + BOTH_SECRETS));
    let reply = save(&tx, &keys, row, now).await?;
    tx.commit().await?;
    Ok(reply)
}

/// Sends a message that only tries whether the webhook listens.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/ping", tag = "admin", params(WebhookId),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn ping_webhook(
    id: web::Path<WebhookId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let row = find(&tx, *id).await?;
    if row.disabled_at.is_some() {
        return Err(Error::new(
            Code::Conflict,
            "This webhook is switched off. Switch it on first.",
        ));
    }
    let delivery = ping(&tx, clock.now(), &row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Accepted().json(DeliveryView::from(delivery)))
}

/// Removes a webhook and its log.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "admin", params(WebhookId),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn delete_webhook(id: web::Path<WebhookId>, db: web::Data<Db>) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    find(&tx, *id).await?.delete(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

pub(super) async fn find<C: ConnectionTrait>(db: &C, id: WebhookId) -> Result<webhook::Model> {
    webhook::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("webhook"))
}

async fn view<C: ConnectionTrait>(db: &C, keys: &Keys, row: webhook::Model) -> Result<WebhookView> {
    views(db, keys, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::internal("one row made no view"))
}

async fn reply<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    row: webhook::Model,
) -> Result<HttpResponse> {
    let view = view(db, keys, row).await?;
    Ok(with_etag(&view, view.revision))
}

/// Writes what was changed as the next revision, and answers with it.
async fn save<C: ConnectionTrait>(
    tx: &C,
    keys: &Keys,
    mut row: webhook::ActiveModel,
    now: DateTime<Utc>,
) -> Result<HttpResponse> {
    let revision = *row.revision.as_ref();
    row.revision = Set(revision + 1);
    row.updated_at = Set(now);
    let row = row.update(tx).await?;
    reply(tx, keys, row).await
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::field(
            "name",
            format!("Give it a name of up to {LONGEST_NAME} characters."),
        ));
    }
    Ok(name.to_owned())
}

fn checked_url(config: &Config, url: &str, format: WebhookFormat) -> Result<String> {
    let parsed = Url::parse(url.trim())
        .ok()
        .filter(|url| url.as_str().len() <= LONGEST_URL)
        .ok_or_else(|| {
            Error::field(
                "url",
                "Give a whole address, such as https://example.com/hook.",
            )
        })?;
    let private = config.webhook_private_addresses;
    check_url(&parsed, private).map_err(|refused| Error::field("url", refused.0))?;
    // The address of a chat channel is its password.
    if format != WebhookFormat::Standard && parsed.scheme() != "https" && !private {
        return Err(Error::field(
            "url",
            "The address of a chat channel begins with https.",
        ));
    }
    Ok(parsed.to_string())
}

fn checked_types(types: &[String]) -> Result<serde_json::Value> {
    if let Some(unknown) = types
        .iter()
        .find(|one| !EVENT_TYPES.contains(&one.as_str()))
    {
        return Err(Error::field(
            "event_types",
            format!(
                "There is no event {unknown:?}. There are: {}.",
                EVENT_TYPES.join(", ")
            ),
        ));
    }
    Ok(serde_json::json!(types))
}
