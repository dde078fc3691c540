//! What an account has been sent and has read already, and who there, so that nobody sends the same thing twice without
//! meaning to.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, JoinType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _, RelationTrait as _,
};
use serde::Serialize;

use crate::crm::counts_as_read;
use crate::entities::{
    contact, opportunity, pitch, pitch_item, pitch_link, rollup_opportunity_asset, visit,
    visit_page,
};
use crate::error::Result;
use crate::ids::{AccountId, AssetId, ContactId};

/// As in the definition of a read: a page counts that somebody looked at for so long.
const READ_MS: i64 = 3_000;
/// How many people are named.
const PEOPLE: usize = 5;

/// What the account knows of an asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Received {
    /// When it was sent to somebody there last.
    pub sent_at: Option<DateTime<Utc>>,
    /// The day on which somebody there read it last.
    pub read_on: Option<NaiveDate>,
    /// Who, as far as that is known: at most five, whoever has read it first, then by when they got it.
    pub people: Vec<ReceivedBy>,
}

/// Somebody who got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReceivedBy {
    /// The contact, where it is one.
    pub contact_id: Option<ContactId>,
    /// Their name.
    pub name: String,
    /// When they got it last.
    pub sent_at: DateTime<Utc>,
    /// When they read it last, if ever.
    pub read_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Sent {
    asset_id: AssetId,
    contact_id: Option<ContactId>,
    contact_name: Option<String>,
    recipient_name: Option<String>,
    at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Read {
    asset_id: AssetId,
    contact_id: Option<ContactId>,
    recipient_name: Option<String>,
    at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct ReadOn {
    asset_id: AssetId,
    day: NaiveDate,
}

/// What the account has received of these assets, or of all where none are named, in three queries; those it has not are
/// absent. Who may know of the account may know this.
pub async fn received<C: ConnectionTrait>(
    db: &C,
    account: AccountId,
    assets: Option<&[AssetId]>,
) -> Result<HashMap<AssetId, Received>> {
    let mut found: HashMap<AssetId, Received> = HashMap::new();
    if assets.is_some_and(<[_]>::is_empty) {
        return Ok(found);
    }
    for row in sent(db, account, assets).await? {
        let known = found.entry(row.asset_id).or_default();
        known.sent_at = std::cmp::max(known.sent_at, Some(row.at));
        let Some(name) = row.contact_name.or(row.recipient_name) else {
            continue;
        };
        // Several links to one person are one line.
        let person = known
            .people
            .iter_mut()
            .find(|one| one.name == name && one.is(row.contact_id));
        match person {
            Some(person) => {
                person.contact_id = person.contact_id.or(row.contact_id);
                person.sent_at = std::cmp::max(person.sent_at, row.at);
            }
            None => known.people.push(ReceivedBy {
                contact_id: row.contact_id,
                name,
                sent_at: row.at,
                read_at: None,
            }),
        }
    }
    for row in read(db, account, assets).await? {
        let known = found.entry(row.asset_id).or_default();
        let person = known.people.iter_mut().find(|one| match row.contact_id {
            Some(contact) => one.contact_id == Some(contact),
            None => row.recipient_name.as_ref() == Some(&one.name),
        });
        if let Some(person) = person {
            person.read_at = std::cmp::max(person.read_at, Some(row.at));
        }
    }
    for row in read_on(db, account, assets).await? {
        found.entry(row.asset_id).or_default().read_on = Some(row.day);
    }
    for known in found.values_mut() {
        known
            .people
            .sort_by(|a, b| b.read_at.cmp(&a.read_at).then(b.sent_at.cmp(&a.sent_at)));
        known.people.truncate(PEOPLE);
    }
    Ok(found)
}

impl ReceivedBy {
    /// Whether this may be the contact; a link without one goes by its recipient's name.
    fn is(&self, contact: Option<ContactId>) -> bool {
        self.contact_id == contact || self.contact_id.is_none() || contact.is_none()
    }
}

fn among(column: impl ColumnTrait, assets: Option<&[AssetId]>) -> Condition {
    Condition::all().add_option(assets.map(|ids| column.is_in(ids.iter().copied())))
}

async fn sent<C: ConnectionTrait>(
    db: &C,
    account: AccountId,
    assets: Option<&[AssetId]>,
) -> Result<Vec<Sent>> {
    let mut select = pitch_link::Entity::find()
        .select_only()
        .column(pitch_item::Column::AssetId)
        .column(pitch_link::Column::ContactId)
        .column_as(contact::Column::Name, "contact_name")
        .column(pitch_link::Column::RecipientName)
        .column_as(pitch_link::Column::CreatedAt.max(), "at")
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .join(JoinType::LeftJoin, pitch_link::Relation::Contact.def())
        .filter(opportunity::Column::AccountId.eq(account))
        .filter(among(pitch_item::Column::AssetId, assets))
        .group_by(pitch_item::Column::AssetId)
        .group_by(pitch_link::Column::ContactId)
        .group_by(contact::Column::Name)
        .group_by(pitch_link::Column::RecipientName);
    sea_orm::QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        pitch_item::Entity,
        Expr::col((pitch_item::Entity, pitch_item::Column::PitchId))
            .equals((pitch::Entity, pitch::Column::Id)),
    );
    Ok(select.into_model().all(db).await?)
}

/// Who read what, by the links that they read.
async fn read<C: ConnectionTrait>(
    db: &C,
    account: AccountId,
    assets: Option<&[AssetId]>,
) -> Result<Vec<Read>> {
    Ok(visit_page::Entity::find()
        .select_only()
        .column(visit_page::Column::AssetId)
        .column(pitch_link::Column::ContactId)
        .column(pitch_link::Column::RecipientName)
        .column_as(visit::Column::LastSeenAt.max(), "at")
        .join(JoinType::InnerJoin, visit_page::Relation::Visit.def())
        .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(opportunity::Column::AccountId.eq(account))
        .filter(among(visit_page::Column::AssetId, assets))
        .filter(visit_page::Column::ActiveMs.gte(READ_MS))
        .filter(counts_as_read())
        .group_by(visit_page::Column::AssetId)
        .group_by(pitch_link::Column::ContactId)
        .group_by(pitch_link::Column::RecipientName)
        .into_model()
        .all(db)
        .await?)
}

async fn read_on<C: ConnectionTrait>(
    db: &C,
    account: AccountId,
    assets: Option<&[AssetId]>,
) -> Result<Vec<ReadOn>> {
    Ok(rollup_opportunity_asset::Entity::find()
        .select_only()
        .column(rollup_opportunity_asset::Column::AssetId)
        .column_as(rollup_opportunity_asset::Column::Day.max(), "day")
        .join(
            JoinType::InnerJoin,
            rollup_opportunity_asset::Relation::Opportunity.def(),
        )
        .filter(opportunity::Column::AccountId.eq(account))
        .filter(among(rollup_opportunity_asset::Column::AssetId, assets))
        .filter(rollup_opportunity_asset::Column::Reads.gt(0))
        .group_by(rollup_opportunity_asset::Column::AssetId)
        .into_model()
        .all(db)
        .await?)
}
