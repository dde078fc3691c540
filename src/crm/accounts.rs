//! Accounts: the list, and one with its people and opportunities.

use std::collections::HashMap;

use actix_web::web;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::{Deserialize, Serialize};

use super::contacts::{ContactView, contacts_of};
use super::opportunities::{OpportunitySummary, summaries};
use super::scope::visible_opportunities;
use super::warmth::Thermometer;
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, contains_text};
use crate::entities::{Outcome, account, opportunity};
use crate::error::{Error, Result};
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::{AccountId, UserId};

/// How many opportunities an account's page shows, the last changed first.
const SHOWN: u64 = 200;

/// An account in a list.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AccountSummary {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Its web domain.
    pub domain: Option<String>,
    /// Its industry.
    pub industry: Option<String>,
    /// `small`, `mid` or `enterprise`.
    pub size: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Whose it is.
    pub owner: Option<UserRef>,
    /// How many open opportunities there are, of those one may see.
    pub open_opportunities: i64,
}

/// An account with what belongs to it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AccountDetail {
    /// As in the list.
    #[serde(flatten)]
    pub summary: AccountSummary,
    /// The country.
    pub country: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The people there by name.
    pub contacts: Vec<ContactView>,
    /// Its opportunities, of those one may see, the last changed first.
    pub opportunities: Vec<OpportunitySummary>,
}

/// What to list.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountQuery {
    /// Only those whose name or domain has this in it.
    pub q: Option<String>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The accounts by name.
#[utoipa::path(get, path = "/api/v1/accounts", tag = "accounts", params(AccountQuery), responses(
    (status = 200, body = Page<AccountSummary>),
))]
pub async fn list_accounts(
    principal: Principal,
    query: web::Query<AccountQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<AccountSummary>>> {
    let AccountQuery { q, cursor, limit } = query.into_inner();
    let page = ListQuery { cursor, limit };
    let mut select = account::Entity::find()
        .order_by_asc(account::Column::Name)
        .order_by_asc(account::Column::Id)
        .limit(page.limit() + 1);
    if let Some(text) = q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        select = select.filter(
            contains_text((account::Entity, account::Column::Name), text).or(contains_text(
                (account::Entity, account::Column::Domain),
                text,
            )),
        );
    }
    if let Some((name, id)) = page.position::<(String, AccountId)>()? {
        select = select.filter(
            account::Column::Name.gt(&name).or(account::Column::Name
                .eq(&name)
                .and(account::Column::Id.gt(id))),
        );
    }
    let mut rows = select.all(db.read()).await?;
    let next_cursor = next_cursor(&mut rows, page.limit(), |row| (row.name.clone(), row.id))?;
    let facts = Facts::load(db.read(), &principal, &rows).await?;
    let items = rows.into_iter().map(|row| facts.summary(row)).collect();
    Ok(web::Json(Page { items, next_cursor }))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "accounts", params(AccountId), responses(
    (status = 200, body = AccountDetail),
))]
pub async fn get_account(
    principal: Principal,
    id: web::Path<AccountId>,
    db: web::Data<Db>,
    config: web::Data<Config>,
    clock: web::Data<Clock>,
) -> Result<web::Json<AccountDetail>> {
    let db = db.read();
    let thermometer = Thermometer::new(&config, clock.now());
    let row = account::Entity::find_by_id(*id)
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("account"))?;
    let opportunities = opportunity::Entity::find()
        .filter(opportunity::Column::AccountId.eq(*id))
        .filter(visible_opportunities(&principal))
        .order_by_desc(opportunity::Column::UpdatedAt)
        .order_by_desc(opportunity::Column::Id)
        .limit(SHOWN)
        .all(db)
        .await?
        .into_iter()
        .map(|opportunity| (opportunity, row.clone()))
        .collect();
    let facts = Facts::load(db, &principal, std::slice::from_ref(&row)).await?;
    Ok(web::Json(AccountDetail {
        country: row.country.clone(),
        city: row.city.clone(),
        phone: row.phone.clone(),
        contacts: contacts_of(db, &thermometer, &row).await?,
        opportunities: summaries(db, &thermometer, opportunities).await?,
        summary: facts.summary(row),
    }))
}

/// What the summaries need beyond the rows.
struct Facts {
    owners: HashMap<UserId, UserRef>,
    open: HashMap<AccountId, i64>,
}

impl Facts {
    async fn load<C: ConnectionTrait>(
        db: &C,
        principal: &Principal,
        rows: &[account::Model],
    ) -> Result<Self> {
        let owners = user_refs(db, rows.iter().filter_map(|row| row.owner_id)).await?;
        let open: Vec<(AccountId, i64)> = opportunity::Entity::find()
            .select_only()
            .column(opportunity::Column::AccountId)
            .column_as(opportunity::Column::Id.count(), "open_opportunities")
            .filter(opportunity::Column::AccountId.is_in(rows.iter().map(|row| row.id)))
            .filter(opportunity::Column::Outcome.eq(Outcome::Open))
            .filter(visible_opportunities(principal))
            .group_by(opportunity::Column::AccountId)
            .into_tuple()
            .all(db)
            .await?;
        Ok(Self {
            owners,
            open: open.into_iter().collect(),
        })
    }

    fn summary(&self, row: account::Model) -> AccountSummary {
        AccountSummary {
            open_opportunities: self.open.get(&row.id).copied().unwrap_or(0),
            owner: row.owner_id.and_then(|id| self.owners.get(&id).cloned()),
            id: row.id,
            name: row.name,
            domain: row.domain,
            industry: row.industry,
            size: row.size,
            region: row.region,
        }
    }
}
