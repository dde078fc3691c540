//! Judging visits again, after what people say of them has changed.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbBackend, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::super::commit::{Committed, Stand, with_pages};
use super::super::follow::{Turned, follow};
use super::super::links::{LinkContext, Links};
use super::super::notify::notices;
use crate::alerts;
use crate::config::Config;
use crate::db::contains_text;
use crate::entities::{RuleField, VisitLevel, visit};
use crate::error::Result;
use crate::ids::{LinkId, VisitId};
use crate::notices::{self, Notice};
use crate::rollup::{Deltas, Rules, add_deltas, overwrite_visits};

/// How many visits are judged at a time.
const AT_A_TIME: u64 = 500;

/// What became known as a person's this long ago is no news.
const NEWS_FOR: TimeDelta = TimeDelta::days(2);

/// What judging again changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Changed {
    /// Visits that the rule chooses.
    pub matching: u64,
    /// Of these, those that count as something else now.
    pub changed: u64,
    /// How many reads there are more, or fewer.
    pub reads: i64,
}

/// Which visits a rule chooses.
pub(super) fn chosen_by(field: RuleField, value: &str) -> Condition {
    let all = Condition::all();
    match field {
        RuleField::Visit => match value.parse::<VisitId>() {
            Ok(id) => all.add(visit::Column::Id.eq(id)),
            Err(_) => Condition::any().add(visit::Column::Id.is_null()),
        },
        RuleField::Link => match value.parse::<LinkId>() {
            Ok(id) => all.add(visit::Column::LinkId.eq(id)),
            Err(_) => Condition::any().add(visit::Column::Id.is_null()),
        },
        RuleField::Network => all.add(visit::Column::Network.eq(value)),
        RuleField::Browser => all.add(visit::Column::BrowserId.eq(value)),
        RuleField::Agent => all.add(contains_text(
            (visit::Entity, visit::Column::UserAgent),
            value,
        )),
    }
}

/// Keeps everybody from appending events until the transaction ends, so that no visit is judged by what no longer holds.
pub(super) async fn hold_visits<C: ConnectionTrait>(db: &C) -> Result<()> {
    if db.get_database_backend() == DbBackend::Postgres {
        // On SQLite the transaction itself keeps every other writer out.
        db.execute_unprepared("LOCK TABLE visits IN EXCLUSIVE MODE")
            .await?;
    }
    Ok(())
}

/// Judges the visits of `which` by the rules that stand now. With the visits held.
pub(super) async fn rejudge<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    links: &Links,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<(Changed, Committed)> {
    let rules = Rules::of_everything(db).await?;
    let mut changed = Changed::default();
    let mut committed = Committed::default();
    let mut after: Option<VisitId> = None;
    loop {
        let mut select = visit::Entity::find()
            .filter(which.clone())
            .order_by_asc(visit::Column::Id)
            .limit(AT_A_TIME);
        if let Some(after) = after {
            select = select.filter(visit::Column::Id.gt(after));
        }
        let rows = select.all(db).await?;
        let Some(last) = rows.last() else {
            return Ok((changed, committed));
        };
        after = Some(last.id);
        let of_links = rows.iter().map(|row| row.link_id).collect();
        let contexts = links.contexts(of_links).await?;
        let visits = with_pages(db, rows).await?;
        let batch = Batch {
            config,
            contexts: &contexts,
            rules: &rules,
            now,
        };
        batch
            .judge(db, visits.into_values(), &mut changed, &mut committed)
            .await?;
    }
}

struct Batch<'a> {
    config: &'a Config,
    contexts: &'a HashMap<LinkId, Arc<LinkContext>>,
    rules: &'a Rules,
    now: DateTime<Utc>,
}

impl Batch<'_> {
    async fn judge<C: ConnectionTrait>(
        &self,
        db: &C,
        visits: impl Iterator<Item = crate::rollup::Visit>,
        changed: &mut Changed,
        committed: &mut Committed,
    ) -> Result<()> {
        let mut deltas = Deltas::default();
        let (mut rows, mut told, mut turned) = (Vec::new(), Vec::<Notice>::new(), Vec::new());
        for mut visit in visits {
            let Some(context) = self.contexts.get(&visit.link) else {
                continue;
            };
            changed.matching += 1;
            let before = visit.clone();
            let stood = Stand::of(&visit);
            visit.judge(&context.facts(), self.rules);
            if visit == before {
                continue;
            }
            deltas.subtract(&before, &context.facts());
            deltas.add(&visit, &context.facts());
            changed.changed += u64::from(visit.class() != before.class());
            let read = |level| i64::from(level == VisitLevel::Read);
            changed.reads += read(visit.level) - read(before.level);
            turned.extend(Turned::of(before.class(), &visit, context));
            if self.now - visit.last_seen_at < NEWS_FOR {
                told.extend(notices(&stood, &visit, context));
            }
            // Whoever follows the visits by this finds that it is another one now.
            visit.updated_at = visit.updated_at.max(before.updated_at);
            committed.visits.push(visit.id);
            rows.push(visit.rows().0);
        }
        overwrite_visits(db, rows).await?;
        deltas.drop_zeros();
        add_deltas(db, &deltas).await?;
        let gone = follow(db, self.now, &turned).await?;
        alerts::recall(db, self.config, self.now, &gone).await?;
        let told = alerts::heard(db, told).await?;
        committed.notified.extend(notices::write(db, told).await?);
        Ok(())
    }
}
