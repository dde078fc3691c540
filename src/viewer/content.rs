//! What stands on the page: the pitch's items and pages as the template needs them, in a handful of queries.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::words::{Piece, pieces};
use crate::entities::{DownloadMode, caption, page, pitch, web_source};
use crate::error::Result;
use crate::ids::{CaptionId, PitchItemId, VersionId};
use crate::library::becomes_pdf;
use crate::pitches::{ShownItem, is_video};

/// More than this are not listed by title under "Contents".
const LONGEST_CONTENTS: usize = 40;

/// An item on the page.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: PitchItemId,
    /// The heading above it, where a new section begins.
    pub(super) section: Option<String>,
    /// Of its own heading: below its section's.
    pub(super) level: u8,
    pub(super) title: String,
    pub(super) language: Option<String>,
    pub(super) note: Vec<Piece>,
    pub(super) download: Option<Download>,
    /// Where its pages were taken from, if that is a page of the web.
    pub(super) source: Option<String>,
    pub(super) video: Option<Video>,
    pub(super) pages: Vec<Page>,
}

/// The original, where the link allows it.
#[derive(Clone, Debug)]
pub(super) struct Download {
    pub(super) href: String,
    /// Format and size.
    pub(super) label: String,
}

/// A video that plays in the page.
#[derive(Clone, Debug)]
pub(super) struct Video {
    pub(super) ordinal: usize,
    /// Absent where it is not given out.
    pub(super) src: Option<String>,
    pub(super) poster: Option<String>,
    pub(super) tracks: Vec<Track>,
}

/// Captions of a video in one language.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) src: String,
    pub(super) language: String,
    pub(super) label: String,
}

/// A page with its picture.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// Its place among all pages of the pitch, from 1.
    pub(super) ordinal: usize,
    /// Its number in its asset.
    pub(super) number: i32,
    pub(super) title: String,
    pub(super) width: i32,
    pub(super) height: i32,
    pub(super) src: String,
    pub(super) srcset: String,
    /// The largest picture, for enlarging.
    pub(super) full: String,
    pub(super) alt: String,
    pub(super) text: PageText,
}

impl Page {
    /// Whether it is upright, and would be larger than a screen at full width.
    pub(super) fn tall(&self) -> bool {
        self.height > self.width
    }
}

/// Where the text of a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PageText {
    /// It has none.
    Absent,
    /// In the page.
    Here(String),
    /// At this address.
    There(String),
}

/// A line of the contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) ordinal: usize,
    pub(super) title: String,
}

/// What the addresses on the page are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses<'a> {
    /// The path of the link or of the preview.
    pub(super) base: &'a str,
    /// How files are given out.
    pub(super) downloads: DownloadMode,
    /// Whether pictures carry who looks at them; videos are not given out then.
    pub(super) watermarked: bool,
    /// The visit that a download is to be noted for.
    pub(super) visit: Option<&'a str>,
}

/// The items as the page shows them.
pub(super) async fn load_items<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    shown: Vec<ShownItem>,
    addresses: Addresses<'_>,
) -> Result<Vec<Item>> {
    let pages = load_pages(db, &shown).await?;
    let words = shown
        .iter()
        .map(|shown| shown.item.note.len() + shown.item.section.len());
    let room = room_for_text(pages.len(), pitch.message.len() + words.sum::<usize>());
    let tracks = load_tracks(db, &shown, addresses).await?;
    let mut sources = load_sources(db, &shown).await?;
    let mut items = arrange(shown, &pages, &tracks, room, addresses);
    for item in &mut items {
        item.source = sources.remove(&item.id);
    }
    Ok(items)
}

/// How many bytes of the pages' text stand in the page itself. The page may weigh 6 KB packed; what its script, style
/// and pictures' addresses and the sender's words leave of that is for text. The text of later pages is fetched when
/// it is unfolded, so that a long document does not keep its first page from the screen.
fn room_for_text(pages: usize, words: usize) -> usize {
    const ROOM: usize = 2_400;
    const PER_PAGE: usize = 90;
    ROOM.saturating_sub(pages * PER_PAGE + words)
}

