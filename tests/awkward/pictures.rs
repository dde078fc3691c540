//! Pictures that claim more than they have, or hold more than they say.

use image::ImageFormat;

use crate::fixtures;
use crate::{Awkward, either, pages, reason};

const TOO_MUCH: &[&str] = &["too_large", "out_of_memory", "damaged"];

/// A JPEG that claims a size.
fn jpeg_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = fixtures::picture(16, 16, ImageFormat::Jpeg);
    let frame = jpeg
        .windows(2)
        .position(|marker| marker == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A GIF that claims a size for its screen and its one frame.
fn gif_claiming(width: u16, height: u16) -> Vec<u8> {
    let mut gif = fixtures::picture(16, 16, ImageFormat::Gif);
    for (at, value) in [(6, width), (8, height)] {
        gif[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    let frame = gif.iter().rposition(|byte| *byte == 0x2C).unwrap_or(0);
    if frame > 0 && frame + 9 < gif.len() {
        for (at, value) in [(frame + 5, width), (frame + 7, height)] {
            gif[at..at + 2].copy_from_slice(&value.to_le_bytes());
        }
    }
    gif
}

/// A WebP canvas of a size, with nothing on it.
fn webp_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut canvas = vec![0, 0, 0, 0];
    canvas.extend(&(width - 1).to_le_bytes()[..3]);
    canvas.extend(&(height - 1).to_le_bytes()[..3]);
    let chunk = [b"VP8X".as_slice(), &10_u32.to_le_bytes(), &canvas].concat();
    let size = u32::try_from(chunk.len() + 4).unwrap();
    [b"RIFF".as_slice(), &size.to_le_bytes(), b"WEBP", &chunk].concat()
}

/// A PNG of one colour, however large, in few bytes.
fn one_colour(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(width, height)
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

/// A GIF of many frames.
fn animation(frames: usize) -> Vec<u8> {
    let gif = fixtures::picture(16, 16, ImageFormat::Gif);
    let head = 13
        + if gif[10] & 0x80 == 0 {
            0
        } else {
            3 << ((gif[10] & 7) + 1)
        };
    let body = &gif[head..gif.len() - 1];
    [&gif[..head], &body.repeat(frames), b";"].concat()
}

pub(crate) fn files() -> Vec<Awkward> {
    let png = fixtures::picture(90, 60, ImageFormat::Png);
    let mut no_size = fixtures::png_claiming(0, 0);
    no_size.extend(b"trailing");
    let transparent = {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbaImage::new(200, 100)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    };
    let deep = {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::ImageBuffer::<image::Rgba<u16>, _>::from_fn(300, 200, |x, y| {
            image::Rgba([
                u16::try_from(x * 200).unwrap(),
                u16::try_from(y * 300).unwrap(),
                0,
                65_535,
            ])
        })
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
        bytes.into_inner()
    };
    vec![
        reason(
            "hundred-thousand-square.png",
            fixtures::png_claiming(100_000, 100_000),
            TOO_MUCH,
        ),
        reason(
            "two-thousand-million-wide.png",
            fixtures::png_claiming(2_000_000_000, 1),
            TOO_MUCH,
        ),
        reason(
            "sixty-thousand-square.jpg",
            jpeg_claiming(65_535, 65_535),
            TOO_MUCH,
        ),
        reason(
            "sixty-thousand-square.gif",
            gif_claiming(65_535, 65_535),
            TOO_MUCH,
        ),
        reason(
            "sixteen-million-square.webp",
            webp_claiming(1 << 24, 1 << 24),
            TOO_MUCH,
        ),
        reason("no-size.png", no_size, &["damaged", "too_large"]),
        reason(
            "no-size.jpg",
            jpeg_claiming(0, 0),
            &["damaged", "unsupported"],
        ),
        either("a-line-that-goes-down.png", one_colour(1, 90_000)),
        either("a-line-that-goes-right.png", one_colour(90_000, 1)),
        either("eighty-million-pixels.png", one_colour(10_000, 8_000)),
        either(
            "hundred-and-fifty-million-pixels.png",
            one_colour(15_000, 10_000),
        ),
        pages("one-pixel.png", fixtures::picture(1, 1, ImageFormat::Png)),
        pages("nothing-to-see.png", transparent),
        pages("sixteen-bits.png", deep),
        either("three-thousand-frames.gif", animation(3_000)),
        pages(
            "something-behind.png",
            [png.as_slice(), &[b'x'; 5_000]].concat(),
        ),
        reason("only-a-signature.png", &png[..8], &["damaged"]),
        reason(
            "only-a-marker.jpg",
            b"\xFF\xD8\xFF".as_slice(),
            &["damaged", "unsupported"],
        ),
        reason(
            "only-a-name.webp",
            b"RIFF\x04\0\0\0WEBP".as_slice(),
            &["damaged", "unsupported"],
        ),
        reason(
            "only-a-name.gif",
            b"GIF89a".as_slice(),
            &["damaged", "unsupported", "executable"],
        ),
        // Thousand pixels claimed, two hundred megabytes of zeros behind them.
        either("zeros-without-an-end.png", {
            let mut bomb = fixtures::png_claiming(1_000, 1_000);
            let zeros = fixtures::deflate(&vec![0; 40 << 20]);
            let end = bomb.len() - 12;
            let chunk = [b"IDAT".as_slice(), &zeros].concat();
            let size = u32::try_from(zeros.len()).unwrap().to_be_bytes();
            bomb.splice(end..end, [&size[..], &chunk, &[0; 4]].concat());
            bomb
        }),
    ]
}
