//! The job that follows when an asset shows another version: single pages in pitches follow it, and the owners of
//! opportunities learn that pages which their prospects read have changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{Condition, EntityTrait as _};

use super::find::{Found, Reader, find, telling};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{asset, asset_version};
use crate::error::{Error, Result};
use crate::ids::OpportunityId;
use crate::jobs::{self, Claim, Handler};
use crate::library::VersionChanged;
use crate::notices::{self, Notice, Subject};
use crate::pitches;

/// What workers do for jobs of the kind [`crate::library::VERSION_CHANGED`].
pub fn version_changed(db: Db, clock: Clock) -> Handler {
    let means = Arc::new((db, clock));
    Arc::new(move |claim| {
        let means = Arc::clone(&means);
        Box::pin(async move {
            let (db, clock) = &*means;
            follow(db, clock, &claim).await.map_err(jobs::Failure::from)
        })
    })
}

async fn follow(db: &Db, clock: &Clock, claim: &Claim) -> Result<()> {
    let change: VersionChanged =
        serde_json::from_value(claim.job.payload.clone()).map_err(Error::internal)?;
    pitches::follow_versions(db, change.asset_id, change.from).await?;
    let Some(asset) = asset::Entity::find_by_id(change.asset_id)
        .one(db.read())
        .await?
    else {
        return Ok(());
    };
    // Whoever reads this job's news later than the next change learns of that by the next job.
    if asset.current_version_id != Some(change.to) {
        return Ok(());
    }
    let found = find(db.read(), &asset, Condition::all()).await?;
    let Some(current) = &found.current else {
        return Ok(());
    };
    let news = news(&asset, current, &found, clock.now());
    let tx = db.begin().await?;
    claim.guard(&tx, clock.now()).await?;
    notices::write(&tx, news).await?;
    Ok(tx.commit().await?)
}

/// One notice per opportunity; deals that are lost are over.
fn news(
    asset: &asset::Model,
    current: &asset_version::Model,
    found: &Found,
    now: DateTime<Utc>,
) -> Vec<Notice> {
    let mut deals: BTreeMap<OpportunityId, Vec<&Reader>> = BTreeMap::new();
    for reader in &found.readers {
        let is_news = reader
            .stale
            .iter()
            .any(|stale| !found.told.contains_key(&telling(reader.link.id, stale)));
        if is_news && !reader.is_lost {
            let opportunity = reader.context.opportunity_id;
            deals.entry(opportunity).or_default().push(reader);
        }
    }
    deals
        .into_iter()
        .filter_map(|(opportunity, readers)| {
            let first = readers.first()?;
            let who = match readers.len() {
                1 => format!(
                    "{} ({})",
                    first.context.reader(),
                    first.context.account_name
                ),
                count => format!("{count} readers at {}", first.context.account_name),
            };
            Some(Notice {
                user: first.opportunity_owner.unwrap_or(first.context.owner_id),
                kind: "superseded",
                title: format!("{who} read pages that have changed"),
                body: format!("{}, version {}", asset.title, current.number),
                opportunity: Some(opportunity),
                visit: None,
                subject: Some(Subject::Asset(asset.id)),
                dedupe_key: format!("superseded:{}:{opportunity}", current.id),
                at: now,
            })
        })
        .collect()
}
