//! What people say over the classifier: about one visit, or about all that look alike, past and to come.
//!
//! Invariant: which rule applies depends on the visit and the rules alone, so what is kept live equals a rebuild. The
//! word about one visit stands before any other; of several others the newest counts.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::visit::Visit;
use crate::entities::{RuleField, VisitClass, visit_rule};
use crate::error::Result;
use crate::ids::{VisitId, VisitRuleId};

/// A rule that applies to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// Which.
    pub rule: VisitRuleId,
    /// What it says that the visit is.
    pub class: VisitClass,
}

/// The rules in force, as far as they can concern the visits at hand.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    visits: HashMap<String, Ruling>,
    /// The newest first.
    others: Vec<(RuleField, String, Ruling)>,
}

impl Rules {
    /// All of them.
    pub async fn of_everything<C: ConnectionTrait>(db: &C) -> Result<Self> {
        let rows = visit_rule::Entity::find()
            .filter(visit_rule::Column::RevokedAt.is_null())
            .order_by_asc(visit_rule::Column::Id)
            .all(db)
            .await?;
        Ok(Self::from_rows(rows))
    }

    /// Those that can concern `visits`. To be read after the visits were locked: a rule that is being made waits for
    /// the lock, or was made before.
    pub async fn of_visits<C: ConnectionTrait>(
        db: &C,
        visits: impl IntoIterator<Item = VisitId>,
    ) -> Result<Self> {
        let ids: Vec<String> = visits.into_iter().map(|id| id.to_string()).collect();
        let mut rows = visit_rule::Entity::find()
            .filter(visit_rule::Column::RevokedAt.is_null())
            .filter(visit_rule::Column::Field.ne(RuleField::Visit))
            .order_by_asc(visit_rule::Column::Id)
            .all(db)
            .await?;
        if !ids.is_empty() {
            let own = visit_rule::Entity::find()
                .filter(visit_rule::Column::RevokedAt.is_null())
                .filter(visit_rule::Column::Field.eq(RuleField::Visit))
                .filter(visit_rule::Column::Value.is_in(ids))
                .order_by_asc(visit_rule::Column::Id)
                .all(db)
                .await?;
            rows.extend(own);
        }
        Ok(Self::from_rows(rows))
    }

    fn from_rows(rows: Vec<visit_rule::Model>) -> Self {
        let mut rules = Self::default();
        for row in rows {
            let ruling = Ruling {
                rule: row.id,
                class: row.class,
            };
            match row.field {
                RuleField::Visit => {
                    rules.visits.insert(row.value, ruling);
                }
                field => rules.others.push((field, row.value, ruling)),
            }
        }
        rules.others.reverse();
        rules
    }

    /// The rule that applies to a visit.
    pub(super) fn ruling(&self, visit: &Visit) -> Option<Ruling> {
        if !self.visits.is_empty()
            && let Some(ruling) = self.visits.get(&visit.id.to_string())
        {
            return Some(*ruling);
        }
        self.others
            .iter()
            .find(|(field, value, _)| matches(*field, value, visit))
            .map(|(_, _, ruling)| *ruling)
    }
}

fn matches(field: RuleField, value: &str, visit: &Visit) -> bool {
    match field {
        RuleField::Visit => false,
        RuleField::Link => visit.link.to_string() == value,
        // Of whoever is not to be known neither is kept.
        RuleField::Network => !visit.facts.unnamed && visit.network == value,
        RuleField::Browser => !visit.facts.unnamed && visit.browser_id == value,
        RuleField::Agent => visit
            .user_agent
            .to_ascii_lowercase()
            .contains(&value.to_ascii_lowercase()),
    }
}
