//! A sheet drawn as a grid.
//!
//! The upper left part of the sheet, as much as can be read on a page; what is cut off is said below it.

use super::{Cell, Table};
use crate::documents::card::{Drawing, Face, Ink, fit, width};

const TEXT: f32 = 13.0;
const ROW: f32 = 25.0;
const PADDING: f32 = 8.0;
const MARGIN: f32 = 28.0;
const HEADING: f32 = 58.0;
const MAX_ROWS: usize = 60;
const MAX_COLUMNS: usize = 16;
const MAX_COLUMN: f32 = 380.0;
const MIN_COLUMN: f32 = 44.0;
const MIN_WIDTH: f32 = 800.0;
/// So that what fits exactly is not cut by a rounding error.
const SLACK: f32 = 0.5;
const MAX_WIDTH: f32 = 1_600.0;
/// Letters are still large on a page image of a sheet of this width.
const ROOMY_WIDTH: f32 = 1_050.0;

/// Draws the beginning of a sheet.
pub(super) fn draw(table: &Table) -> Drawing {
    let rows = without_gaps(&table.rows);
    let shown: Vec<&Vec<Cell>> = rows.iter().take(MAX_ROWS).copied().collect();
    let columns = column_widths(&shown);
    let total: f32 = columns.iter().sum();
    let sheet_width = (total + 2.0 * MARGIN).max(MIN_WIDTH);
    let all_columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let note = note(
        rows.len() - shown.len(),
        all_columns - columns.len().min(all_columns),
    );
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let grid_height = shown.len() as f32 * ROW;
    let note_height = if note.is_some() { 34.0 } else { 0.0 };
    let height = (HEADING + grid_height + note_height + MARGIN).max(sheet_width * 0.45);
    let mut drawing = Drawing::new(sheet_width, height, Ink::Paper);
    let name = fit(&table.name, Face::Bold, 19.0, sheet_width - 2.0 * MARGIN);
    drawing.text((MARGIN, 38.0), &name, Face::Bold, 19.0, Ink::Text);

    let header = header_row(&shown);
    let numeric = numeric_columns(&shown, header, columns.len());
    let mut y = HEADING;
    for _ in &shown {
        y += ROW;
        drawing.rect([MARGIN, y - 0.5, total, 1.0], 0.0, Ink::Line);
    }
    draw_rules(&mut drawing, &columns, grid_height);
    for (at, (row, y)) in shown.iter().zip(rows_from(HEADING)).enumerate() {
        if header == Some(at) {
            draw_header(&mut drawing, row, &columns, &numeric, y);
        } else {
            draw_row(&mut drawing, row, &columns, y);
        }
    }
    if let Some(note) = note {
        drawing.text((MARGIN, y + 24.0), &note, Face::Regular, TEXT, Ink::Faint);
    }
    drawing
}

fn rows_from(top: f32) -> impl Iterator<Item = f32> {
    std::iter::successors(Some(top), |y| Some(y + ROW))
}

/// The row that names the columns, over those of numbers to the right as they are.
fn draw_header(drawing: &mut Drawing, row: &[Cell], columns: &[f32], numeric: &[bool], y: f32) {
    let mut x = MARGIN;
    for ((cell, room), is_number) in row.iter().zip(columns).zip(numeric) {
        drawing.rect([x + 0.5, y, room - 1.0, ROW - 0.5], 0.0, Ink::Tint);
        let text = fit(
            &cell.text.replace('\n', " "),
            Face::Bold,
            TEXT,
            room - 2.0 * PADDING + SLACK,
        );
        let left = if *is_number {
            x + room - PADDING - width(&text, Face::Bold, TEXT)
        } else {
            x + PADDING
        };
        drawing.text((left, y + ROW * 0.68), &text, Face::Bold, TEXT, Ink::Text);
        x += room;
    }
}

fn draw_row(drawing: &mut Drawing, row: &[Cell], columns: &[f32], y: f32) {
    let face = Face::Regular;
    let mut x = MARGIN;
    for (at, room) in columns.iter().enumerate() {
        let Some(cell) = row.get(at) else { break };
        // A text may run over the empty cells behind it, as it does in the program it was typed into.
        let next = columns.iter().enumerate().skip(at + 1);
        let free: f32 = next
            .take_while(|(at, _)| {
                !cell.is_number && row.get(*at).is_none_or(|cell| cell.text.is_empty())
            })
            .map(|(_, room)| room)
            .sum();
        let text = cell.text.lines().next().unwrap_or_default();
        let text = fit(text, face, TEXT, room + free - 2.0 * PADDING + SLACK);
        let used = width(&text, face, TEXT) + PADDING;
        if used > *room {
            // The lines between the cells would go through the text.
            drawing.rect([x + 1.0, y + 1.0, used, ROW - 2.0], 0.0, Ink::Paper);
        }
        let left = if cell.is_number {
            x + room - PADDING - width(&text, face, TEXT)
        } else {
            x + PADDING
        };
        drawing.text((left, y + ROW * 0.68), &text, face, TEXT, Ink::Text);
        x += room;
    }
}

