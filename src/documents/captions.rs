//! Captions of videos: `WebVTT` and SRT, read by the child and written anew.
//!
//! What comes out holds cues with times and text and nothing else: styles, regions, notes and unknown marks are left
//! behind, so that nothing in the file of an uploader reaches a player but what is shown and when.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::writing::read_limited;
use super::{Failure, encoding};

/// Bytes of a file of captions.
pub(super) const MAX_CAPTION_BYTES: u64 = 1 << 20;
/// Cues of a file.
const MAX_CUES: usize = 20_000;
/// Hours that a time may tell.
const MAX_HOURS: u64 = 99;

/// Captions that were read and are sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captions {
    /// As `WebVTT`.
    pub vtt: String,
    /// The words alone, a line for each line shown.
    pub text: String,
}

/// Where a child leaves them in its folder.
pub(super) fn path_in(folder: &Path) -> PathBuf {
    folder.join("captions.json")
}

/// Reads captions from a file and leaves what is sound of them in the folder.
pub(super) fn keep(input: &Path, folder: &Path) -> Result<(), Failure> {
    let bytes = read_limited(input)?;
    let captions = read(&encoding::decode(&bytes))?;
    let json =
        serde_json::to_vec(&captions).map_err(|error| Failure::internal(error.to_string()))?;
    std::fs::write(path_in(folder), json)
        .map_err(|error| Failure::internal(format!("the captions could not be written: {error}")))
}

/// One caption: from when to when, and what it says.
struct Cue {
    from: u64,
    to: u64,
    settings: String,
    lines: Vec<String>,
}

fn read(text: &str) -> Result<Captions, Failure> {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    let text = text.replace(['\r'], "\n").replace('\0', "");
    let mut cues = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let Some((from, rest)) = line.split_once("-->") else {
            continue;
        };
        let number = at + 1;
        let (from, (to, settings)) = (time(from), end_and_settings(rest));
        let (Some(from), Some(to)) = (from, to) else {
            return Err(Failure::damaged(format!(
                "line {number} has no times that can be read"
            )));
        };
        if to <= from {
            return Err(Failure::damaged(format!(
                "the caption of line {number} ends before it begins"
            )));
        }
        let mut said = Vec::new();
        while let Some((_, line)) =
            lines.next_if(|(_, line)| !line.trim().is_empty() && !line.contains("-->"))
        {
            said.push(sound_line(line));
        }
        if cues.len() == MAX_CUES {
            return Err(Failure::damaged(format!(
                "there are more than {MAX_CUES} captions"
            )));
        }
        cues.push(Cue {
            from,
            to,
            settings,
            lines: said,
        });
    }
    if cues.is_empty() {
        return Err(Failure::damaged(
            "there is no line with times, such as 00:01.000 --> 00:04.000",
        ));
    }
    Ok(Captions {
        vtt: write(&cues),
        text: words(&cues),
    })
}

fn write(cues: &[Cue]) -> String {
    use std::fmt::Write as _;
    let mut vtt = "WEBVTT\n".to_owned();
    for cue in cues {
        // Writing to a string cannot fail.
        let _ = write!(
            vtt,
            "\n{} --> {}{}\n",
            clock(cue.from),
            clock(cue.to),
            cue.settings
        );
        for line in &cue.lines {
            vtt.push_str(line);
            vtt.push('\n');
        }
    }
    vtt
}

