//! Words that occur nowhere: what their writer may have meant.

/// Shorter words are taken as they are: too many others are near.
const SHORTEST: usize = 4;
/// From this length on, two errors are forgiven.
const LONG: usize = 8;

/// How many errors a word of this length may have.
pub(super) fn forgiven(length: usize) -> usize {
    match length {
        ..SHORTEST => 0,
        SHORTEST..LONG => 1,
        LONG.. => 2,
    }
}

/// The word that `typed` most likely stands for, of `known` words with the number of documents they are in: the
/// nearest, and of those the most frequent. The first letter is taken to be right.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = (&'a str, u64)>) -> Option<String> {
    near(typed, known).first().map(|near| near.word.to_owned())
}

/// The words that `typed` may stand for, of `known` words with the number of documents they are in: the nearest
/// first, and of those the most frequent. The first letter is taken to be right.
pub(super) fn near<'a>(
    typed: &str,
    known: impl IntoIterator<Item = (&'a str, u64)>,
) -> Vec<Near<'a>> {
    let typed: Vec<char> = typed.chars().collect();
    let limit = forgiven(typed.len());
    if limit == 0 || typed.iter().any(char::is_ascii_digit) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut letters = Vec::new();
    for (word, count) in known {
        letters.clear();
        letters.extend(word.chars());
        if letters.first() != typed.first() || letters.len().abs_diff(typed.len()) > limit {
            continue;
        }
        if let Some(distance) = distance_within(&typed, &letters, limit) {
            found.push(Near {
                word,
                distance,
                count,
            });
        }
    }
    found.sort_by(|a, b| {
        a.distance
            .cmp(&b.distance)
            .then(b.count.cmp(&a.count))
            .then(a.word.cmp(b.word))
    });
    found
}

/// A word that is like another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Near<'a> {
    /// The word.
    pub(super) word: &'a str,
    /// How many errors lie between.
    pub(super) distance: usize,
    /// In how many documents it is.
    pub(super) count: u64,
}

/// The Damerau-Levenshtein distance (neighbours swapped count once), if it is at most `limit`.
fn distance_within(a: &[char], b: &[char], limit: usize) -> Option<usize> {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut row = vec![0; b.len() + 1];
    let mut previous_letter = None;
    for (i, letter) in a.iter().enumerate() {
        let mut left = i + 1;
        let mut least = left;
        let mut previous_other = None;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        // `before`, `last` and `row` are the rows i - 1, i and i + 1 of the usual table.
        for (j, other) in b.iter().enumerate() {
            let diagonal = last.get(j).copied().unwrap_or(limit);
            let above = last.get(j + 1).copied().unwrap_or(limit);
            let mut cell = (diagonal + usize::from(letter != other))
                .min(above + 1)
                .min(left + 1);
            if previous_letter == Some(other) && previous_other == Some(letter) {
                let swapped = j.checked_sub(1).and_then(|j| before.get(j).copied());
                cell = cell.min(swapped.unwrap_or(limit) + 1);
            }
            if let Some(slot) = row.get_mut(j + 1) {
                *slot = cell;
            }
            left = cell;
            least = least.min(cell);
            previous_other = Some(other);
        }
        if least > limit {
            return None;
        }
        previous_letter = Some(letter);
        std::mem::swap(&mut before, &mut last);
        std::mem::swap(&mut last, &mut row);
    }
    last.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &str, b: &str) -> Option<usize> {
        let (a, b): (Vec<_>, Vec<_>) = (a.chars().collect(), b.chars().collect());
        distance_within(&a, &b, 2)
    }

    #[test]
    fn swapped_neighbours_are_one_error() {
        assert_eq!(distance("securtiy", "security"), Some(1));
        assert_eq!(distance("secuity", "security"), Some(1));
        assert_eq!(distance("securrity", "security"), Some(1));
        assert_eq!(distance("sacurity", "security"), Some(1));
        assert_eq!(distance("secrutiy", "security"), Some(2));
        assert_eq!(distance("security", "security"), Some(0));
        assert_eq!(distance("ledger", "security"), None);
    }

    #[test]
    fn the_nearest_word_wins_and_of_equals_the_most_frequent() {
        let known = [("pricing", 3), ("prizing", 90), ("pricings", 50)];
        assert_eq!(nearest("pricng", known).as_deref(), Some("pricing"));
        let equals = [("booking", 3), ("booming", 9)];
        assert_eq!(nearest("booging", equals).as_deref(), Some("booming"));
    }

    #[test]
    fn short_words_numbers_and_other_first_letters_are_left_alone() {
        assert_eq!(nearest("erp", [("era", 9)]), None);
        assert_eq!(nearest("2o25", [("2025", 9)]), None);
        assert_eq!(nearest("bricing", [("pricing", 9)]), None);
        assert_eq!(
            nearest("maping", [("mapping", 1), ("maiming", 5)]).as_deref(),
            Some("mapping")
        );
    }
}
