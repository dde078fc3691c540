//! The containers of MP4 and `WebM`, as far as length and size are concerned.
//!
//! Both are boxes in boxes. The reader visits a bounded number of them, never goes back, and never allocates what a box
//! claims to hold.

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use crate::documents::{Failure, Format};

/// More boxes than any real file has before it says how long it is.
const MAX_BOXES: usize = 10_000;

/// What a video says about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct About {
    /// In seconds.
    pub(super) duration: Option<f64>,
    /// In pixels.
    pub(super) size: Option<(u32, u32)>,
}

impl About {
    /// How long it plays.
    pub(super) fn milliseconds(&self) -> Option<u64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked when it was read"
        )]
        self.duration
            .map(|seconds| (seconds * 1_000.0).round() as u64)
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Video")?;
        if let Some(duration) = self.duration {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "checked when it was read"
            )]
            let seconds = duration.round() as u64;
            write!(f, " · {}:{:02}", seconds / 60, seconds % 60)?;
        }
        if let Some((width, height)) = self.size {
            write!(f, " · {width} × {height}")?;
        }
        Ok(())
    }
}

/// Reads what a video says about itself. Fails only if the file is not what it seemed to be.
pub(super) fn read(path: &Path, format: Format) -> Result<About, Failure> {
    let file = File::open(path)
        .map_err(|error| Failure::internal(format!("the file could not be read: {error}")))?;
    let end = file.metadata().map_or(0, |about| about.len());
    let mut reader = Reader {
        input: file,
        left: MAX_BOXES,
        about: About::default(),
        scale_ns: 1_000_000.0,
    };
    let found = match format {
        Format::Webm => reader.elements(0, end, 0),
        _ => reader.boxes(0, end, 0),
    };
    match found {
        Some(()) => Ok(reader.about),
        None => Err(Failure::damaged("the video says nothing about its tracks")),
    }
}

struct Reader<R> {
    input: R,
    left: usize,
    about: About,
    /// Nanoseconds of one unit of a `WebM` duration.
    scale_ns: f64,
}

impl<R: Read + Seek> Reader<R> {
    /// MP4: a length, a name of four letters, the content.
    fn boxes(&mut self, mut at: u64, end: u64, depth: u8) -> Option<()> {
        let mut found = None;
        while at + 8 <= end {
            self.left = self.left.checked_sub(1)?;
            let header: [u8; 16] = self.bytes(at)?;
            let [a, b, c, d, name @ .., _, _, _, _, _, _, _, _] = header;
            let (size, start) = match u64::from(u32::from_be_bytes([a, b, c, d])) {
                0 => (end - at, at + 8),
                1 => (
                    u64::from_be_bytes(header.get(8..16)?.try_into().ok()?),
                    at + 16,
                ),
                size => (size, at + 8),
            };
            let next = at.checked_add(size)?.min(end);
            if size < 8 || next < start {
                return found;
            }
            match &name {
                b"moov" | b"trak" if depth < 4 => {
                    found = self.boxes(start, next, depth + 1).or(found);
                }
                b"mvhd" => {
                    self.movie_header(start);
                    found = Some(());
                }
                b"tkhd" => self.track_header(start, next),
                _ => {}
            }
            at = next;
        }
        found
    }

    fn movie_header(&mut self, at: u64) -> Option<()> {
        let header: [u8; 32] = self.bytes(at)?;
        let number = |range: std::ops::Range<usize>| {
            Some(u32::from_be_bytes(header.get(range)?.try_into().ok()?))
        };
        let (scale, duration) = if header.first() == Some(&1) {
            (
                number(20..24)?,
                u64::from_be_bytes(header.get(24..32)?.try_into().ok()?),
            )
        } else {
            (number(12..16)?, u64::from(number(16..20)?))
        };
        #[expect(clippy::cast_precision_loss, reason = "seconds need no more digits")]
        let seconds = duration as f64 / f64::from(scale);
        self.about.duration = plausible(seconds);
        Some(())
    }

