//! What happened on an opportunity, newest first: activities, moves, links sent, reads, shares, downloads.
//!
//! Each source is asked with one query for no more rows than the page has; the answers are merged by time.
//!
//! Invariant: the order is total (time, then source, then id), so that a cursor neither repeats nor skips.

use actix_web::web;
use chrono::{DateTime, NaiveTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::reads::{counts_as_read, is_human};
use super::scope::find_opportunity;
use crate::db::Db;
use crate::entities::{
    ActivityKind, Outcome, Stage, activity, contact, opportunity, pitch, pitch_link, stage_change,
    user, visit,
};
use crate::error::Result;
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::OpportunityId;

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimelineKind {
    /// A call.
    Call,
    /// A meeting.
    Meeting,
    /// A note.
    Note,
    /// A mail.
    Email,
    /// A status.
    Status,
    /// The opportunity moved to a stage or its outcome.
    StageChange,
    /// A link to a pitch was made for somebody.
    PitchSent,
    /// A pitch was read.
    Read,
    /// A reader shared a pitch with a colleague.
    Shared,
    /// A reader took files home.
    Downloaded,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineItem {
    /// When.
    pub at: DateTime<Utc>,
    /// What sort.
    pub kind: TimelineKind,
    /// In a few words.
    pub title: String,
    /// In more words; may be empty.
    pub detail: String,
    /// Who did it, if known: a colleague, or a reader.
    pub actor: Option<String>,
}

/// What happened on the opportunity, newest first.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/timeline", tag = "opportunities",
    params(OpportunityId, ListQuery),
    responses((status = 200, body = Page<TimelineItem>)),
)]
pub async fn opportunity_timeline(
    principal: Principal,
    id: web::Path<OpportunityId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<TimelineItem>>> {
    let db = db.read();
    let row = find_opportunity(db, &principal, *id).await?;
    let opportunity = row.id;
    let slice = Slice {
        after: query.position()?,
        limit: query.limit() + 1,
    };
    let mut rows = activities(db, opportunity, &slice).await?;
    rows.extend(stage_changes(db, opportunity, &slice).await?);
    rows.extend(unrecorded_close(db, &row, &slice).await?);
    rows.extend(links(db, opportunity, Source::Sent, &slice).await?);
    rows.extend(links(db, opportunity, Source::Shared, &slice).await?);
    rows.extend(visits(db, opportunity, Source::Read, &slice).await?);
    rows.extend(visits(db, opportunity, Source::Downloaded, &slice).await?);
    rows.sort_unstable_by(|(a, _), (b, _)| a.cmp_newest_first(b));
    let next_cursor = next_cursor(&mut rows, query.limit(), |(place, _)| *place)?;
    let items = rows.into_iter().map(|(_, item)| item).collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// The item of an activity.
pub(super) fn activity_item(row: activity::Model, actor: Option<String>) -> TimelineItem {
    TimelineItem {
        at: row.occurred_at,
        kind: match row.kind {
            ActivityKind::Call => TimelineKind::Call,
            ActivityKind::Meeting => TimelineKind::Meeting,
            ActivityKind::Note => TimelineKind::Note,
            ActivityKind::Email => TimelineKind::Email,
            ActivityKind::Status => TimelineKind::Status,
        },
        title: row.subject,
        detail: row.body,
        actor,
    }
}

/// Where items come from; at the same moment, the later source is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Source {
    Activity,
    Sent,
    Read,
    Downloaded,
    Shared,
    StageChange,
}

/// The place of an item in the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Place {
    at: DateTime<Utc>,
    source: Source,
    id: Uuid,
}

impl Place {
    fn cmp_newest_first(&self, other: &Self) -> std::cmp::Ordering {
        other.cmp(self)
    }
}

type Row = (Place, TimelineItem);

/// How much of each source is wanted.
struct Slice {
    after: Option<Place>,
    limit: u64,
}

impl Slice {
    /// The rows of `source` behind the place where the page before ended.
    fn condition<C: ColumnTrait>(&self, source: Source, at: C, id: C) -> Condition {
        let Some(after) = self.after else {
            return Condition::all();
        };
        let earlier = Condition::any().add(at.lt(after.at));
        match source.cmp(&after.source) {
            std::cmp::Ordering::Greater => earlier,
            std::cmp::Ordering::Less => earlier.add(at.eq(after.at)),
            std::cmp::Ordering::Equal => {
                earlier.add(Condition::all().add(at.eq(after.at)).add(id.lt(after.id)))
            }
        }
    }
}

