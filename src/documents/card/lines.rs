//! Words into lines.
//!
//! A line is broken at a space, between characters that fill a square, or inside a word that is wider than a line.

use super::measure::{Face, is_wide, width};
use super::svg::{Drawing, Ink};
use crate::documents::blocks::{Look, Span};

/// The size of code.
pub(super) const CODE: f32 = 12.5;

/// A line: stretches of one look, with their distance from its beginning.
pub(super) type Line = Vec<(f32, Span)>;

/// The font of a look.
fn face(look: Look) -> Face {
    match look {
        Look::Plain | Look::Link => Face::Regular,
        Look::Bold => Face::Bold,
        Look::Code => Face::Mono,
    }
}

/// Draws a line that starts at a point on its base line.
pub(super) fn draw_line(
    drawing: &mut Drawing,
    x: f32,
    base: f32,
    line: &Line,
    size: f32,
    ink: Ink,
) {
    for (offset, span) in line {
        let (size, ink) = match span.look {
            Look::Code => (size * 0.9, ink),
            Look::Link => (size, Ink::Link),
            _ => (size, ink),
        };
        drawing.text((x + offset, base), &span.text, face(span.look), size, ink);
    }
}

/// Breaks spans into lines at spaces, between wide characters, and inside a word only when it fills a line by itself.
pub(super) fn break_lines(spans: &[Span], room: f32, size: f32) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![Vec::new()];
    let mut x = 0.0;
    for span in spans {
        let size = if span.look == Look::Code {
            size * 0.9
        } else {
            size
        };
        for piece in pieces(&span.text) {
            if piece == "\n" {
                // The break stays in the text, so that what is copied or searched has it too; it draws nothing.
                append(&mut lines, x, piece, span.look);
                lines.push(Vec::new());
                x = 0.0;
                continue;
            }
            let wide = width(piece, face(span.look), size);
            let visible = width(piece.trim_end(), face(span.look), size);
            if x > 0.0 && x + visible > room {
                lines.push(Vec::new());
                x = 0.0;
            }
            let mut rest = piece;
            while width(rest.trim_end(), face(span.look), size) > room {
                let cut = cut_at(rest, face(span.look), size, room);
                let (now, later) = rest.split_at(cut);
                append(&mut lines, 0.0, now, span.look);
                lines.push(Vec::new());
                rest = later;
            }
            append(&mut lines, x, rest, span.look);
            x += if rest.len() == piece.len() {
                wide
            } else {
                width(rest, face(span.look), size)
            };
        }
    }
    if lines.len() > 1 && lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

fn append(lines: &mut [Line], x: f32, text: &str, look: Look) {
    let Some(line) = lines.last_mut() else {
        return;
    };
    match line.last_mut() {
        Some((_, last)) if last.look == look => last.text.push_str(text),
        _ => line.push((
            x,
            Span {
                text: text.to_owned(),
                look,
            },
        )),
    }
}

/// Words with the spaces behind them, forced breaks, and wide characters one by one.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut previous: Option<char> = None;
    for (at, character) in text.char_indices() {
        let breaks = match previous {
            Some(before) => {
                character == '\n'
                    || before == '\n'
                    || (before == ' ' && character != ' ')
                    || is_wide(before)
                    || is_wide(character)
                    || (before == '-' && character.is_alphabetic() && at - start > 3)
            }
            None => false,
        };
        if breaks {
            pieces.extend(text.get(start..at));
            start = at;
        }
        previous = Some(character);
    }
    pieces.extend(text.get(start..).filter(|piece| !piece.is_empty()));
    pieces
}

fn cut_at(text: &str, face: Face, size: f32, room: f32) -> usize {
    let mut used = 0.0;
    let cut = text.char_indices().find(|(_, character)| {
        used += width(character.encode_utf8(&mut [0; 4]), face, size);
        used > room
    });
    let first = text.chars().next().map_or(1, char::len_utf8);
    cut.map_or(text.len(), |(at, _)| at).max(first)
}

/// Breaks a line of code, at a space where there is one near the end.
pub(super) fn break_code(line: &str, room: f32) -> Vec<String> {
    let line = line.replace('\t', "    ");
    let mut lines = Vec::new();
    let mut rest = line.as_str();
    while width(rest, Face::Mono, CODE) > room {
        let (full, _) = rest.split_at(cut_at(rest, Face::Mono, CODE, room));
        // At a space, if there is one that is not in the indentation.
        let at = full
            .rfind(' ')
            .map(|at| at + 1)
            .filter(|at| *at > full.len() / 2)
            .unwrap_or(full.len());
        let (now, later) = rest.split_at(at);
        lines.push(now.to_owned());
        rest = later;
    }
    lines.push(rest.to_owned());
    lines
}

/// What lines say. Where they were only broken for want of room they are joined again.
pub(super) fn text_of(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        let words: String = line.iter().map(|(_, span)| span.text.as_str()).collect();
        text.push_str(words.trim_matches(' '));
        if !text.ends_with('\n') {
            text.push(' ');
        }
    }
    text.trim().to_owned()
}

/// The spans of lines that are still to be laid out.
pub(super) fn rest_of(lines: &[Line]) -> Option<Vec<Span>> {
    let mut spans: Vec<Span> = Vec::new();
    for line in lines {
        spans.extend(line.iter().map(|(_, span)| span.clone()));
        if let Some(last) = spans.last_mut()
            && !last.text.ends_with([' ', '\n'])
        {
            last.text.push(' ');
        }
    }
    (!spans.is_empty()).then_some(spans)
}
