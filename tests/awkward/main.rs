//! More than two hundred awkward files, imported in one go through the real server.
//!
//! Damaged, encrypted, huge, nested, misnamed, two things at once, made to explode or to reach out: whatever comes in,
//! the server goes on, every file ends as pages or with a named reason, and every original that was taken can still be
//! downloaded. The files are made here, so that what is wrong with each can be read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "a test may fail where it stands"
)]

mod damage;
mod films;
#[allow(dead_code, reason = "the conversion tests use the rest")]
#[path = "../documents/fixtures.rs"]
mod fixtures;
mod import;
mod names;
mod packages;
mod pdfs;
mod pictures;
mod polyglots;
mod shapes;
mod sheets;
#[allow(
    dead_code,
    unused_imports,
    reason = "the integration tests use the rest"
)]
#[path = "../it/support/mod.rs"]
mod support;
mod writings;

/// A file, and how its import must end.
pub(crate) struct Awkward {
    /// As it is sent, which need not be text.
    pub(crate) name: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) end: End,
}

/// How an import may end.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// As pages or with a reason, whichever.
    Either,
    /// As pages.
    Pages,
    /// With one of these reasons.
    Reason(&'static [&'static str]),
}

pub(crate) fn either(name: impl Into<Vec<u8>>, bytes: impl Into<Vec<u8>>) -> Awkward {
    file(name, bytes, End::Either)
}

pub(crate) fn pages(name: impl Into<Vec<u8>>, bytes: impl Into<Vec<u8>>) -> Awkward {
    file(name, bytes, End::Pages)
}

pub(crate) fn reason(
    name: impl Into<Vec<u8>>,
    bytes: impl Into<Vec<u8>>,
    reasons: &'static [&'static str],
) -> Awkward {
    file(name, bytes, End::Reason(reasons))
}

fn file(name: impl Into<Vec<u8>>, bytes: impl Into<Vec<u8>>, end: End) -> Awkward {
    Awkward {
        name: name.into(),
        bytes: bytes.into(),
        end,
    }
}

/// All of them.
pub(crate) fn files() -> Vec<Awkward> {
    let mut files = Vec::new();
    files.extend(damage::files());
    files.extend(pdfs::files());
    files.extend(packages::files());
    files.extend(sheets::files());
    files.extend(pictures::files());
    files.extend(shapes::files());
    files.extend(writings::files());
    files.extend(films::files());
    files.extend(polyglots::files());
    files.extend(names::files());
    files
}
