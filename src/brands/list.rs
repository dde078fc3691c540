//! The looks there are, for those who choose them.

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait as _, QueryOrder as _};
use serde::Serialize;

use super::colours::{Palette, palette};
use super::scope::Scope;
use crate::db::Db;
use crate::entities::{brand, team};
use crate::error::Result;
use crate::http::Principal;

/// Looks.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Brands {
    /// The house's first, then every team's, chosen or not.
    pub items: Vec<BrandView>,
}

/// The look of the house or of a team.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BrandView {
    /// `house`, or the team's id.
    pub scope: String,
    /// The team's name; absent for the house.
    pub team: Option<String>,
    /// Whether something was chosen; else the house's look is used, or our own.
    pub chosen: bool,
    /// The company's name, as the prospect reads it.
    pub name: String,
    /// The colours, if one was chosen.
    pub palette: Option<Palette>,
    /// Where the logo is.
    pub logo_url: Option<String>,
    /// For `If-Match`; 0 where nothing was chosen yet.
    pub revision: i64,
    /// When it was changed last.
    pub updated_at: Option<DateTime<Utc>>,
    /// Whether the asker may change it.
    pub may_edit: bool,
}

/// The look of the house and of every team.
#[utoipa::path(get, path = "/api/v1/brands", tag = "pitches", responses((status = 200, body = Brands)))]
pub async fn list_brands(principal: Principal, db: web::Data<Db>) -> Result<web::Json<Brands>> {
    let rows = brand::Entity::find().all(db.read()).await?;
    let teams = team::Entity::find()
        .order_by_asc(team::Column::Name)
        .all(db.read())
        .await?;
    let scopes = std::iter::once((Scope::House, None)).chain(
        teams
            .into_iter()
            .map(|team| (Scope::Team(team.id), Some(team.name))),
    );
    let items = scopes
        .map(|(scope, name)| {
            let row = rows.iter().find(|row| row.scope == scope.to_string());
            view(&principal, scope, name, row)
        })
        .collect();
    Ok(web::Json(Brands { items }))
}

/// The look of one scope.
pub(super) async fn load<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    scope: Scope,
) -> Result<BrandView> {
    let row = brand::Entity::find_by_id(scope.to_string()).one(db).await?;
    let team = match scope.team() {
        Some(id) => team::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    Ok(view(
        principal,
        scope,
        team.map(|team| team.name),
        row.as_ref(),
    ))
}

fn view(
    principal: &Principal,
    scope: Scope,
    team: Option<String>,
    row: Option<&brand::Model>,
) -> BrandView {
    BrandView {
        scope: scope.to_string(),
        team,
        chosen: row.is_some(),
        name: row.map(|row| row.name.clone()).unwrap_or_default(),
        palette: row
            .and_then(|row| row.accent.as_deref())
            .and_then(|accent| palette(accent).ok()),
        logo_url: row
            .and_then(|row| row.logo.as_ref())
            .map(|hash| format!("/logos/{hash}")),
        revision: row.map_or(0, |row| row.revision),
        updated_at: row.map(|row| row.updated_at),
        may_edit: scope.may_be_changed_by(principal),
    }
}
