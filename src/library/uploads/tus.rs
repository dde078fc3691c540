//! The protocol: <https://tus.io/protocols/resumable-upload>, with creation, creation with upload, expiration and
//! termination, and other methods by `X-HTTP-Method-Override`.

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _, QuerySelect as _,
};

use super::append::{LIFE, Position, append};
use super::place::Uploads;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::entities::upload;
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::{UploadId, UserId};
use crate::library::upload::{clean_name, too_large};

const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,termination";
const RESUMABLE: &str = "tus-resumable";
const OFFSET: &str = "upload-offset";
const LENGTH: &str = "upload-length";
const METADATA: &str = "upload-metadata";
const EXPIRES: &str = "upload-expires";
const OVERRIDE: &str = "x-http-method-override";
const BYTES: &str = "application/offset+octet-stream";
const LONGEST_METADATA: usize = 4 * 1024;

/// What this server can do of the tus protocol.
#[utoipa::path(options, path = "/api/v1/uploads", tag = "uploads", responses(
    (status = 204, description = "`Tus-Version`, `Tus-Extension` and `Tus-Max-Size` say it"),
), security(()))]
pub async fn upload_options(config: web::Data<Config>) -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((RESUMABLE, VERSION))
        .insert_header(("tus-version", VERSION))
        .insert_header(("tus-extension", EXTENSIONS))
        .insert_header((
            "tus-max-size",
            largest(&config, "any.zip")
                .max(config.upload_limit)
                .to_string(),
        ))
        .finish()
}

/// Begin an upload (tus). `Location` says where its bytes go.
#[utoipa::path(post, path = "/api/v1/uploads", tag = "uploads", params(
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ("Upload-Length" = i64, Header, description = "Bytes of the whole file"),
    ("Upload-Metadata" = String, Header, description = "`filename` and its base64, after a space; further pairs after commas"),
), responses(
    (status = 201, description = "`Location`, and `Upload-Offset` where bytes came along"),
    (status = 400, body = Problem), (status = 412, body = Problem), (status = 413, body = Problem),
    (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn create_upload(
    principal: Principal,
    request: HttpRequest,
    body: web::Payload,
    uploads: web::Data<Uploads>,
    config: web::Data<Config>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let headers = request.headers();
    require_version(headers)?;
    let length = number(headers, LENGTH)?
        .ok_or_else(|| Error::new(Code::Malformed, "Say Upload-Length; it cannot come later."))?;
    let metadata = text(headers, METADATA).unwrap_or_default();
    let file_name = file_name(metadata)?;
    let limit = largest(&config, &file_name);
    if u64::try_from(length).unwrap_or(u64::MAX) > limit {
        return Err(too_large(limit));
    }
    let now = clock.now();
    let id = UploadId::new(now);
    let row = upload::Model {
        id,
        owner_id: principal.user_id,
        node: uploads.node().to_owned(),
        file_name,
        metadata: metadata.to_owned(),
        byte_size: length,
        received: 0,
        blob: None,
        created_at: now,
        expires_at: now + LIFE,
    };
    // There is no row without its file; a file without a row is gone at once, or with the sweep.
    tokio::fs::File::create(uploads.path(id)).await?;
    let row = match insert(&db, &config, row).await {
        Ok(row) => row,
        Err(error) => {
            let _ = tokio::fs::remove_file(uploads.path(id)).await;
            return Err(error);
        }
    };

    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/api/v1/uploads/{id}")));
    let mut position = Position {
        offset: 0,
        expires_at: row.expires_at,
    };
    if text(headers, "content-type") == Some(BYTES) {
        position = take_bytes(uploads, db, clock, row, body).await?;
    }
    Ok(answer(&mut response, position).finish())
}

/// The method that is meant by a `POST` with `X-HTTP-Method-Override` (tus), for networks that let no other through:
/// `PATCH`, `DELETE` or `HEAD`.
#[utoipa::path(post, path = "/api/v1/uploads/{id}", tag = "uploads", params(UploadId,
    ("X-HTTP-Method-Override" = String, Header, description = "`PATCH`, `DELETE` or `HEAD`; all else is as if that had been sent"),
), responses(
    (status = 200, description = "As `HEAD` answers"), (status = 204, description = "As `PATCH` or `DELETE` answers"),
    (status = 404, body = Problem), (status = 405, body = Problem), (status = 409, body = Problem),
    (status = 410, body = Problem), (status = 412, body = Problem), (status = 415, body = Problem),
    (status = 423, body = Problem),
))]
pub async fn override_upload_method(
    principal: Principal,
    request: HttpRequest,
    id: web::Path<UploadId>,
    body: web::Payload,
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let meant = text(request.headers(), OVERRIDE).unwrap_or_default();
    match meant.to_ascii_uppercase().as_str() {
        "PATCH" => append_to_upload(principal, request, id, body, uploads, db, clock).await,
        "DELETE" => delete_upload(principal, request, id, uploads, db).await,
        "HEAD" => tell_offset(&principal, *id, &uploads, &db, &clock).await,
        _ => Err(Error::new(
            Code::MethodNotAllowed,
            "Say PATCH, DELETE or HEAD in X-HTTP-Method-Override.",
        )),
    }
}

