//! How often links were read: one grouped query over visits, whatever the number of links.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QuerySelect as _,
};

use crate::entities::{VisitClass, VisitLevel, pitch_link, visit};
use crate::error::Result;
use crate::ids::{LinkId, PitchId};

/// What came of one link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reads {
    /// Visits of people who read.
    pub(super) people: i64,
    /// Visits of machines.
    pub(super) machines: i64,
    /// The latest of the reads.
    pub(super) last_read_at: Option<DateTime<Utc>>,
}

/// The reads of every link of these pitches that was visited.
pub(super) async fn link_reads<C: ConnectionTrait>(
    db: &C,
    pitches: &[PitchId],
) -> Result<HashMap<LinkId, Reads>> {
    let links = Query::select()
        .column(pitch_link::Column::Id)
        .from(pitch_link::Entity)
        .and_where(pitch_link::Column::PitchId.is_in(pitches.iter().copied()))
        .to_owned();
    let rows = visit::Entity::find()
        .select_only()
        .column(visit::Column::LinkId)
        .column(visit::Column::Class)
        .column(visit::Column::ClassOverride)
        .column(visit::Column::Level)
        .column_as(visit::Column::Id.count(), "visits")
        .column_as(visit::Column::LastSeenAt.max(), "last_seen_at")
        .filter(visit::Column::LinkId.in_subquery(links))
        .filter(visit::Column::Unnamed.is_null())
        .group_by(visit::Column::LinkId)
        .group_by(visit::Column::Class)
        .group_by(visit::Column::ClassOverride)
        .group_by(visit::Column::Level)
        .into_model::<Row>()
        .all(db)
        .await?;
    let mut found: HashMap<LinkId, Reads> = HashMap::new();
    for row in rows {
        row.add_to(found.entry(row.link_id).or_default());
    }
    Ok(found)
}

#[derive(Debug, FromQueryResult)]
struct Row {
    link_id: LinkId,
    class: VisitClass,
    class_override: Option<VisitClass>,
    level: VisitLevel,
    visits: i64,
    last_seen_at: Option<DateTime<Utc>>,
}

impl Row {
    /// A person's word stands over the score.
    fn add_to(&self, reads: &mut Reads) {
        match self.class_override.unwrap_or(self.class) {
            VisitClass::Human if self.level == VisitLevel::Read => {
                reads.people += self.visits;
                reads.last_read_at = reads.last_read_at.max(self.last_seen_at);
            }
            VisitClass::Machine => reads.machines += self.visits,
            VisitClass::Human | VisitClass::Unverified => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(class: VisitClass, class_override: Option<VisitClass>, level: VisitLevel) -> Row {
        Row {
            link_id: LinkId::new(DateTime::UNIX_EPOCH),
            class,
            class_override,
            level,
            visits: 2,
            last_seen_at: Some(DateTime::UNIX_EPOCH),
        }
    }

    #[test]
    fn only_people_who_read_count_as_reads() {
        let mut reads = Reads::default();
        row(VisitClass::Human, None, VisitLevel::Read).add_to(&mut reads);
        row(VisitClass::Human, None, VisitLevel::Opened).add_to(&mut reads);
        row(VisitClass::Unverified, None, VisitLevel::Read).add_to(&mut reads);
        row(VisitClass::Machine, None, VisitLevel::Fetched).add_to(&mut reads);
        row(
            VisitClass::Human,
            Some(VisitClass::Machine),
            VisitLevel::Read,
        )
        .add_to(&mut reads);
        assert_eq!((reads.people, reads.machines), (2, 4));
    }
}
