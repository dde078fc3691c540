//! Which visits count as reads, and what was read when, per opportunity and per contact.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QuerySelect as _, RelationTrait as _,
};

use crate::entities::{VisitClass, VisitLevel, pitch, pitch_link, visit};
use crate::error::Result;
use crate::ids::{ContactId, OpportunityId};

/// A visit counts as a read when the pages were shown to a person.
pub fn counts_as_read() -> Condition {
    is_human().add(visit::Column::Level.eq(VisitLevel::Read))
}

/// The visits of those whom the classifier, or a colleague's word over it, takes for a person.
pub(super) fn is_human() -> Condition {
    let class = Func::coalesce([
        Expr::col((visit::Entity, visit::Column::ClassOverride)),
        Expr::col((visit::Entity, visit::Column::Class)),
    ]);
    Condition::all()
        .add(Expr::expr(class).eq(VisitClass::Human.as_str()))
        // Whoever does not want to be known is in no list of readers.
        .add(visit::Column::Unnamed.is_null())
}

/// When each of these opportunities was last read.
pub(super) async fn last_reads<C: ConnectionTrait>(
    db: &C,
    opportunities: &[OpportunityId],
) -> Result<HashMap<OpportunityId, DateTime<Utc>>> {
    let rows: Vec<(OpportunityId, DateTime<Utc>)> = visit::Entity::find()
        .select_only()
        .column(pitch::Column::OpportunityId)
        .column_as(visit::Column::LastSeenAt.max(), "last_read_at")
        .inner_join(pitch_link::Entity)
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .filter(pitch::Column::OpportunityId.is_in(opportunities.iter().copied()))
        .filter(counts_as_read())
        .group_by(pitch::Column::OpportunityId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// What one contact read of one opportunity.
#[derive(Clone, Copy, Debug)]
pub(super) struct ContactReads {
    pub(super) reads: i64,
    pub(super) last_read_at: DateTime<Utc>,
}

/// What each contact read of this opportunity.
pub(super) async fn reads_by_contact<C: ConnectionTrait>(
    db: &C,
    opportunity: OpportunityId,
) -> Result<HashMap<ContactId, ContactReads>> {
    let rows: Vec<(ContactId, i64, DateTime<Utc>)> = visit::Entity::find()
        .select_only()
        .column(pitch_link::Column::ContactId)
        .column_as(visit::Column::Id.count(), "reads")
        .column_as(visit::Column::LastSeenAt.max(), "last_read_at")
        .inner_join(pitch_link::Entity)
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .filter(pitch::Column::OpportunityId.eq(opportunity))
        .filter(pitch_link::Column::ContactId.is_not_null())
        .filter(counts_as_read())
        .group_by(pitch_link::Column::ContactId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(contact, reads, last_read_at)| {
            (
                contact,
                ContactReads {
                    reads,
                    last_read_at,
                },
            )
        })
        .collect())
}
