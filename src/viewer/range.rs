//! The `Range` header of players that seek: one range of bytes, or the whole file.

use std::ops::Range;

/// What part of a file was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it. Also the answer to what cannot be understood, as RFC 9110 allows.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that the file does not have.
    Unsatisfiable,
}

/// Reads a `Range` header for a file of `size` bytes.
pub(super) fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some((first, last)) = header
        .and_then(|value| value.trim().strip_prefix("bytes="))
        .and_then(|spec| spec.split_once('-'))
    else {
        return Wanted::Whole;
    };
    let range = match (first.trim(), last.trim()) {
        ("", suffix) => match suffix.parse::<u64>() {
            Ok(length) => size.saturating_sub(length)..size,
            Err(_) => return Wanted::Whole,
        },
        (first, last) => match (first.parse::<u64>(), last) {
            (Ok(start), "") => start..size,
            (Ok(start), last) => match last.parse::<u64>() {
                Ok(last) if last >= start => start..last.saturating_add(1).min(size),
                _ => return Wanted::Whole,
            },
            (Err(_), _) => return Wanted::Whole,
        },
    };
    if range.start < range.end {
        Wanted::Part(range)
    } else {
        Wanted::Unsatisfiable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_in_its_three_forms() {
        assert_eq!(wanted(Some("bytes=0-1"), 10), Wanted::Part(0..2));
        assert_eq!(wanted(Some("bytes=4-"), 10), Wanted::Part(4..10));
        assert_eq!(wanted(Some("bytes=-3"), 10), Wanted::Part(7..10));
        assert_eq!(wanted(Some("bytes=8-99"), 10), Wanted::Part(8..10));
        assert_eq!(wanted(Some("bytes=-99"), 10), Wanted::Part(0..10));
    }

    #[test]
    fn nonsense_gets_the_whole_file_and_a_start_beyond_its_end_none() {
        for header in [
            None,
            Some("lines=1-2"),
            Some("bytes=a-b"),
            Some("bytes=5-2"),
            Some("bytes=0-1,4-5"),
        ] {
            assert_eq!(wanted(header, 10), Wanted::Whole, "{header:?}");
        }
        assert_eq!(wanted(Some("bytes=10-"), 10), Wanted::Unsatisfiable);
        assert_eq!(wanted(Some("bytes=-0"), 10), Wanted::Unsatisfiable);
    }
}
