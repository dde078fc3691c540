//! Texts as they are compared: small letters without accents, one space between words.

/// The text as it is compared.
pub(super) fn fold(text: &str) -> String {
    Folded::of(text).folded
}

/// A text as it is compared that remembers where its letters came from.
#[derive(Debug)]
pub(super) struct Folded {
    folded: String,
    /// For each byte of `folded`, the character of the original that it came from.
    origins: Vec<usize>,
    /// The original's characters.
    letters: Vec<char>,
}

impl Folded {
    pub(super) fn of(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let mut folded = String::with_capacity(text.len());
        let mut origins = Vec::with_capacity(text.len());
        for (at, letter) in letters.iter().enumerate() {
            let before = folded.len();
            if letter.is_whitespace() {
                if !folded.ends_with(' ') {
                    folded.push(' ');
                }
            } else {
                for small in letter.to_lowercase() {
                    push_plain(&mut folded, small);
                }
            }
            origins.extend(std::iter::repeat_n(at, folded.len() - before));
        }
        Self {
            folded,
            origins,
            letters,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.folded
    }

    /// The first place of a word in the original's letters, with so many characters before and after it.
    pub(super) fn around(&self, word: &str, many: usize) -> Option<(String, String, String)> {
        let start = self.folded.find(word)?;
        let first = *self.origins.get(start)?;
        let last = *self.origins.get(start + word.len().max(1) - 1)?;
        let piece = |from: usize, to: usize| {
            let letters = self.letters.get(from..to.min(self.letters.len()));
            letters
                .unwrap_or_default()
                .iter()
                .map(|letter| if letter.is_whitespace() { ' ' } else { *letter })
                .collect::<String>()
        };
        Some((
            piece(first.saturating_sub(many), first),
            piece(first, last + 1),
            piece(last + 1, last + 1 + many),
        ))
    }
}

/// Adds a letter without its accent. Marks of their own are left out; scripts without accents stay as they are.
fn push_plain(text: &mut String, letter: char) {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ğ' | 'ģ' => 'g',
        'ì'..='ï' | 'ī' | 'į' | 'ı' => 'i',
        'ķ' => 'k',
        'ł' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ß' => return text.push_str("ss"),
        'æ' => return text.push_str("ae"),
        'œ' => return text.push_str("oe"),
        '\u{300}'..='\u{36F}' | '\u{AD}' | '\u{591}'..='\u{5BD}' | '\u{64B}'..='\u{652}' => return,
        '’' | '‘' => '\'',
        '‐' | '‑' | '–' => '-',
        other => other,
    };
    text.push(plain);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_lose_case_and_accents() {
        assert_eq!(fold("Größe  Ærø\nCafe\u{301}"), "grosse aero cafe");
    }

    #[test]
    fn the_place_is_that_of_the_original() {
        let folded = Folded::of("eine GROẞE Straße hier");
        let (before, hit, after) = folded.around("strasse", 5).unwrap();
        assert_eq!(
            (before.as_str(), hit.as_str(), after.as_str()),
            ("ROẞE ", "Straße", " hier")
        );
    }
}
