//! From the tables to what the rules look at: a fixed number of queries for an opportunity, whatever its history.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::history::{History, Link, Offered, Read, Reader};
use super::price::names_a_price;
use super::who::present;
use crate::config::{Config, SignalConfig};
use crate::crm::counts_as_read;
use crate::engagement::{Trace, device};
use crate::entities::{
    VisitLevel, account, contact, opportunity, opportunity_contact, page, pitch, pitch_link, visit,
    visit_page,
};
use crate::error::Result;
use crate::ids::{ContactId, LinkId, OpportunityId, PitchId, UserId, VersionId, VisitId};
use crate::pitches::{Layout, layouts};

/// How many versions' pages are remembered.
const VERSIONS: u64 = 2_000;

/// Titles of a version's pages, and which name a price. A version never changes.
#[derive(Clone, Debug)]
pub(super) struct Pages(Cache<VersionId, Titles>);

/// By page number: the title, and whether the page names a price.
type Titles = Arc<HashMap<i32, (String, bool)>>;

impl Pages {
    pub(super) fn new() -> Self {
        Self(Cache::new(VERSIONS))
    }

    async fn of<C: ConnectionTrait>(
        &self,
        db: &C,
        config: &SignalConfig,
        versions: BTreeSet<VersionId>,
    ) -> Result<HashMap<VersionId, Titles>> {
        let mut known = HashMap::new();
        let mut unknown = Vec::new();
        for version in versions {
            match self.0.get(&version).await {
                Some(pages) => {
                    known.insert(version, pages);
                }
                None => unknown.push(version),
            }
        }
        if unknown.is_empty() {
            return Ok(known);
        }
        let mut found: HashMap<VersionId, HashMap<i32, (String, bool)>> = HashMap::new();
        let rows: Vec<(VersionId, i32, String, String)> = page::Entity::find()
            .select_only()
            .column(page::Column::VersionId)
            .column(page::Column::Number)
            .column(page::Column::Title)
            .column(page::Column::Text)
            .filter(page::Column::VersionId.is_in(unknown))
            .into_tuple()
            .all(db)
            .await?;
        for (version, number, title, text) in rows {
            let price = names_a_price(config, &title, &text);
            found
                .entry(version)
                .or_default()
                .insert(number, (title, price));
        }
        for (version, pages) in found {
            let pages = Arc::new(pages);
            self.0.insert(version, Arc::clone(&pages)).await;
            known.insert(version, pages);
        }
        Ok(known)
    }
}

/// An opportunity with its history, and who has to do with it.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) history: History,
    pub(super) owner: Option<UserId>,
    pub(super) pitch_owners: BTreeMap<PitchId, UserId>,
}

#[derive(Debug, FromQueryResult)]
struct LinkRow {
    id: LinkId,
    parent_link_id: Option<LinkId>,
    contact_id: Option<ContactId>,
    recipient_name: Option<String>,
    recipient_email: Option<String>,
    created_at: DateTime<Utc>,
    pitch_id: PitchId,
    pitch_title: String,
    opportunity_id: OpportunityId,
    owner_id: UserId,
    contact_name: Option<String>,
    contact_email: Option<String>,
}

impl LinkRow {
    fn link(self) -> Link {
        Link {
            id: self.id,
            pitch: self.pitch_id,
            pitch_title: self.pitch_title,
            contact: self.contact_id,
            name: self.recipient_name.or(self.contact_name),
            address: self.recipient_email.or(self.contact_email),
            created_at: self.created_at,
            shared: self.parent_link_id.is_some(),
        }
    }
}

/// Everything about one opportunity; nothing if it is gone.
pub(super) async fn load<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    pages: &Pages,
    id: OpportunityId,
    now: DateTime<Utc>,
) -> Result<Option<Loaded>> {
    let found = opportunity::Entity::find_by_id(id)
        .find_also_related(account::Entity)
        .one(db)
        .await?;
    let Some((deal, Some(account))) = found else {
        return Ok(None);
    };
    let of_account = opportunity::Column::AccountId.eq(account.id);
    let rows = link_rows(db, Condition::all().add(of_account)).await?;
    let (rows, others): (Vec<LinkRow>, Vec<LinkRow>) =
        rows.into_iter().partition(|row| row.opportunity_id == id);
    let pitch_owners: BTreeMap<PitchId, UserId> = rows
        .iter()
        .map(|row| (row.pitch_id, row.owner_id))
        .collect();
    let links = by_id(rows);
    let reads = reads(db, links.keys().copied()).await?;
    let traces = Trace::of_links(db, links.keys().copied()).await?;
    let present = present(&links, traces);
    let read_pitches: BTreeSet<PitchId> = reads
        .iter()
        .filter_map(|read| Some(links.get(&read.link)?.pitch))
        .collect();
    let read_pitches: Vec<PitchId> = read_pitches.into_iter().collect();
    let layouts = layouts(db, &read_pitches).await?;
    let versions = layouts
        .values()
        .flat_map(|layout| layout.items.iter().map(|item| item.version_id));
    let titles = pages.of(db, &config.signals, versions.collect()).await?;
    let pitches = layouts
        .iter()
        .map(|(pitch, layout)| (*pitch, offered(layout, &titles)))
        .collect();
    let committee = opportunity_contact::Entity::find()
        .filter(opportunity_contact::Column::OpportunityId.eq(id))
        .all(db)
        .await?
        .into_iter()
        .map(|part| (part.contact_id, part.role))
        .collect();
    let elsewhere = if reads.is_empty() {
        BTreeMap::new()
    } else {
        elsewhere(db, &by_id(others)).await?
    };
    Ok(Some(Loaded {
        owner: deal.owner_id,
        pitch_owners,
        history: History {
            opportunity: id,
            opportunity_name: deal.name,
            account_name: account.name,
            now,
            links,
            pitches,
            reads,
            present,
            elsewhere,
            committee,
        },
    }))
}

