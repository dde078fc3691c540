//! Telling users something: rows of the bell, and mails where it matters, written in the transaction of what causes them.
//!
//! It knows no feature: whoever has something to tell says to whom, in which words, and what it is about.
//!
//! Invariant: one cause tells one user once (`dedupe_key`), however often the teller tries.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use uuid::Uuid;

use crate::config::Config;
use crate::entities::{notification, user};
use crate::error::Result;
use crate::ids::{AssetId, OpportunityId, PitchId, QuestionId, RequestId, UserId, VisitId};
use crate::mail::{self, Letter, NewMail, Point, Recipient};

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
    /// A question of a reader.
    Question(QuestionId),
}

impl Subject {
    /// The two columns: what sort of thing, and which.
    fn columns(self) -> (&'static str, Uuid) {
        match self {
            Self::Asset(id) => ("asset", id.0),
            Self::Pitch(id) => ("pitch", id.0),
            Self::Request(id) => ("request", id.0),
            Self::Question(id) => ("question", id.0),
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

impl Notice {
    /// The screen that shows what it is about.
    fn place(&self) -> Option<String> {
        match self.subject {
            Some(Subject::Asset(id)) => Some(format!("/assets/{id}")),
            Some(Subject::Pitch(id)) => Some(format!("/pitches/{id}")),
            Some(Subject::Request(id)) => Some(format!("/requests?request={id}")),
            Some(Subject::Question(id)) => Some(format!("/questions?question={id}")),
            None => self.opportunity.map(|id| format!("/opportunities/{id}")),
        }
    }
}

/// Writes notices into the bell and says who was told something new.
pub async fn write<C: ConnectionTrait>(db: &C, notices: Vec<Notice>) -> Result<Vec<UserId>> {
    let told = write_new(db, &notices).await?;
    Ok(told.into_iter().map(|(user, _)| user).collect())
}

/// The same, and by mail too: one mail to each user, however much there is to tell. Says how many notices were new.
pub async fn write_and_mail<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    notices: Vec<Notice>,
) -> Result<usize> {
    let told = write_new(db, &notices).await?;
    let count = told.len();
    let mut news: BTreeMap<UserId, Vec<&Notice>> = BTreeMap::new();
    for notice in &notices {
        if told.contains(&(notice.user, notice.dedupe_key.clone())) {
            news.entry(notice.user).or_default().push(notice);
        }
    }
    let people = user::Entity::find()
        .filter(user::Column::Id.is_in(news.keys().copied()))
        .filter(user::Column::Active.eq(true))
        .all(db)
        .await?;
    for person in people {
        let notices = news.remove(&person.id).unwrap_or_default();
        queue_mail(db, config, now, &person, &notices).await?;
    }
    Ok(count)
}

async fn queue_mail<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    now: DateTime<Utc>,
    person: &user::Model,
    notices: &[&Notice],
) -> Result<()> {
    // An account may stand under an address that no mail can be sent to; the bell has told already.
    let to = Recipient::parse(Some(&person.name), &person.email);
    let (Some(first), Ok(to)) = (notices.first(), to) else {
        return Ok(());
    };
    let subject = match notices.len() {
        1 => first.title.clone(),
        several => format!("{several} things need you"),
    };
    let keys: Vec<&str> = notices.iter().map(|one| one.dedupe_key.as_str()).collect();
    let keys = blake3::hash(keys.join("\n").as_bytes()).to_hex();
    let letter = Letter {
        greeting: format!("Hello {},", person.name),
        points: notices
            .iter()
            .map(|one| Point {
                title: one.title.clone(),
                detail: one.body.clone(),
                url: one
                    .place()
                    .map(|path| format!("{}{path}", config.public_url())),
            })
            .collect(),
        footer: "You get this because of your part in it at Lastmile.".to_owned(),
        ..Letter::default()
    };
    let mail = NewMail {
        to,
        from_name: None,
        reply_to: None,
        subject: &subject,
        letter,
        link: None,
        purpose: first.kind,
        about: first.subject.map(Subject::columns),
        dedupe_key: &format!("notice:{}:{keys}", person.id),
    };
    mail::queue(db, now, mail).await?;
    Ok(())
}

async fn write_new<C: ConnectionTrait>(
    db: &C,
    notices: &[Notice],
) -> Result<HashSet<(UserId, String)>> {
    let mut told = HashSet::new();
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
        insert.returning(Query::returning().columns([
            notification::Column::UserId,
            notification::Column::DedupeKey,
        ]));
        for row in db.query_all(&insert).await? {
            told.insert((row.try_get("", "user_id")?, row.try_get("", "dedupe_key")?));
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
