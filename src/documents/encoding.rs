//! Bytes to characters.
//!
//! Text without a declared encoding is UTF-8 unless it starts with a mark that says otherwise; if it is not valid UTF-8
//! it is read as Windows-1252, in which every byte means something.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// The text of these bytes. Never fails: what cannot be read becomes a replacement character.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(mark..).unwrap_or_default())
            .0;
    }
    match UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text,
        None => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_encodings_are_told_apart() {
        assert_eq!(decode("Größe".as_bytes()), "Größe");
        assert_eq!(decode(b"Gr\xF6\xDFe \x80"), "Größe €");
        assert_eq!(decode(b"\xEF\xBB\xBFx"), "x");
        assert_eq!(decode(b"\xFF\xFEx\x00y\x00"), "xy");
    }
}
