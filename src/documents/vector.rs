//! SVG: uploaded pictures made of shapes, and drawings of our own.
//!
//! No script runs, because there is nothing here that could run one, and nothing is loaded from outside the file.

use std::path::Path;
use std::sync::Arc;

use resvg::tiny_skia::{Color, IntSize, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::card::Face;
use super::pages::{Pages, Picture};
use super::protocol::{ImageSize, PageText};
use super::xml::{self, Step};
use super::{Failure, FailureCode, encoding, fonts, raster, titles, writing};

/// The tallest picture drawn, in pixels.
const MAX_HEIGHT: f32 = 6_000.0;

/// Makes the one page of an uploaded SVG.
pub(super) fn make_page(path: &Path, stem: &str, pages: &mut Pages<'_>) -> Result<(), Failure> {
    let bytes = writing::read_limited(path)?;
    let text = encoding::decode(&bytes);
    let words = read_words(&text)?;
    let tree = Tree::from_str(&text, &options(fonts::all()))
        .map_err(|error| Failure::damaged(format!("SVG: {error}")))?;
    let pixmap = render(&tree, ImageSize::Large.width(), None)?;
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut rgba: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect();
    raster::put_on_ground(&mut rgba);
    let title = words.title.unwrap_or_else(|| stem.to_owned());
    pages.count(1, Some(title.clone()))?;
    pages.read(PageText {
        number: 1,
        title,
        text: if words.text.trim().is_empty() {
            titles::name_in_words(stem)
        } else {
            words.text
        },
        ..PageText::default()
    })?;
    pages.draw(
        1,
        &Picture {
            width,
            height,
            rgba,
        },
    )
}

/// Makes pixels of a drawing of our own at this width.
pub(super) fn rasterise_own(svg: &str, width: u32) -> Result<Picture, Failure> {
    let fault = |error| Failure::internal(format!("a page of our own could not be drawn: {error}"));
    let tree = Tree::from_str(svg, &options(fonts_for(svg))).map_err(fault)?;
    let pixmap = render(&tree, width, Some(Color::WHITE))?;
    Ok(Picture {
        width: pixmap.width(),
        height: pixmap.height(),
        rgba: pixmap.take(),
    })
}

/// Draws a drawing of our own over opaque pixels of the same size.
pub(super) fn draw_over(
    rgba: Vec<u8>,
    width: u32,
    height: u32,
    svg: &str,
) -> Result<Picture, Failure> {
    let fault = |error| Failure::internal(format!("words could not be drawn: {error}"));
    let tree = Tree::from_str(svg, &options(fonts_for(svg))).map_err(fault)?;
    let size = IntSize::from_wh(width, height)
        .ok_or_else(|| Failure::internal("a picture without pixels"))?;
    // Opaque pixels are the same with and without their alpha multiplied in.
    let mut pixmap = Pixmap::from_vec(rgba, size)
        .ok_or_else(|| Failure::internal("a picture of another size than it says"))?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    Ok(Picture {
        width,
        height,
        rgba: pixmap.take(),
    })
}

/// The machine's fonts are only opened for what the built-in ones lack.
fn fonts_for(svg: &str) -> Arc<Database> {
    let has_all = svg
        .chars()
        .all(|character| character.is_ascii() || Face::Regular.has(character));
    if has_all {
        fonts::built_in()
    } else {
        fonts::all()
    }
}

fn options(fonts: Arc<Database>) -> Options<'static> {
    Options {
        font_family: fonts::SANS.to_owned(),
        fontdb: fonts,
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            // Files and addresses are never followed.
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

fn render(tree: &Tree, width: u32, ground: Option<Color>) -> Result<Pixmap, Failure> {
    let size = tree.size();
    #[expect(clippy::cast_precision_loss, reason = "a small whole number")]
    let scale = (width as f32 / size.width()).min(MAX_HEIGHT / size.height());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to a small range"
    )]
    let pixels = |length: f32| (length * scale).round().clamp(1.0, MAX_HEIGHT) as u32;
    let too_large = || Failure::new(FailureCode::TooLarge, "the picture is too large to draw");
    let mut pixmap =
        Pixmap::new(pixels(size.width()), pixels(size.height())).ok_or_else(too_large)?;
    if let Some(colour) = ground {
        pixmap.fill(colour);
    }
    resvg::render(
        tree,
        Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    Ok(pixmap)
}

struct Words {
    title: Option<String>,
    text: String,
}

fn read_words(svg: &str) -> Result<Words, Failure> {
    let mut title = String::new();
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    xml::walk(svg, |step, around| {
        let inside = |name: &str| around.iter().any(|element| element == name);
        match step {
            Step::Text(text) if inside("title") && title.len() < 300 => title.push_str(text),
            Step::Text(text) if inside("text") => line.push_str(text),
            Step::Close("text") => {
                let words: Vec<&str> = line.split_whitespace().collect();
                lines.extend(Some(words.join(" ")).filter(|line| !line.is_empty()));
                line.clear();
            }
            // Lines of one text are drawn as spans of their own.
            Step::Close("tspan") => line.push(' '),
            _ => {}
        }
        Ok(())
    })?;
    Ok(Words {
        title: titles::worth_showing(&title),
        text: lines.join("\n"),
    })
}
