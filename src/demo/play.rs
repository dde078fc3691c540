//! Plays the planned year through the domain code that live traffic uses, in the order of time.
//!
//! A clock of its own stands at each moment; pitches, links, shares and beacons go where a browser's would go.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::compose;
use super::plan::{self, Deal, Piece, PlannedPitch, PlannedVisit, Recipient, Visitor};
use crate::app::App;
use crate::clock::Clock;
use crate::engagement::{
    self, Act, Beacon, BeaconEvent, Before, Claims, Fetch, Ingest, Live, Seen, ServerAct,
    VisitStart,
};
use crate::entities::{
    Facet, Outcome, Stage, StepSide, account, asset, asset_facet, asset_version, contact,
    notification, opportunity, opportunity_contact, pitch, pitch_link, stage_change, user,
};
use crate::error::Result;
use crate::ids::{
    AccountId, AssetId, ContactId, EventId, OpportunityId, PitchStepId, QuestionId, UserId,
};
use crate::library;
use crate::pitches::{
    self, Layout, LinkSettings, NewLinks, NewPitch, PitchItemInput, RecipientInput, ShareWith,
    TickedBy,
};
use crate::rollup::ClientFacts;
use crate::viewer::{self, Asker, NewQuestion};

/// Another seed makes another year.
const SEED: u64 = 20_261_122;

/// Questions are asked in the last so many days: before, nobody would look for them.
const ASKED_WITHIN: TimeDelta = TimeDelta::days(40);

/// Nobody has answered in the last so many days yet.
const STILL_OPEN: TimeDelta = TimeDelta::days(3);

/// What readers want to know, and what they are told.
const QUESTIONS: &[(&str, &str)] = &[
    (
        "Does this also work where there is no network for an hour or two?",
        "Yes. What was measured is kept on site for thirty days and handed over as soon as the network is back; no reading is lost.",
    ),
    (
        "Who has to be there when it is installed?",
        "One person who can open the rooms. Two of ours do the rest, in half a day per site.",
    ),
    (
        "Is this the price for one site or for all of ours?",
        "For one. From the third site on it is less; I will put the figures for all of yours into the quote.",
    ),
    (
        "Can our auditors see this without an account of their own?",
        "Yes, as signed PDF files by mail, or through a link that ends after the audit.",
    ),
    (
        "How long did it take from the first talk until it ran?",
        "Eleven weeks, with four of them for the pilot. Yours can be shorter: the rooms are fewer.",
    ),
    (
        "What happens to our data if we stop?",
        "You take all of it with you as CSV, and we erase what is ours to erase within thirty days, in writing.",
    ),
];

/// How long a browser waits between its reports.
const BEACON_EVERY: i64 = 10_000;

/// What was played.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Played {
    pub(super) pitches: usize,
    pub(super) links: usize,
    pub(super) visits: usize,
    pub(super) questions: usize,
}

/// Plays the year that ends `now`.
pub(super) async fn history(app: &App, now: DateTime<Utc>) -> Result<Played> {
    let deals = deals(app, now).await?;
    let pieces = pieces(app, now).await?;
    let pitches = plan::plan(&deals, &pieces, now, SEED);
    let clock = Clock::manual(now);
    let live = Live::start(app.db.clone(), clock.clone());
    let mut player = Player {
        ingest: Ingest::start(app.db.clone(), clock.clone(), live, 0),
        app,
        clock,
        until: now,
        played: Played::default(),
        waiting: Waiting::default(),
        readers: 0,
    };
    for pitch in pitches {
        player.waiting.push(pitch.at, Happening::Send(pitch));
    }
    while let Some((at, act)) = player.waiting.pop() {
        player.clock.set(at);
        match act {
            Happening::Send(pitch) => player.send(pitch).await?,
            Happening::Visit(link, visit) => player.visit(&link, visit).await?,
            Happening::Keep(step, name) => player.keep(step, &name).await?,
            Happening::Answer(question, text) => player.answer(question, text).await?,
        }
    }
    player.ingest.close().await;
    catch_up(app, now).await?;
    Ok(player.played)
}

