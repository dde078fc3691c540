//! A request as one person sees it: deals they may not see are counted among the askers, but neither named nor added up.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};
use serde::Serialize;

use crate::auth::{UserRef, user_refs};
use crate::crm;
use crate::entities::{
    Outcome, RequestStatus, asset, content_request, content_request_join, opportunity,
};
use crate::error::{Error, Result};
use crate::http::{Permission, Principal};
use crate::ids::{AssetId, OpportunityId, RequestId, UserId};
use crate::library;
use crate::money::{Currency, Money};

/// A request for content.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RequestView {
    /// The request.
    pub id: RequestId,
    /// What is missing, in a line.
    pub title: String,
    /// What it is needed for.
    pub purpose: String,
    /// The words that were searched for in vain.
    pub query: String,
    /// For which stage.
    pub stage: Option<String>,
    /// For which industry.
    pub industry: Option<String>,
    /// For whom.
    pub persona: Option<String>,
    /// About which product.
    pub product: Option<String>,
    /// Where it stands.
    pub status: RequestStatus,
    /// Who asked first.
    pub asked_by: Option<UserRef>,
    /// Who sees to it.
    pub owner: Option<UserRef>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// What was made of it, where the caller may see it.
    pub asset: Option<RequestAsset>,
    /// Why it was declined.
    pub decline_reason: String,
    /// How many people ask for it.
    pub demand: i32,
    /// Whether the caller is one of them.
    pub joined: bool,
    /// The open deals behind it that the caller may see, added up by currency.
    pub pipeline: Vec<Money>,
    /// Who asks for it, the first first.
    pub joins: Vec<RequestJoin>,
    /// Whether the caller may change it.
    pub may_edit: bool,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
    /// When it was first asked for.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// Somebody who asks for it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RequestJoin {
    /// Who.
    pub user: UserRef,
    /// Since when.
    pub at: DateTime<Utc>,
    /// For which deal, where the caller may see it.
    pub opportunity: Option<RequestDeal>,
}

/// The deal behind a request.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RequestDeal {
    /// The opportunity.
    pub id: OpportunityId,
    /// Its name.
    pub name: String,
}

/// What was made of a request.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RequestAsset {
    /// The asset.
    pub id: AssetId,
    /// Its title.
    pub title: String,
}

/// One request as `principal` sees it.
pub(super) async fn one_view<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    row: content_request::Model,
) -> Result<RequestView> {
    views(db, principal, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("request"))
}

/// Requests as `principal` sees them, in a handful of queries.
pub(super) async fn views<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    rows: Vec<content_request::Model>,
) -> Result<Vec<RequestView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut joins = joins(db, rows.iter().map(|row| row.id)).await?;
    let of_joins = || joins.values().flatten();
    let people: HashSet<UserId> = rows
        .iter()
        .flat_map(|row| std::iter::once(row.asked_by).chain(row.owner_id))
        .chain(of_joins().map(|join| join.user_id))
        .collect();
    let people = user_refs(db, people).await?;
    let deals: HashMap<OpportunityId, opportunity::Model> = opportunity::Entity::find()
        .filter(opportunity::Column::Id.is_in(of_joins().filter_map(|join| join.opportunity_id)))
        .filter(crm::visible_opportunities(principal))
        .all(db)
        .await?
        .into_iter()
        .map(|deal| (deal.id, deal))
        .collect();
    let assets: HashMap<AssetId, String> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .column(asset::Column::Title)
        .filter(asset::Column::Id.is_in(rows.iter().filter_map(|row| row.asset_id)))
        .filter(library::visible_assets(principal))
        .into_tuple::<(AssetId, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let joins = joins.remove(&row.id).unwrap_or_default();
            RequestView {
                pipeline: pipeline(&joins, &deals),
                joined: joins.iter().any(|join| join.user_id == principal.user_id),
                joins: joins
                    .iter()
                    .filter_map(|join| join_view(join, &people, &deals))
                    .collect(),
                asked_by: people.get(&row.asked_by).cloned(),
                owner: row.owner_id.and_then(|id| people.get(&id).cloned()),
                asset: row.asset_id.and_then(|id| {
                    let title = assets.get(&id)?.clone();
                    Some(RequestAsset { id, title })
                }),
                may_edit: principal.may(Permission::LibraryWrite),
                id: row.id,
                title: row.title,
                purpose: row.purpose,
                query: row.query,
                stage: row.stage,
                industry: row.industry,
                persona: row.persona,
                product: row.product,
                status: row.status,
                due_on: row.due_on,
                decline_reason: row.decline_reason,
                demand: row.demand,
                revision: row.revision,
                created_at: row.created_at,
                updated_at: row.updated_at,
            }
        })
        .collect())
}

async fn joins<C: ConnectionTrait>(
    db: &C,
    requests: impl Iterator<Item = RequestId>,
) -> Result<HashMap<RequestId, Vec<content_request_join::Model>>> {
    let rows = content_request_join::Entity::find()
        .filter(content_request_join::Column::RequestId.is_in(requests))
        .order_by_asc(content_request_join::Column::JoinedAt)
        .all(db)
        .await?;
    let mut joins: HashMap<RequestId, Vec<content_request_join::Model>> = HashMap::new();
    for row in rows {
        joins.entry(row.request_id).or_default().push(row);
    }
    Ok(joins)
}

fn join_view(
    join: &content_request_join::Model,
    people: &HashMap<UserId, UserRef>,
    deals: &HashMap<OpportunityId, opportunity::Model>,
) -> Option<RequestJoin> {
    let deal = join.opportunity_id.and_then(|id| deals.get(&id));
    Some(RequestJoin {
        user: people.get(&join.user_id).cloned()?,
        at: join.joined_at,
        opportunity: deal.map(|deal| RequestDeal {
            id: deal.id,
            name: deal.name.clone(),
        }),
    })
}

/// What the open deals behind the askers are worth: each deal once, each currency for itself.
fn pipeline(
    joins: &[content_request_join::Model],
    deals: &HashMap<OpportunityId, opportunity::Model>,
) -> Vec<Money> {
    let behind: HashSet<OpportunityId> = joins
        .iter()
        .filter_map(|join| join.opportunity_id)
        .collect();
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for deal in behind.iter().filter_map(|id| deals.get(id)) {
        let amount = Money::from_columns(deal.amount_minor, deal.currency.as_deref());
        if let Some(amount) = amount.filter(|_| deal.outcome == Outcome::Open) {
            *sums.entry(amount.currency).or_default() += amount.minor;
        }
    }
    sums.into_iter()
        .map(|(currency, minor)| Money { minor, currency })
        .collect()
}
