//! Small PDF files that say what a test wants them to say.

use std::fmt::Write as _;

/// A PDF with a page per entry: its first line is the heading.
pub(crate) fn pdf(pages: &[&str]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|at| format!("{} 0 R", 4 + at * 2))
        .collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Kids[{}]/Count {}>>",
            kids.join(" "),
            pages.len()
        ),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    for (at, page) in pages.iter().enumerate() {
        let mut drawing = String::new();
        for (number, line) in page.lines().enumerate() {
            let (size, y) = if number == 0 {
                (28, 500)
            } else {
                (14, 460 - 20 * number)
            };
            writeln!(drawing, "BT /F1 {size} Tf 60 {y} Td ({line}) Tj ET").unwrap();
        }
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 960 540]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            5 + at * 2
        ));
        objects.push(format!(
            "<</Length {}>>stream\n{drawing}endstream",
            drawing.len()
        ));
    }
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
    }
    let table = file.len();
    writeln!(file, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    writeln!(
        file,
        "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF",
        objects.len() + 1
    )
    .unwrap();
    file.into_bytes()
}
