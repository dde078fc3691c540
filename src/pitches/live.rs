//! In which live pitches an asset is: for the marketer who is about to change or retire it, and for its senders.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Serialize;

use super::flagged::{open_links, open_pitches};
use super::reads::link_reads;
use super::scope::pitches_visible_to;
use super::views::PitchOpportunityRef;
use crate::auth::{UserRef, user_refs};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{opportunity, pitch, pitch_item, pitch_link};
use crate::error::Result;
use crate::http::{ListQuery, Principal, Problem, next_cursor};
use crate::ids::{AssetId, LinkId, OpportunityId, PitchId};
use crate::library;

/// One page of the live pitches with an asset.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LivePitches {
    /// The latest change first.
    pub items: Vec<LivePitch>,
    /// Where the next page begins; absent on the last.
    pub next_cursor: Option<String>,
    /// How many the caller may see, over all pages.
    pub total: u64,
}

/// A pitch with links that open today.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LivePitch {
    /// The pitch.
    pub id: PitchId,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub opportunity: PitchOpportunityRef,
    /// Whose it is.
    pub owner: UserRef,
    /// The single pages of the asset that are in it; empty for the whole asset.
    pub pages: Vec<i32>,
    /// How many of its links open today.
    pub open_links: i64,
    /// When it was read last.
    pub last_read_at: Option<DateTime<Utc>>,
}

/// The live pitches that an asset is in.
#[utoipa::path(get, path = "/api/v1/assets/{id}/live-pitches", tag = "pitches", params(AssetId, ListQuery), responses(
    (status = 200, body = LivePitches), (status = 404, body = Problem),
))]
pub async fn list_live_pitches(
    principal: Principal,
    id: web::Path<AssetId>,
    query: web::Query<ListQuery>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<web::Json<LivePitches>> {
    let (db, now) = (db.read(), clock.now());
    let asset = library::find_asset(db, &principal, *id).await?;
    let with_asset = Query::select()
        .column(pitch_item::Column::PitchId)
        .from(pitch_item::Entity)
        .and_where(pitch_item::Column::AssetId.eq(asset.id))
        .to_owned();
    let live = pitches_visible_to(&principal)
        .filter(pitch::Column::Id.in_subquery(with_asset))
        .filter(pitch::Column::Id.in_subquery(open_pitches(now)));
    let total = live.clone().count(db).await?;
    let mut select = live
        .order_by_desc(pitch::Column::UpdatedAt)
        .order_by_desc(pitch::Column::Id)
        .limit(query.limit() + 1);
    if let Some((at, id)) = query.position::<(DateTime<Utc>, PitchId)>()? {
        let same_time = pitch::Column::UpdatedAt
            .eq(at)
            .and(pitch::Column::Id.lt(id));
        select = select.filter(pitch::Column::UpdatedAt.lt(at).or(same_time));
    }
    let mut rows = select.all(db).await?;
    let next_cursor = next_cursor(&mut rows, query.limit(), |row| (row.updated_at, row.id))?;
    let ids: Vec<PitchId> = rows.iter().map(|row| row.id).collect();

    let owners = user_refs(db, rows.iter().map(|row| row.owner_id)).await?;
    let names: HashMap<OpportunityId, String> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .column(opportunity::Column::Name)
        .filter(opportunity::Column::Id.is_in(rows.iter().map(|row| row.opportunity_id)))
        .into_tuple::<(OpportunityId, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut pages: HashMap<PitchId, Vec<i32>> = HashMap::new();
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.is_in(ids.iter().copied()))
        .filter(pitch_item::Column::AssetId.eq(asset.id))
        .order_by_asc(pitch_item::Column::PageNumber)
        .all(db)
        .await?;
    for item in items {
        pages
            .entry(item.pitch_id)
            .or_default()
            .extend(item.page_number);
    }
    let open = open_links(db, now, ids.iter().copied()).await?;
    let reads = link_reads(db, &ids).await?;
    let links: Vec<(PitchId, LinkId)> = pitch_link::Entity::find()
        .select_only()
        .column(pitch_link::Column::PitchId)
        .column(pitch_link::Column::Id)
        .filter(pitch_link::Column::PitchId.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let items = rows
        .into_iter()
        .filter_map(|row| {
            Some(LivePitch {
                id: row.id,
                opportunity: PitchOpportunityRef {
                    id: row.opportunity_id,
                    name: names.get(&row.opportunity_id).cloned()?,
                },
                owner: owners.get(&row.owner_id).cloned()?,
                title: row.title,
                pages: pages.remove(&row.id).unwrap_or_default(),
                open_links: open.get(&row.id).copied().unwrap_or_default(),
                last_read_at: links
                    .iter()
                    .filter(|(pitch, _)| *pitch == row.id)
                    .filter_map(|(_, link)| reads.get(link)?.last_read_at)
                    .max(),
            })
        })
        .collect();
    Ok(web::Json(LivePitches {
        items,
        next_cursor,
        total,
    }))
}
