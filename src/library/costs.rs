//! What a piece of collateral cost to make and to keep: amounts with a currency and a day. Amounts of different
//! currencies are never added up.

use std::collections::{BTreeMap, HashSet};

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    ExprTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::scope::find_asset;
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{CostKind, asset_cost};
use crate::error::{Error, FieldError, Result};
use crate::http::{IfMatch, ListQuery, Principal, Problem, next_cursor, with_etag};
use crate::ids::{AssetId, CostId};
use crate::money::Money;

pub(super) const LONGEST_NOTE: usize = 500;
/// More than any one bill, so that sums stay whole numbers that every JSON reader takes.
const LARGEST_MINOR: i64 = 1_000_000_000_000;

/// A cost as it is typed in.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct CostInput {
    /// For making it, or for keeping it up to date.
    pub kind: CostKind,
    /// How much; more than nothing.
    pub amount: Money,
    /// The day it was spent.
    pub spent_on: NaiveDate,
    /// For what.
    #[serde(default)]
    pub note: String,
}

/// A cost.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CostView {
    /// The cost.
    pub id: CostId,
    /// For making it, or for keeping it up to date.
    pub kind: CostKind,
    /// How much.
    pub amount: Money,
    /// The day it was spent.
    pub spent_on: NaiveDate,
    /// For what.
    pub note: String,
    /// Who noted it; absent where it came from a file.
    pub created_by: Option<UserRef>,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
}

/// What an asset cost.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CostsPage {
    /// The latest day first.
    pub items: Vec<CostView>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// All that was spent, over all pages, by currency.
    pub total: Vec<Money>,
    /// Of that, for making it.
    pub production: Vec<Money>,
    /// Of that, for keeping it up to date.
    pub upkeep: Vec<Money>,
}

/// What an asset cost, and the sums.
#[utoipa::path(get, path = "/api/v1/assets/{id}/costs", tag = "library", params(AssetId, ListQuery), responses(
    (status = 200, body = CostsPage), (status = 404, body = Problem),
))]
pub async fn list_costs(
    principal: Principal,
    id: web::Path<AssetId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<CostsPage>> {
    let db = db.read();
    let asset = find_asset(db, &principal, *id).await?;
    let mut select = asset_cost::Entity::find()
        .filter(asset_cost::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_cost::Column::SpentOn)
        .order_by_desc(asset_cost::Column::Id)
        .limit(query.limit() + 1);
    if let Some((day, id)) = query.position::<(NaiveDate, CostId)>()? {
        let same_day = asset_cost::Column::SpentOn
            .eq(day)
            .and(asset_cost::Column::Id.lt(id));
        select = select.filter(asset_cost::Column::SpentOn.lt(day).or(same_day));
    }
    let mut rows = select.all(db).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| (row.spent_on, row.id))?;
    let sums = sums(db, asset.id).await?;
    Ok(web::Json(CostsPage {
        items: views(db, rows).await?,
        next_cursor,
        total: added(&sums, |_| true),
        production: added(&sums, |kind| kind == CostKind::Production),
        upkeep: added(&sums, |kind| kind == CostKind::Upkeep),
    }))
}

/// Note what was spent on an asset.
#[utoipa::path(post, path = "/api/v1/assets/{id}/costs", tag = "library", params(AssetId),
    request_body = CostInput, responses(
    (status = 201, body = CostView), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_cost(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<CostInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let new = body.into_inner().checked()?;
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    let row = asset_cost::ActiveModel {
        id: Set(CostId::new(now)),
        asset_id: Set(asset.id),
        kind: Set(new.kind),
        amount_minor: Set(new.amount.minor),
        currency: Set(new.amount.currency.into()),
        spent_on: Set(new.spent_on),
        note: Set(new.note),
        import_key: Set(None),
        created_by: Set(Some(principal.user_id)),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&tx)
    .await?;
    let view = one_view(&tx, row).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view))
}

