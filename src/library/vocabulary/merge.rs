//! Making one word of two that mean the same.

use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, web};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, ModelTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use serde::Deserialize;

use super::check_editable;
use super::edit::{assets_with, find_value, note_changed, respell, view};
use super::list::VocabularyValue;
use crate::db::Db;
use crate::entities::asset_facet;
use crate::error::{Error, Result};
use crate::http::Problem;
use crate::index::Index;
use crate::library::SEQ;

/// Where a word goes.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Merge {
    /// The word that stays.
    pub into: i64,
}

/// Merge a word into another of its facet: every asset that has it gets the other one, and it is gone.
#[utoipa::path(post, path = "/api/v1/vocabulary/{id}/merge", tag = "vocabulary", params(("id" = i64, Path)),
    request_body = Merge, responses(
    (status = 200, body = VocabularyValue), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn merge_values(
    id: web::Path<i64>,
    body: web::Json<Merge>,
    db: web::Data<Db>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    // In the order of their ids, so that two opposite merges do not wait for each other for ever.
    let (first, second) = (body.into.min(*id), body.into.max(*id));
    let first = find_value(&tx, first).await?;
    let second = find_value(&tx, second).await?;
    let (from, into) = if first.id == *id {
        (first, second)
    } else {
        (second, first)
    };
    check_editable(from.facet)?;
    if from.facet != into.facet || from.id == into.id {
        return Err(Error::field(
            "into",
            "Choose another value of the same facet.",
        ));
    }
    let changed = assets_with(&tx, from.facet, &from.value).await?;
    let have_both = asset_facet::Entity::find()
        .select_only()
        .column(asset_facet::Column::AssetId)
        .filter(asset_facet::Column::Facet.eq(into.facet))
        .filter(asset_facet::Column::Value.eq(&into.value))
        .into_query();
    asset_facet::Entity::delete_many()
        .filter(asset_facet::Column::Facet.eq(from.facet))
        .filter(asset_facet::Column::Value.eq(&from.value))
        .filter(asset_facet::Column::AssetId.in_subquery(have_both))
        .exec(&tx)
        .await?;
    respell(&tx, &from, &into.value).await?;
    let seq = note_changed(&tx, &changed).await?;
    from.delete(&tx).await?;
    tx.commit().await?;
    index.wake();
    let mut response = HttpResponse::Ok().json(view(db.read(), into).await?);
    if seq > 0 {
        response
            .headers_mut()
            .insert(HeaderName::from_static(SEQ), HeaderValue::from(seq));
    }
    Ok(response)
}
