//! How a picture looks, in 64 bits: pictures that look alike differ in few of them.
//!
//! It is the difference hash ("dHash", Neal Krawetz, "Kind of Like That", 2013): the picture is shrunk to nine by eight
//! grey fields, and each bit says whether a field is lighter than its right neighbour. Scaling, recompression and a
//! slight change of colours leave it nearly as it is. It does not tell two pages of text on the same ground apart well;
//! whoever compares pages looks at their words too.
//!
//! Invariant: the same pixels give the same bits, on every machine.

use super::pages::Picture;

/// Fields in a row; one more than there are bits in it.
const COLUMNS: usize = 9;
const ROWS: usize = 8;

/// How different two pictures look: 0 (alike) to 64.
pub fn distance(a: i64, b: i64) -> u32 {
    (a ^ b).count_ones()
}

/// How a picture looks.
pub(super) fn of(picture: &Picture) -> u64 {
    let fields = shrink(picture);
    let bits = fields
        .iter()
        .flat_map(|row| row.windows(2))
        .map(|pair| match pair {
            [left, right] => left > right,
            _ => false,
        });
    bits.fold(0, |hash, bit| hash << 1 | u64::from(bit))
}

/// The mean light of each field.
fn shrink(picture: &Picture) -> [[u64; COLUMNS]; ROWS] {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let mut sums = [[(0_u64, 0_u64); COLUMNS]; ROWS];
    let lines = picture.rgba.chunks_exact((width * 4).max(1)).take(height);
    for (y, line) in lines.enumerate() {
        let Some(row) = sums.get_mut(y * ROWS / height.max(1)) else {
            continue;
        };
        for (x, pixel) in line.chunks_exact(4).enumerate() {
            if let ([red, green, blue, _], Some((sum, count))) =
                (pixel, row.get_mut(x * COLUMNS / width.max(1)))
            {
                // The weights of ITU-R BT.601, in thousandths.
                *sum += 299 * u64::from(*red) + 587 * u64::from(*green) + 114 * u64::from(*blue);
                *count += 1;
            }
        }
    }
    // To the nearest of 256 greys: what the eye cannot tell apart must not tip a bit.
    sums.map(|row| row.map(|(sum, count)| sum / (count.max(1) * 1_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32, light: impl Fn(u32, u32) -> u8) -> Picture {
        let rgba = (0..height)
            .flat_map(|y| (0..width).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                let grey = light(x, y);
                [grey, grey, grey, 255]
            })
            .collect();
        Picture {
            width,
            height,
            rgba,
        }
    }

    fn likeness(width: u32, height: u32, light: impl Fn(u32, u32) -> u8) -> i64 {
        of(&picture(width, height, light)).cast_signed()
    }

    #[test]
    fn a_picture_looks_the_same_at_every_size() {
        let wave = |scale: u32| {
            likeness(90 * scale, 80 * scale, move |x, y| {
                u8::try_from((x / scale * 7 + y / scale * 3) % 251).unwrap()
            })
        };
        assert!(distance(wave(1), wave(4)) <= 2);
    }

    #[test]
    fn a_mirrored_picture_looks_different() {
        let falling = likeness(180, 160, |x, _| 255 - u8::try_from(x).unwrap());
        let rising = likeness(180, 160, |x, _| u8::try_from(x).unwrap());
        assert_eq!(distance(falling, rising), 64);
    }

    #[test]
    fn the_smallest_and_the_emptiest_pictures_have_a_likeness_too() {
        assert_eq!(likeness(1, 1, |_, _| 9), likeness(1, 1, |_, _| 200));
        assert_eq!(likeness(0, 0, |_, _| 0), 0);
        assert_eq!(likeness(300, 200, |_, _| 255), 0);
    }
}
