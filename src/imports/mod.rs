//! Files of rows that people hand in: CSV as spreadsheets and CRMs export it, read cell by cell into types.
//!
//! What the columns mean, and what becomes of the rows, is the features' business.
//!
//! Invariant: every flaw is told with the line on which its row begins; nothing is guessed or rounded.

mod row;
mod sheet;

pub use row::{Given, Row, RowProblem, choice, count, day, flag, moment, text, word};
pub use sheet::{Line, Sheet};