fn by_id(rows: Vec<LinkRow>) -> BTreeMap<LinkId, Link> {
    rows.into_iter().map(|row| (row.id, row.link())).collect()
}

fn offered(layout: &Layout, titles: &HashMap<VersionId, Titles>) -> Vec<Offered> {
    let mut pages = Vec::with_capacity(layout.page_total());
    for item in &layout.items {
        for number in &item.pages {
            let known = titles
                .get(&item.version_id)
                .and_then(|pages| pages.get(number));
            let title = known
                .map(|(title, _)| title.trim())
                .filter(|title| !title.is_empty());
            pages.push(Offered {
                item: item.item_id,
                number: *number,
                title: title
                    .map_or_else(|| format!("{}, page {number}", item.title), str::to_owned),
                price: known.is_some_and(|(_, price)| *price),
            });
        }
    }
    pages
}

async fn link_rows<C: ConnectionTrait>(db: &C, which: Condition) -> Result<Vec<LinkRow>> {
    let rows = pitch_link::Entity::find()
        .select_only()
        .columns([
            pitch_link::Column::Id,
            pitch_link::Column::ParentLinkId,
            pitch_link::Column::ContactId,
            pitch_link::Column::RecipientName,
            pitch_link::Column::RecipientEmail,
            pitch_link::Column::CreatedAt,
            pitch_link::Column::PitchId,
        ])
        .column_as(pitch::Column::Title, "pitch_title")
        .column_as(pitch::Column::OpportunityId, "opportunity_id")
        .column_as(pitch::Column::OwnerId, "owner_id")
        .column_as(contact::Column::Name, "contact_name")
        .column_as(contact::Column::Email, "contact_email")
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .join(JoinType::LeftJoin, pitch_link::Relation::Contact.def())
        .filter(which)
        .into_model()
        .all(db)
        .await?;
    Ok(rows)
}

/// The links of these contacts, over all opportunities.
pub(super) async fn links_of_contacts<C: ConnectionTrait>(
    db: &C,
    contacts: &BTreeSet<ContactId>,
) -> Result<BTreeMap<LinkId, Link>> {
    let which = pitch_link::Column::ContactId.is_in(contacts.iter().copied());
    let rows = link_rows(db, Condition::all().add(which)).await?;
    Ok(by_id(rows))
}

/// The reads of these links, by their beginning.
pub(super) async fn reads<C: ConnectionTrait>(
    db: &C,
    links: impl IntoIterator<Item = LinkId>,
) -> Result<Vec<Read>> {
    let rows = visit::Entity::find()
        .filter(visit::Column::LinkId.is_in(links))
        .filter(counts_as_read())
        .order_by_asc(visit::Column::StartedAt)
        .order_by_asc(visit::Column::Id)
        .all(db)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut pages: HashMap<VisitId, Vec<visit_page::Model>> = HashMap::new();
    for page in visit_page::Entity::find()
        .filter(visit_page::Column::VisitId.is_in(rows.iter().map(|row| row.id)))
        .all(db)
        .await?
    {
        pages.entry(page.visit_id).or_default().push(page);
    }
    let read = |row: visit::Model| Read {
        visit: row.id,
        link: row.link_id,
        started_at: row.started_at,
        last_seen_at: row.last_seen_at,
        device: device(&row.user_agent),
        active_ms: row.active_ms,
        page_total: row.page_total,
        shares: row.shares,
        downloads: row.downloads,
        questions: row.questions,
        pages: pages
            .remove(&row.id)
            .unwrap_or_default()
            .into_iter()
            .map(|page| ((page.item_id, page.page_number), page.active_ms))
            .collect(),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// When people first read something by these links, which are of the account's other opportunities.
async fn elsewhere<C: ConnectionTrait>(
    db: &C,
    links: &BTreeMap<LinkId, Link>,
) -> Result<BTreeMap<Reader, DateTime<Utc>>> {
    let traces = Trace::of_links(db, links.keys().copied()).await?;
    let reads: Vec<(VisitId, DateTime<Utc>)> = traces
        .iter()
        .filter(|trace| trace.level == VisitLevel::Read)
        .map(|trace| (trace.id, trace.started_at))
        .collect();
    // Machines, and whoever asked not to be known, are nobody there.
    let present = present(links, traces);
    let mut first: BTreeMap<Reader, DateTime<Utc>> = BTreeMap::new();
    for (visit, at) in reads {
        if let Some(who) = present.get(&visit) {
            let known = first.entry(who.reader.clone()).or_insert(at);
            *known = (*known).min(at);
        }
    }
    Ok(first)
}
