//! What follows when a visit counts as something else than before, or is erased: what was told of it at once, the messages
//! to other programs, and a look at the signals of its deal.
//!
//! Signals and scores themselves are made anew by their reconciler; it is told where to look by `due_at`, in the same
//! transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QuerySelect as _, QueryTrait as _, RelationTrait as _,
};
use serde_json::json;
use uuid::Uuid;

use super::links::LinkContext;
use crate::entities::{
    VisitClass, notification, opportunity, opportunity_score, signal, user, visit,
};
use crate::error::Result;
use crate::ids::{OpportunityId, SignalId, TeamId, VisitId};
use crate::rollup::Visit;
use crate::webhooks::{self, Event, Follows};

/// The message to other programs that tells of a signal first.
const CREATED: &str = "signal.created";

/// A visit that counts as something else now.
#[derive(Debug)]
pub(super) struct Turned {
    visit: VisitId,
    opportunity: OpportunityId,
    before: VisitClass,
    /// The row as it will stand.
    now: visit::Model,
    opportunity_name: String,
    account_name: String,
}

impl Turned {
    /// What is known of a visit that was of this class, if it is of another one now.
    pub(super) fn of(before: VisitClass, visit: &Visit, link: &LinkContext) -> Option<Self> {
        (visit.class() != before).then(|| Self {
            visit: visit.id,
            opportunity: link.opportunity_id,
            before,
            now: visit.rows().0,
            opportunity_name: link.opportunity_name.clone(),
            account_name: link.account_name.clone(),
        })
    }

    fn class(&self) -> VisitClass {
        self.now.class_override.unwrap_or(self.now.class)
    }

    /// It was taken for a person's, and is none.
    fn is_lost(&self) -> bool {
        self.before == VisitClass::Human && self.class() != VisitClass::Human
    }
}

/// Takes back what was told of visits that are no person's, tells other programs which visits turned, and has the signals
/// looked at again. Returns the signals that are not so any more, as far as they were of these visits.
pub(super) async fn follow<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    turned: &[Turned],
) -> Result<Vec<SignalId>> {
    if turned.is_empty() {
        return Ok(Vec::new());
    }
    let lost: BTreeSet<VisitId> = turned
        .iter()
        .filter(|one| one.is_lost())
        .map(|one| one.visit)
        .collect();
    if !lost.is_empty() {
        notification::Entity::delete_many()
            .filter(notification::Column::VisitId.is_in(lost.iter().copied()))
            .exec(tx)
            .await?;
    }
    look_again(tx, now, turned.iter().map(|one| one.opportunity)).await?;
    let signals = signals_of(tx, turned.iter().map(|one| one.visit)).await?;
    if signals.is_empty() {
        return Ok(Vec::new());
    }
    let gone: Vec<SignalId> = signals
        .iter()
        .filter(|(visit, _)| lost.contains(visit))
        .flat_map(|(_, signals)| signals.iter().copied())
        .collect();
    webhooks::hold_back(tx, now, CREATED, &uuids(&gone)).await?;
    let teams = teams(tx, turned.iter().map(|one| one.opportunity)).await?;
    let events: Vec<Event> = turned
        .iter()
        .filter_map(|one| {
            let of_visit = signals.get(&one.visit)?;
            Some(Event {
                kind: "visit.reclassified",
                team: teams.get(&one.opportunity).copied().flatten(),
                about: Some(one.visit.0),
                follows: Some(Follows {
                    kind: CREATED,
                    about: uuids(of_visit),
                }),
                data: json!({
                    "visit_id": one.visit,
                    "link_id": one.now.link_id,
                    "opportunity_id": one.opportunity,
                    "opportunity_name": one.opportunity_name,
                    "account_name": one.account_name,
                    "class": one.class(),
                    "class_before": one.before,
                    "by_hand": one.now.class_override.is_some(),
                    "level": one.now.level,
                    "signal_ids": of_visit,
                    "reclassified_at": now,
                }),
            })
        })
        .collect();
    webhooks::publish(tx, now, &events).await?;
    Ok(gone)
}

