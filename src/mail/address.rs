//! Whom mail goes to, as types that cannot be wrong.

use std::fmt;

use lettre::message::Mailbox;

/// Longer names help nobody, and some servers refuse them.
const LONGEST_NAME: usize = 120;

/// An e-mail address to which mail can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(lettre::Address);

impl Address {
    /// The address in `text`, blanks around it left out.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        text.trim()
            .parse()
            .map(Self)
            .map_err(|_| "This is not an e-mail address to which mail can be sent.")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Somebody with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// What mail programs show.
    pub name: Option<String>,
    /// Where it goes.
    pub address: Address,
}

impl Recipient {
    /// Somebody of this name, if it is known, and address.
    pub fn parse(name: Option<&str>, address: &str) -> Result<Self, &'static str> {
        Ok(Self {
            name: name.map(one_line).filter(|name| !name.is_empty()),
            address: Address::parse(address)?,
        })
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        Mailbox::new(self.name.clone(), self.address.0.clone())
    }
}

/// A text that fits a header: on one line, without control characters, not endless.
pub(super) fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_add_a_header_is_no_address() {
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@example.com\r\nBcc: eve@example.com",
            "ada@example.com, eve@example.com",
            "Ada <ada@example.com>",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(
            Address::parse(" ada@example.com ").unwrap().to_string(),
            "ada@example.com"
        );
    }

    #[test]
    fn a_name_is_one_line() {
        let ada = Recipient::parse(Some("Ada\r\nBcc: eve@example.com\0"), "ada@example.com");
        assert_eq!(
            ada.unwrap().name.as_deref(),
            Some("Ada Bcc: eve@example.com")
        );
        let nobody = Recipient::parse(Some(" \n "), "ada@example.com").unwrap();
        assert_eq!(nobody.name, None);
    }
}
