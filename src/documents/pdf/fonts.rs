//! Fonts for text whose font is not inside the PDF.
//!
//! A font of this machine with the same name or the same metrics is best; without one, the small set that hayro brings
//! along shows Latin text. Fonts are looked for only when a document asks for one.

use std::sync::Arc;

use hayro::hayro_interpret::font::{FontQuery, StandardFont};
use hayro::hayro_interpret::hayro_cmap::CidFamily;

use crate::documents::fonts::{self, FontFile, Wanted};

/// What is asked when a font is missing.
type Resolver = Arc<dyn Fn(&FontQuery) -> Option<FontFile> + Send + Sync>;

/// What hayro asks when a font is missing.
pub(super) fn resolver() -> Resolver {
    Arc::new(|query| {
        let (wanted, standard) = match query {
            FontQuery::Standard(font) => (standard_font(*font), *font),
            FontQuery::Fallback(query) => {
                let name = query
                    .font_family
                    .as_ref()
                    .or(query.font_name.as_ref())
                    .or(query.post_script_name.as_ref());
                let wanted = Wanted {
                    name: name.map(|name| family_of(name)).unwrap_or_default(),
                    bold: query.is_bold || query.font_weight >= 600,
                    italic: query.is_italic,
                    monospace: query.is_fixed_pitch,
                    serif: query.is_serif,
                    script: query
                        .character_collection
                        .as_ref()
                        .map_or(&[], |collection| script(&collection.family)),
                };
                (Some(wanted), query.pick_standard_font())
            }
        };
        wanted
            .and_then(|wanted| fonts::find(&wanted))
            .or_else(|| Some(standard.get_font_data()))
    })
}

/// A system font for one of the fourteen that every reader must have; the two of signs are better taken from hayro.
fn standard_font(font: StandardFont) -> Option<Wanted> {
    let name = font.postscript_name();
    let family = ["Helvetica", "Times", "Courier"]
        .into_iter()
        .find(|family| name.starts_with(family))?;
    Some(Wanted {
        name: family.to_owned(),
        bold: name.contains("Bold"),
        italic: name.contains("Italic") || name.contains("Oblique"),
        monospace: family == "Courier",
        serif: family == "Times",
        script: &[],
    })
}

/// Fonts for the scripts of which a PDF may leave the font out.
fn script(family: &CidFamily) -> &'static [&'static str] {
    match family {
        CidFamily::AdobeJapan1 => &["Noto Sans CJK JP", "Source Han Sans", "IPAGothic"],
        CidFamily::AdobeGB1 => &[
            "Noto Sans CJK SC",
            "Source Han Sans SC",
            "WenQuanYi Zen Hei",
        ],
        CidFamily::AdobeCNS1 => &["Noto Sans CJK TC", "Source Han Sans TC"],
        CidFamily::AdobeKorea1 => &["Noto Sans CJK KR", "Source Han Sans K", "NanumGothic"],
        _ => &[],
    }
}

/// `ABCDEF+ArialMT,Bold` is the family `Arial`.
fn family_of(name: &str) -> String {
    let name = name.split_once('+').map_or(name, |(_, name)| name);
    let name = name.split(['-', ',']).next().unwrap_or(name);
    name.trim_end_matches("MT")
        .trim_end_matches("PS")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_taken_from_the_names_of_fonts() {
        assert_eq!(family_of("ABCDEF+ArialMT"), "Arial");
        assert_eq!(family_of("TimesNewRomanPS-BoldMT"), "TimesNewRoman");
        assert_eq!(family_of("Calibri,Bold"), "Calibri");
    }
}
