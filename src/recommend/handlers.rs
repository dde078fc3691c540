//! `GET /opportunities/{id}/recommendations`: reads what is prepared. `GET /opportunities/{id}/received`: what the
//! account knows already.

use actix_web::web;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    sea_query::OnConflict,
};
use serde::Deserialize;

use super::received::received;
use super::recommender::Recommender;
use super::views::{
    EvidenceView, ReceivedAsset, ReceivedContent, RecommendationView, Recommendations,
    RecommendedPage,
};
use crate::clock::Clock;
use crate::crm::find_opportunity;
use crate::db::Db;
use crate::entities::{
    AssetState, Outcome, recommendation, recommendation_impression, recommendation_set,
};
use crate::error::Result;
use crate::http::{Permission, Principal, Problem};
use crate::ids::{AssetId, OpportunityId};
use crate::library::{asset_summaries, page_thumbnail_url};

/// What was sent less often says nothing about whether it helps.
const ENOUGH_SENDS: i32 = 10;

/// What to send next in an opportunity, without a query.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/recommendations", tag = "search",
    params(OpportunityId), responses(
    (status = 200, body = Recommendations), (status = 404, body = Problem),
))]
pub async fn recommendations(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    recommender: web::Data<Recommender>,
) -> Result<web::Json<Recommendations>> {
    let opportunity = find_opportunity(db.read(), &principal, *id).await?;
    let mut answer = Recommendations {
        items: Vec::new(),
        prepared_at: None,
    };
    if opportunity.outcome != Outcome::Open {
        return Ok(web::Json(answer));
    }
    let mut set = recommendation_set::Entity::find_by_id(*id)
        .one(db.read())
        .await?;
    if set
        .as_ref()
        .is_none_or(|set| set.prepared_at < opportunity.updated_at)
    {
        recommender.ensure(*id).await?;
        set = recommendation_set::Entity::find_by_id(*id)
            .one(db.read())
            .await?;
    }
    answer.prepared_at = set.map(|set| set.prepared_at);
    let rows = recommendation::Entity::find()
        .filter(recommendation::Column::OpportunityId.eq(*id))
        .order_by_asc(recommendation::Column::Position)
        .all(db.read())
        .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.asset_id).collect();
    let mut summaries = asset_summaries(db.read(), &ids).await?;
    let mut known = received(db.read(), opportunity.account_id, Some(&ids)).await?;
    for row in &rows {
        let Some(asset) = summaries.remove(&row.asset_id) else {
            continue;
        };
        // The list is as old as its last preparation; what may not leave any more is not offered meanwhile.
        if asset.internal_only || asset.state != AssetState::Approved {
            continue;
        }
        let page = row.page_number.zip(asset.current_version.as_ref());
        let reasons: Vec<String> = serde_json::from_value(row.reasons.clone()).unwrap_or_default();
        let used = row.similar_won_used + row.similar_lost_used > 0;
        answer.items.push(RecommendationView {
            page: page.map(|(number, version)| RecommendedPage {
                version_id: version.id,
                number,
                thumbnail_url: page_thumbnail_url(version.id, number),
            }),
            exploration: row.exploration,
            uplift_points: (row.sends >= ENOUGH_SENDS)
                .then(|| f64::from(row.uplift_permille) / 10.0),
            evidence: EvidenceView {
                sends: row.sends,
                similar_won: row.similar_won,
                similar_won_used: row.similar_won_used,
                similar_won_read: row.similar_won_read,
                similar_lost: row.similar_lost,
                similar_lost_used: row.similar_lost_used,
                similar_lost_read: row.similar_lost_read,
                in_words: reasons.last().filter(|_| used).cloned(),
            },
            reasons,
            received: known.remove(&row.asset_id),
            asset,
        });
    }
    if Permission::PitchWrite.granted_to(principal.role) {
        remember(&principal, &db, &clock, rows);
    }
    Ok(web::Json(answer))
}

/// Of which asset.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceivedQuery {
    /// Only this asset; everything that the account knows where not said.
    pub asset: Option<AssetId>,
}

/// What the account of an opportunity has been sent or has read already, in any of its deals, and who there.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/received", tag = "search",
    params(OpportunityId, ReceivedQuery), responses(
    (status = 200, body = ReceivedContent), (status = 404, body = Problem),
))]
pub async fn received_content(
    principal: Principal,
    id: web::Path<OpportunityId>,
    query: web::Query<ReceivedQuery>,
    db: web::Data<Db>,
) -> Result<web::Json<ReceivedContent>> {
    let opportunity = find_opportunity(db.read(), &principal, *id).await?;
    let one = query.asset.map(|asset| [asset]);
    let known = received(
        db.read(),
        opportunity.account_id,
        one.as_ref().map(<[_; 1]>::as_slice),
    )
    .await?;
    let items = known
        .into_iter()
        .map(|(asset_id, received)| ReceivedAsset { asset_id, received })
        .collect();
    Ok(web::Json(ReceivedContent { items }))
}

/// Notes what was shown, behind the answer. One that is lost with the process costs a little learning and nothing else.
fn remember(principal: &Principal, db: &Db, clock: &Clock, rows: Vec<recommendation::Model>) {
    let impressions: Vec<_> = rows
        .into_iter()
        .map(|row| recommendation_impression::ActiveModel {
            opportunity_id: Set(row.opportunity_id),
            asset_id: Set(row.asset_id),
            user_id: Set(Some(principal.user_id)),
            position: Set(row.position),
            exploration: Set(row.exploration),
            first_shown_at: Set(clock.now()),
        })
        .collect();
    if impressions.is_empty() {
        return;
    }
    let db = db.clone();
    tokio::spawn(async move {
        let written: Result<()> = async {
            let tx = db.begin().await?;
            recommendation_impression::Entity::insert_many(impressions)
                .on_conflict(
                    OnConflict::columns([
                        recommendation_impression::Column::OpportunityId,
                        recommendation_impression::Column::AssetId,
                    ])
                    .do_nothing()
                    .to_owned(),
                )
                .exec_without_returning(&tx)
                .await?;
            Ok(tx.commit().await?)
        }
        .await;
        if let Err(error) = written {
            tracing::warn!(%error, "could not note which recommendations were shown");
        }
    });
}
