//! Plain text in which addresses of the web can be followed.

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Text(String),
    /// An `http` or `https` address.
    Link(String),
}

/// Cuts `text` into words and addresses.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = next_address(rest) {
        let end = from
            .find(|letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | '"'))
            .unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        // What closes the sentence does not belong to the address.
        let address = address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Link(address.to_owned()));
        rest = from.strip_prefix(address).unwrap_or(after);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// The text before the next address, and the text that begins with it.
fn next_address(text: &str) -> Option<(&str, &str)> {
    text.match_indices("http")
        .map(|(at, _)| text.split_at(at))
        .find(|(_, from)| {
            let host = from
                .strip_prefix("https://")
                .or_else(|| from.strip_prefix("http://"));
            host.is_some_and(|host| host.starts_with(char::is_alphanumeric))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    fn link(url: &str) -> Piece {
        Piece::Link(url.to_owned())
    }

    #[test]
    fn addresses_can_be_followed_and_the_sentence_stays() {
        assert_eq!(
            pieces("See https://example.com/a?b=c. Or (http://example.org)!"),
            [
                text("See "),
                link("https://example.com/a?b=c"),
                text(". Or ("),
                link("http://example.org"),
                text(")!"),
            ]
        );
    }

    #[test]
    fn what_is_no_web_address_stays_text() {
        for plain in ["", "http", "https://", "javascript:alert(1)", "http:// a"] {
            assert!(
                !pieces(plain)
                    .iter()
                    .any(|piece| matches!(piece, Piece::Link(_)))
            );
        }
    }
}
