//! Running text on sheets of paper.
//!
//! A sheet is as long as it must be, between the shape of a screen and that of A4. A heading of the first level starts a
//! new one, and one of the second level does once the current one is well filled, so that a list of short sections does
//! not become a stack of nearly empty sheets. No heading stands alone at the bottom.

use std::collections::VecDeque;

use super::columns::{CELL, PADDING, column_widths, is_numeric};
use super::lines::{CODE, Line, break_code, break_lines, draw_line, rest_of, text_of};
use super::measure::{Face, width};
use super::svg::{Drawing, Ink};
use crate::documents::blocks::{Block, Look, Span};

const WIDTH: f32 = 800.0;
const MARGIN: f32 = 72.0;
const TOP: f32 = 64.0;
const MAX_HEIGHT: f32 = 1_131.0;
const MIN_HEIGHT: f32 = 450.0;
/// A sheet that is filled down to here makes room for the next section.
const WELL_FILLED: f32 = 330.0;
const TEXT: f32 = 15.0;
const LEADING: f32 = 1.5;

/// A full sheet.
pub(super) struct Sheet {
    /// Its first heading, or that of the sheet before, or the fallback.
    pub(super) title: String,
    /// Its own first heading.
    pub(super) heading: Option<String>,
    /// What it says.
    pub(super) text: String,
    /// How it looks.
    pub(super) drawing: Drawing,
}

/// Lays blocks out on as many sheets as they need.
pub(super) fn lay_out(blocks: Vec<Block>, fallback_title: &str) -> Vec<Sheet> {
    let mut press = Press::new(fallback_title);
    let mut waiting: VecDeque<Block> = blocks
        .into_iter()
        .filter(|block| !block.is_empty())
        .collect();
    while let Some(block) = waiting.pop_front() {
        let starts_page = match &block {
            Block::Heading(1, _) => press.has_body,
            Block::Heading(2, _) => press.has_body && press.y > WELL_FILLED,
            _ => false,
        };
        let heading_needs_company = matches!(block, Block::Heading(..)) && press.room() < 140.0;
        if (starts_page || heading_needs_company || matches!(block, Block::PageBreak))
            && !press.is_blank()
        {
            press.turn();
        }
        // What does not fit comes back and is laid out on the next sheet.
        if let Some(rest) = press.place(block) {
            waiting.push_front(rest);
            press.turn();
        }
    }
    press.finish()
}

struct Press<'a> {
    sheets: Vec<Sheet>,
    fallback_title: &'a str,
    drawing: Drawing,
    y: f32,
    texts: Vec<String>,
    heading: Option<String>,
    has_body: bool,
}

impl<'a> Press<'a> {
    fn new(fallback_title: &'a str) -> Self {
        Self {
            sheets: Vec::new(),
            fallback_title,
            drawing: Drawing::new(WIDTH, MAX_HEIGHT, Ink::Paper),
            y: TOP,
            texts: Vec::new(),
            heading: None,
            has_body: false,
        }
    }

    fn room(&self) -> f32 {
        MAX_HEIGHT - TOP - self.y
    }

    fn is_blank(&self) -> bool {
        self.texts.is_empty()
    }

    fn turn(&mut self) {
        let mut drawing = std::mem::replace(
            &mut self.drawing,
            Drawing::new(WIDTH, MAX_HEIGHT, Ink::Paper),
        );
        drawing.set_height((self.y + TOP * 0.75).clamp(MIN_HEIGHT, MAX_HEIGHT));
        let heading = self.heading.take();
        let before = self.sheets.last().map(|sheet| sheet.title.as_str());
        let title = heading
            .as_deref()
            .or(before)
            .unwrap_or(self.fallback_title)
            .to_owned();
        let mut texts = std::mem::take(&mut self.texts);
        // A picture without a description says nothing.
        texts.retain(|text| !text.is_empty());
        let text = texts.join("\n");
        self.sheets.push(Sheet {
            title,
            heading,
            text,
            drawing,
        });
        self.y = TOP;
        self.has_body = false;
    }

