//! Which assets are meant: read from a query string or from JSON, turned into one condition.

use chrono::{Days, NaiveDate};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use crate::db::contains_text;
use crate::entities::{
    AssetKind, AssetState, Facet, asset, asset_facet, collection_item, facet_value,
};
use crate::error::{Error, Result};
use crate::http::Principal;
use crate::ids::{AssetId, CollectionId, UserId};
use crate::library::scope::{visible_assets, visible_collection_ids};
use crate::library::vocabulary::folded;

/// How far ahead "soon" looks.
pub(in crate::library) const SOON: Days = Days::new(30);
/// More values of one dimension make no sense and would overfill a statement.
const MOST_VALUES: usize = 200;

/// Which assets: values of one dimension are alternatives, dimensions narrow each other.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    utoipa::IntoParams,
)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AssetFilter {
    /// Text in the title.
    pub q: String,
    /// States of the life cycle.
    pub state: Vec<AssetState>,
    /// Sorts of collateral.
    pub kind: Vec<AssetKind>,
    /// Who looks after it.
    pub owner: Vec<UserId>,
    /// Language tags.
    pub language: Vec<String>,
    /// Product lines.
    pub product: Vec<String>,
    /// Industries.
    pub industry: Vec<String>,
    /// Stages of an opportunity.
    pub stage: Vec<String>,
    /// Readers' parts.
    pub persona: Vec<String>,
    /// Markets.
    pub region: Vec<String>,
    /// Competitors.
    pub competitor: Vec<String>,
    /// Free tags.
    pub tag: Vec<String>,
    /// What it lacks.
    pub without: Vec<Gap>,
    /// When somebody should look at it again.
    pub review: Option<Due>,
    /// When it may not be pitched any more.
    pub expires: Option<Due>,
    /// Whether it must stay in the house.
    pub internal_only: Option<bool>,
    /// The collection it is in.
    pub collection: Option<CollectionId>,
}

/// Something that nobody has said of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Gap {
    Product,
    Industry,
    Stage,
    Persona,
    Region,
    Competitor,
    Tag,
    Owner,
    Language,
    ReviewBy,
    ExpiresAt,
    Collection,
}

/// A day that is near or past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// It has come.
    Past,
    /// It comes within 30 days, or has come.
    Soon,
}

/// What a filter can be about, so that counts can leave out one dimension's own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aspect {
    State,
    Kind,
    Owner,
    Language,
    Facet(Facet),
}

