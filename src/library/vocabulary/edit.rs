//! Keeping a vocabulary: adding words, renaming and retiring them, their order, and taking unused ones out.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, web};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, PaginatorTrait as _, QueryFilter as _, QuerySelect as _,
};
use serde::Deserialize;

use super::list::{VocabularyValue, views};
use super::settle::row_of;
use super::{UNPLACED, check_editable, folded};
use crate::db::{Db, append_changes};
use crate::entities::{Facet, asset, asset_facet, facet_value};
use crate::error::{Code, Error, Result};
use crate::http::{IfMatch, Problem, with_etag};
use crate::ids::AssetId;
use crate::index::Index;
use crate::library::SEQ;
use crate::library::metadata::{LONGEST_VALUE, one_line};

/// A word to be added.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct NewValue {
    /// Whose word.
    pub facet: Facet,
    /// The word.
    pub value: String,
}

/// What to change of a word; what is not said stays.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct ValueEdit {
    /// Another spelling or another word; every asset that has it follows.
    pub value: Option<String>,
    /// Whether it is offered no more.
    pub retired: Option<bool>,
}

/// The order of a facet's words.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct ValueOrder {
    /// Whose words.
    pub facet: Facet,
    /// The words that come first, in this order; the others follow by alphabet.
    pub ids: Vec<i64>,
}

/// Add a word to a vocabulary.
#[utoipa::path(post, path = "/api/v1/vocabulary", tag = "vocabulary", request_body = NewValue, responses(
    (status = 201, body = VocabularyValue), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_value(body: web::Json<NewValue>, db: web::Data<Db>) -> Result<HttpResponse> {
    check_editable(body.facet)?;
    let value = checked(&body.value)?;
    let tx = db.begin().await?;
    let row = row_of(body.facet, &value).insert(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(view(db.read(), row).await?))
}

