//! What a manifest says otherwise than a known asset. An import brings files; what is said of an asset that is there is
//! edited in the app, where somebody may have done so since. So nothing of it is applied, but the line says so.

use std::collections::BTreeSet;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::manifest::Said;
use super::rows::owner_of;
use crate::entities::{AssetState, Facet, asset, asset_facet};
use crate::error::Result;
use crate::library::views::Facets;
use crate::library::vocabulary::folded;

/// A sentence that names what is said otherwise, if anything is.
pub(super) async fn not_applied<C: ConnectionTrait>(
    db: &C,
    said: &Said,
    asset: &asset::Model,
) -> Result<Option<String>> {
    let facets: Facets = asset_facet::Entity::find()
        .filter(asset_facet::Column::AssetId.eq(asset.id))
        .all(db)
        .await?
        .into_iter()
        .collect();
    let (owner, _) = owner_of(db, said).await?;
    let mut names = otherwise(said, asset, &facets);
    if owner.is_some_and(|owner| asset.owner_id != Some(owner)) {
        names.push("owner".to_owned());
    }
    Ok((!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("The manifest's words were not applied ({names}); edit the asset")
    }))
}

fn otherwise(said: &Said, asset: &asset::Model, facets: &Facets) -> Vec<String> {
    let words = &said.metadata;
    let differs = [
        ("title", differ(words.title.as_ref(), &asset.title)),
        (
            "description",
            differ(words.description.as_ref(), &asset.description),
        ),
        ("kind", differ(words.kind.as_ref(), &asset.kind)),
        ("language", differ(words.language.as_ref(), &asset.language)),
        ("state", state_differs(said, asset.state)),
        (
            "internal_only",
            differ(words.internal_only.as_ref(), &asset.internal_only),
        ),
        (
            "review_by",
            differ(words.review_by.as_ref(), &asset.review_by),
        ),
        (
            "expires_at",
            differ(words.expires_at.as_ref(), &asset.expires_at),
        ),
    ];
    let mut names: Vec<String> = differs
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| name.to_owned())
        .collect();
    if let Some(wanted) = words.facets.clone() {
        let wanted = wanted.applied_to(facets.clone());
        let set = |facets: &Facets, facet| -> BTreeSet<String> {
            facets.get(facet).iter().map(|one| folded(one)).collect()
        };
        let others = Facet::ALL
            .iter()
            .filter(|facet| set(&wanted, **facet) != set(facets, **facet));
        names.extend(others.map(ToString::to_string));
    }
    names
}

fn differ<T: PartialEq>(said: Option<&T>, is: &T) -> bool {
    said.is_some_and(|said| said != is)
}

/// What was approved expires by itself; a manifest need not follow that.
fn state_differs(said: &Said, is: AssetState) -> bool {
    let said = said.over.or(said.metadata.state);
    let by_calendar = said == Some(AssetState::Approved) && is == AssetState::Expired;
    said.is_some_and(|said| said != is) && !by_calendar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::import::manifest;

    fn asset() -> asset::Model {
        asset::Model {
            title: "The plan".to_owned(),
            ..asset::Model::blank()
        }
    }

    fn told(row: &str, asset: &asset::Model, facets: &Facets) -> Vec<String> {
        let csv = format!("file,title,kind,state,industry\na.pdf,{row}\n");
        let rows = manifest::parse("manifest.csv", csv.as_bytes()).unwrap();
        otherwise(rows[0].said.as_ref().unwrap(), asset, facets)
    }

    #[test]
    fn what_is_not_said_or_said_in_another_spelling_is_not_otherwise() {
        let facets = Facets {
            industry: vec!["Banking".to_owned(), "Retail".to_owned()],
            ..Facets::default()
        };
        let same = told("The plan,deck,approved,retail;banking", &asset(), &facets);
        assert!(same.is_empty(), "{same:?}");
        assert!(told(",,,", &asset(), &facets).is_empty());
        let other = told("A plan,guide,draft,retail", &asset(), &facets);
        assert_eq!(other, ["title", "kind", "state", "industry"]);
    }

    #[test]
    fn what_has_run_out_is_as_the_manifest_says() {
        let over = asset::Model {
            state: AssetState::Expired,
            ..asset()
        };
        assert!(told(",,approved,", &over, &Facets::default()).is_empty());
        assert_eq!(told(",,archived,", &over, &Facets::default()), ["state"]);
    }
}
