//! The settings of alerts over the API: everybody's own, and their team's.

use actix_web::web;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use serde::Serialize;

use super::settings::{AlertSettings, parsed};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{Role, alert_setting, team, team_alert_setting, user};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{TeamId, UserId};

/// What somebody hears, and whose choice that is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AlertSettingsView {
    /// What holds.
    #[serde(flatten)]
    pub settings: AlertSettings,
    /// `own`, `team`, or `default` where nobody has chosen anything.
    pub source: &'static str,
    /// Where the clock hangs that quiet hours go by.
    pub time_zone: String,
    /// What holds where nothing is chosen.
    pub fallback: AlertSettings,
}

/// What I hear.
#[utoipa::path(get, path = "/api/v1/alert-settings", tag = "alerts", responses((status = 200, body = AlertSettingsView)))]
pub async fn get_alert_settings(
    principal: Principal,
    db: web::Data<Db>,
) -> Result<web::Json<AlertSettingsView>> {
    Ok(web::Json(own_view(db.read(), principal.user_id).await?))
}

/// Chooses what I hear.
#[utoipa::path(put, path = "/api/v1/alert-settings", tag = "alerts", request_body = AlertSettings,
    responses((status = 200, body = AlertSettingsView), (status = 422, body = Problem)))]
pub async fn put_alert_settings(
    principal: Principal,
    body: web::Json<AlertSettings>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<AlertSettingsView>> {
    let settings = body.into_inner().completed();
    let tx = db.begin().await?;
    let row = alert_setting::ActiveModel {
        user_id: Set(principal.user_id),
        settings: Set(serde_json::to_value(&settings).map_err(Error::internal)?),
        updated_at: Set(clock.now()),
    };
    alert_setting::Entity::insert(row)
        .on_conflict(
            OnConflict::column(alert_setting::Column::UserId)
                .update_columns([
                    alert_setting::Column::Settings,
                    alert_setting::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    let view = own_view(&tx, principal.user_id).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// Goes back to what my team hears.
#[utoipa::path(delete, path = "/api/v1/alert-settings", tag = "alerts", responses((status = 200, body = AlertSettingsView)))]
pub async fn reset_alert_settings(
    principal: Principal,
    db: web::Data<Db>,
) -> Result<web::Json<AlertSettingsView>> {
    let tx = db.begin().await?;
    alert_setting::Entity::delete_by_id(principal.user_id)
        .exec(&tx)
        .await?;
    let view = own_view(&tx, principal.user_id).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// What a team hears whose people have chosen nothing.
#[utoipa::path(get, path = "/api/v1/teams/{id}/alert-settings", tag = "alerts", params(TeamId),
    responses((status = 200, body = AlertSettingsView), (status = 404, body = Problem)))]
pub async fn get_team_alert_settings(
    principal: Principal,
    id: web::Path<TeamId>,
    db: web::Data<Db>,
) -> Result<web::Json<AlertSettingsView>> {
    let team = find_team(db.read(), &principal, *id).await?;
    Ok(web::Json(team_view(db.read(), &team, &principal).await?))
}

/// Chooses what a team hears whose people have chosen nothing.
#[utoipa::path(put, path = "/api/v1/teams/{id}/alert-settings", tag = "alerts", params(TeamId), request_body = AlertSettings,
    responses((status = 200, body = AlertSettingsView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn put_team_alert_settings(
    principal: Principal,
    id: web::Path<TeamId>,
    body: web::Json<AlertSettings>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<AlertSettingsView>> {
    let settings = body.into_inner().completed();
    let tx = db.begin().await?;
    let team = find_team(&tx, &principal, *id).await?;
    let row = team_alert_setting::ActiveModel {
        team_id: Set(team.id),
        settings: Set(serde_json::to_value(&settings).map_err(Error::internal)?),
        updated_at: Set(clock.now()),
    };
    team_alert_setting::Entity::insert(row)
        .on_conflict(
            OnConflict::column(team_alert_setting::Column::TeamId)
                .update_columns([
                    team_alert_setting::Column::Settings,
                    team_alert_setting::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(&tx)
        .await?;
    let view = team_view(&tx, &team, &principal).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// A team that the principal looks after: a manager their own, an administrator any.
async fn find_team<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: TeamId,
) -> Result<team::Model> {
    team::Entity::find_by_id(id)
        .one(db)
        .await?
        .filter(|team| principal.role == Role::Admin || principal.team_id == Some(team.id))
        .ok_or_else(|| Error::not_found("team"))
}

async fn own_view<C: ConnectionTrait>(db: &C, user: UserId) -> Result<AlertSettingsView> {
    let own = alert_setting::Entity::find_by_id(user).one(db).await?;
    let user = user::Entity::find_by_id(user)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("user"))?;
    let team = match user.team_id {
        Some(team) => team_alert_setting::Entity::find_by_id(team).one(db).await?,
        None => None,
    };
    let source = match (&own, &team) {
        (Some(_), _) => "own",
        (None, Some(_)) => "team",
        (None, None) => "default",
    };
    let fallback = parsed(team.map(|row| row.settings));
    Ok(AlertSettingsView {
        settings: own.map_or_else(|| fallback.clone(), |row| parsed(Some(row.settings))),
        source,
        time_zone: user.time_zone,
        fallback,
    })
}

async fn team_view<C: ConnectionTrait>(
    db: &C,
    team: &team::Model,
    principal: &Principal,
) -> Result<AlertSettingsView> {
    let kept = team_alert_setting::Entity::find_by_id(team.id)
        .one(db)
        .await?;
    let time_zone = user::Entity::find_by_id(principal.user_id)
        .one(db)
        .await?
        .map(|user| user.time_zone)
        .unwrap_or_default();
    Ok(AlertSettingsView {
        source: if kept.is_some() { "team" } else { "default" },
        settings: parsed(kept.map(|row| row.settings)),
        time_zone,
        fallback: AlertSettings::default(),
    })
}
