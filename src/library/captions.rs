//! Captions of videos: given by marketers, read by players, found by the search.
//!
//! What is served is what a child of ours has written from the file, never the file itself. The words become the text of
//! the video's one page, so that what is said in a film is found like what is written on a slide.

use std::path::Path;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde::Deserialize;

use super::metadata::{language_tag, one_line};
use super::scope::find_version;
use super::summaries::asset_detail;
use super::upload::incoming_dir;
use super::views::{AssetDetail, CaptionView};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::documents::{Captions, Converter, FailureCode, name_in_words};
use crate::entities::{asset_version, caption, page};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{AssetId, CaptionId, UserId, VersionId};
use crate::index::Index;

/// Most bytes of a file of captions.
const LIMIT: usize = 1024 * 1024;
const LONGEST_LABEL: usize = 60;
/// Most languages of one video.
const MOST_LANGUAGES: usize = 40;

/// What viewers choose captions by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CaptionQuery {
    /// For example `Deutsch`; the language's tag where not said.
    pub label: Option<String>,
}

/// The captions of a video, as `WebVTT`.
#[utoipa::path(get, path = "/api/v1/versions/{id}/captions/{language}", tag = "library",
    params(VersionId, ("language" = String, Path, description = "A language tag such as en or de-AT")), responses(
    (status = 200, content_type = "text/vtt", body = String), (status = 404, body = Problem),
))]
pub async fn get_captions(
    principal: Principal,
    path: web::Path<(VersionId, String)>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let (id, language) = path.into_inner();
    let (version, _) = find_version(db.read(), &principal, id).await?;
    let captions = caption::Entity::find()
        .filter(caption::Column::VersionId.eq(version.id))
        .filter(caption::Column::Language.eq(language.to_lowercase()))
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("captions"))?;
    Ok(send_captions(captions))
}

/// Give a video captions in a language: `WebVTT` or SRT as the body. What was there in that language is replaced.
#[utoipa::path(put, path = "/api/v1/versions/{id}/captions/{language}", tag = "library",
    params(VersionId, ("language" = String, Path, description = "A language tag such as en or de-AT"), CaptionQuery),
    request_body(content = String, content_type = "text/vtt"), responses(
    (status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem),
))]
#[allow(clippy::too_many_arguments, reason = "each is an extractor")]
pub async fn put_captions(
    principal: Principal,
    path: web::Path<(VersionId, String)>,
    query: web::Query<CaptionQuery>,
    body: web::Payload,
    config: web::Data<Config>,
    converter: web::Data<Converter>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    index: web::Data<Index>,
) -> Result<web::Json<AssetDetail>> {
    let (id, language) = path.into_inner();
    let language = language_tag(&language)
        .ok_or_else(|| Error::field("language", "Give a language tag such as en or de-AT."))?
        .to_lowercase();
    let (version, _) = find_version(db.read(), &principal, id).await?;
    if !is_video(&version) {
        return Err(Error::new(Code::Conflict, "Only videos have captions."));
    }
    let captions = read(&config, &converter, receive(body).await?).await?;
    let label = query
        .label
        .as_deref()
        .map(|label| one_line(label).chars().take(LONGEST_LABEL).collect())
        .filter(|label: &String| !label.is_empty())
        .unwrap_or_else(|| language.clone());
    let now = clock.now();
    let tx = db.begin().await?;
    let (version, asset) = find_version(&tx, &principal, id).await?;
    let called = (language, label);
    write(
        &tx,
        now,
        &version,
        called,
        captions,
        Some(principal.user_id),
    )
    .await?;
    tx.commit().await?;
    index.wake();
    Ok(web::Json(asset_detail(db.read(), asset).await?))
}

/// Gives the current version of a video the captions in the file at `path`. For the command line.
pub async fn ingest_captions(
    app: (&Config, &Db, &Converter),
    now: DateTime<Utc>,
    asset: AssetId,
    path: &Path,
    called: (String, String),
) -> Result<()> {
    let (config, db, converter) = app;
    let file = tokio::fs::read(path).await?;
    let captions = read(config, converter, file.into()).await?;
    let tx = db.begin().await?;
    let version = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset))
        .order_by_desc(asset_version::Column::Number)
        .one(&tx)
        .await?
        .ok_or_else(|| Error::not_found("version"))?;
    write(&tx, now, &version, called, captions, None).await?;
    Ok(tx.commit().await?)
}

