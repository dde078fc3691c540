//! A score with everything that it is made of: each read as a line with its numbers, reach, the way it took.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;

use actix_web::web;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};
use serde::Serialize;

use super::contacts::OfContacts;
use super::history::Reading;
use super::load::{Pages, load};
use super::reconciler::terms;
use super::score::{Scale, Term};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::{find_opportunity, visible_opportunities};
use crate::db::Db;
use crate::entities::{contact, pitch, pitch_link, score_crossing};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{ContactId, LinkId, OpportunityId, VisitId};

/// How far back the way goes that is drawn.
const DAYS: i64 = 90;
/// The most crossings that are told.
const CROSSINGS: u64 = 50;

/// A score, and why.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreView {
    /// What it is now.
    pub value: f64,
    /// From which value on it counts as sales-ready.
    pub threshold: f64,
    /// Whether it does.
    pub ready: bool,
    /// When it falls below the threshold if nothing else happens.
    pub falls_at: Option<DateTime<Utc>>,
    /// After how many days a read is worth half.
    pub half_life_days: f64,
    /// How it is made, in a sentence.
    pub definition: String,
    /// Its reads, the most valuable now first.
    pub terms: Vec<ScoreTerm>,
    /// What reads in opportunities add that the asker may not see.
    pub hidden: f64,
    /// What reach adds; an opportunity's only.
    pub reach: Option<ReachView>,
    /// The value at the end of each day, the earliest first.
    pub history: Vec<ScoreDay>,
    /// When it rose to the threshold or fell below it, the latest first.
    pub crossings: Vec<ScoreCrossing>,
}

/// One read in a score.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreTerm {
    /// The visit.
    pub visit_id: VisitId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub person: String,
    /// Who, if a contact.
    pub contact_id: Option<ContactId>,
    /// Which pitch.
    pub pitch_title: String,
    /// What it was worth when it happened.
    pub points_then: f64,
    /// The share of it that is left.
    pub left: f64,
    /// What it is worth now.
    pub points: f64,
    /// What it is made of.
    pub parts: Vec<ScorePart>,
    /// The same in words.
    pub reason: String,
}

/// One part of what a read is worth.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScorePart {
    /// `read`, `minutes`, `completion`, `shared` or `asked`.
    pub name: &'static str,
    /// Its weight.
    pub weight: f64,
    /// What that is multiplied with.
    pub amount: f64,
    /// The product.
    pub points: f64,
}

/// What reach adds to an opportunity's score.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReachView {
    /// How many people have read.
    pub readers: usize,
    /// The needed roles that have.
    pub roles_reached: Vec<String>,
    /// Those that have not.
    pub roles_missing: Vec<String>,
    /// What it adds.
    pub points: f64,
    /// The same in words.
    pub reason: String,
}

/// A day of the way a score took.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreDay {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// The value at its end, or now.
    pub value: f64,
}

/// A time at which a score rose to the threshold or fell below it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScoreCrossing {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it rose.
    pub up: bool,
    /// The value right then.
    pub value: f64,
    /// The threshold at that time.
    pub threshold: f64,
}

/// How warm an opportunity is, and why.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/score", tag = "signals", params(OpportunityId),
    responses((status = 200, body = ScoreView), (status = 404, body = Problem)))]
pub async fn opportunity_score(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<web::Json<ScoreView>> {
    let (db, now) = (db.read(), clock.now());
    let deal = find_opportunity(db, &principal, *id).await?;
    let loaded = load(db, &config, &Pages::new(), deal.id, now)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let terms = terms(&config, &loaded);
    let lines: Vec<(Reading<'_>, Term)> =
        loaded.history.readings().into_iter().zip(terms).collect();
    let crossings = crossings(db, score_crossing::Column::OpportunityId.eq(deal.id)).await?;
    let asked = Asked {
        config: &config,
        now,
        threshold: config.scores.ready,
        reach: true,
    };
    Ok(web::Json(asked.view(&lines, &HashSet::new(), crossings)))
}

/// How warm a contact is, and why.
#[utoipa::path(get, path = "/api/v1/contacts/{id}/score", tag = "signals", params(ContactId),
    responses((status = 200, body = ScoreView), (status = 404, body = Problem)))]
pub async fn contact_score(
    principal: Principal,
    id: web::Path<ContactId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<web::Json<ScoreView>> {
    let (db, now) = (db.read(), clock.now());
    contact::Entity::find_by_id(*id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("contact"))?;
    let loaded = OfContacts::load(db, &BTreeSet::from([*id])).await?;
    let mut terms: BTreeMap<ContactId, _> = loaded.terms();
    let lines = terms.remove(&id).unwrap_or_default();
    let visible: HashSet<LinkId> = pitch_link::Entity::find()
        .select_only()
        .column(pitch_link::Column::Id)
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(pitch_link::Column::ContactId.eq(*id))
        .filter(visible_opportunities(&principal))
        .into_tuple()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let hidden: HashSet<LinkId> = loaded
        .links
        .keys()
        .copied()
        .filter(|link| !visible.contains(link))
        .collect();
    let crossings = crossings(db, score_crossing::Column::ContactId.eq(*id)).await?;
    let asked = Asked {
        config: &config,
        now,
        threshold: config.scores.contact_ready,
        reach: false,
    };
    Ok(web::Json(asked.view(&lines, &hidden, crossings)))
}

async fn crossings<C: ConnectionTrait>(
    db: &C,
    whose: impl Into<Condition>,
) -> Result<Vec<ScoreCrossing>> {
    let rows = score_crossing::Entity::find()
        .filter(whose.into())
        .order_by_desc(score_crossing::Column::At)
        .limit(CROSSINGS)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ScoreCrossing {
            at: row.at,
            up: row.up,
            value: row.value,
            threshold: row.threshold,
        })
        .collect())
}

