//! `Range` requests (RFC 9110): which bytes of a file a request asks for.
//!
//! Only one range at a time is served; a request for several gets the whole, as the RFC allows.

use std::ops::Range;

use actix_web::http::header::{self, HeaderMap};

use crate::error::{Code, Error, Result};

/// The bytes that the request asks for, of a file of `length` bytes; `None` for all of them.
pub fn requested_range(headers: &HeaderMap, etag: &str, length: u64) -> Result<Option<Range<u64>>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(wanted) = text(header::RANGE) else {
        return Ok(None);
    };
    // The rest of a file is of no use when its beginning came from another.
    if text(header::IF_RANGE).is_some_and(|known| known != etag) {
        return Ok(None);
    }
    parse(wanted, length)
}

fn parse(wanted: &str, length: u64) -> Result<Option<Range<u64>>> {
    let Some((first, last)) = wanted
        .strip_prefix("bytes=")
        .filter(|rest| !rest.contains(','))
        .and_then(|rest| rest.trim().split_once('-'))
    else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Ok(None),
    };
    if range.is_empty() {
        return Err(Error::new(
            Code::RangeNotSatisfiable,
            format!("The file has {length} bytes."),
        ));
    }
    Ok(Some(range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_file() {
        assert_eq!(parse("bytes=0-0", 10).unwrap(), Some(0..1));
        assert_eq!(parse("bytes=5-99", 10).unwrap(), Some(5..10));
        assert_eq!(parse("bytes=7-", 10).unwrap(), Some(7..10));
        assert_eq!(parse("bytes=-3", 10).unwrap(), Some(7..10));
        assert_eq!(parse("bytes=-30", 10).unwrap(), Some(0..10));
    }

    #[test]
    fn what_is_behind_the_end_is_refused() {
        for wanted in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            let error = parse(wanted, 10).unwrap_err();
            assert_eq!(error.code, Code::RangeNotSatisfiable, "{wanted}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_applied() {
        for wanted in [
            "bytes=5-3",
            "pages=1-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes",
        ] {
            assert_eq!(parse(wanted, 10).unwrap(), None, "{wanted}");
        }
    }
}