/// Everybody has read what they were told until the day before yesterday.
async fn catch_up(app: &App, now: DateTime<Utc>) -> Result<()> {
    let tx = app.db.begin().await?;
    let last: Vec<(UserId, i64)> = notification::Entity::find()
        .select_only()
        .column(notification::Column::UserId)
        .column_as(notification::Column::Id.max(), "last")
        .filter(notification::Column::CreatedAt.lt(now - TimeDelta::days(2)))
        .group_by(notification::Column::UserId)
        .into_tuple()
        .all(&tx)
        .await?;
    for (user, up_to) in last {
        engagement::mark_read(&tx, now, user, up_to).await?;
    }
    Ok(tx.commit().await?)
}

/// Something that is going to happen.
enum Happening {
    Send(PlannedPitch),
    Visit(Box<pitch_link::Model>, PlannedVisit),
    /// The sender does what they said they would.
    Keep(PitchStepId, String),
    Answer(QuestionId, &'static str),
}

/// What is going to happen, earliest first; what was put in first goes first among equals.
#[derive(Default)]
struct Waiting {
    order: BinaryHeap<Reverse<(DateTime<Utc>, usize)>>,
    acts: Vec<Option<Happening>>,
}

impl Waiting {
    fn push(&mut self, at: DateTime<Utc>, act: Happening) {
        self.order.push(Reverse((at, self.acts.len())));
        self.acts.push(Some(act));
    }

    fn pop(&mut self) -> Option<(DateTime<Utc>, Happening)> {
        let Reverse((at, index)) = self.order.pop()?;
        let act = self.acts.get_mut(index)?.take()?;
        Some((at, act))
    }
}

struct Player<'a> {
    app: &'a App,
    clock: Clock,
    ingest: Ingest,
    /// When the story ends.
    until: DateTime<Utc>,
    played: Played,
    waiting: Waiting,
    /// How many people read something lately.
    readers: usize,
}

