//! What stands on the page: the pitch's items and pages as the templates need them, in a handful of queries.
//!
//! Only a window of the pages is drawn at once, so that a long document weighs no more than a short one.

use std::collections::HashMap;

use super::rows::{Pages, Tracks, load_pages, load_sources, load_tracks};

use crate::entities::{DownloadMode, page};
use crate::ids::{PitchItemId, VersionId};
use crate::library::becomes_pdf;
use crate::markdown::{Piece, pieces};
use crate::pitches::{ShownItem, is_video};

/// An item on the page.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: PitchItemId,
    /// The heading above it, where a new section begins.
    pub(super) section: Option<String>,
    /// Of its own heading: below its section's.
    pub(super) level: u8,
    /// Its first pages were drawn before, under its heading.
    pub(super) continued: bool,
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
    /// Whether the player offers to save it.
    pub(super) saved: bool,
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

/// What the addresses on the page are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses<'a> {
    /// The path of the link or of the preview.
    pub(super) base: &'a str,
    /// How files are given out.
    pub(super) downloads: DownloadMode,
    /// Whether pictures carry who looks at them; videos are not given out then.
    pub(super) watermarked: bool,
}

/// Which pages are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// The place of the first, from 1.
    pub(super) first: usize,
    /// The place of the last.
    pub(super) last: usize,
    /// How many bytes of their text stand beside their pictures; what does not fit is fetched.
    pub(super) room: usize,
}

impl Window {
    fn holds(self, ordinal: usize) -> bool {
        (self.first..=self.last).contains(&ordinal)
    }
}

/// The items of the window as the page shows them.
pub(super) async fn load_items<C: sea_orm::ConnectionTrait>(
    db: &C,
    shown: &[ShownItem],
    window: Window,
    addresses: Addresses<'_>,
) -> crate::error::Result<Vec<Item>> {
    let drawn = cut(shown, window);
    let pages = load_pages(db, &drawn).await?;
    let tracks = load_tracks(db, &drawn, addresses).await?;
    let mut sources = load_sources(db, &drawn).await?;
    let mut items = arrange(drawn, &pages, &tracks, window.room, addresses);
    for item in &mut items {
        item.source = sources.remove(&item.id);
    }
    Ok(items)
}

/// How many pages there are in all.
pub(super) fn page_total(shown: &[ShownItem]) -> usize {
    shown.iter().map(|shown| shown.pages.len()).sum()
}

/// An item, or as much of it as is drawn.
#[derive(Clone, Debug)]
pub(super) struct Drawn<'a> {
    pub(super) shown: &'a ShownItem,
    /// The pages drawn, each with its place in the pitch.
    pub(super) pages: Vec<(usize, i32)>,
    section: Option<&'a str>,
    continued: bool,
}

/// What of the items lies in the window.
fn cut(shown: &[ShownItem], window: Window) -> Vec<Drawn<'_>> {
    let mut ordinal = 0;
    let mut section = "";
    let mut all = Vec::new();
    for item in shown {
        let begins = item.item.section != section && !item.item.section.is_empty();
        section = &item.item.section;
        let before = ordinal;
        let pages: Vec<(usize, i32)> = item
            .pages
            .iter()
            .map(|number| {
                ordinal += 1;
                (ordinal, *number)
            })
            .filter(|(ordinal, _)| window.holds(*ordinal))
            .collect();
        if !pages.is_empty() {
            let continued = before + 1 < window.first;
            all.push(Drawn {
                shown: item,
                pages,
                section: (begins && !continued).then_some(section),
                continued,
            });
        }
    }
    all
}

fn arrange(
    drawn: Vec<Drawn<'_>>,
    rows: &Pages,
    tracks: &Tracks,
    room: usize,
    addresses: Addresses<'_>,
) -> Vec<Item> {
    let mut text_left = room;
    drawn
        .into_iter()
        .map(|drawn| {
            let shown = drawn.shown;
            let is_video = is_video(&shown.version.format);
            let video = drawn
                .pages
                .first()
                .filter(|_| is_video)
                .map(|(ordinal, _)| video(shown, rows, tracks, *ordinal, addresses));
            let pages = drawn
                .pages
                .iter()
                .filter(|_| !is_video)
                .filter_map(|(ordinal, number)| {
                    let row = rows.get(&(shown.version.id, *number))?;
                    let text = place_text(row, shown, &mut text_left, addresses);
                    Some(page(row, shown, *ordinal, text, addresses))
                })
                .collect();
            Item {
                id: shown.item.id,
                section: drawn.section.map(str::to_owned),
                level: if shown.item.section.is_empty() { 2 } else { 3 },
                continued: drawn.continued,
                title: shown.asset.title.clone(),
                language: shown.asset.language.clone(),
                note: pieces(&shown.item.note),
                download: download(shown, addresses),
                source: None,
                video,
                pages,
            }
        })
        .collect()
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
    Page {
        ordinal,
        number: row.number,
        width: row.width,
        height: row.height,
        src: picture(960.min(row.width)),
        srcset: srcset.join(","),
        full: picture(row.width),
        alt: if row.title.is_empty() {
            format!("Page {ordinal}")
        } else {
            format!("Page {ordinal}: {}", row.title)
        },
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
    pages: &HashMap<(VersionId, i32), page::Model>,
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
        saved: download(shown, addresses).is_some(),
        poster,
        tracks: tracks.get(&shown.item.id).cloned().unwrap_or_default(),
    }
}

fn download(shown: &ShownItem, addresses: Addresses<'_>) -> Option<Download> {
    // A single page has no file of its own: the original holds the other pages too.
    if shown.item.page_number.is_some() {
        return None;
    }
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
    Some(Download {
        href: format!("{}/download/{}", addresses.base, shown.item.id),
        label,
    })
}

/// The version's number makes a new version's pictures new addresses, so that an open page does not mix the two.
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