/// The lines of the contents: the items, or the pages where there is only one item.
pub(super) fn contents(items: &[Item]) -> Vec<Entry> {
    if let [only] = items {
        return only
            .pages
            .iter()
            .filter(|page| !page.title.is_empty())
            .map(|page| Entry {
                ordinal: page.ordinal,
                title: page.title.clone(),
            })
            .take(LONGEST_CONTENTS)
            .collect();
    }
    items
        .iter()
        .filter_map(|item| {
            let video = item.video.as_ref().map(|video| video.ordinal);
            let first = item.pages.first().map(|page| page.ordinal);
            Some(Entry {
                ordinal: video.or(first)?,
                title: item.title.clone(),
            })
        })
        .collect()
}

type Pages = HashMap<(VersionId, i32), page::Model>;

/// The rows of the pages shown, in one query.
async fn load_pages<C: ConnectionTrait>(db: &C, shown: &[ShownItem]) -> Result<Pages> {
    if shown.is_empty() {
        return Ok(Pages::new());
    }
    let wanted = shown.iter().fold(Condition::any(), |any, item| {
        let of_version = page::Column::VersionId.eq(item.version.id);
        any.add(match item.item.page_number {
            Some(number) => Condition::all()
                .add(of_version)
                .add(page::Column::Number.eq(number)),
            None => Condition::all().add(of_version),
        })
    });
    Ok(page::Entity::find()
        .filter(wanted)
        .all(db)
        .await?
        .into_iter()
        .map(|page| ((page.version_id, page.number), page))
        .collect())
}

type Tracks = HashMap<PitchItemId, Vec<Track>>;

/// The captions of the videos shown, without their text, in one query.
async fn load_tracks<C: ConnectionTrait>(
    db: &C,
    shown: &[ShownItem],
    addresses: Addresses<'_>,
) -> Result<Tracks> {
    let videos: Vec<&ShownItem> = shown
        .iter()
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
    let tracks_of = |shown: &ShownItem| {
        rows.iter()
            .filter(|(_, version, ..)| *version == shown.version.id)
            .map(|(id, _, language, label)| Track {
                src: format!("{}/captions/{}/{id}", addresses.base, shown.item.id),
                language: language.clone(),
                label: label.clone(),
            })
            .collect()
    };
    Ok(videos
        .into_iter()
        .map(|shown| (shown.item.id, tracks_of(shown)))
        .collect())
}

fn arrange(
    shown: Vec<ShownItem>,
    pages: &Pages,
    tracks: &Tracks,
    room: usize,
    addresses: Addresses<'_>,
) -> Vec<Item> {
    let mut ordinal = 0;
    let mut text_left = room;
    let mut section = String::new();
    shown
        .into_iter()
        .map(|shown| {
            let begins = shown.item.section != section && !shown.item.section.is_empty();
            section.clone_from(&shown.item.section);
            let video = is_video(&shown.version.format).then(|| {
                ordinal += 1;
                video(&shown, pages, tracks, ordinal, addresses)
            });
            let pages = if video.is_some() {
                Vec::new()
            } else {
                shown
                    .pages
                    .iter()
                    .filter_map(|number| pages.get(&(shown.version.id, *number)))
                    .map(|row| {
                        ordinal += 1;
                        let text = place_text(row, &shown, &mut text_left, addresses);
                        page(row, &shown, ordinal, text, addresses)
                    })
                    .collect()
            };
            Item {
                id: shown.item.id,
                section: begins.then(|| shown.item.section.clone()),
                level: if shown.item.section.is_empty() { 2 } else { 3 },
                title: shown.asset.title.clone(),
                language: shown.asset.language.clone(),
                note: pieces(&shown.item.note),
                // A single page has no file of its own: the original holds the other pages too.
                download: download(&shown, addresses).filter(|_| shown.item.page_number.is_none()),
                source: None,
                video,
                pages,
            }
        })
        .collect()
}

