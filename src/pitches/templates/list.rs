//! The templates that one may use.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde::Serialize;

use super::content::TemplateContent;
use super::scope::{may_change, usable_templates};
use crate::auth::{UserRef, user_refs};
use crate::db::Db;
use crate::entities::{TemplateAudience, pitch_template};
use crate::error::Result;
use crate::http::Principal;
use crate::ids::TemplateId;
use crate::pitches::load::owner_ref;

/// More than anybody reads through.
const MOST: u64 = 500;

/// Templates.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Templates {
    /// What is used most first; at most 500.
    pub items: Vec<TemplateRow>,
    /// The placeholders that templates may hold.
    pub placeholders: Vec<String>,
}

/// A template in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateRow {
    /// The template.
    pub id: TemplateId,
    /// How it is found again.
    pub name: String,
    /// When to use it.
    pub description: String,
    /// Whose it is.
    pub owner: UserRef,
    /// Who may use it.
    pub audience: TemplateAudience,
    /// How many items it has.
    pub item_count: usize,
    /// How many next steps it has.
    pub step_count: usize,
    /// How many pitches were made from it.
    pub uses: i64,
    /// Whether the asker may change it.
    pub may_edit: bool,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// The templates that one may use.
#[utoipa::path(get, path = "/api/v1/pitch-templates", tag = "pitches", responses(
    (status = 200, body = Templates),
))]
pub async fn list_templates(
    principal: Principal,
    db: web::Data<Db>,
) -> Result<web::Json<Templates>> {
    let rows = usable_templates(&principal)
        .order_by_desc(pitch_template::Column::Uses)
        .order_by_asc(pitch_template::Column::Name)
        .limit(MOST)
        .all(db.read())
        .await?;
    let mut people = user_refs(db.read(), rows.iter().map(|row| row.owner_id)).await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let may_edit = may_change(&principal, &row);
            let content: TemplateContent = serde_json::from_value(row.content).unwrap_or_default();
            TemplateRow {
                id: row.id,
                name: row.name,
                description: row.description,
                owner: owner_ref(&mut people, row.owner_id),
                audience: row.audience,
                item_count: content.items.len(),
                step_count: content.steps.len(),
                uses: row.uses,
                may_edit,
                updated_at: row.updated_at,
            }
        })
        .collect();
    let placeholders = crate::pitches::placeholders::KNOWN
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    Ok(web::Json(Templates {
        items,
        placeholders,
    }))
}