/// Send bytes of an upload (tus), from the offset at which it stands.
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", tag = "uploads", params(UploadId,
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
    ("Upload-Offset" = i64, Header, description = "Where these bytes begin"),
), request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 204, description = "`Upload-Offset` says how many bytes are on disk"),
    (status = 404, body = Problem), (status = 409, body = Problem), (status = 410, body = Problem),
    (status = 412, body = Problem), (status = 415, body = Problem), (status = 423, body = Problem),
))]
pub async fn append_to_upload(
    principal: Principal,
    request: HttpRequest,
    id: web::Path<UploadId>,
    body: web::Payload,
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let headers = request.headers();
    require_version(headers)?;
    if text(headers, "content-type") != Some(BYTES) {
        return Err(Error::new(
            Code::UnsupportedFile,
            format!("Send the bytes as {BYTES}."),
        ));
    }
    let offset = number(headers, OFFSET)?
        .ok_or_else(|| Error::new(Code::Malformed, "Say Upload-Offset."))?;
    let row = find_upload(db.read(), &uploads, &principal, *id, clock.now()).await?;
    if offset != row.received {
        return Err(Error::new(
            Code::Conflict,
            format!("The upload stands at {}, not at {offset}.", row.received),
        ));
    }
    let position = take_bytes(uploads, db, clock, row, body).await?;
    Ok(answer(&mut HttpResponse::NoContent(), position).finish())
}

