//! From template to reply: the policy that lets only our own inline script and style run, and nothing else in.

use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::{GATE_STYLE, SCRIPT, STYLE};
use crate::brands::Look;
use crate::error::{Error, Result};
use crate::http::{BROTLI_WINDOW, pack, takes_brotli};

static SOURCES: LazyLock<String> = LazyLock::new(|| sources(SCRIPT, STYLE));

/// What a page with this inlined script and style may load.
fn sources(script: &str, style: &str) -> String {
    format!(
        // The inlined script may load the second one, and nothing that somebody uploaded can pass for a script.
        "default-src 'none'; script-src '{}' 'strict-dynamic'; style-src '{}' '{}'; img-src 'self'; media-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'",
        csp_hash(script),
        csp_hash(style),
        csp_hash(GATE_STYLE),
    )
}

/// What a page has beside the script and the style of every page. They go into the same two elements.
#[derive(Debug, Default)]
pub(super) struct Extras {
    /// Of our own making; never a reader's or a sender's words.
    pub(super) style: String,
    pub(super) script: &'static str,
}

impl Extras {
    /// The look of whoever sends.
    pub(super) fn of(look: &Look) -> Self {
        Self {
            style: look.style.clone().unwrap_or_default(),
            script: "",
        }
    }

    /// Puts them into a page that was drawn; says what it may do then.
    pub(super) fn put_into(&self, body: &mut String, frames: Frames) -> String {
        if self.style.is_empty() && self.script.is_empty() {
            return policy(frames);
        }
        // Words are escaped, so the first end of a style is the page's own, and the last of a script too.
        if let Some(at) = body.find("</style>") {
            body.insert_str(at, &self.style);
        }
        if let Some(at) = body.rfind("</script>") {
            body.insert_str(at, self.script);
        }
        let sources = sources(
            &format!("{SCRIPT}{}", self.script),
            &format!("{STYLE}{}", self.style),
        );
        framed(&sources, frames)
    }
}

/// Who may put the page into a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frames {
    /// Nobody.
    Never,
    /// Our own app, for the preview.
    Own,
}

/// The reply with a page drawn from `template` in our own look.
pub(super) fn html(
    request: &HttpRequest,
    status: StatusCode,
    template: &impl Template,
    frames: Frames,
) -> Result<HttpResponse> {
    dressed(request, status, template, frames, &Extras::default())
}

/// The same with something beside it, such as the look of whoever sends.
pub(super) fn dressed(
    request: &HttpRequest,
    status: StatusCode,
    template: &impl Template,
    frames: Frames,
    extras: &Extras,
) -> Result<HttpResponse> {
    let mut body = template.render().map_err(Error::internal)?;
    let policy = extras.put_into(&mut body, frames);
    let mut response = HttpResponseBuilder::new(status);
    head(&mut response, &policy);
    if takes_brotli(request) {
        return Ok(response
            .insert_header(ContentEncoding::Brotli)
            .body(pack(body.as_bytes(), 5)?));
    }
    Ok(response.body(body))
}

/// What a page may do, and who may put it into a frame.
pub(super) fn policy(frames: Frames) -> String {
    framed(&SOURCES, frames)
}

fn framed(sources: &str, frames: Frames) -> String {
    let ancestors = match frames {
        Frames::Never => "'none'",
        Frames::Own => "'self'",
    };
    format!("{sources}; frame-ancestors {ancestors}")
}

fn head(response: &mut HttpResponseBuilder, policy: &str) {
    response
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header(("x-robots-tag", "noindex, nofollow"))
        .insert_header((header::VARY, "accept-encoding"));
}

/// A page that was drawn once and is served many times, each time with another text in place of a mark.
///
/// What stands before the first mark is packed once, for the first who takes it packed; the rest is short and goes
/// unpacked, as a block of its own of the same brotli stream.
#[derive(Debug)]
pub(super) struct Prepared {
    plain: String,
    packed: OnceLock<Bytes>,
    /// From the first mark on, cut at the marks.
    rest: Vec<String>,
    policy: String,
}

impl Prepared {
    /// Prepares a page that has marks.
    pub(super) fn of(body: String, mark: &str, policy: String) -> Self {
        let cut = body.find(mark).unwrap_or(body.len());
        let (plain, rest) = body.split_at(cut);
        Self {
            packed: OnceLock::new(),
            plain: plain.to_owned(),
            rest: rest.split(mark).map(str::to_owned).collect(),
            policy,
        }
    }

