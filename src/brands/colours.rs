//! From one chosen colour to those that can be read: pure arithmetic on sRGB.
//!
//! The accent stands as text on the page's grounds and as ground under text. Where the chosen colour has too little
//! contrast for that, it is darkened (on light ground) or lightened (on dark ground) just as far as needed, and the rest
//! of the look follows from it.

use serde::Serialize;

use crate::error::{Error, Result};

/// What WCAG AA asks of text.
const ENOUGH: f64 = 4.5;
/// How much of the accent is in its soft ground.
const SOFT: f64 = 0.14;
const STEPS: u32 = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Rgb([f64; 3]);

const WHITE: Rgb = Rgb([1.0, 1.0, 1.0]);
const BLACK: Rgb = Rgb([0.0, 0.0, 0.0]);

/// The grounds of the prospect's page, as in `viewer.css`.
const LIGHT: [&str; 2] = ["#f6f5f2", "#ffffff"];
const DARK: [&str; 2] = ["#0f1519", "#161e24"];

/// A colour with what goes with it, on one ground.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Shade {
    /// As text, and as ground under text.
    pub accent: String,
    /// Text on it.
    pub on: String,
    /// A soft ground under it.
    pub soft: String,
    /// Its least contrast with what it stands on.
    pub contrast: f64,
    /// The contrast of text on it.
    pub contrast_on: f64,
    /// Whether it had to differ from what was chosen.
    pub adapted: bool,
}

/// What is made of a colour.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Palette {
    /// The chosen colour, `#rrggbb`.
    pub chosen: String,
    /// On light ground.
    pub light: Shade,
    /// On dark ground.
    pub dark: Shade,
}

/// The colours that are made of `chosen`, `#rgb` or `#rrggbb`.
pub fn palette(chosen: &str) -> Result<Palette> {
    let colour = parse(chosen).ok_or_else(|| {
        Error::field(
            "accent",
            "A colour is written as # and six digits, as in #0b6b63.",
        )
    })?;
    Ok(Palette {
        chosen: hex(colour),
        light: shade(colour, LIGHT, BLACK),
        dark: shade(colour, DARK, WHITE),
    })
}

/// The nearest to `colour`, on the way to `towards`, that can be read on these grounds.
fn shade(colour: Rgb, grounds: [&str; 2], towards: Rgb) -> Shade {
    let grounds = grounds.map(|ground| parse(ground).unwrap_or(WHITE));
    let [_, surface] = grounds;
    let mut best = None;
    for step in 0..=STEPS {
        // Rounded first: what is measured is what is written.
        let accent = rounded(mix(colour, towards, f64::from(step) / f64::from(STEPS)));
        let soft = rounded(mix(surface, accent, SOFT));
        let contrast = grounds
            .into_iter()
            .chain([soft])
            .map(|ground| contrast(accent, ground))
            .fold(f64::INFINITY, f64::min);
        let on = [WHITE, BLACK]
            .into_iter()
            .max_by(|a, b| self::contrast(accent, *a).total_cmp(&self::contrast(accent, *b)))
            .unwrap_or(WHITE);
        let found = Shade {
            accent: hex(accent),
            on: hex(on),
            soft: hex(soft),
            contrast: two_digits(contrast),
            contrast_on: two_digits(self::contrast(accent, on)),
            adapted: step > 0,
        };
        if contrast >= ENOUGH && self::contrast(accent, on) >= ENOUGH {
            return found;
        }
        best = Some(found);
    }
    // Black on light and white on dark have enough; the end of the way is never short of it.
    best.unwrap_or(Shade {
        accent: hex(towards),
        on: hex(if towards == BLACK { WHITE } else { BLACK }),
        soft: hex(surface),
        contrast: 0.0,
        contrast_on: 0.0,
        adapted: true,
    })
}

fn parse(text: &str) -> Option<Rgb> {
    let digits = text.trim().strip_prefix('#')?;
    let digits: Vec<f64> = digits
        .chars()
        .map(|digit| digit.to_digit(16).map(f64::from))
        .collect::<Option<_>>()?;
    match digits.as_slice() {
        [r, g, b] => Some(Rgb([*r, *g, *b].map(|one| one * 17.0 / 255.0))),
        [r1, r2, g1, g2, b1, b2] => Some(Rgb(
            [(r1, r2), (g1, g2), (b1, b2)].map(|(high, low)| (high * 16.0 + low) / 255.0)
        )),
        _ => None,
    }
}

fn hex(colour: Rgb) -> String {
    colour.0.iter().fold("#".to_owned(), |text, part| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to a byte"
        )]
        let byte = (part * 255.0).round().clamp(0.0, 255.0) as u8;
        format!("{text}{byte:02x}")
    })
}

fn rounded(colour: Rgb) -> Rgb {
    Rgb(colour.0.map(|part| (part * 255.0).round() / 255.0))
}

fn mix(one: Rgb, other: Rgb, share: f64) -> Rgb {
    let Rgb([r1, g1, b1]) = one;
    let Rgb([r2, g2, b2]) = other;
    Rgb([(r1, r2), (g1, g2), (b1, b2)].map(|(a, b)| a * (1.0 - share) + b * share))
}

/// The contrast of two colours, as WCAG 2 defines it.
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Rgb) -> f64 {
    let linear = |part: f64| {
        if part <= 0.04045 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    };
    let Rgb([r, g, b]) = colour;
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

/// Cut and not rounded: 4.499 must not read as 4.5.
fn two_digits(number: f64) -> f64 {
    (number * 100.0).floor() / 100.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contrast_is_what_wcag_says() {
        assert!((contrast(WHITE, BLACK) - 21.0).abs() < 1e-9);
        let grey = parse("#767676").unwrap();
        assert!((contrast(grey, WHITE) - 4.54).abs() < 0.01);
    }

    #[test]
    fn a_colour_that_can_be_read_stays_as_it_is() {
        let palette = palette("#0b6b63").unwrap();
        assert_eq!(palette.light.accent, "#0b6b63");
        assert!(!palette.light.adapted);
        assert!(palette.dark.adapted, "too dark for dark ground");
    }

    #[test]
    fn a_colour_is_refused_where_it_is_none() {
        for text in ["", "teal", "#12", "#1234567", "#ggg", "0b6b63", "#0b6b63;}"] {
            assert!(palette(text).is_err(), "{text}");
        }
        assert_eq!(palette("#F0a").unwrap().chosen, "#ff00aa");
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_can_be_read(r: u8, g: u8, b: u8) {
            let palette = palette(&format!("#{r:02x}{g:02x}{b:02x}")).unwrap();
            for (shade, grounds) in [(&palette.light, LIGHT), (&palette.dark, DARK)] {
                let accent = parse(&shade.accent).unwrap();
                prop_assert!(contrast(accent, parse(&shade.on).unwrap()) >= ENOUGH, "{shade:?}");
                prop_assert!(contrast(accent, parse(&shade.soft).unwrap()) >= ENOUGH, "{shade:?}");
                for ground in grounds {
                    prop_assert!(contrast(accent, parse(ground).unwrap()) >= ENOUGH, "{shade:?}");
                }
            }
        }
    }
}
