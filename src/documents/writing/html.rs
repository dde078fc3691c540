//! HTML to blocks.
//!
//! The parser is the one of the standard, so any text is HTML to it. Of the tree only what a reader would see is taken.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

use super::inline::Pictures;
use crate::documents::blocks::{Block, Look, SpanBuilder};
use crate::documents::limits::MAX_XML_DEPTH;
use crate::documents::titles;
use crate::documents::{Failure, FailureCode};

/// The title from the head, if there is one, and the blocks of the body.
pub(super) fn read(text: &str) -> Result<(Option<String>, Vec<Block>), Failure> {
    let document = Html::parse_document(text);
    let mut reader = Reader::default();
    let mut depth = 0_usize;
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                depth += 1;
                if depth > MAX_XML_DEPTH {
                    let detail = format!("elements are nested more than {MAX_XML_DEPTH} deep");
                    return Err(Failure::new(FailureCode::MarkupBomb, detail));
                }
                match node.value() {
                    Node::Element(element) => reader.open(element),
                    Node::Text(text) => reader.text(text),
                    _ => {}
                }
            }
            Edge::Close(node) => {
                depth -= 1;
                if let Node::Element(element) = node.value() {
                    reader.close(element.name());
                }
            }
        }
    }
    reader.end_paragraph();
    Ok((titles::worth_showing(reader.title.trim()), reader.blocks))
}

/// What is not shown, or would show something from elsewhere.
const SKIPPED: [&str; 14] = [
    "script", "style", "template", "noscript", "svg", "math", "iframe", "object", "embed",
    "select", "textarea", "audio", "video", "canvas",
];

#[derive(Default)]
struct Reader {
    title: String,
    in_title: bool,
    blocks: Vec<Block>,
    spans: SpanBuilder,
    looks: Vec<Look>,
    heading: Option<u8>,
    quotes: usize,
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    code: Option<String>,
    rows: Option<Vec<Vec<String>>>,
    header: bool,
    pictures: Pictures,
    /// How deep inside something that is not shown, counted in elements.
    skipping: usize,
}

