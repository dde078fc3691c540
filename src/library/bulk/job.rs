//! The job of a bulk edit: chunk by chunk, each with its outcomes in one transaction that holds the claim.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::CHUNK;
use super::apply::{Fate, apply, refuse_all};
use super::change::BulkChange;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{BulkOutcome, bulk_edit, bulk_edit_item, user};
use crate::error::{Code, Error, Result};
use crate::http::{Credential, Principal};
use crate::ids::BulkEditId;
use crate::index::Index;
use crate::jobs::{self, Claim, Handler};

/// The kind of the job.
pub const BULK_EDIT: &str = "bulk_edit";
/// What it is about.
pub(super) const SUBJECT: &str = "bulk_edit";
/// Between two chunks, so that others who wait to write go first.
const BREATH: Duration = Duration::from_millis(5);
/// Reports are kept for so long.
const KEPT: TimeDelta = TimeDelta::days(90);

/// What bulk edits work with.
#[derive(Clone, Debug)]
pub struct BulkEdits {
    config: Config,
    db: Db,
    clock: Clock,
    index: Index,
}

impl BulkEdits {
    /// Bulk edits with these means.
    pub fn new(config: Config, db: Db, clock: Clock, index: Index) -> Self {
        Self {
            config,
            db,
            clock,
            index,
        }
    }

    /// What workers do for jobs of the kind [`BULK_EDIT`].
    pub fn handler(self) -> Handler {
        let edits = Arc::new(self);
        Arc::new(move |claim| {
            let edits = Arc::clone(&edits);
            Box::pin(async move { edits.work(claim).await.map_err(jobs::Failure::from) })
        })
    }

    async fn work(&self, claim: Claim) -> Result<()> {
        let id: BulkEditId =
            serde_json::from_value(claim.job.payload.clone()).map_err(Error::internal)?;
        let Some(edit) = bulk_edit::Entity::find_by_id(id)
            .one(self.db.read())
            .await?
        else {
            return Ok(());
        };
        let change: BulkChange =
            serde_json::from_value(edit.change.clone()).map_err(Error::internal)?;
        while self.do_chunk(&claim, &edit, &change).await? {
            self.index.wake();
            tokio::time::sleep(BREATH).await;
        }
        self.index.wake();
        Ok(())
    }

    /// Changes the next assets; says whether there were any.
    async fn do_chunk(
        &self,
        claim: &Claim,
        edit: &bulk_edit::Model,
        change: &BulkChange,
    ) -> Result<bool> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        let waiting = bulk_edit_item::Entity::find()
            .filter(bulk_edit_item::Column::BulkEditId.eq(edit.id))
            .filter(bulk_edit_item::Column::Outcome.is_null());
        let left = waiting.clone().count(&tx).await?;
        let items = waiting
            .order_by_asc(bulk_edit_item::Column::Position)
            .limit(CHUNK)
            .all(&tx)
            .await?;
        let left = i32::try_from(left).map_err(Error::internal)?;
        let taken = i32::try_from(items.len()).map_err(Error::internal)?;
        let done = edit.total - left + taken;
        claim.progress(&tx, now, done, Some(edit.total)).await?;
        if items.is_empty() {
            finish(&tx, edit.id, now).await?;
            tx.commit().await?;
            return Ok(false);
        }
        let ids: Vec<_> = items.iter().map(|item| item.asset_id).collect();
        let changed = match principal_of(&tx, edit).await {
            Ok(principal) => apply(&tx, &self.config, now, &principal, change, &ids).await,
            Err(error) => Err(error),
        };
        let (tx, fates) = match changed {
            Ok(fates) => (tx, fates),
            Err(error) => {
                // Nothing of the chunk stays; only that it was refused is written.
                tx.rollback().await?;
                let fates = refuse_all(error, &ids)?;
                let tx = self.db.begin().await?;
                claim.progress(&tx, now, done, Some(edit.total)).await?;
                (tx, fates)
            }
        };
        write_fates(&tx, edit.id, &items, &fates).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Whoever asked for it, with the role that they have now.
async fn principal_of<C: ConnectionTrait>(db: &C, edit: &bulk_edit::Model) -> Result<Principal> {
    let user = user::Entity::find_by_id(edit.user_id)
        .filter(user::Column::Active.eq(true))
        .one(db)
        .await?
        .ok_or_else(|| {
            Error::new(
                Code::Forbidden,
                "Whoever asked for this is no longer active.",
            )
        })?;
    Ok(Principal {
        user_id: user.id,
        session_id: edit.session_id,
        name: user.name,
        role: user.role,
        team_id: user.team_id,
        credential: Credential::Bearer,
    })
}

async fn write_fates<C: ConnectionTrait>(
    tx: &C,
    id: BulkEditId,
    items: &[bulk_edit_item::Model],
    fates: &[Fate],
) -> Result<()> {
    let position = |fate: &Fate| {
        let item = items.iter().find(|item| item.asset_id == fate.asset);
        item.map(|item| item.position)
    };
    let mut groups: Vec<(BulkOutcome, Option<String>, Vec<i32>)> = Vec::new();
    for fate in fates {
        let Some(position) = position(fate) else {
            continue;
        };
        let alike = groups
            .iter_mut()
            .find(|(outcome, reason, _)| *outcome == fate.outcome && *reason == fate.reason);
        match alike {
            Some((_, _, positions)) => positions.push(position),
            None => groups.push((fate.outcome, fate.reason.clone(), vec![position])),
        }
    }
    for (outcome, reason, positions) in groups {
        bulk_edit_item::Entity::update_many()
            .col_expr(bulk_edit_item::Column::Outcome, Expr::value(outcome))
            .col_expr(bulk_edit_item::Column::Reason, Expr::value(reason))
            .filter(bulk_edit_item::Column::BulkEditId.eq(id))
            .filter(bulk_edit_item::Column::Position.is_in(positions))
            .exec(tx)
            .await?;
    }
    Ok(())
}

async fn finish<C: ConnectionTrait>(tx: &C, id: BulkEditId, now: DateTime<Utc>) -> Result<()> {
    bulk_edit::Entity::update_many()
        .col_expr(bulk_edit::Column::FinishedAt, Expr::value(now))
        .filter(bulk_edit::Column::Id.eq(id))
        .exec(tx)
        .await?;
    // Old reports go when a new one is done; nobody looks at them any more.
    bulk_edit::Entity::delete_many()
        .filter(bulk_edit::Column::CreatedAt.lt(now - KEPT))
        .exec(tx)
        .await?;
    Ok(())
}
