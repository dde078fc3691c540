//! Uploaded pictures made of pixels.

use std::io::{BufRead, BufReader, Seek};
use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbaImage};

use super::limits::{MAX_PIXEL_BYTES, MAX_PIXELS};
use super::pages::{Pages, Picture};
use super::protocol::PageText;
use super::titles::name_in_words;
use super::{Failure, FailureCode, Format};

/// Pixels of the longer side from which the pages' pictures are made, where there are more than twice as many.
const WIDE: u32 = 4_000;

/// Makes the one page of a picture.
pub(super) fn make_page(
    path: &Path,
    format: Format,
    stem: &str,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let picture = read(path, format)?;
    pages.count(1, None)?;
    pages.read(PageText {
        number: 1,
        title: stem.to_owned(),
        text: name_in_words(stem),
        ..PageText::default()
    })?;
    pages.draw(1, &picture)
}

/// Reads a picture, upright and on a ground on which it can be seen.
pub(super) fn read(path: &Path, format: Format) -> Result<Picture, Failure> {
    let file = std::fs::File::open(path)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let format = match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Webp => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
        _ => ImageFormat::Png,
    };
    decode(BufReader::new(file), format)
}

/// Decodes a picture, upright and on a ground on which it can be seen.
pub(super) fn decode(input: impl BufRead + Seek, format: ImageFormat) -> Result<Picture, Failure> {
    let mut reader = ImageReader::with_format(input, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_PIXEL_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        let detail = format!(
            "{width} by {height} pixels, {} million are accepted",
            MAX_PIXELS / 1_000_000
        );
        return Err(Failure::new(FailureCode::TooLarge, detail));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    // Made small before anything is made of it: a second copy of a large photo would be too much.
    if width > 2 * WIDE || height > 2 * WIDE {
        image = image.thumbnail(WIDE, WIDE);
    }
    image.apply_orientation(orientation);
    let image = image.into_rgba8();
    let (width, height) = image.dimensions();
    let mut rgba = RgbaImage::into_raw(image);
    put_on_ground(&mut rgba);
    Ok(Picture {
        width,
        height,
        rgba,
    })
}

/// Makes transparent pixels opaque: on white, or on something dark if the picture itself is nearly white.
pub(super) fn put_on_ground(rgba: &mut [u8]) {
    let (mut light, mut weight) = (0_u64, 0_u64);
    let mut is_opaque = true;
    for pixel in rgba.chunks_exact(4) {
        if let [red, green, blue, alpha] = *pixel {
            is_opaque &= alpha == 255;
            light += (u64::from(red) + u64::from(green) + u64::from(blue)) / 3 * u64::from(alpha);
            weight += u64::from(alpha);
        }
    }
    if is_opaque {
        return;
    }
    let ground: [u8; 3] = if weight > 0 && light / weight > 225 {
        [0x1d, 0x27, 0x30]
    } else {
        [255; 3]
    };
    for pixel in rgba.chunks_exact_mut(4) {
        if let [red, green, blue, alpha] = pixel {
            let mix = |over: u8, under: u8| {
                let sum = u32::from(over) * u32::from(*alpha)
                    + u32::from(under) * (255 - u32::from(*alpha));
                u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
            };
            let [r, g, b] = ground;
            (*red, *green, *blue) = (mix(*red, r), mix(*green, g), mix(*blue, b));
            *alpha = 255;
        }
    }
}

fn refusal(error: ImageError) -> Failure {
    match error {
        ImageError::Limits(error) => Failure::new(FailureCode::TooLarge, error.to_string()),
        ImageError::Unsupported(error) => Failure::new(FailureCode::Unsupported, error.to_string()),
        other => Failure::damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_transparent_gets_a_ground_that_shows_it() {
        let mut dark = [0, 0, 0, 255, 9, 9, 9, 0];
        put_on_ground(&mut dark);
        assert_eq!(dark, [0, 0, 0, 255, 255, 255, 255, 255]);
        let mut light = [255, 255, 255, 255, 255, 255, 255, 0];
        put_on_ground(&mut light);
        assert_eq!(light, [255, 255, 255, 255, 0x1d, 0x27, 0x30, 255]);
    }
}
