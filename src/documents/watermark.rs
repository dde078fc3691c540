//! Words burnt into the picture of a page, so that a copy of it says whose it was.
//!
//! It reads only pictures that a child of the converter made, and refuses everything else. The words lie across the whole
//! page, lightly, in light and dark at once, so that they can be read on any ground and hide nothing.
//!
//! It takes some tens of milliseconds: callers run it off the async threads.

use std::fmt::Write as _;
use std::io::Cursor;

use image::ImageFormat;

use super::pages::{Picture, encode};
use super::{Failure, raster, vector};

/// Longer words are cut; an address has 254 letters at the most, and nobody's has.
const MOST_LETTERS: usize = 120;

/// The picture with the words in it, as WebP.
pub fn burn(picture: &[u8], words: &str) -> Result<Vec<u8>, Failure> {
    let Picture {
        width,
        height,
        rgba,
    } = raster::decode(Cursor::new(picture), ImageFormat::WebP)?;
    let marked = vector::draw_over(rgba, width, height, &drawing(width, height, words))?;
    Ok(encode(&marked)?.to_vec())
}

/// The words across a page of this size, and once more where a copy is cropped least: at its lower edge.
fn drawing(width: u32, height: u32, words: &str) -> String {
    let words = escaped(words);
    let letters = u32::try_from(words.chars().count()).unwrap_or(40).max(8);
    // About five lines of words over the width, whatever the size.
    let size = (width / 44).clamp(9, 40);
    let stride = letters * size * 6 / 10 + 4 * size;
    let rows = size * 7;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\
         <g font-family=\"Inter\" font-size=\"{size}\" transform=\"rotate(-24 {} {})\">",
        width / 2,
        height / 2
    );
    // The page is turned under the words: they have to reach as far as its diagonal.
    let reach = i64::from(width + height);
    let (stride, rows) = (i64::from(stride), i64::from(rows));
    let left = (i64::from(width) - reach) / 2;
    let top = (i64::from(height) - reach) / 2;
    for row in 0..=reach / rows {
        let y = top + row * rows;
        let shift = if row % 2 == 0 { 0 } else { stride / 2 };
        for column in 0..=reach / stride {
            let x = left + column * stride - shift;
            // Writing to a text cannot fail.
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{}\" fill=\"#fff\" fill-opacity=\".22\">{words}</text>\
                 <text x=\"{x}\" y=\"{y}\" fill=\"#17212b\" fill-opacity=\".17\">{words}</text>",
                x + 1,
                y + 1
            );
        }
    }
    let small = (width / 80).clamp(8, 20);
    let _ = write!(
        svg,
        "</g><g font-family=\"Inter\" font-size=\"{small}\">\
         <text x=\"{small}\" y=\"{}\" fill=\"#55606b\" stroke=\"#fff\" stroke-width=\"2\" stroke-opacity=\".7\" \
         paint-order=\"stroke\">{words}</text></g></svg>",
        height.saturating_sub(small * 2 / 3)
    );
    svg
}

fn escaped(words: &str) -> String {
    let mut text = String::new();
    for letter in words.chars().take(MOST_LETTERS) {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: u32, height: u32, grey: u8) -> Vec<u8> {
        let rgba = (0..width * height)
            .flat_map(|_| [grey, grey, grey, 255])
            .collect();
        let picture = Picture {
            width,
            height,
            rgba,
        };
        encode(&picture).unwrap().to_vec()
    }

    /// How many pixels are far from the ground, and the greatest distance.
    fn changed(marked: &[u8], grey: u8) -> (usize, u8) {
        let picture = raster::decode(Cursor::new(marked), ImageFormat::WebP).unwrap();
        let far: Vec<u8> = picture
            .rgba
            .chunks_exact(4)
            .map(|pixel| pixel[0].abs_diff(grey))
            .filter(|distance| *distance > 8)
            .collect();
        (far.len(), far.iter().copied().max().unwrap_or(0))
    }

    #[test]
    fn words_can_be_read_on_light_and_dark_and_hide_nothing() {
        for (width, height) in [(480, 270), (1600, 900), (480, 680)] {
            for grey in [255, 128, 20] {
                let marked =
                    burn(&page(width, height, grey), "ann@example.com, 25 Nov 2026").unwrap();
                let (count, _) = changed(&marked, grey);
                let all = (width * height) as usize;
                assert!(count > all / 500, "{width} {grey}: only {count} of {all}");
                assert!(count < all / 4, "{width} {grey}: {count} of {all}");
            }
        }
    }

    #[test]
    fn words_are_text_and_never_drawing() {
        let svg = drawing(480, 270, "</text><rect width=\"100%\"/>&x;\u{0}");
        assert!(!svg.contains("<rect") && !svg.contains("&x;"));
        burn(&page(480, 270, 255), "\"<&>' \u{0} äöü Жя").unwrap();
    }

    #[test]
    fn what_is_no_picture_of_a_page_is_refused() {
        assert!(burn(b"%PDF-1.7", "ann@example.com").is_err());
        assert!(burn(b"", "ann@example.com").is_err());
    }
}