async fn activities<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
    slice: &Slice,
) -> Result<Vec<Row>> {
    use activity::Column::{Id, OccurredAt};
    let rows = activity::Entity::find()
        .find_also_related(user::Entity)
        .filter(activity::Column::OpportunityId.eq(opportunity))
        .filter(slice.condition(Source::Activity, OccurredAt, Id))
        .order_by_desc(OccurredAt)
        .order_by_desc(Id)
        .limit(slice.limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, owner)| {
            let place = Place {
                at: row.occurred_at,
                source: Source::Activity,
                id: row.id.0,
            };
            (place, activity_item(row, owner.map(|owner| owner.name)))
        })
        .collect())
}

async fn stage_changes<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
    slice: &Slice,
) -> Result<Vec<Row>> {
    use stage_change::Column::{ChangedAt, Id};
    let rows = stage_change::Entity::find()
        .filter(stage_change::Column::OpportunityId.eq(opportunity))
        .filter(slice.condition(Source::StageChange, ChangedAt, Id))
        .order_by_desc(ChangedAt)
        .order_by_desc(Id)
        .limit(slice.limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = Place {
                at: row.changed_at,
                source: Source::StageChange,
                id: row.id.0,
            };
            (place, stage_change_item(row))
        })
        .collect())
}

/// The close of an opportunity of which only the day is known: exports have it on the opportunity, not as a move.
async fn unrecorded_close<C: ConnectionTrait>(
    db: &C,
    opportunity: &opportunity::Model,
    slice: &Slice,
) -> Result<Option<Row>> {
    let (Some(day), false) = (opportunity.closed_on, opportunity.outcome == Outcome::Open) else {
        return Ok(None);
    };
    let place = Place {
        at: day.and_time(NaiveTime::MIN).and_utc(),
        source: Source::StageChange,
        id: opportunity.id.0,
    };
    let outcome = opportunity.outcome.as_str();
    let recorded = stage_change::Entity::find()
        .filter(stage_change::Column::OpportunityId.eq(opportunity.id))
        .filter(stage_change::Column::ToStage.eq(outcome))
        .count(db)
        .await?;
    if recorded > 0 || slice.after.is_some_and(|after| place >= after) {
        return Ok(None);
    }
    let item = TimelineItem {
        at: place.at,
        kind: TimelineKind::StageChange,
        title: format!("Closed as {outcome}"),
        detail: format!("From {}", opportunity.stage),
        actor: None,
    };
    Ok(Some((place, item)))
}

fn stage_change_item(row: stage_change::Model) -> TimelineItem {
    let is_stage = row.to_stage.parse::<Stage>().is_ok();
    TimelineItem {
        at: row.changed_at,
        kind: TimelineKind::StageChange,
        title: if is_stage {
            format!("Moved to {}", row.to_stage)
        } else {
            format!("Closed as {}", row.to_stage)
        },
        detail: row
            .from_stage
            .map(|from| format!("From {from}"))
            .unwrap_or_default(),
        actor: None,
    }
}

/// Links that a colleague made ([`Source::Sent`]) or that a reader made by sharing ([`Source::Shared`]).
async fn links<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
    source: Source,
    slice: &Slice,
) -> Result<Vec<Row>> {
    use pitch_link::Column::{CreatedAt, Id};
    let whose = match source {
        Source::Shared => pitch_link::Column::ParentLinkId.is_not_null(),
        _ => pitch_link::Column::ParentLinkId.is_null(),
    };
    let rows = pitch_link::Entity::find()
        .find_also_related(pitch::Entity)
        .find_also_related(contact::Entity)
        .find_also(pitch_link::Entity, user::Entity)
        .filter(pitch::Column::OpportunityId.eq(opportunity))
        .filter(whose)
        .filter(slice.condition(source, CreatedAt, Id))
        .order_by_desc(CreatedAt)
        .order_by_desc(Id)
        .limit(slice.limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(link, pitch, contact, creator)| {
            let place = Place {
                at: link.created_at,
                source,
                id: link.id.0,
            };
            let title = pitch.map(|pitch| pitch.title).unwrap_or_default();
            let to = recipient(&link, contact.as_ref());
            let item = match source {
                Source::Shared => TimelineItem {
                    at: link.created_at,
                    kind: TimelineKind::Shared,
                    title: format!("{title} was shared"),
                    detail: to.map(|to| format!("With {to}")).unwrap_or_default(),
                    actor: None,
                },
                _ => TimelineItem {
                    at: link.created_at,
                    kind: TimelineKind::PitchSent,
                    title: format!("Sent {title}"),
                    detail: to.map(|to| format!("To {to}")).unwrap_or_default(),
                    actor: creator.map(|creator| creator.name),
                },
            };
            (place, item)
        })
        .collect())
}