/// The signals that tell of these visits, by visit.
pub(super) async fn signals_of<C: ConnectionTrait>(
    tx: &C,
    visits: impl IntoIterator<Item = VisitId>,
) -> Result<BTreeMap<VisitId, Vec<SignalId>>> {
    let rows: Vec<(Option<VisitId>, SignalId)> = signal::Entity::find()
        .select_only()
        .column(signal::Column::VisitId)
        .column(signal::Column::Id)
        .filter(signal::Column::VisitId.is_in(visits))
        .into_tuple()
        .all(tx)
        .await?;
    let mut signals: BTreeMap<VisitId, Vec<SignalId>> = BTreeMap::new();
    for (visit, id) in rows {
        if let Some(visit) = visit {
            signals.entry(visit).or_default().push(id);
        }
    }
    Ok(signals)
}

/// Erases the signals that tell of these visits of an opportunity, with all that was said of them; other programs that
/// were told hear that there is something to erase.
pub(super) async fn forget_signals<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    opportunity: OpportunityId,
    signals: &BTreeMap<VisitId, Vec<SignalId>>,
) -> Result<()> {
    let all: Vec<SignalId> = signals.values().flatten().copied().collect();
    webhooks::hold_back(tx, now, CREATED, &uuids(&all)).await?;
    let team = teams(tx, [opportunity])
        .await?
        .remove(&opportunity)
        .flatten();
    let events: Vec<Event> = signals
        .iter()
        .map(|(visit, signals)| Event {
            kind: "visit.erased",
            team,
            about: None,
            follows: Some(Follows {
                kind: CREATED,
                about: uuids(signals),
            }),
            data: json!({
                "visit_id": visit,
                "opportunity_id": opportunity,
                "signal_ids": signals,
                "erased_at": now,
            }),
        })
        .collect();
    webhooks::publish(tx, now, &events).await?;
    let mut about = uuids(&all);
    about.extend(signals.keys().map(|visit| visit.0));
    webhooks::erase(tx, &about).await?;
    signal::Entity::delete_many()
        .filter(signal::Column::Id.is_in(all))
        .exec(tx)
        .await?;
    look_again(tx, now, [opportunity]).await
}

/// Has signals and scores of these opportunities, and of their accounts' others, looked at again by now. Whoever is just
/// at it finds that what they began with no longer stands.
async fn look_again<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    opportunities: impl IntoIterator<Item = OpportunityId>,
) -> Result<()> {
    let ids: BTreeSet<OpportunityId> = opportunities.into_iter().collect();
    let accounts = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::AccountId)
        .filter(opportunity::Column::Id.is_in(ids))
        .into_query();
    let beside = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(opportunity::Column::AccountId.in_subquery(accounts))
        .into_query();
    opportunity_score::Entity::update_many()
        .col_expr(opportunity_score::Column::DueAt, Expr::value(now))
        .col_expr(
            opportunity_score::Column::Revision,
            Expr::col(opportunity_score::Column::Revision).add(1),
        )
        .filter(opportunity_score::Column::OpportunityId.in_subquery(beside))
        .exec(tx)
        .await?;
    Ok(())
}

/// The teams of the opportunities' owners.
async fn teams<C: ConnectionTrait>(
    tx: &C,
    opportunities: impl IntoIterator<Item = OpportunityId>,
) -> Result<HashMap<OpportunityId, Option<TeamId>>> {
    let ids: BTreeSet<OpportunityId> = opportunities.into_iter().collect();
    let rows: Vec<(OpportunityId, Option<TeamId>)> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .column(user::Column::TeamId)
        .join(JoinType::LeftJoin, opportunity::Relation::User.def())
        .filter(opportunity::Column::Id.is_in(ids))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(rows.into_iter().collect())
}

fn uuids(signals: &[SignalId]) -> Vec<Uuid> {
    signals.iter().map(|id| id.0).collect()
}
