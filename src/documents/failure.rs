//! Why a file could not be converted.
//!
//! A `Failure` is an answer to the person who uploaded the file, so each code has one sentence that says what is wrong
//! and what to do. It is not an error of the program: whatever a hostile file does to the child process ends here, as
//! one of these codes, and never as a panic or a hang of the server.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a file, or one page of it, could not be converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The named reason.
    pub code: FailureCode,
    /// What exactly was found, for logs and for whoever repairs the file.
    pub detail: String,
}

/// The named reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The file has no content.
    EmptyFile,
    /// A format that is not converted.
    Unsupported,
    /// A program, whatever its name says.
    Executable,
    /// Protected by a password.
    Encrypted,
    /// Broken or cut off.
    Damaged,
    /// More bytes, pixels or cells than are accepted.
    TooLarge,
    /// Unpacks to far more than it should.
    ZipBomb,
    /// Markup that is nested or expanded beyond reason.
    MarkupBomb,
    /// More pages than are accepted.
    TooManyPages,
    /// Holds nothing that could be a page.
    NoPages,
    /// Took longer than allowed.
    TimedOut,
    /// Needed more memory than allowed.
    OutOfMemory,
    /// The converter stopped unexpectedly.
    Crashed,
    /// The fault is on this side: the disk is full, the program cannot start.
    Internal,
}

impl Failure {
    /// A failure with this reason.
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }

    /// One sentence or two for the person who uploaded the file: what is wrong, and what to do.
    pub fn message(&self) -> &'static str {
        self.code.message()
    }

    pub(super) fn damaged(detail: impl Into<String>) -> Self {
        Self::new(FailureCode::Damaged, detail)
    }

    pub(super) fn internal(detail: impl Into<String>) -> Self {
        Self::new(FailureCode::Internal, detail)
    }
}

impl FailureCode {
    /// The name that the API uses, for example `zip_bomb`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::Unsupported => "unsupported",
            Self::Executable => "executable",
            Self::Encrypted => "encrypted",
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::ZipBomb => "zip_bomb",
            Self::MarkupBomb => "markup_bomb",
            Self::TooManyPages => "too_many_pages",
            Self::NoPages => "no_pages",
            Self::TimedOut => "timed_out",
            Self::OutOfMemory => "out_of_memory",
            Self::Crashed => "crashed",
            Self::Internal => "internal",
        }
    }

    /// One sentence or two for the person who uploaded the file: what is wrong, and what to do.
    pub fn message(self) -> &'static str {
        match self {
            Self::EmptyFile => "This file is empty. Save it again and upload the new copy.",
            Self::Unsupported => {
                "This kind of file cannot be shown as pages. Save it as PDF, PPTX, DOCX, XLSX, ODP, ODT, ODS, HTML, Markdown, text, a PNG, JPEG, WebP, GIF or SVG picture, or an MP4 or WebM video."
            }
            Self::Executable => {
                "This file is a program, whatever its name says. Programs are not accepted."
            }
            Self::Encrypted => {
                "This file is protected by a password. Remove the password and upload it again."
            }
            Self::Damaged => {
                "This file is damaged or incomplete. Open it in the program it was made with, save it again and upload the new copy."
            }
            Self::TooLarge => {
                "This file is larger than can be converted. Split it, or reduce the size of its pictures."
            }
            Self::ZipBomb => {
                "This file unpacks to far more than it should and was not opened. Export it again from the program it was made with."
            }
            Self::MarkupBomb => {
                "The markup inside this file is nested or expands beyond reason and was not read. Export it again from the program it was made with."
            }
            Self::TooManyPages => {
                "This file has more pages than can be converted. Split it into smaller files."
            }
            Self::NoPages => "This file has no page, slide or sheet to show.",
            Self::TimedOut => {
                "Converting this file took too long. Simplify it, or upload it as PDF."
            }
            Self::OutOfMemory => {
                "Converting this file needed too much memory. Reduce the size of its pictures, or split it."
            }
            Self::Crashed => {
                "The converter stopped on this file. Save it again, or upload it as PDF."
            }
            Self::Internal => {
                "The file could not be converted because of a fault on the server. Try again; if it fails again, tell an administrator."
            }
        }
    }

    /// Whether the same file may well succeed at another time. What ran into a limit would do so again.
    pub fn is_worth_a_retry(self) -> bool {
        matches!(self, Self::Internal | Self::Crashed)
    }
}

impl fmt::Display for FailureCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Failure {}
