//! The policies as administrators keep them, and as makers of links read them.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde::{Deserialize, Serialize};

use super::policy::{LinkPolicy, name, policy_for, stored, write_policy};
use crate::db::Db;
use crate::entities::{setting, team, terms};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::TeamId;

/// The policies of the installation.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LinkPolicies {
    /// For teams without one of their own.
    pub installation: LinkPolicy,
    /// Every team.
    pub teams: Vec<TeamPolicy>,
}

/// A team and its policy.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TeamPolicy {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub name: String,
    /// Its own policy; absent where the installation's holds.
    pub policy: Option<LinkPolicy>,
}

/// Whose policy: `installation`, or the id of a team.
#[derive(Clone, Debug, Deserialize)]
pub struct Whose {
    whose: String,
}

impl Whose {
    async fn team(&self, db: &Db) -> Result<Option<TeamId>> {
        if self.whose == "installation" {
            return Ok(None);
        }
        let unknown = || Error::not_found("team");
        let id: TeamId = self.whose.parse().map_err(|_| unknown())?;
        let team = team::Entity::find_by_id(id).one(db.read()).await?;
        team.map(|team| Some(team.id)).ok_or_else(unknown)
    }
}

/// What a link that the caller makes gets where nothing is said, and how long it may last.
#[utoipa::path(get, path = "/api/v1/link-policy", tag = "pitches", responses((status = 200, body = LinkPolicy)))]
pub async fn get_link_policy(
    principal: Principal,
    db: web::Data<Db>,
) -> Result<web::Json<LinkPolicy>> {
    Ok(web::Json(policy_for(db.read(), principal.user_id).await?))
}

/// All policies for links.
#[utoipa::path(get, path = "/api/v1/link-policies", tag = "pitches", responses((status = 200, body = LinkPolicies)))]
pub async fn list_link_policies(db: web::Data<Db>) -> Result<web::Json<LinkPolicies>> {
    let teams = team::Entity::find()
        .order_by_asc(team::Column::Name)
        .all(db.read())
        .await?;
    let rows = setting::Entity::find().all(db.read()).await?;
    let mut written: HashMap<String, serde_json::Value> =
        rows.into_iter().map(|row| (row.name, row.value)).collect();
    let mut read = |team: Option<TeamId>| {
        written
            .remove(&name(team))
            .map(|value| serde_json::from_value(value).map_err(Error::internal))
            .transpose()
    };
    let installation = read(None)?.unwrap_or_default();
    let teams = teams
        .into_iter()
        .map(|team| {
            Ok(TeamPolicy {
                policy: read(Some(team.id))?,
                team_id: team.id,
                name: team.name,
            })
        })
        .collect::<Result<_>>()?;
    Ok(web::Json(LinkPolicies {
        installation,
        teams,
    }))
}

/// Set the policy of the installation or of a team. It holds for links that are made or changed from now on.
#[utoipa::path(put, path = "/api/v1/link-policies/{whose}", tag = "pitches",
    params(("whose" = String, Path, description = "`installation`, or the id of a team")), request_body = LinkPolicy, responses(
    (status = 200, body = LinkPolicy), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn put_link_policy(
    whose: web::Path<Whose>,
    body: web::Json<LinkPolicy>,
    db: web::Data<Db>,
) -> Result<web::Json<LinkPolicy>> {
    let team = whose.team(&db).await?;
    let policy = body.into_inner();
    let tx = db.begin().await?;
    if let Some(id) = policy.terms_id {
        let terms = terms::Entity::find_by_id(id).one(&tx).await?;
        if terms.is_none_or(|terms| terms.retired_at.is_some()) {
            return Err(Error::field("terms_id", "There are no such terms in use."));
        }
    }
    write_policy(&tx, team, &policy).await?;
    tx.commit().await?;
    Ok(web::Json(policy))
}

/// Take a team's policy away; the installation's holds for it again.
#[utoipa::path(delete, path = "/api/v1/link-policies/{whose}", tag = "pitches",
    params(("whose" = String, Path, description = "The id of a team")), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn delete_link_policy(
    whose: web::Path<Whose>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let team = whose.team(&db).await?;
    if stored(db.read(), team).await?.is_some() {
        let tx = db.begin().await?;
        setting::Entity::delete_by_id(name(team)).exec(&tx).await?;
        tx.commit().await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
