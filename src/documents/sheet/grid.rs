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
const MAX_COLUMN: f32 = 260.0;
const MIN_COLUMN: f32 = 44.0;
const MIN_WIDTH: f32 = 800.0;
const MAX_WIDTH: f32 = 1_600.0;

/// Draws the beginning of a sheet.
pub(super) fn draw(table: &Table) -> Drawing {
    let shown: Vec<&Vec<Cell>> = table.rows.iter().take(MAX_ROWS).collect();
    let columns = column_widths(&shown);
    let total: f32 = columns.iter().sum();
    let sheet_width = (total + 2.0 * MARGIN).max(MIN_WIDTH);
    let all_columns = table.rows.iter().map(Vec::len).max().unwrap_or(0);
    let note = note(table.rows.len() - shown.len(), all_columns - columns.len().min(all_columns));
    #[expect(clippy::cast_precision_loss, reason = "a few dozen rows")]
    let grid_height = shown.len() as f32 * ROW;
    let note_height = if note.is_some() { 34.0 } else { 0.0 };
    let height = (HEADING + grid_height + note_height + MARGIN).max(sheet_width * 0.45);
    let mut drawing = Drawing::new(sheet_width, height, Ink::Paper);
    let name = fit(&table.name, Face::Bold, 19.0, sheet_width - 2.0 * MARGIN);
    drawing.text((MARGIN, 38.0), &name, Face::Bold, 19.0, Ink::Text);

    let header = header_row(&shown);
    let mut y = HEADING;
    for (at, row) in shown.iter().enumerate() {
        if Some(at) == header {
            drawing.rect([MARGIN, y, total, ROW], 0.0, Ink::Tint);
        }
        draw_row(&mut drawing, row, &columns, y, Some(at) == header);
        y += ROW;
        drawing.rect([MARGIN, y - 0.5, total, 1.0], 0.0, Ink::Line);
    }
    draw_rules(&mut drawing, &columns, grid_height);
    if let Some(note) = note {
        drawing.text((MARGIN, y + 24.0), &note, Face::Regular, TEXT, Ink::Faint);
    }
    drawing
}

fn draw_row(drawing: &mut Drawing, row: &[Cell], columns: &[f32], y: f32, is_header: bool) {
    let face = if is_header { Face::Bold } else { Face::Regular };
    let mut x = MARGIN;
    for (at, room) in columns.iter().enumerate() {
        let Some(cell) = row.get(at) else { break };
        // A text may run over the empty cells behind it, as it does in the program it was typed into.
        let next = columns.iter().enumerate().skip(at + 1);
        let free: f32 = next
            .take_while(|(at, _)| !cell.is_number && row.get(*at).is_none_or(|cell| cell.text.is_empty()))
            .map(|(_, room)| room)
            .sum();
        let text = cell.text.lines().next().unwrap_or_default();
        let text = fit(text, face, TEXT, room + free - 2.0 * PADDING);
        let left = if cell.is_number { x + room - PADDING - width(&text, face, TEXT) } else { x + PADDING };
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

/// Wide enough for what is in them, as many as fit on the widest sheet.
fn column_widths(rows: &[&Vec<Cell>]) -> Vec<f32> {
    let count = rows.iter().map(|row| row.len()).max().unwrap_or(0).clamp(1, MAX_COLUMNS);
    let mut total = 2.0 * MARGIN;
    let mut widths: Vec<f32> = Vec::new();
    for column in 0..count {
        let mut wanted: Vec<f32> = rows
            .iter()
            .filter_map(|row| row.get(column).map(|cell| (row, cell)))
            // A heading that runs over empty cells does not widen its column.
            .filter(|(row, cell)| cell.is_number || row.len() > column + 1 || row.len() == count || row.len() == 1)
            .map(|(row, cell)| {
                let runs_over = !cell.is_number && row.get(column + 1).is_none_or(|next| next.text.is_empty()) && column + 1 < count;
                if runs_over { MIN_COLUMN } else { width(&cell.text, Face::Bold, TEXT) + 2.0 * PADDING }
            })
            .collect();
        wanted.sort_by(f32::total_cmp);
        let room = wanted.last().copied().unwrap_or(MIN_COLUMN).clamp(MIN_COLUMN, MAX_COLUMN);
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
    let at = rows.iter().position(|row| row.len() == widest && row.iter().filter(|cell| !cell.text.is_empty()).count() * 4 >= widest * 3)?;
    rows.get(at).filter(|row| row.iter().all(|cell| !cell.is_number)).map(|_| at)
}

fn note(rows: usize, columns: usize) -> Option<String> {
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 more {one}")),
        number => Some(format!("{number} more {many}")),
    };
    let parts: Vec<String> = [count(rows, "row", "rows"), count(columns, "column", "columns")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("… {}", parts.join(" and ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(row: &[&str]) -> Vec<Cell> {
        row.iter().map(|text| Cell { text: (*text).to_owned(), is_number: text.parse::<f64>().is_ok() }).collect()
    }

    #[test]
    fn the_row_that_names_the_columns_is_found() {
        let rows = [words(&["Price list 2025"]), words(&["Item", "Price"]), words(&["Basic", "12"])];
        assert_eq!(header_row(&rows.iter().collect::<Vec<_>>()), Some(1));
        let numbers = [words(&["1", "2"]), words(&["3", "4"])];
        assert_eq!(header_row(&numbers.iter().collect::<Vec<_>>()), None);
    }

    #[test]
    fn what_is_cut_off_is_said() {
        assert_eq!(note(0, 0), None);
        assert_eq!(note(1, 0).as_deref(), Some("… 1 more row"));
        assert_eq!(note(12, 3).as_deref(), Some("… 12 more rows and 3 more columns"));
    }

    #[test]
    fn a_very_wide_sheet_is_cut() {
        let row = words(&["a long text in every column"; 50]);
        assert!(column_widths(&[&row]).len() <= MAX_COLUMNS);
    }
}
