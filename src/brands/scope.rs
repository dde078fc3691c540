//! Whose look it is, and who may change it: administrators all, managers their team's.

use std::fmt;
use std::str::FromStr;

use sea_orm::{ConnectionTrait, EntityTrait as _};

use crate::entities::{Role, team};
use crate::error::{Code, Error, Result};
use crate::http::Principal;
use crate::ids::TeamId;

/// The house, or one team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    House,
    Team(TeamId),
}

impl Scope {
    /// As the address of a request names it; what is neither the house nor a team that exists and that `principal` may
    /// dress does not exist for them.
    pub(super) async fn find<C: ConnectionTrait>(
        db: &C,
        principal: &Principal,
        text: &str,
    ) -> Result<Self> {
        let scope: Self = text.parse()?;
        if let Self::Team(id) = scope {
            team::Entity::find_by_id(id)
                .one(db)
                .await?
                .ok_or_else(|| Error::not_found("team"))?;
        }
        if scope.may_be_changed_by(principal) {
            return Ok(scope);
        }
        Err(Error::new(
            Code::Forbidden,
            "Managers choose the look of their own team; administrators that of every team and of the house.",
        ))
    }

    pub(super) fn may_be_changed_by(self, principal: &Principal) -> bool {
        principal.role == Role::Admin
            || matches!(self, Self::Team(id) if principal.team_id == Some(id))
    }

    pub(super) fn team(self) -> Option<TeamId> {
        match self {
            Self::House => None,
            Self::Team(id) => Some(id),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::House => f.write_str("house"),
            Self::Team(id) => id.fmt(f),
        }
    }
}

impl FromStr for Scope {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "house" {
            return Ok(Self::House);
        }
        text.parse()
            .map(Self::Team)
            .map_err(|_: uuid::Error| Error::not_found("team"))
    }
}
