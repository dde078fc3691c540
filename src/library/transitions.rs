//! An asset's way through its life cycle: which steps there are, who may take them, and taking one.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, IntoActiveModel as _};
use serde::Deserialize;

use super::assets::edited;
use super::scope::find_asset;
use super::store::Written;
use super::views::AssetDetail;
use crate::clock::Clock;
use crate::db::{Db, append_change};
use crate::entities::{AssetState, Role, asset};
use crate::error::{Code, Error, Result};
use crate::http::{Permission, Principal, Problem};
use crate::ids::AssetId;
use crate::index::Index;

/// The step to take.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Transition {
    /// Where to.
    pub to: AssetState,
}

/// Take an asset one step through its life cycle.
#[utoipa::path(post, path = "/api/v1/assets/{id}/transitions", tag = "library", params(AssetId),
    request_body = Transition, responses(
    (status = 200, body = AssetDetail), (status = 404, body = Problem), (status = 409, body = Problem),
))]
pub async fn transition_asset(
    principal: Principal,
    id: web::Path<AssetId>,
    body: web::Json<Transition>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    index: web::Data<Index>,
) -> Result<HttpResponse> {
    let now = clock.now();
    let tx = db.begin().await?;
    let asset = find_asset(&tx, &principal, *id).await?;
    check_step(asset.state, body.to, principal.role)?;
    let written = move_asset(&tx, now, asset, body.to).await?;
    tx.commit().await?;
    index.wake();
    edited(&db, written).await
}

/// Writes that an asset is in another state now; whether the step may be taken was decided by the caller.
pub async fn move_asset<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    asset: asset::Model,
    to: AssetState,
) -> Result<Written> {
    let (id, revision) = (asset.id, asset.revision + 1);
    let mut row = asset.into_active_model();
    row.state = Set(to);
    row.revision = Set(revision);
    row.updated_at = Set(now);
    let asset = row.update(db).await?;
    let seq = append_change(db, "asset", id.0).await?;
    Ok(Written { asset, seq })
}

/// Whether somebody of `role` may take an asset from one state to another; if not, why.
pub(super) fn check_step(from: AssetState, to: AssetState, role: Role) -> Result<()> {
    use AssetState::{Approved, Archived, Draft, Expired, InReview};
    let needed = match (from, to) {
        (Draft, InReview) | (InReview | Archived, Draft) => Permission::LibraryWrite,
        (Draft | InReview | Expired, Approved)
        | (Approved, Expired | Draft)
        | (Draft | InReview | Approved | Expired, Archived) => Permission::LibraryApprove,
        _ => {
            return Err(Error::new(
                Code::Conflict,
                format!("There is no step from {from} to {to}."),
            ));
        }
    };
    if needed.granted_to(role) {
        return Ok(());
    }
    Err(Error::new(
        Code::Forbidden,
        format!("The step from {from} to {to} is not open to the role {role}."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_from_draft_through_review_to_approved_and_out() {
        use AssetState::{Approved, Archived, Draft, Expired, InReview};
        for step in [
            (Draft, InReview),
            (InReview, Approved),
            (Approved, Expired),
            (Expired, Approved),
            (Expired, Archived),
            (Archived, Draft),
        ] {
            assert!(
                check_step(step.0, step.1, Role::Marketer).is_ok(),
                "{step:?}"
            );
        }
    }

    #[test]
    fn there_is_no_step_to_the_same_state_nor_from_archived_to_approved() {
        for state in AssetState::ALL {
            let error = check_step(*state, *state, Role::Admin).unwrap_err();
            assert_eq!(error.code, Code::Conflict);
        }
        assert!(check_step(AssetState::Archived, AssetState::Approved, Role::Admin).is_err());
    }

    #[test]
    fn reps_take_no_step() {
        for from in AssetState::ALL {
            for to in AssetState::ALL {
                assert!(check_step(*from, *to, Role::Rep).is_err());
            }
        }
    }
}
