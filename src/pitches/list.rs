//! The list of pitches.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Deserialize;

use super::items::Found;
use super::load::owner_ref;
use super::reads::link_reads;
use super::scope::pitches_visible_to;
use super::views::{PitchOpportunityRef, PitchSummary};
use crate::auth::user_refs;
use crate::db::Db;
use crate::entities::{opportunity, pitch, pitch_item, pitch_link};
use crate::error::Result;
use crate::http::{ListQuery, Page, Principal, next_cursor};
use crate::ids::{LinkId, OpportunityId, PitchId};
use crate::library;

/// Which pitches.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PitchQuery {
    /// Only those for this opportunity.
    pub opportunity: Option<OpportunityId>,
    /// Where to go on: `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// How many items at the most, 1 to 200; 50 where not said.
    pub limit: Option<u64>,
}

/// The pitches that one can see, the latest change first.
#[utoipa::path(get, path = "/api/v1/pitches", tag = "pitches", params(PitchQuery), responses(
    (status = 200, body = Page<PitchSummary>),
))]
pub async fn list_pitches(
    principal: Principal,
    query: web::Query<PitchQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<Page<PitchSummary>>> {
    let query = query.into_inner();
    let list = ListQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let mut select = pitches_visible_to(&principal);
    if let Some(opportunity) = query.opportunity {
        select = select.filter(pitch::Column::OpportunityId.eq(opportunity));
    }
    if let Some((at, id)) = list.position::<(DateTime<Utc>, PitchId)>()? {
        select = select.filter(
            pitch::Column::UpdatedAt.lt(at).or(pitch::Column::UpdatedAt
                .eq(at)
                .and(pitch::Column::Id.lt(id))),
        );
    }
    let mut rows = select
        .order_by_desc(pitch::Column::UpdatedAt)
        .order_by_desc(pitch::Column::Id)
        .limit(list.limit() + 1)
        .all(db.read())
        .await?;
    let next_cursor = next_cursor(&mut rows, list.limit(), |pitch| {
        (pitch.updated_at, pitch.id)
    })?;
    let items = summaries(db.read(), rows).await?;
    Ok(web::Json(Page { items, next_cursor }))
}

async fn summaries<C: ConnectionTrait>(
    db: &C,
    pitches: Vec<pitch::Model>,
) -> Result<Vec<PitchSummary>> {
    let ids: Vec<PitchId> = pitches.iter().map(|pitch| pitch.id).collect();
    let opportunities: HashMap<OpportunityId, String> = opportunity::Entity::find()
        .select_only()
        .column(opportunity::Column::Id)
        .column(opportunity::Column::Name)
        .filter(opportunity::Column::Id.is_in(pitches.iter().map(|pitch| pitch.opportunity_id)))
        .into_tuple::<(OpportunityId, String)>()
        .all(db)
        .await?
        .into_iter()
        .collect();
    let mut owners = user_refs(db, pitches.iter().map(|pitch| pitch.owner_id)).await?;
    let contents = contents(db, &ids).await?;
    let links = links(db, &ids).await?;
    let reads = link_reads(db, &ids).await?;
    Ok(pitches
        .into_iter()
        .map(|pitch| {
            let content = contents.get(&pitch.id).cloned().unwrap_or_default();
            let links = links.get(&pitch.id).map(Vec::as_slice).unwrap_or_default();
            PitchSummary {
                opportunity: PitchOpportunityRef {
                    id: pitch.opportunity_id,
                    name: opportunities
                        .get(&pitch.opportunity_id)
                        .cloned()
                        .unwrap_or_default(),
                },
                owner: owner_ref(&mut owners, pitch.owner_id),
                item_count: content.items,
                link_count: links.len() as u64,
                reads: links
                    .iter()
                    .filter_map(|link| reads.get(link))
                    .map(|reads| reads.people)
                    .sum(),
                thumbnail_url: content.thumbnail_url,
                id: pitch.id,
                title: pitch.title,
                updated_at: pitch.updated_at,
            }
        })
        .collect())
}

#[derive(Clone, Debug, Default)]
struct Content {
    items: u64,
    thumbnail_url: Option<String>,
}

/// How many items each pitch has, and the picture of its first.
async fn contents<C: ConnectionTrait>(
    db: &C,
    pitches: &[PitchId],
) -> Result<HashMap<PitchId, Content>> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.is_in(pitches.iter().copied()))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let mut contents: HashMap<PitchId, Content> = HashMap::new();
    let mut firsts = HashMap::new();
    for item in items {
        contents.entry(item.pitch_id).or_default().items += 1;
        firsts.entry(item.pitch_id).or_insert(item);
    }
    let found = Found::load(db, firsts.values()).await?;
    for (pitch, item) in firsts {
        let page = item.page_number.unwrap_or(1);
        if let (Some(version), Some(content)) = (found.shown(&item), contents.get_mut(&pitch))
            && (1..=version.page_count.unwrap_or(0)).contains(&page)
        {
            content.thumbnail_url = Some(library::page_thumbnail_url(version.id, page));
        }
    }
    Ok(contents)
}

async fn links<C: ConnectionTrait>(
    db: &C,
    pitches: &[PitchId],
) -> Result<HashMap<PitchId, Vec<LinkId>>> {
    let rows: Vec<(PitchId, LinkId)> = pitch_link::Entity::find()
        .select_only()
        .column(pitch_link::Column::PitchId)
        .column(pitch_link::Column::Id)
        .filter(pitch_link::Column::PitchId.is_in(pitches.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    let mut links: HashMap<PitchId, Vec<LinkId>> = HashMap::new();
    for (pitch, link) in rows {
        links.entry(pitch).or_default().push(link);
    }
    Ok(links)
}