/// Correct a cost.
#[utoipa::path(put, path = "/api/v1/costs/{id}", tag = "library",
    params(CostId, ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = CostInput, responses(
    (status = 200, body = CostView), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_cost(
    principal: Principal,
    id: web::Path<CostId>,
    if_match: IfMatch,
    body: web::Json<CostInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let new = body.into_inner().checked()?;
    let tx = db.begin().await?;
    let old = find_cost(&tx, &principal, *id).await?;
    if_match.require(old.revision)?;
    let revision = old.revision + 1;
    let mut row = old.into_active_model();
    row.kind = Set(new.kind);
    row.amount_minor = Set(new.amount.minor);
    row.currency = Set(new.amount.currency.into());
    row.spent_on = Set(new.spent_on);
    row.note = Set(new.note);
    row.revision = Set(revision);
    row.updated_at = Set(clock.now());
    let view = one_view(&tx, row.update(&tx).await?).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}

/// Take a cost away that was noted by mistake.
#[utoipa::path(delete, path = "/api/v1/costs/{id}", tag = "library", params(CostId), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn delete_cost(
    principal: Principal,
    id: web::Path<CostId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let row = find_cost(&tx, &principal, *id).await?;
    asset_cost::Entity::delete_by_id(row.id).exec(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

impl CostInput {
    /// The same, trimmed, or what is wrong with it.
    fn checked(mut self) -> Result<Self> {
        self.note = String::from(self.note.trim());
        let mut faults = Vec::new();
        if let Some(detail) = amount_fault(&self.amount) {
            faults.push(FieldError {
                field: "amount".to_owned(),
                detail: detail.to_owned(),
            });
        }
        if self.note.chars().count() > LONGEST_NOTE {
            faults.push(FieldError {
                field: "note".to_owned(),
                detail: format!("A note has {LONGEST_NOTE} characters at the most."),
            });
        }
        if faults.is_empty() {
            return Ok(self);
        }
        Err(Error::fields(faults))
    }
}

/// What is wrong with an amount that was spent.
pub(super) fn amount_fault(amount: &Money) -> Option<&'static str> {
    match amount.minor {
        ..=0 => Some("must be more than nothing"),
        1..=LARGEST_MINOR => None,
        _ => Some("is too large an amount"),
    }
}

async fn find_cost<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: CostId,
) -> Result<asset_cost::Model> {
    let row = asset_cost::Entity::find_by_id(id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("cost"))?;
    find_asset(db, principal, row.asset_id).await?;
    Ok(row)
}

/// The sums of an asset by kind and currency.
async fn sums<C: ConnectionTrait>(db: &C, asset: AssetId) -> Result<Vec<(CostKind, Money)>> {
    let rows: Vec<(CostKind, String, i64)> = asset_cost::Entity::find()
        .select_only()
        .column(asset_cost::Column::Kind)
        .column(asset_cost::Column::Currency)
        // A sum of big integers is a decimal on PostgreSQL unless it is made one again.
        .column_as(
            asset_cost::Column::AmountMinor.sum().cast_as("bigint"),
            "amount",
        )
        .filter(asset_cost::Column::AssetId.eq(asset))
        .group_by(asset_cost::Column::Kind)
        .group_by(asset_cost::Column::Currency)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(kind, currency, minor)| {
            Some((kind, Money::from_columns(Some(minor), Some(&currency))?))
        })
        .collect())
}

/// The sums of the kinds that are wanted, by currency.
fn added(sums: &[(CostKind, Money)], wanted: impl Fn(CostKind) -> bool) -> Vec<Money> {
    let mut totals: BTreeMap<_, i64> = BTreeMap::new();
    for (_, money) in sums.iter().filter(|(kind, _)| wanted(*kind)) {
        *totals.entry(money.currency.clone()).or_default() += money.minor;
    }
    totals
        .into_iter()
        .map(|(currency, minor)| Money { minor, currency })
        .collect()
}

async fn one_view<C: ConnectionTrait>(db: &C, row: asset_cost::Model) -> Result<CostView> {
    views(db, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("cost"))
}

async fn views<C: ConnectionTrait>(db: &C, rows: Vec<asset_cost::Model>) -> Result<Vec<CostView>> {
    let people: HashSet<_> = rows.iter().filter_map(|row| row.created_by).collect();
    let people = user_refs(db, people).await?;
    rows.into_iter()
        .map(|row| {
            let amount = Money::from_columns(Some(row.amount_minor), Some(&row.currency))
                .ok_or_else(|| Error::internal("a cost without a currency"))?;
            Ok(CostView {
                id: row.id,
                kind: row.kind,
                amount,
                spent_on: row.spent_on,
                note: row.note,
                created_by: row.created_by.and_then(|id| people.get(&id).cloned()),
                revision: row.revision,
            })
        })
        .collect()
}
