//! What the sender should know before a pitch goes out, of everybody to whom it may go: a fixed number of queries, whatever
//! the number of people.

use std::collections::{BTreeSet, HashMap, HashSet};

use actix_web::web;
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::facts::{Facts, Person, View};
use super::letter::default_words;
use crate::auth::user_refs;
use crate::clock::Clock;
use crate::crm::{self, Standings};
use crate::db::Db;
use crate::entities::{
    Outcome, account, activity, contact, opportunity, opportunity_contact, pitch, pitch_link,
    send_override,
};
use crate::error::{Error, Result};
use crate::http::{Permission, Principal, Problem};
use crate::ids::{ContactId, OpportunityId, PitchId};
use crate::mail::Mailer;
use crate::pitches::reads::link_reads;
use crate::pitches::scope::find_pitch;

/// How far back it looks: rows, the latest first.
const MOST_ACTIVITIES: u64 = 500;
const MOST_RECEIVED: u64 = 300;
const MOST_DEALS: u64 = 50;

/// What the sender should know before a pitch goes out.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Briefing {
    /// Whether a mail server is configured. Without one, mail is written and held.
    pub mail_configured: bool,
    /// Whether the caller may let something be sent to whoever is not to be contacted.
    pub may_override: bool,
    /// What the mail's subject is where the sender says nothing else.
    pub subject: String,
    /// What it says then.
    pub message: String,
    /// The contacts of the opportunity, and everybody for whom there is a link.
    pub people: Vec<Person>,
}

/// What the sender should know before a pitch goes out: per recipient the last contact, what was said, who else talks to
/// them, what they were sent and read, and what is against sending them mail.
#[utoipa::path(get, path = "/api/v1/pitches/{id}/briefing", tag = "pitches", params(PitchId), responses(
    (status = 200, body = Briefing), (status = 404, body = Problem),
))]
pub async fn get_briefing(
    principal: Principal,
    id: web::Path<PitchId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    mailer: web::Data<Mailer>,
) -> Result<web::Json<Briefing>> {
    let db = db.read();
    let now = clock.now();
    let pitch = find_pitch(db, &principal, *id).await?;
    let (deal, account) = opportunity::Entity::find_by_id(pitch.opportunity_id)
        .find_also_related(account::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("a pitch without its opportunity"))?;
    let mut facts = people(db, &pitch, &deal).await?;
    history(db, &mut facts, &deal).await?;
    facts.visible = visible(db, &principal, &facts).await?;
    let pitches: BTreeSet<PitchId> = facts.received.iter().map(|(_, pitch)| pitch.id).collect();
    facts.reads = link_reads(db, &pitches.into_iter().collect::<Vec<_>>()).await?;
    let everybody = facts
        .contacts
        .iter()
        .map(|contact| (Some(contact.id), contact.email.clone()))
        .chain(
            facts
                .links
                .iter()
                .map(|link| (link.contact_id, link.recipient_email.clone())),
        );
    facts.standings = Standings::load(db, now.date_naive(), everybody).await?;
    facts.overrides = send_override::Entity::find()
        .filter(send_override::Column::LinkId.is_in(facts.links.iter().map(|link| link.id)))
        .order_by_asc(send_override::Column::GrantedAt)
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.link_id, row))
        .collect();
    let users: HashSet<_> = facts
        .activities
        .iter()
        .map(|row| row.owner_id)
        .chain(facts.deals.iter().map(|deal| deal.owner_id))
        .flatten()
        .chain(facts.received.iter().map(|(_, pitch)| pitch.owner_id))
        .collect();
    facts.users = user_refs(db, users).await?;

    let account = account.map(|account| account.name).unwrap_or_default();
    let words = default_words(&pitch, &account);
    Ok(web::Json(Briefing {
        mail_configured: mailer.is_configured(),
        may_override: principal.may(Permission::ContactOverride),
        subject: words.subject,
        message: words.message,
        people: facts.people(View {
            pitch: pitch.id,
            owner: pitch.owner_id,
            opportunity: pitch.opportunity_id,
            now,
        }),
    }))
}

