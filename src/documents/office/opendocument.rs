//! ODP and ODT: slides and running text.

use std::collections::BTreeSet;

use crate::documents::Failure;
use crate::documents::blocks::{Block, Look, SpanBuilder};
use crate::documents::outline::{Body, Outline, Slide};
use crate::documents::xml::{self, Element, Step};

/// What prospects must not see, and what is not text.
const SKIPPED: [&str; 5] = [
    "notes",
    "annotation",
    "tracked-changes",
    "deletion",
    "forms",
];

/// Reads the slides of a presentation.
pub(super) fn read_slides(content: &str) -> Result<Outline, Failure> {
    let mut reader = SlidesReader::default();
    walk_visible(content, |step| reader.step(step))?;
    let hidden = reader.slides.iter().filter(|(_, hidden)| *hidden).count();
    let shown = reader
        .slides
        .into_iter()
        .filter(|(_, hidden)| !hidden)
        .map(|(slide, _)| slide)
        .collect();
    Ok(super::presented(shown, hidden))
}

/// Reads the running text of a document.
pub(super) fn read_text(content: &str) -> Result<Outline, Failure> {
    let mut reader = TextReader::default();
    walk_visible(content, |step| reader.step(step))?;
    Ok(Outline {
        body: Body::Text(reader.blocks),
        ..Outline::default()
    })
}

