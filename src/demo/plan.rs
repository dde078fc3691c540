//! A believable year: which pitches were sent, who read them how, and what the scanners did.
//!
//! Pure and deterministic: the same deals, collateral and seed give the same plan. Playing it, through the domain
//! code that live traffic uses, is `play`.
//!
//! Won deals were read more often, longer and by more people than lost ones, with much overlap, so that the demo's
//! figures look like a company's and not like a law.

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use rand::seq::IndexedRandom as _;
use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;

use crate::entities::{Outcome, Stage};
use crate::ids::{AssetId, ContactId, OpportunityId, UserId};

/// A deal as far as the plan needs it.
#[derive(Clone, Debug)]
pub(super) struct Deal {
    /// The opportunity.
    pub(super) id: OpportunityId,
    /// Who sends.
    pub(super) owner: UserId,
    /// What it came to.
    pub(super) outcome: Outcome,
    /// The stages it entered, in order.
    pub(super) stages: Vec<(Stage, DateTime<Utc>)>,
    /// When it closed, or now.
    pub(super) until: DateTime<Utc>,
    /// The account's name.
    pub(super) account: String,
    /// What the deal is about: product, industry, competitor.
    pub(super) traits: Vec<String>,
    /// The buying committee, the primary contact first.
    pub(super) contacts: Vec<Recipient>,
}

/// Somebody to send to.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    /// The contact.
    pub(super) id: ContactId,
    /// Name.
    pub(super) name: String,
    /// Address.
    pub(super) email: Option<String>,
}

/// Collateral as far as the plan needs it; only what may be pitched.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The asset.
    pub(super) id: AssetId,
    /// When it was added.
    pub(super) since: DateTime<Utc>,
    /// How many pages it has.
    pub(super) pages: i32,
    /// Its product, industry and competitor values.
    pub(super) traits: Vec<String>,
    /// The stages it is meant for.
    pub(super) stages: Vec<String>,
}

/// A pitch to be made.
#[derive(Clone, Debug)]
pub(super) struct PlannedPitch {
    /// For which deal.
    pub(super) opportunity: OpportunityId,
    /// Who makes it.
    pub(super) owner: UserId,
    /// When.
    pub(super) at: DateTime<Utc>,
    /// Its title.
    pub(super) title: String,
    /// The words above it.
    pub(super) message: String,
    /// Assets, or single pages of them.
    pub(super) items: Vec<(AssetId, Option<i32>)>,
    /// Whom it is sent to.
    pub(super) links: Vec<PlannedLink>,
}

/// A link to be made, and what happens on it.
#[derive(Clone, Debug)]
pub(super) struct PlannedLink {
    /// To whom.
    pub(super) recipient: Recipient,
    /// Whether the originals may be taken.
    pub(super) download_allowed: bool,
    /// In the order of time.
    pub(super) visits: Vec<PlannedVisit>,
}

/// What one visitor does in one sitting.
#[derive(Clone, Debug)]
pub(super) struct PlannedVisit {
    /// When the page was asked for.
    pub(super) at: DateTime<Utc>,
    /// What sort of visitor.
    pub(super) visitor: Visitor,
    /// Milliseconds in view, page after page from the first of the pitch; nothing for scanners.
    pub(super) dwell_ms: Vec<i64>,
    /// Whether an original is taken at the end.
    pub(super) downloads: bool,
    /// A colleague to whom it is passed on at the end, and what that one does.
    pub(super) shares: Option<(Recipient, Vec<PlannedVisit>)>,
}

/// What sort of visitor came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Visitor {
    /// A person at a desk.
    Desktop,
    /// A person on the move.
    Phone,
    /// A mail filter that opens every link.
    MailScanner,
    /// A chat tool that wants a preview.
    LinkPreview,
}

/// Plans the year for these deals.
pub(super) fn plan(
    deals: &[Deal],
    pieces: &[Piece],
    now: DateTime<Utc>,
    seed: u64,
) -> Vec<PlannedPitch> {
    let mut rng = ChaCha12Rng::seed_from_u64(seed);
    let mut pitches: Vec<_> = deals
        .iter()
        .filter(|deal| !deal.contacts.is_empty())
        .flat_map(|deal| pitches_of(deal, pieces, now, &mut rng))
        .collect();
    pitches.sort_by_key(|pitch| pitch.at);
    pitches
}

