//! A CSV file as a table: its encoding, its separator, its header, its rows with their line numbers.
//!
//! It knows nothing of what the columns mean.

use std::collections::HashMap;

use crate::error::{Error, Result};

/// A file's header and rows.
#[derive(Debug)]
pub struct Sheet {
    columns: HashMap<String, usize>,
    /// The rows in the file's order; empty lines are left out.
    pub rows: Vec<Line>,
}

/// One row and the line of the file where it begins; the header is line 1.
#[derive(Debug)]
pub struct Line {
    /// The line of the file.
    pub number: u64,
    cells: csv::StringRecord,
}

impl Sheet {
    /// Reads a file: UTF-8 with or without a byte order mark; commas, semicolons or tabs between the cells.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            Error::field(
                "file",
                format!(
                    "The file is not UTF-8 (byte {} is not). Export it again as \"CSV UTF-8\".",
                    error.valid_up_to()
                ),
            )
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator(text))
            .flexible(true)
            .from_reader(text.as_bytes());
        let columns = columns(reader.headers().map_err(unreadable)?)?;
        let mut lines = LineCounter::new(text);
        let mut rows = Vec::new();
        for record in reader.into_records() {
            let cells = record.map_err(unreadable)?;
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let number = lines.number_at(cells.position().map_or(0, csv::Position::byte));
            rows.push(Line { number, cells });
        }
        Ok(Self { columns, rows })
    }

    /// Whether the header has the column.
    pub fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// The header's names, in the file's order.
    pub fn column_names(&self) -> Vec<&str> {
        let mut names: Vec<(&str, usize)> = self
            .columns
            .iter()
            .map(|(name, place)| (name.as_str(), *place))
            .collect();
        names.sort_unstable_by_key(|(_, place)| *place);
        names.into_iter().map(|(name, _)| name).collect()
    }

    /// A row's cell without the blanks around it; absent where it is empty.
    pub fn cell<'a>(&self, line: &'a Line, column: &str) -> Option<&'a str> {
        let place = *self.columns.get(column)?;
        let text = line.cells.get(place)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// How many cells the row has, if not as many as the header.
    pub fn odd_width(&self, line: &Line) -> Option<(usize, usize)> {
        let (has, expected) = (line.cells.len(), self.columns.len());
        (has != expected).then_some((has, expected))
    }
}

/// Counts lines as an editor does. (The reader's own count stands before the line breaks that it has yet to skip.)
struct LineCounter<'a> {
    rest: &'a [u8],
    offset: u64,
    line: u64,
}

impl<'a> LineCounter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
            offset: 0,
            line: 1,
        }
    }

    /// The number of the line that has the first character at or behind `offset`; offsets only grow.
    fn number_at(&mut self, offset: u64) -> u64 {
        while let Some((byte, rest)) = self.rest.split_first() {
            if self.offset >= offset && !matches!(byte, b'\r' | b'\n') {
                break;
            }
            self.line += u64::from(*byte == b'\n');
            self.offset += 1;
            self.rest = rest;
        }
        self.line
    }
}

/// The separator that the header uses most.
fn separator(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let uses = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|separator| uses(*separator))
        .unwrap_or(b',')
}

fn columns(header: &csv::StringRecord) -> Result<HashMap<String, usize>> {
    let mut columns = HashMap::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim().to_lowercase();
        if name.is_empty() {
            return Err(Error::field(
                "file",
                format!("Column {} has no name in the first line.", place + 1),
            ));
        }
        if columns.insert(name.clone(), place).is_some() {
            return Err(Error::field(
                "file",
                format!("The first line has the column {name} twice."),
            ));
        }
    }
    if columns.is_empty() {
        return Err(Error::field("file", "The file is empty."));
    }
    Ok(columns)
}

fn unreadable(error: csv::Error) -> Error {
    Error::field("file", format!("The file cannot be read as CSV: {error}."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(text: &str, column: &str) -> Vec<(u64, Option<String>)> {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        let cell = |line| sheet.cell(line, column).map(str::to_owned);
        sheet
            .rows
            .iter()
            .map(|line| (line.number, cell(line)))
            .collect()
    }

    #[test]
    fn byte_order_mark_separator_case_and_blanks_are_taken_as_they_come() {
        for text in [
            "id,name\n1,Ada\n",
            "\u{feff}Id;Name\r\n1; Ada \r\n",
            "ID\tNAME\n1\tAda",
        ] {
            assert_eq!(cells(text, "name"), [(2, Some("Ada".to_owned()))], "{text}");
        }
    }

    #[test]
    fn rows_carry_the_line_on_which_they_begin() {
        let text = "id,note\n1,\"two\nlines\"\n\n,\n2,x\n";
        assert_eq!(
            cells(text, "note"),
            [
                (2, Some("two\nlines".to_owned())),
                (6, Some("x".to_owned()))
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_table_is_refused_with_a_reason() {
        for (bytes, reason) in [
            (&b""[..], "empty"),
            (b"id,id\n", "twice"),
            (b"id,,x\n", "no name"),
            (b"id\n\xff\n", "not UTF-8"),
        ] {
            let error = Sheet::read(bytes).unwrap_err();
            assert!(error.detail.contains(reason), "{}", error.detail);
        }
    }

    #[test]
    fn a_row_of_another_width_is_noticed() {
        let sheet = Sheet::read(b"a,b\n1\n").unwrap();
        assert_eq!(sheet.odd_width(&sheet.rows[0]), Some((1, 2)));
    }

    proptest! {
        #[test]
        fn no_file_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Sheet::read(&bytes);
        }

        #[test]
        fn whatever_a_cell_holds_comes_back(note in "[^\\p{C}\\s][^\r]{0,30}[^\\p{C}\\s]", semicolon: bool) {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(if semicolon { b';' } else { b',' })
                .from_writer(Vec::new());
            writer.write_record(["id", "note"]).unwrap();
            writer.write_record(["1", &note]).unwrap();
            let bytes = writer.into_inner().unwrap();
            let sheet = Sheet::read(&bytes).unwrap();
            prop_assert_eq!(sheet.cell(&sheet.rows[0], "note"), Some(note.as_str()));
        }
    }
}
