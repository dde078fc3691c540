//! A visit as the fold of its events.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::classify::{CLASSIFIER_VERSION, Reason, Verdict, classify, is_listed_agent};
use super::rules::{Rules, Ruling};
use super::signal::{ServerFacts, Signal, union};
use super::{READ_MS, SEEN_MS};
use crate::entities::{EventKind, VisitClass, VisitLevel, visit, visit_page};
use crate::ids::{AssetId, LinkId, OpportunityId, PitchItemId, VersionId, VisitId};

/// What of a visit's link its judgement and its contribution depend on. None of it ever changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkFacts {
    /// The opportunity of the link's pitch.
    pub opportunity: OpportunityId,
    /// When the link was made.
    pub created_at: DateTime<Utc>,
}

/// A sitting of one viewer, folded from its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The visit.
    pub id: VisitId,
    /// The link it is a visit of.
    pub link: LinkId,
    /// When something happened last.
    pub last_seen_at: DateTime<Utc>,
    /// When something was reported last; nodes find each other's news by it.
    pub updated_at: DateTime<Utc>,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The truncated address.
    pub network: String,
    /// The random name in the browser's cookie.
    pub browser_id: String,
    /// What else the fold remembers.
    pub facts: Facts,
    /// A person's word over the verdict; made by [`Visit::judge`].
    pub ruling: Option<Ruling>,
    /// The judgement of the program; made by [`Visit::judge`].
    pub verdict: Verdict,
    /// How far it went; made by [`Visit::judge`].
    pub level: VisitLevel,
    /// Active milliseconds, over all pages.
    pub active_ms: i64,
    /// How often the link was shared on.
    pub shares: i32,
    /// How many originals were downloaded.
    pub downloads: i32,
    /// How many questions were asked.
    pub questions: i32,
    /// What was seen of each page.
    pub pages: BTreeMap<(PitchItemId, i32), PageState>,
}

/// The page in view last. Ordered by time, so that the greater one is the later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Current {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The item.
    pub item: PitchItemId,
    /// Its page.
    pub page: i32,
}

/// What a visit saw of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageState {
    /// The asset.
    pub asset: AssetId,
    /// The version shown.
    pub version: VersionId,
    /// Active milliseconds.
    pub active_ms: i64,
    /// How many reports told of it.
    pub views: i32,
}

/// What the fold remembers of a visit beside its columns; kept as JSON in `visits.features`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent observations, each true or not"
)]
pub struct Facts {
    /// The page's script ran.
    #[serde(skip_serializing_if = "is_default")]
    pub opened: bool,
    /// Asked with HEAD.
    #[serde(skip_serializing_if = "is_default")]
    pub head: bool,
    /// Asked ahead of time.
    #[serde(skip_serializing_if = "is_default")]
    pub prefetch: bool,
    /// Asked without naming a language.
    #[serde(skip_serializing_if = "is_default")]
    pub no_language: bool,
    /// From a data centre.
    #[serde(skip_serializing_if = "is_default")]
    pub data_centre: bool,
    /// Followed the link that people cannot see.
    #[serde(skip_serializing_if = "is_default")]
    pub trap: bool,
    /// Drew the page without running its script.
    #[serde(skip_serializing_if = "is_default")]
    pub drawn: bool,
    /// How many links the same program asked for at once.
    #[serde(skip_serializing_if = "is_default")]
    pub burst: u32,
    /// The same browser was here before.
    #[serde(skip_serializing_if = "is_default")]
    pub returned: bool,
    /// On another day, too.
    #[serde(skip_serializing_if = "is_default")]
    pub another_day: bool,
    /// The address that a code has proved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<String>,
    /// The visit that this one continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<VisitId>,
    /// Its user is not to be known: it counts in sums over many deals and is shown nowhere.
    #[serde(skip_serializing_if = "is_default")]
    pub unnamed: bool,
    /// They chose so on the page of the link, which lets the sender know that somebody was there.
    #[serde(skip_serializing_if = "is_default")]
    pub nameless: bool,
    /// Driven by a program.
    #[serde(skip_serializing_if = "is_default")]
    pub webdriver: bool,
    /// Calls itself a known machine.
    #[serde(skip_serializing_if = "is_default")]
    pub listed_agent: bool,
    /// Trusted inputs.
    #[serde(skip_serializing_if = "is_default")]
    pub inputs: u32,
    /// Inputs made by scripts.
    #[serde(skip_serializing_if = "is_default")]
    pub untrusted: u32,
    /// Which inputs there were, as in [`super::ClientFacts`].
    #[serde(skip_serializing_if = "is_default")]
    pub kinds: u32,
    /// Moves of the pointer, and how many of them changed direction.
    #[serde(skip_serializing_if = "is_default")]
    pub moves: (u32, u32),
    /// Pauses between acts, and how much they differ in percent.
    #[serde(skip_serializing_if = "is_default")]
    pub gaps: (u32, u32),
    /// Moves of the focus, and presses without a pointer.
    #[serde(skip_serializing_if = "is_default")]
    pub assisted: u32,
    /// How often something on the page was enlarged.
    #[serde(skip_serializing_if = "is_default")]
    pub zooms: u32,
    /// How often a link in the content was followed.
    #[serde(skip_serializing_if = "is_default")]
    pub clicks: u32,
    /// What was watched of each video, in stretches of seconds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub watched: BTreeMap<PitchItemId, Vec<(u32, u32)>>,
    /// How many pages of each asset were offered.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub offered: BTreeMap<AssetId, i32>,
    /// How often each asset was downloaded.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub downloads: BTreeMap<AssetId, i32>,
    /// The page in view last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// When a visit began: its id is a UUIDv7 that was made then.
pub fn started_at(visit: VisitId) -> DateTime<Utc> {
    let millis = visit.0.get_timestamp().and_then(|stamp| {
        let (seconds, nanos) = stamp.to_unix();
        DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
    });
    millis.unwrap_or(DateTime::UNIX_EPOCH)
}

impl Visit {
    /// A visit of which nothing is known yet.
    pub fn begin(id: VisitId, link: LinkId) -> Self {
        let start = started_at(id);
        Self {
            id,
            link,
            last_seen_at: start,
            updated_at: start,
            user_agent: String::new(),
            network: String::new(),
            browser_id: String::new(),
            facts: Facts::default(),
            ruling: None,
            verdict: Verdict::default(),
            level: VisitLevel::Fetched,
            active_ms: 0,
            shares: 0,
            downloads: 0,
            questions: 0,
            pages: BTreeMap::new(),
        }
    }

