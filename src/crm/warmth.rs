//! How warm opportunities and contacts are: scores that `signals` keeps, read at a moment.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::entities::{contact_score, opportunity_score};
use crate::error::Result;
use crate::ids::{ContactId, OpportunityId};
use crate::statistics::Fading;

/// How warm something is.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Warmth {
    /// The score now.
    pub value: f64,
    /// Whether it counts as sales-ready.
    pub ready: bool,
}

/// Reads scores at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Thermometer {
    pub(super) now: DateTime<Utc>,
    factor: f64,
    ready: f64,
    contact_ready: f64,
}

impl Thermometer {
    pub(super) fn new(config: &Config, now: DateTime<Utc>) -> Self {
        Self {
            now,
            factor: Fading::new(config.scores.half_life_days).factor(now),
            ready: config.scores.ready,
            contact_ready: config.scores.contact_ready,
        }
    }

    /// The scores of these opportunities.
    pub(super) async fn opportunities<C: ConnectionTrait>(
        &self,
        db: &C,
        ids: &[OpportunityId],
    ) -> Result<HashMap<OpportunityId, Warmth>> {
        let rows = opportunity_score::Entity::find()
            .filter(opportunity_score::Column::OpportunityId.is_in(ids.iter().copied()))
            .all(db)
            .await?;
        let warmth = |row: &opportunity_score::Model| {
            let value = row.points * self.factor + row.reach;
            Warmth {
                value,
                ready: value >= self.ready,
            }
        };
        Ok(rows
            .iter()
            .map(|row| (row.opportunity_id, warmth(row)))
            .collect())
    }

    /// The scores of these contacts.
    pub(super) async fn contacts<C: ConnectionTrait>(
        &self,
        db: &C,
        ids: impl IntoIterator<Item = ContactId>,
    ) -> Result<HashMap<ContactId, Warmth>> {
        let rows = contact_score::Entity::find()
            .filter(contact_score::Column::ContactId.is_in(ids))
            .all(db)
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let value = row.points * self.factor;
                let ready = value >= self.contact_ready;
                (row.contact_id, Warmth { value, ready })
            })
            .collect())
    }

    /// An opportunity's score as it is sorted by; what nobody has read is worth nothing.
    pub(super) fn opportunity_key(&self) -> SimpleExpr {
        let column = |column| Expr::col((opportunity_score::Entity, column));
        let value = column(opportunity_score::Column::Points)
            .mul(self.factor)
            .add(column(opportunity_score::Column::Reach));
        Func::coalesce([value, Expr::value(0.0)]).into()
    }

    /// A contact's score as it is sorted by.
    pub(super) fn contact_key(&self) -> SimpleExpr {
        let points = Expr::col((contact_score::Entity, contact_score::Column::Points));
        Func::coalesce([points.mul(self.factor), Expr::value(0.0)]).into()
    }
}

/// Where a list goes on that is sorted by score: the moment at which it was begun stays, or what fades would move.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Warmest<Id>(i64, u64, Id);

impl<Id: Copy> Warmest<Id> {
    pub(super) fn new(now: DateTime<Utc>, score: Option<&Warmth>, id: Id) -> Self {
        let value = score.map_or(0.0, |score| score.value);
        // As bits: text would lose the last one, and with it the place.
        Self(now.timestamp_micros(), value.to_bits(), id)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    pub(super) fn value(&self) -> f64 {
        f64::from_bits(self.1)
    }

    pub(super) fn id(&self) -> Id {
        self.2
    }
}
