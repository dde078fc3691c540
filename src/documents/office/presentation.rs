//! PPTX: the words of each slide.

use crate::documents::Failure;
use crate::documents::outline::{Outline, Slide};
use crate::documents::package::{Package, Relations};
use crate::documents::xml::{self, Element, Step};

use super::drawing;

/// Reads the slides in the order in which they are shown.
pub(super) fn read(package: &mut Package, main: &str) -> Result<Outline, Failure> {
    let relations = package.relations(main)?;
    let order = slide_order(&package.required(main)?)?;
    let mut shown = Vec::new();
    let mut hidden = Vec::new();
    for id in order {
        let Some(part) = relations.get(&id).map(|relation| relation.target.clone()) else {
            continue;
        };
        let (slide, is_hidden) = read_slide(package, &part)?;
        if is_hidden { &mut hidden } else { &mut shown }.push(slide);
    }
    Ok(super::presented(shown, hidden.len()))
}

fn slide_order(presentation: &str) -> Result<Vec<String>, Failure> {
    let mut order = Vec::new();
    xml::walk(presentation, |step, _| {
        if let Step::Open(element) = step
            && element.name() == "sldId"
            // The element also has an `id` of its own, so the prefix matters here.
            && let Some(id) = element.prefixed_attribute("r:id")
        {
            order.push(id);
        }
        Ok(())
    })?;
    Ok(order)
}

fn read_slide(package: &mut Package, part: &str) -> Result<(Slide, bool), Failure> {
    let Some(text) = package.text(part)? else {
        return Ok((Slide::default(), false));
    };
    let mut reader = SlideReader::default();
    xml::walk(&text, |step, _| {
        reader.step(&step);
        Ok(())
    })?;
    let relations = package.relations(part)?;
    let SlideReader {
        mut lines,
        title,
        is_hidden,
        embedded,
        ..
    } = reader;
    // From the last to the first, so that the places noted for the earlier ones stay right.
    for (at, id) in embedded.into_iter().rev() {
        let more = embedded_lines(package, &relations, &id)?;
        let at = at.min(lines.len());
        lines.splice(at..at, more);
    }
    let title = if title.is_empty() {
        lines.first().cloned().unwrap_or_default()
    } else {
        title
    };
    Ok((
        Slide {
            title,
            text: lines.join("\n"),
        },
        is_hidden,
    ))
}

fn embedded_lines(
    package: &mut Package,
    relations: &Relations,
    id: &str,
) -> Result<Vec<String>, Failure> {
    let Some(relation) = relations.get(id) else {
        return Ok(Vec::new());
    };
    let part = package.text(&relation.target)?.unwrap_or_default();
    match relation.kind.as_str() {
        "chart" => drawing::chart_lines(&part),
        "diagramData" => drawing::diagram_lines(&part),
        _ => Ok(Vec::new()),
    }
}

#[derive(Default)]
struct SlideReader {
    lines: Vec<String>,
    title: String,
    is_hidden: bool,
    /// Charts and diagrams: how many lines came before, and their relation.
    embedded: Vec<(usize, String)>,
    placeholder: Placeholder,
    paragraph: String,
    /// Cells of the table row being read.
    row: Option<Vec<String>>,
    in_text: bool,
    /// How deep inside markup that is only for older programs.
    skipping: usize,
}

#[derive(Default, PartialEq)]
enum Placeholder {
    #[default]
    None,
    Title,
    /// Number, date and footer, which every slide repeats.
    Furniture,
}

impl SlideReader {
    fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Open(element) if element.name() == "Fallback" => self.skipping += 1,
            Step::Close("Fallback") => self.skipping = self.skipping.saturating_sub(1),
            _ if self.skipping > 0 => {}
            Step::Open(element) => self.open(element),
            Step::Close(name) => self.close(name),
            Step::Text(text) if self.in_text => self.paragraph.push_str(text),
            Step::Text(_) => {}
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        match element.name() {
            "sld" => {
                self.is_hidden = element
                    .attribute("show")
                    .is_some_and(|show| show == "0" || show == "false");
            }
            "sp" | "graphicFrame" => self.placeholder = Placeholder::None,
            "ph" => {
                self.placeholder = match element.attribute("type").as_deref() {
                    Some("title" | "ctrTitle") => Placeholder::Title,
                    Some("sldNum" | "dt" | "ftr") => Placeholder::Furniture,
                    _ => Placeholder::None,
                }
            }
            "tr" => self.row = Some(Vec::new()),
            "tc" => {
                if let Some(row) = &mut self.row {
                    row.push(String::new());
                }
            }
            "t" => self.in_text = true,
            "br" => self.paragraph.push('\n'),
            "tab" => self.paragraph.push('\t'),
            "chart" => self.note_embedded(element.prefixed_attribute("r:id")),
            "relIds" => self.note_embedded(element.prefixed_attribute("r:dm")),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => self.end_paragraph(),
            "tr" => {
                let row = self.row.take().unwrap_or_default().join("\t");
                if !row.trim().is_empty() {
                    self.lines.push(row);
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let paragraph = std::mem::take(&mut self.paragraph);
        let paragraph = paragraph.trim();
        if paragraph.is_empty() || self.placeholder == Placeholder::Furniture {
            return;
        }
        if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
            if !cell.is_empty() {
                cell.push(' ');
            }
            cell.push_str(&paragraph.replace('\n', " "));
            return;
        }
        if self.placeholder == Placeholder::Title {
            if !self.title.is_empty() {
                self.title.push(' ');
            }
            self.title.push_str(&paragraph.replace('\n', " "));
        }
        self.lines.extend(
            paragraph
                .lines()
                .map(|line| line.trim().to_owned())
                .filter(|line| !line.is_empty()),
        );
    }

    fn note_embedded(&mut self, relation: Option<String>) {
        self.embedded
            .extend(relation.map(|relation| (self.lines.len(), relation)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> SlideReader {
        let mut reader = SlideReader::default();
        xml::walk(text, |step, _| {
            reader.step(&step);
            Ok(())
        })
        .unwrap();
        reader
    }

    #[test]
    fn titles_tables_and_breaks_are_read_and_furniture_is_not() {
        let slide = read(
            "<p:sld show=\"0\"><p:sp><p:ph type=\"title\"/><a:p><a:r><a:t>R&amp;D</a:t></a:r><a:br/><a:r><a:t>plan</a:t></a:r></a:p></p:sp>\
             <p:sp><p:ph type=\"sldNum\"/><a:p><a:fld><a:t>7</a:t></a:fld></a:p></p:sp>\
             <p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:r><a:t>a</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>b</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>\
             <mc:AlternateContent><mc:Choice><a:p><a:r><a:t>new</a:t></a:r></a:p></mc:Choice><mc:Fallback><a:p><a:r><a:t>old</a:t></a:r></a:p></mc:Fallback></mc:AlternateContent></p:sld>",
        );
        assert!(slide.is_hidden);
        assert_eq!(slide.title, "R&D plan");
        assert_eq!(slide.lines, ["R&D", "plan", "a\tb", "new"]);
    }

    #[test]
    fn slides_come_in_the_order_of_the_list() {
        let order = slide_order(
            "<p:presentation><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId9\"/><p:sldId id=\"257\" r:id=\"rId2\"/></p:sldIdLst></p:presentation>",
        );
        assert_eq!(order.unwrap(), ["rId9", "rId2"]);
    }
}
