//! Workbooks of a million rows, thousands of columns, hundreds of sheets, and cells that repeat without an end.

use crate::fixtures;
use crate::{Awkward, either, pages, reason};

/// A workbook of sheets with these contents.
fn workbook(sheets: &[String], more: &[(&str, &str)]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let mut parts: Vec<(String, String)> = more
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let mut list = String::new();
    let mut related = Vec::new();
    for (number, data) in (1..).zip(sheets) {
        list +=
            &format!("<sheet name=\"Sheet {number}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        related.push((
            format!("rId{number}"),
            format!("worksheets/sheet{number}.xml"),
        ));
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{main}\">{data}</worksheet>"),
        ));
    }
    let related: Vec<(&str, &str, &str)> = related
        .iter()
        .map(|(id, target)| (&**id, "worksheet", &**target))
        .chain(
            more.iter()
                .any(|(name, _)| *name == "xl/sharedStrings.xml")
                .then_some(("rIdS", "sharedStrings", "sharedStrings.xml")),
        )
        .collect();
    parts.push((
        "xl/_rels/workbook.xml.rels".to_owned(),
        fixtures::relations(&related),
    ));
    parts.push((
        "_rels/.rels".to_owned(),
        fixtures::relations(&[("rId1", "officeDocument", "xl/workbook.xml")]),
    ));
    parts.push(("xl/workbook.xml".to_owned(), format!("<workbook xmlns=\"{main}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{list}</sheets></workbook>")));
    let parts: Vec<(&str, &str)> = parts
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    fixtures::package(&parts)
}

fn data(rows: &str) -> String {
    format!("<sheetData>{rows}</sheetData>")
}

fn column(mut number: usize) -> String {
    let mut letters = Vec::new();
    while number > 0 {
        letters.push(b'A' + u8::try_from((number - 1) % 26).unwrap());
        number = (number - 1) / 26;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap()
}

pub(crate) fn files() -> Vec<Awkward> {
    let rows: String = (1..=1_000_000)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c></row>"))
        .collect();
    let wide: String = (1..=16_384)
        .map(|at| format!("<c r=\"{}1\"><v>{at}</v></c>", column(at)))
        .collect();
    let small = data("<row r=\"1\"><c r=\"A1\"><v>129</v></c></row>");
    let strings = |entities: &str, text: &str| {
        format!(
            "{entities}<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{text}</t></si></sst>"
        )
    };
    let by_string = |index: &str| {
        data(&format!(
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>{index}</v></c></row>"
        ))
    };
    let mut laughs = "<!DOCTYPE x [<!ENTITY a0 \"ha\">".to_owned();
    for level in 1..30 {
        laughs += &format!(
            "<!ENTITY a{level} \"{}\">",
            format!("&a{};", level - 1).repeat(10)
        );
    }
    laughs += "]>";
    let ods = |cells: &str| {
        fixtures::open_document(
            "spreadsheet",
            &format!("<table:table table:name=\"A\">{cells}</table:table>"),
        )
    };
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\"><text:p>1</text:p></table:table-cell>";
    vec![
        either("million-rows.xlsx", workbook(&[data(&rows)], &[])),
        either(
            "sixteen-thousand-columns.xlsx",
            workbook(&[data(&format!("<row r=\"1\">{wide}</row>"))], &[]),
        ),
        either(
            "last-cell-of-all.xlsx",
            workbook(
                &[data(
                    "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>",
                )],
                &[],
            ),
        ),
        either(
            "cell-beyond-the-last.xlsx",
            workbook(
                &[data(
                    "<row r=\"99999999\"><c r=\"ZZZZZZ99999999\"><v>1</v></c></row>",
                )],
                &[],
            ),
        ),
        pages(
            "two-hundred-sheets.xlsx",
            workbook(&vec![small.clone(); 200], &[]),
        ),
        reason(
            "three-thousand-sheets.xlsx",
            workbook(&vec![small.clone(); 3_000], &[]),
            &["too_many_pages"],
        ),
        either("no-sheets.xlsx", workbook(&[], &[])),
        either("nothing-in-it.xlsx", workbook(&[data("")], &[])),
        either(
            "string-that-is-not-there.xlsx",
            workbook(
                &[by_string("999999")],
                &[("xl/sharedStrings.xml", &strings("", "a"))],
            ),
        ),
        either(
            "string-below-nothing.xlsx",
            workbook(
                &[by_string("-1")],
                &[("xl/sharedStrings.xml", &strings("", "a"))],
            ),
        ),
        reason(
            "laughs.xlsx",
            workbook(
                &[by_string("0")],
                &[("xl/sharedStrings.xml", &strings(&laughs, "&a29;"))],
            ),
            &["markup_bomb", "damaged"],
        ),
        either(
            "a-long-string.xlsx",
            workbook(
                &[by_string("0")],
                &[(
                    "xl/sharedStrings.xml",
                    &strings("", &"word ".repeat(400_000)),
                )],
            ),
        ),
        either(
            "rows-backwards.xlsx",
            workbook(
                &[data(
                    "<row r=\"9\"><c r=\"B9\"><v>1</v></c></row><row r=\"1\"><c r=\"A1\"><v>2</v></c></row><row r=\"1\"><c r=\"A1\"><v>3</v></c></row>",
                )],
                &[],
            ),
        ),
        either(
            "merged-without-an-end.xlsx",
            workbook(
                &[format!(
                    "{}<mergeCells>{}</mergeCells>",
                    small,
                    "<mergeCell ref=\"A1:XFD1048576\"/>".repeat(500)
                )],
                &[],
            ),
        ),
        either(
            "numbers-beyond-numbers.xlsx",
            workbook(
                &[data(
                    "<row r=\"1\"><c r=\"A1\"><v>1e999</v></c><c r=\"B1\"><v>NaN</v></c><c r=\"C1\"><v>-99999999999999999999</v></c><c r=\"D1\" t=\"d\"><v>99999-99-99</v></c><c r=\"E1\" t=\"e\"><v>#REF!</v></c></row>",
                )],
                &[],
            ),
        ),
        reason(
            "deep.xlsx",
            workbook(&["<a>".repeat(200_000)], &[]),
            &["markup_bomb", "damaged", "no_pages"],
        ),
        either(
            "right-to-left.xlsx",
            fixtures::xlsx(&[(
                "\u{05DE}\u{05D7}\u{05D9}\u{05E8}\u{05D9}\u{05DD}",
                false,
                &[&["\u{05D7}\u{05D9}\u{05D9}\u{05E9}\u{05DF}", "129"]],
            )]),
        ),
        reason(
            "all-hidden.xlsx",
            fixtures::xlsx(&[("a", true, &[&["b"]])]),
            &["no_pages"],
        ),
        either(
            "repeated-rows.ods",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>"
            )),
        ),
        either(
            "repeated-cells.ods",
            ods(&format!(
                "<table:table-row>{}</table:table-row>",
                cell.replace(
                    "office:value-type",
                    "table:number-columns-repeated=\"16384\" office:value-type"
                )
            )),
        ),
        either(
            "repeated-both-ways.ods",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"1048576\">{}</table:table-row>",
                cell.replace(
                    "office:value-type",
                    "table:number-columns-repeated=\"16384\" office:value-type"
                )
            )),
        ),
        either(
            "repeated-below-nothing.ods",
            ods(&format!(
                "<table:table-row table:number-rows-repeated=\"-5\">{cell}</table:table-row>"
            )),
        ),
    ]
}
