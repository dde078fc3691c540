//! Page images that a child has written.
//!
//! Only the header of the file is looked at, to learn its size: the image itself is decoded by nobody here.

use std::path::PathBuf;

use tokio::io::AsyncReadExt;

use super::PageImage;
use crate::documents::limits::MAX_IMAGE_BYTES;
use crate::documents::protocol::ImageSize;
use crate::documents::{Failure, FailureCode};

/// The image at this path, if it is one that a child may have made.
pub(super) async fn check(path: PathBuf, size: ImageSize) -> Result<PageImage, Failure> {
    let bad = |detail: &str| {
        Failure::new(
            FailureCode::Crashed,
            format!("{}: {detail}", path.display()),
        )
    };
    let about = tokio::fs::symlink_metadata(&path)
        .await
        .map_err(|error| bad(&error.to_string()))?;
    if !about.is_file() || about.len() > MAX_IMAGE_BYTES {
        return Err(bad("not a page image"));
    }
    let mut header = [0_u8; 30];
    let mut file = tokio::fs::File::open(&path)
        .await
        .map_err(|error| bad(&error.to_string()))?;
    file.read_exact(&mut header)
        .await
        .map_err(|error| bad(&error.to_string()))?;
    let (width, height) = dimensions(&header).ok_or_else(|| bad("not lossy WebP"))?;
    if width == 0 || height == 0 || width > size.width() {
        return Err(bad("not of the right size"));
    }
    Ok(PageImage {
        size,
        path,
        width,
        height,
        bytes: about.len(),
    })
}

/// Width and height from the first bytes of a lossy WebP file.
fn dimensions(header: &[u8; 30]) -> Option<(u32, u32)> {
    let [
        b'R',
        b'I',
        b'F',
        b'F',
        _,
        _,
        _,
        _,
        b'W',
        b'E',
        b'B',
        b'P',
        b'V',
        b'P',
        b'8',
        b' ',
        rest @ ..,
    ] = header
    else {
        return None;
    };
    let [_, _, _, _, _, _, _, 0x9D, 0x01, 0x2A, w1, w2, h1, h2] = *rest else {
        return None;
    };
    // The two highest bits say how to blow the picture up, which nobody does.
    let fourteen_bits = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF);
    Some((fourteen_bits(w1, w2), fourteen_bits(h1, h2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_real_headers_only() {
        let image = webp::Encoder::from_rgb(&[200; 3 * 20 * 10], 20, 10).encode(80.0);
        let header: [u8; 30] = image[..30].try_into().unwrap();
        assert_eq!(dimensions(&header), Some((20, 10)));
        assert_eq!(dimensions(&[0; 30]), None);
    }
}
