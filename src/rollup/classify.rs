//! Was it a person? A pure function over what is stored of a visit, with a reason for every point.
//!
//! It blocks nobody: machines get the same page, only alerts and counts wait. A changed function gets a new
//! version; `rebuild` then judges every visit again.
//!
//! The rule behind the points: a machine is shown to be one; it is never enough that a person showed little. Whoever
//! reads with a keyboard, a screen reader, by voice, in a reader's view or without scripts makes fewer signs, and
//! stays `unverified` until there are some.

use std::sync::LazyLock;

use chrono::TimeDelta;
use isbot::Bots;
use serde::{Deserialize, Serialize};

use super::READ_MS;
use super::visit::{Facts, LinkFacts, Visit};
use crate::entities::VisitClass;

/// Changes whenever the same visit may be judged differently.
pub const CLASSIFIER_VERSION: i32 = 4;

/// From here on it was a person.
const HUMAN: i32 = 70;
/// From here on it may have been one.
const UNVERIFIED: i32 = 40;
/// Where every visit starts.
const START: i32 = 50;

/// A page that was in view for less than this, untouched, was hardly looked at.
const GLANCE_MS: i64 = 8_000;
/// A page that was in view for this long was surely read, if somebody was there.
const LONG_MS: i64 = 15_000;
/// Mail is scanned when it arrives, which queues and greylisting put off; whoever came this soon after the link was
/// made and touched nothing was most likely the scanner.
const SCANNED_WITHIN: TimeDelta = TimeDelta::minutes(30);
/// Nobody reads, copies and follows a link faster.
const AT_ONCE: TimeDelta = TimeDelta::seconds(10);
/// So many pauses tell a pace.
const PACE_GAPS: u32 = 5;
/// Pauses that differ by less, in percent, are a machine's.
const PACE_SPREAD: u32 = 12;
/// A page that is scrolled by no hand is so by a script, or by an aid that somebody speaks to or nods at, whose pauses are
/// never that even.
const SCRIPT_GAPS: u32 = 3;
/// What they differ by at most.
const SCRIPT_SPREAD: u32 = 6;
/// A program on a busy machine keeps its pace less well; so many pauses tell it still, except from a thumb that swipes
/// through a deck.
const LOOSE_PACE_GAPS: u32 = 8;
/// What they may differ by then.
const LOOSE_PACE_SPREAD: u32 = 20;
/// So many moves of the pointer tell its way.
const WAY_MOVES: u32 = 12;
/// So many where the wheel was turned as well: one flick out of the way can be straight.
const WAY_MOVES_WITH_WHEEL: u32 = 24;
/// So many links at once are no reader's.
const BURST: u32 = 4;

/// Kinds of input, as in [`super::ClientFacts::kinds`].
const MOVED: u32 = 1;
const KEYS: u32 = 4;
const TOUCH: u32 = 8;
const WHEEL: u32 = 16;

/// Mail scanners and previewers that the public list does not have, one a line. `docs/signals.md` says how both are
/// kept up to date.
const MORE_MACHINES: &str = include_str!("machines.txt");

/// Browsers of text, which many blind people use: they run no scripts and draw no pictures, and no scanner hides
/// behind their names.
const TEXT_BROWSERS: [&str; 5] = ["Lynx/", "w3m/", "ELinks", "Links (", "edbrowse/"];

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

/// What is made of the facts before they are weighed.
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is an observation of its own"
)]
struct Look<'a> {
    facts: &'a Facts,
    /// The longest active time on a page.
    longest: i64,
    /// Nothing was touched, by hand or by assistive technology.
    untouched: bool,
    /// Acts follow each other at a constant pace.
    paced: bool,
    /// The pointer moved, only in straight lines, and nothing was pressed.
    straight: bool,
    /// Shows text only.
    text_browser: bool,
    /// How soon after the link was made.
    after: TimeDelta,
}

