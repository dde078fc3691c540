//! Loading views: a fixed number of queries, however many assets.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};

use super::captions::captions_of;
use super::views::{AssetDetail, AssetSummary, Facets, VersionView, WebSource, page_thumbnail_url};
use crate::auth::UserRef;
use crate::entities::{asset, asset_facet, asset_version, user, web_source};
use crate::error::{Error, Result};
use crate::ids::AssetId;

/// The summaries of these assets, in three queries. It does not ask who may see them: `ids` come from a scoped finder.
pub async fn asset_summaries<C: ConnectionTrait>(
    db: &C,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, AssetSummary>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let assets = asset::Entity::find()
        .filter(asset::Column::Id.is_in(ids.iter().copied()))
        .find_also_related(user::Entity)
        .all(db)
        .await?;
    let current = assets
        .iter()
        .filter_map(|(asset, _)| asset.current_version_id);
    let versions = asset_version::Entity::find()
        .filter(asset_version::Column::Id.is_in(current))
        .find_also_related(user::Entity)
        .all(db)
        .await?;
    let mut versions: HashMap<_, _> = versions
        .into_iter()
        .map(|(version, creator)| (version.id, (version, creator)))
        .collect();
    let rows = asset_facet::Entity::find()
        .filter(asset_facet::Column::AssetId.is_in(ids.iter().copied()))
        .order_by_asc(asset_facet::Column::Value)
        .all(db)
        .await?;
    let mut facets: HashMap<AssetId, Vec<asset_facet::Model>> = HashMap::new();
    for row in rows {
        facets.entry(row.asset_id).or_default().push(row);
    }
    Ok(assets
        .into_iter()
        .map(|(asset, owner)| {
            let current = asset
                .current_version_id
                .and_then(|id| versions.remove(&id))
                .map(|(version, creator)| VersionView::new(version, creator.map(user_ref)));
            let facets = facets.remove(&asset.id).unwrap_or_default();
            let facets = facets.into_iter().collect();
            (asset.id, summary(asset, owner, current, facets))
        })
        .collect())
}

/// The summaries of `ids` in their order.
pub(super) async fn summaries_in_order<C: ConnectionTrait>(
    db: &C,
    ids: &[AssetId],
) -> Result<Vec<AssetSummary>> {
    let mut found = asset_summaries(db, ids).await?;
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Everything about one asset.
pub(super) async fn asset_detail<C: ConnectionTrait>(
    db: &C,
    asset: asset::Model,
) -> Result<AssetDetail> {
    let mut summary = asset_summaries(db, &[asset.id])
        .await?
        .remove(&asset.id)
        .ok_or_else(|| Error::not_found("asset"))?;
    let versions: Vec<VersionView> = asset_version::Entity::find()
        .filter(asset_version::Column::AssetId.eq(asset.id))
        .order_by_desc(asset_version::Column::Number)
        .find_also_related(user::Entity)
        .all(db)
        .await?
        .into_iter()
        .map(|(version, creator)| VersionView::new(version, creator.map(user_ref)))
        .collect();
    // A conversion may have gone on between the two queries; one reply must not say two things of one version.
    if let Some(shown) = &mut summary.current_version
        && let Some(newest) = versions.iter().find(|version| version.id == shown.id)
    {
        *shown = newest.clone();
    }
    let captions = captions_of(db, asset.id).await?;
    let source = web_source::Entity::find_by_id(asset.id).one(db).await?;
    Ok(AssetDetail {
        source: source.map(|source| WebSource {
            url: source.url,
            fetched_at: source.fetched_at,
        }),
        summary,
        description: asset.description,
        revision: asset.revision,
        versions,
        captions,
    })
}

fn summary(
    asset: asset::Model,
    owner: Option<user::Model>,
    current_version: Option<VersionView>,
    facets: Facets,
) -> AssetSummary {
    let thumbnail_url = current_version
        .as_ref()
        .filter(|version| version.pages_done > 0)
        .map(|version| page_thumbnail_url(version.id, 1));
    AssetSummary {
        id: asset.id,
        title: asset.title,
        kind: asset.kind,
        state: asset.state,
        internal_only: asset.internal_only,
        language: asset.language,
        owner: owner.map(user_ref),
        created_at: asset.created_at,
        updated_at: asset.updated_at,
        current_version,
        thumbnail_url,
        facets,
        review_by: asset.review_by,
        expires_at: asset.expires_at,
    }
}

fn user_ref(user: user::Model) -> UserRef {
    UserRef {
        id: user.id,
        name: user.name,
    }
}
