//! Who may see which opportunity: the one rule, and the finder that carries it.
//!
//! Accounts and contacts are the house's shared address book and have no such rule; what hangs on an opportunity
//! (its pitches, links, visits) is as visible as the opportunity itself.
//!
//! Invariant: no other module decides by role which opportunities somebody sees.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};

use crate::entities::{Role, opportunity, user};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{OpportunityId, TeamId};

/// The opportunities that `principal` may see, as a condition on the columns of [`opportunity`].
///
/// A rep sees their own and their team's; a manager their own and their team's, or all where they have no team;
/// marketers and admins see all.
pub fn visible_opportunities(principal: &Principal) -> Condition {
    let own = opportunity::Column::OwnerId.eq(principal.user_id);
    match (principal.role, principal.team_id) {
        (Role::Marketer | Role::Admin, _) | (Role::Manager, None) => Condition::all(),
        (Role::Rep, None) => Condition::all().add(own),
        (Role::Rep | Role::Manager, Some(team)) => {
            Condition::any().add(own).add(owned_in_team(team))
        }
    }
}

/// The opportunity, if it exists and `principal` may see it; otherwise "not found".
pub async fn find_opportunity<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: OpportunityId,
) -> Result<opportunity::Model> {
    opportunity::Entity::find_by_id(id)
        .filter(visible_opportunities(principal))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))
}

fn owned_in_team(team: TeamId) -> Expr {
    let members = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::TeamId.eq(team))
        .into_query();
    opportunity::Column::OwnerId.in_subquery(members)
}
