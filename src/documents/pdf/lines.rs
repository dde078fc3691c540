//! From glyphs to lines, words and a title.
//!
//! The order in which a PDF draws its text is nearly always the order in which it is read, so it is kept. Geometry only
//! decides what is one line, where its words end, and where a paragraph ends.

use hayro::kurbo::{Rect, Vec2};

use super::direction;
use super::glyphs::Glyph;

/// A gap wider than this part of the font's size is the space between two words.
const WORD_GAP: f64 = 0.17;
/// Glyphs whose feet differ by less than this part of the size stand on one line, footnote marks included.
const SAME_LINE: f64 = 0.45;
/// A jump along the line by more than this part of the size starts a new piece of it.
const NEW_PIECE: f64 = 0.6;
/// A gap along the line by more than this many sizes parts it, as between the columns of a table.
const COLUMN_GAP: f64 = 2.0;
/// How far letters reach above and below the line on which they stand, in parts of the size.
const ASCENT: f64 = 0.85;
const DESCENT: f64 = 0.22;
/// A step down by more than this part of the size ends a paragraph.
const PARAGRAPH_GAP: f64 = 1.9;
/// A line this much larger than the usual text is a heading.
const HEADING: f64 = 1.15;

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// Its words, in logical order.
    pub(super) text: String,
    /// The largest font on it.
    pub(super) size: f64,
    /// How far down the page it stands.
    pub(super) y: f64,
    /// What stands together on it, with the area that it covers.
    pub(super) pieces: Vec<(Rect, String)>,
}

/// The lines of a page, in the order in which they are drawn.
pub(super) fn gather(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut current: Vec<Glyph> = Vec::new();
    for glyph in glyphs {
        if current
            .last()
            .is_some_and(|last| !stands_beside(last, &glyph))
        {
            lines.extend(close(std::mem::take(&mut current)));
        }
        current.push(glyph);
    }
    lines.extend(close(current));
    lines
}

/// The text of a page: a line for each line, an empty one between paragraphs.
pub(super) fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut last: Option<&Line> = None;
    for line in lines {
        if let Some(last) = last {
            let step = line.y - last.y;
            let apart = step < 0.0 || step > PARAGRAPH_GAP * last.size.max(line.size);
            text.push_str(if apart { "\n\n" } else { "\n" });
        }
        text.push_str(&line.text);
        last = Some(line);
    }
    text
}

/// What the page is about: the largest writing in its upper part, or else its first line.
pub(super) fn title(lines: &[Line], page_height: f64) -> String {
    let readable = |line: &&Line| line.text.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let usual = usual_size(lines);
    let largest = lines
        .iter()
        .filter(readable)
        .filter(|line| line.y < page_height * 0.6)
        .map(|line| line.size)
        .fold(0.0, f64::max);
    if largest < usual * HEADING {
        return lines
            .iter()
            .find(readable)
            .map(|line| line.text.clone())
            .unwrap_or_default();
    }
    let is_title = |line: &&Line| line.size >= largest * 0.95;
    let first = lines
        .iter()
        .position(|line| is_title(&line) && readable(&line))
        .unwrap_or(0);
    let words: Vec<&str> = lines
        .iter()
        .skip(first)
        .take_while(is_title)
        .take(3)
        .map(|line| line.text.as_str())
        .collect();
    words.join(" ")
}

/// The size in which most characters are set.
fn usual_size(lines: &[Line]) -> f64 {
    let mut sizes: Vec<(f64, usize)> = lines
        .iter()
        .map(|line| (line.size, line.text.len()))
        .collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, length)| length).sum::<usize>() / 2;
    let mut seen = 0;
    sizes
        .iter()
        .find(|(_, length)| {
            seen += length;
            seen >= half
        })
        .map_or(0.0, |(size, _)| *size)
}

fn stands_beside(last: &Glyph, next: &Glyph) -> bool {
    let step = next.origin - last.origin;
    let size = last.size.max(next.size);
    last.direction.dot(next.direction) > 0.98 && step.cross(last.direction).abs() < size * SAME_LINE
}

