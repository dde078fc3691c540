//! What marketers did lately: they noted what their pieces cost, and brought one up to date after many had read it.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::shift::shift_dates;
use crate::app::App;
use crate::entities::asset;
use crate::error::{Error, Result};
use crate::ids::AssetId;
use crate::library;
use crate::worker;
use sea_orm::EntityTrait as _;

/// The piece that has a new version, and what that says of itself.
const REVISED: &str = "energy-first-meeting.pptx";
const CHANGE: &str = "Figures of the autumn benchmark; measuring takes two weeks less.";

/// Notes the costs in `costs.csv`.
pub(super) async fn note_costs(
    app: &App,
    folder: &Path,
    shift: TimeDelta,
    now: DateTime<Utc>,
) -> Result<u64> {
    let path = folder.join("costs.csv");
    let file = shift_dates(&std::fs::read(&path)?, shift)?;
    let tx = app.db.begin().await?;
    let report = library::take_costs(&tx, now, None, file).await?;
    if let Some(first) = report.errors.first() {
        return Err(Error::internal(format!(
            "{}: row {}: {}",
            path.display(),
            first.row,
            first.detail
        )));
    }
    tx.commit().await?;
    Ok(report.created)
}

/// Uploads the new version of a deck, the day before yesterday.
pub(super) async fn revise(
    app: &App,
    folder: &Path,
    assets: &HashMap<String, AssetId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(id) = assets.get(&format!("decks/{REVISED}")) else {
        return Ok(());
    };
    let owner = asset::Entity::find_by_id(*id)
        .one(app.db.read())
        .await?
        .and_then(|asset| asset.owner_id);
    let path = folder.join("revisions").join(REVISED);
    let then = now - TimeDelta::days(2);
    library::ingest_version(&app.db, &app.blobs, then, (*id, owner), &path, CHANGE).await?;
    worker::worker(app)?.drain().await
}