fn pitches_of(
    deal: &Deal,
    pieces: &[Piece],
    now: DateTime<Utc>,
    rng: &mut ChaCha12Rng,
) -> Vec<PlannedPitch> {
    let mut pitches = Vec::new();
    for (stage, entered) in &deal.stages {
        if !rng.random_bool(0.7) {
            continue;
        }
        let at = office_hour(*entered + TimeDelta::hours(rng.random_range(4..96)), rng);
        if at >= deal.until.min(now) {
            continue;
        }
        let items = chosen(deal, *stage, at, pieces, rng);
        if items.is_empty() {
            continue;
        }
        let pages: i32 = items
            .iter()
            .map(|(piece, page)| if page.is_some() { 1 } else { piece.pages })
            .sum();
        let recipients = deal.contacts.len().min(rng.random_range(1..=3));
        let links = deal
            .contacts
            .iter()
            .take(recipients)
            .map(|recipient| PlannedLink {
                recipient: recipient.clone(),
                download_allowed: rng.random_bool(0.6),
                visits: visits_of(deal, at, pages, now, rng),
            })
            .collect();
        pitches.push(PlannedPitch {
            opportunity: deal.id,
            owner: deal.owner,
            at,
            title: title_of(deal, *stage),
            message: message_of(deal, *stage),
            items: items
                .into_iter()
                .map(|(piece, page)| (piece.id, page))
                .collect(),
            links,
        });
    }
    pitches
}

/// What a rep would pick: what fits the deal, with habits and chance mixed in.
fn chosen<'a>(
    deal: &Deal,
    stage: Stage,
    at: DateTime<Utc>,
    pieces: &'a [Piece],
    rng: &mut ChaCha12Rng,
) -> Vec<(&'a Piece, Option<i32>)> {
    let mut scored: Vec<(f64, &Piece)> = pieces
        .iter()
        .filter(|piece| piece.since < at && piece.pages > 0)
        .map(|piece| {
            let hits = piece
                .traits
                .iter()
                .filter(|value| deal.traits.contains(value))
                .count();
            let misses = piece.traits.len() - hits;
            let on_stage = piece.stages.iter().any(|value| value == stage.as_str());
            let hits = f64::from(u32::try_from(hits).unwrap_or(0));
            let misses = f64::from(u32::try_from(misses).unwrap_or(0));
            let fit = 1.5 * hits - 0.7 * misses + if on_stage { 1.0 } else { 0.0 };
            (fit + 1.6 * rng.random::<f64>(), piece)
        })
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let count = rng.random_range(2..=4);
    scored
        .into_iter()
        .take(count)
        .map(|(_, piece)| {
            let single = piece.pages > 2 && rng.random_bool(0.3);
            (piece, single.then(|| rng.random_range(1..=piece.pages)))
        })
        .collect()
}

fn visits_of(
    deal: &Deal,
    sent: DateTime<Utc>,
    pages: i32,
    now: DateTime<Utc>,
    rng: &mut ChaCha12Rng,
) -> Vec<PlannedVisit> {
    let mut visits = Vec::new();
    if rng.random_bool(0.35) {
        let visitor = if rng.random_bool(0.7) {
            Visitor::MailScanner
        } else {
            Visitor::LinkPreview
        };
        visits.push(scan(
            sent + TimeDelta::seconds(rng.random_range(4..50)),
            visitor,
        ));
    }
    let interest = match deal.outcome {
        Outcome::Won => 0.9,
        Outcome::Open => 0.72,
        Outcome::Lost => 0.55,
    };
    let mut at = sent;
    let mut chance = interest;
    while rng.random_bool(chance) && visits.len() < 6 {
        let pause = TimeDelta::minutes(rng.random_range(15..4_300));
        at = office_hour(at + pause, rng);
        if at >= now {
            break;
        }
        let mut visit = reading(at, pages, interest, rng);
        if rng.random_bool(0.22 * interest)
            && let Some(colleague) = deal.contacts.choose(rng)
        {
            let later = office_hour(at + TimeDelta::minutes(rng.random_range(20..2_000)), rng);
            let theirs = if later < now {
                vec![reading(later, pages, interest, rng)]
            } else {
                Vec::new()
            };
            visit.shares = Some((colleague.clone(), theirs));
        }
        visits.push(visit);
        chance = 0.42 * interest;
    }
    visits
}

fn scan(at: DateTime<Utc>, visitor: Visitor) -> PlannedVisit {
    PlannedVisit {
        at,
        visitor,
        dwell_ms: Vec::new(),
        downloads: false,
        shares: None,
    }
}

/// A person reads page by page and leaves somewhere; interest decides how soon.
fn reading(at: DateTime<Utc>, pages: i32, interest: f64, rng: &mut ChaCha12Rng) -> PlannedVisit {
    let mut dwell_ms = Vec::new();
    for _ in 0..pages {
        // Most pages get a glance, some a study: a long tail, as in real reading.
        let glance = 2_000.0 + 9_000.0 * rng.random::<f64>();
        let study = if rng.random_bool(0.25 * interest) {
            12_000.0 + 50_000.0 * rng.random::<f64>()
        } else {
            0.0
        };
        #[allow(
            clippy::cast_possible_truncation,
            reason = "at most 73,000 milliseconds"
        )]
        dwell_ms.push((glance + study) as i64);
        if !rng.random_bool(0.80 + 0.17 * interest) {
            break;
        }
    }
    PlannedVisit {
        at,
        visitor: if rng.random_bool(0.35) {
            Visitor::Phone
        } else {
            Visitor::Desktop
        },
        dwell_ms,
        downloads: rng.random_bool(0.12),
        shares: None,
    }
}