/// What was asked for.
struct Asked<'a> {
    config: &'a Config,
    now: DateTime<Utc>,
    threshold: f64,
    reach: bool,
}

impl Asked<'_> {
    fn view(
        &self,
        lines: &[(Reading<'_>, Term)],
        hidden: &HashSet<LinkId>,
        crossings: Vec<ScoreCrossing>,
    ) -> ScoreView {
        let scale = Scale::new(&self.config.scores);
        let all: Vec<&Term> = lines.iter().map(|(_, term)| term).collect();
        let reach = self.reach.then(|| self.reach(&scale, &all));
        let now = |term: &Term| scale.worth(term) * scale.left(term.at, self.now);
        let extra = reach.as_ref().map_or(0.0, |reach| reach.points);
        let value = all.iter().map(|term| now(term)).sum::<f64>() + extra;
        let terms: Vec<Term> = all.iter().map(|term| (*term).clone()).collect();
        let falls_at = scale.falls_at(scale.points(&terms), extra, self.threshold, self.now);
        let mut shown: Vec<ScoreTerm> = lines
            .iter()
            .filter(|(reading, _)| !hidden.contains(&reading.link.id))
            .map(|(reading, term)| self.term(&scale, reading, term))
            .collect();
        shown.sort_by(|a, b| b.points.total_cmp(&a.points));
        let unseen = lines
            .iter()
            .filter(|(reading, _)| hidden.contains(&reading.link.id));
        ScoreView {
            value,
            threshold: self.threshold,
            ready: value >= self.threshold,
            falls_at,
            half_life_days: self.config.scores.half_life_days,
            definition: self.definition(),
            terms: shown,
            hidden: unseen.map(|(_, term)| now(term)).sum(),
            reach,
            history: self.history(&scale, &all),
            crossings,
        }
    }

    fn term(&self, scale: &Scale, reading: &Reading<'_>, term: &Term) -> ScoreTerm {
        let (then, left) = (scale.worth(term), scale.left(term.at, self.now));
        let mut reason = vec![format!(
            "read {:.0} % in {:.1} active minutes",
            term.completion * 100.0,
            term.minutes
        )];
        if term.shares > 0 {
            reason.push(format!("shared {} times", term.shares));
        }
        if term.questions > 0 {
            reason.push(format!("asked {} questions", term.questions));
        }
        let days = (self.now - term.at).num_days();
        reason.push(format!(
            "{days} days ago: {:.0} % of {then:.1} left",
            left * 100.0
        ));
        ScoreTerm {
            visit_id: reading.read.visit,
            at: term.at,
            person: reading.who.name.clone(),
            contact_id: reading.who.contact(),
            pitch_title: reading.link.pitch_title.clone(),
            points_then: then,
            left,
            points: then * left,
            parts: scale
                .parts(term)
                .into_iter()
                .map(|(name, weight, amount, points)| ScorePart {
                    name,
                    weight,
                    amount,
                    points,
                })
                .collect(),
            reason: reason.join(", "),
        }
    }

    fn reach(&self, scale: &Scale, terms: &[&Term]) -> ReachView {
        let readers: BTreeSet<&str> = terms.iter().map(|term| term.reader.as_str()).collect();
        let reached: BTreeSet<&str> = terms
            .iter()
            .filter_map(|term| term.role.as_deref())
            .collect();
        let needed = &self.config.scores.needed_roles;
        let (roles_reached, roles_missing): (Vec<String>, Vec<String>) = needed
            .iter()
            .cloned()
            .partition(|role| reached.contains(role.as_str()));
        let points = scale.reach(readers.len(), reached.len());
        ReachView {
            readers: readers.len(),
            reason: format!(
                "{} people have read; {} of {} needed roles are among them",
                readers.len(),
                roles_reached.len(),
                needed.len()
            ),
            roles_reached,
            roles_missing,
            points,
        }
    }

    fn definition(&self) -> String {
        let scores = &self.config.scores;
        let mut text = format!(
            "Each read by a person is worth {} + {} x ln(1 + active minutes) + {} x share of pages seen + {} x shares + {} x \
             questions, and half of that after every {} days.",
            scores.read,
            scores.minutes,
            scores.completion,
            scores.shared,
            scores.asked,
            scores.half_life_days
        );
        if self.reach {
            // Writing to a string cannot fail.
            let _ = write!(
                text,
                " Reach adds {} for every person who has read and {} for every needed role among them.",
                scores.reader, scores.role
            );
        }
        text
    }

    /// The value at the end of every day of the last three months.
    fn history(&self, scale: &Scale, terms: &[&Term]) -> Vec<ScoreDay> {
        let value = |at: DateTime<Utc>| {
            let known: Vec<&&Term> = terms.iter().filter(|term| term.at <= at).collect();
            let sum: f64 = known
                .iter()
                .map(|term| scale.worth(term) * scale.left(term.at, at))
                .sum();
            if !self.reach {
                return sum;
            }
            let readers: BTreeSet<&str> = known.iter().map(|term| term.reader.as_str()).collect();
            let roles: BTreeSet<&str> = known
                .iter()
                .filter_map(|term| term.role.as_deref())
                .collect();
            sum + scale.reach(readers.len(), roles.len())
        };
        (0..DAYS)
            .rev()
            .map(|ago| {
                let day = (self.now - TimeDelta::days(ago)).date_naive();
                let end = (day + TimeDelta::days(1))
                    .and_time(chrono::NaiveTime::MIN)
                    .and_utc();
                ScoreDay {
                    day,
                    value: value(end.min(self.now)),
                }
            })
            .collect()
    }
}
