//! How wide words are, and where to break lines.

use std::collections::HashMap;
use std::sync::OnceLock;

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::documents::fonts;

/// A built-in font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// For running text.
    Regular,
    /// For headings and stress.
    Bold,
    /// For code.
    Mono,
}

impl Face {
    /// Whether the built-in font can draw the character.
    pub(crate) fn has(self, character: char) -> bool {
        self.widths().contains_key(&character)
    }

    fn widths(self) -> &'static HashMap<char, f32> {
        static REGULAR: OnceLock<HashMap<char, f32>> = OnceLock::new();
        static BOLD: OnceLock<HashMap<char, f32>> = OnceLock::new();
        static MONO: OnceLock<HashMap<char, f32>> = OnceLock::new();
        match self {
            Self::Regular => REGULAR.get_or_init(|| read_widths(fonts::SANS_REGULAR)),
            Self::Bold => BOLD.get_or_init(|| read_widths(fonts::SANS_BOLD)),
            Self::Mono => MONO.get_or_init(|| read_widths(fonts::MONO_REGULAR)),
        }
    }
}

/// How wide a text is at a size.
pub(crate) fn width(text: &str, face: Face, size: f32) -> f32 {
    text.chars()
        .map(|character| advance(character, face))
        .sum::<f32>()
        * size
}

/// The text, cut to a width, with an ellipsis where something was cut.
pub(crate) fn fit(text: &str, face: Face, size: f32, room: f32) -> String {
    if width(text, face, size) <= room {
        return text.to_owned();
    }
    let room = room - width("…", face, size);
    let mut used = 0.0;
    let mut kept: String = text
        .chars()
        .take_while(|character| {
            used += advance(*character, face) * size;
            used <= room
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

/// In units of the font's size.
fn advance(character: char, face: Face) -> f32 {
    face.widths()
        .get(&character)
        .copied()
        .unwrap_or(match character {
            '\t' => 2.0,
            // Marks that sit on the letter before them.
            '\u{300}'..='\u{36F}'
            | '\u{591}'..='\u{5C7}'
            | '\u{64B}'..='\u{65F}'
            | '\u{200B}'..='\u{200F}' => 0.0,
            wide if is_wide(wide) => 1.0,
            _ => 0.6,
        })
}

/// Characters that fill a square and between which a line may be broken.
pub(super) fn is_wide(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

fn read_widths(data: &[u8]) -> HashMap<char, f32> {
    let Ok(font) = FontRef::new(data) else {
        return HashMap::new();
    };
    let units = f32::from(
        font.metrics(Size::unscaled(), LocationRef::default())
            .units_per_em,
    );
    let glyphs = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    font.charmap()
        .mappings()
        .filter_map(|(code, glyph)| {
            Some((char::from_u32(code)?, glyphs.advance_width(glyph)? / units))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_letters() {
        assert!(width("iiii", Face::Regular, 10.0) < width("MMMM", Face::Regular, 10.0));
        assert!((width("iM", Face::Mono, 10.0) - width("Mi", Face::Mono, 10.0)).abs() < 0.001);
        assert!(width("a", Face::Bold, 20.0) > width("a", Face::Bold, 10.0));
    }

    #[test]
    fn text_is_cut_to_fit() {
        let cut = fit("a long line of words", Face::Regular, 10.0, 50.0);
        assert!(cut.ends_with('…') && width(&cut, Face::Regular, 10.0) <= 50.0);
        assert_eq!(fit("short", Face::Regular, 10.0, 50.0), "short");
    }
}