/// Give an upload up (tus).
#[utoipa::path(delete, path = "/api/v1/uploads/{id}", tag = "uploads", params(UploadId,
    ("Tus-Resumable" = String, Header, description = "1.0.0"),
), responses((status = 204), (status = 404, body = Problem), (status = 412, body = Problem)))]
pub async fn delete_upload(
    principal: Principal,
    request: HttpRequest,
    id: web::Path<UploadId>,
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    require_version(request.headers())?;
    // Nobody ends another's request by guessing its id.
    upload::Entity::find_by_id(*id)
        .filter(upload::Column::OwnerId.eq(principal.user_id))
        .one(db.read())
        .await?
        .ok_or_else(|| Error::not_found("upload"))?;
    uploads.interrupt(*id).await;
    let tx = db.begin().await?;
    let gone = upload::Entity::delete_many()
        .filter(upload::Column::Id.eq(*id))
        .filter(upload::Column::OwnerId.eq(principal.user_id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    if gone.rows_affected == 0 {
        return Err(Error::not_found("upload"));
    }
    // Where the file is another node's, that node sweeps it.
    let _ = tokio::fs::remove_file(uploads.path(*id)).await;
    Ok(HttpResponse::NoContent()
        .insert_header((RESUMABLE, VERSION))
        .finish())
}

/// The upload, if it is the principal's and its bytes are here.
pub(super) async fn find_upload<C: ConnectionTrait>(
    db: &C,
    uploads: &Uploads,
    principal: &Principal,
    id: UploadId,
    now: DateTime<Utc>,
) -> Result<upload::Model> {
    let row = upload::Entity::find_by_id(id)
        .filter(upload::Column::OwnerId.eq(principal.user_id))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("upload"))?;
    let here = row.node == uploads.node() && uploads.path(id).is_file();
    if row.expires_at > now && here {
        return Ok(row);
    }
    Err(Error::new(
        Code::Gone,
        "What was sent of this upload is no longer at hand. Send the file again.",
    ))
}

/// Where the upload stands, for a sender that wants to go on. Who is still sending has lost that connection.
pub(super) async fn tell_offset(
    principal: &Principal,
    id: UploadId,
    uploads: &Uploads,
    db: &Db,
    clock: &Clock,
) -> Result<HttpResponse> {
    find_upload(db.read(), uploads, principal, id, clock.now()).await?;
    uploads.interrupt(id).await;
    let row = find_upload(db.read(), uploads, principal, id, clock.now()).await?;
    let mut response = HttpResponse::Ok();
    whole_answer(&mut response, &row);
    Ok(response.finish())
}

/// The headers by which a sender knows where to go on.
pub(super) fn answer(
    response: &mut HttpResponseBuilder,
    position: Position,
) -> &mut HttpResponseBuilder {
    let expires = position.expires_at.format("%a, %d %b %Y %H:%M:%S GMT");
    response
        .insert_header((RESUMABLE, VERSION))
        .insert_header((OFFSET, position.offset.to_string()))
        .insert_header((EXPIRES, expires.to_string()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
}

/// The same with what a sender that has forgotten everything needs.
pub(super) fn whole_answer(response: &mut HttpResponseBuilder, row: &upload::Model) -> Position {
    let position = Position {
        offset: row.received,
        expires_at: row.expires_at,
    };
    answer(response, position).insert_header((LENGTH, row.byte_size.to_string()));
    if !row.metadata.is_empty() {
        response.insert_header((METADATA, row.metadata.as_str()));
    }
    position
}

/// Takes the body of a request in. It goes on when the one who asked is gone, so that what has come is kept.
async fn take_bytes(
    uploads: web::Data<Uploads>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    row: upload::Model,
    body: web::Payload,
) -> Result<Position> {
    let held = uploads.hold(row.id).ok_or_else(|| {
        Error::new(
            Code::Locked,
            "Wait until that request has ended, or ask for the offset to end it.",
        )
    })?;
    // Between the look at the offset and the lock another request may have moved it on.
    let now = upload::Entity::find_by_id(row.id).one(db.read()).await?;
    if now.is_none_or(|now| now.received != row.received) {
        return Err(Error::new(
            Code::Conflict,
            "The upload stands elsewhere by now; ask for the offset.",
        ));
    }
    actix_web::rt::spawn(async move {
        append(&uploads, held, &db, &clock, &row, body.into_inner()).await
    })
    .await
    .map_err(Error::internal)?
}

/// How large a file of this name may be: archives are taken apart by an import and never kept.
fn largest(config: &Config, file_name: &str) -> u64 {
    let ending = file_name.rsplit_once('.').map(|(_, ending)| ending);
    if ending.is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
        return config.import_limit.max(config.upload_limit);
    }
    config.upload_limit
}

/// Writes the row, where its owner has room for it.
async fn insert(db: &Db, config: &Config, row: upload::Model) -> Result<upload::Model> {
    let tx = db.begin().await?;
    require_room(&tx, config, row.owner_id, row.byte_size).await?;
    let row = row.into_active_model().reset_all().insert(&tx).await?;
    tx.commit().await?;
    Ok(row)
}

/// Refuses what would be more than one user may have under way.
async fn require_room<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    owner: UserId,
    length: i64,
) -> Result<()> {
    let sizes: Vec<i64> = upload::Entity::find()
        .select_only()
        .column(upload::Column::ByteSize)
        .filter(upload::Column::OwnerId.eq(owner))
        .into_tuple()
        .all(tx)
        .await?;
    let bytes = sizes.iter().sum::<i64>().saturating_add(length);
    let too_many = sizes.len() as u64 >= config.uploads_per_user;
    if too_many || u64::try_from(bytes).unwrap_or(u64::MAX) > config.upload_bytes_per_user {
        return Err(Error::new(
            Code::TooManyRequests,
            "You have begun more uploads than can be kept. Finish or cancel some of them first.",
        )
        .retry_after(60));
    }
    Ok(())
}

fn require_version(headers: &HeaderMap) -> Result<()> {
    if text(headers, RESUMABLE) == Some(VERSION) {
        return Ok(());
    }
    Err(Error::new(
        Code::UnknownProtocol,
        format!("Send Tus-Resumable: {VERSION}."),
    ))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &str) -> Result<Option<i64>> {
    text(headers, name)
        .map(|text| {
            text.parse()
                .ok()
                .filter(|number| *number >= 0)
                .ok_or_else(|| Error::new(Code::Malformed, format!("{name} is not a number.")))
        })
        .transpose()
}

/// The name that the sender gives the file.
fn file_name(metadata: &str) -> Result<String> {
    if metadata.len() > LONGEST_METADATA {
        return Err(Error::new(Code::Malformed, "Upload-Metadata is too long."));
    }
    let given = metadata.split(',').find_map(|pair| {
        let (name, value) = pair.trim().split_once(' ')?;
        (name == "filename").then(|| STANDARD.decode(value.trim()).ok())?
    });
    let name = given.and_then(|bytes| String::from_utf8(bytes).ok());
    clean_name(&name.unwrap_or_default())
        .ok_or_else(|| Error::field("filename", "Upload-Metadata must name the file."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_among_other_metadata_and_loses_its_folders() {
        // relativePath, then filename: "decks/öl.pdf"
        let metadata = "relativePath ZGVja3M=, filename ZGVja3Mvw7ZsLnBkZg==,filetype";
        assert_eq!(file_name(metadata).unwrap(), "öl.pdf");
        assert!(file_name("filetype YQ==").is_err());
        assert!(file_name("filename !!!").is_err());
    }

    #[test]
    fn only_archives_may_have_the_size_of_an_import() {
        let config = Config::default();
        assert_eq!(largest(&config, "deck.pptx"), config.upload_limit);
        assert_eq!(largest(&config, "All.ZIP"), config.import_limit);
    }
}
