//! Making a pitch.

use actix_web::{HttpResponse, web};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, QueryFilter as _};

use super::input::NewPitch;
use super::items::replace_items;
use super::load::load_pitch;
use super::views::PitchDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::{account, opportunity, pitch};
use crate::error::{Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::PitchId;
use crate::keys::Keys;

/// Make a pitch for an opportunity. Items that must not be shown are refused, each by name.
#[utoipa::path(post, path = "/api/v1/pitches", tag = "pitches", request_body = NewPitch, responses(
    (status = 201, body = PitchDetail), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_pitch(
    principal: Principal,
    body: web::Json<NewPitch>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let new = body.into_inner().check()?;
    let now = clock.now();
    let tx = db.begin().await?;
    let (opportunity, account) = opportunity::Entity::find_by_id(new.opportunity_id)
        .filter(crm::visible_opportunities(&principal))
        .find_also_related(account::Entity)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("opportunity"))?;
    let for_whom = account.map_or(opportunity.name, |account| account.name);
    let pitch = pitch::ActiveModel {
        id: Set(PitchId::new(now)),
        opportunity_id: Set(opportunity.id),
        owner_id: Set(principal.user_id),
        title: Set(new.title.unwrap_or_else(|| format!("For {for_whom}"))),
        message: Set(new.message),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    }
    .insert(&tx)
    .await?;
    replace_items(&tx, now, pitch.id, new.items).await?;
    let view = load_pitch(&tx, &config, &keys, now, pitch).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created()
        .insert_header(("etag", format!("\"{}\"", view.revision)))
        .json(view))
}
