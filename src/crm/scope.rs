//! Which opportunities a principal can see.

use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait as _, Condition};

use crate::entities::{Role, opportunity, user};
use crate::http::Principal;

/// The condition on opportunities.
pub fn visible_opportunities(principal: &Principal) -> Condition {
    match (principal.role, principal.team_id) {
        (Role::Marketer | Role::Admin, _) | (Role::Manager, None) => Condition::all(),
        (_, team) => {
            let mut any = Condition::any().add(opportunity::Column::OwnerId.eq(principal.user_id));
            if let Some(team) = team {
                let members = Query::select()
                    .column(user::Column::Id)
                    .from(user::Entity)
                    .and_where(user::Column::TeamId.eq(team))
                    .to_owned();
                any = any.add(opportunity::Column::OwnerId.in_subquery(members));
            }
            any
        }
    }
}
