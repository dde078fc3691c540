//! Putting one piece in the place of another: the item keeps its position, section and note.

use actix_web::{HttpResponse, web};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Deserialize;

use super::edit::save_edit;
use super::history::Saved;
use super::input::{PitchEdit, PitchItemInput};
use super::load::load_pitch;
use super::scope::find_own_pitch;
use super::views::PitchDetail;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::pitch_item;
use crate::error::{Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{AssetId, PitchId, PitchItemId};
use crate::keys::Keys;

/// What to put in whose place.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
pub struct ItemReplacement {
    /// The item that goes.
    pub item_id: PitchItemId,
    /// The asset that comes.
    pub asset_id: AssetId,
    /// A single page of it; absent for the whole asset.
    pub page_number: Option<i32>,
}

/// Put one piece in the place of another. Links show the change at once.
#[utoipa::path(post, path = "/api/v1/pitches/{id}/replacements", tag = "pitches",
    params(PitchId, ("If-Match" = String, Header, description = "The revision that is edited")), request_body = ItemReplacement, responses(
    (status = 200, body = PitchDetail), (status = 403, body = Problem), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn replace_item(
    principal: Principal,
    id: web::Path<PitchId>,
    if_match: IfMatch,
    body: web::Json<ItemReplacement>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let pitch = find_own_pitch(&tx, &principal, *id).await?;
    if_match.require(pitch.revision)?;
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch.id))
        .order_by_asc(pitch_item::Column::Position)
        .all(&tx)
        .await?;
    if items.iter().all(|item| item.id != body.item_id) {
        return Err(Error::field("item_id", "This pitch has no such item."));
    }
    let wanted = items
        .into_iter()
        .map(|item| {
            let replaced = item.id == body.item_id;
            PitchItemInput {
                asset_id: if replaced {
                    body.asset_id
                } else {
                    item.asset_id
                },
                page_number: if replaced {
                    body.page_number
                } else {
                    item.page_number
                },
                note: item.note,
                section: item.section,
                version_id: if replaced { None } else { item.version_id },
            }
        })
        .collect();
    let edit = PitchEdit {
        title: pitch.title.clone(),
        message: pitch.message.clone(),
        items: wanted,
        steps: None,
        story_wanted: None,
        editing: None,
    };
    let saved = Saved::by(principal.user_id);
    let pitch = save_edit(&tx, now, pitch, edit, saved).await?;
    let view = load_pitch(&tx, &config, &keys, now, pitch).await?;
    tx.commit().await?;
    Ok(with_etag(&view, view.revision))
}
