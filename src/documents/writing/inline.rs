//! Pictures that a text brings along, written into it as `data:` addresses.
//!
//! They are decoded here, under the limits of any uploaded picture, and written anew as small PNGs, so that the drawing
//! that shows them holds nothing of the file. A picture that lies elsewhere is never fetched; its description stands for it.

use std::io::Cursor;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use image::{DynamicImage, ImageFormat, RgbaImage};

use crate::documents::blocks::Block;
use crate::documents::raster;

/// Twice the width of a sheet's text, for sharp screens.
const WIDEST: u32 = 1_312;
const TALLEST: u32 = 1_900;
/// Pictures shown of one text; the others are left out.
const MOST: usize = 60;
/// Bytes of the pictures of one text, written anew.
const MOST_BYTES: usize = 24 << 20;

/// Takes the pictures of one text, as many as there is room for.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    count: usize,
    bytes: usize,
}

impl Pictures {
    /// The picture behind this address, if it is in the address and is one.
    pub(super) fn take(&mut self, address: &str, description: &str) -> Option<Block> {
        let data = address.trim().strip_prefix("data:image/")?;
        if self.count >= MOST || self.bytes >= MOST_BYTES {
            return None;
        }
        let (kind, data) = data.split_once(";base64,")?;
        let format = match kind {
            "png" => ImageFormat::Png,
            "jpeg" | "jpg" => ImageFormat::Jpeg,
            "webp" => ImageFormat::WebP,
            "gif" => ImageFormat::Gif,
            _ => return None,
        };
        let lenient =
            GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let clean: String = data.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let bytes = GeneralPurpose::new(&alphabet::STANDARD, lenient)
            .decode(clean)
            .ok()?;
        let picture = raster::decode(Cursor::new(bytes), format).ok()?;
        let (width, height) = (picture.width, picture.height);
        let pixels = RgbaImage::from_raw(width, height, picture.rgba)?;
        let mut image = DynamicImage::ImageRgba8(pixels);
        if width > WIDEST || height > TALLEST {
            image = image.thumbnail(WIDEST, TALLEST);
        }
        let mut png = Cursor::new(Vec::new());
        image
            .into_rgb8()
            .write_to(&mut png, ImageFormat::Png)
            .ok()?;
        let data = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
        self.count += 1;
        self.bytes += data.len();
        Some(Block::Picture {
            png: data,
            width,
            height,
            description: description.trim().to_owned(),
        })
    }
}