    /// The last two numbers of a track's header are its size, in sixteenths of thousandths; sound has none.
    fn track_header(&mut self, start: u64, end: u64) {
        let size = end
            .checked_sub(8)
            .filter(|at| *at > start)
            .and_then(|at| self.bytes::<8>(at));
        if let Some([w1, w2, _, _, h1, h2, _, _]) = size {
            let (width, height) = (u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2]));
            if width > 0 && height > 0 {
                self.about
                    .size
                    .get_or_insert((u32::from(width), u32::from(height)));
            }
        }
    }

    /// `WebM`: a name and a length, each of its own number of bytes, the content.
    fn elements(&mut self, mut at: u64, end: u64, depth: u8) -> Option<()> {
        let mut found = None;
        while at < end {
            self.left = self.left.checked_sub(1)?;
            let Some((id, start)) = self.variable(at, true) else {
                return found;
            };
            let Some((size, start)) = self.variable(start, false) else {
                return found;
            };
            let next = start.checked_add(size)?.min(end);
            match id {
                // Segment, Info, Tracks, TrackEntry, Video.
                0x1853_8067 | 0x1549_A966 | 0x1654_AE6B | 0xAE | 0xE0 if depth < 6 => {
                    found = self.elements(start, next, depth + 1).or(Some(()));
                }
                0x2A_D7B1 => self.scale_ns = self.unsigned(start, size).unwrap_or(1_000_000.0),
                0x4489 => {
                    let units = self.float(start, size);
                    self.about.duration =
                        units.and_then(|units| plausible(units * self.scale_ns / 1e9));
                }
                0xB0 => self.set_size(start, size, true),
                0xBA => self.set_size(start, size, false),
                // The clusters hold the streams; all that is sought comes before them.
                0x1F43_B675 => return found,
                _ => {}
            }
            at = next;
        }
        found
    }

    fn set_size(&mut self, at: u64, size: u64, is_width: bool) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded just before"
        )]
        let value = self
            .unsigned(at, size)
            .filter(|value| (1.0..65_536.0).contains(value))
            .map(|value| value as u32);
        if let Some(value) = value {
            let (width, height) = self.about.size.unwrap_or((1, 1));
            self.about.size = Some(if is_width {
                (value, height)
            } else {
                (width, value)
            });
        }
    }

    fn variable(&mut self, at: u64, keep_mark: bool) -> Option<(u64, u64)> {
        let bytes: [u8; 8] = self.bytes(at)?;
        let first = *bytes.first()?;
        let length = first.leading_zeros() as usize + 1;
        let mut value = if keep_mark {
            u64::from(first)
        } else {
            u64::from(first) & (0xFF >> length)
        };
        for byte in bytes.get(1..length)? {
            value = value << 8 | u64::from(*byte);
        }
        // A length of all ones means "to the end".
        let unknown = !keep_mark && value == (1_u64 << (7 * length)) - 1;
        Some((
            if unknown { u64::MAX / 4 } else { value },
            at + length as u64,
        ))
    }

    #[expect(clippy::cast_precision_loss, reason = "used for times and sizes")]
    fn unsigned(&mut self, at: u64, size: u64) -> Option<f64> {
        let bytes: [u8; 8] = self.bytes(at)?;
        let bytes = bytes.get(..usize::try_from(size).ok()?)?;
        Some(
            bytes
                .iter()
                .fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) as f64,
        )
    }

    fn float(&mut self, at: u64, size: u64) -> Option<f64> {
        let bytes: [u8; 8] = self.bytes(at)?;
        match size {
            4 => Some(f64::from(f32::from_be_bytes(
                bytes.get(..4)?.try_into().ok()?,
            ))),
            8 => Some(f64::from_be_bytes(bytes)),
            _ => None,
        }
    }

    /// Bytes at a place; beyond the end of the file they are zero.
    fn bytes<const N: usize>(&mut self, at: u64) -> Option<[u8; N]> {
        self.input.seek(SeekFrom::Start(at)).ok()?;
        let mut read = Vec::with_capacity(N);
        (&mut self.input)
            .take(N as u64)
            .read_to_end(&mut read)
            .ok()?;
        if read.is_empty() {
            return None;
        }
        read.resize(N, 0);
        read.try_into().ok()
    }
}

fn plausible(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds > 0.0 && seconds < 1e7).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn in_box(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let mut whole = u32::try_from(content.len() + 8)
            .unwrap()
            .to_be_bytes()
            .to_vec();
        whole.extend(name);
        whole.extend(content);
        whole
    }

    fn read_bytes(bytes: Vec<u8>) -> (Option<()>, About) {
        let end = bytes.len() as u64;
        let mut reader = Reader {
            input: Cursor::new(bytes),
            left: MAX_BOXES,
            about: About::default(),
            scale_ns: 1e6,
        };
        (reader.boxes(0, end, 0), reader.about)
    }

    #[test]
    fn length_and_size_are_found() {
        let mut movie = vec![0; 100];
        movie[12..16].copy_from_slice(&1_000_u32.to_be_bytes());
        movie[16..20].copy_from_slice(&72_500_u32.to_be_bytes());
        let mut track = vec![0; 84];
        track[76..78].copy_from_slice(&640_u16.to_be_bytes());
        track[80..82].copy_from_slice(&360_u16.to_be_bytes());
        let file = [
            in_box(*b"ftyp", b"isom"),
            in_box(
                *b"moov",
                &[
                    in_box(*b"mvhd", &movie),
                    in_box(*b"trak", &in_box(*b"tkhd", &track)),
                ]
                .concat(),
            ),
        ];
        let (found, about) = read_bytes(file.concat());
        assert_eq!(found, Some(()));
        assert_eq!(
            about,
            About {
                duration: Some(72.5),
                size: Some((640, 360))
            }
        );
        assert_eq!(about.to_string(), "Video · 1:13 · 640 × 360");
    }

    #[test]
    fn boxes_that_lie_end_the_reading() {
        assert_eq!(
            read_bytes(b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xff".to_vec()).0,
            None
        );
        assert_eq!(read_bytes(b"\0\0\0\x02moov".to_vec()).0, None);
        assert_eq!(read_bytes(in_box(*b"free", &[0; 4])).0, None);
    }
}
