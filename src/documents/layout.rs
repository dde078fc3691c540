//! Where the words and the links of a page stand.
//!
//! It is what a page needs to be read aloud, selected and followed in its picture. A line keeps its words in logical
//! order, whichever way they run. Areas are in ten-thousandths of the page, so they fit every size of its picture.
//!
//! It is made by children and not believed: [`PageLayout::keep_sound`] drops what a page cannot have.

use serde::{Deserialize, Serialize};

use super::limits::{MAX_PAGE_LINES, MAX_PAGE_LINKS, MAX_PAGE_TEXT_BYTES, MAX_PAGES};

/// How many parts a page has in each direction.
pub const PARTS: u16 = 10_000;

/// The longest address that is kept.
const MAX_ADDRESS_BYTES: usize = 2_000;

/// The words and links of a page with their places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageLayout {
    /// Its lines, in reading order.
    pub lines: Vec<PageLine>,
    /// Where it leads to.
    pub links: Vec<PageLink>,
}

/// A line of writing: where it stands, and its words in logical order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLine(pub Area, pub String);

/// A place on a page that leads somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLink(pub Area, pub LinkTarget);

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum LinkTarget {
    /// To a page of the same document, counted from 1.
    Page(u32),
    /// To an `http`, `https` or `mailto` address.
    Url(String),
}

/// A rectangle on a page: left, top, width, height, in ten-thousandths of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area(pub u16, pub u16, pub u16, pub u16);

impl Area {
    /// The part of a rectangle that lies on the page, given as fractions of it; nothing if none does.
    pub(super) fn of_fractions(left: f64, top: f64, right: f64, bottom: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to the range just before"
        )]
        let part = |fraction: f64| (fraction.clamp(0.0, 1.0) * f64::from(PARTS)).round() as u16;
        let all = [left, top, right, bottom];
        let (left, top, right, bottom) = (part(left), part(top), part(right), part(bottom));
        let there = all.iter().all(|fraction| fraction.is_finite()) && left < right && top < bottom;
        there.then(|| Self(left, top, right - left, bottom - top))
    }

    fn is_sound(self) -> bool {
        let Self(left, top, width, height) = self;
        let fits = |start: u16, length: u16| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= PARTS)
        };
        fits(left, width) && fits(top, height)
    }
}

impl PageLayout {
    /// Drops what is too much, lies beside the page or leads where nobody may be led.
    pub(super) fn keep_sound(&mut self) {
        self.lines.truncate(MAX_PAGE_LINES);
        self.links.truncate(MAX_PAGE_LINKS);
        let mut left = MAX_PAGE_TEXT_BYTES;
        self.lines.retain(|PageLine(area, text)| {
            let room = left.checked_sub(text.len());
            left = room.unwrap_or(0);
            room.is_some() && area.is_sound() && !text.trim().is_empty()
        });
        self.links
            .retain(|PageLink(area, target)| area.is_sound() && target.is_sound());
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.links.is_empty()
    }
}

impl LinkTarget {
    /// An address that a reader may safely follow; actions, scripts and files are none.
    pub(super) fn address(address: &str) -> Option<Self> {
        let url = url::Url::parse(address.trim()).ok()?;
        let followable = address.len() <= MAX_ADDRESS_BYTES
            && matches!(url.scheme(), "http" | "https" | "mailto");
        followable.then(|| Self::Url(url.into()))
    }

    fn is_sound(&self) -> bool {
        match self {
            Self::Page(number) => (1..=MAX_PAGES).contains(number),
            Self::Url(url) => {
                url.len() <= 2 * MAX_ADDRESS_BYTES
                    && ["http://", "https://", "mailto:"]
                        .iter()
                        .any(|scheme| url.starts_with(scheme))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_beside_the_page_is_cut_off() {
        assert_eq!(
            Area::of_fractions(-0.5, 0.25, 0.5, 2.0),
            Some(Area(0, 2_500, 5_000, 7_500))
        );
        assert_eq!(Area::of_fractions(1.1, 0.0, 1.2, 1.0), None);
        assert_eq!(Area::of_fractions(f64::NAN, 0.0, 1.0, 1.0), None);
    }

    #[test]
    fn what_a_hostile_child_says_is_not_believed() {
        let area = Area(0, 0, 100, 100);
        let link = |target: &str| PageLink(area, LinkTarget::Url(target.to_owned()));
        let mut layout = PageLayout {
            lines: vec![
                PageLine(Area(9_990, 0, 20, 10), "beside".to_owned()),
                PageLine(Area(u16::MAX, 0, u16::MAX, 10), "far".to_owned()),
                PageLine(area, " ".to_owned()),
                PageLine(area, "kept".to_owned()),
            ],
            links: vec![
                link("javascript:alert(1)"),
                link("file:///etc/passwd"),
                link("https://example.org/"),
                PageLink(area, LinkTarget::Page(0)),
                PageLink(area, LinkTarget::Page(MAX_PAGES + 1)),
            ],
        };
        layout.keep_sound();
        assert_eq!(layout.lines, [PageLine(area, "kept".to_owned())]);
        assert_eq!(layout.links, [link("https://example.org/")]);
    }

    #[test]
    fn it_is_written_shortly_and_read_again() {
        let layout = PageLayout {
            lines: vec![PageLine(Area(1, 2, 3, 4), "a".to_owned())],
            links: vec![PageLink(Area(5, 6, 7, 8), LinkTarget::Page(2))],
        };
        let text = serde_json::to_string(&layout).unwrap();
        assert_eq!(
            text,
            r#"{"lines":[[[1,2,3,4],"a"]],"links":[[[5,6,7,8],2]]}"#
        );
        assert_eq!(serde_json::from_str::<PageLayout>(&text).unwrap(), layout);
    }

    #[test]
    fn only_addresses_that_may_be_followed_are_taken() {
        assert!(LinkTarget::address("https://example.org/a b").is_some());
        assert!(LinkTarget::address("mailto:ann@example.org").is_some());
        for bad in [
            "javascript:alert(1)",
            "file:///a",
            "data:text/html,x",
            "/relative",
            "",
        ] {
            assert_eq!(LinkTarget::address(bad), None, "{bad}");
        }
    }
}
