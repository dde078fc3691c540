//! One template.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::ConnectionTrait;
use serde::Serialize;

use super::content::{TemplateContent, TemplateStep};
use super::scope::{find_template, may_change};
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{AssetKind, TemplateAudience, pitch_template};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem, with_etag};
use crate::ids::{AssetId, TemplateId};
use crate::library;
use crate::pitches::items::Found;
use crate::pitches::load::owner_ref;
use crate::pitches::placeholders::KNOWN;
use crate::pitches::rules;

/// A template with all that is in it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateDetail {
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
    /// The title of pitches made from it.
    pub title: String,
    /// The words above the pages.
    pub message: String,
    /// What it shows, in order.
    pub items: Vec<TemplateItemView>,
    /// Who does what how many days after it is used.
    pub steps: Vec<TemplateStep>,
    /// Whether a story of a similar customer belongs into the pitch.
    pub story: bool,
    /// The placeholders in it.
    pub placeholders: Vec<String>,
    /// Those of them that do not exist.
    pub unknown_placeholders: Vec<String>,
    /// How many pitches were made from it.
    pub uses: i64,
    /// Whether the asker may change it.
    pub may_edit: bool,
    /// For `If-Match`.
    pub revision: i64,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// One asset, or one page of it, in a template.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TemplateItemView {
    /// The asset.
    pub asset_id: AssetId,
    /// A single page; absent for the whole asset.
    pub page_number: Option<i32>,
    /// The heading under which it stands.
    pub section: String,
    /// The sender's words about it.
    pub note: String,
    /// The asset's title.
    pub title: String,
    /// The asset's kind.
    pub kind: Option<AssetKind>,
    /// The picture of its first page.
    pub thumbnail_url: Option<String>,
    /// What stands against sending it today.
    pub problems: Vec<String>,
}

/// A template with all that is in it.
#[utoipa::path(get, path = "/api/v1/pitch-templates/{id}", tag = "pitches", params(TemplateId), responses(
    (status = 200, body = TemplateDetail), (status = 404, body = Problem),
))]
pub async fn get_template(
    principal: Principal,
    id: web::Path<TemplateId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let template = find_template(db.read(), &principal, *id).await?;
    let today = clock.now().date_naive();
    let view = detail(db.read(), &principal, today, template).await?;
    Ok(with_etag(&view, view.revision))
}

/// The view of a template, in three queries whatever its length.
pub(super) async fn detail<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    today: NaiveDate,
    template: pitch_template::Model,
) -> Result<TemplateDetail> {
    let may_edit = may_change(principal, &template);
    let content: TemplateContent =
        serde_json::from_value(template.content).map_err(Error::internal)?;
    let placeholders = content.placeholders(&template.title);
    let assets = content.items.iter().map(|item| item.asset_id);
    let found = Found::look_up(db, assets, std::iter::empty()).await?;
    let mut people = user_refs(db, [template.owner_id]).await?;
    let items = content.items.into_iter().map(|item| {
        let asset = found.asset(item.asset_id);
        let version = found.current(item.asset_id);
        let first = item.page_number.unwrap_or(1);
        TemplateItemView {
            asset_id: item.asset_id,
            title: asset.map(|asset| asset.title.clone()).unwrap_or_default(),
            kind: asset.map(|asset| asset.kind),
            thumbnail_url: version
                .filter(|version| (1..=version.page_count.unwrap_or(0)).contains(&first))
                .map(|version| library::page_thumbnail_url(version.id, first)),
            problems: match asset {
                Some(asset) => rules::objections(asset, version, item.page_number, today)
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
                None => vec!["This asset is gone.".to_owned()],
            },
            page_number: item.page_number,
            section: item.section,
            note: item.note,
        }
    });
    Ok(TemplateDetail {
        id: template.id,
        name: template.name,
        description: template.description,
        owner: owner_ref(&mut people, template.owner_id),
        audience: template.audience,
        title: template.title,
        message: content.message,
        items: items.collect(),
        steps: content.steps,
        story: content.story,
        unknown_placeholders: placeholders
            .iter()
            .filter(|name| !KNOWN.contains(&name.as_str()))
            .cloned()
            .collect(),
        placeholders,
        uses: template.uses,
        may_edit,
        revision: template.revision,
        updated_at: template.updated_at,
    })
}