impl Reader {
    fn open(&mut self, element: &Element) {
        let name = element.name();
        if self.skipping > 0 || SKIPPED.contains(&name) || is_hidden(element) {
            self.skipping += 1;
            return;
        }
        match name {
            "title" => self.in_title = true,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.end_paragraph();
                self.heading = name.get(1..).and_then(|level| level.parse().ok());
            }
            "blockquote" => {
                self.end_paragraph();
                self.quotes += 1;
            }
            "pre" => {
                self.end_paragraph();
                self.code = Some(String::new());
            }
            "ul" => self.open_list(None),
            "ol" => self.open_list(Some(
                element
                    .attr("start")
                    .and_then(|start| start.parse().ok())
                    .unwrap_or(1),
            )),
            "li" => {
                self.end_paragraph();
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}.");
                        *number = number.saturating_add(1);
                        marker
                    }
                    _ => "•".to_owned(),
                });
            }
            "table" if self.rows.is_none() => {
                self.end_paragraph();
                self.rows = Some(Vec::new());
                self.header = false;
            }
            "tr" => self.rows.get_or_insert_default().push(Vec::new()),
            "th" if self.rows.as_ref().is_some_and(|rows| rows.len() == 1) => self.header = true,
            "br" => match &mut self.code {
                Some(code) => code.push('\n'),
                None => self.spans.push("\n", Look::Plain),
            },
            "hr" => {
                self.end_paragraph();
                self.blocks.push(Block::Rule);
            }
            "img" => self.picture(element),
            "b" | "strong" => self.looks.push(Look::Bold),
            "code" | "kbd" | "samp" => self.looks.push(Look::Code),
            "a" => self.looks.push(Look::Link),
            _ if is_block(name) => self.end_paragraph(),
            _ => {}
        }
    }

    /// A picture that is in the text stands between its paragraphs; of any other there are only the words.
    fn picture(&mut self, element: &Element) {
        let description = element.attr("alt").unwrap_or_default();
        let can_stand = self.rows.is_none() && self.heading.is_none() && self.code.is_none();
        let address = element.attr("src").filter(|_| can_stand);
        match address.and_then(|address| self.pictures.take(address, description)) {
            Some(picture) => {
                self.end_paragraph();
                self.blocks.push(picture);
            }
            None => self.spans.push_words(description, Look::Plain),
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping > 0 {
            return;
        }
        if self.in_title {
            self.title.push_str(text);
            return;
        }
        match &mut self.code {
            Some(code) => code.push_str(text),
            None => self
                .spans
                .push_words(text, self.looks.last().copied().unwrap_or_default()),
        }
    }

    fn close(&mut self, name: &str) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        match name {
            "title" => self.in_title = false,
            "blockquote" => {
                self.end_paragraph();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "pre" => {
                let code = self
                    .code
                    .take()
                    .map(|code| code.trim_matches('\n').to_owned());
                self.blocks
                    .extend(code.map(Block::Code).filter(|block| !block.is_empty()));
            }
            "ul" | "ol" => {
                self.end_paragraph();
                self.lists.pop();
            }
            "td" | "th" => {
                let cell = self.spans.take_text();
                if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            "table" => {
                if let Some(rows) = self.rows.take() {
                    let table = Block::Table {
                        header: self.header,
                        rows,
                    };
                    self.blocks
                        .extend(Some(table).filter(|table| !table.is_empty()));
                }
            }
            "b" | "strong" | "code" | "kbd" | "samp" | "a" => {
                self.looks.pop();
            }
            _ if is_block(name) => self.end_paragraph(),
            _ => {}
        }
    }

    fn open_list(&mut self, first: Option<u64>) {
        self.end_paragraph();
        self.lists.push(first);
    }

    fn end_paragraph(&mut self) {
        // Inside a table, paragraphs are part of the cell.
        if self.rows.is_some() {
            self.spans.push_words(" ", Look::Plain);
            return;
        }
        let spans = self.spans.take();
        if spans.is_empty() {
            return;
        }
        let text = || {
            spans
                .iter()
                .map(|span| span.text.as_str())
                .collect::<String>()
        };
        let block = if let Some(level) = self.heading.take() {
            Block::Heading(level, text())
        } else if !self.lists.is_empty() {
            let depth = u8::try_from(self.lists.len() - 1).unwrap_or(u8::MAX);
            Block::Item {
                depth,
                marker: self.marker.take().unwrap_or_default(),
                spans,
            }
        } else if self.quotes > 0 {
            Block::Quote(spans)
        } else {
            Block::Paragraph(spans)
        };
        self.blocks.push(block);
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "aside"
            | "nav"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "figcaption"
            | "address"
            | "details"
            | "summary"
            | "form"
            | "fieldset"
            | "body"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

fn is_hidden(element: &Element) -> bool {
    let style = || {
        element
            .attr("style")
            .unwrap_or_default()
            .replace(' ', "")
            .to_ascii_lowercase()
    };
    element.attr("hidden").is_some() || style().contains("display:none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_seen_is_read() {
        let text = "<title>Offer</title><script>x()</script><h1>Head &amp; more</h1><p>A <b>bold</b> word<br>next</p>\
            <div style='display: none'>gone</div><ul><li>one<ul><li>two</ul><li>three</ul>\
            <table><tr><th>a<th>b<tr><td><p>1</p><td>2</table><pre>\n  code\n</pre><p hidden>gone";
        let (title, blocks) = read(text).unwrap();
        assert_eq!(title.as_deref(), Some("Offer"));
        let texts: Vec<String> = blocks.iter().map(Block::text).collect();
        assert_eq!(
            texts,
            [
                "Head & more",
                "A bold word\nnext",
                "• one",
                "• two",
                "• three",
                "a\tb\n1\t2",
                "  code"
            ]
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = "<div>".repeat(MAX_XML_DEPTH + 10);
        assert_eq!(read(&deep).unwrap_err().code, FailureCode::MarkupBomb);
    }
}