/// Makes a line of glyphs that stand on one.
fn close(glyphs: Vec<Glyph>) -> Option<Line> {
    let first = glyphs.first()?;
    let direction = first.direction;
    let y = first.origin.y;
    let size = glyphs
        .iter()
        .filter(|glyph| !glyph.text.trim().is_empty())
        .map(|glyph| glyph.size)
        .fold(0.0, f64::max);
    let glyphs = in_order_of_place(glyphs, direction);
    let words = direction::logical_order(with_spaces(&glyphs, direction));
    let text = clean(&words);
    (!text.is_empty()).then(|| Line {
        pieces: pieces(&glyphs, direction, &text),
        text,
        size,
        y,
    })
}

/// The parts of a line between its wide gaps. A line with right-to-left writing stays whole: what is read first may
/// stand in the middle of it.
fn pieces(glyphs: &[Glyph], direction: Vec2, text: &str) -> Vec<(Rect, String)> {
    if direction::is_right_to_left(text) {
        return area(glyphs)
            .map(|area| (area, text.to_owned()))
            .into_iter()
            .collect();
    }
    glyphs
        .chunk_by(|last, next| {
            let gap = place(next, direction) - place(last, direction) - last.advance;
            gap <= COLUMN_GAP * last.size.max(next.size)
        })
        .filter_map(|piece| {
            let words = clean(&with_spaces(piece, direction));
            (!words.is_empty()).then_some((area(piece)?, words))
        })
        .collect()
}

/// The area that glyphs cover.
fn area(glyphs: &[Glyph]) -> Option<Rect> {
    glyphs
        .iter()
        .filter(|glyph| !glyph.text.trim().is_empty())
        .map(|glyph| {
            let along = glyph.direction * glyph.advance;
            // The page's ordinate grows downwards.
            let up = Vec2::new(glyph.direction.y, -glyph.direction.x) * glyph.size;
            let corner = |along: Vec2, rise: f64| glyph.origin + along + up * rise;
            Rect::from_points(corner(Vec2::ZERO, ASCENT), corner(along, -DESCENT))
        })
        .reduce(|all, one| all.union(one))
}

fn place(glyph: &Glyph, direction: Vec2) -> f64 {
    glyph.origin.to_vec2().dot(direction)
}

/// Pieces of a line may be drawn in any order; inside a piece the order of drawing is kept, so that an accent stays
/// behind its letter. Right-to-left writing is drawn either way round and is put in order of place altogether.
fn in_order_of_place(glyphs: Vec<Glyph>, direction: Vec2) -> Vec<Glyph> {
    if glyphs
        .iter()
        .any(|glyph| direction::is_right_to_left(&glyph.text))
    {
        return direction::in_order_of_sight(glyphs, |glyph| {
            (place(glyph, direction), glyph.text.as_str())
        });
    }
    let mut pieces: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        let jump = pieces.last().and_then(|piece| piece.last()).map(|last| {
            (place(&glyph, direction) - place(last, direction) - last.advance).abs()
                > NEW_PIECE * last.size
        });
        match (jump, pieces.last_mut()) {
            (Some(false), Some(piece)) => piece.push(glyph),
            _ => pieces.push(vec![glyph]),
        }
    }
    let start = |piece: &Vec<Glyph>| piece.first().map_or(0.0, |glyph| place(glyph, direction));
    pieces.sort_by(|a, b| start(a).total_cmp(&start(b)));
    pieces.into_iter().flatten().collect()
}

/// The texts of the glyphs with a space wherever the gap says that a word ends.
fn with_spaces(glyphs: &[Glyph], direction: Vec2) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::with_capacity(glyphs.len());
    let mut last: Option<&Glyph> = None;
    for glyph in glyphs {
        if let Some(last) = last {
            let step = place(glyph, direction) - place(last, direction);
            // Bold is sometimes faked by drawing a letter twice with a small shift.
            if glyph.text == last.text && step.abs() < last.size * 0.08 {
                continue;
            }
            let gap = step - last.advance;
            // A mark above or below a letter has no width of its own to measure a gap from.
            let is_mark = direction::is_mark(&glyph.text) || direction::is_mark(&last.text);
            if !is_mark && gap > last.size.min(glyph.size) * WORD_GAP {
                tokens.push(" ".to_owned());
            }
        }
        tokens.push(glyph.text.clone());
        last = Some(glyph);
    }
    tokens
}

