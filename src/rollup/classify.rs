//! Was it a person? A pure function over what is stored of a visit, with a reason for every point.
//!
//! It blocks nobody: machines get the same page, only alerts and counts wait. A changed function gets a new
//! version; `rebuild` then judges every visit again.

use std::sync::LazyLock;

use chrono::TimeDelta;
use isbot::Bots;
use serde::{Deserialize, Serialize};

use super::READ_MS;
use super::visit::{LinkFacts, Visit};
use crate::entities::VisitClass;

/// Changes whenever the same visit may be judged differently.
pub const CLASSIFIER_VERSION: i32 = 1;

/// From here on it was a person.
const HUMAN: i32 = 70;
/// From here on it may have been one.
const UNVERIFIED: i32 = 40;
/// Where every visit starts.
const START: i32 = 50;

/// Mail scanners and previewers that the public list does not have.
const MORE_MACHINES: &[&str] = &[
    "barracuda",
    "mimecast",
    "ms-office",
    "microsoft office",
    "safelinks",
    "proofpoint",
    "trendmicro",
    "symantec",
    "fortimail",
    "sophos",
    "forcepoint",
    "headlesschrome",
    "slackbot",
    "teamsbot",
    "skypeuripreview",
    "whatsapp",
    "telegrambot",
    "linkedinbot",
    "urldefense",
];

/// One observation and what it counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A sentence for people.
    pub reason: String,
    /// Points for (positive) or against a person.
    pub points: i32,
}

/// The judgement of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What the score means.
    pub class: VisitClass,
    /// 0 (surely a machine) to 100 (surely a person).
    pub score: i32,
    /// What the score is made of.
    pub reasons: Vec<Reason>,
}

impl Default for Verdict {
    fn default() -> Self {
        Self {
            class: VisitClass::Machine,
            score: 0,
            reasons: Vec::new(),
        }
    }
}

/// Judges a visit of `link`.
pub(super) fn classify(visit: &Visit, link: &LinkFacts) -> Verdict {
    let facts = &visit.facts;
    let longest = visit
        .pages
        .values()
        .map(|page| page.active_ms)
        .max()
        .unwrap_or(0);
    let soon = visit.started_at() - link.created_at < TimeDelta::seconds(10);
    let observations = [
        (facts.head, -60, "asked with HEAD, as scanners do"),
        (
            facts.prefetch,
            -60,
            "asked ahead of time by a browser or preview",
        ),
        (
            facts.listed_agent,
            -60,
            "calls itself a known scanner, preview or crawler",
        ),
        (facts.webdriver, -60, "the browser was driven by a program"),
        (!facts.opened, -30, "no script ran in the page"),
        (soon, -10, "came within ten seconds of the link's making"),
        (
            facts.untrusted > 0 && facts.inputs == 0,
            -20,
            "only inputs made by scripts",
        ),
        (
            (1..5).contains(&facts.inputs),
            20,
            "real pointer, key or touch input",
        ),
        (
            facts.inputs >= 5,
            30,
            "repeated real pointer, key or touch input",
        ),
        (
            (READ_MS..15_000).contains(&longest),
            10,
            "a page was in view for 3 seconds or more",
        ),
        (
            longest >= 15_000,
            15,
            "a page was in view for 15 seconds or more",
        ),
        (!facts.downloads.is_empty(), 10, "downloaded an original"),
        (visit.shares > 0, 50, "shared the link with a colleague"),
    ];
    let reasons: Vec<Reason> = observations
        .into_iter()
        .filter(|(holds, _, _)| *holds)
        .map(|(_, points, reason)| Reason {
            reason: reason.to_owned(),
            points,
        })
        .collect();
    let score = (START + reasons.iter().map(|reason| reason.points).sum::<i32>()).clamp(0, 100);
    Verdict {
        class: class_of(score),
        score,
        reasons,
    }
}

fn class_of(score: i32) -> VisitClass {
    match score {
        HUMAN.. => VisitClass::Human,
        UNVERIFIED.. => VisitClass::Unverified,
        _ => VisitClass::Machine,
    }
}

/// Whether a browser calls itself something that is known to be a machine.
pub(super) fn is_listed_agent(user_agent: &str) -> bool {
    static BOTS: LazyLock<Bots> = LazyLock::new(|| {
        let mut bots = Bots::default();
        bots.append(MORE_MACHINES);
        bots
    });
    !user_agent.is_empty() && BOTS.is_bot(user_agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_scanners_and_previews_are_listed_and_browsers_are_not() {
        for machine in [
            "Mozilla/5.0 (compatible; Barracuda Sentinel)",
            "Mimecast-SafeLink/1.0",
            "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "curl/8.5.0",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        ] {
            assert!(is_listed_agent(machine), "{machine}");
        }
        for person in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ] {
            assert!(!is_listed_agent(person), "{person}");
        }
    }
}
