//! The title that a PDF gives itself.
//!
//! It is stored as raw bytes in one of three encodings, and often says more about the program than about the document.

use crate::documents::titles;

/// The title as people would write it, if there is one worth showing.
pub(super) fn decode(bytes: &[u8]) -> Option<String> {
    let text = match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Some programs write UTF-8 without saying so; by chance it is next to never valid.
        other => match std::str::from_utf8(other) {
            Ok(text) if !other.is_ascii() => text.to_owned(),
            _ => other.iter().map(|byte| pdf_doc_encoding(*byte)).collect(),
        },
    };
    titles::worth_showing(&text)
}

fn utf16(bytes: &[u8], join: fn([u8; 2]) -> u16) -> String {
    let units = bytes
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok().map(join));
    char::decode_utf16(units)
        .map(|unit| unit.unwrap_or('\u{FFFD}'))
        .collect()
}

/// `PDFDocEncoding`: Latin-1 with typographic signs in the gaps.
fn pdf_doc_encoding(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const SIGNS: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚',
        '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
    ];
    let from = |table: &[char], start: u8| {
        table
            .get(usize::from(byte - start))
            .copied()
            .unwrap_or('\u{FFFD}')
    };
    match byte {
        0x18..=0x1F => from(&ACCENTS, 0x18),
        0x80..=0xA0 => from(&SIGNS, 0x80),
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_encodings_are_read() {
        assert_eq!(
            decode(b"\xFE\xFF\x00P\x00r\x00\xE9\x20\x14").as_deref(),
            Some("Pré—")
        );
        assert_eq!(
            decode(b"Caf\xE9 \x84 \xA0 5").as_deref(),
            Some("Café — € 5")
        );
        assert_eq!(decode("\u{FEFF}Größe".as_bytes()).as_deref(), Some("Größe"));
        assert_eq!(decode("Größe".as_bytes()).as_deref(), Some("Größe"));
    }
}