/// Judges a visit of `link`.
pub(super) fn classify(visit: &Visit, link: &LinkFacts) -> Verdict {
    let facts = &visit.facts;
    let (moves, bends) = facts.moves;
    let (gaps, spread) = facts.gaps;
    let enough = if facts.kinds & WHEEL == 0 {
        WAY_MOVES
    } else {
        WAY_MOVES_WITH_WHEEL
    };
    let look = Look {
        facts,
        longest: visit
            .pages
            .values()
            .map(|page| page.active_ms)
            .max()
            .unwrap_or(0),
        untouched: facts.inputs == 0 && facts.assisted == 0,
        paced: (gaps >= PACE_GAPS && spread < PACE_SPREAD)
            || (gaps >= SCRIPT_GAPS && spread < SCRIPT_SPREAD && facts.inputs == 0)
            || (gaps >= LOOSE_PACE_GAPS && spread < LOOSE_PACE_SPREAD && facts.kinds & TOUCH == 0),
        straight: moves >= enough
            && u64::from(bends) * 20 < u64::from(moves)
            && facts.kinds & !(MOVED | WHEEL) == 0,
        text_browser: TEXT_BROWSERS
            .iter()
            .any(|name| visit.user_agent.starts_with(name)),
        after: visit.started_at() - link.created_at,
    };
    let mut reasons = Vec::new();
    let mut weigh = |holds: bool, points: i32, reason: &str| {
        if holds {
            reasons.push(Reason {
                reason: reason.to_owned(),
                points,
            });
        }
    };
    against(&look, &mut weigh);
    in_favour(visit, &look, &mut weigh);
    let score = (START + reasons.iter().map(|reason| reason.points).sum::<i32>()).clamp(0, 100);
    Verdict {
        class: class_of(score),
        score,
        reasons,
    }
}

fn against(look: &Look<'_>, weigh: &mut impl FnMut(bool, i32, &str)) {
    let facts = look.facts;
    let ran = facts.opened;
    weigh(
        facts.trap,
        -70,
        "followed a link that people cannot see or reach",
    );
    weigh(
        facts.listed_agent,
        -60,
        "calls itself a known scanner, preview or crawler",
    );
    weigh(facts.webdriver, -60, "the browser was driven by a program");
    // A page that was fetched ahead and then looked at is a person's.
    weigh(facts.head && !ran, -60, "asked with HEAD, as scanners do");
    weigh(
        facts.prefetch && !ran,
        -60,
        "asked ahead of time by a browser or preview, and never shown",
    );
    weigh(
        !ran && !facts.drawn && !look.text_browser,
        -30,
        "no script ran in the page, and no picture was drawn",
    );
    weigh(
        facts.no_language,
        -15,
        "asked without naming a language, which browsers always do",
    );
    // Switches, screen readers and other aids step evenly too, and use keys.
    weigh(
        look.paced && facts.kinds & KEYS == 0 && facts.assisted == 0,
        -35,
        "acted at a constant pace",
    );
    weigh(
        look.straight,
        -15,
        "the pointer moved only in straight lines, and nothing was pressed",
    );
    let glance = look.untouched && look.longest < GLANCE_MS;
    weigh(
        ran && facts.untrusted > 0 && look.untouched,
        -20,
        "only inputs made by scripts",
    );
    weigh(
        ran && glance,
        -8,
        "was open for a few seconds and nothing was touched",
    );
    weigh(
        glance && look.after < SCANNED_WITHIN,
        -10,
        "came within half an hour of the link's making and touched nothing",
    );
    weigh(
        !look.untouched && look.after < AT_ONCE,
        -10,
        "came within ten seconds of the link's making",
    );
    weigh(
        facts.data_centre,
        if look.untouched { -10 } else { -5 },
        "came from a data centre",
    );
    weigh(
        facts.burst >= BURST,
        if glance { -20 } else { -5 },
        "the same program asked for several links at once",
    );
}

