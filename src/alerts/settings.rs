//! What somebody wants to hear: their own settings, else their team's, else the house's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use super::quiet::QuietHours;
use crate::entities::{AlertChannel, SignalKind, alert_setting, team_alert_setting, user};
use crate::error::Result;
use crate::ids::{TeamId, UserId};

/// Which signals reach somebody by which ways, and when they are left in peace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertSettings {
    /// One entry for each sort of signal; one that is left out reaches nobody.
    pub signals: Vec<SignalChannels>,
    /// When mail and chat wait; never where not said.
    #[serde(default)]
    pub quiet_hours: Option<QuietHours>,
}

/// One sort of signal, and the ways by which it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalChannels {
    /// The sort.
    pub signal: SignalKind,
    /// The ways.
    pub channels: BTreeSet<AlertChannel>,
}

impl Default for AlertSettings {
    /// Everything in the bell; mail and chat for what asks for an act today.
    fn default() -> Self {
        use AlertChannel::{App, Chat, Mail};
        let signals = SignalKind::ALL.iter().map(|signal| SignalChannels {
            signal: *signal,
            channels: match signal {
                SignalKind::NewPerson
                | SignalKind::Returned
                | SignalKind::Forwarded
                | SignalKind::Asked
                | SignalKind::Completed
                | SignalKind::SalesReady => BTreeSet::from([App, Mail, Chat]),
                _ => BTreeSet::from([App]),
            },
        });
        Self {
            signals: signals.collect(),
            quiet_hours: None,
        }
    }
}

impl AlertSettings {
    /// The settings with one entry for each sort of signal, in their order.
    #[must_use]
    pub(super) fn completed(self) -> Self {
        let mut chosen: BTreeMap<SignalKind, BTreeSet<AlertChannel>> = BTreeMap::new();
        for one in self.signals {
            chosen.entry(one.signal).or_default().extend(one.channels);
        }
        let signals = SignalKind::ALL.iter().map(|signal| SignalChannels {
            signal: *signal,
            channels: chosen.remove(signal).unwrap_or_default(),
        });
        Self {
            signals: signals.collect(),
            quiet_hours: self.quiet_hours,
        }
    }

    /// Whether a signal of this sort is told by this way.
    pub(super) fn wants(&self, signal: SignalKind, channel: AlertChannel) -> bool {
        self.signals
            .iter()
            .any(|one| one.signal == signal && one.channels.contains(&channel))
    }
}

/// The settings of these users as they hold now.
pub(super) async fn settings_of<C: ConnectionTrait>(
    db: &C,
    users: &[user::Model],
) -> Result<HashMap<UserId, AlertSettings>> {
    let own = alert_setting::Entity::find()
        .filter(alert_setting::Column::UserId.is_in(users.iter().map(|user| user.id)))
        .all(db)
        .await?;
    let mut own: HashMap<UserId, serde_json::Value> = own
        .into_iter()
        .map(|row| (row.user_id, row.settings))
        .collect();
    let teams = team_alert_setting::Entity::find()
        .filter(
            team_alert_setting::Column::TeamId.is_in(users.iter().filter_map(|user| user.team_id)),
        )
        .all(db)
        .await?;
    let teams: HashMap<TeamId, serde_json::Value> = teams
        .into_iter()
        .map(|row| (row.team_id, row.settings))
        .collect();
    Ok(users
        .iter()
        .map(|user| {
            let team = user.team_id.and_then(|team| teams.get(&team).cloned());
            (user.id, parsed(own.remove(&user.id).or(team)))
        })
        .collect())
}

/// Settings as they are kept; what an older version wrote and this one cannot read counts as not said.
pub(super) fn parsed(kept: Option<serde_json::Value>) -> AlertSettings {
    kept.and_then(|value| serde_json::from_value(value).ok())
        .unwrap_or_default()
}
