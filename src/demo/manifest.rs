//! What `content-samples/manifest.toml` says: the people, the collateral and the collections of the demo.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDate, TimeDelta};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::entities::{AssetKind, AssetState, Facet, Role};
use crate::error::{Error, Result};

/// The whole manifest.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    /// The day on which the sample data was "today".
    #[serde(deserialize_with = "day")]
    pub(super) anchor: NaiveDate,
    /// Who signs in.
    pub(super) user: Vec<ManifestUser>,
    /// The files.
    pub(super) asset: Vec<ManifestAsset>,
    /// Curated sets of them.
    #[serde(default)]
    pub(super) collection: Vec<ManifestCollection>,
}

/// A user of the demo.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ManifestUser {
    /// The address to sign in with.
    pub(super) email: String,
    /// The name.
    pub(super) name: String,
    /// The role.
    pub(super) role: Role,
    /// The team.
    pub(super) team: Option<String>,
    /// IANA name.
    pub(super) time_zone: String,
    /// Whether they may still sign in.
    pub(super) active: bool,
}

/// A file and what it is for.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ManifestAsset {
    /// Relative to the manifest.
    pub(super) file: String,
    /// The asset's title.
    pub(super) title: String,
    /// What it is good for.
    #[serde(default)]
    pub(super) description: String,
    /// What sort of collateral.
    pub(super) kind: AssetKind,
    /// BCP 47.
    pub(super) language: Option<String>,
    /// Where it stands in its life cycle.
    pub(super) state: AssetState,
    /// Whether it must never leave in a pitch.
    #[serde(default)]
    pub(super) internal_only: bool,
    /// The owner's address.
    pub(super) owner: Option<String>,
    /// The captions of a film.
    pub(super) captions: Option<String>,
    #[serde(default)]
    product: Vec<String>,
    #[serde(default)]
    industry: Vec<String>,
    #[serde(default)]
    stage: Vec<String>,
    #[serde(default)]
    persona: Vec<String>,
    #[serde(default)]
    region: Vec<String>,
    #[serde(default)]
    competitor: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// When somebody should look at it again.
    #[serde(default, deserialize_with = "optional_day")]
    pub(super) review_by: Option<NaiveDate>,
    /// From when it must not be used.
    #[serde(default, deserialize_with = "optional_day")]
    pub(super) expires_at: Option<NaiveDate>,
    /// When it was added.
    #[serde(deserialize_with = "day")]
    pub(super) created_on: NaiveDate,
}

/// A curated set.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ManifestCollection {
    /// Its name.
    pub(super) name: String,
    /// What it is for.
    #[serde(default)]
    pub(super) description: String,
    /// The files, in order.
    pub(super) assets: Vec<String>,
}

impl Manifest {
    /// Reads the manifest in `folder`, with every date moved so that its anchor becomes `today`.
    pub(super) fn read(folder: &Path, today: NaiveDate) -> Result<(Self, TimeDelta)> {
        let path = folder.join("manifest.toml");
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::internal(format!("{}: {error}", path.display())))?;
        let mut manifest: Self = toml::from_str(&text)
            .map_err(|error| Error::internal(format!("{}: {error}", path.display())))?;
        let shift = today - manifest.anchor;
        for asset in &mut manifest.asset {
            asset.created_on += shift;
            asset.review_by = asset.review_by.map(|day| day + shift);
            asset.expires_at = asset.expires_at.map(|day| day + shift);
        }
        Ok((manifest, shift))
    }
}

/// TOML has dates of its own.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let value = toml::value::Datetime::deserialize(deserializer)?;
    value.to_string().parse().map_err(D::Error::custom)
}

fn optional_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<NaiveDate>, D::Error> {
    day(deserializer).map(Some)
}

impl ManifestAsset {
    /// The facets by name.
    pub(super) fn facets(&self) -> BTreeMap<Facet, Vec<String>> {
        [
            (Facet::Product, &self.product),
            (Facet::Industry, &self.industry),
            (Facet::Stage, &self.stage),
            (Facet::Persona, &self.persona),
            (Facet::Region, &self.region),
            (Facet::Competitor, &self.competitor),
            (Facet::Tag, &self.tags),
        ]
        .into_iter()
        .map(|(facet, values)| (facet, values.clone()))
        .collect()
    }
}
