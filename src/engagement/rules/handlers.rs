//! The routes: what a visit is, the rules, a new rule, and taking one back.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::super::ingest::Ingest;
use super::super::live::Live;
use super::super::visits::{VisitView, find_visit, view_of};
use super::rejudge::{Changed, chosen_by, hold_visits, rejudge};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::{RuleField, VisitClass, user, visit_rule};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, network_of, next_cursor};
use crate::ids::{LinkId, UserId, VisitId, VisitRuleId};

const LONGEST_VALUE: usize = 300;
const LONGEST_NOTE: usize = 500;
/// A shorter part of an agent's name would be in every browser's.
const SHORTEST_AGENT: usize = 4;

/// What somebody says that a visit is.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What it is; nothing takes back what was said, and the program's judgement counts again.
    pub class: Option<VisitClass>,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// A rule to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRule {
    /// By what it chooses visits.
    pub field: RuleField,
    /// What that must be: an id, a network or an address in it, a browser's random name, or a part of what a browser
    /// calls itself.
    pub value: String,
    /// What these visits are.
    pub class: VisitClass,
    /// Why.
    #[serde(default)]
    pub note: String,
    /// Only says what the rule would do.
    #[serde(default)]
    pub dry_run: bool,
}

/// A rule in force.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RuleView {
    /// The rule.
    pub id: VisitRuleId,
    /// By what it chooses visits.
    pub field: RuleField,
    /// What that must be.
    pub value: String,
    /// What these visits are.
    pub class: VisitClass,
    /// Why.
    pub note: String,
    /// Who made it.
    pub created_by_name: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What making a rule, or taking it back, does.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RuleEffect {
    /// The rule; absent of a trial.
    pub rule: Option<RuleView>,
    /// Visits that it chooses.
    pub matching: u64,
    /// Of these, those that count as something else now.
    pub changed: u64,
    /// How many reads there are more, or fewer.
    pub reads: i64,
}

/// Says what one visit is. Every number follows at once.
#[utoipa::path(put, path = "/api/v1/visits/{id}/class", tag = "engagement", params(VisitId),
    request_body = Verdict,
    responses((status = 200, body = VisitView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn classify_visit(
    principal: Principal,
    id: web::Path<VisitId>,
    body: web::Json<Verdict>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
    ingest: web::Data<Ingest>,
    live: web::Data<Live>,
) -> Result<web::Json<VisitView>> {
    let now = clock.now();
    find_visit(db.read(), &principal, *id).await?;
    let verdict = body.into_inner();
    let note = checked_note(&verdict.note)?;
    let tx = db.begin().await?;
    hold_visits(&tx).await?;
    let value = id.to_string();
    visit_rule::Entity::update_many()
        .col_expr(
            visit_rule::Column::RevokedAt,
            sea_orm::sea_query::Expr::value(now),
        )
        .filter(visit_rule::Column::Field.eq(RuleField::Visit))
        .filter(visit_rule::Column::Value.eq(&value))
        .filter(visit_rule::Column::RevokedAt.is_null())
        .exec(&tx)
        .await?;
    if let Some(class) = verdict.class {
        let new = Checked {
            field: RuleField::Visit,
            value,
            class,
            note,
        };
        new.write(&tx, principal.user_id, now).await?;
    }
    let which = chosen_by(RuleField::Visit, &id.to_string());
    let (_, committed) = rejudge(&tx, &config, &ingest.links, which, now).await?;
    tx.commit().await?;
    live.publish(&committed);
    let row = find_visit(db.read(), &principal, *id).await?;
    view_of(db.read(), row, now).await.map(web::Json)
}

/// The rules in force, the latest first; what was said of single visits is not among them.
#[utoipa::path(get, path = "/api/v1/visit-rules", tag = "engagement", params(ListQuery),
    responses((status = 200, body = Page<RuleView>)))]
pub async fn list_rules(
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<RuleView>>> {
    let mut select = visit_rule::Entity::find()
        .find_also_related(user::Entity)
        .filter(visit_rule::Column::RevokedAt.is_null())
        .filter(visit_rule::Column::Field.ne(RuleField::Visit))
        .order_by_desc(visit_rule::Column::Id)
        .limit(query.limit() + 1);
    if let Some(before) = query.position::<VisitRuleId>()? {
        select = select.filter(visit_rule::Column::Id.lt(before));
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |(row, _)| row.id)?;
    let items = rows
        .into_iter()
        .map(|(row, by)| view(row, by.map(|by| by.name).unwrap_or_default()))
        .collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// Makes a rule. It holds for what was and for what comes; of several that hold, the newest counts, and the word about
/// one visit stands before all.
#[utoipa::path(post, path = "/api/v1/visit-rules", tag = "engagement", request_body = NewRule,
    responses((status = 200, body = RuleEffect, description = "A trial: nothing was kept"),
        (status = 201, body = RuleEffect), (status = 422, body = Problem)))]
