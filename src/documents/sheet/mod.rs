//! Workbooks: a sheet is a page.
//!
//! The text of a sheet is its cells, tabs between columns and newlines between rows; its picture is a drawn grid. Sheets
//! that their author has hidden are left out, because cost tables are hidden there. A sheet that cannot be read is left
//! out with a warning; the others are still worth having.

mod formats;
mod grid;

use std::io::BufReader;
use std::path::Path;

use calamine::{Data, Ods, Range, Reader, SheetType, SheetVisible, Sheets, Xlsx};

use self::formats::Formats;
use super::package::Package;
use super::pages::Pages;
use super::protocol::PageText;
use super::{Failure, FailureCode, Format, card};

/// More rows and columns than these are neither shown nor searched.
const MAX_ROWS: usize = 20_000;
const MAX_COLUMNS: usize = 200;

/// The cells of a sheet as they are shown.
struct Table {
    name: String,
    rows: Vec<Vec<Cell>>,
}

/// A cell as it is shown.
#[derive(Debug, Clone, Default, PartialEq)]
struct Cell {
    text: String,
    is_number: bool,
}

/// Makes the pages of a workbook.
pub(super) fn make_pages(
    path: &Path,
    looks_like: Format,
    pages: &mut Pages<'_>,
) -> Result<(), Failure> {
    let mut package = Package::open(path)?;
    let (format, main) = package.recognise()?;
    if !matches!(format, Format::Xlsx | Format::Ods) {
        let detail = format!("the file looked like {looks_like} from outside and is {format}");
        return Err(Failure::new(FailureCode::Unsupported, detail));
    }
    let formats = if format == Format::Xlsx {
        Formats::read(&mut package, &main)?
    } else {
        Formats::default()
    };
    let title = package.title()?;
    drop(package);
    let file = std::fs::File::open(path)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let reader = BufReader::new(file);
    let mut book = match format {
        Format::Ods => {
            Sheets::Ods(Ods::new(reader).map_err(|error| Failure::damaged(error.to_string()))?)
        }
        _ => Sheets::Xlsx(Xlsx::new(reader).map_err(|error| Failure::damaged(error.to_string()))?),
    };
    let tables = read_tables(&mut book, &formats, pages)?;
    let first = tables.first().map(|table| table.name.clone());
    pages.count(
        tables.len(),
        title.or(first.filter(|name| !is_a_default_name(name))),
    )?;
    for (number, table) in (1..).zip(&tables) {
        if pages.wants(number) {
            let drawing = grid::draw(table);
            pages.read(PageText {
                number,
                title: table.name.clone(),
                text: text_of(table),
                layout: drawing.layout(),
            })?;
            pages.draw(number, &card::rasterise(&drawing)?)?;
        }
    }
    Ok(())
}

fn read_tables(
    book: &mut Sheets<BufReader<std::fs::File>>,
    formats: &Formats,
    pages: &Pages<'_>,
) -> Result<Vec<Table>, Failure> {
    let sheets = book.sheets_metadata().to_vec();
    let visible: Vec<String> = sheets
        .iter()
        .filter(|sheet| {
            sheet.visible == SheetVisible::Visible && matches!(sheet.typ, SheetType::WorkSheet)
        })
        .map(|sheet| sheet.name.clone())
        .collect();
    let hidden = sheets
        .iter()
        .filter(|sheet| sheet.visible != SheetVisible::Visible)
        .count();
    if hidden > 0 {
        pages.warn(format!(
            "{hidden} hidden {} left out.",
            if hidden == 1 {
                "sheet was"
            } else {
                "sheets were"
            }
        ))?;
    }
    let mut tables = Vec::new();
    let mut last_error = None;
    for name in visible {
        match book.worksheet_range(&name) {
            Ok(range) => {
                let rows = rows_of(&range, &name, formats);
                if rows.len() == MAX_ROWS {
                    pages.warn(format!(
                        "The sheet \u{201c}{name}\u{201d} is only shown to row {MAX_ROWS}."
                    ))?;
                }
                if !rows.is_empty() {
                    tables.push(Table { name, rows });
                }
            }
            Err(error) => {
                pages.warn(format!(
                    "The sheet \u{201c}{name}\u{201d} could not be read and was left out."
                ))?;
                last_error = Some(error.to_string());
            }
        }
    }
    match last_error {
        Some(error) if tables.is_empty() => Err(Failure::damaged(error)),
        _ => Ok(tables),
    }
}

/// The cells from the first used row and column on, without what is empty at the end.
fn rows_of(range: &Range<Data>, sheet: &str, formats: &Formats) -> Vec<Vec<Cell>> {
    let (top, left) = range.start().unwrap_or_default();
    let mut rows: Vec<Vec<Cell>> = range
        .rows()
        .take(MAX_ROWS)
        .zip(top..)
        .map(|(row, y)| {
            let cells = row.iter().take(MAX_COLUMNS).zip(left..);
            let mut cells: Vec<Cell> = cells
                .map(|(value, x)| formats::show(value, formats.of(sheet, (y, x))))
                .collect();
            while cells.last().is_some_and(|cell| cell.text.is_empty()) {
                cells.pop();
            }
            cells
        })
        .collect();
    while rows.last().is_some_and(Vec::is_empty) {
        rows.pop();
    }
    rows
}

fn text_of(table: &Table) -> String {
    let row = |row: &Vec<Cell>| {
        row.iter()
            .map(|cell| cell.text.replace(['\n', '\t'], " "))
            .collect::<Vec<_>>()
            .join("\t")
    };
    table
        .rows
        .iter()
        .map(row)
        .filter(|row| !row.trim().is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

/// `Sheet1`, `Tabelle1`, `Feuil1`: not a title.
fn is_a_default_name(name: &str) -> bool {
    let word = name
        .trim_end_matches(|c: char| c.is_ascii_digit())
        .trim()
        .to_lowercase();
    [
        "sheet", "tabelle", "feuil", "feuille", "hoja", "foglio", "blad", "ark", "planilha", "лист",
    ]
    .contains(&word.as_str())
}