fn walk_visible(content: &str, mut visit: impl FnMut(&Step<'_>)) -> Result<(), Failure> {
    let mut skipping = 0_usize;
    xml::walk(content, |step, _| {
        match &step {
            Step::Open(element) if SKIPPED.contains(&element.name()) => skipping += 1,
            Step::Close(name) if SKIPPED.contains(name) => skipping = skipping.saturating_sub(1),
            _ if skipping > 0 => {}
            visible => visit(visible),
        }
        Ok(())
    })
}

/// Characters of a paragraph; white space in the file only separates words, real spaces have elements of their own.
fn read_characters(spans: &mut SpanBuilder, step: &Step<'_>) {
    match step {
        Step::Text(text) => spans.push_words(text, Look::Plain),
        Step::Open(element) => match element.name() {
            "s" | "tab" => spans.push(" ", Look::Plain),
            "line-break" => spans.push("\n", Look::Plain),
            _ => {}
        },
        Step::Close(_) => {}
    }
}

#[derive(Default)]
struct SlidesReader {
    slides: Vec<(Slide, bool)>,
    hidden_styles: BTreeSet<String>,
    style: String,
    lines: Vec<String>,
    title: String,
    hidden: bool,
    in_slide: bool,
    in_title: bool,
    paragraph: Option<SpanBuilder>,
    row: Option<Vec<String>>,
}

impl SlidesReader {
    fn step(&mut self, step: &Step<'_>) {
        if let Some(spans) = &mut self.paragraph {
            read_characters(spans, step);
        }
        match step {
            Step::Open(element) => self.open(element),
            Step::Close(name) => self.close(name),
            Step::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "style" => self.style = element.prefixed_attribute("style:name").unwrap_or_default(),
            "drawing-page-properties"
                if element
                    .attribute("visibility")
                    .is_some_and(|value| value == "hidden") =>
            {
                self.hidden_styles.insert(self.style.clone());
            }
            "page" => {
                self.in_slide = true;
                self.hidden = element
                    .prefixed_attribute("draw:style-name")
                    .is_some_and(|style| self.hidden_styles.contains(&style));
            }
            "frame" => {
                self.in_title = element
                    .attribute("class")
                    .is_some_and(|class| class == "title");
            }
            "table-row" => self.row = Some(Vec::new()),
            "table-cell" => {
                if let Some(row) = &mut self.row {
                    row.push(String::new());
                }
            }
            "p" | "h" if self.in_slide => self.paragraph = Some(SpanBuilder::default()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h" => self.end_paragraph(),
            "frame" => self.in_title = false,
            "table-row" => {
                let row = self.row.take().unwrap_or_default().join("\t");
                if !row.trim().is_empty() {
                    self.lines.push(row);
                }
            }
            "page" => self.end_slide(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let text = self
            .paragraph
            .take()
            .map(|mut spans| spans.take_text())
            .unwrap_or_default();
        if text.is_empty() {
            return;
        }
        if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&text);
            return;
        }
        if self.in_title {
            if !self.title.is_empty() {
                self.title.push(' ');
            }
            self.title.push_str(&text.replace('\n', " "));
        }
        self.lines.extend(text.lines().map(str::to_owned));
    }

    fn end_slide(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let mut title = std::mem::take(&mut self.title);
        if title.is_empty() {
            title = lines.first().cloned().unwrap_or_default();
        }
        self.slides.push((
            Slide {
                title,
                text: lines.join("\n"),
            },
            self.hidden,
        ));
        self.in_slide = false;
    }
}

#[derive(Default)]
struct TextReader {
    blocks: Vec<Block>,
    spans: Option<SpanBuilder>,
    heading: u8,
    list_depth: u8,
    rows: Option<Vec<Vec<String>>>,
    in_body: bool,
}

impl TextReader {
    fn step(&mut self, step: &Step<'_>) {
        if let Some(spans) = &mut self.spans {
            read_characters(spans, step);
        }
        match step {
            Step::Open(element) => self.open(element),
            Step::Close(name) => self.close(name),
            Step::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "body" => self.in_body = true,
            "p" if self.in_body => {
                self.heading = 0;
                self.spans = Some(SpanBuilder::default());
            }
            "h" if self.in_body => {
                let level = element
                    .attribute("outline-level")
                    .and_then(|level| level.parse().ok());
                // As in DOCX, the first level divides a document.
                self.heading = level.unwrap_or(1).clamp(1, 6) + 1;
                self.spans = Some(SpanBuilder::default());
            }
            "list" => self.list_depth = self.list_depth.saturating_add(1),
            "table" => self.rows = Some(Vec::new()),
            "table-row" => self.rows.get_or_insert_default().push(Vec::new()),
            "table-cell" => {
                if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h" => self.end_paragraph(),
            "list" => self.list_depth = self.list_depth.saturating_sub(1),
            "table" => {
                if let Some(rows) = self.rows.take() {
                    self.blocks.push(Block::Table { header: true, rows });
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(mut spans) = self.spans.take() else {
            return;
        };
        if let Some(cell) = self
            .rows
            .as_mut()
            .and_then(|rows| rows.last_mut())
            .and_then(|row| row.last_mut())
        {
            if !cell.is_empty() {
                cell.push('\n');
            }
            cell.push_str(&spans.take_text());
            return;
        }
        let block = match (self.heading, self.list_depth) {
            (0, 0) => Block::Paragraph(spans.take()),
            (0, depth) => Block::Item {
                depth: depth - 1,
                marker: "•".to_owned(),
                spans: spans.take(),
            },
            (level, _) => Block::Heading(level, spans.take_text()),
        };
        if !block.is_empty() {
            self.blocks.push(block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_are_read_without_notes_and_hidden_ones() {
        let content = "<office:document-content><office:automatic-styles><style:style style:name=\"dp2\"><style:drawing-page-properties presentation:visibility=\"hidden\"/></style:style></office:automatic-styles>\
            <office:body><draw:page draw:style-name=\"dp1\"><draw:frame presentation:class=\"title\"><draw:text-box><text:p>A <text:span>plan</text:span></text:p></draw:text-box></draw:frame>\
            <draw:frame><text:p>body<text:line-break/>more</text:p></draw:frame><presentation:notes><text:p>secret</text:p></presentation:notes></draw:page>\
            <draw:page draw:style-name=\"dp2\"><text:p>hidden</text:p></draw:page></office:body></office:document-content>";
        let outline = read_slides(content).unwrap();
        let slides = outline.slides_if_there_are(1).unwrap();
        assert_eq!(
            slides,
            [Slide {
                title: "A plan".to_owned(),
                text: "A plan\nbody\nmore".to_owned()
            }]
        );
        assert_eq!(outline.warnings.len(), 1);
    }

    #[test]
    fn running_text_has_headings_lists_and_tables() {
        let content = "<office:body><text:h text:outline-level=\"2\">Head</text:h><text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>\
            <table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table><text:p>end</text:p></office:body>";
        let Body::Text(blocks) = read_text(content).unwrap().body else {
            panic!("not text")
        };
        let texts: Vec<String> = blocks.iter().map(Block::text).collect();
        assert_eq!(texts, ["Head", "• one", "a\tb", "end"]);
    }
}
