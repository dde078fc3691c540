//! Assets: one of them, adding, describing, and adding versions. The list is in `catalogue/`.

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};

use super::SEQ;
use super::intake::take_in;
use super::metadata::Metadata;
use super::scope::{find_asset, may_see_version};
use super::steps::{Transition, check_approved_upload, take_step};
use super::store::{Written, add_version, check_owner, create_asset, write_facets};
use super::summaries::asset_detail;
use super::uploads::{FromUpload, Uploads};
use super::views::{AssetDetail, Facets};
use super::vocabulary::settle;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::documents::Urgency;
use crate::entities::{asset, asset_facet};
use crate::error::Result;
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::AssetId;
use crate::index::Index;
use crate::jobs::Wake;

/// An upload, as a multipart form.
#[derive(Debug, utoipa::ToSchema)]
#[allow(
    dead_code,
    reason = "it only describes the form; the form is read as a stream"
)]
pub struct UploadForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What is said about it, as JSON.
    metadata: Option<Metadata>,
}

/// A further version, as a multipart form.
#[derive(Debug, utoipa::ToSchema)]
#[allow(
    dead_code,
    reason = "it only describes the form; the form is read as a stream"
)]
pub struct VersionForm {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What changed.
    change_note: Option<String>,
}

/// One asset.
#[utoipa::path(get, path = "/api/v1/assets/{id}", tag = "library", params(AssetId), responses(
    (status = 200, body = AssetDetail), (status = 404, body = Problem),
))]
pub async fn get_asset(
    principal: Principal,
    id: web::Path<AssetId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let asset = find_asset(db.read(), &principal, *id).await?;
    let mut detail = asset_detail(db.read(), asset).await?;
    detail
        .versions
        .retain(|version| may_see_version(&principal, version.awaits_approval));
    Ok(with_etag(&detail, detail.revision))
}

/// Make a file a new asset: one in the form, or one that was uploaded in pieces. It is converted to pages in the
/// background.
#[utoipa::path(post, path = "/api/v1/assets", tag = "library",
    request_body(content((UploadForm = "multipart/form-data"), (FromUpload = "application/json"))), responses(
    (status = 201, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
    (status = 422, body = Problem),
))]
#[allow(clippy::too_many_arguments, reason = "each is an extractor")]
pub async fn upload_asset(
    principal: Principal,
    request: HttpRequest,
    body: web::Payload,
    uploads: web::Data<Uploads>,
    config: web::Data<Config>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let means = (&**config, &**db, &**blobs, &**clock, &**uploads);
    let new = take_in(&principal, &request, body, means).await?;
    let owner = Some(principal.user_id);
    let tx = db.begin().await?;
    check_approved_upload(&tx, &config, &principal, new.metadata.state).await?;
    new.source.settle(&tx).await?;
    let (now, urgency) = (clock.now(), Urgency::Awaited);
    let written = create_asset(&tx, now, new.metadata, new.file, owner, urgency).await?;
    tx.commit().await?;
    new.source.remove().await;
    wake.wake();
    index.wake();
    created(&db, written).await
}

/// Make a file a further version of an asset: one in the form, or one that was uploaded in pieces. It is shown once it is
/// converted.
#[utoipa::path(post, path = "/api/v1/assets/{id}/versions", tag = "library", params(AssetId),
    request_body(content((VersionForm = "multipart/form-data"), (FromUpload = "application/json"))), responses(
    (status = 201, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 410, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
    (status = 422, body = Problem),
))]
#[allow(clippy::too_many_arguments, reason = "each is an extractor")]
pub async fn upload_version(
    principal: Principal,
    id: web::Path<AssetId>,
    request: HttpRequest,
    body: web::Payload,
    uploads: web::Data<Uploads>,
    config: web::Data<Config>,
    db: web::Data<Db>,
    blobs: web::Data<Blobs>,
    clock: web::Data<Clock>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    find_asset(db.read(), &principal, *id).await?;
    let means = (&**config, &**db, &**blobs, &**clock, &**uploads);
    let mut new = take_in(&principal, &request, body, means).await?;
    new.file.change_note = new.metadata.change_note.filter(|note| !note.is_empty());
    let tx = db.begin().await?;
    new.source.settle(&tx).await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    let creator = Some(principal.user_id);
    let (now, urgency) = (clock.now(), Urgency::Awaited);
    let written = add_version(&tx, now, asset, new.file, creator, None, urgency).await?;
    tx.commit().await?;
    new.source.remove().await;
    wake.wake();
    index.wake();
    created(&db, written).await
}