/// What is said, without marks.
fn words(cues: &[Cue]) -> String {
    let mut text = String::new();
    for line in cues.iter().flat_map(|cue| &cue.lines) {
        let mut inside = false;
        let plain: String = line
            .chars()
            .filter(|character| {
                let was_inside = inside;
                match character {
                    '<' => inside = true,
                    '>' => inside = false,
                    _ => {}
                }
                !inside && !was_inside
            })
            .collect();
        let plain = plain
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        if !plain.trim().is_empty() {
            text.push_str(plain.trim());
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

/// `01:02:03.500`, `02:03.500` or, as SRT has it, `01:02:03,500`, in milliseconds.
fn time(text: &str) -> Option<u64> {
    let text = text.trim().replace(',', ".");
    let (clock, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| -> Option<u64> {
        let is_number =
            !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    };
    let parts: Vec<u64> = clock.split(':').map(digits).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match *parts.as_slice() {
        [minutes, seconds] => (0, minutes, seconds),
        [hours, minutes, seconds] => (hours, minutes, seconds),
        _ => return None,
    };
    let fraction: u64 = digits(
        &format!("{fraction:0<3}")
            .chars()
            .take(3)
            .collect::<String>(),
    )?;
    let is_sound = hours <= MAX_HOURS && minutes < 60 && seconds < 60;
    is_sound.then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000 + fraction)
}

fn clock(milliseconds: u64) -> String {
    let seconds = milliseconds / 1_000;
    format!(
        "{:02}:{:02}:{:02}.{:03}",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60,
        milliseconds % 1_000
    )
}

/// The second time, and where on the picture the caption stands.
fn end_and_settings(text: &str) -> (Option<u64>, String) {
    let mut parts = text.split_whitespace();
    let end = parts.next().and_then(time);
    let settings = parts
        .filter(|part| {
            part.split_once(':').is_some_and(|(name, value)| {
                matches!(name, "vertical" | "line" | "position" | "size" | "align")
                    && !value.is_empty()
                    && value.len() <= 20
                    && value
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '%' | '.' | ',' | '-'))
            })
        })
        .fold(String::new(), |all, part| format!("{all} {part}"));
    (end, settings)
}

/// A line with the marks for bold, italic and underlined; who speaks stands in front; all other marks go.
fn sound_line(line: &str) -> String {
    let mut sound = String::new();
    let mut rest = line.trim();
    while let Some((before, behind)) = rest.split_once('<') {
        sound.push_str(&escaped(before));
        let Some((mark, behind)) = behind.split_once('>') else {
            rest = behind;
            continue;
        };
        match mark {
            "b" | "i" | "u" | "/b" | "/i" | "/u" => {
                sound.push('<');
                sound.push_str(mark);
                sound.push('>');
            }
            _ => {
                if let Some(name) = mark
                    .strip_prefix("v ")
                    .map(str::trim)
                    .filter(|name| !name.is_empty())
                {
                    sound.push_str(&escaped(name));
                    sound.push_str(": ");
                }
            }
        }
        rest = behind;
    }
    sound.push_str(&escaped(rest));
    sound
}

/// Text that no player takes for a mark. What is escaped already stays so.
fn escaped(text: &str) -> String {
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    plain
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_becomes_webvtt() {
        let captions = read("1\r\n00:00:01,500 --> 00:00:04,000\r\nCold & <i>quiet</i>\r\n\r\n2\r\n00:01:00,5 --> 01:00:00,000\r\nTwo\r\nlines\r\n").unwrap();
        assert_eq!(
            captions.vtt,
            "WEBVTT\n\n00:00:01.500 --> 00:00:04.000\nCold &amp; <i>quiet</i>\n\n00:01:00.500 --> 01:00:00.000\nTwo\nlines\n"
        );
        assert_eq!(captions.text, "Cold & quiet\nTwo\nlines");
    }

    #[test]
    fn only_cues_are_kept() {
        let vtt = "WEBVTT - title\n\nSTYLE\n::cue { background: url(http://x) }\n\nNOTE secret\n\nid\n00:01.000 --> 00:02.000 align:start region:r line:1%;x\n<v Anna><c.red>Hello</c> <script>alert(1)</script> a < b\n";
        let captions = read(vtt).unwrap();
        assert_eq!(
            captions.vtt,
            "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 align:start\nAnna: Hello alert(1) a  b\n"
        );
        assert!(!captions.text.contains("secret"));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (text, why) in [
            ("Just words", "no line with times"),
            ("1\nab:cd --> 00:02.000\nx", "line 2"),
            ("00:05.000 --> 00:02.000\nx", "ends before"),
            ("00:61.000 --> 02:00.000\nx", "line 1"),
            ("-1:00.000 --> 02:00.000\nx", "line 1"),
        ] {
            let failure = read(text).unwrap_err();
            assert!(failure.detail.contains(why), "{text}: {failure}");
        }
    }
}
