//! How like our pictures of a PDF's pages are to those that poppler makes of the same PDF.
//!
//! A measurement for those who work on the converter. It needs `pdftoppm` on the search path and nothing else does.
//! Both pictures are made coarse before they are compared, because no two renderers smooth the edge of a letter in the
//! same way, and nobody minds; what counts is what is missing, is in another place or has another colour.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};
use tokio::process::Command;

use crate::documents::ConvertedPage;
use crate::error::{Error, Result};

/// How many pixels each way become one before pictures are compared.
const COARSE: u32 = 4;
/// From which difference of a colour, of 255, two coarse pixels do not show the same.
const NOT_THE_SAME: u8 = 48;
/// The width in which pictures are compared.
const WIDTH: u32 = 960;
/// The space between pictures that stand side by side.
const GAP: u32 = 12;

/// A page in both pictures.
pub(super) struct Compared {
    /// Counted from 1.
    pub(super) page: u32,
    /// One less the mean difference of all colours; 1 is the same picture.
    pub(super) likeness: f64,
    /// The share of the page that does not show the same.
    pub(super) differs: f64,
    /// Ours and theirs, while the page is among those that differ most.
    pictures: Option<(RgbImage, RgbImage)>,
}

/// Puts the pages that differ most first, and keeps the pictures of so many only: they are large.
pub(super) fn put_most_different_first(pages: &mut [Compared], pictured: usize) {
    pages.sort_by(|a, b| b.differs.total_cmp(&a.differs));
    for page in pages.iter_mut().skip(pictured) {
        page.pictures = None;
    }
}

/// Compares the pages of one PDF; those that differ most come first, and so many of them keep their pictures.
pub(super) async fn compare(
    pdf: &Path,
    pages: &[ConvertedPage],
    pictured: usize,
) -> Result<Vec<Compared>> {
    let folder = tempfile::tempdir()?;
    let theirs = draw_by_poppler(pdf, folder.path()).await?;
    let pages: Vec<(u32, PathBuf)> = pages
        .iter()
        // A card that says why there is no picture is no picture of the page.
        .filter(|page| page.problem.is_none())
        .filter_map(|page| Some((page.number, page.images.last()?.path.clone())))
        .collect();
    tokio::task::spawn_blocking(move || {
        // The folder goes when all pictures are read.
        let _folder = folder;
        let mut compared = Vec::new();
        for (number, ours) in pages {
            let at = usize::try_from(number).map_err(Error::internal)?;
            if let Some(theirs) = at.checked_sub(1).and_then(|at| theirs.get(at)) {
                compared.push(compare_page(number, &ours, theirs)?);
                put_most_different_first(&mut compared, pictured);
            }
        }
        Ok(compared)
    })
    .await
    .map_err(Error::internal)?
}

impl Compared {
    /// Keeps both pictures and where they differ, side by side.
    pub(super) fn keep(&self, file: &Path) -> Result<()> {
        let Some((ours, theirs)) = &self.pictures else {
            return Ok(());
        };
        let (width, height) = ours.dimensions();
        let mut sheet = RgbImage::from_pixel(3 * width + 2 * GAP, height, Rgb([0xd0, 0xd0, 0xd0]));
        let difference = RgbImage::from_fn(width, height, |x, y| {
            let (Some(ours), Some(theirs)) =
                (ours.get_pixel_checked(x, y), theirs.get_pixel_checked(x, y))
            else {
                return Rgb([0; 3]);
            };
            let mut apart = [0; 3];
            for (apart, (ours, theirs)) in apart.iter_mut().zip(ours.0.iter().zip(&theirs.0)) {
                *apart = 255 - ours.abs_diff(*theirs);
            }
            Rgb(apart)
        });
        for (at, picture) in [ours, theirs, &difference].into_iter().enumerate() {
            let left = i64::try_from(at).unwrap_or(0) * i64::from(width + GAP);
            imageops::replace(&mut sheet, picture, left, 0);
        }
        sheet.save(file).map_err(Error::internal)
    }
}

/// Pictures of all pages, in order.
async fn draw_by_poppler(pdf: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    let status = Command::new("pdftoppm")
        .args(["-png", "-cropbox", "-scale-to-x"])
        .arg(WIDTH.to_string())
        .args(["-scale-to-y", "-1"])
        .arg(pdf)
        .arg(folder.join("page"))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await
        .map_err(|error| Error::internal(format!("pdftoppm could not be started: {error}")))?;
    if !status.success() {
        return Err(Error::internal(format!("pdftoppm gave up: {status}")));
    }
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        pictures.push(entry?.path());
    }
    // Their numbers have leading zeros.
    pictures.sort();
    Ok(pictures)
}

fn compare_page(page: u32, ours: &Path, theirs: &Path) -> Result<Compared> {
    let read = |path| Ok::<_, Error>(image::open(path).map_err(Error::internal)?.to_rgb8());
    let (ours, theirs) = (read(ours)?, read(theirs)?);
    let (width, height) = theirs.dimensions();
    let ours = imageops::resize(&ours, width, height, FilterType::Triangle);
    let (likeness, differs) = difference(&coarse(&ours), &coarse(&theirs));
    Ok(Compared {
        page,
        likeness,
        differs,
        pictures: Some((ours, theirs)),
    })
}

fn coarse(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let (width, height) = ((width / COARSE).max(1), (height / COARSE).max(1));
    imageops::resize(picture, width, height, FilterType::Triangle)
}

/// How like two pictures of one size are, and the share of pixels that do not show the same.
fn difference(ours: &RgbImage, theirs: &RgbImage) -> (f64, f64) {
    let (mut sum, mut apart, mut all) = (0_u64, 0_u32, 0_u32);
    for (ours, theirs) in ours.pixels().zip(theirs.pixels()) {
        let colours = ours.0.iter().zip(&theirs.0);
        let far = colours.map(|(ours, theirs)| ours.abs_diff(*theirs));
        let (mut most, mut mean) = (0, 0_u64);
        for colour in far {
            most = most.max(colour);
            mean += u64::from(colour);
        }
        sum += mean;
        apart += u32::from(most >= NOT_THE_SAME);
        all += 1;
    }
    let all = f64::from(all.max(1));
    #[allow(
        clippy::cast_precision_loss,
        reason = "a sum of bytes of one picture is far below what a float holds exactly"
    )]
    let mean = sum as f64 / (all * 3.0 * 255.0);
    (1.0 - mean, f64::from(apart) / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_picture_is_like_itself_and_another_is_not() {
        let white = RgbImage::from_pixel(40, 30, Rgb([255; 3]));
        let mut half = white.clone();
        for (x, _, pixel) in half.enumerate_pixels_mut() {
            if x < 20 {
                *pixel = Rgb([0; 3]);
            }
        }
        assert_eq!(difference(&white, &white), (1.0, 0.0));
        assert_eq!(difference(&half, &white), (0.5, 0.5));
    }

    #[test]
    fn a_hair_beside_its_place_does_not_count() {
        let line = |at: u32| {
            let mut picture = RgbImage::from_pixel(80, 80, Rgb([255; 3]));
            for y in 0..80 {
                picture.put_pixel(at, y, Rgb([150; 3]));
            }
            coarse(&picture)
        };
        let (likeness, differs) = difference(&line(40), &line(41));
        assert!(likeness > 0.98 && differs < 0.001, "{likeness} {differs}");
    }
}
