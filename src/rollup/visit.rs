//! A visit as the fold of its events.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::classify::{Reason, Verdict, classify, is_listed_agent};
use super::signal::{ServerFacts, Signal};
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
    /// A person's word over the verdict.
    pub class_override: Option<VisitClass>,
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
    pub opened: bool,
    /// Asked with HEAD.
    pub head: bool,
    /// Asked ahead of time.
    pub prefetch: bool,
    /// Its user is not to be known: it counts in sums over many deals and is shown nowhere.
    pub unnamed: bool,
    /// Driven by a program.
    pub webdriver: bool,
    /// Calls itself a known machine.
    pub listed_agent: bool,
    /// Trusted inputs.
    pub inputs: u32,
    /// Inputs made by scripts.
    pub untrusted: u32,
    /// How many pages of each asset were offered.
    pub offered: BTreeMap<AssetId, i32>,
    /// How often each asset was downloaded.
    pub downloads: BTreeMap<AssetId, i32>,
    /// The page in view last.
    pub current: Option<Current>,
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
            class_override: None,
            verdict: Verdict::default(),
            level: VisitLevel::Fetched,
            active_ms: 0,
            shares: 0,
            downloads: 0,
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
            class_override: row.class_override,
            verdict: Verdict {
                class: row.class,
                score: row.score,
                reasons,
            },
            level: row.level,
            active_ms: row.active_ms,
            shares: row.shares,
            downloads: row.downloads,
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
        self.class_override.unwrap_or(self.verdict.class)
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
        self.facts.webdriver |= client.webdriver;
        self.facts.inputs = self.facts.inputs.max(client.inputs);
        self.facts.untrusted = self.facts.untrusted.max(client.untrusted);
        match event.kind {
            // A question stands in its own table; the visit learns only that something happened.
            EventKind::Fetched | EventKind::Asked => {}
            EventKind::Opened | EventKind::LinkClicked => self.facts.opened = true,
            EventKind::PageViewed | EventKind::VideoPlayed | EventKind::Zoomed => {
                self.facts.opened = true;
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

    /// Judges it by all that is known now.
    pub fn judge(&mut self, link: &LinkFacts) {
        self.verdict = classify(self, link);
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
            class_override: self.class_override,
            unnamed: self.facts.unnamed.then_some(true),
            active_ms: self.active_ms,
            pages_read: self.pages_seen(),
            page_total: self.page_total(),
            shares: self.shares,
            downloads: self.downloads,
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
        self.facts.head |= server.head;
        self.facts.prefetch |= server.prefetch;
        self.facts.unnamed |= server.unnamed;
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