pub async fn add_rule(
    principal: Principal,
    body: web::Json<NewRule>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
    ingest: web::Data<Ingest>,
    live: web::Data<Live>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let input = body.into_inner();
    let dry_run = input.dry_run;
    let new = input.checked()?;
    let which = chosen_by(new.field, &new.value);
    let tx = db.begin().await?;
    hold_visits(&tx).await?;
    let row = new.write(&tx, principal.user_id, now).await?;
    let (changed, committed) = rejudge(&tx, &config, &ingest.links, which, now).await?;
    if dry_run {
        tx.rollback().await?;
        return Ok(HttpResponse::Ok().json(effect(None, changed)));
    }
    tx.commit().await?;
    live.publish(&committed);
    let view = view(row, principal.name);
    Ok(HttpResponse::Created().json(effect(Some(view), changed)))
}

/// Takes a rule back: the visits are again what they would be without it.
#[utoipa::path(delete, path = "/api/v1/visit-rules/{id}", tag = "engagement", params(VisitRuleId),
    responses((status = 200, body = RuleEffect), (status = 404, body = Problem)))]
pub async fn revoke_rule(
    id: web::Path<VisitRuleId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
    ingest: web::Data<Ingest>,
    live: web::Data<Live>,
) -> Result<web::Json<RuleEffect>> {
    let now = clock.now();
    let tx = db.begin().await?;
    hold_visits(&tx).await?;
    let row = visit_rule::Entity::find_by_id(*id)
        .filter(visit_rule::Column::RevokedAt.is_null())
        .filter(visit_rule::Column::Field.ne(RuleField::Visit))
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("rule"))?;
    let which = chosen_by(row.field, &row.value);
    let mut row = row.into_active_model();
    row.revoked_at = Set(Some(now));
    row.update(&tx).await?;
    let (changed, committed) = rejudge(&tx, &config, &ingest.links, which, now).await?;
    tx.commit().await?;
    live.publish(&committed);
    Ok(web::Json(effect(None, changed)))
}

/// A rule whose parts were looked at.
struct Checked {
    field: RuleField,
    value: String,
    class: VisitClass,
    note: String,
}

impl NewRule {
    fn checked(self) -> Result<Checked> {
        let text = self.value.trim();
        if text.is_empty() || text.len() > LONGEST_VALUE {
            let message = format!("Say what to look for, in at most {LONGEST_VALUE} bytes.");
            return Err(Error::field("value", message));
        }
        let wrong = |message: &str| Error::field("value", message);
        let value = match self.field {
            RuleField::Visit => text
                .parse::<VisitId>()
                .map_err(|_| wrong("Give the id of a visit."))?
                .to_string(),
            RuleField::Link => text
                .parse::<LinkId>()
                .map_err(|_| wrong("Give the id of a link."))?
                .to_string(),
            RuleField::Network => {
                let address = text.split('/').next().unwrap_or_default();
                // A kept network has no last part in version 6: it ends in `::`, and parses as an address, too.
                let address = address
                    .parse()
                    .map_err(|_| wrong("Give an address, or a network such as 203.0.113.0/24."))?;
                network_of(address)
            }
            RuleField::Agent if text.chars().count() < SHORTEST_AGENT => {
                return Err(wrong("Give at least four characters of the agent's name."));
            }
            RuleField::Browser | RuleField::Agent => text.to_owned(),
        };
        Ok(Checked {
            field: self.field,
            value,
            class: self.class,
            note: checked_note(&self.note)?,
        })
    }
}

impl Checked {
    async fn write<C: ConnectionTrait>(
        self,
        db: &C,
        by: UserId,
        now: DateTime<Utc>,
    ) -> Result<visit_rule::Model> {
        let row = visit_rule::ActiveModel {
            id: Set(VisitRuleId::new(now)),
            field: Set(self.field),
            value: Set(self.value),
            class: Set(self.class),
            note: Set(self.note),
            created_by: Set(by),
            created_at: Set(now),
            revoked_at: Set(None),
        };
        Ok(row.insert(db).await?)
    }
}

fn checked_note(note: &str) -> Result<String> {
    let note = note.trim();
    if note.chars().count() > LONGEST_NOTE {
        let message = format!("A note has at most {LONGEST_NOTE} characters.");
        return Err(Error::field("note", message));
    }
    Ok(note.to_owned())
}

fn view(row: visit_rule::Model, created_by_name: String) -> RuleView {
    RuleView {
        id: row.id,
        field: row.field,
        value: row.value,
        class: row.class,
        note: row.note,
        created_by_name,
        created_at: row.created_at,
    }
}

fn effect(rule: Option<RuleView>, changed: Changed) -> RuleEffect {
    RuleEffect {
        rule,
        matching: changed.matching,
        changed: changed.changed,
        reads: changed.reads,
    }
}