/// The addresses of which items are snapshots.
async fn load_sources<C: ConnectionTrait>(
    db: &C,
    shown: &[ShownItem],
) -> Result<HashMap<PitchItemId, String>> {
    let rows = web_source::Entity::find()
        .filter(web_source::Column::AssetId.is_in(shown.iter().map(|shown| shown.asset.id)))
        .all(db)
        .await?;
    Ok(shown
        .iter()
        .filter_map(|shown| {
            let row = rows.iter().find(|row| row.asset_id == shown.asset.id)?;
            Some((shown.item.id, row.url.clone()))
        })
        .collect())
}

fn page(
    row: &page::Model,
    shown: &ShownItem,
    ordinal: usize,
    text: PageText,
    addresses: Addresses<'_>,
) -> Page {
    let picture = |width: i32| picture_url(shown, row.number, width, addresses);
    let mut widths: Vec<i32> = [480, 960, 1600]
        .into_iter()
        .filter(|width| *width < row.width)
        .collect();
    widths.push(row.width);
    let srcset: Vec<String> = widths
        .iter()
        .map(|width| format!("{} {width}w", picture(*width)))
        .collect();
    let alt = if row.title.is_empty() {
        format!("Page {ordinal}")
    } else {
        format!("Page {ordinal}: {}", row.title)
    };
    Page {
        ordinal,
        number: row.number,
        title: row.title.clone(),
        width: row.width,
        height: row.height,
        src: picture(960.min(row.width)),
        srcset: srcset.join(","),
        full: picture(row.width),
        alt,
        text,
    }
}

/// Text stands in the page while there is room; from the first that has none on, it is fetched.
fn place_text(
    row: &page::Model,
    shown: &ShownItem,
    left: &mut usize,
    addresses: Addresses<'_>,
) -> PageText {
    let text = row.text.trim();
    if text.is_empty() {
        return PageText::Absent;
    }
    if let Some(rest) = left.checked_sub(text.len()) {
        *left = rest;
        return PageText::Here(text.to_owned());
    }
    *left = 0;
    PageText::There(format!(
        "{}/pages/{}/{}/text",
        addresses.base, shown.item.id, row.number
    ))
}

fn video(
    shown: &ShownItem,
    pages: &Pages,
    tracks: &Tracks,
    ordinal: usize,
    addresses: Addresses<'_>,
) -> Video {
    let poster = pages
        .contains_key(&(shown.version.id, 1))
        .then(|| picture_url(shown, 1, 960, addresses));
    Video {
        ordinal,
        src: (!addresses.watermarked)
            .then(|| format!("{}/video/{}", addresses.base, shown.item.id)),
        poster,
        tracks: tracks.get(&shown.item.id).cloned().unwrap_or_default(),
    }
}

fn download(shown: &ShownItem, addresses: Addresses<'_>) -> Option<Download> {
    let label = match addresses.downloads {
        DownloadMode::Off => return None,
        DownloadMode::Pdf if shown.version.format != "pdf" => {
            if !becomes_pdf(&shown.version.format) {
                return None;
            }
            "PDF".to_owned()
        }
        DownloadMode::Pdf | DownloadMode::Original => format!(
            "{} ({})",
            shown.version.format.to_uppercase(),
            size(shown.version.byte_size)
        ),
    };
    let query = addresses
        .visit
        .map(|visit| format!("?visit={visit}"))
        .unwrap_or_default();
    Some(Download {
        href: format!("{}/download/{}{query}", addresses.base, shown.item.id),
        label,
    })
}

/// The version's number makes a new version's pictures new addresses, so that old ones may be cached.
fn picture_url(shown: &ShownItem, number: i32, width: i32, addresses: Addresses<'_>) -> String {
    format!(
        "{}/pages/{}/{number}?w={width}&v={}",
        addresses.base, shown.item.id, shown.version.number
    )
}

/// A size as people say it.
fn size(bytes: i64) -> String {
    const MEGA: i64 = 1_000_000;
    if bytes < MEGA {
        return format!("{} KB", (bytes + 999) / 1000);
    }
    format!("{}.{} MB", bytes / MEGA, bytes % MEGA / 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_shortly() {
        assert_eq!(size(1), "1 KB");
        assert_eq!(size(48_200), "49 KB");
        assert_eq!(size(1_260_000), "1.2 MB");
    }
}