/// Visits in which people read ([`Source::Read`]) or took files home ([`Source::Downloaded`]).
async fn visits<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
    source: Source,
    slice: &Slice,
) -> Result<Vec<Row>> {
    use visit::Column::{Id, LastSeenAt, StartedAt};
    let (at, which) = match source {
        Source::Downloaded => (LastSeenAt, is_human().add(visit::Column::Downloads.gt(0))),
        _ => (StartedAt, counts_as_read()),
    };
    let rows = visit::Entity::find()
        .find_also_related(pitch_link::Entity)
        .find_also(pitch_link::Entity, contact::Entity)
        .find_also(pitch_link::Entity, pitch::Entity)
        .filter(pitch::Column::OpportunityId.eq(opportunity))
        .filter(which)
        .filter(slice.condition(source, at, Id))
        .order_by_desc(at)
        .order_by_desc(Id)
        .limit(slice.limit)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(visit, link, contact, pitch)| {
            let actor = link
                .as_ref()
                .and_then(|link| recipient(link, contact.as_ref()));
            let title = pitch.map(|pitch| pitch.title).unwrap_or_default();
            visit_row(&visit, source, &title, actor)
        })
        .collect())
}

fn visit_row(visit: &visit::Model, source: Source, title: &str, actor: Option<String>) -> Row {
    let item = match source {
        Source::Downloaded => TimelineItem {
            at: visit.last_seen_at,
            kind: TimelineKind::Downloaded,
            title: format!("Downloaded from {title}"),
            detail: match visit.downloads {
                1 => "1 file".to_owned(),
                count => format!("{count} files"),
            },
            actor,
        },
        _ => TimelineItem {
            at: visit.started_at,
            kind: TimelineKind::Read,
            title: format!("Read {title}"),
            detail: format!(
                "{} of {} pages in {}",
                visit.pages_read,
                visit.page_total,
                spent(visit.active_ms)
            ),
            actor,
        },
    };
    let place = Place {
        at: item.at,
        source,
        id: visit.id.0,
    };
    (place, item)
}

/// The name by which the reader of a link is known.
fn recipient(link: &pitch_link::Model, contact: Option<&contact::Model>) -> Option<String> {
    contact
        .map(|contact| contact.name.clone())
        .or_else(|| link.recipient_name.clone())
        .or_else(|| link.recipient_email.clone())
}

/// A span of time as people say it.
fn spent(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds / 60 {
        0 => format!("{seconds} s"),
        minutes => format!("{minutes} min {} s", seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_in_minutes_and_seconds() {
        assert_eq!(spent(59_999), "59 s");
        assert_eq!(spent(150_000), "2 min 30 s");
    }

    #[test]
    fn the_newest_comes_first_and_a_move_before_what_was_noted_at_the_same_moment() {
        let place = |seconds, source| Place {
            at: DateTime::from_timestamp(seconds, 0).unwrap(),
            source,
            id: Uuid::nil(),
        };
        let mut places = [
            place(1, Source::StageChange),
            place(2, Source::Activity),
            place(2, Source::StageChange),
        ];
        places.sort_unstable_by(Place::cmp_newest_first);
        assert_eq!(
            places.map(|place| (place.at.timestamp(), place.source)),
            [
                (2, Source::StageChange),
                (2, Source::Activity),
                (1, Source::StageChange)
            ]
        );
    }
}
