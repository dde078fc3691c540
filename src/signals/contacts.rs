//! The scores of contacts: the same sum over what one person read, in whatever opportunity.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait as _,
    ConnectionTrait, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
};

use super::history::{Link, Read, Reading, readings};
use super::load::{links_of_contacts, reads};
use super::reconciler::term;
use super::score::{Crossing, Scale, Term, replay};
use super::who::{Present, present};
use crate::config::Config;
use crate::db::Db;
use crate::engagement::Trace;
use crate::entities::{contact_score, score_crossing};
use crate::error::Result;
use crate::ids::{ContactId, LinkId};

/// What these contacts read, over all opportunities, with the links.
pub(super) struct OfContacts {
    pub(super) links: BTreeMap<LinkId, Link>,
    reads: Vec<Read>,
    present: Present,
}

impl OfContacts {
    pub(super) async fn load<C: ConnectionTrait>(
        db: &C,
        contacts: &BTreeSet<ContactId>,
    ) -> Result<Self> {
        let links = links_of_contacts(db, contacts).await?;
        let reads = reads(db, links.keys().copied()).await?;
        let traces = Trace::of_links(db, links.keys().copied()).await?;
        Ok(Self {
            present: present(&links, traces),
            links,
            reads,
        })
    }

    /// The reads of each contact that were their own.
    pub(super) fn terms(&self) -> BTreeMap<ContactId, Vec<(Reading<'_>, Term)>> {
        let mut terms: BTreeMap<ContactId, Vec<(Reading<'_>, Term)>> = BTreeMap::new();
        for reading in readings(&self.links, &self.reads, &self.present) {
            if let Some(contact) = reading.who.contact() {
                let term = term(&reading, None);
                terms.entry(contact).or_default().push((reading, term));
            }
        }
        terms
    }
}

/// Brings the scores of these contacts up to date.
pub(super) async fn keep(
    db: &Db,
    config: &Config,
    contacts: &BTreeSet<ContactId>,
    now: DateTime<Utc>,
) -> Result<()> {
    if contacts.is_empty() {
        return Ok(());
    }
    let loaded = OfContacts::load(db.read(), contacts).await?;
    let mut terms = loaded.terms();
    let scale = Scale::new(&config.scores);
    let threshold = config.scores.contact_ready;
    let tx = db.begin().await?;
    let stored: HashMap<ContactId, contact_score::Model> = contact_score::Entity::find()
        .filter(contact_score::Column::ContactId.is_in(contacts.iter().copied()))
        .all(&tx)
        .await?
        .into_iter()
        .map(|row| (row.contact_id, row))
        .collect();
    let (mut rows, mut history) = (Vec::new(), Vec::new());
    for contact in contacts {
        let terms: Vec<Term> = terms
            .remove(contact)
            .unwrap_or_default()
            .into_iter()
            .map(|(_, term)| term)
            .collect();
        let before = stored.get(contact);
        if terms.is_empty() && before.is_none() {
            continue;
        }
        let points = scale.points(&terms);
        let value = points * scale.factor(now);
        let ready = value >= threshold;
        let mut crossings = replay(&scale, &terms, false, threshold, now);
        if let Some(before) = before {
            let last = crossings.pop().filter(|last| last.up == ready);
            crossings.clear();
            if before.ready != ready {
                crossings.push(last.unwrap_or(Crossing {
                    at: now,
                    up: ready,
                    value,
                }));
            }
        }
        let since = crossings.last().map(|crossing| crossing.at);
        rows.push(contact_score::Model {
            contact_id: *contact,
            points,
            reads: i32::try_from(terms.len()).unwrap_or(i32::MAX),
            ready,
            ready_since: since
                .or_else(|| before.and_then(|row| row.ready_since))
                .filter(|_| ready),
            falls_at: scale.falls_at(points, 0.0, threshold, now),
            considered_at: now,
        });
        history.extend(
            crossings
                .into_iter()
                .map(|crossing| score_crossing::ActiveModel {
                    id: NotSet,
                    opportunity_id: Set(None),
                    contact_id: Set(Some(*contact)),
                    up: Set(crossing.up),
                    value: Set(crossing.value),
                    threshold: Set(threshold),
                    at: Set(crossing.at),
                }),
        );
    }
    if !rows.is_empty() {
        use contact_score::Column as C;
        let rows = rows
            .into_iter()
            .map(|row| row.into_active_model().reset_all());
        contact_score::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::column(C::ContactId)
                    .update_columns([
                        C::Points,
                        C::Reads,
                        C::Ready,
                        C::ReadySince,
                        C::FallsAt,
                        C::ConsideredAt,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
    }
    if !history.is_empty() {
        score_crossing::Entity::insert_many(history)
            .exec_without_returning(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}
