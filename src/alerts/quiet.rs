//! Quiet hours in somebody's own time zone: pure arithmetic on calendars.

use chrono::{
    DateTime, Datelike as _, Days, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc, Weekday,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// When somebody is left in peace, by the clock on their wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From this time of the day, as `19:00`.
    #[schema(value_type = String, example = "19:00")]
    #[serde(with = "time_of_day")]
    pub from: NaiveTime,
    /// Until this one; of the next day where it is earlier.
    #[schema(value_type = String, example = "07:30")]
    #[serde(with = "time_of_day")]
    pub until: NaiveTime,
    /// Saturdays and Sundays as well.
    #[serde(default)]
    pub weekends: bool,
}

mod time_of_day {
    use chrono::NaiveTime;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub(super) fn serialize<S: Serializer>(time: &NaiveTime, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&time.format("%H:%M"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
        let text = String::deserialize(from)?;
        NaiveTime::parse_from_str(&text, "%H:%M")
            .map_err(|_| D::Error::custom("a time of the day looks like 19:00"))
    }
}

/// The zone of this name; UTC where it is none.
pub(super) fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

impl QuietHours {
    /// Until when it is quiet, if it is `now`.
    pub(super) fn quiet_until(&self, zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut end = None;
        let mut at = now;
        // A night, a weekend, and the night after it: each step leaves one behind.
        for _ in 0..8 {
            let local = at.with_timezone(&zone).naive_local();
            let Some(until) = self.stretch(local) else {
                break;
            };
            at = to_utc(zone, until);
            end = Some(at);
        }
        end
    }

    /// The end of the stretch of quiet that `local` lies in.
    fn stretch(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let (day, time) = (local.date(), local.time());
        let later = |days| day.checked_add_days(Days::new(days));
        match day.weekday() {
            Weekday::Sat if self.weekends => return Some(later(2)?.and_time(NaiveTime::MIN)),
            Weekday::Sun if self.weekends => return Some(later(1)?.and_time(NaiveTime::MIN)),
            _ => {}
        }
        if self.from < self.until {
            let quiet = (self.from..self.until).contains(&time);
            return quiet.then(|| day.and_time(self.until));
        }
        if self.from == self.until {
            return None;
        }
        if time >= self.from {
            return Some(later(1)?.and_time(self.until));
        }
        (time < self.until).then(|| day.and_time(self.until))
    }
}

/// A time on the wall that the clock jumps over is an hour later.
fn to_utc(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    zone.from_local_datetime(&local)
        .earliest()
        .or_else(|| {
            zone.from_local_datetime(&(local + TimeDelta::hours(1)))
                .earliest()
        })
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hours(from: &str, until: &str, weekends: bool) -> QuietHours {
        let time = |text| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        QuietHours {
            from: time(from),
            until: time(until),
            weekends,
        }
    }

    fn until(quiet: &QuietHours, zone_name: &str, now: &str) -> Option<String> {
        quiet
            .quiet_until(zone(zone_name), now.parse().unwrap())
            .map(|at| at.format("%a %d %H:%M").to_string())
    }

    #[test]
    fn a_night_ends_in_the_morning_of_the_reps_own_zone() {
        let night = hours("20:00", "07:00", false);
        // A Wednesday; Berlin is an hour ahead of UTC, New York five behind.
        assert_eq!(
            until(&night, "Europe/Berlin", "2026-11-25T19:30:00Z").unwrap(),
            "Thu 26 06:00"
        );
        assert_eq!(
            until(&night, "Europe/Berlin", "2026-11-25T05:59:00Z").unwrap(),
            "Wed 25 06:00"
        );
        assert_eq!(until(&night, "Europe/Berlin", "2026-11-25T06:00:00Z"), None);
        assert_eq!(until(&night, "Europe/Berlin", "2026-11-25T18:59:00Z"), None);
        assert_eq!(
            until(&night, "America/New_York", "2026-11-26T01:00:00Z").unwrap(),
            "Thu 26 12:00"
        );
        assert_eq!(
            until(&night, "No/Where", "2026-11-25T20:00:00Z").unwrap(),
            "Thu 26 07:00"
        );
    }

    #[test]
    fn a_weekend_joins_the_nights_around_it() {
        let quiet = hours("18:00", "08:00", true);
        assert_eq!(
            until(&quiet, "UTC", "2026-11-27T18:30:00Z").unwrap(),
            "Mon 30 08:00"
        );
        assert_eq!(
            until(&quiet, "UTC", "2026-11-28T12:00:00Z").unwrap(),
            "Mon 30 08:00"
        );
        assert_eq!(
            until(
                &hours("12:00", "12:00", true),
                "UTC",
                "2026-11-29T12:00:00Z"
            )
            .unwrap(),
            "Mon 30 00:00"
        );
        assert_eq!(
            until(
                &hours("12:00", "13:00", false),
                "UTC",
                "2026-11-28T12:30:00Z"
            )
            .unwrap(),
            "Sat 28 13:00"
        );
    }

    #[test]
    fn the_hour_that_summer_time_skips_ends_an_hour_later() {
        // In Berlin the clock jumps from 02:00 to 03:00 on 29 March 2026.
        let quiet = hours("22:00", "02:30", false);
        assert_eq!(
            until(&quiet, "Europe/Berlin", "2026-03-28T23:00:00Z").unwrap(),
            "Sun 29 01:30"
        );
    }

    proptest! {
        #[test]
        fn at_the_end_of_quiet_it_is_not_quiet(
            from in 0_u32..1_440, until in 0_u32..1_440, weekends: bool, minutes in 0_i64..900_000,
            name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]),
        ) {
            let time = |minutes: u32| NaiveTime::from_hms_opt(minutes / 60, minutes % 60, 0).unwrap();
            let quiet = QuietHours { from: time(from), until: time(until), weekends };
            let now = DateTime::from_timestamp(1_767_225_600, 0).unwrap() + TimeDelta::minutes(minutes);
            if let Some(end) = quiet.quiet_until(zone(name), now) {
                prop_assert!(end > now);
                prop_assert!(end - now < TimeDelta::days(4));
            }
        }
    }
}
