//! Who may use a template, and who may change it.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _, Select,
};

use crate::entities::{Role, TemplateAudience, pitch_template};
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::{TeamId, TemplateId};

/// The templates that `principal` may use.
pub(super) fn usable_templates(principal: &Principal) -> Select<pitch_template::Entity> {
    let all = pitch_template::Entity::find();
    if principal.role == Role::Admin {
        return all;
    }
    let mut any = Condition::any()
        .add(pitch_template::Column::OwnerId.eq(principal.user_id))
        .add(pitch_template::Column::Audience.eq(TemplateAudience::Everyone));
    if let Some(team) = principal.team_id {
        any = any.add(
            Condition::all()
                .add(pitch_template::Column::Audience.eq(TemplateAudience::Team))
                .add(pitch_template::Column::TeamId.eq(team)),
        );
    }
    all.filter(any)
}

/// A template that `principal` may use.
pub(super) async fn find_template<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: TemplateId,
) -> Result<pitch_template::Model> {
    usable_templates(principal)
        .filter(pitch_template::Column::Id.eq(id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("template"))
}

/// Whether `principal` may change a template.
pub(super) fn may_change(principal: &Principal, template: &pitch_template::Model) -> bool {
    match principal.role {
        Role::Admin => true,
        _ if template.owner_id == principal.user_id => true,
        Role::Manager => template.team_id.is_some() && template.team_id == principal.team_id,
        Role::Rep | Role::Marketer => false,
    }
}

/// A template that `principal` may change.
pub(super) async fn find_own_template<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: TemplateId,
) -> Result<pitch_template::Model> {
    let template = find_template(db, principal, id).await?;
    if may_change(principal, &template) {
        return Ok(template);
    }
    Err(Error::new(
        Code::Forbidden,
        "This template belongs to somebody else. Use it, or make one of your own from it.",
    ))
}

/// The team that an audience means, for a template of `principal`.
pub(super) fn team_of(principal: &Principal, audience: TemplateAudience) -> Result<Option<TeamId>> {
    match audience {
        TemplateAudience::Team => principal.team_id.map(Some).ok_or_else(|| {
            Error::field(
                "audience",
                "You are in no team; share it with everyone, or keep it.",
            )
        }),
        TemplateAudience::Mine | TemplateAudience::Everyone => Ok(None),
    }
}
