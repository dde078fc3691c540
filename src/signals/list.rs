//! The signals that one may see, and what somebody did about them.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, RelationTrait as _,
};
use serde::{Deserialize, Serialize};

use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::crm::visible_opportunities;
use crate::db::Db;
use crate::entities::{SignalKind, account, opportunity, signal};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, Problem, next_cursor};
use crate::ids::{AccountId, ContactId, LinkId, OpportunityId, SignalId, VisitId};

/// What nobody has taken care of within this long, nobody will.
const OPEN_FOR: TimeDelta = TimeDelta::days(30);

/// The longest note.
const LONGEST_NOTE: usize = 500;

/// Which signals to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SignalsQuery {
    /// Only those of this opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Only those of this sort.
    #[param(inline)]
    pub kind: Option<SignalKind>,
    /// Only those of the last 30 days that stand and that nobody has taken care of.
    #[serde(default)]
    pub open: bool,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// Something about a reader that is worth an act.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SignalView {
    /// The signal.
    pub id: SignalId,
    /// What sort.
    pub kind: SignalKind,
    /// In which opportunity.
    pub opportunity_id: OpportunityId,
    /// Its name.
    pub opportunity_name: String,
    /// Its account's name.
    pub account_name: String,
    /// The reader, if a contact.
    pub contact_id: Option<ContactId>,
    /// By which link.
    pub link_id: Option<LinkId>,
    /// In which visit.
    pub visit_id: Option<VisitId>,
    /// The reader's name.
    pub person: Option<String>,
    /// What happened.
    pub title: String,
    /// Why that is said, with its numbers.
    pub detail: String,
    /// What could be done now.
    pub next_step: String,
    /// The numbers, for programs.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// When it happened.
    pub happened_at: DateTime<Utc>,
    /// When it turned out not to be so.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Why.
    pub withdrawn_reason: Option<String>,
    /// When somebody took care of it.
    pub handled_at: Option<DateTime<Utc>>,
    /// Who.
    pub handled_by: Option<UserRef>,
    /// Waved aside, rather than acted on.
    pub dismissed: bool,
    /// What they noted.
    pub handled_note: Option<String>,
}

/// What somebody did about a signal.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandleSignal {
    /// Whether it is taken care of; false opens it again.
    pub handled: bool,
    /// Waved aside, rather than acted on; that needs a note saying why.
    #[serde(default)]
    pub dismissed: bool,
    /// What was done, or why it is none.
    #[serde(default)]
    pub note: Option<String>,
}

/// The signals that one may see, the latest first.
#[utoipa::path(get, path = "/api/v1/signals", tag = "signals", params(SignalsQuery),
    responses((status = 200, body = Page<SignalView>)))]
pub async fn list_signals(
    principal: Principal,
    query: web::Query<SignalsQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<SignalView>>> {
    let query = query.into_inner();
    let page = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut wanted = Condition::all()
        .add_option(
            query
                .opportunity
                .map(|id| signal::Column::OpportunityId.eq(id)),
        )
        .add_option(query.kind.map(|kind| signal::Column::Kind.eq(kind)));
    if query.open {
        wanted = wanted
            .add(signal::Column::HandledAt.is_null())
            .add(signal::Column::WithdrawnAt.is_null())
            .add(signal::Column::HappenedAt.gt(clock.now() - OPEN_FOR));
    }
    if let Some((at, id)) = page.position::<(DateTime<Utc>, SignalId)>()? {
        let same = Condition::all()
            .add(signal::Column::HappenedAt.eq(at))
            .add(signal::Column::Id.lt(id));
        wanted = wanted.add(
            Condition::any()
                .add(signal::Column::HappenedAt.lt(at))
                .add(same),
        );
    }
    let mut rows = visible(&principal)
        .filter(wanted)
        .order_by_desc(signal::Column::HappenedAt)
        .order_by_desc(signal::Column::Id)
        .limit(page.limit() + 1)
        .all(db.read())
        .await?;
    let next_cursor = next_cursor(&mut rows, page.limit(), |row| (row.happened_at, row.id))?;
    let items = views(db.read(), rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

/// Notes that a signal was taken care of, or waves it aside.
#[utoipa::path(patch, path = "/api/v1/signals/{id}", tag = "signals", params(SignalId), request_body = HandleSignal,
    responses((status = 200, body = SignalView), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn handle_signal(
    principal: Principal,
    id: web::Path<SignalId>,
    body: web::Json<HandleSignal>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<SignalView>> {
    let input = body.into_inner();
    let note = input
        .note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if note
        .as_ref()
        .is_some_and(|note| note.chars().count() > LONGEST_NOTE)
    {
        return Err(Error::field(
            "note",
            format!("A note has at most {LONGEST_NOTE} characters."),
        ));
    }
    if input.handled && input.dismissed && note.is_none() {
        return Err(Error::field("note", "Say why it is to be waved aside."));
    }
    let tx = db.begin().await?;
    let row = visible(&principal)
        .filter(signal::Column::Id.eq(*id))
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("signal"))?;
    let mut row = row.into_active_model();
    row.handled_at = Set(input.handled.then(|| clock.now()));
    row.handled_by = Set(input.handled.then_some(principal.user_id));
    row.dismissed = Set(input.handled && input.dismissed);
    row.handled_note = Set(note.filter(|_| input.handled));
    let row = row.update(&tx).await?;
    let view = views(&tx, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::internal("one row made no view"))?;
    tx.commit().await?;
    Ok(web::Json(view))
}

/// The signals of opportunities that the principal may see.
fn visible(principal: &Principal) -> sea_orm::Select<signal::Entity> {
    signal::Entity::find()
        .join(JoinType::InnerJoin, signal::Relation::Opportunity.def())
        .filter(visible_opportunities(principal))
}

/// Signals with the names around them, in two more queries.
async fn views<C: ConnectionTrait>(db: &C, rows: Vec<signal::Model>) -> Result<Vec<SignalView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let deals: Vec<(OpportunityId, String, AccountId, String)> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .column(opportunity::Column::Name)
        .column(opportunity::Column::AccountId)
        .column_as(account::Column::Name, "account_name")
        .join(JoinType::InnerJoin, opportunity::Relation::Account.def())
        .filter(opportunity::Column::Id.is_in(rows.iter().map(|row| row.opportunity_id)))
        .into_tuple()
        .all(db)
        .await?;
    let deals: HashMap<OpportunityId, (String, String)> = deals
        .into_iter()
        .map(|(id, name, _, account)| (id, (name, account)))
        .collect();
    let users = user_refs(db, rows.iter().filter_map(|row| row.handled_by)).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (opportunity_name, account_name) =
                deals.get(&row.opportunity_id).cloned().unwrap_or_default();
            SignalView {
                id: row.id,
                kind: row.kind,
                opportunity_id: row.opportunity_id,
                opportunity_name,
                account_name,
                contact_id: row.contact_id,
                link_id: row.link_id,
                visit_id: row.visit_id,
                person: row.person,
                title: row.title,
                detail: row.detail,
                next_step: row.next_step,
                facts: row.facts,
                happened_at: row.happened_at,
                withdrawn_at: row.withdrawn_at,
                withdrawn_reason: row.withdrawn_reason,
                handled_at: row.handled_at,
                handled_by: row.handled_by.and_then(|id| users.get(&id).cloned()),
                dismissed: row.dismissed,
                handled_note: row.handled_note,
            }
        })
        .collect())
}
