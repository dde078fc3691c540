//! What may be shown to a prospect, and what stands against it. Pure decisions over rows that were loaded.

use std::fmt;

use chrono::NaiveDate;

use super::layout::is_video;
use crate::entities::{AssetState, VersionState, asset, asset_version};

/// Something that stands against showing an asset, or one page of it, to a prospect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It must never leave the house.
    InternalOnly,
    /// Nobody has approved it, or somebody took that back.
    NotApproved(AssetState),
    /// Its last day has passed.
    Expired(NaiveDate),
    /// Its state says that it expired.
    StateExpired,
    /// The chosen page is not in the version that would be shown.
    NoSuchPage {
        /// The chosen page.
        page: i32,
        /// How many there are.
        pages: i32,
    },
    /// Its file could not be converted, so there is nothing to show.
    NotConverted,
    /// Its file is still being converted; it will appear by itself.
    Converting,
}

impl Objection {
    /// Whether it keeps an asset from being added to a pitch. Waiting for a conversion does not.
    pub fn forbids_adding(&self) -> bool {
        *self != Self::Converting
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InternalOnly => f.write_str("It is internal and must not leave in a pitch."),
            Self::NotApproved(AssetState::InReview) => {
                f.write_str("It is still in review and not approved.")
            }
            Self::NotApproved(AssetState::Archived) => f.write_str("It was archived."),
            Self::NotApproved(_) => f.write_str("It is a draft and not approved."),
            Self::Expired(day) => write!(f, "It expired on {day}."),
            Self::StateExpired => f.write_str("It has expired."),
            Self::NoSuchPage { page, pages: 1 } => {
                write!(
                    f,
                    "There is no page {page}: the current version has one page."
                )
            }
            Self::NoSuchPage { page, pages } => write!(
                f,
                "There is no page {page}: the current version has {pages} pages."
            ),
            Self::NotConverted => {
                f.write_str("Its file could not be converted, so it has no pages to show.")
            }
            Self::Converting => f.write_str("Its file is still being converted."),
        }
    }
}

/// Whether prospects may be shown this asset.
pub fn may_be_pitched(asset: &asset::Model, today: NaiveDate) -> bool {
    asset_objections(asset, today).is_empty()
}

/// Everything that stands against showing `page` of this asset (or all of it) in its current version.
pub(super) fn objections(
    asset: &asset::Model,
    version: Option<&asset_version::Model>,
    page: Option<i32>,
    today: NaiveDate,
) -> Vec<Objection> {
    let mut found = asset_objections(asset, today);
    found.extend(version_objection(version, page));
    found
}

fn asset_objections(asset: &asset::Model, today: NaiveDate) -> Vec<Objection> {
    let mut found = Vec::new();
    if asset.internal_only {
        found.push(Objection::InternalOnly);
    }
    let passed = asset.expires_at.filter(|last| *last < today);
    match (asset.state, passed) {
        (AssetState::Approved | AssetState::Expired, Some(last)) => {
            found.push(Objection::Expired(last));
        }
        (AssetState::Approved, None) => {}
        (AssetState::Expired, None) => found.push(Objection::StateExpired),
        (other, _) => found.push(Objection::NotApproved(other)),
    }
    found
}

fn version_objection(
    version: Option<&asset_version::Model>,
    page: Option<i32>,
) -> Option<Objection> {
    let Some(version) = version else {
        return Some(Objection::NotConverted);
    };
    // A video plays from its file; it needs no pages.
    let pages = if is_video(&version.format) {
        1
    } else {
        match version.state {
            VersionState::Failed => return Some(Objection::NotConverted),
            VersionState::Queued | VersionState::Converting if page.is_none() => {
                return Some(Objection::Converting);
            }
            _ => version.page_count.unwrap_or(version.pages_done),
        }
    };
    let page = page?;
    (!(1..=pages).contains(&page)).then_some(Objection::NoSuchPage { page, pages })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::AssetKind;
    use crate::ids::{AssetId, VersionId};
    use chrono::DateTime;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 10).unwrap()
    }

    fn asset() -> asset::Model {
        let now = DateTime::UNIX_EPOCH;
        asset::Model {
            id: AssetId::new(now),
            title: "Overview".to_owned(),
            description: String::new(),
            kind: AssetKind::Deck,
            state: AssetState::Approved,
            internal_only: false,
            language: None,
            owner_id: None,
            current_version_id: None,
            review_by: None,
            expires_at: None,
            revision: 1,
            created_at: now,
            updated_at: now,
        }
    }

    fn version(state: VersionState, format: &str) -> asset_version::Model {
        let now = DateTime::UNIX_EPOCH;
        asset_version::Model {
            id: VersionId::new(now),
            asset_id: AssetId::new(now),
            number: 1,
            file_name: "overview".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            format: format.to_owned(),
            byte_size: 1,
            blob: String::new(),
            state,
            page_count: (state == VersionState::Ready).then_some(4),
            pages_done: 0,
            failure_code: None,
            failure_detail: None,
            created_by: None,
            created_at: now,
        }
    }

    #[test]
    fn only_approved_public_unexpired_assets_may_be_pitched() {
        assert!(may_be_pitched(&asset(), today()));
        for state in [
            AssetState::Draft,
            AssetState::InReview,
            AssetState::Expired,
            AssetState::Archived,
        ] {
            assert!(!may_be_pitched(&asset::Model { state, ..asset() }, today()));
        }
        let internal = asset::Model {
            internal_only: true,
            ..asset()
        };
        assert!(!may_be_pitched(&internal, today()));
    }

    #[test]
    fn an_asset_is_good_through_its_last_day() {
        let until = |day| asset::Model {
            expires_at: Some(day),
            ..asset()
        };
        assert!(may_be_pitched(&until(today()), today()));
        let yesterday = today().pred_opt().unwrap();
        assert_eq!(
            objections(&until(yesterday), None, None, today())[0],
            Objection::Expired(yesterday)
        );
    }

    #[test]
    fn a_page_must_exist_in_the_current_version() {
        let ready = version(VersionState::Ready, "pdf");
        assert!(objections(&asset(), Some(&ready), Some(4), today()).is_empty());
        for page in [0, -1, 5] {
            assert_eq!(
                objections(&asset(), Some(&ready), Some(page), today()),
                [Objection::NoSuchPage { page, pages: 4 }]
            );
        }
    }

    #[test]
    fn waiting_for_a_conversion_is_told_but_does_not_forbid() {
        let waiting = version(VersionState::Queued, "pptx");
        let found = objections(&asset(), Some(&waiting), None, today());
        assert_eq!(found, [Objection::Converting]);
        assert!(!found[0].forbids_adding());
        let failed = version(VersionState::Failed, "pptx");
        assert!(objections(&asset(), Some(&failed), None, today())[0].forbids_adding());
        let video = version(VersionState::Failed, "mp4");
        assert!(objections(&asset(), Some(&video), None, today()).is_empty());
    }
}
