//! What rows of a file refer to: external ids and e-mail addresses, looked up once per file.

use std::collections::{HashMap, HashSet};

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter as _, QuerySelect as _, TryGetable,
};

use super::SYSTEM;
use crate::auth::find_users;
use crate::crm::consent::hard_bounced_addresses;
use crate::entities::{account, campaign, contact, opportunity};
use crate::error::Result;
use crate::ids::{AccountId, CampaignId, ContactId, OpportunityId, UserId};

/// A kind of thing that rows refer to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    Users,
    Accounts,
    Contacts,
    Opportunities,
    Campaigns,
    Bounces,
}

/// The ids behind the names; only of the kinds that were asked for.
#[derive(Debug, Default)]
pub(super) struct References {
    pub(super) users: HashMap<String, UserId>,
    pub(super) accounts: HashMap<String, AccountId>,
    pub(super) contacts: HashMap<String, ContactId>,
    pub(super) opportunities: HashMap<String, OpportunityId>,
    pub(super) campaigns: HashMap<String, CampaignId>,
    /// Addresses from which mail of ours came back for good.
    pub(super) bounced: HashSet<String>,
}

impl References {
    pub(super) async fn load<C: ConnectionTrait>(db: &C, wanted: &[Reference]) -> Result<Self> {
        let mut found = Self::default();
        for kind in wanted {
            match kind {
                Reference::Users => found.users = find_users(db).await?,
                Reference::Accounts => {
                    use account::Column::{ExternalId, ExternalSystem, Id};
                    found.accounts =
                        ids::<account::Entity, _, _>(db, ExternalSystem, ExternalId, Id).await?;
                }
                Reference::Contacts => {
                    use contact::Column::{ExternalId, ExternalSystem, Id};
                    found.contacts =
                        ids::<contact::Entity, _, _>(db, ExternalSystem, ExternalId, Id).await?;
                }
                Reference::Opportunities => {
                    use opportunity::Column::{ExternalId, ExternalSystem, Id};
                    found.opportunities =
                        ids::<opportunity::Entity, _, _>(db, ExternalSystem, ExternalId, Id)
                            .await?;
                }
                Reference::Bounces => {
                    found.bounced = hard_bounced_addresses(db).await?.into_iter().collect();
                }
                Reference::Campaigns => {
                    use campaign::Column::{ExternalId, ExternalSystem, Id};
                    found.campaigns =
                        ids::<campaign::Entity, _, _>(db, ExternalSystem, ExternalId, Id).await?;
                }
            }
        }
        Ok(found)
    }
}

/// The ids of an entity's imported rows by their external ids.
async fn ids<E: EntityTrait, I: TryGetable, C: ConnectionTrait>(
    db: &C,
    system: E::Column,
    external_id: E::Column,
    id: E::Column,
) -> Result<HashMap<String, I>> {
    let rows: Vec<(String, I)> = E::find()
        .select_only()
        .column(external_id)
        .column(id)
        .filter(system.eq(SYSTEM))
        .filter(external_id.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
