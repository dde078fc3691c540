//! Running text as a list of blocks.
//!
//! HTML, Markdown, plain text and word processor documents all become this before they are drawn. It holds what a reader
//! sees, and nothing that could act: no scripts, no styles, no addresses to fetch.

use serde::{Deserialize, Serialize};

/// One piece of running text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Block {
    /// A heading; 1 is the highest.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// An item of a list.
    Item {
        /// How many lists it lies inside, from 0.
        depth: u8,
        /// A bullet or a number.
        marker: String,
        /// What it says.
        spans: Vec<Span>,
    },
    /// Lines that keep their breaks and spaces.
    Code(String),
    /// Somebody else's words.
    Quote(Vec<Span>),
    /// Rows of cells.
    Table {
        /// Whether the first row names the columns.
        header: bool,
        /// The cells' texts.
        rows: Vec<Vec<String>>,
    },
    /// A picture that came with the text.
    Picture {
        /// PNG in Base64, made by ourselves.
        png: String,
        /// In pixels of the original.
        width: u32,
        /// In pixels of the original.
        height: u32,
        /// What it shows, in words.
        description: String,
    },
    /// A line across the page.
    Rule,
    /// The document wants a new page here.
    PageBreak,
}

/// A stretch of text of one look.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Span {
    /// Its characters; a newline is a forced break.
    pub(super) text: String,
    /// How it looks.
    pub(super) look: Look,
}

/// How a span looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Look {
    /// As everything around it.
    #[default]
    Plain,
    /// Stressed.
    Bold,
    /// As typed into a computer.
    Code,
    /// Leading somewhere.
    Link,
}

impl Span {
    /// A span of the usual look.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            look: Look::Plain,
        }
    }
}

impl Block {
    /// What the block says, without its look.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Heading(_, text) | Self::Code(text) => text.clone(),
            Self::Paragraph(spans) | Self::Quote(spans) => join(spans),
            Self::Item { marker, spans, .. } => format!("{marker} {}", join(spans)),
            Self::Table { rows, .. } => rows
                .iter()
                .map(|row| row.join("\t"))
                .collect::<Vec<_>>()
                .join("\n"),
            Self::Picture { description, .. } => description.clone(),
            Self::Rule | Self::PageBreak => String::new(),
        }
    }

    /// Whether there is anything to see.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Picture { .. } | Self::Rule | Self::PageBreak => false,
            Self::Item { spans, .. } => join(spans).trim().is_empty(),
            other => other.text().trim().is_empty(),
        }
    }
}

fn join(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// Collects spans, joining neighbours of one look and folding white space as HTML and XML want it.
#[derive(Debug, Default)]
pub(super) struct SpanBuilder {
    spans: Vec<Span>,
}

impl SpanBuilder {
    /// Adds text whose white space only separates words.
    pub(super) fn push_words(&mut self, text: &str, look: Look) {
        let mut folded = String::with_capacity(text.len());
        let mut after_space = self.ends_with_space();
        for character in text.chars() {
            // A space that must not break is still a space that must not vanish.
            if character.is_whitespace() && character != '\u{A0}' {
                if !after_space {
                    folded.push(' ');
                }
                after_space = true;
            } else {
                folded.push(character);
                after_space = false;
            }
        }
        self.push(&folded, look);
    }

    /// Adds text as it is.
    pub(super) fn push(&mut self, text: &str, look: Look) {
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.look == look => last.text.push_str(text),
            _ => self.spans.push(Span {
                text: text.to_owned(),
                look,
            }),
        }
    }

    /// The spans, without white space at either end; the builder is empty afterwards.
    pub(super) fn take(&mut self) -> Vec<Span> {
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(first) = spans.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        if let Some(last) = spans.last_mut() {
            last.text = last.text.trim_end().to_owned();
        }
        spans.retain(|span| !span.text.is_empty());
        spans
    }

    /// The text alone; the builder is empty afterwards.
    pub(super) fn take_text(&mut self) -> String {
        join(&self.take())
    }

    fn ends_with_space(&self) -> bool {
        self.spans
            .last()
            .is_none_or(|span| span.text.ends_with([' ', '\n']))
    }
}
