//! What the write path needs to know of links and pitches, remembered for a short while.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::future::Cache;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::commit::SILENCE;
use super::ingest::Before;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{account, contact, opportunity, pitch, pitch_link, visit};
use crate::error::{Code, Error, Result};
use crate::ids::{LinkId, OpportunityId, PitchId, UserId, VisitId};
use crate::pitches::{self, Door, Layout};
use crate::rollup::LinkFacts;

/// How long a link is taken to be open: a revoked one stops within this.
const OPEN_FOR: Duration = Duration::from_millis(500);

/// How long a pitch is taken to look the same. A page that is not in it is looked up again at once.
const SAME_FOR: Duration = Duration::from_secs(5);

/// How long names in notifications may be out of date.
const NAMES_FOR: Duration = Duration::from_mins(1);

/// What a batch needs to know of a link.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct LinkContext {
    pub id: LinkId,
    pub created_at: DateTime<Utc>,
    pub pitch_id: PitchId,
    pub pitch_title: String,
    pub owner_id: UserId,
    pub opportunity_id: OpportunityId,
    pub opportunity_name: String,
    pub account_name: String,
    pub recipient_name: Option<String>,
    pub recipient_email: Option<String>,
    pub contact_name: Option<String>,
    pub contact_email: Option<String>,
}

impl LinkContext {
    /// What its visits' judgement depends on.
    pub(super) fn facts(&self) -> LinkFacts {
        LinkFacts {
            opportunity: self.opportunity_id,
            created_at: self.created_at,
        }
    }

    /// The reader's name, as far as it is known.
    pub(super) fn reader(&self) -> &str {
        self.recipient_name
            .as_deref()
            .or(self.contact_name.as_deref())
            .or(self.recipient_email.as_deref())
            .unwrap_or("Somebody")
    }
}

/// The node's short memory of links. Cheap to clone.
#[derive(Clone)]
pub(super) struct Links {
    db: Db,
    clock: Clock,
    open: Cache<String, Arc<Door>>,
    layouts: Cache<PitchId, Arc<Layout>>,
    contexts: Cache<LinkId, Arc<LinkContext>>,
}

impl Links {
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        Self {
            db,
            clock,
            open: Cache::builder()
                .max_capacity(10_000)
                .time_to_live(OPEN_FOR)
                .build(),
            layouts: Cache::builder()
                .max_capacity(2_000)
                .time_to_live(SAME_FOR)
                .build(),
            contexts: Cache::builder()
                .max_capacity(20_000)
                .time_to_live(NAMES_FOR)
                .build(),
        }
    }

    /// The open link of a token, with what it asks for.
    pub(super) async fn open(&self, token: &str) -> Result<Arc<Door>> {
        let load = async {
            let door = Door::find(self.db.read(), token, self.clock.now()).await?;
            Ok(Arc::new(door))
        };
        self.open
            .try_get_with_by_ref(token, load)
            .await
            .map_err(shared_error)
    }

    /// What a pitch shows.
    pub(super) async fn layout(&self, pitch: PitchId) -> Result<Arc<Layout>> {
        let load = async { pitches::layout(self.db.read(), pitch).await.map(Arc::new) };
        self.layouts
            .try_get_with(pitch, load)
            .await
            .map_err(shared_error)
    }

    /// What a pitch shows at this moment.
    pub(super) async fn fresh_layout(&self, pitch: PitchId) -> Result<Arc<Layout>> {
        self.layouts.invalidate(&pitch).await;
        self.layout(pitch).await
    }

    /// What is known of a browser on a link from before.
    pub(super) async fn before(&self, link: LinkId, browser_id: &str) -> Result<Before> {
        let now = self.clock.now();
        let rows: Vec<(VisitId, DateTime<Utc>, Option<String>)> = visit::Entity::find()
            .select_only()
            .columns([
                visit::Column::Id,
                visit::Column::LastSeenAt,
                visit::Column::VerifiedEmail,
            ])
            .filter(visit::Column::LinkId.eq(link))
            .filter(visit::Column::BrowserId.eq(browser_id))
            .order_by_desc(visit::Column::LastSeenAt)
            .limit(50)
            .into_tuple()
            .all(self.db.read())
            .await?;
        let today = now.date_naive();
        Ok(Before {
            going_on: rows
                .first()
                .filter(|(_, last, _)| now - *last < SILENCE)
                .map(|(id, ..)| *id),
            returned: rows.iter().any(|(_, last, _)| now - *last >= SILENCE),
            another_day: rows.iter().any(|(_, last, _)| last.date_naive() < today),
            verified: rows.into_iter().find_map(|(.., verified)| verified),
        })
    }

    /// What is known of these links; those that are gone are missing.
    pub(super) async fn contexts(
        &self,
        links: BTreeSet<LinkId>,
    ) -> Result<HashMap<LinkId, Arc<LinkContext>>> {
        let mut known = HashMap::with_capacity(links.len());
        let mut unknown = Vec::new();
        for link in links {
            match self.contexts.get(&link).await {
                Some(context) => {
                    known.insert(link, context);
                }
                None => unknown.push(link),
            }
        }
        if !unknown.is_empty() {
            for context in load_contexts(self.db.read(), unknown).await? {
                let context = Arc::new(context);
                self.contexts.insert(context.id, Arc::clone(&context)).await;
                known.insert(context.id, context);
            }
        }
        Ok(known)
    }
}

/// What is known of these links, in one query.
pub(super) async fn load_contexts<C: ConnectionTrait>(
    db: &C,
    links: impl IntoIterator<Item = LinkId>,
) -> Result<Vec<LinkContext>> {
    let contexts = pitch_link::Entity::find()
        .select_only()
        .columns([
            pitch_link::Column::Id,
            pitch_link::Column::CreatedAt,
            pitch_link::Column::PitchId,
            pitch_link::Column::RecipientName,
            pitch_link::Column::RecipientEmail,
        ])
        .column_as(pitch::Column::Title, "pitch_title")
        .column_as(pitch::Column::OwnerId, "owner_id")
        .column_as(pitch::Column::OpportunityId, "opportunity_id")
        .column_as(opportunity::Column::Name, "opportunity_name")
        .column_as(account::Column::Name, "account_name")
        .column_as(contact::Column::Name, "contact_name")
        .column_as(contact::Column::Email, "contact_email")
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .join(JoinType::InnerJoin, opportunity::Relation::Account.def())
        .join(JoinType::LeftJoin, pitch_link::Relation::Contact.def())
        .filter(pitch_link::Column::Id.is_in(links))
        .into_model()
        .all(db)
        .await?;
    Ok(contexts)
}

/// One failure told to everybody who waited for the same answer.
fn shared_error(error: Arc<Error>) -> Error {
    if error.code == Code::Internal {
        return Error::internal(error);
    }
    Error::new(error.code, error.detail.clone())
}
