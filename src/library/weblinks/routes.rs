//! Adding a web link, and fetching it again. Both fetch while the person waits, so that what is wrong is said at once.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _,
    QueryOrder as _,
};
use serde::Deserialize;

use super::fetch::Fetcher;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::documents::Urgency;
use crate::entities::{asset, asset_version, web_source};
use crate::error::{Code, Error, Result};
use crate::http::{Principal, Problem};
use crate::ids::AssetId;
use crate::index::Index;
use crate::jobs::Wake;
use crate::library::assets::{created, edited};
use crate::library::metadata::Metadata;
use crate::library::scope::{find_asset, visible_assets};
use crate::library::steps::check_approved_upload;
use crate::library::store::{Written, add_version, create_asset, store_file};
use crate::library::views::AssetDetail;

/// An address on the web that is to become an asset.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebLink {
    /// An `http` or `https` address of the public web.
    pub url: String,
    /// What is said about the asset.
    #[serde(default)]
    pub metadata: Metadata,
}

/// What a fetch works with.
type Means = (
    web::Data<Db>,
    web::Data<Blobs>,
    web::Data<Clock>,
    web::Data<Fetcher>,
);

/// Add a web page, a PDF file or a picture by its address. A snapshot is fetched now and kept; it is what prospects see.
#[utoipa::path(post, path = "/api/v1/web-links", tag = "library", request_body = NewWebLink, responses(
    (status = 201, body = AssetDetail), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn add_web_link(
    principal: Principal,
    body: web::Json<NewWebLink>,
    means: Means,
    config: web::Data<Config>,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let NewWebLink { url, metadata } = body.into_inner();
    let (db, blobs, clock, fetcher) = means;
    let metadata = metadata.checked()?;
    let url = fetcher.address(&url)?;
    refuse_known(&db, &principal, url.as_str()).await?;
    let snapshot = fetcher.fetch(&url).await?;
    let file = store_file(&blobs, &snapshot.path, &snapshot.name).await?;
    let now = clock.now();
    let owner = Some(principal.user_id);
    let tx = db.begin().await?;
    check_approved_upload(&tx, &config, &principal, metadata.state).await?;
    let written = create_asset(&tx, now, metadata, file, owner, Urgency::Awaited).await?;
    web_source::ActiveModel {
        asset_id: Set(written.asset.id),
        url: Set(url.into()),
        fetched_at: Set(now),
    }
    .insert(&tx)
    .await?;
    tx.commit().await?;
    wake.wake();
    index.wake();
    created(&db, written).await
}

/// Fetch a web link again. Where the page has changed, the new snapshot becomes the next version.
#[utoipa::path(post, path = "/api/v1/assets/{id}/fetch", tag = "library", params(AssetId), responses(
    (status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn fetch_again(
    principal: Principal,
    id: web::Path<AssetId>,
    means: Means,
    wake: web::Data<Wake>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let (db, blobs, clock, fetcher) = means;
    find_asset(db.read(), &principal, *id).await?;
    let source = web_source::Entity::find_by_id(*id)
        .one(db.read())
        .await?
        .ok_or_else(|| Error::new(Code::Conflict, "This asset was not fetched from the web."))?;
    let url = fetcher.address(&source.url)?;
    let snapshot = fetcher.fetch(&url).await?;
    let file = store_file(&blobs, &snapshot.path, &snapshot.name).await?;
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    note_fetch(&tx, *id, now).await?;
    let newest = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(*id))
        .order_by_desc(asset_version::Column::Number)
        .one(&tx)
        .await?;
    let written = if newest.is_some_and(|version| version.blob == *file.blob()) {
        let seq = append_change(&tx, "asset", id.0).await?;
        Written { asset, seq }
    } else {
        let creator = Some(principal.user_id);
        add_version(&tx, now, asset, file, creator, None, Urgency::Awaited).await?
    };
    tx.commit().await?;
    wake.wake();
    index.wake();
    edited(&db, written).await
}

async fn note_fetch<C: sea_orm::ConnectionTrait>(
    tx: &C,
    id: AssetId,
    now: DateTime<Utc>,
) -> Result<()> {
    web_source::ActiveModel {
        asset_id: Set(id),
        fetched_at: Set(now),
        ..Default::default()
    }
    .update(tx)
    .await?;
    Ok(())
}

/// The same address twice would be the same asset twice.
async fn refuse_known(db: &Db, principal: &Principal, url: &str) -> Result<()> {
    let known = web_source::Entity::find()
        .filter(web_source::Column::Url.eq(url))
        .find_also_related(asset::Entity)
        .filter(visible_assets(principal))
        .one(db.read())
        .await?;
    match known {
        Some((_, Some(asset))) => Err(Error::new(
            Code::Duplicate,
            format!(
                "This address is already in the library as \"{}\"; fetch it again there.",
                asset.title
            ),
        )),
        _ => Ok(()),
    }
}
