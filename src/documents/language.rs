//! Which language a text is in.

use whatlang::{Lang, detect};

/// Less text than this is too little to tell.
const MIN_CHARACTERS: usize = 60;

/// The ISO 639-1 code of the language, or nothing when that is not certain.
pub fn of(text: &str) -> Option<&'static str> {
    if text.chars().filter(|c| c.is_alphabetic()).count() < MIN_CHARACTERS {
        return None;
    }
    let found = detect(text).filter(whatlang::Info::is_reliable)?;
    two_letters(found.lang())
}

fn two_letters(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Ita => "it",
        Lang::Por => "pt",
        Lang::Nld => "nl",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Cat => "ca",
        Lang::Heb => "he",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_told_when_there_is_enough_text() {
        let german = "Die Plattform verbindet alle Standorte und senkt die Kosten für den laufenden Betrieb erheblich.";
        assert_eq!(of(german), Some("de"));
        let english = "The platform connects every site and lowers the cost of running the whole operation considerably.";
        assert_eq!(of(english), Some("en"));
        assert_eq!(of("Hello"), None);
    }
}
