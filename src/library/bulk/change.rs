//! What is asked for, and what that means for one asset. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::entities::{AssetKind, AssetState, Facet, asset};
use crate::error::{Error, Result};
use crate::ids::{CollectionId, UserId};
use crate::library::metadata::{LONGEST_VALUE, MOST_VALUES, cleaned, language_tag, said};
use crate::library::views::Facets;
use crate::library::vocabulary::folded;

/// The change. What is not said stays as it is; `null` takes a value away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BulkChange {
    /// Values to give, beside those that are there.
    pub add: FacetChange,
    /// Values to take away.
    pub remove: FacetChange,
    /// Another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<AssetKind>,
    /// Another language tag.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub language: Option<Option<String>>,
    /// Another owner.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Option<Option<UserId>>,
    /// Whether it must stay in the house.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_only: Option<bool>,
    /// The day by which somebody should look at it again.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub review_by: Option<Option<NaiveDate>>,
    /// The day from which it may not be pitched any more.
    #[serde(deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub expires_at: Option<Option<NaiveDate>>,
    /// A step of the life cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<AssetState>,
    /// A collection to put them into, at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub add_to_collection: Option<CollectionId>,
    /// A collection to take them out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove_from_collection: Option<CollectionId>,
}

/// Values of facets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "the names say it")]
pub struct FacetChange {
    pub product: Vec<String>,
    pub industry: Vec<String>,
    pub stage: Vec<String>,
    pub persona: Vec<String>,
    pub region: Vec<String>,
    pub competitor: Vec<String>,
    pub tag: Vec<String>,
}

impl From<FacetChange> for Facets {
    fn from(change: FacetChange) -> Self {
        Self {
            product: change.product,
            industry: change.industry,
            stage: change.stage,
            persona: change.persona,
            region: change.region,
            competitor: change.competitor,
            tag: change.tag,
        }
    }
}

impl From<Facets> for FacetChange {
    fn from(facets: Facets) -> Self {
        Self {
            product: facets.product,
            industry: facets.industry,
            stage: facets.stage,
            persona: facets.persona,
            region: facets.region,
            competitor: facets.competitor,
            tag: facets.tag,
        }
    }
}

/// What a change means for one asset.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// Whether a column of the asset gets another value.
    pub(super) columns: bool,
    /// Values that it does not have yet.
    pub(super) gains: Vec<(Facet, String)>,
    /// Values that it loses.
    pub(super) loses: Vec<(Facet, String)>,
    /// The step to take.
    pub(super) step: Option<AssetState>,
}

impl Effect {
    /// Whether the asset's own description changes, not counting the step.
    pub(super) fn describes(&self) -> bool {
        self.columns || !self.gains.is_empty() || !self.loses.is_empty()
    }
}

impl BulkChange {
    /// The same with its values trimmed, or why it cannot be.
    pub(super) fn checked(mut self) -> Result<Self> {
        let mut add = Facets::from(std::mem::take(&mut self.add));
        let mut remove = Facets::from(std::mem::take(&mut self.remove));
        for facet in Facet::ALL.iter().copied() {
            for values in [add.get_mut(facet), remove.get_mut(facet)] {
                *values = cleaned(values);
                if values.len() > MOST_VALUES
                    || values.iter().any(|one| one.chars().count() > LONGEST_VALUE)
                {
                    return Err(Error::field(
                        format!("change.add.{facet}"),
                        format!("At most {MOST_VALUES} values of {LONGEST_VALUE} characters each."),
                    ));
                }
            }
        }
        self.add = add.into();
        self.remove = remove.into();
        if let Some(Some(language)) = &mut self.language {
            *language = language_tag(language).ok_or_else(|| {
                Error::field(
                    "change.language",
                    "Give a language tag such as en or de-AT.",
                )
            })?;
        }
        if self == Self::default() {
            return Err(Error::field("change", "Say what to change."));
        }
        Ok(self)
    }