impl AssetFilter {
    /// Reads a query string, in which dimensions may be repeated. Parameters that are none of the filter's are left to
    /// `other`, which says whether it knew them.
    pub(super) fn parse(
        query_string: &str,
        mut other: impl FnMut(&str, &str) -> Result<bool>,
    ) -> Result<Self> {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query_string.as_bytes()) {
            let (name, value) = (name.as_ref(), value.as_ref());
            if value.is_empty() || other(name, value)? {
                continue;
            }
            match name {
                "q" => value.clone_into(&mut filter.q),
                "state" => filter.state.push(read(name, value)?),
                "kind" => filter.kind.push(read(name, value)?),
                "owner" => filter.owner.push(read(name, value)?),
                "language" => filter.language.push(value.to_owned()),
                "without" => filter.without.push(read(name, value)?),
                "review" => filter.review = Some(read(name, value)?),
                "expires" => filter.expires = Some(read(name, value)?),
                "internal_only" => filter.internal_only = Some(value == "true"),
                "collection" => filter.collection = Some(read(name, value)?),
                name => {
                    if let Some(facet) = Facet::ALL.iter().find(|facet| facet.as_str() == name) {
                        filter.facet_mut(*facet).push(value.to_owned());
                    }
                }
            }
        }
        filter.checked()
    }

    /// The same, or why it asks for too much.
    pub(in crate::library) fn checked(self) -> Result<Self> {
        let facets = Facet::ALL.iter().map(|facet| self.facet(*facet).len());
        let others = [self.owner.len(), self.language.len(), self.without.len()];
        if facets.chain(others).any(|count| count > MOST_VALUES) {
            return Err(Error::field(
                "filter",
                format!("At most {MOST_VALUES} values of one dimension."),
            ));
        }
        Ok(self)
    }

    /// The chosen values of a facet.
    pub(super) fn facet(&self, facet: Facet) -> &[String] {
        match facet {
            Facet::Product => &self.product,
            Facet::Industry => &self.industry,
            Facet::Stage => &self.stage,
            Facet::Persona => &self.persona,
            Facet::Region => &self.region,
            Facet::Competitor => &self.competitor,
            Facet::Tag => &self.tag,
        }
    }

    fn facet_mut(&mut self, facet: Facet) -> &mut Vec<String> {
        match facet {
            Facet::Product => &mut self.product,
            Facet::Industry => &mut self.industry,
            Facet::Stage => &mut self.stage,
            Facet::Persona => &mut self.persona,
            Facet::Region => &mut self.region,
            Facet::Competitor => &mut self.competitor,
            Facet::Tag => &mut self.tag,
        }
    }

    /// Whether anything is chosen of this dimension.
    pub(super) fn chooses(&self, aspect: Aspect) -> bool {
        match aspect {
            Aspect::State => !self.state.is_empty(),
            Aspect::Kind => !self.kind.is_empty(),
            Aspect::Owner => !self.owner.is_empty(),
            Aspect::Language => !self.language.is_empty(),
            Aspect::Facet(facet) => !self.facet(facet).is_empty(),
        }
    }

    /// The filter without what is chosen of one dimension.
    pub(super) fn without(&self, aspect: Aspect) -> Self {
        let mut filter = self.clone();
        match aspect {
            Aspect::State => filter.state.clear(),
            Aspect::Kind => filter.kind.clear(),
            Aspect::Owner => filter.owner.clear(),
            Aspect::Language => filter.language.clear(),
            Aspect::Facet(facet) => filter.facet_mut(facet).clear(),
        }
        filter
    }

    /// The assets that `principal` sees and the filter means, as a condition on the columns of `assets`.
    pub(in crate::library) fn condition(
        &self,
        principal: &Principal,
        today: NaiveDate,
    ) -> Condition {
        use asset::Column;
        let mut all = Condition::all().add(visible_assets(principal));
        let text = self.q.trim();
        if !text.is_empty() {
            all = all.add(contains_text(Column::Title, text));
        }
        if !self.state.is_empty() {
            all = all.add(Column::State.is_in(self.state.iter().copied()));
        }
        if !self.kind.is_empty() {
            all = all.add(Column::Kind.is_in(self.kind.iter().copied()));
        }
        if !self.owner.is_empty() {
            all = all.add(Column::OwnerId.is_in(self.owner.iter().copied()));
        }
        if !self.language.is_empty() {
            all = all.add(Column::Language.is_in(self.language.iter().map(String::as_str)));
        }
        for facet in Facet::ALL.iter().copied() {
            let values = self.facet(facet);
            if !values.is_empty() {
                all = all.add(has_one_of(facet, values));
            }
        }
        for gap in &self.without {
            all = all.add(lacks(*gap));
        }
        if let Some(due) = self.review {
            all = all.add(Column::ReviewBy.lte(due.last_day(today)));
        }
        if let Some(due) = self.expires {
            all = all.add(Column::ExpiresAt.lte(due.last_day(today)));
        }
        if let Some(internal_only) = self.internal_only {
            all = all.add(Column::InternalOnly.eq(internal_only));
        }
        if let Some(collection) = self.collection {
            let members = collection_item::Entity::find()
                .select_only()
                .column(collection_item::Column::AssetId)
                .filter(collection_item::Column::CollectionId.eq(collection))
                .filter(
                    collection_item::Column::CollectionId
                        .in_subquery(visible_collection_ids(principal)),
                )
                .into_query();
            all = all.add(Column::Id.in_subquery(members));
        }
        all
    }
}

impl Due {
    /// The last day that counts.
    fn last_day(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::Past => today,
            Self::Soon => today.checked_add_days(SOON).unwrap_or(today),
        }
    }
}

