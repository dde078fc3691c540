//! The opportunities one may see: filtered, sorted, paged.

use std::str::FromStr;

use actix_web::web;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, JoinType, Order, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationDef,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::summary::{OpportunitySummary, summaries};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::scope::visible_opportunities;
use crate::crm::warmth::{Thermometer, Warmest};
use crate::db::{Db, contains_text};
use crate::entities::{Outcome, Stage, account, opportunity, opportunity_score};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::{OpportunityId, UserId};

/// Whose opportunities: `me`, or a user's id.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub enum OwnerFilter {
    /// The principal's own.
    Me,
    /// That user's.
    User(UserId),
}

impl TryFrom<String> for OwnerFilter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "me" {
            return Ok(Self::Me);
        }
        UserId::from_str(&text)
            .map(Self::User)
            .map_err(|_| "owner must be me or a user's id".to_owned())
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OpportunitySort {
    /// The last changed first.
    #[default]
    Updated,
    /// The largest amount first, whatever its currency; those without one last.
    Amount,
    /// The next to close first; those without a date last.
    Close,
    /// The warmest first; those that nobody has read last.
    Score,
}

/// What to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OpportunityQuery {
    /// Whose: `me`, or a user's id.
    #[param(value_type = Option<String>)]
    pub owner: Option<OwnerFilter>,
    /// Only those with this outcome.
    #[param(inline)]
    pub outcome: Option<Outcome>,
    /// Only those in this stage.
    #[param(inline)]
    pub stage: Option<Stage>,
    /// Only those whose name or account has this in it.
    pub q: Option<String>,
    /// `updated` where not said.
    #[serde(default)]
    #[param(inline)]
    pub sort: OpportunitySort,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The opportunities one may see.
