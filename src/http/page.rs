//! Lists by cursor: a page of items and where the next one begins.
//!
//! A cursor is opaque to callers; it holds the sort key of the last row, so that rows added meanwhile neither
//! repeat nor vanish.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// `cursor` and `limit` of a list request.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

impl ListQuery {
    /// How many items to give.
    pub fn limit(&self) -> u64 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }

    /// The position to go on from.
    pub fn position<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.cursor.as_deref().map(Cursor::decode).transpose()
    }
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
}

/// A position in a list, as opaque text.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// The text of a position.
    pub fn encode(position: &impl Serialize) -> Result<String> {
        let json = serde_json::to_vec(position).map_err(Error::internal)?;
        Ok(URL_SAFE_NO_PAD.encode(json))
    }

    /// The position of a text that [`Cursor::encode`] made.
    pub fn decode<T: DeserializeOwned>(text: &str) -> Result<T> {
        URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|json| serde_json::from_slice(&json).ok())
            .ok_or_else(|| {
                Error::field("cursor", "This is not a cursor of ours; start without one.")
            })
    }
}

/// Cuts `rows`, of which one more than `limit` was asked for, to `limit`, and gives the cursor of the next page,
/// made from the last row that stays.
pub fn next_cursor<R, K: Serialize>(
    rows: &mut Vec<R>,
    limit: u64,
    key: impl Fn(&R) -> K,
) -> Result<Option<String>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() <= limit {
        return Ok(None);
    }
    rows.truncate(limit);
    rows.last().map(|row| Cursor::encode(&key(row))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_leads_on_from_the_last_row_shown() {
        let mut rows = vec![1, 2, 3];
        let cursor = next_cursor(&mut rows, 2, |row| *row).unwrap().unwrap();
        assert_eq!(rows, [1, 2]);
        assert_eq!(Cursor::decode::<i32>(&cursor).unwrap(), 2);
    }

    #[test]
    fn the_last_page_has_no_cursor() {
        let mut rows = vec![1, 2];
        assert!(next_cursor(&mut rows, 2, |row| *row).unwrap().is_none());
    }
}
