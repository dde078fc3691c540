//! Which pitches and links a principal can see, and which they may change.
//!
//! A pitch is visible as its opportunity is. Its owner, the manager of its owner's team and administrators may
//! change it; others who see it are told so.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    RelationTrait as _, Select, sea_query::JoinType,
};

use crate::crm;
use crate::entities::{Role, pitch, pitch_link, user};
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::{LinkId, PitchId};

/// The pitches that `principal` can see; opportunities are joined.
pub fn pitches_visible_to(principal: &Principal) -> Select<pitch::Entity> {
    pitch::Entity::find()
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(crm::visible_opportunities(principal))
}

/// A pitch that `principal` can see.
pub async fn find_pitch<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: PitchId,
) -> Result<pitch::Model> {
    pitches_visible_to(principal)
        .filter(pitch::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("pitch"))
}

/// A pitch that `principal` may change.
pub(super) async fn find_own_pitch<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: PitchId,
) -> Result<pitch::Model> {
    let pitch = find_pitch(db, principal, id).await?;
    require_may_change(db, principal, &pitch).await?;
    Ok(pitch)
}

/// A link of a pitch that `principal` can see, with the pitch.
pub(super) async fn find_link<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: LinkId,
) -> Result<(pitch_link::Model, pitch::Model)> {
    let link = pitch_link::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("link"))?;
    let pitch = pitches_visible_to(principal)
        .filter(pitch::Column::Id.eq(link.pitch_id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("link"))?;
    Ok((link, pitch))
}

/// Whether `principal` may change the pitches of `owner`.
pub fn may_change_pitches_of(principal: &Principal, owner: &user::Model) -> bool {
    match principal.role {
        Role::Admin => true,
        _ if owner.id == principal.user_id => true,
        Role::Manager => principal.team_id.is_none() || owner.team_id == principal.team_id,
        Role::Rep | Role::Marketer => false,
    }
}

/// Refuses the change when the pitch is another's.
pub(super) async fn require_may_change<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    pitch: &pitch::Model,
) -> Result<()> {
    let owner = user::Entity::find_by_id(pitch.owner_id).one(db).await?;
    if owner.is_some_and(|owner| may_change_pitches_of(principal, &owner)) {
        return Ok(());
    }
    Err(Error::new(
        Code::Forbidden,
        "This pitch belongs to somebody else; its owner or their manager can change it.",
    ))
}
