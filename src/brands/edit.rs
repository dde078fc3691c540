//! Choosing a look, and going back to the default one.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _,
};
use serde::Deserialize;

use super::colours::{Palette, palette};
use super::list::{BrandView, load};
use super::scope::Scope;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::brand;
use crate::error::{Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{TeamId, UserId};

const LONGEST_NAME: usize = 80;

/// A look to be chosen; the logo has an address of its own.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandEdit {
    /// The company's name, as the prospect reads it.
    #[serde(default)]
    pub name: String,
    /// The accent, `#rrggbb`; absent for our own. Where it has too little contrast, what is shown is made darker or
    /// lighter; the reply says to what.
    #[serde(default)]
    pub accent: Option<String>,
}

/// A colour to be tried.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ColourQuery {
    /// `#rrggbb`.
    pub accent: String,
}

/// What would be made of a colour, with its contrasts.
#[utoipa::path(get, path = "/api/v1/brands/colours", tag = "pitches", params(ColourQuery), responses(
    (status = 200, body = Palette), (status = 422, body = Problem),
))]
pub async fn check_colour(query: web::Query<ColourQuery>) -> Result<web::Json<Palette>> {
    Ok(web::Json(palette(&query.accent)?))
}

/// Choose the look of the house (`house`) or of a team (its id).
#[utoipa::path(put, path = "/api/v1/brands/{scope}", tag = "pitches",
    params(("scope" = String, Path, description = "`house`, or the id of a team"),
        ("If-Match" = String, Header, description = "The revision that is edited; 0 where nothing was chosen yet")),
    request_body = BrandEdit, responses(
    (status = 200, body = BrandView), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn put_brand(
    principal: Principal,
    scope: web::Path<String>,
    if_match: IfMatch,
    body: web::Json<BrandEdit>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let scope = Scope::find(&tx, &principal, &scope).await?;
    let row = brand::Entity::find_by_id(scope.to_string())
        .one(&tx)
        .await?;
    if_match.require(row.as_ref().map_or(0, |row| row.revision))?;
    save_brand(
        &tx,
        clock.now(),
        scope.team(),
        principal.user_id,
        body.into_inner(),
    )
    .await?;
    let view = load(&tx, &principal, scope).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// Writes the look of a team, or of the house where there is none.
pub async fn save_brand<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    team: Option<TeamId>,
    by: UserId,
    edit: BrandEdit,
) -> Result<()> {
    let name = edit.name.trim().to_owned();
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::field(
            "name",
            format!("This may have {LONGEST_NAME} characters at the most."),
        ));
    }
    let accent = match edit.accent.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(colour) => Some(palette(colour)?.chosen),
    };
    change(db, now, team, by, |row| {
        row.name = Set(name);
        row.accent = Set(accent);
    })
    .await
}

/// Changes the row of a team or the house, which is made where it is missing.
pub(super) async fn change<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    team: Option<TeamId>,
    by: UserId,
    change: impl FnOnce(&mut brand::ActiveModel),
) -> Result<()> {
    let scope = team.map_or(Scope::House, Scope::Team);
    let row = brand::Entity::find_by_id(scope.to_string()).one(db).await?;
    let is_new = row.is_none();
    let revision = row.as_ref().map_or(0, |row| row.revision) + 1;
    let mut row = row.map_or_else(
        || brand::ActiveModel {
            scope: Set(scope.to_string()),
            team_id: Set(team),
            name: Set(String::new()),
            accent: Set(None),
            logo: Set(None),
            logo_width: Set(None),
            logo_height: Set(None),
            ..Default::default()
        },
        brand::Model::into_active_model,
    );
    row.revision = Set(revision);
    row.updated_by = Set(by);
    row.updated_at = Set(now);
    change(&mut row);
    if is_new {
        row.insert(db).await?;
    } else {
        row.update(db).await?;
    }
    Ok(())
}

/// Go back to the default look.
#[utoipa::path(delete, path = "/api/v1/brands/{scope}", tag = "pitches",
    params(("scope" = String, Path, description = "`house`, or the id of a team")), responses(
    (status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn delete_brand(
    principal: Principal,
    scope: web::Path<String>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let scope = Scope::find(&tx, &principal, &scope).await?;
    brand::Entity::delete_by_id(scope.to_string())
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
