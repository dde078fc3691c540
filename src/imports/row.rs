//! One row being read: takes cells into types and notes what is wrong, so that all of a row's flaws are told at once.

use std::collections::HashMap;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;

use super::sheet::{Line, Sheet};
use crate::ids::UserId;
use crate::money::{Currency, Money};

/// The longest text in a cell, in characters.
const TEXT_LIMIT: usize = 20_000;

/// Something about a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RowProblem {
    /// The line of the file where the row begins; the header is line 1.
    pub row: u64,
    /// The column.
    pub field: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// A cell that may be empty, in a column that the file may lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<T> {
    /// The file has no such column: what is stored stays.
    Nothing,
    /// The column's word, which may be "empty".
    Cell(Option<T>),
}

impl<T> Given<T> {
    /// What the row shall have, where `stored` is what it has.
    pub fn or_stored(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Nothing => stored,
            Self::Cell(value) => value,
        }
    }

    /// What the file says, if anything.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Nothing => None,
            Self::Cell(value) => value.as_ref(),
        }
    }
}

/// A row and what was noted about it.
#[derive(Debug)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    line: &'a Line,
    /// What is wrong.
    pub errors: Vec<RowProblem>,
    /// What is doubtful.
    pub warnings: Vec<RowProblem>,
}

impl<'a> Row<'a> {
    /// A row of a file, nothing of it read yet.
    pub fn new(sheet: &'a Sheet, line: &'a Line) -> Self {
        Self {
            sheet,
            line,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The cell, which must not be empty.
    pub fn required<T>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.sheet.cell(self.line, column) {
            Some(text) => self.parsed(column, parse(text)),
            None => {
                self.wrong(column, "must not be empty");
                None
            }
        }
    }

    /// The cell, which may be empty.
    pub fn given<T>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Given<T> {
        if !self.sheet.has(column) {
            return Given::Nothing;
        }
        let text = self.sheet.cell(self.line, column);
        Given::Cell(text.and_then(|text| self.parsed(column, parse(text))))
    }

    /// The row that the cell names by its external id; the cell must not be empty.
    pub fn reference<I: Copy>(&mut self, column: &str, known: &HashMap<String, I>) -> Option<I> {
        self.required(column, |text| known_id(text, known))
    }

    /// The row that the cell names by its external id, if it names one.
    pub fn given_reference<I: Copy>(
        &mut self,
        column: &str,
        known: &HashMap<String, I>,
    ) -> Given<I> {
        self.given(column, |text| known_id(text, known))
    }

    /// The user whose address the cell has. One whom we do not know is only warned of: exports name people who never
    /// had an account here.
    pub fn owner(&mut self, users: &HashMap<String, UserId>) -> Given<UserId> {
        let column = "owner_email";
        let address = self.given(column, text);
        let owner = match address {
            Given::Nothing => return Given::Nothing,
            Given::Cell(address) => address,
        };
        let id = owner.and_then(|address| {
            let id = users.get(&address.to_lowercase()).copied();
            if id.is_none() {
                self.doubtful(
                    column,
                    format!("No user has the address {address}; its rows get no owner."),
                );
            }
            id
        });
        Given::Cell(id)
    }

    /// The amount in the currency, from the columns of these names.
    pub fn money(&mut self, amount: &str, currency: &str) -> Given<Money> {
        if !self.sheet.has(amount) {
            return Given::Nothing;
        }
        let code = self.given(currency, Currency::from_str);
        let Some(text) = self.sheet.cell(self.line, amount) else {
            return Given::Cell(None);
        };
        let Given::Cell(Some(code)) = code else {
            self.wrong(currency, "must say the currency of the amount, as in EUR");
            return Given::Cell(None);
        };
        Given::Cell(self.parsed(amount, Money::parse(text, code)))
    }

    /// As [`Row::money`], where the amount must be there.
    pub fn required_money(&mut self, amount: &str, currency: &str) -> Option<Money> {
        let money = self.money(amount, currency);
        if self.sheet.cell(self.line, amount).is_none() {
            self.wrong(amount, "must not be empty");
        }
        money.or_stored(None)
    }

    /// Notes an error in the row.
    pub fn wrong(&mut self, column: &str, detail: impl Into<String>) {
        self.errors.push(self.problem(column, detail.into()));
    }

    fn doubtful(&mut self, column: &str, detail: String) {
        self.warnings.push(self.problem(column, detail));
    }

    fn problem(&self, column: &str, detail: String) -> RowProblem {
        RowProblem {
            row: self.line.number,
            field: column.to_owned(),
            detail,
        }
    }

    fn parsed<T>(&mut self, column: &str, outcome: Result<T, String>) -> Option<T> {
        outcome.map_err(|detail| self.wrong(column, detail)).ok()
    }
}

/// A text as it is.
pub fn text(cell: &str) -> Result<String, String> {
    if cell.chars().count() > TEXT_LIMIT {
        return Err(format!("must not be longer than {TEXT_LIMIT} characters"));
    }
    Ok(cell.replace('\0', ""))
}

/// A word of ours, in lower case, so that `DACH` and `dach` are the same region.
pub fn word(cell: &str) -> Result<String, String> {
    text(cell).map(|text| text.to_lowercase())
}

/// One of a closed set of values.
pub fn choice<T: FromStr<Err = String>>(cell: &str) -> Result<T, String> {
    cell.to_lowercase().parse()
}

/// A day as in 2026-03-31.
pub fn day(cell: &str) -> Result<NaiveDate, String> {
    cell.parse()
        .map_err(|_| "must be a day as in 2026-03-31".to_owned())
}

/// A moment as in 2026-03-31T14:30:00Z; without a zone it is UTC, and a day alone is its first moment.
pub fn moment(cell: &str) -> Result<DateTime<Utc>, String> {
    let zoned = DateTime::parse_from_rfc3339(cell).map(|at| at.to_utc());
    let plain = || {
        ["%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|format| NaiveDateTime::parse_from_str(cell, format).ok())
            .or_else(|| {
                day(cell)
                    .ok()
                    .map(|day| day.and_time(chrono::NaiveTime::MIN))
            })
            .map(|at| at.and_utc())
    };
    zoned
        .ok()
        .or_else(plain)
        // Both engines keep microseconds; what is finer would differ from its stored self for ever.
        .and_then(|at| DateTime::from_timestamp_micros(at.timestamp_micros()))
        .ok_or_else(|| "must be a moment as in 2026-03-31T14:30:00Z".to_owned())
}

/// Yes or no, in the ways that exports say it.
pub fn flag(cell: &str) -> Result<bool, String> {
    match cell.to_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

/// A number of things.
pub fn count(cell: &str) -> Result<i32, String> {
    cell.parse()
        .ok()
        .filter(|count| *count >= 0)
        .ok_or_else(|| "must be a whole number, zero or more".to_owned())
}

fn known_id<I: Copy>(text: &str, known: &HashMap<String, I>) -> Result<I, String> {
    known.get(text).copied().ok_or_else(|| {
        format!("names {text}, which is not there; import the file that has it first")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_row<T>(text: &str, read: impl FnOnce(&mut Row<'_>) -> T) -> (T, Vec<String>) {
        let sheet = Sheet::read(text.as_bytes()).unwrap();
        let mut row = Row::new(&sheet, &sheet.rows[0]);
        let value = read(&mut row);
        let fields = row.errors.into_iter().map(|problem| problem.field);
        (value, fields.collect())
    }

    #[test]
    fn an_empty_cell_empties_and_a_missing_column_leaves_alone() {
        let (cell, _) = with_row("a,b\n,x\n", |row| row.given("a", text));
        assert_eq!(cell.or_stored(Some("old".to_owned())), None);
        let (nothing, _) = with_row("b\nx\n", |row| row.given("a", text));
        assert_eq!(nothing.or_stored(Some("old".to_owned())).unwrap(), "old");
    }

    #[test]
    fn all_flaws_of_a_row_are_noted() {
        let ((), fields) = with_row("day,flag,id\n31.3.2026,maybe,\n", |row| {
            row.required("day", day);
            row.given("flag", flag);
            row.required("id", text);
        });
        assert_eq!(fields, ["day", "flag", "id"]);
    }

    #[test]
    fn an_amount_needs_its_currency_and_a_point() {
        let money = |row: &mut Row<'_>| row.money("amount", "currency").or_stored(None);
        let (read, wrong) = with_row("amount,currency\n12.50,eur\n", money);
        assert_eq!((read.unwrap().minor, wrong.len()), (1250, 0));
        let (read, wrong) = with_row("amount,currency\n,EUR\n", money);
        assert!(read.is_none() && wrong.is_empty());
        assert_eq!(with_row("amount,currency\n12.50,\n", money).1, ["currency"]);
        assert_eq!(
            with_row("amount;currency\n12,50;EUR\n", money).1,
            ["amount"]
        );
    }

    #[test]
    fn moments_are_read_as_exports_write_them() {
        for text in [
            "2026-03-31T14:30:00Z",
            "2026-03-31T16:30:00+02:00",
            "2026-03-31 14:30",
            "2026-03-31 14:30:00",
        ] {
            assert_eq!(
                moment(text).unwrap().to_rfc3339(),
                "2026-03-31T14:30:00+00:00"
            );
        }
        assert_eq!(
            moment("2026-03-31").unwrap().to_rfc3339(),
            "2026-03-31T00:00:00+00:00"
        );
        assert!(moment("31.03.2026 14:30").is_err());
    }

    #[test]
    fn an_unknown_owner_is_a_warning_and_leaves_the_owner_empty() {
        let sheet = Sheet::read(b"owner_email\nGone@Example.com\n").unwrap();
        let mut row = Row::new(&sheet, &sheet.rows[0]);
        assert_eq!(row.owner(&HashMap::new()), Given::Cell(None));
        assert!(row.errors.is_empty());
        assert_eq!(row.warnings.len(), 1);
    }
}