    fn finish(mut self) -> Vec<Sheet> {
        if !self.is_blank() {
            self.turn();
        }
        self.sheets
    }

    /// Draws a block, or as much of it as fits; the rest is returned.
    fn place(&mut self, block: Block) -> Option<Block> {
        match block {
            Block::Heading(level, text) => {
                self.place_heading(level, &text);
                None
            }
            Block::Paragraph(spans) => self.place_lines(&spans, 0.0, None).map(Block::Paragraph),
            Block::Item {
                depth,
                marker,
                spans,
            } => {
                let indent = 22.0 * (f32::from(depth.min(6)) + 1.0);
                let rest = self.place_lines(&spans, indent, Some(&marker))?;
                Some(Block::Item {
                    depth,
                    marker: String::new(),
                    spans: rest,
                })
            }
            Block::Quote(spans) => self.place_quote(&spans).map(Block::Quote),
            Block::Code(text) => self.place_code(&text).map(Block::Code),
            Block::Table { header, rows } => self
                .place_table(header, rows)
                .map(|(header, rows)| Block::Table { header, rows }),
            Block::Picture {
                png,
                width,
                height,
                description,
            } => self
                .place_picture(&png, (width, height), &description)
                .then_some(Block::Picture {
                    png,
                    width,
                    height,
                    description,
                }),
            Block::Rule => {
                self.drawing.rect(
                    [MARGIN, self.y + 6.0, WIDTH - 2.0 * MARGIN, 1.0],
                    0.0,
                    Ink::Line,
                );
                self.y += 24.0;
                None
            }
            Block::PageBreak => None,
        }
    }

    fn place_heading(&mut self, level: u8, text: &str) {
        let size = match level {
            1 => 30.0,
            2 => 23.0,
            3 => 18.0,
            _ => 15.5,
        };
        if !self.is_blank() {
            self.y += size * 0.5;
        }
        let span = Span {
            text: text.to_owned(),
            look: Look::Bold,
        };
        for line in break_lines(&[span], WIDTH - 2.0 * MARGIN, size)
            .into_iter()
            .take(6)
        {
            self.y += size * 1.25;
            draw_line(
                &mut self.drawing,
                MARGIN,
                self.y - size * 0.25,
                &line,
                size,
                Ink::Text,
            );
        }
        self.y += size * 0.35;
        self.texts.push(text.to_owned());
        self.heading.get_or_insert_with(|| text.to_owned());
    }

