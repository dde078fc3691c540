//! DOCX: its running text.

use crate::documents::Failure;
use crate::documents::blocks::{Block, Look, SpanBuilder};
use crate::documents::outline::{Body, Outline};
use crate::documents::package::Package;
use crate::documents::xml::{self, Element, Step};

/// Reads the body of a document.
pub(super) fn read(package: &mut Package, main: &str) -> Result<Outline, Failure> {
    let mut reader = BodyReader::default();
    xml::walk(&package.required(main)?, |step, _| {
        reader.step(&step);
        Ok(())
    })?;
    Ok(Outline {
        body: Body::Text(reader.blocks),
        ..Outline::default()
    })
}

#[derive(Default)]
struct BodyReader {
    blocks: Vec<Block>,
    /// A text box is a paragraph inside a paragraph.
    paragraphs: Vec<Paragraph>,
    rows: Option<Vec<Vec<String>>>,
    /// Tables inside tables are read as part of the outer cell.
    table_depth: usize,
    in_text: bool,
    skipping: usize,
}

#[derive(Default)]
struct Paragraph {
    spans: SpanBuilder,
    heading: Option<u8>,
    list_depth: Option<u8>,
    bold: bool,
    is_code: bool,
}

/// Text that was deleted, or is there for older programs, or is not text.
const SKIPPED: [&str; 6] = [
    "Fallback",
    "del",
    "moveFrom",
    "instrText",
    "delText",
    "sectPr",
];

impl BodyReader {
    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Open(element) if SKIPPED.contains(&element.name()) => self.skipping += 1,
            Step::Close(name) if SKIPPED.contains(name) => {
                self.skipping = self.skipping.saturating_sub(1);
            }
            _ if self.skipping > 0 => {}
            Step::Open(element) => self.open(element),
            Step::Close(name) => self.close(name),
            Step::Text(text) if self.in_text => self.push(text),
            Step::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        let value = || element.attribute("val").unwrap_or_default();
        match element.name() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => self.style(|paragraph| paragraph.bold = false),
            "b" => {
                self.style(|paragraph| paragraph.bold = !matches!(value().as_str(), "0" | "false"));
            }
            "pStyle" => {
                let style = value().to_lowercase();
                self.style(|paragraph| {
                    paragraph.heading = heading_level(&style);
                    paragraph.is_code = style.contains("code") || style.contains("preformatted");
                    if style.contains("list") {
                        paragraph.list_depth.get_or_insert(0);
                    }
                });
            }
            "ilvl" => {
                self.style(|paragraph| paragraph.list_depth = Some(value().parse().unwrap_or(0)));
            }
            "t" => self.in_text = true,
            "tab" => self.push(" "),
            "br" if element.attribute("type").is_some_and(|kind| kind == "page") => {
                self.blocks.push(Block::PageBreak);
            }
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "tbl" => {
                self.table_depth += 1;
                self.rows.get_or_insert_default();
            }
            "tr" if self.table_depth == 1 => self.rows.get_or_insert_default().push(Vec::new()),
            "tc" if self.table_depth == 1 => {
                if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.end_paragraph(paragraph);
                }
            }
            "tbl" => {
                self.table_depth = self.table_depth.saturating_sub(1);
                if self.table_depth == 0
                    && let Some(rows) = self.rows.take()
                {
                    self.blocks.push(Block::Table { header: true, rows });
                }
            }
            _ => {}
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            let look = if paragraph.bold {
                Look::Bold
            } else {
                Look::Plain
            };
            paragraph.spans.push(text, look);
        }
    }

    fn style(&mut self, change: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            change(paragraph);
        }
    }

    fn end_paragraph(&mut self, mut paragraph: Paragraph) {
        if let Some(cell) = self
            .rows
            .as_mut()
            .and_then(|rows| rows.last_mut())
            .and_then(|row| row.last_mut())
        {
            let text = paragraph.spans.take_text();
            if !cell.is_empty() && !text.is_empty() {
                cell.push('\n');
            }
            cell.push_str(&text);
            return;
        }
        let block = match (paragraph.heading, paragraph.list_depth) {
            (Some(level), _) => Block::Heading(level, paragraph.spans.take_text()),
            (None, Some(depth)) => Block::Item {
                depth,
                marker: "•".to_owned(),
                spans: paragraph.spans.take(),
            },
            _ if paragraph.is_code => Block::Code(paragraph.spans.take_text()),
            _ => Block::Paragraph(paragraph.spans.take()),
        };
        if !block.is_empty() {
            self.blocks.push(block);
        }
    }
}

/// Style identifiers are those of the English names even in translated programs, nearly always.
fn heading_level(style: &str) -> Option<u8> {
    match style {
        "title" => Some(1),
        "subtitle" => Some(3),
        _ => {
            let number = style
                .strip_prefix("heading")
                .or_else(|| style.strip_prefix("berschrift"))?;
            // The first level of headings divides a document; only its title stands above it.
            number
                .parse()
                .ok()
                .filter(|level| (1..=6).contains(level))
                .map(|level: u8| level + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lists_tables_and_text_boxes_are_read_and_deletions_are_not() {
        let mut reader = BodyReader::default();
        let text = "<w:document><w:body><w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Offer</w:t></w:r></w:p>\
            <w:p><w:pPr><w:numPr><w:ilvl w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>point</w:t></w:r></w:p>\
            <w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:rPr><w:b/></w:rPr><w:t>kept</w:t></w:r></w:p>\
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>\
            <w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></mc:Choice></mc:AlternateContent><w:t>around</w:t></w:r></w:p></w:body></w:document>";
        xml::walk(text, |step, _| {
            reader.step(&step);
            Ok(())
        })
        .unwrap();
        let texts: Vec<String> = reader.blocks.iter().map(Block::text).collect();
        assert_eq!(texts, ["Offer", "• point", "kept", "a\tb", "box", "around"]);
        assert!(matches!(reader.blocks.first(), Some(Block::Heading(2, _))));
    }
}