impl Player<'_> {
    async fn send(&mut self, planned: PlannedPitch) -> Result<()> {
        let now = self.clock.now();
        let items = planned
            .items
            .into_iter()
            .map(|(asset_id, page_number)| PitchItemInput {
                asset_id,
                page_number,
                note: String::new(),
                section: String::new(),
                version_id: None,
            });
        let tx = self.app.db.begin().await?;
        let new = NewPitch {
            opportunity_id: planned.opportunity,
            title: Some(planned.title),
            message: planned.message,
            items: items.collect(),
            steps: compose::steps(now, self.until),
            story_wanted: false,
        };
        let pitch = pitches::add_pitch(&tx, now, planned.owner, new).await?;
        self.played.pitches += 1;
        self.plan_to_keep(&tx, &pitch).await?;
        for link in planned.links {
            let new = NewLinks {
                recipients: vec![RecipientInput {
                    contact_id: Some(link.recipient.id),
                    ..RecipientInput::default()
                }],
                settings: LinkSettings {
                    // The story is a year long; its links are to open today.
                    expires_at: Some(None),
                    download_allowed: Some(link.download_allowed),
                    ..LinkSettings::default()
                },
            };
            let made =
                pitches::add_links(&tx, &self.app.keys, now, &pitch, planned.owner, new).await?;
            self.played.links += made.len();
            for row in made {
                for visit in &link.visits {
                    self.waiting.push(
                        visit.at,
                        Happening::Visit(Box::new(row.clone()), visit.clone()),
                    );
                }
            }
        }
        Ok(tx.commit().await?)
    }

    async fn visit(&mut self, link: &pitch_link::Model, visit: PlannedVisit) -> Result<()> {
        self.played.visits += 1;
        let layout = pitches::layout(self.app.db.read(), link.pitch_id).await?;
        let start = engagement::begin_visit(&self.app.keys, link.id, self.clock.now());
        let seen = browser_of(visit.visitor, link);
        self.ingest.note_fetched(Fetch {
            visit: start.visit,
            link: link.id,
            layout: &layout,
            seen: seen.clone(),
            head: visit.visitor == Visitor::LinkPreview,
            prefetch: false,
            before: Before::default(),
        });
        if visit.dwell_ms.is_empty() {
            return Ok(());
        }
        self.read(link, &start, &seen, &layout, &visit.dwell_ms)
            .await?;
        if visit.downloads
            && link.download_allowed
            && let Some(item) = layout.items.first()
        {
            let act = Act::Downloaded(item);
            self.ingest
                .record(ServerAct {
                    visit: start.visit,
                    link: link.id,
                    seen: &seen,
                    act,
                })
                .await?;
        }
        if matches!(visit.visitor, Visitor::Desktop | Visitor::Phone) {
            self.tick(link, &start, &seen).await?;
            self.ask(link, &start, &seen, &visit.dwell_ms).await?;
        }
        if let Some((colleague, visits)) = visit.shares {
            self.share(link, &start, &seen, &colleague, visits).await?;
        }
        Ok(())
    }

    /// Reports as the tracker would: opened, then the pages in view, every ten seconds.
    async fn read(
        &self,
        link: &pitch_link::Model,
        start: &VisitStart,
        seen: &Seen,
        layout: &Layout,
        dwell_ms: &[i64],
    ) -> Result<()> {
        self.clock.advance(TimeDelta::milliseconds(1_200));
        let mut inputs = 1;
        self.report(link, start, seen, vec![event("opened", None, 0, inputs)])
            .await?;
        let pages = layout
            .items
            .iter()
            .flat_map(|item| item.pages.iter().map(|page| (item.item_id, *page)));
        let mut unsent = Vec::new();
        let mut since = 0;
        for ((item, page), ms) in pages.zip(dwell_ms) {
            self.clock.advance(TimeDelta::milliseconds(ms + 300));
            inputs += 2;
            since += ms;
            let place = Some((item.to_string(), page));
            unsent.push(event("page_viewed", place, *ms, inputs));
            if since >= 3 * BEACON_EVERY {
                self.report(link, start, seen, std::mem::take(&mut unsent))
                    .await?;
                since = 0;
            }
        }
        if unsent.is_empty() {
            return Ok(());
        }
        self.report(link, start, seen, unsent).await
    }

    /// Two of three things that the sender said they would do are done the day before.
    async fn plan_to_keep<C: ConnectionTrait>(
        &mut self,
        db: &C,
        pitch: &pitch::Model,
    ) -> Result<()> {
        let now = self.clock.now();
        let steps = pitches::steps_of(db, pitch.id, now.date_naive()).await?;
        let owner = user::Entity::find_by_id(pitch.owner_id).one(db).await?;
        let Some(owner) = owner.filter(|_| !self.played.pitches.is_multiple_of(3)) else {
            return Ok(());
        };
        for step in steps.iter().filter(|step| step.side == StepSide::Ours) {
            let eve = step
                .due_on
                .and_then(|due| due.pred_opt())
                .and_then(|day| day.and_hms_opt(15, 20, 0))
                .map(|at| at.and_utc());
            if let Some(at) = eve.filter(|at| *at > now && *at < self.until) {
                let keep = Happening::Keep(step.id, owner.name.clone());
                self.waiting.push(at, keep);
            }
        }
        Ok(())
    }

    async fn keep(&self, step: PitchStepId, name: &str) -> Result<()> {
        let tx = self.app.db.begin().await?;
        pitches::tick_by_sender(&tx, self.clock.now(), step, name, true).await?;
        Ok(tx.commit().await?)
    }

    /// Every fifth reader of the last weeks asks about the page on which they stayed longest; most get an answer within a
    /// day.
    async fn ask(
        &mut self,
        link: &pitch_link::Model,
        start: &VisitStart,
        seen: &Seen,
        dwell_ms: &[i64],
    ) -> Result<()> {
        let now = self.clock.now();
        if now + ASKED_WITHIN < self.until {
            return Ok(());
        }
        self.readers += 1;
        let longest = dwell_ms.iter().enumerate().max_by_key(|(_, ms)| **ms);
        let Some((index, _)) = longest.filter(|_| self.readers.is_multiple_of(5)) else {
            return Ok(());
        };
        let Some((question, answer)) = QUESTIONS.get(self.played.questions % QUESTIONS.len())
        else {
            return Ok(());
        };
        let tx = self.app.db.begin().await?;
        let Some(pitch) = pitch::Entity::find_by_id(link.pitch_id).one(&tx).await? else {
            return Ok(());
        };
        let asker = Asker {
            confirmed: None,
            link,
            visit: Some(start.visit),
            unnamed: false,
        };
        let new = NewQuestion::about(index + 1, question);
        let asked = viewer::add_question(&tx, &self.app.config, now, &pitch, asker, &new).await?;
        tx.commit().await?;
        self.ingest
            .record(ServerAct {
                visit: start.visit,
                link: link.id,
                seen,
                act: asked.act(),
            })
            .await?;
        self.played.questions += 1;
        let hours = 2 + i64::try_from(self.played.questions % 4).unwrap_or(0) * 7;
        let at = now + TimeDelta::hours(hours);
        // What was asked last waits for whoever looks at the demo.
        if at + STILL_OPEN < self.until {
            self.waiting.push(at, Happening::Answer(asked.id, answer));
        }
        Ok(())
    }

    async fn answer(&self, question: QuestionId, text: &str) -> Result<()> {
        let tx = self.app.db.begin().await?;
        let (config, now) = (&self.app.config, self.clock.now());
        viewer::answer_as_owner(&tx, config, now, question, text.to_owned()).await?;
        Ok(tx.commit().await?)
    }

    /// Ticks off the next step that is the reader's, if there is one.
    async fn tick(&self, link: &pitch_link::Model, start: &VisitStart, seen: &Seen) -> Result<()> {
        let now = self.clock.now();
        if link.created_at + TimeDelta::days(60) < self.until {
            return Ok(());
        }
        let tx = self.app.db.begin().await?;
        let steps = pitches::steps_of(&tx, link.pitch_id, now.date_naive()).await?;
        let open = steps
            .iter()
            .find(|step| step.side == StepSide::Theirs && step.done_at.is_none());
        let pitch = pitch::Entity::find_by_id(link.pitch_id).one(&tx).await?;
        let (Some(step), Some(pitch)) = (open, pitch) else {
            return Ok(());
        };
        pitches::tick(&tx, now, link, &pitch, step.id, true, TickedBy::Recipient).await?;
        tx.commit().await?;
        self.ingest
            .record(ServerAct {
                visit: start.visit,
                link: link.id,
                seen,
                act: Act::StepTicked,
            })
            .await
    }

    async fn report(
        &self,
        link: &pitch_link::Model,
        start: &VisitStart,
        seen: &Seen,
        mut events: Vec<BeaconEvent>,
    ) -> Result<()> {
        for event in &mut events {
            event.id = EventId::new(self.clock.now()).to_string();
        }
        let beacon = Beacon {
            visit: start.token.clone(),
            events,
        };
        let token = pitches::link_token(&self.app.keys, link.id);
        let now = self.clock.now();
        engagement::take_beacon(&self.ingest, &self.app.keys, &token, seen, beacon, now)
            .await
            .map(|_| ())
    }

    async fn share(
        &mut self,
        link: &pitch_link::Model,
        start: &VisitStart,
        seen: &Seen,
        colleague: &Recipient,
        visits: Vec<PlannedVisit>,
    ) -> Result<()> {
        let now = self.clock.now();
        let with = ShareWith {
            name: colleague.name.clone(),
            email: colleague.email.clone().unwrap_or_default(),
        };
        let tx = self.app.db.begin().await?;
        let child = pitches::share_link(&tx, &self.app.keys, now, link, with).await?;
        tx.commit().await?;
        self.played.links += 1;
        let act = Act::Shared(child.id);
        self.ingest
            .record(ServerAct {
                visit: start.visit,
                link: link.id,
                seen,
                act,
            })
            .await?;
        for visit in visits {
            self.waiting
                .push(visit.at, Happening::Visit(Box::new(child.clone()), visit));
        }
        Ok(())
    }
}

