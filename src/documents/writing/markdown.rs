//! Markdown to blocks.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::html;
use super::inline::Pictures;
use crate::documents::Failure;
use crate::documents::blocks::{Block, Look, SpanBuilder};
use crate::documents::titles;

/// The title from the front matter, if there is one, and the blocks.
pub(super) fn read(text: &str) -> Result<(Option<String>, Vec<Block>), Failure> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader::default();
    for event in Parser::new_ext(text, options) {
        reader.event(event)?;
    }
    reader.end_paragraph();
    Ok((reader.title, reader.blocks))
}

#[derive(Default)]
struct Reader {
    title: Option<String>,
    blocks: Vec<Block>,
    spans: SpanBuilder,
    looks: Vec<Look>,
    heading: Option<u8>,
    quotes: usize,
    /// The next number of each list around, or nothing for bullets.
    lists: Vec<Option<u64>>,
    marker: Option<String>,
    code: Option<String>,
    html: String,
    front_matter: bool,
    rows: Vec<Vec<String>>,
    pictures: Pictures,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Result<(), Failure> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag)?,
            Event::Text(text) if self.front_matter => self.read_front_matter(&text),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self
                    .spans
                    .push_words(&text, self.looks.last().copied().unwrap_or_default()),
            },
            Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.spans.push(&text, Look::Code);
            }
            Event::Html(text) => self.html.push_str(&text),
            Event::SoftBreak => self.spans.push_words(" ", Look::Plain),
            Event::HardBreak => self.spans.push("\n", Look::Plain),
            Event::Rule => self.blocks.push(Block::Rule),
            Event::TaskListMarker(done) => {
                self.marker = Some(if done { "☑" } else { "☐" }.to_owned());
            }
            Event::FootnoteReference(name) => self.spans.push(&format!("[{name}]"), Look::Plain),
            Event::InlineHtml(_) => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_paragraph();
                self.heading = Some(*level as u8);
            }
            Tag::BlockQuote(_) => {
                self.end_paragraph();
                self.quotes += 1;
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.end_paragraph();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.end_paragraph();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.marker = Some(match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let marker = format!("{number}.");
                        *number += 1;
                        marker
                    }
                    _ => "•".to_owned(),
                });
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            Tag::Strong => self.looks.push(Look::Bold),
            Tag::Link { .. } => self.looks.push(Look::Link),
            // The description comes as text behind this; of a picture that is elsewhere it is all there is.
            Tag::Image { dest_url, .. } if self.heading.is_none() && self.rows.is_empty() => {
                if let Some(picture) = self.pictures.take(dest_url, "") {
                    self.end_paragraph();
                    self.blocks.push(picture);
                }
            }
            Tag::MetadataBlock(_) => self.front_matter = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) -> Result<(), Failure> {
        match tag {
            TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) => self.end_paragraph(),
            TagEnd::BlockQuote(_) => {
                self.end_paragraph();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::CodeBlock => self.blocks.extend(self.code.take().map(Block::Code)),
            TagEnd::List(_) => {
                self.end_paragraph();
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = self.spans.take_text();
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.blocks.push(Block::Table {
                header: true,
                rows: std::mem::take(&mut self.rows),
            }),
            TagEnd::Strong | TagEnd::Link => {
                self.looks.pop();
            }
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                self.blocks.extend(html::read(&html)?.1);
            }
            TagEnd::MetadataBlock(_) => self.front_matter = false,
            _ => {}
        }
        Ok(())
    }

    fn end_paragraph(&mut self) {
        let block = if let Some(level) = self.heading.take() {
            Block::Heading(level, self.spans.take_text())
        } else if !self.lists.is_empty() {
            let depth = u8::try_from(self.lists.len() - 1).unwrap_or(u8::MAX);
            let spans = self.spans.take();
            if spans.is_empty() {
                return;
            }
            Block::Item {
                depth,
                marker: self.marker.take().unwrap_or_default(),
                spans,
            }
        } else if self.quotes > 0 {
            Block::Quote(self.spans.take())
        } else {
            Block::Paragraph(self.spans.take())
        };
        if !block.is_empty() {
            self.blocks.push(block);
        }
    }

    fn read_front_matter(&mut self, text: &str) {
        let title = text.lines().find_map(|line| line.strip_prefix("title:"));
        self.title =
            title.and_then(|title| titles::worth_showing(title.trim().trim_matches(['"', '\''])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_blocks() {
        let text = "---\ntitle: \"Battle card\"\n---\n# Head & *tail*\n\nA **bold** `x`\n\n- one\n  - two\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\n> said\n\n<script>alert(1)</script>\n";
        let (title, blocks) = read(text).unwrap();
        assert_eq!(title.as_deref(), Some("Battle card"));
        let texts: Vec<String> = blocks.iter().map(Block::text).collect();
        assert_eq!(
            texts,
            [
                "Head & tail",
                "A bold x",
                "• one",
                "• two",
                "1. first",
                "2. second",
                "a\tb\n1\t2",
                "code\n",
                "said"
            ]
        );
    }
}