/// Rename a word, retire it, or take it up again. A renaming changes every asset that has it, and searches follow.
#[utoipa::path(patch, path = "/api/v1/vocabulary/{id}", tag = "vocabulary",
    params(("id" = i64, Path), ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = ValueEdit, responses(
    (status = 200, body = VocabularyValue), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_value(
    id: web::Path<i64>,
    if_match: IfMatch,
    body: web::Json<ValueEdit>,
    db: web::Data<Db>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let name = body.value.as_deref().map(checked).transpose()?;
    let tx = db.begin().await?;
    let before = find_value(&tx, *id).await?;
    if_match.require(before.revision)?;
    check_editable(before.facet)?;
    let mut row = before.clone().into_active_model();
    row.revision = Set(before.revision + 1);
    if let Some(retired) = body.retired {
        row.retired = Set(retired);
    }
    if let Some(name) = &name {
        row.value = Set(name.clone());
        row.folded = Set(folded(name));
    }
    // The word first: whoever gives it to an asset at this moment waits for its row.
    let after = row.update(&tx).await?;
    let seq = if after.value == before.value {
        0
    } else {
        let renamed = assets_with(&tx, before.facet, &before.value).await?;
        respell(&tx, &before, &after.value).await?;
        note_changed(&tx, &renamed).await?
    };
    tx.commit().await?;
    index.wake();
    let view = view(db.read(), after).await?;
    let mut response = with_etag(&view, view.revision);
    if seq > 0 {
        response
            .headers_mut()
            .insert(HeaderName::from_static(SEQ), HeaderValue::from(seq));
    }
    Ok(response)
}

/// Put the words of a facet in order.
#[utoipa::path(post, path = "/api/v1/vocabulary/order", tag = "vocabulary", request_body = ValueOrder, responses(
    (status = 204), (status = 409, body = Problem),
))]
pub async fn order_values(body: web::Json<ValueOrder>, db: web::Data<Db>) -> Result<HttpResponse> {
    check_editable(body.facet)?;
    let tx = db.begin().await?;
    facet_value::Entity::update_many()
        .col_expr(facet_value::Column::Position, Expr::value(UNPLACED))
        .filter(facet_value::Column::Facet.eq(body.facet))
        .filter(facet_value::Column::Position.ne(UNPLACED))
        .exec(&tx)
        .await?;
    let mut places = Expr::case(Expr::val(false), Expr::val(UNPLACED));
    for (place, id) in (1..).zip(&body.ids) {
        places = places.case(facet_value::Column::Id.eq(*id), Expr::val::<i32>(place));
    }
    facet_value::Entity::update_many()
        .col_expr(
            facet_value::Column::Position,
            places.finally(UNPLACED).into(),
        )
        .filter(facet_value::Column::Facet.eq(body.facet))
        .filter(facet_value::Column::Id.is_in(body.ids.iter().copied()))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take a word out that no asset has.
#[utoipa::path(delete, path = "/api/v1/vocabulary/{id}", tag = "vocabulary", params(("id" = i64, Path)), responses(
    (status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn remove_value(id: web::Path<i64>, db: web::Data<Db>) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let row = find_value(&tx, *id).await?;
    check_editable(row.facet)?;
    let uses = asset_facet::Entity::find()
        .filter(asset_facet::Column::Facet.eq(row.facet))
        .filter(asset_facet::Column::Value.eq(&row.value))
        .count(&tx)
        .await?;
    if uses > 0 {
        return Err(Error::new(
            Code::Conflict,
            format!("{uses} assets have it. Merge it into another value, or retire it."),
        ));
    }
    row.delete(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The word, held until the transaction ends.
pub(super) async fn find_value<C: ConnectionTrait>(tx: &C, id: i64) -> Result<facet_value::Model> {
    facet_value::Entity::find_by_id(id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(|| Error::not_found("value"))
}

pub(super) async fn view<C: ConnectionTrait>(
    db: &C,
    row: facet_value::Model,
) -> Result<VocabularyValue> {
    views(db, vec![row])
        .await?
        .pop()
        .ok_or_else(|| Error::not_found("value"))
}

/// Which assets have the word.
pub(super) async fn assets_with<C: ConnectionTrait>(
    tx: &C,
    facet: Facet,
    value: &str,
) -> Result<Vec<AssetId>> {
    Ok(asset_facet::Entity::find()
        .select_only()
        .column(asset_facet::Column::AssetId)
        .filter(asset_facet::Column::Facet.eq(facet))
        .filter(asset_facet::Column::Value.eq(value))
        .into_tuple()
        .all(tx)
        .await?)
}

/// Gives every asset that has `word` the value `new` in its place.
pub(super) async fn respell<C: ConnectionTrait>(
    tx: &C,
    word: &facet_value::Model,
    new: &str,
) -> Result<()> {
    asset_facet::Entity::update_many()
        .col_expr(asset_facet::Column::Value, Expr::value(new))
        .filter(asset_facet::Column::Facet.eq(word.facet))
        .filter(asset_facet::Column::Value.eq(&word.value))
        .exec(tx)
        .await?;
    Ok(())
}

/// Raises the revision of these assets, so that nobody's older copy brings the old word back, and notes the change.
/// The moment of their last change stays: nobody has looked at them.
pub(super) async fn note_changed<C: ConnectionTrait>(tx: &C, assets: &[AssetId]) -> Result<i64> {
    for assets in assets.chunks(1_000) {
        asset::Entity::update_many()
            .col_expr(
                asset::Column::Revision,
                Expr::col(asset::Column::Revision).add(1),
            )
            .filter(asset::Column::Id.is_in(assets.iter().copied()))
            .exec(tx)
            .await?;
    }
    let ids: Vec<_> = assets.iter().map(|id| id.0).collect();
    append_changes(tx, "asset", &ids).await
}

fn checked(value: &str) -> Result<String> {
    let value = one_line(value);
    if value.is_empty() || value.chars().count() > LONGEST_VALUE {
        return Err(Error::field(
            "value",
            format!("A value has 1 to {LONGEST_VALUE} characters."),
        ));
    }
    Ok(value)
}
