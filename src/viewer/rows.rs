//! The rows behind what is drawn: one query for each kind, whatever the number of pages.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::content::{Addresses, Drawn, Track};
use crate::entities::{caption, page, web_source};
use crate::error::Result;
use crate::ids::{CaptionId, PitchItemId, VersionId};
use crate::pitches::is_video;

/// Pages by version and number.
pub(super) type Pages = HashMap<(VersionId, i32), page::Model>;

/// The pages drawn.
pub(super) async fn load_pages<C: ConnectionTrait>(db: &C, drawn: &[Drawn<'_>]) -> Result<Pages> {
    if drawn.is_empty() {
        return Ok(Pages::new());
    }
    let wanted = drawn.iter().fold(Condition::any(), |any, item| {
        // The pages of an item follow one another.
        let numbers = item.pages.iter().map(|(_, number)| *number);
        let (first, last) = (numbers.clone().min(), numbers.max());
        any.add(
            Condition::all()
                .add(page::Column::VersionId.eq(item.shown.version.id))
                .add(page::Column::Number.between(first.unwrap_or(0), last.unwrap_or(0))),
        )
    });
    Ok(page::Entity::find()
        .filter(wanted)
        .all(db)
        .await?
        .into_iter()
        .map(|page| ((page.version_id, page.number), page))
        .collect())
}

/// The captions of items that are videos.
pub(super) type Tracks = HashMap<PitchItemId, Vec<Track>>;

/// The captions of the videos drawn, without their text.
pub(super) async fn load_tracks<C: ConnectionTrait>(
    db: &C,
    drawn: &[Drawn<'_>],
    addresses: Addresses<'_>,
) -> Result<Tracks> {
    let videos: Vec<_> = drawn
        .iter()
        .map(|item| item.shown)
        .filter(|shown| is_video(&shown.version.format))
        .collect();
    if videos.is_empty() {
        return Ok(Tracks::new());
    }
    let rows: Vec<(CaptionId, VersionId, String, String)> = caption::Entity::find()
        .filter(caption::Column::VersionId.is_in(videos.iter().map(|shown| shown.version.id)))
        .order_by_asc(caption::Column::Language)
        .select_only()
        .columns([
            caption::Column::Id,
            caption::Column::VersionId,
            caption::Column::Language,
            caption::Column::Label,
        ])
        .into_tuple()
        .all(db)
        .await?;
    let tracks_of = |item: PitchItemId, version: VersionId| {
        rows.iter()
            .filter(|(_, of, ..)| *of == version)
            .map(|(id, _, language, label)| Track {
                src: format!("{}/captions/{item}/{id}", addresses.base),
                language: language.clone(),
                label: label.clone(),
            })
            .collect()
    };
    Ok(videos
        .into_iter()
        .map(|shown| (shown.item.id, tracks_of(shown.item.id, shown.version.id)))
        .collect())
}

/// The addresses of which items are snapshots.
pub(super) async fn load_sources<C: ConnectionTrait>(
    db: &C,
    drawn: &[Drawn<'_>],
) -> Result<HashMap<PitchItemId, String>> {
    let rows = web_source::Entity::find()
        .filter(web_source::Column::AssetId.is_in(drawn.iter().map(|item| item.shown.asset.id)))
        .all(db)
        .await?;
    Ok(drawn
        .iter()
        .filter_map(|item| {
            let row = rows
                .iter()
                .find(|row| row.asset_id == item.shown.asset.id)?;
            Some((item.shown.item.id, row.url.clone()))
        })
        .collect())
}
