//! The glyphs of a page, in the order in which they are drawn.
//!
//! A device that draws nothing: it only notes which characters go where. What they mean as lines and words is told
//! elsewhere.

use hayro::hayro_interpret::font::{Glyph as PdfGlyph, GlyphRun};
use hayro::hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use hayro::kurbo::{BezPath, Point, Rect, Vec2};

/// More than any page that a person reads.
const MAX_GLYPHS: usize = 200_000;

/// Fonts express lengths in thousandths of their size.
const UNITS_PER_EM: f64 = 1_000.0;

/// Characters at a place. The origin of the page is its upper left corner, as people see it.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    /// What it stands for: one character, or several for a ligature.
    pub(super) text: String,
    /// Where it starts, on the line on which letters stand.
    pub(super) origin: Point,
    /// Which way the line runs; of length 1.
    pub(super) direction: Vec2,
    /// How far it is to the next glyph.
    pub(super) advance: f64,
    /// The size of the font.
    pub(super) size: f64,
}

/// The glyphs of a page that lie on the page.
pub(super) fn collect<'a>(
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
) -> Vec<Glyph> {
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, cache, page.xref(), settings.clone());
    let mut listener = Listener {
        bounds: bounds.inflate(2.0, 2.0),
        glyphs: Vec::new(),
    };
    interpret_page(page, &mut context, &mut listener);
    listener.glyphs
}

struct Listener {
    bounds: Rect,
    glyphs: Vec<Glyph>,
}

impl Listener {
    fn note(
        &mut self,
        glyph: &hayro::hayro_interpret::font::PositionedGlyph<'_>,
        props: &DrawProps<'_>,
        vertical: bool,
    ) {
        let text = match glyph.as_unicode() {
            Some(BfString::Char(character)) => character.to_string(),
            Some(BfString::String(characters)) => characters,
            None => return,
        };
        let transform = props.transform * glyph.transform();
        let origin = transform * Point::ORIGIN;
        let right = transform * Point::new(UNITS_PER_EM, 0.0) - origin;
        let up = transform * Point::new(0.0, UNITS_PER_EM) - origin;
        let (size, run) = (up.hypot(), right.hypot());
        if !self.bounds.contains(origin)
            || !size.is_finite()
            || !run.is_finite()
            || size < 0.1
            || run < 0.01
        {
            return;
        }
        let width = match &**glyph {
            PdfGlyph::Outline(outline) => outline.advance_width(),
            PdfGlyph::Type3(drawn) => drawn.advance_width(),
        };
        let (direction, advance) = if vertical {
            (up / -size, size)
        } else {
            (
                right / run,
                width.map_or(0.5, |width| f64::from(width) / UNITS_PER_EM) * run,
            )
        };
        self.glyphs.push(Glyph {
            text,
            origin,
            direction,
            advance,
            size,
        });
    }
}

impl Device<'_> for Listener {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        // Text that is filled and then stroked comes twice.
        if matches!(mode, DrawMode::Stroke(_))
            && self
                .glyphs
                .last()
                .is_some_and(|last| is_drawn_again(last, run, &props))
        {
            return;
        }
        let vertical = matches!(run.writing_mode(), WritingMode::Vertical);
        for glyph in run.glyphs() {
            if self.glyphs.len() < MAX_GLYPHS {
                self.note(glyph, &props, vertical);
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_clip_rect(&mut self, _: &Rect) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}

fn is_drawn_again(last: &Glyph, run: &GlyphRun<'_, '_>, props: &DrawProps<'_>) -> bool {
    run.glyphs().last().is_some_and(|glyph| {
        let origin = props.transform * glyph.transform() * Point::ORIGIN;
        origin.distance(last.origin) < last.size * 0.05
    })
}
