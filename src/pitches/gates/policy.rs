//! What a new link gets where its maker says nothing, and how long it may last: for the installation, or for a team.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _};
use serde::{Deserialize, Serialize};

use crate::entities::{DownloadMode, setting, user};
use crate::error::{Error, FieldError, Result};
use crate::ids::{TeamId, TermsId, UserId};
use crate::pitches::input::{fault, refuse};

const INSTALLATION: &str = "link_policy";
/// Ten years: longer is "never".
const MOST_DAYS: u32 = 3_650;

/// What a new link gets where its maker says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct LinkPolicy {
    /// After how many days a link ends; never, where not said.
    pub default_days: Option<u32>,
    /// After how many days it ends at the latest. It holds for every link that is made or changed.
    pub longest_days: Option<u32>,
    /// Whether files can be downloaded, and as what.
    pub download: DownloadMode,
    /// Whether readers confirm their address by a code.
    pub email_required: bool,
    /// The terms that readers accept.
    pub terms_id: Option<TermsId>,
    /// Whether pictures of pages carry the viewer's address and the time.
    pub watermark: bool,
    /// Whether readers may ask not to be named.
    pub nameless_allowed: bool,
}

impl Default for LinkPolicy {
    fn default() -> Self {
        Self {
            default_days: None,
            longest_days: None,
            download: DownloadMode::Off,
            email_required: false,
            terms_id: None,
            watermark: false,
            nameless_allowed: false,
        }
    }
}

impl LinkPolicy {
    /// What is wrong with it.
    pub(super) fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        for (field, days) in [
            ("default_days", self.default_days),
            ("longest_days", self.longest_days),
        ] {
            if days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
                faults.push(fault(field, format!("From 1 to {MOST_DAYS} days.")));
            }
        }
        if let Some(longest) = self.longest_days
            && self.default_days.is_none_or(|days| days > longest)
        {
            faults.push(fault(
                "default_days",
                "Say how long a link lasts by default, not longer than it may.",
            ));
        }
        if self.watermark && self.download != DownloadMode::Off {
            faults.push(fault(
                "download",
                "A watermark cannot be burnt into files. Switch downloads off, or the watermark.",
            ));
        }
        faults
    }
}

/// The policy for links that `maker` makes: their team's, else the installation's.
pub async fn policy_for<C: ConnectionTrait>(db: &C, maker: UserId) -> Result<LinkPolicy> {
    let team = user::Entity::find_by_id(maker)
        .one(db)
        .await?
        .and_then(|user| user.team_id);
    if let Some(team) = team
        && let Some(policy) = stored(db, Some(team)).await?
    {
        return Ok(policy);
    }
    Ok(stored(db, None).await?.unwrap_or_default())
}

/// The policy of a team, or of the installation, if one was written.
pub(super) async fn stored<C: ConnectionTrait>(
    db: &C,
    team: Option<TeamId>,
) -> Result<Option<LinkPolicy>> {
    setting::Entity::find_by_id(name(team))
        .one(db)
        .await?
        .map(|row| serde_json::from_value(row.value).map_err(Error::internal))
        .transpose()
}

/// Under which name the policy is kept.
pub(super) fn name(team: Option<TeamId>) -> String {
    match team {
        None => INSTALLATION.to_owned(),
        Some(team) => format!("{INSTALLATION}.{team}"),
    }
}

/// Writes a policy, in the caller's transaction.
pub async fn write_policy<C: ConnectionTrait>(
    db: &C,
    team: Option<TeamId>,
    policy: &LinkPolicy,
) -> Result<()> {
    refuse(policy.faults())?;
    let row = setting::ActiveModel {
        name: Set(name(team)),
        value: Set(serde_json::to_value(policy).map_err(Error::internal)?),
    };
    setting::Entity::insert(row)
        .on_conflict(
            OnConflict::column(setting::Column::Name)
                .update_column(setting::Column::Value)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}
