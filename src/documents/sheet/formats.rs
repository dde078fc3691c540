//! How the values of cells are shown.
//!
//! A workbook stores 0.19 and says elsewhere that it is shown as 19 %. Only what matters to a reader of a price list is
//! followed: percent, currency, thousands and decimals. Anything else is shown as it is stored.

use std::collections::{BTreeMap, HashMap};

use calamine::Data;

use super::Cell;
use crate::documents::Failure;
use crate::documents::package::Package;
use crate::documents::xml::{self, Step};

/// How a number is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct NumberFormat {
    decimals: Option<usize>,
    thousands: bool,
    percent: bool,
    before: String,
    after: String,
}

/// The formats of all cells that have one.
#[derive(Debug, Default)]
pub(super) struct Formats {
    formats: Vec<NumberFormat>,
    /// By sheet and place, the number of the format.
    cells: HashMap<String, HashMap<(u32, u32), usize>>,
}

impl Formats {
    /// Reads the formats of an XLSX package.
    pub(super) fn read(package: &mut Package, workbook: &str) -> Result<Self, Failure> {
        let relations = package.relations(workbook)?;
        let mut sheets: Vec<(String, String)> = Vec::new();
        xml::walk(&package.required(workbook)?, |step, _| {
            if let Step::Open(element) = step
                && element.name() == "sheet"
                && let (Some(name), Some(id)) = (
                    element.attribute("name"),
                    element.prefixed_attribute("r:id"),
                )
                && let Some(relation) = relations.get(&id)
            {
                sheets.push((name, relation.target.clone()));
            }
            Ok(())
        })?;
        let styles = relations
            .values()
            .find(|relation| relation.kind == "styles")
            .map(|styles| styles.target.clone());
        let formats = match styles {
            Some(part) => read_styles(&package.text(&part)?.unwrap_or_default())?,
            None => Vec::new(),
        };
        let mut cells = HashMap::new();
        for (name, part) in sheets {
            let text = package.text(&part)?.unwrap_or_default();
            // A damaged sheet is dealt with where its values are read.
            cells.insert(name, read_cells(&text, &formats).unwrap_or_default());
        }
        Ok(Self { formats, cells })
    }

    /// The format of a cell, counted from zero.
    pub(super) fn of(&self, sheet: &str, place: (u32, u32)) -> Option<&NumberFormat> {
        self.formats.get(*self.cells.get(sheet)?.get(&place)?)
    }
}

/// A value as it is shown.
pub(super) fn show(value: &Data, format: Option<&NumberFormat>) -> Cell {
    match value {
        Data::Empty => Cell::default(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => Cell {
            text: text.trim().to_owned(),
            is_number: false,
        },
        Data::Bool(true) => Cell {
            text: "TRUE".to_owned(),
            is_number: false,
        },
        Data::Bool(false) => Cell {
            text: "FALSE".to_owned(),
            is_number: false,
        },
        Data::Error(error) => Cell {
            text: error.to_string(),
            is_number: false,
        },
        Data::DateTime(time) => Cell {
            text: show_time(time),
            is_number: true,
        },
        #[expect(
            clippy::cast_precision_loss,
            reason = "cells of a spreadsheet are floating point numbers"
        )]
        Data::Int(number) => Cell {
            text: show_number(*number as f64, format),
            is_number: true,
        },
        Data::Float(number) => Cell {
            text: show_number(*number, format),
            is_number: true,
        },
    }
}

