//! Runs a conversion and gathers what comes out of it.

use std::path::Path;
use std::time::Duration;

use image::RgbImage;
use lastmile::documents::{
    Conversion, ConvertedPage, Converter, ConverterOptions, Failure, ImageSize, PageImage,
    Progress, Urgency,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// A finished conversion, with its folder as long as this value lives.
pub(crate) struct Converted {
    pub(crate) conversion: Conversion,
    pub(crate) pages: Vec<ConvertedPage>,
    pub(crate) folder: TempDir,
}

/// The executable under test, without programs of the system: what comes out is the same on every machine.
pub(crate) fn options() -> ConverterOptions {
    ConverterOptions {
        executable: env!("CARGO_BIN_EXE_lastmile").into(),
        soffice: None,
        embedded_office: false,
        ffmpeg: None,
        ..ConverterOptions::default()
    }
}

pub(crate) async fn convert(bytes: &[u8], name: &str) -> Result<Converted, Failure> {
    convert_with(options(), bytes, name).await
}

/// Converts, and fails the test if that takes so long that something must hang.
pub(crate) async fn convert_with(
    options: ConverterOptions,
    bytes: &[u8],
    name: &str,
) -> Result<Converted, Failure> {
    let source = tempfile::tempdir().unwrap();
    let input = source.path().join("upload");
    std::fs::write(&input, bytes).unwrap();
    convert_file(options, &input, name).await
}

pub(crate) async fn convert_file(
    options: ConverterOptions,
    input: &Path,
    name: &str,
) -> Result<Converted, Failure> {
    let folder = tempfile::tempdir().unwrap();
    let (progress, mut told) = mpsc::channel(4);
    let gathered = tokio::spawn(async move {
        let (mut pages, mut counted) = (Vec::new(), None);
        while let Some(progress) = told.recv().await {
            match progress {
                Progress::Counted { total } => counted = Some(total),
                Progress::Page(page) => pages.push(*page),
            }
        }
        (pages, counted)
    });
    let converter = Converter::new(options);
    let result = tokio::time::timeout(
        Duration::from_mins(2),
        converter.convert(input, name, folder.path(), Urgency::Awaited, &progress),
    )
    .await
    .expect("the conversion hangs");
    drop(progress);
    let (mut pages, counted) = gathered.await.unwrap();
    let conversion = result?;
    pages.sort_by_key(|page| page.number);
    assert_eq!(counted, Some(conversion.page_count));
    let numbers: Vec<u32> = pages.iter().map(|page| page.number).collect();
    assert_eq!(numbers, (1..=conversion.page_count).collect::<Vec<_>>());
    for page in &pages {
        check_images(page);
    }
    Ok(Converted {
        conversion,
        pages,
        folder,
    })
}

/// Every page has its three images, none wider than it should be and none blank.
fn check_images(page: &ConvertedPage) {
    let sizes: Vec<ImageSize> = page.images.iter().map(|image| image.size).collect();
    assert_eq!(sizes, ImageSize::ALL);
    for image in &page.images {
        assert!(image.width <= image.size.width());
        let pixels = pixels(image);
        assert_eq!(pixels.dimensions(), (image.width, image.height));
        let first = pixels.get_pixel(0, 0).0;
        let is_blank = pixels.pixels().all(|pixel| {
            pixel
                .0
                .iter()
                .zip(first)
                .all(|(one, other)| one.abs_diff(other) < 24)
        });
        assert!(
            !is_blank,
            "page {} is blank at {} pixels",
            page.number, image.width
        );
    }
    let largest = page.images.last().unwrap();
    assert_eq!((page.width, page.height), (largest.width, largest.height));
}

pub(crate) fn pixels(image: &PageImage) -> RgbImage {
    let bytes = std::fs::read(&image.path).unwrap();
    image::load_from_memory_with_format(&bytes, image::ImageFormat::WebP)
        .unwrap()
        .into_rgb8()
}
