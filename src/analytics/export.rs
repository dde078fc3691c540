//! Rows as a CSV file, streamed.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures::stream;

use super::rows::ContentRow;
use super::scope::Period;
use crate::error::{Error, Result};

/// How many rows go out at a time.
const ROWS_AT_A_TIME: usize = 200;

const HEADER: [&str; 13] = [
    "asset_id",
    "title",
    "kind",
    "state",
    "used",
    "sent",
    "read",
    "completion",
    "dwell_seconds_per_page",
    "shares",
    "downloads",
    "opportunities_touched",
    "excluded_visits",
];

/// The rows as a file. Won amounts get a column per currency.
pub(super) fn csv(rows: Vec<ContentRow>, period: Period) -> HttpResponse {
    let mut currencies: Vec<String> = rows
        .iter()
        .flat_map(|row| {
            row.won_amount
                .iter()
                .map(|money| money.currency.to_string())
        })
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    let name = format!("content-{}-to-{}.csv", period.from, period.to);
    let head = head(&currencies);
    let parts = stream::unfold((Some(head), rows.into_iter()), move |(head, mut rows)| {
        let currencies = currencies.clone();
        async move {
            if let Some(head) = head {
                return Some((head, (None, rows)));
            }
            let chunk: Vec<ContentRow> = rows.by_ref().take(ROWS_AT_A_TIME).collect();
            if chunk.is_empty() {
                return None;
            }
            Some((text(&chunk, &currencies), (None, rows)))
        }
    });
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ))
        .streaming(futures::StreamExt::map(parts, |part: Result<Bytes>| {
            part.map_err(actix_web::Error::from)
        }))
}

fn head(currencies: &[String]) -> Result<Bytes> {
    let won = currencies.iter().map(|currency| format!("won_{currency}"));
    write(|writer| writer.write_record(HEADER.iter().map(|name| (*name).to_owned()).chain(won)))
}

fn text(rows: &[ContentRow], currencies: &[String]) -> Result<Bytes> {
    write(|writer| {
        rows.iter()
            .try_for_each(|row| writer.write_record(record(row, currencies)))
    })
}

fn record(row: &ContentRow, currencies: &[String]) -> Vec<String> {
    let dwell = row
        .dwell_ms_per_page
        .map(|ms| format!("{}.{:03}", ms / 1_000, ms % 1_000));
    let mut record = vec![
        row.asset.id.to_string(),
        guarded(&row.asset.title),
        row.asset.kind.to_string(),
        row.asset.state.to_string(),
        row.used.to_string(),
        row.sent.to_string(),
        row.read.to_string(),
        row.completion
            .map(|share| format!("{share:.3}"))
            .unwrap_or_default(),
        dwell.unwrap_or_default(),
        row.shares.to_string(),
        row.downloads.to_string(),
        row.opportunities_touched.to_string(),
        row.excluded_visits.to_string(),
    ];
    record.extend(currencies.iter().map(|currency| {
        row.won_amount
            .iter()
            .find(|money| money.currency.as_str() == currency)
            .and_then(|money| money.to_string().split(' ').next().map(str::to_owned))
            .unwrap_or_default()
    }));
    record
}

/// Spreadsheets run a cell that begins like a formula; an apostrophe makes it text.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return format!("'{text}");
    }
    text.to_owned()
}

fn write(
    rows: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> std::result::Result<(), csv::Error>,
) -> Result<Bytes> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    rows(&mut writer).map_err(Error::internal)?;
    let bytes = writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_runs_as_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert!(guarded(formula).starts_with('\''));
        }
        assert_eq!(guarded("Deck = great"), "Deck = great");
    }
}