fn draw_rules(drawing: &mut Drawing, columns: &[f32], height: f32) {
    let mut x = MARGIN;
    let total: f32 = columns.iter().sum();
    drawing.rect([MARGIN, HEADING - 0.5, total, 1.0], 0.0, Ink::Line);
    drawing.rect([x - 0.5, HEADING, 1.0, height], 0.0, Ink::Line);
    for room in columns {
        x += room;
        drawing.rect([x - 0.5, HEADING, 1.0, height], 0.0, Ink::Line);
    }
}

/// The rows with no more than one empty one in a row; a large gap is usually where a chart lies.
fn without_gaps(rows: &[Vec<Cell>]) -> Vec<&Vec<Cell>> {
    let is_empty = |row: &Vec<Cell>| row.iter().all(|cell| cell.text.is_empty());
    let mut kept: Vec<&Vec<Cell>> = Vec::new();
    for row in rows {
        if !(is_empty(row) && kept.last().is_some_and(|last| is_empty(last))) {
            kept.push(row);
        }
    }
    kept
}

/// Wide enough for what is in them, as many as fit on the widest sheet.
fn column_widths(rows: &[&Vec<Cell>]) -> Vec<f32> {
    let count = rows
        .iter()
        .map(|row| row.len())
        .max()
        .unwrap_or(0)
        .clamp(1, MAX_COLUMNS);
    let mut total = 2.0 * MARGIN;
    let mut widths: Vec<f32> = Vec::new();
    for column in 0..count {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column).map(|cell| (row, cell)));
        let wanted = cells.map(|(row, cell)| {
            // A heading that runs over empty cells does not widen its column.
            let is_followed = column + 1 == count
                || row
                    .get(column + 1)
                    .is_some_and(|next| !next.text.is_empty());
            if cell.is_number || is_followed {
                width(&cell.text, Face::Bold, TEXT) + 2.0 * PADDING
            } else {
                MIN_COLUMN
            }
        });
        let wanted = wanted.fold(MIN_COLUMN, f32::max);
        // The last column may take what the others leave.
        let most = if column + 1 == count {
            (ROOMY_WIDTH - total).max(MAX_COLUMN)
        } else {
            MAX_COLUMN
        };
        let room = wanted.min(most);
        if total + room > MAX_WIDTH && !widths.is_empty() {
            break;
        }
        total += room;
        widths.push(room);
    }
    widths
}

/// The first row that is filled all through with words: it names the columns.
fn header_row(rows: &[&Vec<Cell>]) -> Option<usize> {
    let widest = rows.iter().map(|row| row.len()).max()?;
    let at = rows.iter().position(|row| {
        row.len() == widest
            && row.iter().filter(|cell| !cell.text.is_empty()).count() * 4 >= widest * 3
    })?;
    let has_numbers = rows
        .iter()
        .skip(at + 1)
        .any(|row| row.iter().any(|cell| cell.is_number));
    let names_columns = rows
        .get(at)
        .is_some_and(|row| row.iter().all(|cell| !cell.is_number));
    (names_columns && (widest > 2 || has_numbers)).then_some(at)
}

/// Which columns hold numbers below their names.
fn numeric_columns(rows: &[&Vec<Cell>], header: Option<usize>, count: usize) -> Vec<bool> {
    let below = header.map_or(0, |at| at + 1);
    (0..count)
        .map(|column| {
            let filled = rows
                .iter()
                .skip(below)
                .filter_map(|row| row.get(column))
                .filter(|cell| !cell.text.is_empty());
            let (numbers, words): (Vec<&Cell>, Vec<&Cell>) =
                filled.partition(|cell| cell.is_number);
            numbers.len() > words.len()
        })
        .collect()
}

fn note(rows: usize, columns: usize) -> Option<String> {
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 more {one}")),
        number => Some(format!("{number} more {many}")),
    };
    let parts: Vec<String> = [
        count(rows, "row", "rows"),
        count(columns, "column", "columns"),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| format!("… {}", parts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(row: &[&str]) -> Vec<Cell> {
        row.iter()
            .map(|text| Cell {
                text: (*text).to_owned(),
                is_number: text.parse::<f64>().is_ok(),
            })
            .collect()
    }

    #[test]
    fn the_row_that_names_the_columns_is_found() {
        let rows = [
            words(&["Price list 2025"]),
            words(&["Item", "Price"]),
            words(&["Basic", "12"]),
        ];
        assert_eq!(header_row(&rows.iter().collect::<Vec<_>>()), Some(1));
        let numbers = [words(&["1", "2"]), words(&["3", "4"])];
        assert_eq!(header_row(&numbers.iter().collect::<Vec<_>>()), None);
    }

    #[test]
    fn what_is_cut_off_is_said() {
        assert_eq!(note(0, 0), None);
        assert_eq!(note(1, 0).as_deref(), Some("… 1 more row"));
        assert_eq!(
            note(12, 3).as_deref(),
            Some("… 12 more rows and 3 more columns")
        );
    }

    #[test]
    fn a_very_wide_sheet_is_cut() {
        let row = words(&["a long text in every column"; 50]);
        assert!(column_widths(&[&row]).len() <= MAX_COLUMNS);
    }
}
