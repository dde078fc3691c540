//! A drawing of text and boxes, as SVG.

use std::fmt::Write;

use super::measure::{Face, width};
use crate::documents::fonts::{MONO, SANS};
use crate::documents::layout::{Area, PageLayout, PageLine};

/// The colours of pages of our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// Text.
    Text,
    /// Less important text.
    Faint,
    /// Text on something dark.
    Light,
    /// Lines between things.
    Line,
    /// A tint behind things.
    Tint,
    /// Paper.
    Paper,
    /// What leads somewhere.
    Link,
    /// A dark ground.
    Dark,
}

impl Ink {
    fn colour(self) -> &'static str {
        match self {
            Self::Text => "#1f2933",
            Self::Faint => "#5b6672",
            Self::Light | Self::Paper => "#ffffff",
            Self::Line => "#d9dde2",
            Self::Tint => "#f1f3f5",
            Self::Link => "#245b8f",
            Self::Dark => "#1d2730",
        }
    }
}

/// Shapes and texts on a sheet. Lengths are in units of which a sheet is some 800 wide.
#[derive(Debug, Clone)]
pub(crate) struct Drawing {
    width: f32,
    height: f32,
    ground: Ink,
    content: String,
    texts: Vec<Written>,
}

/// A stretch of text and where it stands.
#[derive(Debug, Clone)]
struct Written {
    x: f32,
    base: f32,
    end: f32,
    size: f32,
    text: String,
}

/// How far a text reaches above and below its base line, in parts of its size.
const ABOVE: f32 = 0.85;
const BELOW: f32 = 0.22;

impl Drawing {
    /// An empty sheet.
    pub(crate) fn new(width: f32, height: f32, ground: Ink) -> Self {
        Self {
            width,
            height,
            ground,
            content: String::new(),
            texts: Vec::new(),
        }
    }

    /// Cuts or lengthens the sheet.
    pub(crate) fn set_height(&mut self, height: f32) {
        self.height = height;
    }

    /// A filled box.
    pub(crate) fn rect(&mut self, [x, y, width, height]: [f32; 4], radius: f32, ink: Ink) {
        let colour = ink.colour();
        let _ = write!(
            self.content,
            "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" rx=\"{radius:.1}\" fill=\"{colour}\"/>"
        );
    }

    /// A filled shape with straight sides.
    pub(crate) fn polygon(&mut self, points: &[(f32, f32)], ink: Ink) {
        let points: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = write!(
            self.content,
            "<polygon points=\"{}\" fill=\"{}\"/>",
            points.join(" "),
            ink.colour()
        );
    }

    /// A filled circle.
    pub(crate) fn circle(&mut self, (x, y): (f32, f32), radius: f32, ink: Ink) {
        let _ = write!(
            self.content,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{}\"/>",
            ink.colour()
        );
    }

    /// A picture of our own making, PNG in Base64.
    pub(crate) fn picture(&mut self, [x, y, width, height]: [f32; 4], png: &str) {
        let _ = write!(
            self.content,
            "<image x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" preserveAspectRatio=\"none\" href=\"data:image/png;base64,{png}\"/>"
        );
    }

    /// Text that starts at a point on its base line.
    pub(crate) fn text(&mut self, (x, y): (f32, f32), text: &str, face: Face, size: f32, ink: Ink) {
        let (family, weight) = match face {
            Face::Regular => (SANS, 400),
            Face::Bold => (SANS, 600),
            Face::Mono => (MONO, 400),
        };
        let _ = write!(
            self.content,
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-family=\"{family}\" font-weight=\"{weight}\" font-size=\"{size:.2}\" fill=\"{}\" xml:space=\"preserve\">{}</text>",
            ink.colour(),
            escape(text),
        );
        self.note((x, y), text, face, size);
    }

    /// Stretches that follow each other on a line, such as plain words and stressed ones, are one line to a reader.
    fn note(&mut self, (x, base): (f32, f32), text: &str, face: Face, size: f32) {
        let text: String = text.chars().filter(|one| !one.is_control()).collect();
        if text.trim().is_empty() {
            return;
        }
        let end = x + width(text.trim_end(), face, size);
        if let Some(last) = self.texts.last_mut()
            && (last.base - base).abs() < 0.01
            && x >= last.x
            && x - last.end < size * 0.5
        {
            if x - last.end > size * 0.1 && !last.text.ends_with(' ') && !text.starts_with(' ') {
                last.text.push(' ');
            }
            last.text.push_str(&text);
            last.end = end;
            last.size = last.size.max(size);
            return;
        }
        self.texts.push(Written {
            x,
            base,
            end,
            size,
            text,
        });
    }

    /// Where its words stand, in the order in which they were written.
    pub(crate) fn layout(&self) -> PageLayout {
        let lines = self.texts.iter().filter_map(|one| {
            let part = |at: f32, of: f32| f64::from(at / of);
            let area = Area::of_fractions(
                part(one.x, self.width),
                part(one.base - one.size * ABOVE, self.height),
                part(one.end, self.width),
                part(one.base + one.size * BELOW, self.height),
            )?;
            Some(PageLine(area, one.text.trim_end().to_owned()))
        });
        PageLayout {
            lines: lines.collect(),
            ..PageLayout::default()
        }
    }

    /// The finished picture.
    pub(crate) fn to_svg(&self) -> String {
        let Self {
            width,
            height,
            ground,
            content,
            ..
        } = self;
        let colour = ground.colour();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\"><rect width=\"{width}\" height=\"{height}\" fill=\"{colour}\"/>{content}</svg>"
        )
    }
}

/// Characters that XML cannot hold are dropped, those that mean something to it are written as references.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' => escaped.push_str("    "),
            '\u{FFFE}' | '\u{FFFF}' => {}
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_with_their_places_line_by_line() {
        let mut drawing = Drawing::new(800.0, 400.0, Ink::Paper);
        let plain = width("Plain and ", Face::Regular, 20.0);
        drawing.text((80.0, 100.0), "Plain and ", Face::Regular, 20.0, Ink::Text);
        drawing.text((80.0 + plain, 100.0), "bold", Face::Bold, 20.0, Ink::Text);
        drawing.text(
            (600.0, 100.0),
            "another cell",
            Face::Regular,
            20.0,
            Ink::Text,
        );
        drawing.text((80.0, 130.0), " ", Face::Regular, 20.0, Ink::Text);
        drawing.text((80.0, 390.0), "cut\noff", Face::Regular, 20.0, Ink::Text);
        // Laid out first, its length decided at the end.
        drawing.set_height(200.0);
        let PageLayout { lines, links } = drawing.layout();
        let texts: Vec<&str> = lines
            .iter()
            .map(|PageLine(_, text)| text.as_str())
            .collect();
        assert_eq!(texts, ["Plain and bold", "another cell"]);
        let PageLine(Area(left, top, wide, tall), _) = lines[0];
        assert_eq!((left, top, tall), (1_000, 4_150, 1_070));
        let right = f32::from(left + wide) / 10_000.0 * 800.0;
        let end = 80.0 + plain + width("bold", Face::Bold, 20.0);
        assert!((right - end).abs() < 0.1, "{right} {end}");
        assert!(links.is_empty());
    }

    #[test]
    fn text_cannot_leave_its_element() {
        let mut drawing = Drawing::new(10.0, 10.0, Ink::Paper);
        drawing.text(
            (0.0, 0.0),
            "</text><script>&\u{1}",
            Face::Regular,
            10.0,
            Ink::Text,
        );
        assert!(
            drawing
                .to_svg()
                .contains("&lt;/text&gt;&lt;script&gt;&amp;</text>")
        );
    }
}
