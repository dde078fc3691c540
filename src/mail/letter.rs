//! What a mail says, and how that looks: plain text, and the same as HTML from one template.

use askama::Template;

use crate::error::{Error, Result};
use crate::markdown::message_html;

/// Stands in a button's address for the token of the mail's own link, which is put in when the mail is sent.
pub const LINK_TOKEN: &str = "LINK-TOKEN";

/// Stands in a mail about a one-time code for the code, which is put in when the mail is sent.
pub const ONE_TIME_CODE: &str = "ONE-TIME-CODE";

/// Stands in the address of [`Letter::opt_out`] for the token that is put in when the mail is sent.
pub const OPT_OUT_TOKEN: &str = "OPT-OUT-TOKEN";

/// The content of a mail, in the order in which it is read. Every text but the message is plain: it is escaped where it
/// is shown.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// `Hello Ada,`; left out where empty.
    pub greeting: String,
    /// What somebody wrote, in Markdown; left out where empty. The plain mail has it as it was written.
    pub message: String,
    /// The body. Line breaks inside a paragraph are kept.
    pub paragraphs: Vec<String>,
    /// A list below the body.
    pub points: Vec<Point>,
    /// A picture that leads where the button leads.
    pub picture: Option<Picture>,
    /// The one thing to do.
    pub button: Option<Button>,
    /// Who writes; line breaks are kept.
    pub signature: String,
    /// Why the reader gets this, in small print.
    pub footer: String,
    /// Where the reader says that they want no more such mail; an address of our own with [`OPT_OUT_TOKEN`] in it. Mail
    /// programs are told of it too.
    pub opt_out: Option<String>,
}

/// A picture. Mail programs may not show it: nothing is said by it alone.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Where it is; an address of our own.
    pub url: String,
    /// What it shows, in words.
    pub alt: String,
}

/// A line of the list.
#[derive(Clone, Debug, Default)]
pub struct Point {
    /// What it is.
    pub title: String,
    /// A word about it; left out where empty.
    pub detail: String,
    /// Where it leads to, if anywhere; an address of our own.
    pub url: Option<String>,
}

/// The one thing to do.
#[derive(Clone, Debug)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// Where it leads to; an address of our own.
    pub url: String,
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    subject: &'a str,
    letter: &'a Letter,
    message: String,
}

impl Letter {
    /// The letter as mail programs show it.
    pub fn html(&self, subject: &str) -> Result<String> {
        Html {
            subject,
            letter: self,
            message: message_html(&self.message),
        }
        .render()
        .map_err(Error::internal)
    }

    pub(super) fn text(&self) -> String {
        let mut parts = Vec::new();
        parts.push(self.greeting.clone());
        parts.push(self.message.trim().to_owned());
        parts.extend(self.paragraphs.iter().map(|text| text.trim().to_owned()));
        let points: Vec<String> = self.points.iter().map(Point::text).collect();
        parts.push(points.join("\n"));
        if let Some(button) = &self.button {
            parts.push(format!("{}:\n{}", button.label, button.url));
        }
        parts.push(self.signature.clone());
        if !self.footer.is_empty() {
            parts.push(format!("-- \n{}", self.footer));
        }
        if let Some(url) = &self.opt_out {
            parts.push(format!("No more mail like this: {url}"));
        }
        parts.retain(|part| !part.is_empty());
        parts.join("\n\n") + "\n"
    }
}

impl Point {
    fn text(&self) -> String {
        let mut text = format!("- {}", self.title);
        if !self.detail.is_empty() {
            text = format!("{text}: {}", self.detail);
        }
        match &self.url {
            Some(url) => format!("{text}\n  {url}"),
            None => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            greeting: "Hello Noor,".to_owned(),
            paragraphs: vec!["Two pages <changed>.\nLook & see.".to_owned()],
            points: vec![Point {
                title: "Prices".to_owned(),
                detail: "page 3".to_owned(),
                url: None,
            }],
            button: Some(Button {
                label: "See the page".to_owned(),
                url: "https://sales.example/p/LINK-TOKEN#p3".to_owned(),
            }),
            signature: "Sam Rivera".to_owned(),
            footer: "You read this before.".to_owned(),
            ..Letter::default()
        }
    }

    #[test]
    fn a_picture_has_words_and_the_way_out_stands_at_the_end() {
        let letter = Letter {
            picture: Some(Picture {
                url: "https://sales.example/p/LINK-TOKEN/cover.jpg".to_owned(),
                alt: "First page: \"Prices\"".to_owned(),
            }),
            opt_out: Some("https://sales.example/opt-out/OPT-OUT-TOKEN".to_owned()),
            ..letter()
        };
        assert!(
            letter
                .text()
                .ends_with("No more mail like this: https://sales.example/opt-out/OPT-OUT-TOKEN\n")
        );
        let html = letter.html("Prices").unwrap();
        assert!(
            html.contains("alt=\"First page: &#34;Prices&#34;\""),
            "{html}"
        );
        assert!(html.contains("href=\"https://sales.example/opt-out/OPT-OUT-TOKEN\""));
    }

    #[test]
    fn the_plain_text_reads_top_down() {
        assert_eq!(
            letter().text(),
            "Hello Noor,\n\nTwo pages <changed>.\nLook & see.\n\n- Prices: page 3\n\nSee the page:\n\
             https://sales.example/p/LINK-TOKEN#p3\n\nSam Rivera\n\n-- \nYou read this before.\n"
        );
    }

    #[test]
    fn a_message_is_drawn_from_its_markdown_and_brings_in_nothing_else() {
        let letter = Letter {
            message:
                "**Two** pages, [here](https://example.com/x).\n\n<img src=x onerror=alert(1)> \
                [no](javascript:alert(1))"
                    .to_owned(),
            ..letter()
        };
        let html = letter.html("Prices").unwrap();
        assert!(html.contains("<strong>Two</strong> pages"), "{html}");
        assert!(html.contains("href=\"https://example.com/x\""), "{html}");
        assert!(
            !html.contains("onerror") && !html.contains("javascript:"),
            "{html}"
        );
        assert!(letter.text().contains("**Two** pages, [here]"));
    }

    #[test]
    fn html_escapes_what_people_typed() {
        let html = letter().html("A <b>bold</b> subject").unwrap();
        assert!(!html.contains("<changed>") && !html.contains("<b>bold"));
        assert!(html.contains("Look &#38; see.") || html.contains("Look &amp; see."));
        assert!(html.contains("href=\"https://sales.example/p/LINK-TOKEN#p3\""));
    }
}
