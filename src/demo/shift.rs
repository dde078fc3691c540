//! Moves the dates of a CRM export, so that a demo's history ends today whenever it is loaded.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::error::{Error, Result};

/// The export with every column named `..._on` (dates) and `..._at` (times) moved by `by`. Cells that hold neither
/// are left for the import to complain about.
pub(super) fn shift_dates(export: &[u8], by: TimeDelta) -> Result<Vec<u8>> {
    let mut reader = csv::Reader::from_reader(export);
    let header = reader.headers().map_err(Error::internal)?.clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).map_err(Error::internal)?;
    for row in reader.records() {
        let row = row.map_err(Error::internal)?;
        let cells = header
            .iter()
            .zip(row.iter())
            .map(|(column, cell)| moved(column, cell, by).unwrap_or_else(|| cell.to_owned()));
        writer.write_record(cells).map_err(Error::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::internal(error.to_string()))
}

fn moved(column: &str, cell: &str, by: TimeDelta) -> Option<String> {
    if column.ends_with("_on") {
        let day: NaiveDate = cell.parse().ok()?;
        return Some((day + by).to_string());
    }
    if column.ends_with("_at") {
        let time: DateTime<Utc> = cell.parse().ok()?;
        return Some((time + by).to_rfc3339());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_move() {
        let export = b"external_id,opened_on,changed_at,needs\nA-1,2026-01-30,2026-01-30T08:00:00Z,\"a, b\"\nA-2,,soon,x\n";
        let moved = shift_dates(export, TimeDelta::days(2)).unwrap();
        assert_eq!(
            String::from_utf8(moved).unwrap(),
            "external_id,opened_on,changed_at,needs\nA-1,2026-02-01,2026-02-01T08:00:00+00:00,\"a, b\"\nA-2,,soon,x\n"
        );
    }
}
