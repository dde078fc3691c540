//! The links of a page: addresses of the web, and pages of the same document.
//!
//! Only what a prospect may safely follow is kept; other actions, scripts and files are not.

use std::collections::HashMap;

use hayro::hayro_interpret::hayro_syntax::Pdf;
use hayro::hayro_interpret::hayro_syntax::object::{
    Array, Dict, MaybeRef, Name, Object, ObjectIdentifier, Rect, String as PdfString,
};
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::{RectExt, TransformExt};
use hayro::kurbo::Affine;

use crate::documents::layout::{Area, LinkTarget, PageLink};
use crate::documents::limits::MAX_PAGE_LINKS;

/// How deep the tree of names may be, and how many of its leaves are looked at.
const MAX_TREE_DEPTH: usize = 8;
const MAX_NAMES: usize = 10_000;

/// Which places inside a document its links can name.
#[derive(Default)]
pub(super) struct Destinations<'a> {
    pages: HashMap<ObjectIdentifier, u32>,
    names: HashMap<Vec<u8>, Object<'a>>,
}

impl<'a> Destinations<'a> {
    /// The pages of a document, and the names it gives to places in them.
    pub(super) fn of(pdf: &'a Pdf) -> Self {
        let pages = (1_u32..)
            .zip(pdf.pages().iter())
            .filter_map(|(number, page)| Some((page.raw().obj_id()?, number)))
            .collect();
        let mut all = Self {
            pages,
            names: HashMap::new(),
        };
        let Some(root) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else {
            return all;
        };
        // Since PDF 1.2 in a tree of strings, before that in a dictionary.
        if let Some(tree) = root
            .get::<Dict<'_>>(b"Names")
            .and_then(|names| names.get::<Dict<'_>>(b"Dests"))
        {
            all.read_names(&tree, 0);
        }
        if let Some(old) = root.get::<Dict<'_>>(b"Dests") {
            for name in old.keys().take(MAX_NAMES) {
                if let Some(place) = old.get::<Object<'_>>(&*name) {
                    all.names.insert(name.as_ref().to_vec(), place);
                }
            }
        }
        all
    }

    fn read_names(&mut self, node: &Dict<'a>, depth: usize) {
        if depth > MAX_TREE_DEPTH {
            return;
        }
        if let Some(leaves) = node.get::<Array<'_>>(b"Names") {
            let mut leaves = leaves.flex_iter();
            while self.names.len() < MAX_NAMES
                && let Some(name) = leaves.next::<PdfString<'_>>()
                && let Some(place) = leaves.next::<Object<'_>>()
            {
                self.names.insert(name.as_bytes().to_vec(), place);
            }
        }
        for kid in node
            .get::<Array<'_>>(b"Kids")
            .into_iter()
            .flat_map(|kids| kids.iter::<Dict<'_>>())
        {
            if self.names.len() >= MAX_NAMES {
                return;
            }
            self.read_names(&kid, depth + 1);
        }
    }

    /// The page of a destination: an array, a dictionary with one, or the name of either.
    fn page(&self, place: &Object<'_>) -> Option<u32> {
        match place {
            Object::Array(array) => self.first(array),
            Object::Dict(dict) => self.first(&dict.get::<Array<'_>>(b"D")?),
            Object::String(name) => self.named(name.as_bytes()),
            Object::Name(name) => self.named(name.as_ref()),
            _ => None,
        }
    }

    /// A name stands for a place, never for another name, so that names cannot go round in a circle.
    fn named(&self, name: &[u8]) -> Option<u32> {
        match self.names.get(name)? {
            Object::Array(array) => self.first(array),
            Object::Dict(dict) => self.first(&dict.get::<Array<'_>>(b"D")?),
            _ => None,
        }
    }

    fn first(&self, array: &Array<'_>) -> Option<u32> {
        match array.raw_iter().next()? {
            MaybeRef::Ref(page) => self.pages.get(&page.into()).copied(),
            // Documents that were put together of several sometimes count from 0 instead.
            MaybeRef::NotRef(Object::Number(index)) => {
                let number = u32::try_from(index.as_i64()).ok()?.checked_add(1)?;
                (number as usize <= self.pages.len()).then_some(number)
            }
            MaybeRef::NotRef(_) => None,
        }
    }
}

/// The links of a page.
pub(super) fn of_page(page: &Page<'_>, destinations: &Destinations<'_>) -> Vec<PageLink> {
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
        .filter_map(|annotation| link(&annotation, to_unit, destinations))
        .collect()
}

fn link(
    annotation: &Dict<'_>,
    to_unit: Affine,
    destinations: &Destinations<'_>,
) -> Option<PageLink> {
    if annotation.get::<Name<'_>>(b"Subtype")?.as_str() != "Link" {
        return None;
    }
    let target = target(annotation, destinations)?;
    let area = to_unit.transform_rect_bbox(annotation.get::<Rect>(b"Rect")?.to_kurbo());
    let area = Area::of_fractions(area.x0, area.y0, area.x1, area.y1)?;
    Some(PageLink(area, target))
}

fn target(annotation: &Dict<'_>, destinations: &Destinations<'_>) -> Option<LinkTarget> {
    let place = match annotation.get::<Dict<'_>>(b"A") {
        Some(action) => {
            if let Some(url) = action.get::<PdfString<'_>>(b"URI") {
                return LinkTarget::address(std::str::from_utf8(url.as_bytes()).ok()?);
            }
            if action.get::<Name<'_>>(b"S")?.as_str() != "GoTo" {
                return None;
            }
            action.get::<Object<'_>>(b"D")?
        }
        None => annotation.get::<Object<'_>>(b"Dest")?,
    };
    destinations.page(&place).map(LinkTarget::Page)
}