/// Describe an asset anew.
#[utoipa::path(patch, path = "/api/v1/assets/{id}", tag = "library",
    params(AssetId, ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = Metadata, responses(
    (status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_asset(
    principal: Principal,
    id: web::Path<AssetId>,
    if_match: IfMatch,
    body: web::Json<Metadata>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let metadata = body.into_inner().checked()?;
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    if_match.require(asset.revision)?;
    let asset = match metadata.state.filter(|state| *state != asset.state) {
        Some(state) => {
            let wanted = Transition {
                expires_at: metadata.expires_at,
                ..Transition::to(state)
            };
            let written = take_step(&tx, &config, now, &principal, asset, wanted).await?;
            written.asset
        }
        None => asset,
    };
    if let Some(Some(owner)) = metadata.owner_id {
        check_owner(&tx, owner).await?;
    }
    if let Some(facets) = metadata.facets.clone() {
        let rows = asset_facet::Entity::find()
            .filter(asset_facet::Column::AssetId.eq(asset.id))
            .all(&tx)
            .await?;
        let old: Facets = rows.into_iter().collect();
        let new = settle(&tx, facets.applied_to(old.clone()), &old).await?;
        write_facets(&tx, asset.id, &new).await?;
    }
    let asset = described(asset, metadata, now).update(&tx).await?;
    let seq = append_change(&tx, "asset", id.0).await?;
    tx.commit().await?;
    index.wake();
    edited(&db, Written { asset, seq }).await
}

/// The row with everything that was said; its state was seen to before.
fn described(asset: asset::Model, said: Metadata, now: DateTime<Utc>) -> asset::ActiveModel {
    let revision = asset.revision + 1;
    let mut row = asset.into_active_model();
    row.revision = Set(revision);
    row.updated_at = Set(now);
    if let Some(title) = said.title {
        row.title = Set(title);
    }
    if let Some(description) = said.description {
        row.description = Set(description);
    }
    if let Some(kind) = said.kind {
        row.kind = Set(kind);
    }
    if let Some(language) = said.language {
        row.language = Set(language);
    }
    if let Some(internal_only) = said.internal_only {
        row.internal_only = Set(internal_only);
    }
    if let Some(day) = said.review_by {
        row.review_by = Set(day);
    }
    if let Some(day) = said.expires_at {
        row.expires_at = Set(day);
    }
    if let Some(owner) = said.owner_id {
        row.owner_id = Set(owner);
    }
    row
}

/// The reply to an edit: the asset as it is now.
pub(super) async fn edited(db: &Db, written: Written) -> Result<HttpResponse> {
    let detail = asset_detail(db.read(), written.asset).await?;
    let mut response = with_etag(&detail, detail.revision);
    response
        .headers_mut()
        .insert(HeaderName::from_static(SEQ), HeaderValue::from(written.seq));
    Ok(response)
}

/// The reply to the making of an asset or a version.
pub(super) async fn created(db: &Db, written: Written) -> Result<HttpResponse> {
    let Written { asset, seq } = written;
    let location = format!("/api/v1/assets/{}", asset.id);
    let detail = asset_detail(db.read(), asset).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, location))
        .insert_header((SEQ, seq.to_string()))
        .insert_header((header::ETAG, format!("\"{}\"", detail.revision)))
        .json(detail))
}
