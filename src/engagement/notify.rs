//! What users are told: rows in the same transaction as the signal that causes them.
//!
//! Invariant: only a person's acts tell somebody, and each tells once (`dedupe_key`).

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ConnectionTrait, EntityTrait as _, QueryTrait as _,
};

use super::commit::Stand;
use super::links::LinkContext;
use crate::entities::{VisitLevel, notification};
use crate::error::Result;
use crate::ids::{OpportunityId, UserId, VisitId};
use crate::rollup::Visit;

/// A notification to be written.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) user: UserId,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) opportunity: OpportunityId,
    pub(super) visit: Option<VisitId>,
    pub(super) dedupe_key: String,
    pub(super) at: DateTime<Utc>,
}

/// What to tell about a visit, given how it stood before.
pub(super) fn notices(before: &Stand, visit: &Visit, link: &LinkContext) -> Vec<Notice> {
    let mut notices = Vec::new();
    if !visit.is_human() {
        return notices;
    }
    let who = format!("{} ({})", link.reader(), link.account_name);
    let mut tell = |kind: &'static str, verb: &str, key: String| {
        notices.push(Notice {
            user: link.owner_id,
            kind,
            title: format!("{who} {verb}"),
            body: link.pitch_title.clone(),
            opportunity: link.opportunity_id,
            visit: Some(visit.id),
            dedupe_key: format!("{kind}:{key}"),
            at: visit.updated_at,
        });
    };
    if visit.level == VisitLevel::Read && !before.read {
        tell("read", "is reading your pitch", link.id.to_string());
    }
    // A visit may prove to be a person's only after the act; then it is told with what came before.
    let already = |count: i32| if before.human { count } else { 0 };
    for number in already(before.shares)..visit.shares {
        let key = format!("{}:{number}", visit.id);
        tell("shared", "shared your pitch with a colleague", key);
    }
    for number in already(before.downloads)..visit.downloads {
        let key = format!("{}:{number}", visit.id);
        tell("downloaded", "downloaded an original", key);
    }
    notices
}

/// Writes notices and says who was told something new.
pub(super) async fn notify<C: ConnectionTrait>(
    db: &C,
    notices: Vec<Notice>,
) -> Result<Vec<UserId>> {
    if notices.is_empty() {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for chunk in notices.chunks(crate::rollup::CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(|notice| notification::ActiveModel {
                id: NotSet,
                user_id: Set(notice.user),
                kind: Set(notice.kind.to_owned()),
                title: Set(notice.title),
                body: Set(notice.body),
                opportunity_id: Set(Some(notice.opportunity)),
                visit_id: Set(notice.visit),
                dedupe_key: Set(notice.dedupe_key),
                created_at: Set(notice.at),
                read_at: Set(None),
            });
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
