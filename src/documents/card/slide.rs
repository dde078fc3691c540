//! Words on a slide.

use super::measure::{Face, fit, width};
use super::svg::{Drawing, Ink};
use crate::documents::outline::Slide;

const WIDTH: f32 = 960.0;
const HEIGHT: f32 = 540.0;
const MARGIN: f32 = 64.0;
const BOTTOM: f32 = HEIGHT - 44.0;

/// A slide with its title and its text, in letters as large as fit.
pub(super) fn lay_out(slide: &Slide) -> Drawing {
    let body: Vec<&str> = body_of(slide);
    let sizes = [22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 10.5, 9.0];
    let last = sizes.len() - 1;
    for (at, size) in sizes.into_iter().enumerate() {
        let mut drawing = Drawing::new(WIDTH, HEIGHT, Ink::Paper);
        let top = draw_title(&mut drawing, &slide.title);
        let fits = draw_body(&mut drawing, &body, top, size);
        if fits || at == last {
            return drawing;
        }
    }
    Drawing::new(WIDTH, HEIGHT, Ink::Paper)
}

/// A dark slide with the sign for a video.
pub(super) fn video(title: &str, note: &str) -> Drawing {
    let mut drawing = Drawing::new(WIDTH, HEIGHT, Ink::Dark);
    let (x, y) = (WIDTH / 2.0, HEIGHT / 2.0 - 40.0);
    drawing.circle((x, y), 62.0, Ink::Light);
    drawing.polygon(
        &[(x - 18.0, y - 30.0), (x - 18.0, y + 30.0), (x + 34.0, y)],
        Ink::Dark,
    );
    let mut centred = |text: &str, y: f32, face: Face, size: f32, ink: Ink| {
        let text = fit(text, face, size, WIDTH - 2.0 * MARGIN);
        drawing.text(
            ((WIDTH - width(&text, face, size)) / 2.0, y),
            &text,
            face,
            size,
            ink,
        );
    };
    centred(title, y + 125.0, Face::Bold, 30.0, Ink::Light);
    centred(note, y + 160.0, Face::Regular, 18.0, Ink::Line);
    drawing
}

/// The lines below the title.
fn body_of(slide: &Slide) -> Vec<&str> {
    let mut lines: Vec<&str> = slide
        .text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    if let Some(at) = lines
        .iter()
        .position(|line| line.trim() == slide.title.trim())
    {
        lines.remove(at);
    }
    lines
}

fn draw_title(drawing: &mut Drawing, title: &str) -> f32 {
    let mut y = 52.0;
    let size = if title.chars().count() > 60 {
        28.0
    } else {
        34.0
    };
    for line in wrap(title, Face::Bold, size, WIDTH - 2.0 * MARGIN)
        .into_iter()
        .take(3)
    {
        y += size * 1.2;
        drawing.text((MARGIN, y), &line, Face::Bold, size, Ink::Text);
    }
    drawing.rect(
        [MARGIN, y + 18.0, WIDTH - 2.0 * MARGIN, 1.0],
        0.0,
        Ink::Line,
    );
    y + 32.0
}

fn draw_body(drawing: &mut Drawing, lines: &[&str], top: f32, size: f32) -> bool {
    let step = size * 1.35;
    let mut y = top;
    for line in lines {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() > 1 {
            y += step;
            if y > BOTTOM {
                return false;
            }
            draw_cells(drawing, &cells, y, size * 0.8);
            continue;
        }
        for part in wrap(line, Face::Regular, size, WIDTH - 2.0 * MARGIN) {
            y += step;
            if y > BOTTOM {
                drawing.text(
                    (MARGIN, BOTTOM + 20.0),
                    "…",
                    Face::Regular,
                    size,
                    Ink::Faint,
                );
                return false;
            }
            drawing.text((MARGIN, y), &part, Face::Regular, size, Ink::Text);
        }
        y += size * 0.35;
    }
    true
}

fn draw_cells(drawing: &mut Drawing, cells: &[&str], y: f32, size: f32) {
    #[expect(clippy::cast_precision_loss, reason = "a handful of cells")]
    let room = (WIDTH - 2.0 * MARGIN) / cells.len() as f32;
    let mut x = MARGIN;
    for cell in cells {
        drawing.text(
            (x, y),
            &fit(cell, Face::Regular, size, room - 10.0),
            Face::Regular,
            size,
            Ink::Text,
        );
        x += room;
    }
}

fn wrap(text: &str, face: Face, size: f32, room: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if width(line, face, size) + width(" ", face, size) + width(word, face, size)
                    <= room =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
        .into_iter()
        .map(|line| fit(&line, face, size, room))
        .collect()
}