    /// A visit as its rows have it.
    pub fn restore(row: visit::Model, pages: impl IntoIterator<Item = visit_page::Model>) -> Self {
        let facts = Facts::deserialize(&row.features).unwrap_or_default();
        let reasons = Vec::<Reason>::deserialize(&row.reasons).unwrap_or_default();
        Self {
            id: row.id,
            link: row.link_id,
            last_seen_at: row.last_seen_at,
            updated_at: row.updated_at,
            user_agent: row.user_agent,
            network: row.network,
            browser_id: row.browser_id,
            ruling: row
                .rule_id
                .zip(row.class_override)
                .map(|(rule, class)| Ruling { rule, class }),
            verdict: Verdict {
                class: row.class,
                score: row.score,
                reasons,
            },
            level: row.level,
            active_ms: row.active_ms,
            shares: row.shares,
            downloads: row.downloads,
            questions: row.questions,
            facts,
            pages: pages
                .into_iter()
                .map(|page| {
                    let state = PageState {
                        asset: page.asset_id,
                        version: page.version_id,
                        active_ms: page.active_ms,
                        views: page.views,
                    };
                    ((page.item_id, page.page_number), state)
                })
                .collect(),
        }
    }

    /// When it began.
    pub fn started_at(&self) -> DateTime<Utc> {
        started_at(self.id)
    }

    /// The day that it counts for, in UTC.
    pub fn day(&self) -> NaiveDate {
        self.started_at().date_naive()
    }

    /// What it counts as: a person's word, else the program's.
    pub fn class(&self) -> VisitClass {
        self.ruling
            .map_or(self.verdict.class, |ruling| ruling.class)
    }

    /// Whether it counts as a person's.
    pub fn is_human(&self) -> bool {
        self.class() == VisitClass::Human
    }

    /// Takes in one more event, in whatever order they come. Each event may be given only once.
    pub fn apply(&mut self, signal: &Signal<'_>) {
        let event = signal.event;
        self.last_seen_at = self.last_seen_at.max(event.occurred_at);
        self.updated_at = self.updated_at.max(event.received_at);
        if let Some(server) = &signal.data.server {
            self.take_server_facts(server);
        }
        let client = &signal.data.client;
        let facts = &mut self.facts;
        facts.webdriver |= client.webdriver;
        facts.inputs = facts.inputs.max(client.inputs);
        facts.untrusted = facts.untrusted.max(client.untrusted);
        facts.kinds |= client.kinds;
        facts.moves = facts.moves.max((client.moves, client.bends));
        facts.gaps = facts.gaps.max((client.gaps, client.spread));
        facts.assisted = facts.assisted.max(client.assisted);
        match event.kind {
            // A step stands in its own table; the visit learns only that something happened.
            EventKind::Fetched | EventKind::StepTicked => {}
            EventKind::Asked => self.questions += 1,
            EventKind::Opened | EventKind::Completed | EventKind::Returned => facts.opened = true,
            EventKind::LinkClicked => {
                facts.opened = true;
                facts.clicks += 1;
            }
            EventKind::Zoomed => {
                facts.opened = true;
                facts.zooms += 1;
                self.see_page(signal);
            }
            EventKind::VideoPlayed => {
                facts.opened = true;
                if let Some(item) = event.item_id
                    && !client.watched.is_empty()
                {
                    let known = facts.watched.entry(item).or_default();
                    let all = known.drain(..).chain(client.watched.iter().copied());
                    *known = union(all.collect::<Vec<_>>());
                }
                self.see_page(signal);
            }
            EventKind::PageViewed => {
                facts.opened = true;
                self.see_page(signal);
            }
            EventKind::Downloaded => {
                self.downloads += 1;
                if let Some(asset) = event.asset_id {
                    *self.facts.downloads.entry(asset).or_default() += 1;
                }
            }
            EventKind::Shared => self.shares += 1,
        }
    }