fn show_time(time: &calamine::ExcelDateTime) -> String {
    if time.is_duration() {
        #[expect(clippy::cast_possible_truncation, reason = "a count of seconds")]
        let seconds = (time.as_f64() * 86_400.0).round() as i64;
        return format!(
            "{}:{:02}:{:02}",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60
        );
    }
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    match (time.as_f64() < 1.0, hour, minute) {
        (true, ..) => format!("{hour:02}:{minute:02}"),
        (false, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}

fn show_number(number: f64, format: Option<&NumberFormat>) -> String {
    let Some(format) = format else {
        return plain(number);
    };
    let value = if format.percent {
        number * 100.0
    } else {
        number
    };
    let digits = match format.decimals {
        Some(decimals) => format!("{:.decimals$}", value.abs()),
        None => plain(value.abs()),
    };
    let digits = if format.thousands {
        with_separators(&digits)
    } else {
        digits
    };
    let is_zero = !digits.chars().any(|c| c.is_ascii_digit() && c != '0');
    let sign = if value < 0.0 && !is_zero {
        "\u{2212}"
    } else {
        ""
    };
    let percent = if format.percent { "%" } else { "" };
    format!("{sign}{}{digits}{percent}{}", format.before, format.after)
}

/// As many digits as mean something; 0.1 + 0.2 is 0.3.
fn plain(number: f64) -> String {
    let rounded = format!("{number:.10}");
    let short = rounded.trim_end_matches('0').trim_end_matches('.');
    if number.abs() >= 1e15 {
        format!("{number:e}")
    } else {
        short.replace('-', "\u{2212}")
    }
}

fn with_separators(digits: &str) -> String {
    let (whole, rest) = digits
        .find('.')
        .map_or((digits, ""), |at| digits.split_at(at));
    let length = whole.len();
    let mut shown = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (length - at) % 3 == 0 {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown + rest
}

/// The number formats by the number of the cell style.
fn read_styles(styles: &str) -> Result<Vec<NumberFormat>, Failure> {
    let mut custom: BTreeMap<u32, String> = BTreeMap::new();
    let mut formats = Vec::new();
    xml::walk(styles, |step, around| {
        if let Step::Open(element) = step {
            let number = |name: &str| {
                element
                    .attribute(name)
                    .and_then(|value| value.parse::<u32>().ok())
            };
            match element.name() {
                "numFmt" => {
                    if let (Some(id), Some(code)) =
                        (number("numFmtId"), element.attribute("formatCode"))
                    {
                        custom.insert(id, code);
                    }
                }
                "xf" if around.last().is_some_and(|name| name == "cellXfs") => {
                    let id = number("numFmtId").unwrap_or(0);
                    let code = custom.get(&id).map_or_else(|| built_in(id), String::as_str);
                    formats.push(parse(code));
                }
                _ => {}
            }
        }
        Ok(())
    })?;
    Ok(formats)
}

fn read_cells(
    sheet: &str,
    formats: &[NumberFormat],
) -> Result<HashMap<(u32, u32), usize>, Failure> {
    let mut cells = HashMap::new();
    let usual = NumberFormat::default();
    xml::walk(sheet, |step, _| {
        if let Step::Open(element) = step
            && element.name() == "c"
            && let Some(style) = element
                .attribute("s")
                .and_then(|style| style.parse::<usize>().ok())
            && formats.get(style).is_some_and(|format| *format != usual)
            && let Some(place) = element.attribute("r").and_then(|name| place(&name))
        {
            cells.insert(place, style);
        }
        Ok(())
    })?;
    Ok(cells)
}

/// `B3` is row 2, column 1.
fn place(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = name.split_at(digits);
    let mut column = 0_u32;
    for letter in letters.bytes() {
        let value = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?);
        column = column.checked_mul(26)?.checked_add(value + 1)?;
    }
    Some((
        digits.parse::<u32>().ok()?.checked_sub(1)?,
        column.checked_sub(1)?,
    ))
}

fn built_in(id: u32) -> &'static str {
    match id {
        1 => "0",
        2 => "0.00",
        3 | 37 | 38 | 41 => "#,##0",
        4 | 39 | 40 | 43 => "#,##0.00",
        5 | 6 | 42 => "$#,##0",
        7 | 8 | 44 => "$#,##0.00",
        9 => "0%",
        10 => "0.00%",
        _ => "General",
    }
}

/// Reads the part of a format code for positive numbers.
fn parse(code: &str) -> NumberFormat {
    let mut format = NumberFormat::default();
    let mut seen_digit = false;
    let mut decimals = None;
    let mut characters = code.chars().peekable();
    while let Some(character) = characters.next() {
        let mut literal = String::new();
        match character {
            ';' => break,
            '0' | '#' | '?' => {
                seen_digit = true;
                if character == '0' {
                    decimals = decimals.map(|count| count + 1);
                    format.decimals.get_or_insert(0);
                }
            }
            '.' if seen_digit => decimals = Some(0),
            ',' if seen_digit => format.thousands = true,
            '%' => format.percent = true,
            '"' => literal.extend(characters.by_ref().take_while(|c| *c != '"')),
            '\\' => literal.extend(characters.next()),
            // What follows is padding or filling.
            '_' | '*' => {
                characters.next();
            }
            '[' => {
                let inside: String = characters.by_ref().take_while(|c| *c != ']').collect();
                // `[$€-407]` is a currency and a language; the rest are colours and conditions.
                if let Some(currency) = inside.strip_prefix('$') {
                    literal.push_str(currency.split('-').next().unwrap_or_default());
                }
            }
            '$' | '€' | '£' | '¥' | ' ' | '\u{A0}' => literal.push(character),
            _ if character.is_alphabetic() && !seen_digit => return NumberFormat::default(),
            _ => {}
        }
        if seen_digit {
            &mut format.after
        } else {
            &mut format.before
        }
        .push_str(&literal);
    }
    if let Some(count) = decimals {
        format.decimals = Some(count);
    }
    format.before = format.before.trim_start().to_owned();
    format.after = format.after.trim_end().to_owned();
    format
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(number: f64, code: &str) -> String {
        show_number(number, Some(&parse(code)))
    }

    #[test]
    fn common_formats_are_followed() {
        assert_eq!(shown(0.19, "0%"), "19%");
        assert_eq!(shown(0.1256, "0.0%"), "12.6%");
        assert_eq!(shown(1_234_567.891, "#,##0.00"), "1,234,567.89");
        assert_eq!(shown(-4_500.0, "\"$\"#,##0"), "\u{2212}$4,500");
        assert_eq!(shown(12.5, "#,##0.00\\ [$€-407]"), "12.50 €");
        assert_eq!(
            shown(1_290.0, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\)"),
            "$1,290.00"
        );
        assert_eq!(shown(3.5, "General"), "3.5");
        assert_eq!(shown(2.0, "0.0\"x\""), "2.0x");
    }

    #[test]
    fn numbers_without_a_format_have_no_noise() {
        assert_eq!(plain(0.1 + 0.2), "0.3");
        assert_eq!(plain(-7.0), "\u{2212}7");
        assert_eq!(plain(1200.0), "1200");
    }

    #[test]
    fn places_are_read() {
        assert_eq!(place("A1"), Some((0, 0)));
        assert_eq!(place("AB12"), Some((11, 27)));
        assert_eq!(place("12"), None);
    }
}