fn event(kind: &str, place: Option<(String, i32)>, active_ms: i64, inputs: u32) -> BeaconEvent {
    let data = Claims::Read(ClientFacts {
        inputs,
        ..ClientFacts::default()
    });
    let (item, page) = place.unzip();
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of one page")]
    let active_ms = Some(active_ms as f64);
    BeaconEvent {
        id: String::new(),
        kind: kind.to_owned(),
        item,
        page,
        active_ms,
        ago_ms: 0.0,
        data: Some(data),
    }
}

/// What the visitor's program calls itself, and where it comes from.
fn browser_of(visitor: Visitor, link: &pitch_link::Model) -> Seen {
    let (user_agent, network) = match visitor {
        Visitor::Desktop => (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "198.51.100.0/24",
        ),
        Visitor::Phone => (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "203.0.113.0/24",
        ),
        Visitor::MailScanner => (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0 Safari/537.36 BarracudaSentinel",
            "192.0.2.0/24",
        ),
        Visitor::LinkPreview => (
            "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
            "192.0.2.0/24",
        ),
    };
    let machine = matches!(visitor, Visitor::MailScanner | Visitor::LinkPreview);
    Seen {
        user_agent: user_agent.to_owned(),
        network: network.to_owned(),
        browser_id: if machine {
            String::new()
        } else {
            format!("{}-{visitor:?}", link.id)
        },
        ..Seen::default()
    }
}