#[utoipa::path(get, path = "/api/v1/opportunities", tag = "opportunities", params(OpportunityQuery), responses(
    (status = 200, body = Page<OpportunitySummary>),
))]
pub async fn list_opportunities(
    principal: Principal,
    query: web::Query<OpportunityQuery>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<web::Json<Page<OpportunitySummary>>> {
    let query = query.into_inner();
    let page = ListQuery {
        cursor: query.cursor.clone(),
        limit: query.limit,
    };
    let begun = match query.sort {
        OpportunitySort::Score => page.position::<Warmest<OpportunityId>>()?,
        _ => None,
    };
    let now = begun.map_or_else(|| clock.now(), |begun| begun.now());
    let thermometer = Thermometer::new(&config, now);
    let mut select = opportunity::Entity::find()
        .find_also_related(account::Entity)
        .filter(visible_opportunities(&principal))
        .filter(wanted(&query, &principal))
        .order_by(sort_key(query.sort, &thermometer), direction(query.sort))
        .order_by_desc(opportunity::Column::Id)
        .limit(page.limit() + 1);
    if let OpportunitySort::Score = query.sort {
        select = select.join(JoinType::LeftJoin, scores_of_opportunities());
    }
    if let Some(after) = after(query.sort, &page, &thermometer)? {
        select = select.filter(after);
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = match query.sort {
        OpportunitySort::Updated => {
            next_cursor(&mut rows, page.limit(), |(row, _)| (row.updated_at, row.id))
        }
        OpportunitySort::Amount => next_cursor(&mut rows, page.limit(), |(row, _)| {
            (row.amount_minor.unwrap_or(NO_AMOUNT), row.id)
        }),
        OpportunitySort::Close => next_cursor(&mut rows, page.limit(), |(row, _)| {
            (row.expected_close_on.unwrap_or(NO_DATE), row.id)
        }),
        OpportunitySort::Score => {
            let ids: Vec<OpportunityId> = rows.iter().map(|(row, _)| row.id).collect();
            let scores = thermometer.opportunities(db.read(), &ids).await?;
            next_cursor(&mut rows, page.limit(), |(row, _)| {
                Warmest::new(now, scores.get(&row.id), row.id)
            })
        }
    }?;
    let rows = rows
        .into_iter()
        .map(|(row, account)| {
            account
                .map(|account| (row, account))
                .ok_or_else(|| Error::internal("an opportunity has no account"))
        })
        .collect::<Result<Vec<_>>>()?;
    let items = summaries(db.read(), &thermometer, rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

fn wanted(query: &OpportunityQuery, principal: &Principal) -> Condition {
    let owner = query.owner.map(|owner| match owner {
        OwnerFilter::Me => principal.user_id,
        OwnerFilter::User(id) => id,
    });
    let text = query.q.as_deref().map(str::trim).filter(|q| !q.is_empty());
    Condition::all()
        .add_option(owner.map(|id| opportunity::Column::OwnerId.eq(id)))
        .add_option(query.outcome.map(|it| opportunity::Column::Outcome.eq(it)))
        .add_option(query.stage.map(|it| opportunity::Column::Stage.eq(it)))
        .add_option(text.map(|text| {
            Condition::any()
                .add(contains_text(
                    (opportunity::Entity, opportunity::Column::Name),
                    text,
                ))
                .add(contains_text(
                    (account::Entity, account::Column::Name),
                    text,
                ))
        }))
}

/// Stands for "no amount" in the order; below every real one.
const NO_AMOUNT: i64 = i64::MIN;

/// Stands for "no date" in the order; after every real one.
const NO_DATE: NaiveDate = match NaiveDate::from_ymd_opt(9999, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

fn sort_key(sort: OpportunitySort, thermometer: &Thermometer) -> SimpleExpr {
    let column = |column| Expr::col((opportunity::Entity, column));
    match sort {
        OpportunitySort::Updated => column(opportunity::Column::UpdatedAt),
        OpportunitySort::Amount => Func::coalesce([
            column(opportunity::Column::AmountMinor),
            Expr::value(NO_AMOUNT),
        ])
        .into(),
        OpportunitySort::Close => Func::coalesce([
            column(opportunity::Column::ExpectedCloseOn),
            Expr::value(NO_DATE),
        ])
        .into(),
        OpportunitySort::Score => thermometer.opportunity_key(),
    }
}

fn direction(sort: OpportunitySort) -> Order {
    match sort {
        OpportunitySort::Updated | OpportunitySort::Amount | OpportunitySort::Score => Order::Desc,
        OpportunitySort::Close => Order::Asc,
    }
}

/// The rows behind the cursor.
fn after(
    sort: OpportunitySort,
    page: &ListQuery,
    thermometer: &Thermometer,
) -> Result<Option<Condition>> {
    let behind = |sort, key, id| behind(sort, thermometer, key, id);
    Ok(match sort {
        OpportunitySort::Updated => {
            position::<DateTime<Utc>>(page)?.map(|(key, id)| behind(sort, key.into(), id))
        }
        OpportunitySort::Amount => {
            position::<i64>(page)?.map(|(key, id)| behind(sort, key.into(), id))
        }
        OpportunitySort::Close => {
            position::<NaiveDate>(page)?.map(|(key, id)| behind(sort, key.into(), id))
        }
        OpportunitySort::Score => page
            .position::<Warmest<OpportunityId>>()?
            .map(|after| behind(sort, after.value().into(), after.id())),
    })
}

fn position<K: DeserializeOwned + Serialize>(
    page: &ListQuery,
) -> Result<Option<(K, OpportunityId)>> {
    page.position()
}

/// The scores beside the opportunities.
fn scores_of_opportunities() -> RelationDef {
    opportunity::Entity::belongs_to(opportunity_score::Entity)
        .from(opportunity::Column::Id)
        .to(opportunity_score::Column::OpportunityId)
        .into()
}

fn behind(
    sort: OpportunitySort,
    thermometer: &Thermometer,
    key: sea_orm::Value,
    id: OpportunityId,
) -> Condition {
    let sort_key = |sort| sort_key(sort, thermometer);
    let key = Expr::value(key);
    let further = match direction(sort) {
        Order::Asc => sort_key(sort).gt(key.clone()),
        _ => sort_key(sort).lt(key.clone()),
    };
    Condition::any()
        .add(further)
        .add(sort_key(sort).eq(key).and(opportunity::Column::Id.lt(id)))
}