    /// Draws a picture no larger than the sheet; says whether it needs a new one.
    fn place_picture(&mut self, png: &str, pixels: (u32, u32), description: &str) -> bool {
        #[expect(
            clippy::cast_precision_loss,
            reason = "pictures are small numbers wide"
        )]
        let (width, height) = (pixels.0.max(1) as f32, pixels.1.max(1) as f32);
        let scale = ((WIDTH - 2.0 * MARGIN) / width)
            .min((MAX_HEIGHT - 2.0 * TOP - TEXT) / height)
            .min(1.0);
        let (width, height) = (width * scale, height * scale);
        if height > self.room() && !self.is_blank() {
            return true;
        }
        self.drawing.picture([MARGIN, self.y, width, height], png);
        self.y += height + TEXT;
        self.texts.push(description.to_owned());
        self.has_body = true;
        false
    }

    fn place_lines(
        &mut self,
        spans: &[Span],
        indent: f32,
        marker: Option<&str>,
    ) -> Option<Vec<Span>> {
        let step = TEXT * LEADING;
        let lines = break_lines(spans, WIDTH - 2.0 * MARGIN - indent, TEXT);
        let fitting = self.lines_that_fit(step, lines.len());
        if let (Some(marker), 1..) = (marker, fitting) {
            let base = self.y + TEXT * 1.1;
            let x = MARGIN + indent - 8.0 - width(marker, Face::Regular, TEXT);
            self.drawing
                .text((x, base), marker, Face::Regular, TEXT, Ink::Faint);
        }
        let (now, later) = lines.split_at(fitting.min(lines.len()));
        for line in now {
            draw_line(
                &mut self.drawing,
                MARGIN + indent,
                self.y + TEXT * 1.1,
                line,
                TEXT,
                Ink::Text,
            );
            self.y += step;
        }
        self.y += if marker.is_some() {
            TEXT * 0.2
        } else {
            TEXT * 0.6
        };
        self.note(marker, now);
        rest_of(later)
    }

    fn place_quote(&mut self, spans: &[Span]) -> Option<Vec<Span>> {
        let step = TEXT * LEADING;
        let lines = break_lines(spans, WIDTH - 2.0 * MARGIN - 24.0, TEXT);
        let fitting = self.lines_that_fit(step, lines.len());
        let (now, later) = lines.split_at(fitting.min(lines.len()));
        let start = self.y;
        for line in now {
            draw_line(
                &mut self.drawing,
                MARGIN + 22.0,
                self.y + TEXT * 1.1,
                line,
                TEXT,
                Ink::Faint,
            );
            self.y += step;
        }
        self.drawing
            .rect([MARGIN, start, 4.0, self.y - start], 2.0, Ink::Line);
        self.y += TEXT * 0.8;
        self.note(None, now);
        rest_of(later)
    }

    fn place_code(&mut self, text: &str) -> Option<String> {
        let room = WIDTH - 2.0 * MARGIN - 2.0 * PADDING;
        let step = CODE * 1.45;
        let lines: Vec<String> = text
            .lines()
            .flat_map(|line| break_code(line, room))
            .collect();
        let fitting = self.lines_that_fit(step, lines.len());
        let (now, later) = lines.split_at(fitting.min(lines.len()));
        #[expect(clippy::cast_precision_loss, reason = "a few dozen lines")]
        let height = now.len() as f32 * step + 2.0 * PADDING;
        self.drawing.rect(
            [MARGIN, self.y, WIDTH - 2.0 * MARGIN, height],
            5.0,
            Ink::Tint,
        );
        self.y += PADDING;
        for line in now {
            self.drawing.text(
                (MARGIN + PADDING, self.y + CODE * 1.05),
                line,
                Face::Mono,
                CODE,
                Ink::Text,
            );
            self.y += step;
        }
        self.y += PADDING + TEXT * 0.7;
        self.texts.push(now.join("\n"));
        self.has_body = true;
        (!later.is_empty()).then(|| later.join("\n"))
    }

    fn place_table(
        &mut self,
        header: bool,
        rows: Vec<Vec<String>>,
    ) -> Option<(bool, Vec<Vec<String>>)> {
        let columns = column_widths(&rows, WIDTH - 2.0 * MARGIN);
        let numeric: Vec<bool> = (0..columns.len())
            .map(|column| is_numeric(&rows, column, header))
            .collect();
        let mut rows = VecDeque::from(rows);
        let mut is_header = header;
        while let Some(row) = rows.pop_front() {
            let face = if is_header { Face::Bold } else { Face::Regular };
            let cells: Vec<Vec<Line>> = row
                .iter()
                .zip(&columns)
                .map(|(text, room)| {
                    let look = if is_header { Look::Bold } else { Look::Plain };
                    let mut lines = break_lines(
                        &[Span {
                            text: text.clone(),
                            look,
                        }],
                        room - 2.0 * PADDING,
                        CELL,
                    );
                    lines.truncate(40);
                    lines
                })
                .collect();
            #[expect(clippy::cast_precision_loss, reason = "at most forty lines")]
            let tallest = cells.iter().map(Vec::len).max().unwrap_or(1).max(1) as f32;
            let height = tallest * CELL * 1.4 + PADDING;
            if height > self.room() && !self.is_blank() {
                rows.push_front(row);
                return Some((is_header, rows.into()));
            }
            if is_header {
                self.drawing.rect(
                    [MARGIN, self.y, columns.iter().sum(), height],
                    0.0,
                    Ink::Tint,
                );
            }
            let mut x = MARGIN;
            for ((lines, room), number) in cells.iter().zip(&columns).zip(&numeric) {
                for (at, line) in (0_u16..).zip(lines) {
                    let base = self.y + PADDING / 2.0 + CELL * (1.05 + 1.4 * f32::from(at));
                    let used: f32 = line
                        .last()
                        .map_or(0.0, |(x, span)| x + width(&span.text, face, CELL));
                    let face = if is_header { Face::Bold } else { Face::Regular };
                    let used = if is_header {
                        width(&text_of(std::slice::from_ref(line)), face, CELL)
                    } else {
                        used
                    };
                    let left = if *number {
                        x + room - PADDING - used
                    } else {
                        x + PADDING
                    };
                    draw_line(&mut self.drawing, left, base, line, CELL, Ink::Text);
                }
                x += room;
            }
            self.y += height;
            self.drawing.rect(
                [MARGIN, self.y - 0.5, columns.iter().sum(), 1.0],
                0.0,
                Ink::Line,
            );
            self.texts.push(row.join("\t"));
            self.has_body = true;
            is_header = false;
        }
        self.y += TEXT;
        None
    }

    /// How many lines of a block fit; at least one on a blank sheet, so that laying out always moves on.
    fn lines_that_fit(&self, step: f32, wanted: usize) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative and small"
        )]
        let fitting = (self.room() / step).max(0.0) as usize;
        if fitting == 0 && self.is_blank() {
            1
        } else {
            fitting.min(wanted)
        }
    }

    fn note(&mut self, marker: Option<&str>, lines: &[Line]) {
        let text = text_of(lines);
        if !text.is_empty() {
            self.texts.push(match marker {
                Some(marker) if !marker.is_empty() => format!("{marker} {text}"),
                _ => text,
            });
            self.has_body = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn main_headings_start_sheets_and_short_sections_share_them() {
        let heading = |level, text: &str| Block::Heading(level, text.to_owned());
        let long = || paragraph(&"many words ".repeat(120));
        let blocks = vec![
            heading(1, "One"),
            heading(2, "Short"),
            paragraph("text"),
            heading(2, "Long"),
            long(),
        ];
        let more = vec![
            heading(2, "Two"),
            paragraph("text"),
            heading(1, "Three"),
            paragraph("text"),
        ];
        let sheets = lay_out([blocks, more].concat(), "file");
        let titles: Vec<&str> = sheets.iter().map(|sheet| sheet.title.as_str()).collect();
        assert_eq!(titles, ["One", "Two", "Three"]);
        assert!(
            sheets[0]
                .text
                .starts_with("One\nShort\ntext\nLong\nmany words")
        );
    }

    #[test]
    fn long_text_goes_on_and_loses_nothing() {
        let words: Vec<String> = (0..3_000).map(|at| format!("word{at}")).collect();
        let sheets = lay_out(vec![paragraph(&words.join(" "))], "file");
        assert!(sheets.len() > 2);
        let all: Vec<String> = sheets
            .iter()
            .flat_map(|sheet| {
                sheet
                    .text
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(all, words);
        assert_eq!(sheets[1].title, "file");
    }

    #[test]
    fn a_word_wider_than_the_sheet_is_broken() {
        let sheets = lay_out(vec![paragraph(&"x".repeat(500))], "file");
        assert_eq!(sheets.len(), 1);
        assert_eq!(sheets[0].text.replace(' ', "").len(), 500);
    }

    #[test]
    fn a_table_longer_than_a_sheet_goes_on() {
        let rows = (0..100)
            .map(|at| vec![format!("row {at}"), "x".to_owned()])
            .collect();
        let sheets = lay_out(vec![Block::Table { header: true, rows }], "file");
        assert!(sheets.len() > 1);
        assert_eq!(
            sheets
                .iter()
                .map(|sheet| sheet.text.lines().count())
                .sum::<usize>(),
            100
        );
    }

    #[test]
    fn a_table_with_very_many_columns_still_ends() {
        let sheets = lay_out(
            vec![Block::Table {
                header: true,
                rows: vec![vec!["x".to_owned(); 500]; 3],
            }],
            "file",
        );
        assert_eq!(sheets.len(), 1);
    }
}
