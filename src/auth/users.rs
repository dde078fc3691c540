//! Who there is.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use crate::db::Db;
use crate::entities::{Role, team, user};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Permission, Principal, next_cursor};
use crate::ids::{TeamId, UserId};

/// A user, as others' views name them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UserRef {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// A team.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TeamView {
    /// The team.
    pub id: TeamId,
    /// Its name.
    pub name: String,
}

/// The signed-in user.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// The user.
    pub id: UserId,
    /// The address to sign in with.
    pub email: String,
    /// The name others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The team, if any.
    pub team: Option<TeamView>,
    /// IANA name.
    pub time_zone: String,
    /// What the role may do.
    pub permissions: Vec<Permission>,
}

/// A user in the list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct UserView {
    /// The user.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Whether they may sign in.
    pub active: bool,
    /// The team, if any.
    pub team: Option<TeamView>,
}

/// The signed-in user.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, body = Me)))]
pub async fn me(principal: Principal, db: web::Data<Db>) -> Result<web::Json<Me>> {
    Ok(web::Json(load_me(db.read(), principal.user_id).await?))
}

/// The users by name.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(ListQuery), responses(
    (status = 200, body = Page<UserView>),
))]
pub async fn list_users(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<UserView>>> {
    let after: Option<(String, UserId)> = query.position()?;
    let mut select = user::Entity::find()
        .find_also_related(team::Entity)
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .limit(query.limit() + 1);
    if let Some((name, id)) = after {
        select = select.filter(
            user::Column::Name
                .gt(&name)
                .or(user::Column::Name.eq(&name).and(user::Column::Id.gt(id))),
        );
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |(user, _)| {
        (user.name.clone(), user.id)
    })?;
    let items = rows
        .into_iter()
        .map(|(user, team)| UserView {
            id: user.id,
            name: user.name,
            email: user.email,
            role: user.role,
            active: user.active,
            team: team.map(team_view),
        })
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// The teams by name.
#[utoipa::path(get, path = "/api/v1/teams", tag = "users", params(ListQuery), responses(
    (status = 200, body = Page<TeamView>),
))]
pub async fn list_teams(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<TeamView>>> {
    let mut select = team::Entity::find()
        .order_by_asc(team::Column::Name)
        .limit(query.limit() + 1);
    if let Some(name) = query.position::<String>()? {
        select = select.filter(team::Column::Name.gt(name));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |team| team.name.clone())?;
    let items = rows.into_iter().map(team_view).collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Made lower case.
    pub email: String,
    /// The name others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The team's name; made if missing.
    pub team: Option<String>,
    /// IANA name.
    pub time_zone: String,
    /// Whether they may sign in.
    pub active: bool,
    /// From [`super::hash_password`].
    pub password_hash: Option<String>,
}

/// Makes a user.
pub async fn add_user<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    new: NewUser,
) -> Result<UserId> {
    let email = new.email.trim().to_lowercase();
    if !email.contains('@') {
        return Err(Error::field("email", "An e-mail address has an @ in it."));
    }
    let team_id = match new.team {
        Some(name) => Some(team_named(db, now, &name).await?),
        None => None,
    };
    let id = UserId::new(now);
    user::ActiveModel {
        id: Set(id),
        email: Set(email),
        name: Set(new.name),
        role: Set(new.role),
        team_id: Set(team_id),
        password_hash: Set(new.password_hash),
        time_zone: Set(new.time_zone),
        active: Set(new.active),
        created_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(id)
}

/// The users by their addresses (lower case).
pub async fn find_users<C: ConnectionTrait>(db: &C) -> Result<HashMap<String, UserId>> {
    let users = user::Entity::find().all(db).await?;
    Ok(users
        .into_iter()
        .map(|user| (user.email, user.id))
        .collect())
}

/// The active users whose role has `permission`, by name.
pub async fn users_who_may<C: ConnectionTrait>(
    db: &C,
    permission: Permission,
) -> Result<Vec<UserRef>> {
    let roles = Role::ALL
        .iter()
        .copied()
        .filter(|role| permission.granted_to(*role));
    active_users(db, roles).await
}

/// The active users of a role, by name.
pub async fn users_with_role<C: ConnectionTrait>(db: &C, role: Role) -> Result<Vec<UserRef>> {
    active_users(db, [role]).await
}

async fn active_users<C: ConnectionTrait>(
    db: &C,
    roles: impl IntoIterator<Item = Role>,
) -> Result<Vec<UserRef>> {
    let users = user::Entity::find()
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::Role.is_in(roles))
        .order_by_asc(user::Column::Name)
        .order_by_asc(user::Column::Id)
        .all(db)
        .await?;
    Ok(users
        .into_iter()
        .map(|user| UserRef {
            id: user.id,
            name: user.name,
        })
        .collect())
}

/// The names of these users, in one query.
pub async fn user_refs<C: ConnectionTrait>(
    db: &C,
    ids: impl IntoIterator<Item = UserId>,
) -> Result<HashMap<UserId, UserRef>> {
    let users = user::Entity::find()
        .filter(user::Column::Id.is_in(ids))
        .all(db)
        .await?;
    Ok(users
        .into_iter()
        .map(|user| {
            (
                user.id,
                UserRef {
                    id: user.id,
                    name: user.name,
                },
            )
        })
        .collect())
}

pub(super) async fn load_me<C: ConnectionTrait>(db: &C, id: UserId) -> Result<Me> {
    let (user, team) = user::Entity::find_by_id(id)
        .find_also_related(team::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("user"))?;
    Ok(Me {
        id: user.id,
        email: user.email,
        name: user.name,
        role: user.role,
        team: team.map(team_view),
        time_zone: user.time_zone,
        permissions: Permission::of(user.role),
    })
}

async fn team_named<C: ConnectionTrait>(db: &C, now: DateTime<Utc>, name: &str) -> Result<TeamId> {
    let found = team::Entity::find()
        .filter(team::Column::Name.eq(name))
        .one(db)
        .await?;
    if let Some(team) = found {
        return Ok(team.id);
    }
    let id = TeamId::new(now);
    team::ActiveModel {
        id: Set(id),
        name: Set(name.to_owned()),
        created_at: Set(now),
    }
    .insert(db)
    .await?;
    Ok(id)
}

fn team_view(team: team::Model) -> TeamView {
    TeamView {
        id: team.id,
        name: team.name,
    }
}
