//! PDF to pages.
//!
//! hayro draws the pages; the text comes from a device of our own that listens to the same drawing instructions. The
//! document is read once; a page's words go out before its picture is drawn. Nothing is ever fetched from outside the
//! file but fonts of this machine.

mod direction;
mod fonts;
mod glyphs;
mod lines;
mod links;
mod title;

use std::path::Path;

use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::hayro_interpret::{InterpreterCache, InterpreterSettings, TransformExt};
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};
use hayro::{RenderCache, RenderSettings, render_into};

use super::layout::{Area, PageLayout, PageLine};
use super::outline::Outline;
use super::pages::{Pages, Picture};
use super::protocol::{ImageSize, PageText};
use super::{Failure, FailureCode};

/// The tallest picture drawn, in pixels; a longer page is drawn narrower.
const MAX_HEIGHT: f64 = 6_000.0;

/// Makes the pages of a PDF. With the outline of the office document that the PDF was made of, slides get the titles
/// and the text that the document itself holds, as long as both agree on the number of slides.
pub(super) fn make_pages(
    file: &Path,
    outline: Option<&Path>,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let data = std::fs::read(file)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let pdf = Pdf::new(data).map_err(refusal)?;
    let outline = outline
        .and_then(|path| Outline::load(path).ok())
        .unwrap_or_default();
    let title = outline
        .title
        .clone()
        .or_else(|| pdf.metadata().title.as_deref().and_then(title::decode));
    let all = pdf.pages();
    pages.count(all.len(), title)?;
    let slides = outline.slides_if_there_are(all.len());
    let settings = InterpreterSettings {
        font_resolver: fonts::resolver(),
        ..InterpreterSettings::default()
    };
    let destinations = links::Destinations::of(&pdf);
    let words = InterpreterCache::new();
    let mut canvas = Canvas::default();
    for (number, page) in (1_u32..).zip(all.iter()) {
        if !pages.wants(number) {
            continue;
        }
        let mut text = read_text(number, page, &destinations, &words, &settings);
        if let Some(slide) = slides.and_then(|slides| slides.get(number as usize - 1)) {
            text.title.clone_from(&slide.title);
            text.text.clone_from(&slide.text);
        }
        pages.read(text)?;
        pages.draw(number, &canvas.draw(page, &settings))?;
    }
    Ok(())
}

fn refusal(error: LoadPdfError) -> Failure {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            Failure::new(FailureCode::Encrypted, "the PDF asks for a password")
        }
        LoadPdfError::Decryption(error) => Failure::new(
            FailureCode::Encrypted,
            format!("the PDF is encrypted in a way that cannot be read: {error:?}"),
        ),
        LoadPdfError::Invalid => Failure::damaged("the PDF has no readable page tree"),
    }
}

fn read_text<'a>(
    number: u32,
    page: &Page<'a>,
    destinations: &links::Destinations<'_>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
) -> PageText {
    let glyphs = glyphs::collect(page, cache, settings);
    let lines = lines::gather(glyphs);
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
    PageText {
        number,
        title: lines::title(&lines, height),
        text: lines::text(&lines),
        layout: PageLayout {
            lines: lines
                .into_iter()
                .flat_map(|line| line.pieces)
                .filter_map(|(area, text)| {
                    let Rect { x0, y0, x1, y1 } = area;
                    let area = Area::of_fractions(x0 / width, y0 / height, x1 / width, y1 / height);
                    Some(PageLine(area?, text))
                })
                .collect(),
            links: links::of_page(page, destinations),
        },
    }
}

/// What is reused from page to page to draw.
#[derive(Default)]
struct Canvas<'a> {
    cache: RenderCache<'a>,
    resources: Resources,
}

impl<'a> Canvas<'a> {
    fn draw(&mut self, page: &'a Page<'a>, settings: &InterpreterSettings) -> Picture {
        let (width, height) = page.render_dimensions();
        // A page without a size is drawn as a blank sheet.
        let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
        let scale = (f64::from(ImageSize::Large.width()) / width).min(MAX_HEIGHT / height);
        let pixels = |length: f64| to_u16((length * scale).round());
        let (columns, rows) = (pixels(width), pixels(height));
        let mut context = RenderContext::new(columns, rows);
        let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
        render_into(
            page,
            &self.cache,
            settings,
            &RenderSettings::default(),
            &mut context,
            transform,
        );
        context.flush();
        let mut pixmap = Pixmap::new(columns, rows);
        let target = RasterizerSettings {
            target_init: TargetInit::Clear(WHITE),
            ..RasterizerSettings::default()
        };
        context.render_with(&mut pixmap, &mut self.resources, target);
        Picture {
            width: u32::from(columns),
            height: u32::from(rows),
            // On an opaque ground the colours are the same with and without the alpha multiplied in.
            rgba: pixmap.data_as_u8_slice().to_vec(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range just before"
)]
fn to_u16(value: f64) -> u16 {
    value.clamp(1.0, f64::from(u16::MAX)) as u16
}
