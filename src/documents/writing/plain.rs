//! Plain text to blocks.

use crate::documents::blocks::{Block, Span};

/// Blocks as the empty lines divide them. What is aligned with spaces or tabs keeps its columns.
pub(super) fn read(text: &str) -> Vec<Block> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut blocks = Vec::new();
    for sheet in text.split('\u{C}') {
        if !blocks.is_empty() {
            blocks.push(Block::PageBreak);
        }
        let mut lines: Vec<&str> = Vec::new();
        for line in sheet.lines().chain([""]) {
            if blocks.is_empty()
                && lines.is_empty()
                && let Some(heading) = heading(line)
            {
                blocks.push(heading);
            } else if line.trim().is_empty() {
                blocks.extend(block(&std::mem::take(&mut lines)));
            } else {
                lines.push(line.trim_end());
            }
        }
    }
    blocks
}

fn block(lines: &[&str]) -> Option<Block> {
    if lines.is_empty() {
        return None;
    }
    let aligned =
        |line: &&str| line.trim_start().contains("   ") || line.trim_start().contains('\t');
    let text = lines.join("\n");
    let columns = lines.iter().filter(|line| aligned(line)).count() * 2 > lines.len();
    Some(if columns {
        Block::Code(text)
    } else {
        Block::Paragraph(vec![Span::plain(text)])
    })
}

/// A short first line that is not yet a sentence is what the text is called.
fn heading(line: &str) -> Option<Block> {
    let line = line.trim();
    let is_heading =
        (3..=80).contains(&line.chars().count()) && !line.ends_with(['.', ',', ';', '!', '?']);
    (is_heading && line.chars().any(char::is_alphabetic))
        .then(|| Block::Heading(1, line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_divide_and_columns_are_kept() {
        let blocks = read("Call script\none\r\ntwo\r\n\r\n  a    1\r\n  b    2\r\n\u{C}next");
        assert_eq!(
            blocks,
            [
                Block::Heading(1, "Call script".to_owned()),
                Block::Paragraph(vec![Span::plain("one\ntwo")]),
                Block::Code("  a    1\n  b    2".to_owned()),
                Block::PageBreak,
                Block::Paragraph(vec![Span::plain("next")]),
            ]
        );
    }
}
