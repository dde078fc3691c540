//! The links of a page that lead out of the document.
//!
//! Only addresses that a prospect may safely follow are kept; actions, scripts and files are not.

use hayro::hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Rect, String as PdfString};
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::{RectExt, TransformExt};
use hayro::kurbo::{Affine, Rect as Area};

use crate::documents::limits::MAX_PAGE_LINKS;
use crate::documents::protocol::PageLink;

/// The outgoing links of a page.
pub(super) fn of_page(page: &Page<'_>) -> Vec<PageLink> {
    let Some(annotations) = page.raw().get::<Array<'_>>(b"Annots") else {
        return Vec::new();
    };
    let (width, height) = page.render_dimensions();
    let to_page = page.initial_transform(true).to_kurbo();
    let to_unit = Affine::scale_non_uniform(
        1.0 / f64::from(width).max(1.0),
        1.0 / f64::from(height).max(1.0),
    ) * to_page;
    annotations
        .iter::<Dict<'_>>()
        .take(MAX_PAGE_LINKS * 4)
        .filter_map(|annotation| link(&annotation, to_unit))
        .collect()
}

fn link(annotation: &Dict<'_>, to_unit: Affine) -> Option<PageLink> {
    if annotation.get::<Name<'_>>(b"Subtype")?.as_str() != "Link" {
        return None;
    }
    let action = annotation.get::<Dict<'_>>(b"A")?;
    let url = action.get::<PdfString<'_>>(b"URI")?;
    let url = std::str::from_utf8(url.as_bytes())
        .ok()
        .and_then(followable)?;
    let area = to_unit.transform_rect_bbox(annotation.get::<Rect>(b"Rect")?.to_kurbo());
    let area = area.intersect(Area::new(0.0, 0.0, 1.0, 1.0));
    #[expect(clippy::cast_possible_truncation, reason = "fractions between 0 and 1")]
    let part = |value: f64| value as f32;
    (area.width() > 0.0 && area.height() > 0.0).then(|| PageLink {
        url,
        left: part(area.x0),
        top: part(area.y0),
        width: part(area.width()),
        height: part(area.height()),
    })
}

fn followable(address: &str) -> Option<String> {
    let url = url::Url::parse(address.trim()).ok()?;
    (address.len() <= 2_000 && matches!(url.scheme(), "http" | "https" | "mailto"))
        .then(|| url.into())
}
