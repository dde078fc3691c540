//! The people behind a deal's links, one row each: `GET /opportunities/{id}/viewers`.

use std::collections::{BTreeMap, HashMap};

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};
use serde::Serialize;

use super::links::{LinkContext, load_contexts};
use super::people::{KnownAs, Person, Trace, people};
use crate::crm;
use crate::db::Db;
use crate::entities::{VisitClass, VisitLevel, pitch, pitch_link, visit};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{LinkId, OpportunityId, VisitId};

/// The most visits that are looked at for one answer.
const MOST_VISITS: u64 = 5_000;

/// Who was on a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct VisitViewer {
    /// The same for all visits of this viewer.
    pub key: VisitId,
    /// How they are known.
    pub known_as: KnownAs,
    /// The address that they proved.
    pub email: Option<String>,
    /// Why the link was probably passed on to them.
    pub forwarded: Option<String>,
    /// This was their first visit.
    pub first_visit: bool,
}

/// A viewer of a deal's links.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ViewerView {
    /// The same for all visits of this viewer.
    pub key: VisitId,
    /// The link, or the first of the links, that they used.
    pub link_id: LinkId,
    /// The name, as far as it is known; nothing for somebody other than the recipient.
    pub name: Option<String>,
    /// The address, proved or the recipient's.
    pub email: Option<String>,
    /// How they are known.
    pub known_as: KnownAs,
    /// They are not among the account's contacts.
    pub new_at_account: bool,
    /// Why the link was probably passed on to them, and by whom.
    pub forwarded: Option<String>,
    /// For whom the link was made.
    pub link_for: Option<String>,
    /// Their devices in words.
    pub devices: Vec<String>,
    /// Their visits.
    pub visits: i64,
    /// Of these, those in which they read.
    pub reads: i64,
    /// Active milliseconds.
    pub active_ms: i64,
    /// When they came first.
    pub first_seen_at: DateTime<Utc>,
    /// When they were here last.
    pub last_seen_at: DateTime<Utc>,
}

/// The viewers of a deal.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ViewersView {
    /// Whoever was here last comes first.
    pub items: Vec<ViewerView>,
    /// Visits that belong to nobody: scanners, link previews and the like.
    pub machine_visits: i64,
    /// Visits of people who chose, where that is allowed, to view without their name. Nothing else is told of them.
    pub nameless_visits: i64,
}

/// The people behind the links of an opportunity's pitches. Several devices of one proved person are one viewer;
/// anonymous viewers stay apart.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/viewers", tag = "engagement", params(OpportunityId),
    responses((status = 200, body = ViewersView), (status = 404, body = Problem)))]
pub async fn opportunity_viewers(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
) -> Result<web::Json<ViewersView>> {
    let opportunity = crm::find_opportunity(db.read(), &principal, *id).await?;
    let visits = visit::Entity::find()
        .join(JoinType::InnerJoin, visit::Relation::PitchLink.def())
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .filter(pitch::Column::OpportunityId.eq(opportunity.id))
        .order_by_desc(visit::Column::Id)
        .limit(MOST_VISITS)
        .all(db.read())
        .await?;
    let machine_visits = visits
        .iter()
        .filter(|one| one.class_override.unwrap_or(one.class) == VisitClass::Machine)
        .count();
    let nameless_visits = visits.iter().filter(|one| is_nameless(one)).count();
    let links = visits.iter().map(|one| one.link_id);
    let contexts: HashMap<LinkId, LinkContext> =
        load_contexts(db.read(), links.collect::<std::collections::BTreeSet<_>>())
            .await?
            .into_iter()
            .map(|context| (context.id, context))
            .collect();
    let known: HashMap<VisitId, &visit::Model> = visits.iter().map(|one| (one.id, one)).collect();
    let mut viewers: Vec<ViewerView> = Vec::new();
    for (link, visits) in by_link(&visits) {
        let Some(context) = contexts.get(&link) else {
            continue;
        };
        for person in people(&visits) {
            let same = person.email.as_ref().and_then(|email| {
                viewers.iter_mut().find(|viewer| {
                    viewer.known_as == KnownAs::Verified && viewer.email.as_ref() == Some(email)
                })
            });
            match same {
                Some(viewer) => viewer.take(&person, &known),
                None => viewers.push(ViewerView::of(&person, context, &known)),
            }
        }
    }
    viewers.sort_by_key(|viewer| std::cmp::Reverse(viewer.last_seen_at));
    Ok(web::Json(ViewersView {
        items: viewers,
        machine_visits: i64::try_from(machine_visits).unwrap_or(i64::MAX),
        nameless_visits: i64::try_from(nameless_visits).unwrap_or(i64::MAX),
    }))
}

