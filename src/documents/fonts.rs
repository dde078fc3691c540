//! Fonts for drawing text inside the child.
//!
//! Three small fonts are part of the executable, so a bare machine can draw Latin, Greek and Cyrillic. The machine's own
//! fonts are opened only when something asks for more, because a desktop may have thousands of them.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, Family, Query, Stretch, Style, Weight};

use super::sandbox::FONT_FOLDERS;

/// The family of running text.
pub(super) const SANS: &str = "Inter";
/// The family of code.
pub(super) const MONO: &str = "DejaVu Sans Mono";

/// The regular cut of the running text.
pub(super) const SANS_REGULAR: &[u8] = include_bytes!("fonts/Inter-Regular.otf");
/// The bold cut of the running text.
pub(super) const SANS_BOLD: &[u8] = include_bytes!("fonts/Inter-SemiBold.otf");
/// The font of code.
pub(super) const MONO_REGULAR: &[u8] = include_bytes!("fonts/DejaVuSansMono.ttf");

/// The bytes of a font and the number of the font in them.
pub(super) type FontFile = (Arc<dyn AsRef<[u8]> + Send + Sync>, u32);

/// What a document asks for when it does not bring a font along.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other and come as flags"
)]
pub(super) struct Wanted {
    /// The family as the document calls it.
    pub(super) name: String,
    /// Heavier than usual.
    pub(super) bold: bool,
    /// Slanted.
    pub(super) italic: bool,
    /// All letters of one width.
    pub(super) monospace: bool,
    /// With little feet.
    pub(super) serif: bool,
    /// Families that have the letters of the script in question.
    pub(super) script: &'static [&'static str],
}

/// The built-in fonts alone.
pub(super) fn built_in() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| Arc::new(load_built_in())))
}

/// The built-in fonts and those of the machine.
pub(super) fn all() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| {
        let mut fonts = load_built_in();
        for folder in FONT_FOLDERS {
            fonts.load_fonts_dir(folder);
        }
        let installed: BTreeSet<String> = fonts
            .faces()
            .flat_map(|face| face.families.iter().map(|(name, _)| name.clone()))
            .collect();
        let first = |names: &[&str]| {
            names
                .iter()
                .find(|name| installed.contains(**name))
                .copied()
                .unwrap_or(SANS)
                .to_owned()
        };
        fonts.set_serif_family(first(&[
            "Liberation Serif",
            "Tinos",
            "Noto Serif",
            "DejaVu Serif",
        ]));
        Arc::new(fonts)
    }))
}

/// A font of this machine that stands in for the wanted one.
pub(super) fn find(wanted: &Wanted) -> Option<FontFile> {
    let fonts = all();
    let style = if wanted.italic {
        Style::Italic
    } else {
        Style::Normal
    };
    let weight = if wanted.bold {
        Weight::BOLD
    } else {
        Weight::NORMAL
    };
    let mut families = vec![wanted.name.as_str()];
    families.extend(same_metrics(&wanted.name));
    families.extend(wanted.script);
    families.extend(match wanted {
        Wanted {
            monospace: true, ..
        } => ["Liberation Mono", "Cousine", MONO],
        Wanted { serif: true, .. } => ["Liberation Serif", "Tinos", "DejaVu Serif"],
        _ => ["Liberation Sans", "Arimo", "DejaVu Sans"],
    });
    let id = families.into_iter().find_map(|family| {
        fonts.query(&Query {
            families: &[Family::Name(family)],
            weight,
            stretch: Stretch::Normal,
            style,
        })
    })?;
    let copy = fonts.with_face_data(id, |data, index| (data.to_vec(), index));
    copy.map(|(data, index)| -> FontFile { (Arc::new(data), index) })
}

/// Free fonts whose letters are exactly as wide as those of a common one.
fn same_metrics(name: &str) -> &'static [&'static str] {
    let name: String = name.to_lowercase().split_whitespace().collect();
    match name.as_str() {
        "calibri" => &["Carlito"],
        "cambria" => &["Caladea"],
        "arial" | "helvetica" | "helveticaneue" => &["Liberation Sans", "Arimo"],
        "arialnarrow" => &["Liberation Sans Narrow"],
        "times" | "timesnewroman" => &["Liberation Serif", "Tinos"],
        "courier" | "couriernew" => &["Liberation Mono", "Cousine"],
        "georgia" => &["Gelasio"],
        _ => &[],
    }
}

fn load_built_in() -> Database {
    let mut fonts = Database::new();
    for data in [SANS_REGULAR, SANS_BOLD, MONO_REGULAR] {
        fonts.load_font_source(resvg::usvg::fontdb::Source::Binary(Arc::new(data)));
    }
    fonts.set_sans_serif_family(SANS);
    fonts.set_serif_family(SANS);
    fonts.set_monospace_family(MONO);
    fonts
}