/// Writes captions in a language under a label in the place of those that there were.
async fn write<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    version: &asset_version::Model,
    (language, label): (String, String),
    captions: Captions,
    creator: Option<UserId>,
) -> Result<()> {
    let row = caption::ActiveModel {
        id: Set(CaptionId::new(now)),
        version_id: Set(version.id),
        language: Set(language),
        label: Set(label),
        vtt: Set(captions.vtt),
        text: Set(captions.text),
        created_by: Set(creator),
        created_at: Set(now),
    };
    let columns = [caption::Column::VersionId, caption::Column::Language];
    let replace = OnConflict::columns(columns)
        .update_columns([
            caption::Column::Id,
            caption::Column::Label,
            caption::Column::Vtt,
            caption::Column::Text,
            caption::Column::CreatedBy,
            caption::Column::CreatedAt,
        ])
        .to_owned();
    caption::Entity::insert(row)
        .on_conflict(replace)
        .exec_without_returning(tx)
        .await?;
    if languages(tx, version.id).await? > MOST_LANGUAGES {
        return Err(Error::field(
            "language",
            format!("A video may have captions in {MOST_LANGUAGES} languages."),
        ));
    }
    write_text(tx, version).await?;
    append_change(tx, "asset", version.asset_id.0).await?;
    Ok(())
}

/// Take the captions of a language away.
#[utoipa::path(delete, path = "/api/v1/versions/{id}/captions/{language}", tag = "library",
    params(VersionId, ("language" = String, Path, description = "A language tag such as en or de-AT")), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn delete_captions(
    principal: Principal,
    path: web::Path<(VersionId, String)>,
    db: web::Data<Db>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let (id, language) = path.into_inner();
    let tx = db.begin().await?;
    let (version, asset) = find_version(&tx, &principal, id).await?;
    let gone = caption::Entity::delete_many()
        .filter(caption::Column::VersionId.eq(version.id))
        .filter(caption::Column::Language.eq(language.to_lowercase()))
        .exec(&tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("captions"));
    }
    write_text(&tx, &version).await?;
    append_change(&tx, "asset", asset.id.0).await?;
    tx.commit().await?;
    index.wake();
    Ok(HttpResponse::NoContent().finish())
}

/// Sends captions to a player. It does not ask who may have them.
pub fn send_captions(captions: caption::Model) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/vtt; charset=utf-8"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .body(captions.vtt)
}

/// The captions of all versions of an asset, in one query.
pub(super) async fn captions_of<C: ConnectionTrait>(
    db: &C,
    asset: AssetId,
) -> Result<Vec<CaptionView>> {
    let rows: Vec<(VersionId, String, String)> = caption::Entity::find()
        .inner_join(asset_version::Entity)
        .filter(asset_version::Column::AssetId.eq(asset))
        .order_by_asc(caption::Column::Language)
        .select_only()
        .columns([
            caption::Column::VersionId,
            caption::Column::Language,
            caption::Column::Label,
        ])
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(version, language, label)| CaptionView::new(version, language, label))
        .collect())
}

/// Makes what is said in a video the text of its page, once it has one; without captions it is what its name says.
pub(super) async fn write_text<C: ConnectionTrait>(
    db: &C,
    version: &asset_version::Model,
) -> Result<()> {
    let texts: Vec<String> = caption::Entity::find()
        .filter(caption::Column::VersionId.eq(version.id))
        .order_by_asc(caption::Column::Language)
        .select_only()
        .column(caption::Column::Text)
        .into_tuple()
        .all(db)
        .await?;
    let text = if texts.is_empty() {
        name_in_words(&version.file_name)
    } else {
        texts.join("\n\n")
    };
    page::Entity::update_many()
        .filter(page::Column::VersionId.eq(version.id))
        .filter(page::Column::Number.eq(1))
        .col_expr(page::Column::Text, text.into())
        .exec(db)
        .await?;
    Ok(())
}

/// Whether the version is played and not paged through.
pub(super) fn is_video(version: &asset_version::Model) -> bool {
    version.media_type.starts_with("video/")
}

async fn languages<C: ConnectionTrait>(db: &C, version: VersionId) -> Result<usize> {
    let languages: Vec<String> = caption::Entity::find()
        .filter(caption::Column::VersionId.eq(version))
        .select_only()
        .column(caption::Column::Language)
        .into_tuple()
        .all(db)
        .await?;
    Ok(languages.len())
}

async fn receive(body: web::Payload) -> Result<Bytes> {
    match body.to_bytes_limited(LIMIT).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) => Err(Error::new(
            Code::Malformed,
            format!("The captions could not be received: {error}"),
        )),
        Err(_too_long) => Err(Error::new(
            Code::TooLarge,
            "Captions may have 1 MB at the most.",
        )),
    }
}

async fn read(config: &Config, converter: &Converter, body: Bytes) -> Result<Captions> {
    let dir = tempfile::Builder::new()
        .prefix("captions-")
        .tempdir_in(incoming_dir(config)?)?;
    let (input, folder) = (dir.path().join("original"), dir.path().join("out"));
    tokio::fs::create_dir(&folder).await?;
    tokio::fs::write(&input, &body).await?;
    let read = converter.read_captions(&input, &folder).await;
    read.map_err(|failure| match failure.code {
        FailureCode::Internal => Error::internal(failure),
        FailureCode::Damaged => Error::field(
            "file",
            format!(
                "These captions cannot be read: {}. Send WebVTT or SRT.",
                failure.detail
            ),
        ),
        _ => Error::field("file", failure.message()),
    })
}