/// The asset has at least one of these values, compared as the vocabulary compares.
fn has_one_of(facet: Facet, values: &[String]) -> Expr {
    let words = facet_value::Entity::find()
        .select_only()
        .column(facet_value::Column::Value)
        .filter(facet_value::Column::Facet.eq(facet))
        .filter(facet_value::Column::Folded.is_in(values.iter().map(|value| folded(value))))
        .into_query();
    let having = asset_facet::Entity::find()
        .select_only()
        .column(asset_facet::Column::AssetId)
        .filter(asset_facet::Column::Facet.eq(facet))
        .filter(asset_facet::Column::Value.in_subquery(words))
        .into_query();
    asset::Column::Id.in_subquery(having)
}

fn lacks(gap: Gap) -> Expr {
    let facet = match gap {
        Gap::Owner => return asset::Column::OwnerId.is_null(),
        Gap::Language => return asset::Column::Language.is_null(),
        Gap::ReviewBy => return asset::Column::ReviewBy.is_null(),
        Gap::ExpiresAt => return asset::Column::ExpiresAt.is_null(),
        Gap::Collection => {
            let any = collection_item::Entity::find()
                .select_only()
                .column(collection_item::Column::AssetId)
                .filter(collection_item::Column::AssetId.into_expr().eq(own_id()))
                .into_query();
            return Expr::not_exists(any);
        }
        Gap::Product => Facet::Product,
        Gap::Industry => Facet::Industry,
        Gap::Stage => Facet::Stage,
        Gap::Persona => Facet::Persona,
        Gap::Region => Facet::Region,
        Gap::Competitor => Facet::Competitor,
        Gap::Tag => Facet::Tag,
    };
    // One list for all assets; asked of each, it takes twice as long where all of them are counted.
    let having = asset_facet::Entity::find()
        .select_only()
        .column(asset_facet::Column::AssetId)
        .filter(asset_facet::Column::Facet.eq(facet))
        .into_query();
    asset::Column::Id.not_in_subquery(having)
}

/// The id of the asset that the condition is about.
fn own_id() -> Expr {
    Expr::col((asset::Entity, asset::Column::Id))
}

/// Reads a value as JSON spells it.
fn read<T: serde::de::DeserializeOwned>(name: &str, value: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::String(value.to_owned()))
        .map_err(|error| Error::field(name, format!("This is not as expected: {error}.")))
}

/// The ids of the assets that a filter means, in a stable order, at most `limit`.
pub(in crate::library) async fn matching<C: sea_orm::ConnectionTrait>(
    db: &C,
    condition: Condition,
    limit: u64,
) -> Result<Vec<AssetId>> {
    use sea_orm::QueryOrder as _;
    Ok(asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .filter(condition)
        .order_by_asc(asset::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_string_and_json_say_the_same() {
        let text = "kind=deck&kind=guide&industry=public%20sector&without=owner&review=soon&page=2";
        let mut seen = Vec::new();
        let read = AssetFilter::parse(text, |name, value| {
            seen.push(format!("{name}={value}"));
            Ok(name == "page")
        })
        .unwrap();
        let json = serde_json::json!({
            "kind": ["deck", "guide"], "industry": ["public sector"], "without": ["owner"], "review": "soon",
        });
        assert_eq!(read, serde_json::from_value(json).unwrap());
        assert!(seen.contains(&"page=2".to_owned()));
    }

    #[test]
    fn wrong_values_are_named() {
        for (text, field) in [("state=lost", "state"), ("without=everything", "without")] {
            let error = AssetFilter::parse(text, |_, _| Ok(false)).unwrap_err();
            assert_eq!(error.fields[0].field, field);
        }
    }

    #[test]
    fn counts_leave_out_their_own_dimension_only() {
        let filter = AssetFilter {
            kind: vec![AssetKind::Deck],
            tag: vec!["new".to_owned()],
            ..AssetFilter::default()
        };
        let lifted = filter.without(Aspect::Facet(Facet::Tag));
        assert!(lifted.tag.is_empty());
        assert_eq!(lifted.kind, [AssetKind::Deck]);
    }
}