    /// What it means for an asset, or why the asset is refused. Whether the step may be taken is decided elsewhere.
    pub(super) fn effect(
        &self,
        asset: &asset::Model,
        facets: &Facets,
    ) -> std::result::Result<Effect, String> {
        let differs = [
            self.kind.is_some_and(|kind| kind != asset.kind),
            self.language
                .as_ref()
                .is_some_and(|to| *to != asset.language),
            self.owner_id.is_some_and(|to| to != asset.owner_id),
            self.internal_only
                .is_some_and(|to| to != asset.internal_only),
            self.review_by.is_some_and(|to| to != asset.review_by),
            self.expires_at.is_some_and(|to| to != asset.expires_at),
        ];
        let mut effect = Effect {
            columns: differs.contains(&true),
            step: self.state.filter(|to| *to != asset.state),
            ..Effect::default()
        };
        let (add, remove) = (
            Facets::from(self.add.clone()),
            Facets::from(self.remove.clone()),
        );
        for facet in Facet::ALL.iter().copied() {
            let has = facets.get(facet);
            let added = add.get(facet);
            let lost = has
                .iter()
                .filter(|value| contains(remove.get(facet), value) && !contains(added, value));
            let gained = added.iter().filter(|value| !contains(has, value));
            let before = effect.loses.len();
            effect
                .loses
                .extend(lost.map(|value| (facet, value.clone())));
            let lost = effect.loses.len() - before;
            let before = effect.gains.len();
            effect
                .gains
                .extend(gained.map(|value| (facet, value.clone())));
            let gained = effect.gains.len() - before;
            if has.len() - lost + gained > MOST_VALUES {
                return Err(format!(
                    "It would have more than {MOST_VALUES} values of {facet}."
                ));
            }
        }
        Ok(effect)
    }
}

fn contains(values: &[String], value: &str) -> bool {
    let word = folded(value);
    values.iter().any(|other| folded(other) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset() -> asset::Model {
        asset::Model {
            title: "Overview".to_owned(),
            state: AssetState::Draft,
            language: Some("en".to_owned()),
            ..asset::Model::blank()
        }
    }

    fn change(json: &str) -> BulkChange {
        serde_json::from_str::<BulkChange>(json)
            .unwrap()
            .checked()
            .unwrap()
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let facets = Facets {
            tag: vec!["Launch".to_owned()],
            ..Facets::default()
        };
        let asked = change(
            r#"{"kind":"deck","language":"EN","state":"draft","add":{"tag":["launch"]},"remove":{"tag":["old"]}}"#,
        );
        let effect = asked.effect(&asset(), &facets).unwrap();
        assert_eq!(effect, Effect::default());
    }

    #[test]
    fn values_are_given_and_taken_without_regard_to_case() {
        let facets = Facets {
            industry: vec!["Banking".to_owned(), "Retail".to_owned()],
            ..Facets::default()
        };
        let asked = change(r#"{"add":{"industry":["Health"]},"remove":{"industry":["banking"]}}"#);
        let effect = asked.effect(&asset(), &facets).unwrap();
        assert_eq!(effect.gains, [(Facet::Industry, "Health".to_owned())]);
        assert_eq!(effect.loses, [(Facet::Industry, "Banking".to_owned())]);
        assert!(effect.describes());
    }

    #[test]
    fn an_asset_with_too_many_values_is_refused() {
        let facets = Facets {
            tag: (0..MOST_VALUES).map(|n| format!("tag {n}")).collect(),
            ..Facets::default()
        };
        let asked = change(r#"{"add":{"tag":["one more"]}}"#);
        assert!(asked.effect(&asset(), &facets).is_err());
        let swapped = change(r#"{"add":{"tag":["one more"]},"remove":{"tag":["tag 7"]}}"#);
        assert!(swapped.effect(&asset(), &facets).is_ok());
    }

    #[test]
    fn taking_a_value_away_survives_the_way_through_a_job() {
        let asked = change(r#"{"expires_at":null,"owner_id":null}"#);
        let again: BulkChange =
            serde_json::from_value(serde_json::to_value(&asked).unwrap()).unwrap();
        assert_eq!(asked, again);
        assert_eq!(again.expires_at, Some(None));
        assert_eq!(again.review_by, None);
    }

    #[test]
    fn nothing_to_change_is_an_error() {
        assert!(BulkChange::default().checked().is_err());
    }
}
