//! What stands against showing a page of an asset to a prospect. Whether an asset may leave at all is the library's rule;
//! here it is joined with what its current version has to show. Pure decisions over rows that were loaded.

use std::fmt;

use chrono::NaiveDate;

use super::layout::is_video;
use crate::entities::{VersionState, asset, asset_version};
use crate::library;

/// Something that stands against showing an asset, or one page of it, to a prospect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// The asset must not leave the house, and why.
    StaysInside(&'static str),
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
    /// It keeps an older version than the asset's current one.
    Outdated {
        /// What it keeps.
        kept: i32,
        /// What there is.
        current: i32,
    },
}

impl Objection {
    /// Whether it keeps an asset from being added to a pitch. Waiting for a conversion does not, nor keeping an
    /// older version.
    pub(super) fn forbids_adding(&self) -> bool {
        !matches!(self, Self::Converting | Self::Outdated { .. })
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StaysInside(reason) => f.write_str(reason),
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
            Self::Outdated { kept, current } => write!(
                f,
                "A newer version exists: this keeps version {kept}, the current one is {current}."
            ),
            Self::Converting => f.write_str("Its file is still being converted."),
        }
    }
}

/// Everything that stands against showing `page` of this asset (or all of it) in its current version.
pub(super) fn objections(
    asset: &asset::Model,
    version: Option<&asset_version::Model>,
    page: Option<i32>,
    today: NaiveDate,
) -> Vec<Objection> {
    let stays_inside = library::may_be_pitched(asset, today)
        .err()
        .map(Objection::StaysInside);
    stays_inside
        .into_iter()
        .chain(version_objection(version, page))
        .collect()
}

/// That an item keeps an older version than there is, if it does.
pub(super) fn outdated(
    shown: &asset_version::Model,
    current: Option<&asset_version::Model>,
) -> Option<Objection> {
    let current = current.filter(|current| current.number > shown.number)?;
    Some(Objection::Outdated {
        kept: shown.number,
        current: current.number,
    })
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
    use crate::ids::{AssetId, VersionId};
    use chrono::DateTime;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, 10).unwrap()
    }

    fn asset() -> asset::Model {
        asset::Model {
            title: "Overview".to_owned(),
            ..asset::Model::blank()
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
            change_note: None,
            restored_from: None,
            duration_ms: None,
            warnings: None,
            awaits_approval: false,
        }
    }

    #[test]
    fn what_stays_inside_is_told_beside_what_is_missing() {
        let internal = asset::Model {
            internal_only: true,
            ..asset()
        };
        let ready = version(VersionState::Ready, "pdf");
        let found = objections(&internal, Some(&ready), Some(5), today());
        assert!(matches!(
            found.as_slice(),
            [Objection::StaysInside(_), Objection::NoSuchPage { .. }]
        ));
        assert!(found.iter().all(Objection::forbids_adding));
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
