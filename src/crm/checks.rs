//! What is doubtful about an opportunity's data, and what follows from it. Pure: facts in, findings out.
//!
//! It mends nothing and asks no database; who gathers the [`Facts`] also decides what "today" is.

use chrono::NaiveDate;
use serde::Serialize;

use crate::entities::Outcome;

/// After so many days in one stage an open opportunity looks forgotten.
const STALE_STAGE_DAYS: i64 = 120;

/// After so many days without an activity an open opportunity looks abandoned.
const QUIET_DAYS: i64 = 30;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Likely out of date.
    Warn,
    /// Wrong, or makes other numbers wrong.
    Bad,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DataCheck {
    /// Its name, for programs.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is the case and what follows from it.
    pub detail: String,
}

/// What the checks look at.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) outcome: Outcome,
    pub(super) opened_on: NaiveDate,
    /// When the stage last changed, as far as known.
    pub(super) stage_changed_on: Option<NaiveDate>,
    pub(super) expected_close_on: Option<NaiveDate>,
    pub(super) has_amount: bool,
    pub(super) owner: Owner,
    /// The primary contact's name, where mail to it came back.
    pub(super) bounced_contact: Option<String>,
    pub(super) last_activity_on: Option<NaiveDate>,
    pub(super) calls_without_status: u64,
}

/// Who looks after the opportunity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Active,
    Inactive(String),
    Nobody,
}

/// The findings, the most severe first.
pub(super) fn check(facts: &Facts, today: NaiveDate) -> Vec<DataCheck> {
    let mut found: Vec<DataCheck> = [
        stale_stage(facts, today),
        past_expected_close(facts, today),
        closed_without_amount(facts),
        owner_gone(facts),
        contact_bounced(facts),
        quiet(facts, today),
        calls_without_status(facts),
    ]
    .into_iter()
    .flatten()
    .collect();
    found.sort_by_key(|check| std::cmp::Reverse(check.severity));
    found
}

fn stale_stage(facts: &Facts, today: NaiveDate) -> Option<DataCheck> {
    let since = facts.stage_changed_on.unwrap_or(facts.opened_on);
    let days = (today - since).num_days();
    (facts.outcome == Outcome::Open && days >= STALE_STAGE_DAYS).then(|| DataCheck {
        code: "stage_unchanged",
        severity: Severity::Warn,
        detail: format!(
            "The stage has not changed for {days} days. Forecasts count a deal that may be dead; move it or close it."
        ),
    })
}

fn past_expected_close(facts: &Facts, today: NaiveDate) -> Option<DataCheck> {
    let expected = facts.expected_close_on?;
    (facts.outcome == Outcome::Open && expected < today).then(|| DataCheck {
        code: "past_expected_close",
        severity: Severity::Bad,
        detail: format!(
            "It was expected to close on {expected}. Until that date is set anew, it is counted in a period that is over."
        ),
    })
}

fn closed_without_amount(facts: &Facts) -> Option<DataCheck> {
    let (severity, detail) = match facts.outcome {
        _ if facts.has_amount => return None,
        Outcome::Open => return None,
        Outcome::Won => (
            Severity::Bad,
            "It was won without an amount. The content it used gets no credit for it in any figure of revenue.",
        ),
        Outcome::Lost => (
            Severity::Warn,
            "It was lost without an amount. What was at stake is missing where losses are weighed.",
        ),
    };
    Some(DataCheck {
        code: "closed_without_amount",
        severity,
        detail: detail.to_owned(),
    })
}

fn owner_gone(facts: &Facts) -> Option<DataCheck> {
    let who = match &facts.owner {
        Owner::Active => return None,
        Owner::Inactive(name) => format!("{name} has left"),
        Owner::Nobody => "Nobody owns it".to_owned(),
    };
    (facts.outcome == Outcome::Open).then(|| DataCheck {
        code: "owner_inactive",
        severity: Severity::Bad,
        detail: format!("{who}. Nobody is told when the customer reads; give it a new owner."),
    })
}

