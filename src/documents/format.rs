//! The kinds of file that can become pages.
//!
//! A `Format` is what a file *is*, told from its content. It is not a file extension and says nothing about whether
//! the file is sound: only the conversion can tell that.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of file that can be converted to pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Portable Document Format.
    Pdf,
    /// PowerPoint presentation.
    Pptx,
    /// Word document.
    Docx,
    /// Excel workbook.
    Xlsx,
    /// `OpenDocument` presentation.
    Odp,
    /// `OpenDocument` text.
    Odt,
    /// `OpenDocument` spreadsheet.
    Ods,
    /// HTML page.
    Html,
    /// Markdown text.
    Markdown,
    /// Plain text.
    Text,
    /// PNG image.
    Png,
    /// JPEG image.
    Jpeg,
    /// WebP image.
    Webp,
    /// GIF image; its first frame is shown.
    Gif,
    /// Scalable Vector Graphics.
    Svg,
    /// MPEG-4 video.
    Mp4,
    /// `WebM` video.
    Webm,
}

/// How a format is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Pages are already laid out.
    Pdf,
    /// Slides or text that an office suite lays out.
    Office,
    /// Sheets of cells.
    Sheet,
    /// Running text with or without marks.
    Writing,
    /// One picture made of pixels.
    Raster,
    /// One picture made of shapes.
    Vector,
    /// A film.
    Video,
}

impl Format {
    /// Every format, in the order in which people are told about them.
    pub const ALL: [Self; 17] = [
        Self::Pdf,
        Self::Pptx,
        Self::Docx,
        Self::Xlsx,
        Self::Odp,
        Self::Odt,
        Self::Ods,
        Self::Html,
        Self::Markdown,
        Self::Text,
        Self::Png,
        Self::Jpeg,
        Self::Webp,
        Self::Gif,
        Self::Svg,
        Self::Mp4,
        Self::Webm,
    ];

    /// The name that the API uses and the usual file extension at once, for example `pptx`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Pptx => "pptx",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Odp => "odp",
            Self::Odt => "odt",
            Self::Ods => "ods",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Gif => "gif",
            Self::Svg => "svg",
            Self::Mp4 => "mp4",
            Self::Webm => "webm",
        }
    }

    /// The format with this API name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// The file extension to give a file of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Jpeg => "jpg",
            other => other.as_str(),
        }
    }

    /// The media type of the original file.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Odp => "application/vnd.oasis.opendocument.presentation",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Ods => "application/vnd.oasis.opendocument.spreadsheet",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Svg => "image/svg+xml",
            Self::Mp4 => "video/mp4",
            Self::Webm => "video/webm",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pdf => "PDF",
            Self::Pptx => "PowerPoint presentation",
            Self::Docx => "Word document",
            Self::Xlsx => "Excel workbook",
            Self::Odp => "OpenDocument presentation",
            Self::Odt => "OpenDocument text",
            Self::Ods => "OpenDocument spreadsheet",
            Self::Html => "HTML page",
            Self::Markdown => "Markdown text",
            Self::Text => "Plain text",
            Self::Png => "PNG image",
            Self::Jpeg => "JPEG image",
            Self::Webp => "WebP image",
            Self::Gif => "GIF image",
            Self::Svg => "SVG image",
            Self::Mp4 => "MP4 video",
            Self::Webm => "WebM video",
        }
    }

    /// Whether an office suite lays it out, and can make a PDF of it.
    pub fn is_office(self) -> bool {
        self.family() == Family::Office
    }

    pub(super) fn family(self) -> Family {
        match self {
            Self::Pdf => Family::Pdf,
            Self::Pptx | Self::Docx | Self::Odp | Self::Odt => Family::Office,
            Self::Xlsx | Self::Ods => Family::Sheet,
            Self::Html | Self::Markdown | Self::Text => Family::Writing,
            Self::Png | Self::Jpeg | Self::Webp | Self::Gif => Family::Raster,
            Self::Svg => Family::Vector,
            Self::Mp4 | Self::Webm => Family::Video,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
        }
        assert_eq!(Format::parse("exe"), None);
    }
}
