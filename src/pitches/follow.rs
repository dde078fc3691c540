//! Single pages follow their asset to its current version.
//!
//! A page that was chosen as page 3 may be page 4 now: the item goes on as the page that it has become. A page that is
//! gone keeps the version in which it was; the pitch's problems say so, and its owner decides.
//!
//! It is a reconciler: however many versions an item is behind, and however often this runs, the outcome is the same.

use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use crate::db::Db;
use crate::entities::{asset, pitch, pitch_item};
use crate::error::Result;
use crate::ids::{AssetId, PitchId, PitchItemId, VersionId};
use crate::library::{self, Became, Fates};

/// What is to be written for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// It goes on as this page of the current version.
    Follow(i32),
    /// It keeps this version.
    Keep(VersionId),
}

/// Brings the single pages of an asset up to its current version. Items without a note of their version were chosen in
/// `before`.
pub async fn follow_versions(db: &Db, asset: AssetId, before: VersionId) -> Result<()> {
    let Some(current) = asset::Entity::find_by_id(asset)
        .one(db.read())
        .await?
        .and_then(|asset| asset.current_version_id)
    else {
        return Ok(());
    };
    let behind: Vec<pitch_item::Model> = behind(asset, current).all(db.read()).await?;
    let versions: BTreeSet<VersionId> = behind
        .iter()
        .map(|item| item.page_version_id.unwrap_or(before))
        .collect();
    if versions.is_empty() {
        return Ok(());
    }
    let versions: Vec<VersionId> = versions.into_iter().collect();
    let fates = library::page_fates(db.read(), &versions, current).await?;

    let tx = db.begin().await?;
    // Asked again: somebody may have edited a pitch meanwhile.
    let items = behind_now(&tx, asset, current).await?;
    let mut steps: HashMap<Step, Vec<PitchItemId>> = HashMap::new();
    let mut renumbered: BTreeSet<PitchId> = BTreeSet::new();
    for item in items {
        let from = item.page_version_id.unwrap_or(before);
        if let Some(step) = step(&item, from, &fates) {
            if step != Step::Follow(item.page_number.unwrap_or_default()) {
                renumbered.insert(item.pitch_id);
            }
            steps.entry(step).or_default().push(item.id);
        }
    }
    for (step, items) in steps {
        take(&tx, step, current, &items).await?;
    }
    // Whoever edits one of these pitches now must load it again: the numbers of its pages are others.
    pitch::Entity::update_many()
        .col_expr(
            pitch::Column::Revision,
            Expr::col(pitch::Column::Revision).add(1),
        )
        .filter(pitch::Column::Id.is_in(renumbered))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

fn behind(asset: AssetId, current: VersionId) -> sea_orm::Select<pitch_item::Entity> {
    pitch_item::Entity::find()
        .filter(pitch_item::Column::AssetId.eq(asset))
        .filter(pitch_item::Column::PageNumber.is_not_null())
        .filter(pitch_item::Column::VersionId.is_null())
        .filter(
            pitch_item::Column::PageVersionId
                .ne(current)
                .or(pitch_item::Column::PageVersionId.is_null()),
        )
}

async fn behind_now<C: ConnectionTrait>(
    tx: &C,
    asset: AssetId,
    current: VersionId,
) -> Result<Vec<pitch_item::Model>> {
    Ok(behind(asset, current).all(tx).await?)
}

/// Nothing for an item that was not looked up, or whose page never was: its problem is told where it is shown.
fn step(
    item: &pitch_item::Model,
    from: VersionId,
    fates: &HashMap<VersionId, Fates>,
) -> Option<Step> {
    let fate = fates.get(&from)?.get(&item.page_number?)?;
    Some(match fate {
        Became::Same(page) | Became::Changed { page, .. } => Step::Follow(*page),
        Became::Removed => Step::Keep(from),
    })
}

async fn take<C: ConnectionTrait>(
    tx: &C,
    step: Step,
    current: VersionId,
    items: &[PitchItemId],
) -> Result<()> {
    for chunk in items.chunks(500) {
        let update = pitch_item::Entity::update_many()
            .filter(pitch_item::Column::Id.is_in(chunk.iter().copied()));
        let update = match step {
            Step::Follow(page) => update
                .col_expr(pitch_item::Column::PageNumber, Expr::value(page))
                .col_expr(pitch_item::Column::PageVersionId, Expr::value(current)),
            Step::Keep(version) => update
                .col_expr(pitch_item::Column::VersionId, Expr::value(version))
                .col_expr(pitch_item::Column::PageVersionId, Expr::value(version)),
        };
        update.exec(tx).await?;
    }
    Ok(())
}