fn contact_bounced(facts: &Facts) -> Option<DataCheck> {
    facts.bounced_contact.as_ref().map(|name| DataCheck {
        code: "primary_contact_bounced",
        severity: Severity::Warn,
        detail: format!(
            "Mail to {name}, the main contact, came back. A link sent there reaches nobody; ask for the new address."
        ),
    })
}

fn quiet(facts: &Facts, today: NaiveDate) -> Option<DataCheck> {
    let since = facts.last_activity_on.unwrap_or(facts.opened_on);
    let days = (today - since).num_days();
    (facts.outcome == Outcome::Open && days >= QUIET_DAYS).then(|| DataCheck {
        code: "no_activity",
        severity: Severity::Info,
        detail: format!(
            "No activity was noted for {days} days. The next person on it cannot see what was agreed last."
        ),
    })
}

fn calls_without_status(facts: &Facts) -> Option<DataCheck> {
    let calls = match facts.calls_without_status {
        0 => return None,
        1 => "One call has".to_owned(),
        count => format!("{count} calls have"),
    };
    Some(DataCheck {
        code: "calls_without_status",
        severity: Severity::Info,
        detail: format!(
            "{calls} no status. Whether anybody was reached is lost for whoever follows up."
        ),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// An open opportunity with nothing to find, on 2026-06-30.
    fn healthy() -> Facts {
        Facts {
            outcome: Outcome::Open,
            opened_on: day("2026-05-01"),
            stage_changed_on: Some(day("2026-06-01")),
            expected_close_on: Some(day("2026-06-30")),
            has_amount: true,
            owner: Owner::Active,
            bounced_contact: None,
            last_activity_on: Some(day("2026-06-20")),
            calls_without_status: 0,
        }
    }

    fn codes(facts: &Facts) -> Vec<&'static str> {
        check(facts, day("2026-06-30"))
            .into_iter()
            .map(|check| check.code)
            .collect()
    }

    #[test]
    fn a_healthy_opportunity_has_no_findings() {
        assert!(codes(&healthy()).is_empty());
    }

    #[test]
    fn each_flaw_is_found_by_itself() {
        fn case(code: &str, break_it: impl FnOnce(&mut Facts)) {
            let mut facts = healthy();
            break_it(&mut facts);
            assert_eq!(codes(&facts), [code]);
        }
        case("stage_unchanged", |f| {
            f.stage_changed_on = Some(day("2026-03-02"));
        });
        case("past_expected_close", |f| {
            f.expected_close_on = Some(day("2026-06-29"));
        });
        case("closed_without_amount", |f| {
            f.outcome = Outcome::Won;
            f.has_amount = false;
        });
        case("owner_inactive", |f| {
            f.owner = Owner::Inactive("Ada".to_owned());
        });
        case("owner_inactive", |f| f.owner = Owner::Nobody);
        case("primary_contact_bounced", |f| {
            f.bounced_contact = Some("Bo".to_owned());
        });
        case("no_activity", |f| {
            f.last_activity_on = Some(day("2026-05-31"));
        });
        case("calls_without_status", |f| f.calls_without_status = 1);
    }

    #[test]
    fn the_limits_are_120_and_30_days_to_the_day() {
        let mut facts = healthy();
        facts.stage_changed_on = Some(day("2026-03-03"));
        facts.last_activity_on = Some(day("2026-06-01"));
        assert!(codes(&facts).is_empty());
    }

    #[test]
    fn without_any_stage_change_or_activity_the_opening_counts() {
        let mut facts = healthy();
        facts.opened_on = day("2026-01-01");
        facts.stage_changed_on = None;
        facts.last_activity_on = None;
        assert_eq!(codes(&facts), ["stage_unchanged", "no_activity"]);
    }

    proptest! {
        #[test]
        fn a_closed_opportunity_is_never_called_stale_or_late(age in 0_i64..5000, won: bool) {
            let facts = Facts {
                outcome: if won { Outcome::Won } else { Outcome::Lost },
                opened_on: day("2026-06-30") - chrono::TimeDelta::days(age),
                stage_changed_on: None,
                last_activity_on: None,
                expected_close_on: Some(day("2020-01-01")),
                ..healthy()
            };
            prop_assert!(codes(&facts).is_empty());
        }
    }
}
