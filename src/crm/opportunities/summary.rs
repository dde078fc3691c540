//! An opportunity in one line of a list.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde::Serialize;

use crate::auth::{UserRef, user_refs};
use crate::crm::reads::last_reads;
use crate::crm::warmth::{Thermometer, Warmth};
use crate::entities::{Outcome, Stage, account, activity, opportunity};
use crate::error::Result;
use crate::ids::{AccountId, OpportunityId};
use crate::money::Money;

/// The account of an opportunity.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunityAccount {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its industry, if known.
    pub industry: Option<String>,
}

/// An opportunity in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OpportunitySummary {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
    /// Who would buy.
    pub account: OpportunityAccount,
    /// The stage it is in, or was in when it closed.
    pub stage: Stage,
    /// Whether it is open, or how it ended.
    pub outcome: Outcome,
    /// What it is worth, if known.
    pub amount: Option<Money>,
    /// The product line.
    pub product: Option<String>,
    /// Whose it is.
    pub owner: Option<UserRef>,
    /// When it began.
    pub opened_on: NaiveDate,
    /// When it ended.
    pub closed_on: Option<NaiveDate>,
    /// When the owner expects it to end.
    pub expected_close_on: Option<NaiveDate>,
    /// The last call, meeting, note, mail or status.
    pub last_activity_at: Option<DateTime<Utc>>,
    /// When a pitch was last read.
    pub last_read_at: Option<DateTime<Utc>>,
    /// How warm it is, if anybody has read.
    pub score: Option<Warmth>,
}

/// The summaries of these rows, in their order, with four queries however many they are.
pub(in crate::crm) async fn summaries<C: ConnectionTrait>(
    db: &C,
    thermometer: &Thermometer,
    rows: Vec<(opportunity::Model, account::Model)>,
) -> Result<Vec<OpportunitySummary>> {
    let ids: Vec<OpportunityId> = rows.iter().map(|(row, _)| row.id).collect();
    let owners = user_refs(db, rows.iter().filter_map(|(row, _)| row.owner_id)).await?;
    let activities = last_activities(db, &ids).await?;
    let reads = last_reads(db, &ids).await?;
    let scores = thermometer.opportunities(db, &ids).await?;
    Ok(rows
        .into_iter()
        .map(|(row, account)| OpportunitySummary {
            id: row.id,
            name: row.name,
            account: OpportunityAccount {
                id: account.id,
                name: account.name,
                industry: account.industry,
            },
            stage: row.stage,
            outcome: row.outcome,
            amount: Money::from_columns(row.amount_minor, row.currency.as_deref()),
            product: row.product,
            owner: row.owner_id.and_then(|id| owners.get(&id).cloned()),
            opened_on: row.opened_on,
            closed_on: row.closed_on,
            expected_close_on: row.expected_close_on,
            last_activity_at: activities.get(&row.id).copied(),
            last_read_at: reads.get(&row.id).copied(),
            score: scores.get(&row.id).copied(),
        })
        .collect())
}

async fn last_activities<C: ConnectionTrait>(
    db: &C,
    ids: &[OpportunityId],
) -> Result<HashMap<OpportunityId, DateTime<Utc>>> {
    let rows: Vec<(OpportunityId, DateTime<Utc>)> = activity::Entity::find()
        .select_only()
        .column(activity::Column::OpportunityId)
        .column_as(activity::Column::OccurredAt.max(), "last_activity_at")
        .filter(activity::Column::OpportunityId.is_in(ids.iter().copied()))
        .group_by(activity::Column::OpportunityId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}
