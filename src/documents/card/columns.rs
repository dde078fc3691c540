//! The columns of a table on paper.

use super::measure::{Face, width};

/// The size of text in a table.
pub(super) const CELL: f32 = 13.0;
/// The space between a text and the edge of its cell.
pub(super) const PADDING: f32 = 8.0;

/// Every column gets what its longest text wants, as far as all fit; else the wide ones give way.
pub(super) fn column_widths(rows: &[Vec<String>], room: f32) -> Vec<f32> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0).min(12);
    #[expect(clippy::cast_precision_loss, reason = "at most twelve")]
    let fair = room / count.max(1) as f32;
    let wanted: Vec<f32> = (0..count)
        .map(|column| {
            let texts = rows.iter().filter_map(|row| row.get(column));
            texts
                .map(|text| width(text, Face::Bold, CELL) + 2.0 * PADDING)
                .fold(40.0, f32::max)
        })
        .collect();
    let total: f32 = wanted.iter().sum();
    if total <= room {
        return wanted;
    }
    let small: f32 = wanted.iter().filter(|width| **width <= fair).sum();
    let large: f32 = wanted
        .iter()
        .filter(|width| **width > fair)
        .map(|width| width.sqrt())
        .sum();
    wanted
        .iter()
        .map(|width| {
            if *width <= fair {
                *width
            } else {
                (room - small) * width.sqrt() / large.max(1.0)
            }
        })
        .collect()
}

/// Whether a column holds numbers, apart from its name.
pub(super) fn is_numeric(rows: &[Vec<String>], column: usize, header: bool) -> bool {
    let is_number = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits * 2 >= text.chars().filter(|c| c.is_alphanumeric()).count() && text.len() < 20
    };
    let mut texts = rows
        .iter()
        .skip(usize::from(header))
        .filter_map(|row| row.get(column))
        .filter(|text| !text.is_empty());
    let first = texts
        .next()
        .is_some_and(|text| text.chars().any(|c| c.is_ascii_digit()) && is_number(text));
    first && texts.all(|text| is_number(text))
}