/// To whom the pitch may go: the deal's contacts, and whoever has a link.
async fn people<C: ConnectionTrait>(
    db: &C,
    pitch: &pitch::Model,
    deal: &opportunity::Model,
) -> Result<Facts> {
    let roles: HashMap<ContactId, _> = opportunity_contact::Entity::find()
        .filter(opportunity_contact::Column::OpportunityId.eq(deal.id))
        .all(db)
        .await?
        .into_iter()
        .map(|part| (part.contact_id, part.role))
        .collect();
    let links = pitch_link::Entity::find()
        .filter(pitch_link::Column::PitchId.eq(pitch.id))
        .filter(pitch_link::Column::ParentLinkId.is_null())
        .order_by_asc(pitch_link::Column::Id)
        .all(db)
        .await?;
    let ids: HashSet<ContactId> = roles
        .keys()
        .copied()
        .chain(deal.primary_contact_id)
        .chain(links.iter().filter_map(|link| link.contact_id))
        .collect();
    let contacts = contact::Entity::find()
        .filter(contact::Column::Id.is_in(ids))
        .order_by_asc(contact::Column::Name)
        .order_by_asc(contact::Column::Id)
        .all(db)
        .await?;
    Ok(Facts {
        contacts,
        roles,
        links,
        ..Facts::default()
    })
}

/// What was done with these people: activities, other deals, pitches.
async fn history<C: ConnectionTrait>(
    db: &C,
    facts: &mut Facts,
    deal: &opportunity::Model,
) -> Result<()> {
    let ids: Vec<ContactId> = facts.contacts.iter().map(|contact| contact.id).collect();
    let addresses: HashSet<String> = facts
        .contacts
        .iter()
        .filter_map(|contact| contact.email.clone())
        .chain(
            facts
                .links
                .iter()
                .filter_map(|link| link.recipient_email.clone()),
        )
        .collect();
    let of_the_deal = Condition::all()
        .add(activity::Column::OpportunityId.eq(deal.id))
        .add(activity::Column::ContactId.is_null());
    facts.activities = activity::Entity::find()
        .filter(
            Condition::any()
                .add(activity::Column::ContactId.is_in(ids.iter().copied()))
                .add(of_the_deal),
        )
        .order_by_desc(activity::Column::OccurredAt)
        .order_by_desc(activity::Column::Id)
        .limit(MOST_ACTIVITIES)
        .all(db)
        .await?;
    let with_them = Query::select()
        .column(opportunity_contact::Column::OpportunityId)
        .from(opportunity_contact::Entity)
        .and_where(opportunity_contact::Column::ContactId.is_in(ids.iter().copied()))
        .to_owned();
    facts.deals = opportunity::Entity::find()
        .filter(opportunity::Column::Id.ne(deal.id))
        .filter(opportunity::Column::Outcome.eq(Outcome::Open))
        .filter(
            Condition::any()
                .add(opportunity::Column::AccountId.eq(deal.account_id))
                .add(opportunity::Column::PrimaryContactId.is_in(ids.iter().copied()))
                .add(opportunity::Column::Id.in_subquery(with_them)),
        )
        .order_by_desc(opportunity::Column::UpdatedAt)
        .limit(MOST_DEALS)
        .all(db)
        .await?;
    facts.parts = opportunity_contact::Entity::find()
        .filter(
            opportunity_contact::Column::OpportunityId.is_in(facts.deals.iter().map(|one| one.id)),
        )
        .filter(opportunity_contact::Column::ContactId.is_in(ids.iter().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|part| (part.opportunity_id, part.contact_id))
        .collect();
    facts.received = pitch_link::Entity::find()
        .find_also_related(pitch::Entity)
        .filter(pitch_link::Column::ParentLinkId.is_null())
        .filter(
            Condition::any()
                .add(pitch_link::Column::ContactId.is_in(ids.iter().copied()))
                .add(pitch_link::Column::RecipientEmail.is_in(addresses)),
        )
        .order_by_desc(pitch_link::Column::CreatedAt)
        .order_by_desc(pitch_link::Column::Id)
        .limit(MOST_RECEIVED)
        .all(db)
        .await?
        .into_iter()
        .filter_map(|(link, pitch)| Some((link, pitch?)))
        .collect();
    Ok(())
}

/// Which of the opportunities that the facts speak of the caller may see.
async fn visible<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    facts: &Facts,
) -> Result<HashSet<OpportunityId>> {
    let mentioned: HashSet<OpportunityId> = facts
        .activities
        .iter()
        .filter_map(|row| row.opportunity_id)
        .chain(facts.deals.iter().map(|deal| deal.id))
        .chain(facts.received.iter().map(|(_, pitch)| pitch.opportunity_id))
        .collect();
    let ids: Vec<OpportunityId> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .filter(opportunity::Column::Id.is_in(mentioned))
        .filter(crm::visible_opportunities(principal))
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.into_iter().collect())
}
