//! The rows of signals and scores as statements.
//!
//! Invariant: a score is written over the one that was read, and a signal whose cause is there is not written again.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryTrait as _,
};

use crate::entities::{opportunity_score, signal};
use crate::error::Result;
use crate::ids::SignalId;

/// Why a signal is taken back.
pub(super) const WITHDRAWN: &str =
    "The visit behind it no longer counts as a person's, or no longer says this.";

/// Writes a score over the one of `revision`, or as the first; says whether it was so.
pub(super) async fn keep_score<C: ConnectionTrait>(
    tx: &C,
    row: opportunity_score::Model,
    revision: Option<i64>,
) -> Result<bool> {
    let id = row.opportunity_id;
    let row = row.into_active_model().reset_all();
    let written = match revision {
        None => {
            opportunity_score::Entity::insert(row)
                .on_conflict(
                    OnConflict::column(opportunity_score::Column::OpportunityId)
                        .do_nothing()
                        .to_owned(),
                )
                .exec_without_returning(tx)
                .await?
        }
        Some(revision) => {
            opportunity_score::Entity::update_many()
                .set(row)
                .filter(opportunity_score::Column::OpportunityId.eq(id))
                .filter(opportunity_score::Column::Revision.eq(revision))
                .exec(tx)
                .await?
                .rows_affected
        }
    };
    Ok(written == 1)
}

pub(super) async fn mark_withdrawn<C: ConnectionTrait>(
    tx: &C,
    rows: &[signal::Model],
    now: DateTime<Utc>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    signal::Entity::update_many()
        .col_expr(signal::Column::WithdrawnAt, Expr::value(now))
        .col_expr(signal::Column::WithdrawnReason, Expr::value(WITHDRAWN))
        .filter(signal::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets signals that were withdrawn stand again, and returns them as they are now.
pub(super) async fn stand_again<C: ConnectionTrait>(
    tx: &C,
    ids: Vec<SignalId>,
) -> Result<Vec<signal::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    signal::Entity::update_many()
        .col_expr(
            signal::Column::WithdrawnAt,
            Expr::value(None::<DateTime<Utc>>),
        )
        .col_expr(signal::Column::WithdrawnReason, Expr::value(None::<String>))
        .filter(signal::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(signal::Entity::find()
        .filter(signal::Column::Id.is_in(ids))
        .all(tx)
        .await?)
}

/// Inserts signals whose cause is not there, and returns those that were not.
pub(super) async fn insert_new<C: ConnectionTrait>(
    tx: &C,
    rows: Vec<signal::Model>,
) -> Result<Vec<signal::Model>> {
    let mut inserted: HashSet<SignalId> = HashSet::new();
    for chunk in rows.chunks(500) {
        let chunk = chunk
            .iter()
            .cloned()
            .map(|row| row.into_active_model().reset_all());
        let mut insert = signal::Entity::insert_many(chunk)
            .on_conflict(
                OnConflict::column(signal::Column::CauseKey)
                    .do_nothing()
                    .to_owned(),
            )
            .into_query();
        insert.returning(Query::returning().column(signal::Column::Id));
        for row in tx.query_all(&insert).await? {
            inserted.insert(row.try_get("", "id")?);
        }
    }
    Ok(rows
        .into_iter()
        .filter(|row| inserted.contains(&row.id))
        .collect())
}
