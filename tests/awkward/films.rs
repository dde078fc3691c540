//! Videos whose boxes lie.

use crate::damage::dice;
use crate::fixtures;
use crate::{Awkward, either, reason};

/// A length in front of a content, as EBML has it, in eight bytes.
fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let mut size = (content.len() as u64).to_be_bytes();
    size[0] = 1;
    [id, &size, content].concat()
}

/// The elements of a `WebM` file that say how long and how large it is.
pub(crate) fn webm(milliseconds: f64) -> Vec<u8> {
    let head = element(&[0x1A, 0x45, 0xDF, 0xA3], &element(&[0x42, 0x82], b"webm"));
    let info = element(
        &[0x15, 0x49, 0xA9, 0x66],
        &[
            element(&[0x2A, 0xD7, 0xB1], &1_000_000_u32.to_be_bytes()),
            element(&[0x44, 0x89], &milliseconds.to_be_bytes()),
        ]
        .concat(),
    );
    let video = element(
        &[0xE0],
        &[
            element(&[0xB0], &640_u16.to_be_bytes()),
            element(&[0xBA], &360_u16.to_be_bytes()),
        ]
        .concat(),
    );
    let tracks = element(&[0x16, 0x54, 0xAE, 0x6B], &element(&[0xAE], &video));
    let segment = element(&[0x18, 0x53, 0x80, 0x67], &[info, tracks].concat());
    [head, segment].concat()
}

fn in_box(size: u32, name: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&size.to_be_bytes()[..], &name, content].concat()
}

pub(crate) fn files() -> Vec<Awkward> {
    let start = in_box(16, *b"ftyp", b"isom\0\0\0\0");
    let film = |boxes: &[u8]| [start.as_slice(), boxes].concat();
    let mut nested = Vec::new();
    for depth in (1..=20_000_u32).rev() {
        nested.extend(in_box(depth * 8, *b"moov", b""));
    }
    let sample = std::fs::read(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/content-samples/media/cold-alarm-in-thirty-seconds.mp4"
    ))
    .unwrap();
    let mut flipped = sample.clone();
    let mut throw = dice(11);
    for _ in 0..300 {
        let place = usize::try_from(throw()).unwrap() % flipped.len();
        flipped[place] = throw().to_le_bytes()[1];
    }
    let whole = fixtures::mp4(9, 640, 360);
    let mut no_scale = whole.clone();
    no_scale[16 + 8 + 8 + 12..16 + 8 + 8 + 16].fill(0);
    let unknown = [
        0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    let head = webm(1.0)[..24].to_vec();
    vec![
        reason("only-a-beginning.mp4", start.clone(), &["damaged"]),
        reason(
            "box-without-an-end.mp4",
            film(&in_box(0, *b"free", b"")),
            &["damaged"],
        ),
        reason(
            "box-of-no-size.mp4",
            film(&in_box(3, *b"moov", &[0; 60])),
            &["damaged"],
        ),
        reason(
            "box-beyond-all-numbers.mp4",
            film(&in_box(1, *b"moov", &[0xFF; 64])),
            &["damaged"],
        ),
        reason(
            "box-into-itself.mp4",
            film(&in_box(1, *b"moov", &[0; 8])),
            &["damaged"],
        ),
        either("twenty-thousand-nested-boxes.mp4", film(&nested)),
        either(
            "a-million-boxes.mp4",
            film(&in_box(8, *b"free", b"").repeat(1_000_000)),
        ),
        either("no-time-scale.mp4", no_scale),
        either("film-cut-off.mp4", sample[..sample.len() / 2].to_vec()),
        either("film-without-its-index.mp4", sample[..4_000].to_vec()),
        either("film-flipped.mp4", flipped),
        either("endless.webm", webm(f64::INFINITY)),
        either("no-number.webm", webm(f64::NAN)),
        either("before-it-began.webm", webm(-5.0)),
        either(
            "segments-without-an-end.webm",
            [head.as_slice(), &unknown.repeat(50_000)].concat(),
        ),
        either("only-a-head.webm", head),
        reason(
            "sound.m4a",
            in_box(16, *b"ftyp", b"M4A \0\0\0\0"),
            &["unsupported_file"],
        ),
    ]
}