    /// Judges it by all that is known now, and by what people have said.
    pub fn judge(&mut self, link: &LinkFacts, rules: &Rules) {
        self.verdict = classify(self, link);
        self.ruling = rules.ruling(self);
        let shown = self.pages.values().any(|page| page.active_ms >= READ_MS);
        self.level = if shown && self.is_human() {
            VisitLevel::Read
        } else if self.facts.opened {
            VisitLevel::Opened
        } else {
            VisitLevel::Fetched
        };
    }

    /// Pages that were offered, over all assets.
    pub fn page_total(&self) -> i32 {
        self.facts.offered.values().sum()
    }

    /// Pages in view for long enough to be seen.
    pub fn pages_seen(&self) -> i32 {
        let seen = self.pages.values().filter(|page| page.active_ms >= SEEN_MS);
        i32::try_from(seen.count()).unwrap_or(i32::MAX)
    }

    fn kept(&self, text: &str) -> String {
        if self.facts.unnamed {
            String::new()
        } else {
            text.to_owned()
        }
    }

    /// The rows that keep it.
    pub fn rows(&self) -> (visit::Model, Vec<visit_page::Model>) {
        let row = visit::Model {
            id: self.id,
            link_id: self.link,
            started_at: self.started_at(),
            last_seen_at: self.last_seen_at,
            updated_at: self.updated_at,
            user_agent: self.user_agent.clone(),
            // One request without a name is enough, whatever others of the visit said.
            network: self.kept(&self.network),
            browser_id: self.kept(&self.browser_id),
            level: self.level,
            class: self.verdict.class,
            score: self.verdict.score,
            reasons: json!(self.verdict.reasons),
            features: json!(self.facts),
            class_override: self.ruling.map(|ruling| ruling.class),
            rule_id: self.ruling.map(|ruling| ruling.rule),
            classifier: CLASSIFIER_VERSION,
            continues: self.facts.continues,
            verified_email: self.facts.verified.clone(),
            unnamed: self.facts.unnamed.then_some(true),
            active_ms: self.active_ms,
            pages_read: self.pages_seen(),
            page_total: self.page_total(),
            shares: self.shares,
            downloads: self.downloads,
            questions: self.questions,
            current_item_id: self.facts.current.map(|current| current.item.0),
            current_page: self.facts.current.map(|current| current.page),
        };
        let pages = self
            .pages
            .iter()
            .map(|((item, number), page)| visit_page::Model {
                visit_id: self.id,
                item_id: *item,
                page_number: *number,
                asset_id: page.asset,
                version_id: page.version,
                active_ms: page.active_ms,
                views: page.views,
            })
            .collect();
        (row, pages)
    }

    /// What several requests showed: the greater text wins, so that their order does not matter.
    fn take_server_facts(&mut self, server: &ServerFacts) {
        let keep = |kept: &mut String, new: &str| {
            if new > kept.as_str() {
                new.clone_into(kept);
                return true;
            }
            false
        };
        if keep(&mut self.user_agent, &server.user_agent) {
            self.facts.listed_agent = is_listed_agent(&self.user_agent);
        }
        keep(&mut self.network, &server.network);
        keep(&mut self.browser_id, &server.browser_id);
        let facts = &mut self.facts;
        facts.head |= server.head;
        facts.prefetch |= server.prefetch;
        facts.no_language |= server.no_language;
        facts.data_centre |= server.data_centre;
        facts.trap |= server.trap;
        facts.drawn |= server.drawn;
        facts.burst = facts.burst.max(server.burst);
        facts.returned |= server.returned;
        facts.another_day |= server.another_day;
        if server.verified > facts.verified {
            facts.verified.clone_from(&server.verified);
        }
        facts.continues = facts.continues.max(server.continues);
        facts.unnamed |= server.unnamed;
        facts.nameless |= server.nameless;
        if facts.unnamed {
            facts.verified = None;
        }
        for (asset, pages) in &server.offered {
            let offered = self.facts.offered.entry(*asset).or_default();
            *offered = (*offered).max(*pages);
        }
    }

    fn see_page(&mut self, signal: &Signal<'_>) {
        let event = signal.event;
        let (Some(item), Some(page), Some(asset), Some(version)) = (
            event.item_id,
            event.page_number,
            event.asset_id,
            event.version_id,
        ) else {
            return;
        };
        let current = Current {
            at: event.occurred_at,
            item,
            page,
        };
        self.facts.current = self.facts.current.max(Some(current));
        self.active_ms += event.active_ms;
        let state = self.pages.entry((item, page)).or_insert(PageState {
            asset,
            version,
            active_ms: 0,
            views: 0,
        });
        // An item always shows the same asset; its version may be replaced during the visit.
        state.version = state.version.max(version);
        state.active_ms += event.active_ms;
        state.views += 1;
    }
}