/// One space between words, ligatures as letters, nothing invisible.
fn clean(tokens: &[String]) -> String {
    let mut text = String::new();
    for character in tokens.iter().flat_map(|token| token.chars()) {
        match character {
            '\u{FB00}' => text.push_str("ff"),
            '\u{FB01}' => text.push_str("fi"),
            '\u{FB02}' => text.push_str("fl"),
            '\u{FB03}' => text.push_str("ffi"),
            '\u{FB04}' => text.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => text.push_str("st"),
            '\u{AD}' | '\u{200B}' | '\u{FEFF}' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' => {}
            space if space.is_whitespace() => {
                if !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            control if control.is_control() => {}
            other => text.push(other),
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Point;

    use super::*;

    fn written(text: &str, x: f64, y: f64, size: f64) -> Vec<Glyph> {
        let half = size / 2.0;
        (0_u32..)
            .zip(text.chars())
            .map(|(at, character)| Glyph {
                text: character.to_string(),
                origin: Point::new(x + f64::from(at) * half, y),
                direction: Vec2::new(1.0, 0.0),
                advance: half,
                size,
            })
            .collect()
    }

    #[test]
    fn gaps_become_spaces_and_steps_become_lines() {
        let glyphs = [
            written("two", 0.0, 10.0, 10.0),
            written("words", 20.0, 10.0, 10.0),
            written("below", 0.0, 22.0, 10.0),
        ];
        let lines = gather(glyphs.concat());
        assert_eq!(text(&lines), "two words\nbelow");
    }

    #[test]
    fn a_line_covers_its_letters_and_columns_stand_apart() {
        let glyphs = [
            written("one", 0.0, 10.0, 10.0),
            written("two", 100.0, 10.0, 10.0),
        ];
        let lines = gather(glyphs.concat());
        assert_eq!(text(&lines), "one two");
        let pieces = &lines[0].pieces;
        assert_eq!(
            pieces[0],
            (Rect::new(0.0, 1.5, 15.0, 12.2), "one".to_owned())
        );
        assert_eq!(pieces[1].1, "two");
        assert!((pieces[1].0.x0 - 100.0).abs() < 0.1);
    }

    #[test]
    fn right_to_left_writing_stays_one_piece_in_logical_order() {
        let glyphs = [
            written("\u{5D1}\u{5D0}", 0.0, 10.0, 10.0),
            written("\u{5D3}\u{5D2}", 100.0, 10.0, 10.0),
        ];
        let lines = gather(glyphs.concat());
        let pieces = &lines[0].pieces;
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].1, "\u{5D2}\u{5D3} \u{5D0}\u{5D1}");
    }

    #[test]
    fn pieces_drawn_out_of_order_are_read_in_order() {
        let glyphs = [
            written("second", 50.0, 10.0, 10.0),
            written("first", 0.0, 10.0, 10.0),
        ];
        assert_eq!(text(&gather(glyphs.concat())), "first second");
    }

    #[test]
    fn the_title_is_the_largest_writing_near_the_top() {
        let glyphs = [
            written("small print", 0.0, 10.0, 8.0),
            written("A large heading", 0.0, 40.0, 24.0),
            written("on two lines", 0.0, 70.0, 24.0),
            written("and a lot of the usual text that follows", 0.0, 100.0, 10.0),
        ];
        assert_eq!(
            title(&gather(glyphs.concat()), 800.0),
            "A large heading on two lines"
        );
    }

    #[test]
    fn without_a_heading_the_first_line_is_the_title() {
        let glyphs = [
            written("Dear reader", 0.0, 10.0, 10.0),
            written("thank you", 0.0, 22.0, 10.0),
        ];
        assert_eq!(title(&gather(glyphs.concat()), 800.0), "Dear reader");
    }

    #[test]
    fn ligatures_are_taken_apart() {
        assert_eq!(
            clean(&[
                "o\u{FB03}ce".to_owned(),
                "\u{A0}".to_owned(),
                " x".to_owned()
            ]),
            "office x"
        );
    }

    #[test]
    fn letters_drawn_twice_are_read_once() {
        let mut glyphs = written("ab", 0.0, 10.0, 10.0);
        let mut again = glyphs.clone();
        for glyph in &mut again {
            glyph.origin.x += 0.3;
        }
        glyphs = glyphs
            .into_iter()
            .zip(again)
            .flat_map(|(one, two)| [one, two])
            .collect();
        assert_eq!(text(&gather(glyphs)), "ab");
    }
}
