//! What callers see of collateral. Plain data; built in `summaries.rs` and beside the handlers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::auth::UserRef;
use crate::entities::{
    AssetKind, AssetState, Facet, VersionState, asset_facet, asset_version, page,
};
use crate::ids::{AssetId, VersionId};

/// What an asset is for, by dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facets {
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
    /// Competitors it speaks of.
    pub competitor: Vec<String>,
    /// Free tags.
    pub tag: Vec<String>,
}

impl Facets {
    /// The values of one dimension.
    pub fn get(&self, facet: Facet) -> &[String] {
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

    /// The values of one dimension, to change them.
    pub fn get_mut(&mut self, facet: Facet) -> &mut Vec<String> {
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
}

impl FromIterator<asset_facet::Model> for Facets {
    fn from_iter<I: IntoIterator<Item = asset_facet::Model>>(rows: I) -> Self {
        let mut facets = Self::default();
        for row in rows {
            facets.get_mut(row.facet).push(row.value);
        }
        facets
    }
}

/// Why something could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FailureView {
    /// For programs.
    pub code: String,
    /// For people: what is wrong and what to do.
    pub detail: String,
}

/// One uploaded file and how far its conversion has come.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VersionView {
    /// The version.
    pub id: VersionId,
    /// 1, 2, 3, ... within the asset.
    pub number: i32,
    /// As it was uploaded.
    pub file_name: String,
    /// Of the original.
    pub media_type: String,
    /// `pdf`, `pptx`, ...
    pub format: String,
    /// Of the original.
    pub byte_size: i64,
    /// How far the conversion has come.
    pub state: VersionState,
    /// Pages that are there already.
    pub pages_done: i32,
    /// All pages, once known.
    pub page_count: Option<i32>,
    /// Why it could not be converted.
    pub failure: Option<FailureView>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// Who uploaded it.
    pub created_by: Option<UserRef>,
    /// Where to download the original.
    pub file_url: String,
    /// What changed, in the words of whoever uploaded it.
    pub change_note: Option<String>,
    /// The older version whose file and pages this one has again.
    pub restored_from: Option<VersionId>,
    /// How long it plays, if it is a video that says so.
    pub duration_ms: Option<i64>,
    /// What its conversion left out or could not draw, in sentences; the rest is sound.
    pub warnings: Vec<String>,
    /// Whether it is ready and shown only once a second person has approved the asset.
    pub awaits_approval: bool,
}

impl VersionView {
    /// The view of a version.
    pub(super) fn new(version: asset_version::Model, created_by: Option<UserRef>) -> Self {
        let failure = version.failure_code.map(|code| FailureView {
            code,
            detail: version.failure_detail.unwrap_or_default(),
        });
        Self {
            id: version.id,
            number: version.number,
            file_name: version.file_name,
            media_type: version.media_type,
            format: version.format,
            byte_size: version.byte_size,
            state: version.state,
            pages_done: version.pages_done,
            page_count: version.page_count,
            failure,
            created_at: version.created_at,
            created_by,
            file_url: format!("/api/v1/versions/{}/file", version.id),
            change_note: version.change_note,
            restored_from: version.restored_from,
            duration_ms: version.duration_ms,
            awaits_approval: version.awaits_approval,
            warnings: version
                .warnings
                .and_then(|warnings| serde_json::from_value(warnings).ok())
                .unwrap_or_default(),
        }
    }
}

/// An asset in lists.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetSummary {
    /// The asset.
    pub id: AssetId,
    /// Its title.
    pub title: String,
    /// What sort of collateral it is.
    pub kind: AssetKind,
    /// Where it stands in its life cycle.
    pub state: AssetState,
    /// Reps may read it; it never leaves in a pitch.
    pub internal_only: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// Who looks after it.
    pub owner: Option<UserRef>,
    /// When it was first uploaded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// What it shows.
    pub current_version: Option<VersionView>,
    /// A small picture of its first page, once there is one.
    pub thumbnail_url: Option<String>,
    /// What it is for.
    pub facets: Facets,
    /// The day by which somebody should look at it again.
    pub review_by: Option<NaiveDate>,
    /// The day from which it may not be pitched any more.
    pub expires_at: Option<NaiveDate>,
}

/// An asset with everything that is known of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AssetDetail {
    /// What lists show.
    #[serde(flatten)]
    pub summary: AssetSummary,
    /// What it says, in a few sentences.
    pub description: String,
    /// To be named in `If-Match` when editing.
    pub revision: i64,
    /// Every version, newest first.
    pub versions: Vec<VersionView>,
    /// The captions of those that are videos.
    pub captions: Vec<CaptionView>,
    /// Where it was fetched from, if it is a web link.
    pub source: Option<WebSource>,
}

/// The captions of a video in one language.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaptionView {
    /// The version whose captions they are.
    pub version_id: VersionId,
    /// BCP 47.
    pub language: String,
    /// What viewers choose by.
    pub label: String,
    /// Where they are, as `WebVTT`.
    pub url: String,
}

impl CaptionView {
    /// The view of captions, of which the text need not be loaded.
    pub(super) fn new(version_id: VersionId, language: String, label: String) -> Self {
        Self {
            url: format!("/api/v1/versions/{version_id}/captions/{language}"),
            version_id,
            language,
            label,
        }
    }
}

/// The address that an asset is a snapshot of.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct WebSource {
    /// On the public web.
    pub url: String,
    /// When it was fetched last, whether it had changed or not.
    pub fetched_at: DateTime<Utc>,
}

/// One page or slide.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PageView {
    /// From 1.
    pub number: i32,
    /// Its heading.
    pub title: String,
    /// Its text in reading order.
    pub text: String,
    /// Of the largest picture, in pixels.
    pub width: i32,
    /// Of the largest picture, in pixels.
    pub height: i32,
    /// Its picture; takes `?w=480|960|1600`.
    pub image_url: String,
    /// Its smallest picture.
    pub thumbnail_url: String,
}

impl From<page::Model> for PageView {
    fn from(page: page::Model) -> Self {
        Self {
            image_url: page_image_url(page.version_id, page.number),
            thumbnail_url: page_thumbnail_url(page.version_id, page.number),
            number: page.number,
            title: page.title,
            text: page.text,
            width: page.width,
            height: page.height,
        }
    }
}

/// Where the picture of a page is.
pub fn page_image_url(version: VersionId, number: i32) -> String {
    format!("/api/v1/versions/{version}/pages/{number}/image")
}

/// Where the smallest picture of a page is.
pub fn page_thumbnail_url(version: VersionId, number: i32) -> String {
    format!("{}?w=480", page_image_url(version, number))
}
