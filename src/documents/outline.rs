//! What an office document says, apart from how it looks.
//!
//! The outline is read by one child and used by the next, after the document was drawn or could not be.
//! It lies in the folder of the conversion, so it may have been written by a child that a hostile file took over, and
//! is read only by children.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Failure;
use super::blocks::Block;

/// What an office document says.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Outline {
    /// From the document's properties.
    pub(super) title: Option<String>,
    /// Its words.
    pub(super) body: Body,
    /// What was left out on purpose.
    pub(super) warnings: Vec<String>,
}

/// The two shapes of a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Body {
    /// Slides, of which each is a page.
    Slides(Vec<Slide>),
    /// Running text, of which only a drawing knows the pages.
    Text(Vec<Block>),
}

/// The words of a slide.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Slide {
    /// From its title placeholder, or else its first line.
    pub(super) title: String,
    /// All its text, the title included, a line for each paragraph.
    pub(super) text: String,
}

impl Default for Body {
    fn default() -> Self {
        Self::Text(Vec::new())
    }
}

impl Outline {
    /// The slides, if this is a deck of just so many.
    pub(super) fn slides_if_there_are(&self, count: usize) -> Option<&[Slide]> {
        match &self.body {
            Body::Slides(slides) if slides.len() == count => Some(slides),
            _ => None,
        }
    }

    /// Reads an outline that another child has saved.
    pub(super) fn load(path: &Path) -> Result<Self, Failure> {
        let bytes = std::fs::read(path)
            .map_err(|error| Failure::internal(format!("no outline: {error}")))?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Failure::internal(format!("no outline: {error}")))
    }

    /// Saves the outline for the next child.
    pub(super) fn save(&self, path: &Path) -> Result<(), Failure> {
        let bytes =
            serde_json::to_vec(self).map_err(|error| Failure::internal(error.to_string()))?;
        std::fs::write(path, bytes)
            .map_err(|error| Failure::internal(format!("the outline was not saved: {error}")))
    }
}