fn in_favour(visit: &Visit, look: &Look<'_>, weigh: &mut impl FnMut(bool, i32, &str)) {
    let facts = look.facts;
    let aided = look.paced && (facts.kinds & KEYS != 0 || facts.assisted > 0);
    let trusted = !look.paced && !look.straight;
    weigh(
        trusted && (1..5).contains(&facts.inputs),
        20,
        "real pointer, key or touch input",
    );
    weigh(
        trusted && facts.inputs >= 5,
        30,
        "repeated and irregular real pointer, key or touch input",
    );
    weigh(
        aided && facts.inputs > 0,
        10,
        "real key input at an even pace",
    );
    weigh(
        facts.inputs == 0 && facts.assisted > 0,
        10,
        "moved through the page without a pointer, as assistive technology does",
    );
    weigh(facts.kinds & TOUCH != 0 && trusted, 5, "touched the screen");
    let there = (aided || !look.paced) && !look.straight && !look.untouched;
    weigh(
        there && (READ_MS..LONG_MS).contains(&look.longest),
        10,
        "a page was in view for 3 seconds or more",
    );
    weigh(
        there && look.longest >= LONG_MS,
        15,
        "a page was in view for 15 seconds or more",
    );
    weigh(
        !facts.opened && (facts.drawn || look.text_browser),
        0,
        "read without scripts, so there is little to tell by",
    );
    weigh(
        facts.opened && !facts.downloads.is_empty(),
        10,
        "downloaded an original",
    );
    weigh(visit.shares > 0, 50, "shared the link with a colleague");
    weigh(visit.questions > 0, 50, "asked a question");
    weigh(
        facts.verified.is_some(),
        50,
        "entered the code that was sent by mail",
    );
    weigh(
        facts.opened && facts.another_day,
        20,
        "the same browser came back on another day",
    );
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
        let more: Vec<&str> = MORE_MACHINES
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        bots.append(&more);
        bots
    });
    !user_agent.is_empty() && BOTS.is_bot(user_agent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{AssetId, LinkId, OpportunityId, PitchItemId, VersionId, VisitId};
    use crate::rollup::{PageState, started_at};

    const MINUTE_MS: i64 = 60_000;

    /// The verdict on a visit an hour after its link was made, with one page in view for so long.
    fn verdict(longest_ms: i64, facts: Facts) -> Verdict {
        judged(longest_ms, facts, TimeDelta::hours(1))
    }

    fn judged(longest_ms: i64, facts: Facts, after: TimeDelta) -> Verdict {
        let id = VisitId(uuid::Uuid::now_v7());
        let now = started_at(id);
        let mut visit = Visit::begin(id, LinkId::new(now));
        visit.facts = facts;
        visit.pages.insert(
            (PitchItemId::new(now), 1),
            PageState {
                asset: AssetId::new(now),
                version: VersionId::new(now),
                active_ms: longest_ms,
                views: 1,
            },
        );
        let link = LinkFacts {
            opportunity: OpportunityId::new(now),
            created_at: now - after,
        };
        classify(&visit, &link)
    }

    fn ran() -> Facts {
        Facts {
            opened: true,
            ..Facts::default()
        }
    }

    #[test]
    fn people_who_show_it_are_people() {
        let mouse = Facts {
            inputs: 60,
            kinds: 1 | 16,
            moves: (40, 25),
            gaps: (9, 55),
            ..ran()
        };
        // Once out of the way, then the wheel.
        let flick = Facts {
            inputs: 40,
            kinds: MOVED | WHEEL,
            moves: (14, 0),
            gaps: (9, 55),
            ..ran()
        };
        let touch = Facts {
            inputs: 7,
            kinds: TOUCH,
            gaps: (5, 70),
            ..ran()
        };
        for facts in [mouse, flick, touch] {
            assert_eq!(verdict(9_000, facts.clone()).class, VisitClass::Human);
            let from_a_vpn = Facts {
                data_centre: true,
                ..facts
            };
            let just_sent = judged(9_000, from_a_vpn, TimeDelta::seconds(4));
            assert_eq!(just_sent.class, VisitClass::Human, "{just_sent:?}");
        }
    }

    #[test]
    fn whoever_reads_in_another_way_is_never_a_machine() {
        let keyboard = Facts {
            inputs: 9,
            kinds: KEYS,
            gaps: (8, 2),
            assisted: 4,
            ..ran()
        };
        let screen_reader = Facts {
            assisted: 3,
            ..ran()
        };
        let by_voice = Facts {
            inputs: 1,
            kinds: 2,
            assisted: 1,
            ..ran()
        };
        // "Scroll down", said when a page is read.
        let by_voice_alone = Facts {
            gaps: (6, 18),
            ..ran()
        };
        let without_script = Facts {
            drawn: true,
            ..Facts::default()
        };
        for facts in [
            keyboard,
            screen_reader,
            by_voice,
            by_voice_alone,
            ran(),
            without_script,
        ] {
            for after in [TimeDelta::seconds(5), TimeDelta::days(2)] {
                let verdict = judged(12_000, facts.clone(), after);
                assert_ne!(verdict.class, VisitClass::Machine, "{verdict:?}");
            }
        }
    }

    #[test]
    fn a_browser_of_text_is_not_taken_for_a_scanner() {
        let id = VisitId(uuid::Uuid::now_v7());
        let mut visit = Visit::begin(id, LinkId::new(started_at(id)));
        let link = LinkFacts {
            opportunity: OpportunityId::new(started_at(id)),
            created_at: started_at(id) - TimeDelta::hours(1),
        };
        assert_eq!(classify(&visit, &link).class, VisitClass::Machine);
        visit.user_agent = "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8".into();
        assert_eq!(classify(&visit, &link).class, VisitClass::Unverified);
    }

    #[test]
    fn machines_are_machines_with_the_reason() {
        let listed = Facts {
            listed_agent: true,
            inputs: 20,
            ..ran()
        };
        let paced = Facts {
            inputs: 12,
            kinds: 16,
            gaps: (11, 3),
            ..ran()
        };
        // As measured on a machine so busy that the pace was lost.
        let ruled = Facts {
            inputs: 45,
            kinds: MOVED | WHEEL,
            moves: (33, 1),
            gaps: (9, 26),
            ..ran()
        };
        // Four steps down a short page.
        let scrolled = Facts {
            gaps: (3, 2),
            ..ran()
        };
        let trapped = Facts {
            trap: true,
            inputs: 4,
            ..ran()
        };
        let driven = Facts {
            webdriver: true,
            ..ran()
        };
        for (facts, reason) in [
            (listed, "known scanner"),
            (paced, "constant pace"),
            (ruled, "straight lines"),
            (scrolled, "constant pace"),
            (trapped, "cannot see"),
            (driven, "driven by a program"),
            (Facts::default(), "no script ran"),
        ] {
            let verdict = verdict(4_000, facts);
            assert_eq!(verdict.class, VisitClass::Machine, "{verdict:?}");
            let said = verdict
                .reasons
                .iter()
                .any(|one| one.reason.contains(reason));
            assert!(said, "{verdict:?}");
        }
        let detonated = judged(3_000, ran(), TimeDelta::seconds(20));
        assert_eq!(detonated.class, VisitClass::Machine, "{detonated:?}");
    }

    #[test]
    fn a_page_fetched_ahead_and_then_looked_at_is_a_persons() {
        let ahead = Facts {
            prefetch: true,
            ..Facts::default()
        };
        assert_eq!(verdict(0, ahead.clone()).class, VisitClass::Machine);
        let shown = Facts {
            opened: true,
            inputs: 6,
            kinds: 1 | 16,
            ..ahead
        };
        assert_eq!(verdict(MINUTE_MS, shown).class, VisitClass::Human);
    }

    #[test]
    fn mail_scanners_and_previews_are_listed_and_browsers_are_not() {
        for machine in [
            "Mozilla/5.0 (compatible; Barracuda Sentinel)",
            "Mimecast-SafeLink/1.0",
            "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "curl/8.5.0",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        ] {
            assert!(is_listed_agent(machine), "{machine}");
        }
        for person in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        ] {
            assert!(!is_listed_agent(person), "{person}");
        }
    }
}
