//! Small multipart forms: a file that fits into memory, and a few words beside it.

use std::collections::HashMap;

use actix_multipart::{Field, Multipart};
use futures::TryStreamExt as _;

use crate::error::{Code, Error, Result};

/// The largest of the parts that are no file.
const WORD_LIMIT: u64 = 64;

/// The parts of a form by their names.
#[derive(Debug, Default)]
pub struct Form {
    file: Option<Vec<u8>>,
    words: HashMap<String, String>,
}

impl Form {
    /// Reads a form of a `file` of at most `limit` bytes and the named words; other parts are refused.
    pub async fn read(mut parts: Multipart, limit: u64, words: &[&str]) -> Result<Self> {
        let mut form = Self::default();
        while let Some(mut part) = parts.try_next().await.map_err(malformed)? {
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                form.file = Some(bytes(&mut part, limit).await?);
            } else if words.contains(&name.as_str()) {
                let text = bytes(&mut part, WORD_LIMIT).await?;
                let text = String::from_utf8_lossy(&text).trim().to_owned();
                form.words.insert(name, text);
            } else {
                return Err(Error::field(name, "The form has no such part."));
            }
        }
        Ok(form)
    }

    /// The file, which must be there.
    pub fn file(&mut self) -> Result<Vec<u8>> {
        self.file
            .take()
            .ok_or_else(|| Error::field("file", "Add the CSV file."))
    }

    /// A word, if it is there.
    pub fn word(&self, name: &str) -> Option<&str> {
        self.words.get(name).map(String::as_str)
    }

    /// A word that is `true` or `false`; absent means `false`.
    pub fn flag(&self, name: &str) -> Result<bool> {
        match self.word(name) {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(_) => Err(Error::field(name, "Say true or false.")),
        }
    }
}

async fn bytes(part: &mut Field, limit: u64) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    while let Some(some) = part.try_next().await.map_err(malformed)? {
        all.extend_from_slice(&some);
        if all.len() as u64 > limit {
            return Err(Error::new(
                Code::TooLarge,
                format!("This part may have {limit} bytes at the most; split the file."),
            ));
        }
    }
    Ok(all)
}

fn malformed(error: actix_multipart::MultipartError) -> Error {
    Error::new(
        Code::Malformed,
        format!("The form cannot be read: {error}."),
    )
}