/// The deals of the imported customers, in the order of their names outside.
async fn deals(app: &App, now: DateTime<Utc>) -> Result<Vec<Deal>> {
    let db = app.db.read();
    let accounts: HashMap<AccountId, account::Model> = account::Entity::find()
        .all(db)
        .await?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let mut committees: HashMap<OpportunityId, Vec<ContactId>> = HashMap::new();
    for member in opportunity_contact::Entity::find().all(db).await? {
        committees
            .entry(member.opportunity_id)
            .or_default()
            .push(member.contact_id);
    }
    let contacts: HashMap<ContactId, contact::Model> = contact::Entity::find()
        .filter(contact::Column::Bounced.eq(false))
        .all(db)
        .await?
        .into_iter()
        .map(|contact| (contact.id, contact))
        .collect();
    let mut stages: HashMap<OpportunityId, Vec<(Stage, DateTime<Utc>)>> = HashMap::new();
    let moves = stage_change::Entity::find()
        .order_by_asc(stage_change::Column::ChangedAt)
        .all(db)
        .await?;
    for change in moves {
        if let Ok(stage) = change.to_stage.parse() {
            stages
                .entry(change.opportunity_id)
                .or_default()
                .push((stage, change.changed_at));
        }
    }
    let opportunities = opportunity::Entity::find()
        .filter(opportunity::Column::OwnerId.is_not_null())
        .order_by_asc(opportunity::Column::ExternalId)
        .all(db)
        .await?;
    let deals = opportunities.into_iter().filter_map(|deal| {
        let account = accounts.get(&deal.account_id)?;
        let mut members = committees.remove(&deal.id).unwrap_or_default();
        // The order of ids is the order of the export, so that the plan is the same each time.
        members.sort_by_key(|id| {
            contacts
                .get(id)
                .and_then(|contact| contact.external_id.clone())
        });
        if let Some(primary) = deal.primary_contact_id {
            members.retain(|id| *id != primary);
            members.insert(0, primary);
        }
        let people = members.iter().filter_map(|id| contacts.get(id));
        let closed = deal.closed_on.filter(|_| deal.outcome != Outcome::Open);
        Some(Deal {
            id: deal.id,
            owner: deal.owner_id?,
            outcome: deal.outcome,
            stages: stages.remove(&deal.id).unwrap_or_default(),
            until: closed.map_or(now, |day| day.and_time(NaiveTime::MIN).and_utc()),
            account: account.name.clone(),
            traits: [account.industry.clone(), deal.product, deal.competitor]
                .into_iter()
                .flatten()
                .collect(),
            contacts: people
                .map(|contact| Recipient {
                    id: contact.id,
                    name: contact.name.clone(),
                    email: contact.email.clone(),
                })
                .collect(),
        })
    });
    Ok(deals.collect())
}

/// The collateral that may be pitched today, by title.
async fn pieces(app: &App, now: DateTime<Utc>) -> Result<Vec<Piece>> {
    let db = app.db.read();
    let mut facets: HashMap<AssetId, Vec<(Facet, String)>> = HashMap::new();
    for row in asset_facet::Entity::find().all(db).await? {
        facets
            .entry(row.asset_id)
            .or_default()
            .push((row.facet, row.value));
    }
    let rows = asset::Entity::find()
        .order_by_asc(asset::Column::Title)
        .find_also_related(asset_version::Entity)
        .all(db)
        .await?;
    let today = now.date_naive();
    let pieces = rows.into_iter().filter_map(|(asset, version)| {
        library::may_be_pitched(&asset, today).ok()?;
        let facets = facets.remove(&asset.id).unwrap_or_default();
        let values = |wanted: &[Facet]| {
            let mut values: Vec<String> = facets
                .iter()
                .filter(|(facet, _)| wanted.contains(facet))
                .map(|(_, value)| value.clone())
                .collect();
            values.sort();
            values
        };
        Some(Piece {
            id: asset.id,
            since: asset.created_at,
            pages: version?.page_count?,
            traits: values(&[Facet::Product, Facet::Industry, Facet::Competitor]),
            stages: values(&[Facet::Stage]),
        })
    });
    Ok(pieces.collect())
}