/// The same day at a time when offices are open, or the next such moment.
fn office_hour(at: DateTime<Utc>, rng: &mut impl Rng) -> DateTime<Utc> {
    use chrono::{Datelike as _, Weekday};
    let mut at = at;
    if !(6..18).contains(&at.hour()) {
        let until_morning = (24 + 7 - i64::from(at.hour())) % 24;
        at += TimeDelta::hours(until_morning) + TimeDelta::minutes(rng.random_range(0..170));
    }
    match at.weekday() {
        Weekday::Sat => at + TimeDelta::days(2),
        Weekday::Sun => at + TimeDelta::days(1),
        _ => at,
    }
}

fn title_of(deal: &Deal, stage: Stage) -> String {
    let what = match stage {
        Stage::Discovery => "First look",
        Stage::Evaluation => "For your evaluation",
        Stage::Proposal => "Proposal and background",
        Stage::Negotiation => "Before you sign",
    };
    format!("{what}: {}", deal.account)
}

fn message_of(deal: &Deal, stage: Stage) -> String {
    let contact = deal.contacts.first().map_or("all", |contact| {
        contact.name.split(' ').next().unwrap_or("all")
    });
    let words = match stage {
        Stage::Discovery => {
            "as promised on the phone, a short overview of what we spoke about. The first pages are enough to see whether it fits."
        }
        Stage::Evaluation => {
            "here is what you need to compare us calmly: how it works, and how others in your field went about it."
        }
        Stage::Proposal => {
            "please find our proposal with the figures behind it. The calculation is open; change the assumptions as you like."
        }
        Stage::Negotiation => {
            "these are the papers your colleagues asked for. Tell me where something is missing."
        }
    };
    format!("Dear {contact}, {words}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> (Vec<Deal>, Vec<Piece>, DateTime<Utc>) {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let contact = |n: i64| Recipient {
            id: ContactId::new(now + TimeDelta::seconds(n)),
            name: format!("Contact {n}"),
            email: None,
        };
        let deals = (0..40)
            .map(|n| Deal {
                id: OpportunityId::new(now),
                owner: UserId::new(now),
                outcome: [Outcome::Won, Outcome::Lost][usize::from(n % 2 == 0)],
                stages: vec![
                    (Stage::Discovery, now - TimeDelta::days(90)),
                    (Stage::Proposal, now - TimeDelta::days(40)),
                ],
                until: now - TimeDelta::days(10),
                account: format!("Account {n}"),
                traits: vec!["energy".to_owned()],
                contacts: vec![contact(1), contact(2)],
            })
            .collect();
        let pieces = (0..8)
            .map(|_| Piece {
                id: AssetId::new(now),
                since: now - TimeDelta::days(400),
                pages: 6,
                traits: vec!["energy".to_owned()],
                stages: vec!["discovery".to_owned()],
            })
            .collect();
        (deals, pieces, now)
    }

    #[test]
    fn the_same_seed_gives_the_same_year() {
        let (deals, pieces, now) = world();
        let first = format!("{:?}", plan(&deals, &pieces, now, 7));
        assert_eq!(first, format!("{:?}", plan(&deals, &pieces, now, 7)));
        assert_ne!(first, format!("{:?}", plan(&deals, &pieces, now, 8)));
    }

    #[test]
    fn nothing_happens_in_the_future_or_before_its_cause() {
        let (deals, pieces, now) = world();
        for pitch in plan(&deals, &pieces, now, 7) {
            assert!(pitch.at < now);
            for visit in pitch.links.iter().flat_map(|link| &link.visits) {
                assert!(pitch.at <= visit.at && visit.at < now);
                for theirs in visit.shares.iter().flat_map(|(_, visits)| visits) {
                    assert!(visit.at < theirs.at && theirs.at < now);
                }
            }
        }
    }

    #[test]
    fn there_are_readers_and_scanners() {
        let (deals, pieces, now) = world();
        let plan = plan(&deals, &pieces, now, 7);
        let visits: Vec<_> = plan
            .iter()
            .flat_map(|pitch| &pitch.links)
            .flat_map(|link| &link.visits)
            .collect();
        let scans = visits
            .iter()
            .filter(|visit| visit.dwell_ms.is_empty())
            .count();
        assert!(scans > 0 && scans < visits.len());
    }
}
