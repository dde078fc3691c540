//! Packing replies by brotli ourselves, where they are worth more than what the server does to every reply.
//!
//! It keeps nothing; what is packed once and served many times is kept by whoever knows when it changes.

use std::io::Write as _;

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, Header as _};

use crate::error::Result;

/// As large as brotli's window usually is, as a power of two.
pub const BROTLI_WINDOW: u32 = 22;

/// Whether whoever asks takes brotli.
pub fn takes_brotli(request: &HttpRequest) -> bool {
    let offered = [Encoding::brotli(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .ok()
        .and_then(|accepted| accepted.negotiate(offered.iter()))
        .is_some_and(|chosen| chosen == Encoding::brotli())
}

/// Packs `body`. Quality 5 makes a page a tenth less than the server does, for half a millisecond; 11 is for what is
/// packed once.
pub fn pack(body: &[u8], quality: u32) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    brotli::CompressorWriter::new(&mut packed, body.len().max(1), quality, BROTLI_WINDOW)
        .write_all(body)?;
    Ok(packed)
}
