//! Making, describing and removing collections.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _, ModelTrait as _, PaginatorTrait as _, QueryFilter as _,
};
use serde::{Deserialize, Serialize};

use super::members::{check_members, replace_members};
use super::views::{CollectionView, view};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{asset, asset_version, collection, collection_team, team};
use crate::error::{Error, Result};
use crate::http::{IfMatch, Principal, Problem, with_etag};
use crate::ids::{AssetId, CollectionId, TeamId, UserId};
use crate::library::metadata::{one_line, said};
use crate::library::scope::{find_asset, find_collection};
use crate::library::store::check_owner;

const LONGEST_NAME: usize = 120;
const LONGEST_DESCRIPTION: usize = 2_000;

/// What to say of a collection; what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct CollectionInput {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Who looks after it; whoever makes it where not said.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Option<Option<UserId>>,
    /// Only for these teams, and for those who keep the library; an empty list means for everybody.
    pub team_ids: Option<Vec<TeamId>>,
    /// The page that is its picture.
    #[serde(deserialize_with = "said")]
    #[schema(value_type = Option<Cover>)]
    pub cover: Option<Option<Cover>>,
    /// All its assets, in order.
    pub asset_ids: Option<Vec<AssetId>>,
}

/// A page of an asset as a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cover {
    /// The asset.
    pub asset_id: AssetId,
    /// The page of what it shows, from 1.
    pub page: i32,
}

/// Make a collection.
#[utoipa::path(post, path = "/api/v1/collections", tag = "collections", request_body = CollectionInput, responses(
    (status = 201, body = CollectionView), (status = 409, body = Problem), (status = 422, body = Problem),
))]
pub async fn create_collection(
    principal: Principal,
    body: web::Json<CollectionInput>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let input = body.into_inner();
    if input.name.is_none() {
        return Err(Error::field("name", "Give it a name."));
    }
    let now = clock.now();
    let tx = db.begin().await?;
    let row = collection::Model {
        id: CollectionId::new(now),
        name: String::new(),
        description: String::new(),
        owner_id: Some(principal.user_id),
        created_at: now,
        revision: 0,
        restricted: false,
        cover_asset_id: None,
        cover_page: None,
    };
    let id = row.id;
    let described = described(&tx, &principal, row, &input).await?;
    let row = described.reset_all().insert(&tx).await?;
    write_teams(&tx, id, &input).await?;
    if let Some(assets) = &input.asset_ids {
        check_members(&tx, &principal, assets).await?;
        replace_members(&tx, id, assets).await?;
    }
    tx.commit().await?;
    let view = view(db.read(), &principal, row).await?;
    Ok(HttpResponse::Created()
        .insert_header((header::LOCATION, format!("/api/v1/collections/{id}")))
        .insert_header((header::ETAG, format!("\"{}\"", view.revision)))
        .json(view))
}

/// Describe a collection anew, put its assets in order, or say who may see it.
#[utoipa::path(patch, path = "/api/v1/collections/{id}", tag = "collections",
    params(CollectionId, ("If-Match" = String, Header, description = "The revision that is edited")),
    request_body = CollectionInput, responses(
    (status = 200, body = CollectionView), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
))]
pub async fn edit_collection(
    principal: Principal,
    id: web::Path<CollectionId>,
    if_match: IfMatch,
    body: web::Json<CollectionInput>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let input = body.into_inner();
    let tx = db.begin().await?;
    let row = find_collection(&tx, &principal, *id).await?;
    if_match.require(row.revision)?;
    let row = described(&tx, &principal, row, &input)
        .await?
        .update(&tx)
        .await?;
    write_teams(&tx, *id, &input).await?;
    if let Some(assets) = &input.asset_ids {
        check_members(&tx, &principal, assets).await?;
        replace_members(&tx, *id, assets).await?;
    }
    tx.commit().await?;
    let view = view(db.read(), &principal, row).await?;
    Ok(with_etag(&view, view.revision))
}

/// Remove a collection. Its assets stay.
#[utoipa::path(delete, path = "/api/v1/collections/{id}", tag = "collections", params(CollectionId), responses(
    (status = 204), (status = 404, body = Problem),
))]
pub async fn delete_collection(
    principal: Principal,
    id: web::Path<CollectionId>,
    db: web::Data<Db>,
) -> Result<HttpResponse> {
    let tx = db.begin().await?;
    let row = find_collection(&tx, &principal, *id).await?;
    row.delete(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The row with everything that is said in its own columns.
async fn described<C: ConnectionTrait>(
    tx: &C,
    principal: &Principal,
    row: collection::Model,
    input: &CollectionInput,
) -> Result<collection::ActiveModel> {
    let revision = row.revision + 1;
    let mut row = row.into_active_model();
    row.revision = Set(revision);
    if let Some(name) = &input.name {
        let name = one_line(name);
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::field(
                "name",
                format!("A name has 1 to {LONGEST_NAME} characters."),
            ));
        }
        row.name = Set(name);
    }
    if let Some(text) = &input.description {
        let text = text.trim();
        if text.chars().count() > LONGEST_DESCRIPTION {
            return Err(Error::field(
                "description",
                format!("A description has {LONGEST_DESCRIPTION} characters at the most."),
            ));
        }
        row.description = Set(text.to_owned());
    }
    if let Some(owner) = input.owner_id {
        if let Some(owner) = owner {
            check_owner(tx, owner).await?;
        }
        row.owner_id = Set(owner);
    }
    if let Some(teams) = &input.team_ids {
        row.restricted = Set(!teams.is_empty());
    }
    if let Some(cover) = &input.cover {
        if let Some(cover) = cover {
            check_cover(tx, principal, cover).await?;
        }
        row.cover_asset_id = Set(cover.as_ref().map(|cover| cover.asset_id));
        row.cover_page = Set(cover.as_ref().map(|cover| cover.page));
    }
    Ok(row)
}

async fn check_cover<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    cover: &Cover,
) -> Result<()> {
    let asset: asset::Model = find_asset(db, principal, cover.asset_id).await?;
    let version = match asset.current_version_id {
        Some(id) => asset_version::Entity::find_by_id(id).one(db).await?,
        None => None,
    };
    let pages = version.map_or(0, |version| version.page_count.unwrap_or(0));
    if cover.page < 1 || cover.page > pages {
        return Err(Error::field("cover", "The asset has no such page."));
    }
    Ok(())
}

async fn write_teams<C: ConnectionTrait>(
    tx: &C,
    id: CollectionId,
    input: &CollectionInput,
) -> Result<()> {
    let Some(teams) = &input.team_ids else {
        return Ok(());
    };
    let mut teams = teams.clone();
    teams.sort();
    teams.dedup();
    let known = team::Entity::find()
        .filter(team::Column::Id.is_in(teams.iter().copied()))
        .count(tx)
        .await?;
    if known != teams.len() as u64 {
        return Err(Error::field("team_ids", "There is no such team."));
    }
    collection_team::Entity::delete_many()
        .filter(collection_team::Column::CollectionId.eq(id))
        .exec(tx)
        .await?;
    if !teams.is_empty() {
        let rows = teams.into_iter().map(|team| collection_team::ActiveModel {
            collection_id: Set(id),
            team_id: Set(team),
        });
        collection_team::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}
