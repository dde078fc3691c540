//! What a sender writes, from Markdown to the HTML that stands on the prospect's page and in mails.
//!
//! Invariant: what comes out is made of a closed set of elements, without raw HTML, without pictures, and with links to
//! `http`, `https`, `mailto` and `tel` only, whatever went in.

mod addresses;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

pub use addresses::{Piece, pieces};

/// Draws `text`. Line breaks stay, and addresses of the web can be followed though nobody marked them as links.
pub fn message_html(text: &str) -> String {
    let mut cleaner = Cleaner::default();
    let options = Options::ENABLE_STRIKETHROUGH;
    let events: Vec<Event<'_>> = Parser::new_ext(text, options)
        .flat_map(|event| cleaner.clean(event))
        .collect();
    let mut drawn = String::with_capacity(text.len() * 2);
    html::push_html(&mut drawn, events.into_iter());
    drawn
}

/// The words of `text` without its marks, for where nothing can be drawn.
pub fn message_words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => {
                words.push(' ');
            }
            _ => {}
        }
    }
    words
}

#[derive(Default)]
struct Cleaner {
    /// For every link that is open, whether it is drawn.
    links: Vec<bool>,
    /// Inside code, text is shown as it is.
    code: bool,
}

impl Cleaner {
    fn clean<'a>(&mut self, event: Event<'a>) -> Vec<Event<'a>> {
        match event {
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Start(Tag::HtmlBlock | Tag::Image { .. })
            | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => Vec::new(),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let drawn = is_safe(&dest_url);
                self.links.push(drawn);
                if drawn {
                    vec![open_link(&dest_url)]
                } else {
                    Vec::new()
                }
            }
            Event::End(TagEnd::Link) => match self.links.pop() {
                Some(true) => vec![close_link()],
                _ => Vec::new(),
            },
            // The page has one heading of the first level, its title.
            Event::Start(Tag::Heading { .. }) => vec![Event::Start(heading())],
            Event::End(TagEnd::Heading(_)) => vec![Event::End(TagEnd::Heading(HeadingLevel::H2))],
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code = true;
                vec![Event::Start(Tag::CodeBlock(kind))]
            }
            Event::End(TagEnd::CodeBlock) => {
                self.code = false;
                vec![Event::End(TagEnd::CodeBlock)]
            }
            // People press return where they want a new line.
            Event::SoftBreak => vec![Event::HardBreak],
            Event::Text(text) if !self.code && self.links.is_empty() => follow(&text),
            other => vec![other],
        }
    }
}

/// The text with its addresses made links.
fn follow<'a>(text: &str) -> Vec<Event<'a>> {
    pieces(text)
        .into_iter()
        .flat_map(|piece| match piece {
            Piece::Text(text) => vec![Event::Text(text.into())],
            Piece::Link(url) => vec![open_link(&url), Event::Text(url.into()), close_link()],
        })
        .collect()
}

fn heading() -> Tag<'static> {
    Tag::Heading {
        level: HeadingLevel::H2,
        id: None,
        classes: Vec::new(),
        attrs: Vec::new(),
    }
}

fn open_link<'a>(url: &str) -> Event<'a> {
    Event::InlineHtml(CowStr::from(format!(
        "<a href=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\">",
        escaped(url)
    )))
}

fn close_link<'a>() -> Event<'a> {
    Event::InlineHtml(CowStr::from("</a>"))
}

fn is_safe(url: &str) -> bool {
    let scheme = url
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(scheme.as_str(), "http" | "https" | "mailto" | "tel"))
}

fn escaped(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut escaped, letter| {
            match letter {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                letter if letter.is_control() => {}
                letter => escaped.push(letter),
            }
            escaped
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_drawn_and_line_breaks_stay() {
        assert_eq!(
            message_html("Dear **Ann**,\nas promised:\n\n- one\n- *two*"),
            "<p>Dear <strong>Ann</strong>,<br />\nas promised:</p>\n<ul>\n<li>one</li>\n<li><em>two</em></li>\n</ul>\n"
        );
        assert_eq!(message_html("# Big"), "<h2>Big</h2>\n");
    }

    #[test]
    fn addresses_can_be_followed() {
        let link = |url: &str, text: &str| {
            format!(
                "<p><a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer\">{text}</a></p>\n"
            )
        };
        assert_eq!(
            message_html("[here](https://example.com/?a=1&b=2)"),
            link("https://example.com/?a=1&amp;b=2", "here")
        );
        assert_eq!(
            message_html("https://example.com/x"),
            link("https://example.com/x", "https://example.com/x")
        );
        assert_eq!(
            message_html("<mailto:a@b.example>"),
            link("mailto:a@b.example", "mailto:a@b.example")
        );
    }

    #[test]
    fn nothing_that_runs_or_loads_gets_through() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "[x](data:text/html;base64,PHN2Zz4=)",
            "[x](vbscript:x)",
            "![x](https://evil.example/pixel.gif)",
            "[x](//evil.example)",
            "<javascript:alert(1)>",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "<svg/onload=alert(1)>",
            "<details open ontoggle=alert(1)>",
            "[a]: javascript:alert(1)\n\n[a]",
            "[x](java\nscript:alert(1))",
            "[x](&#106;avascript:alert(1))",
        ] {
            let drawn = message_html(hostile);
            let allowed = [
                "<p>",
                "</p>",
                "<br />",
                "</a>",
                "<a href=\"http",
                "<a href=\"mailto",
                "<code>",
                "</code>",
            ];
            let mut rest = drawn.clone();
            for piece in allowed {
                rest = rest.replace(piece, "");
            }
            assert!(!rest.contains('<'), "{hostile} became {drawn}");
            assert!(
                !drawn.to_lowercase().contains("href=\"javascript"),
                "{drawn}"
            );
        }
    }
}
