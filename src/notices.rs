//! Telling users something: rows of the bell, written in the transaction of what causes them.
//!
//! It knows no feature: whoever has something to tell says to whom, in which words, and what it is about.
//!
//! Invariant: one cause tells one user once (`dedupe_key`), however often the teller tries.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::entities::notification;
use crate::error::Result;
use crate::ids::{AssetId, OpportunityId, PitchId, RequestId, UserId, VisitId};

/// How many rows go into one statement.
const CHUNK: usize = 500;

/// What a notice is about, beyond an opportunity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A piece of collateral.
    Asset(AssetId),
    /// A pitch.
    Pitch(PitchId),
    /// A request for content.
    Request(RequestId),
}

impl Subject {
    /// The two columns: what sort of thing, and which.
    fn columns(self) -> (&'static str, Uuid) {
        match self {
            Self::Asset(id) => ("asset", id.0),
            Self::Pitch(id) => ("pitch", id.0),
            Self::Request(id) => ("request", id.0),
        }
    }
}

/// Something to tell one user.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Whom.
    pub user: UserId,
    /// What sort of news, for programs.
    pub kind: &'static str,
    /// What happened.
    pub title: String,
    /// With what.
    pub body: String,
    /// The opportunity in which it happened.
    pub opportunity: Option<OpportunityId>,
    /// The visit in which it happened.
    pub visit: Option<VisitId>,
    /// What else it is about; that is where the user is led.
    pub subject: Option<Subject>,
    /// The same cause has the same key.
    pub dedupe_key: String,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// Writes notices and says who was told something new.
pub async fn write<C: ConnectionTrait>(db: &C, notices: Vec<Notice>) -> Result<Vec<UserId>> {
    let mut told = Vec::new();
    for chunk in notices.chunks(CHUNK) {
        let rows = chunk.iter().cloned().map(row);
        let mut insert = notification::Entity::insert_many(rows)
            .on_conflict(
                OnConflict::columns([
                    notification::Column::UserId,
                    notification::Column::DedupeKey,
                ])
                .do_nothing()
                .to_owned(),
            )
            .into_query();
        insert.returning(Query::returning().column(notification::Column::UserId));
        for row in db.query_all(&insert).await? {
            told.push(row.try_get("", "user_id")?);
        }
    }
    Ok(told)
}

/// The notices that were not written yet, so that a reconciler with nothing to say needs no transaction.
pub async fn unwritten<C: ConnectionTrait>(db: &C, notices: Vec<Notice>) -> Result<Vec<Notice>> {
    let mut written: HashSet<(UserId, String)> = HashSet::new();
    for chunk in notices.chunks(CHUNK) {
        let rows: Vec<(UserId, String)> = notification::Entity::find()
            .select_only()
            .column(notification::Column::UserId)
            .column(notification::Column::DedupeKey)
            .filter(notification::Column::UserId.is_in(chunk.iter().map(|one| one.user)))
            .filter(
                notification::Column::DedupeKey
                    .is_in(chunk.iter().map(|one| one.dedupe_key.as_str())),
            )
            .into_tuple()
            .all(db)
            .await?;
        written.extend(rows);
    }
    Ok(notices
        .into_iter()
        .filter(|one| !written.contains(&(one.user, one.dedupe_key.clone())))
        .collect())
}

fn row(notice: Notice) -> notification::ActiveModel {
    let subject = notice.subject.map(Subject::columns);
    notification::ActiveModel {
        id: NotSet,
        user_id: Set(notice.user),
        kind: Set(notice.kind.to_owned()),
        title: Set(notice.title),
        body: Set(notice.body),
        opportunity_id: Set(notice.opportunity),
        visit_id: Set(notice.visit),
        subject_kind: Set(subject.map(|(kind, _)| kind.to_owned())),
        subject_id: Set(subject.map(|(_, id)| id)),
        dedupe_key: Set(notice.dedupe_key),
        created_at: Set(notice.at),
        read_at: Set(None),
    }
}
