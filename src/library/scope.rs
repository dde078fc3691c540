//! Who may see which collateral, and what of it may leave the house. Rules and finders, nothing else.

use chrono::NaiveDate;
use sea_orm::sea_query::SelectStatement;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, QueryTrait as _,
};

use crate::entities::{AssetState, Role, asset, asset_version, collection, collection_team};
use crate::error::{Error, Result};
use crate::http::{Permission, Principal};
use crate::ids::{AssetId, CollectionId, VersionId};

/// What those who only use collateral see of it.
const FINISHED: &[AssetState] = &[AssetState::Approved, AssetState::Expired];

/// The states in which `principal` sees assets.
pub fn visible_states(principal: &Principal) -> &'static [AssetState] {
    match principal.role {
        Role::Marketer | Role::Admin => AssetState::ALL,
        Role::Rep | Role::Manager => FINISHED,
    }
}

/// The same as a condition on the columns of `assets`.
pub fn visible_assets(principal: &Principal) -> Condition {
    Condition::all().add(asset::Column::State.is_in(visible_states(principal).iter().copied()))
}

/// The asset, if `principal` may see it.
pub async fn find_asset<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: AssetId,
) -> Result<asset::Model> {
    asset::Entity::find_by_id(id)
        .filter(visible_assets(principal))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("asset"))
}

/// The version and its asset, if `principal` may see them. What waits for an approval is for those who keep the library.
pub async fn find_version<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: VersionId,
) -> Result<(asset_version::Model, asset::Model)> {
    let found = asset_version::Entity::find_by_id(id)
        .find_also_related(asset::Entity)
        .filter(visible_assets(principal))
        .one(db)
        .await?;
    match found {
        Some((version, Some(asset))) if may_see_version(principal, version.awaits_approval) => {
            Ok((version, asset))
        }
        _ => Err(Error::not_found("version")),
    }
}

/// Whether `principal` may see a version of an asset that they see: one that waits for an approval or any other.
pub(super) fn may_see_version(principal: &Principal, awaits_approval: bool) -> bool {
    !awaits_approval || principal.may(Permission::LibraryWrite)
}

/// The collections that `principal` sees, as a condition on the columns of `collections`: those for everybody, for
/// their team, and their own; all of them for those who keep the library.
pub(super) fn visible_collections(principal: &Principal) -> Condition {
    if principal.may(Permission::LibraryWrite) {
        return Condition::all();
    }
    let own = collection::Column::OwnerId.eq(principal.user_id);
    let mut any = Condition::any()
        .add(collection::Column::Restricted.eq(false))
        .add(own);
    if let Some(team) = principal.team_id {
        let for_team = collection_team::Entity::find()
            .select_only()
            .column(collection_team::Column::CollectionId)
            .filter(collection_team::Column::TeamId.eq(team))
            .into_query();
        any = any.add(collection::Column::Id.in_subquery(for_team));
    }
    any
}

/// The ids of those.
pub(super) fn visible_collection_ids(principal: &Principal) -> SelectStatement {
    collection::Entity::find()
        .select_only()
        .column(collection::Column::Id)
        .filter(visible_collections(principal))
        .into_query()
}

/// The collection, if `principal` may see it.
pub(super) async fn find_collection<C: ConnectionTrait>(
    db: &C,
    principal: &Principal,
    id: CollectionId,
) -> Result<collection::Model> {
    collection::Entity::find_by_id(id)
        .filter(visible_collections(principal))
        .one(db)
        .await?
        .ok_or_else(|| Error::not_found("collection"))
}

/// Whether the asset may be shown to a prospect on the day `today`; if not, why, in words for the rep.
pub fn may_be_pitched(asset: &asset::Model, today: NaiveDate) -> Result<(), &'static str> {
    if asset.internal_only {
        return Err("For internal use only; it cannot leave in a pitch.");
    }
    if asset.expires_at.is_some_and(|day| day <= today) {
        return Err("It has expired.");
    }
    match asset.state {
        AssetState::Approved => Ok(()),
        AssetState::Draft => Err("It is a draft and not approved yet."),
        AssetState::InReview => Err("It is still in review."),
        AssetState::Expired => Err("It has expired."),
        AssetState::Archived => Err("It has been archived."),
    }
}

/// The assets of which [`may_be_pitched`] says no, as a condition on the columns of `assets`.
pub fn not_to_be_pitched(today: NaiveDate) -> Condition {
    Condition::any()
        .add(asset::Column::State.ne(AssetState::Approved))
        .add(asset::Column::InternalOnly.eq(true))
        .add(asset::Column::ExpiresAt.lte(today))
}

/// The assets of which [`may_be_pitched`] says yes, as a condition on the columns of `assets`.
pub fn to_be_pitched(today: NaiveDate) -> Condition {
    let lasts = Condition::any()
        .add(asset::Column::ExpiresAt.is_null())
        .add(asset::Column::ExpiresAt.gt(today));
    Condition::all()
        .add(asset::Column::State.eq(AssetState::Approved))
        .add(asset::Column::InternalOnly.eq(false))
        .add(lasts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(state: AssetState) -> asset::Model {
        asset::Model {
            state,
            ..asset::Model::blank()
        }
    }

    #[test]
    fn only_approved_assets_may_be_pitched() {
        let today = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        for state in AssetState::ALL {
            let allowed = may_be_pitched(&asset(*state), today).is_ok();
            assert_eq!(allowed, *state == AssetState::Approved, "{state}");
        }
    }

    #[test]
    fn an_approved_asset_stays_inside_when_internal_or_past_its_date() {
        let today = NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
        let internal = asset::Model {
            internal_only: true,
            ..asset(AssetState::Approved)
        };
        assert!(may_be_pitched(&internal, today).is_err());
        let mut dated = asset(AssetState::Approved);
        dated.expires_at = today.succ_opt();
        assert!(may_be_pitched(&dated, today).is_ok());
        dated.expires_at = Some(today);
        assert!(may_be_pitched(&dated, today).is_err());
    }
}
