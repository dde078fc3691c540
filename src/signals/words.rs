//! Numbers in words, as the explanations of signals use them.

use chrono::TimeDelta;

/// `48 s`, `3 min 05 s`.
pub(super) fn duration(ms: i64) -> String {
    let seconds = (ms + 500) / 1_000;
    if seconds < 60 {
        return format!("{seconds} s");
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

/// `20 minutes`, `5 hours`, `6 days`.
pub(super) fn span(span: TimeDelta) -> String {
    let minutes = span.num_minutes().max(0);
    if minutes < 120 {
        return plural(minutes, "minute");
    }
    if minutes < 48 * 60 {
        return plural(minutes / 60, "hour");
    }
    plural(minutes / (24 * 60), "day")
}

/// `1 page`, `3 pages`.
pub(super) fn plural(count: impl Into<i64>, one: &str) -> String {
    let count = count.into();
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {one}{s}")
}

/// `2nd`, `3rd`, `11th`.
pub(super) fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// A count for sentences; nothing here ever has as many.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_say_them() {
        assert_eq!(duration(48_200), "48 s");
        assert_eq!(duration(185_000), "3 min 05 s");
        assert_eq!(span(TimeDelta::minutes(1)), "1 minute");
        assert_eq!(span(TimeDelta::hours(47)), "47 hours");
        assert_eq!(span(TimeDelta::days(6)), "6 days");
        let spoken: Vec<String> = [1, 2, 3, 4, 11, 22].map(ordinal).to_vec();
        assert_eq!(spoken, ["1st", "2nd", "3rd", "4th", "11th", "22nd"]);
    }
}