    /// Spares the packing where the page as it was drawn before turns out to be the same: packing takes many times as
    /// long as drawing.
    pub(super) fn packed_as(self, before: &Self) -> Self {
        if self.plain == before.plain
            && let Some(packed) = before.packed.get()
        {
            // Nobody has asked for this one yet, so there is nothing in its place.
            let _ = self.packed.set(packed.clone());
        }
        self
    }

    /// How much memory it takes at most: what is packed is smaller than what it is made of.
    pub(super) fn bytes(&self) -> usize {
        self.plain.len() * 2 + self.policy.len() + 1_000
    }

    /// The reply, with `text` in place of the marks.
    pub(super) fn reply(&self, request: &HttpRequest, text: &str) -> Result<HttpResponse> {
        let rest = self.rest.join(text);
        let mut response = HttpResponseBuilder::new(StatusCode::OK);
        head(&mut response, &self.policy);
        if takes_brotli(request) {
            let packed = close_packed(self.packed()?, rest.as_bytes());
            return Ok(response.insert_header(ContentEncoding::Brotli).body(packed));
        }
        Ok(response.body([self.plain.as_str(), &rest].concat()))
    }

    fn packed(&self) -> Result<&[u8]> {
        if let Some(packed) = self.packed.get() {
            return Ok(packed);
        }
        let packed = pack_open(self.plain.as_bytes())?;
        Ok(self.packed.get_or_init(|| packed.into()))
    }
}

/// Packs the beginning of a page so that more can follow.
fn pack_open(body: &[u8]) -> Result<Vec<u8>> {
    // Done once for many loads; more than this takes ten times as long for two per cent.
    const QUALITY: u32 = 9;
    let mut packer =
        brotli::CompressorWriter::new(Vec::new(), body.len().max(1), QUALITY, BROTLI_WINDOW);
    packer.write_all(body)?;
    // What comes out ends with a whole byte.
    packer.flush()?;
    Ok(packer.get_ref().clone())
}

/// Ends a stream that [`pack_open`] began, with the rest as blocks that are not packed (RFC 7932, section 9.2).
fn close_packed(begun: &[u8], rest: &[u8]) -> Vec<u8> {
    const LONGEST_BLOCK: usize = 1 << 16;
    const LAST_AND_EMPTY: u8 = 0b11;
    let mut stream = Vec::with_capacity(begun.len() + rest.len() + 8);
    stream.extend_from_slice(begun);
    for block in rest.chunks(LONGEST_BLOCK) {
        // Not the last (1 bit), length in four nibbles (2 bits), length less one (16 bits), not packed (1 bit).
        let length = u32::try_from(block.len() - 1).unwrap_or(0);
        let bits = (length << 3) | (1 << 19);
        stream.extend(bits.to_le_bytes().into_iter().take(3));
        stream.extend_from_slice(block);
    }
    stream.push(LAST_AND_EMPTY);
    stream
}

/// How a policy names one inline script or style.
fn csp_hash(content: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_browsers_expect() {
        // The example of the CSP specification.
        assert_eq!(
            csp_hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }

    #[test]
    fn a_prepared_page_is_the_page_packed_or_not() {
        let body = format!(
            "{}<input value=\"MARK\"> and MARK again",
            "words ".repeat(3_000)
        );
        let page = Prepared::of(body.clone(), "MARK", "policy".to_owned());
        for text in ["one", &"long".repeat(40_000)] {
            let rest = page.rest.join(text);
            let mut read = Vec::new();
            let packed = close_packed(page.packed().unwrap(), rest.as_bytes());
            brotli::BrotliDecompress(&mut packed.as_slice(), &mut read).unwrap();
            let wanted = body.replace("MARK", text);
            assert!(String::from_utf8(read).unwrap() == wanted);
            assert_eq!([page.plain.as_str(), &rest].concat(), wanted);
        }
        let packed = page.packed().unwrap();
        assert!(packed.len() < 200, "{}", packed.len());
        let again = Prepared::of(body.clone(), "MARK", String::new()).packed_as(&page);
        assert_eq!(again.packed.get().map(AsRef::as_ref), Some(packed));
        let other = Prepared::of(format!("new {body}"), "MARK", String::new()).packed_as(&page);
        assert!(other.packed.get().is_none());
    }

    #[test]
    fn script_and_style_cannot_end_their_own_elements() {
        use super::super::{MESSAGE_STYLE, STEPS_SCRIPT, STEPS_STYLE};
        for text in [
            GATE_STYLE,
            SCRIPT,
            STEPS_SCRIPT,
            STYLE,
            STEPS_STYLE,
            MESSAGE_STYLE,
        ] {
            assert!(!text.contains("</"));
        }
    }
}
