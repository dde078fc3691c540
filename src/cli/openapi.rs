//! `lastmile openapi`: prints the API's document.

use utoipa::OpenApi as _;

use crate::error::{Error, Result};
use crate::openapi::Document;

/// Prints the document as JSON.
#[allow(clippy::print_stdout, reason = "this is what the command is for")]
pub(super) fn run() -> Result<()> {
    let text = Document::openapi()
        .to_pretty_json()
        .map_err(Error::internal)?;
    println!("{text}");
    Ok(())
}