/// Whether somebody opened the page who chose to have no name. Whoever sends Global Privacy Control is told of nowhere.
fn is_nameless(visit: &visit::Model) -> bool {
    let class = visit.class_override.unwrap_or(visit.class);
    class != VisitClass::Machine
        && visit.level != VisitLevel::Fetched
        && visit.unnamed.is_some()
        && visit
            .features
            .get("nameless")
            .is_some_and(|said| said == true)
}

impl ViewerView {
    fn of(person: &Person, link: &LinkContext, visits: &HashMap<VisitId, &visit::Model>) -> Self {
        let link_for = link
            .recipient_name
            .clone()
            .or_else(|| link.contact_name.clone());
        let address = link
            .recipient_email
            .clone()
            .or_else(|| link.contact_email.clone());
        let is_recipient = match (&person.email, &address) {
            (Some(proved), Some(address)) => proved.eq_ignore_ascii_case(address),
            (Some(_), None) => false,
            (None, _) => person.known_as == KnownAs::Recipient,
        };
        let mut view = Self {
            key: person.key(),
            link_id: link.id,
            name: link_for.clone().filter(|_| is_recipient),
            email: person.email.clone().or(address.filter(|_| is_recipient)),
            known_as: person.known_as,
            new_at_account: !(is_recipient && link.contact_name.is_some()),
            forwarded: person.forwarded.as_ref().map(|told| told.reason.clone()),
            link_for,
            devices: Vec::new(),
            visits: 0,
            reads: 0,
            active_ms: 0,
            first_seen_at: DateTime::<Utc>::MAX_UTC,
            last_seen_at: DateTime::<Utc>::MIN_UTC,
        };
        view.take(person, visits);
        view
    }

    fn take(&mut self, person: &Person, visits: &HashMap<VisitId, &visit::Model>) {
        for device in &person.devices {
            if !self.devices.contains(device) {
                self.devices.push(device.clone());
            }
        }
        for visit in person.visits.iter().filter_map(|id| visits.get(id)) {
            self.visits += 1;
            self.reads += i64::from(visit.level == VisitLevel::Read);
            self.active_ms += visit.active_ms;
            self.first_seen_at = self.first_seen_at.min(visit.started_at);
            self.last_seen_at = self.last_seen_at.max(visit.last_seen_at);
        }
    }
}

impl Person {
    /// The first of their visits names them.
    fn key(&self) -> VisitId {
        self.visits
            .iter()
            .min()
            .copied()
            .unwrap_or(VisitId(uuid::Uuid::nil()))
    }
}

/// Who was on each visit of these links, in one query.
pub(super) async fn viewers_of<C: ConnectionTrait>(
    db: &C,
    links: impl IntoIterator<Item = LinkId>,
) -> Result<HashMap<VisitId, VisitViewer>> {
    let by_program = Condition::all()
        .add(visit::Column::ClassOverride.is_null())
        .add(visit::Column::Class.ne(VisitClass::Machine));
    let visits = visit::Entity::find()
        .filter(visit::Column::LinkId.is_in(links))
        .filter(
            Condition::any()
                .add(visit::Column::ClassOverride.ne(VisitClass::Machine))
                .add(by_program),
        )
        .order_by_desc(visit::Column::Id)
        .limit(MOST_VISITS)
        .all(db)
        .await?;
    let mut found = HashMap::new();
    for (_, visits) in by_link(&visits) {
        for person in people(&visits) {
            let key = person.key();
            for visit in &person.visits {
                let viewer = VisitViewer {
                    key,
                    known_as: person.known_as,
                    email: person.email.clone(),
                    forwarded: person.forwarded.as_ref().map(|told| told.reason.clone()),
                    first_visit: *visit == key,
                };
                found.insert(*visit, viewer);
            }
        }
    }
    Ok(found)
}

fn by_link(visits: &[visit::Model]) -> BTreeMap<LinkId, Vec<Trace>> {
    let mut links: BTreeMap<LinkId, Vec<Trace>> = BTreeMap::new();
    for visit in visits {
        links.entry(visit.link_id).or_default().push(visit.into());
    }
    links
}
