//! The job that makes pages of a version: the file goes to a child process, its pages come back one by one.
//!
//! Every write is a transaction that holds the job's claim, so a worker that has lost the job writes nothing more. A
//! repetition overwrites the same rows and finds the same blobs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _,
    IntoActiveModel as _, QueryFilter as _,
};
use serde_json::json;
use tokio::sync::mpsc;

use super::captions::{is_video, write_text};
use super::current::{VersionChanged, announce, must_wait};
use super::duplicates::enqueue_comparison;
use super::metadata::clipped_title;
use super::reviews::begin_waiting;
use super::store::ConvertPayload;
use super::upload::incoming_dir;
use crate::blobs::Blobs;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Db, append_change};
use crate::documents::{
    self, Conversion, ConvertedPage, Converter, FailureCode, Progress, Urgency,
};
use crate::entities::{VersionState, asset, asset_version, page, page_layout};
use crate::error::{Error, Result};
use crate::ids::VersionId;
use crate::index::Index;
use crate::jobs::{self, Claim, Handler};

/// A file that kills its converter is tried once more, in case the machine was at fault.
const TRIES_PER_FILE: i32 = 2;

/// What conversions work with.
#[derive(Clone, Debug)]
pub struct Conversions {
    db: Db,
    blobs: Blobs,
    clock: Clock,
    converter: Converter,
    index: Index,
    dir: PathBuf,
    config: Config,
}

/// Why a version has no pages.
enum Trouble {
    /// It is the file's fault.
    File(documents::Failure),
    /// It is ours.
    Ours(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<sea_orm::DbErr> for Trouble {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Ours(error.into())
    }
}

impl Conversions {
    /// Conversions with these means.
    pub fn new(
        config: &Config,
        db: Db,
        blobs: Blobs,
        clock: Clock,
        converter: Converter,
        index: Index,
    ) -> Result<Self> {
        Ok(Self {
            db,
            blobs,
            clock,
            converter,
            index,
            dir: incoming_dir(config)?,
            config: config.clone(),
        })
    }

    /// What workers do for jobs of the kind [`super::CONVERT`].
    pub fn handler(self) -> Handler {
        let conversions = Arc::new(self);
        Arc::new(move |claim| {
            let conversions = Arc::clone(&conversions);
            Box::pin(async move { conversions.work(claim).await })
        })
    }

    async fn work(&self, claim: Claim) -> Result<(), jobs::Failure> {
        let payload: ConvertPayload = serde_json::from_value(claim.job.payload.clone())
            .map_err(|error| jobs::Failure::from(Error::internal(error)))?;
        let version = asset_version::Entity::find_by_id(payload.version_id)
            .one(self.db.read())
            .await
            .map_err(Error::from)?;
        // An asset that is gone needs no pages.
        let Some(version) = version else {
            return Ok(());
        };
        // A worker that ends without a word, again and again, was killed, and perhaps by this very file.
        let outcome = if claim.job.attempts > claim.job.max_attempts {
            Err(Trouble::File(documents::Failure::new(
                FailureCode::Crashed,
                "the server stopped during each of the attempts",
            )))
        } else {
            self.convert(&claim, &version, &payload).await
        };
        match outcome {
            Ok(()) => Ok(()),
            Err(trouble) => Err(self.give_up_or_retry(&claim, version, trouble).await),
        }
    }

    async fn convert(
        &self,
        claim: &Claim,
        version: &asset_version::Model,
        payload: &ConvertPayload,
    ) -> Result<(), Trouble> {
        self.begin(claim, version).await?;
        let dir = tempfile::Builder::new()
            .prefix("convert-")
            .tempdir_in(&self.dir)
            .map_err(Error::from)?;
        let (input, pages) = (dir.path().join("original"), dir.path().join("pages"));
        std::fs::create_dir(&pages).map_err(Error::from)?;
        self.blobs.save(&version.blob, &input).await?;

        let urgency = if claim.job.priority >= jobs::AWAITED {
            Urgency::Awaited
        } else {
            Urgency::Bulk
        };
        let (tell, told) = mpsc::channel(4);
        let converting = async {
            let converted = self
                .converter
                .convert(&input, &version.file_name, &pages, urgency, &tell)
                .await;
            // The end of the channel is the end of the pages.
            drop(tell);
            converted.map_err(Trouble::File)
        };
        let writing = async {
            self.write_pages(claim, version, told)
                .await
                .map_err(Trouble::Ours)
        };
        // An error of the one ends the other, and with it the child.
        let (conversion, ()) = futures::try_join!(converting, writing)?;
        self.finish(claim, version, payload, &conversion).await?;
        self.index.wake();
        Ok(())
    }

    async fn begin(&self, claim: &Claim, version: &asset_version::Model) -> Result<()> {
        let tx = self.db.begin().await?;
        claim.progress(&tx, self.clock.now(), 0, None).await?;
        if !is_shown_already(version) {
            let mut row = version.clone().into_active_model();
            row.state = Set(VersionState::Converting);
            row.pages_done = Set(0);
            row.page_count = Set(None);
            row.failure_code = Set(None);
            row.failure_detail = Set(None);
            row.update(&tx).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn write_pages(
        &self,
        claim: &Claim,
        version: &asset_version::Model,
        mut told: mpsc::Receiver<Progress>,
    ) -> Result<()> {
        let mut total = None;
        let mut done = BTreeSet::new();
        while let Some(progress) = told.recv().await {
            let page = match progress {
                Progress::Counted { total: counted } => {
                    total = Some(i32::try_from(counted).map_err(Error::internal)?);
                    None
                }
                Progress::Page(page) => {
                    let layout = layout_text(&page)?;
                    let row = self.store_page(version, *page).await?;
                    done.insert(row.number);
                    Some((row, layout))
                }
            };
            let count = i32::try_from(done.len()).map_err(Error::internal)?;
            let tx = self.db.begin().await?;
            claim.progress(&tx, self.clock.now(), count, total).await?;
            if let Some((page, layout)) = page {
                put_layout(&tx, version.id, page.number, layout).await?;
                upsert_page(&tx, page).await?;
            }
            if !is_shown_already(version) {
                asset_version::ActiveModel {
                    id: Set(version.id),
                    pages_done: Set(count),
                    page_count: Set(total),
                    ..Default::default()
                }
                .update(&tx)
                .await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Puts the page's pictures into the blob store.
    async fn store_page(
        &self,
        version: &asset_version::Model,
        page: ConvertedPage,
    ) -> Result<page::Model> {
        let [small, medium, large] = page.images.as_slice() else {
            return Err(Error::internal("a page came without its three pictures"));
        };
        let (image_480, image_960, image_1600) = futures::try_join!(
            self.blobs.put_file(&small.path),
            self.blobs.put_file(&medium.path),
            self.blobs.put_file(&large.path),
        )?;
        let number = |value: u32| i32::try_from(value).map_err(Error::internal);
        Ok(page::Model {
            version_id: version.id,
            number: number(page.number)?,
            // PostgreSQL's text takes no NUL.
            title: page.title.replace('\0', ""),
            text: page.text.replace('\0', ""),
            width: number(page.width)?,
            height: number(page.height)?,
            image_480,
            image_960,
            image_1600,
            picture_hash: page.picture_hash,
        })
    }

    async fn finish(
        &self,
        claim: &Claim,
        version: &asset_version::Model,
        payload: &ConvertPayload,
        conversion: &Conversion,
    ) -> Result<()> {
        let now = self.clock.now();
        let count = i32::try_from(conversion.page_count).map_err(Error::internal)?;
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        page::Entity::delete_many()
            .filter(page::Column::VersionId.eq(version.id))
            .filter(page::Column::Number.gt(count))
            .exec(&tx)
            .await?;
        page_layout::Entity::delete_many()
            .filter(page_layout::Column::VersionId.eq(version.id))
            .filter(page_layout::Column::Number.gt(count))
            .exec(&tx)
            .await?;
        asset_version::ActiveModel {
            id: Set(version.id),
            state: Set(VersionState::Ready),
            pages_done: Set(count),
            page_count: Set(Some(count)),
            // The one who opened the package knows better than the one who looked at its first bytes.
            format: Set(conversion.format.as_str().to_owned()),
            media_type: Set(conversion.format.media_type().to_owned()),
            duration_ms: Set(conversion
                .duration
                .and_then(|duration| i64::try_from(duration.as_millis()).ok())),
            warnings: Set((!conversion.warnings.is_empty()).then(|| json!(conversion.warnings))),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        if is_video(version) {
            write_text(&tx, version).await?;
        }
        let asset = asset::Entity::find_by_id(version.asset_id).one(&tx).await?;
        if let Some(asset) = asset {
            let shown = match asset.current_version_id {
                Some(id) => asset_version::Entity::find_by_id(id).one(&tx).await?,
                None => None,
            };
            let mut row = asset.clone().into_active_model();
            row.updated_at = Set(now);
            let is_news = !is_shown_already(version)
                && shown
                    .as_ref()
                    .is_none_or(|shown| shown.number < version.number);
            let waits = is_news
                && must_wait(&tx, self.config.four_eyes, &asset, version.created_by).await?;
            if waits {
                let mut row = version.clone().into_active_model();
                row.awaits_approval = Set(true);
                row.update(&tx).await?;
                begin_waiting(&tx, &self.config, now, &asset).await?;
            }
            let is_shown = is_news && !waits;
            if is_shown {
                row.current_version_id = Set(Some(version.id));
            }
            if let Some(shown) =
                shown.filter(|shown| is_shown && shown.state == VersionState::Ready)
            {
                let change = VersionChanged {
                    asset_id: asset.id,
                    from: shown.id,
                    to: version.id,
                };
                announce(&tx, now, change).await?;
            }
            if let Some(title) = better_title(&asset, payload, conversion) {
                row.title = Set(title);
            }
            if asset.language.is_none() {
                row.language = Set(conversion.language.map(str::to_owned));
            }
            row.update(&tx).await?;
        }
        enqueue_comparison(&tx, now, version.asset_id).await?;
        append_change(&tx, "asset", version.asset_id.0).await?;
        tx.commit().await?;
        for warning in &conversion.warnings {
            tracing::warn!(version = %version.id, warning, "converted, with a loss");
        }
        Ok(())
    }

    /// Decides whether to try again; if not, the version says why it has no pages.
    async fn give_up_or_retry(
        &self,
        claim: &Claim,
        version: asset_version::Model,
        trouble: Trouble,
    ) -> jobs::Failure {
        let attempts = claim.job.attempts;
        let (code, detail, retry) = match trouble {
            Trouble::File(failure) => {
                tracing::info!(version = %version.id, code = %failure.code, detail = %failure.detail, "a file could not be converted");
                let retry = failure.code.is_worth_a_retry() && attempts < TRIES_PER_FILE;
                (failure.code.as_str(), failure.message(), retry)
            }
            Trouble::Ours(error) => {
                tracing::error!(version = %version.id, %error, "a conversion failed through our own fault");
                let code = FailureCode::Internal;
                (
                    code.as_str(),
                    code.message(),
                    attempts < claim.job.max_attempts,
                )
            }
        };
        if !retry && let Err(error) = self.mark_failed(claim, version, code, detail).await {
            return error.into();
        }
        jobs::Failure {
            code: code.to_owned(),
            detail: detail.to_owned(),
            retry,
        }
    }

    async fn mark_failed(
        &self,
        claim: &Claim,
        version: asset_version::Model,
        code: &str,
        detail: &str,
    ) -> Result<()> {
        let now = self.clock.now();
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        // The pages that are there stay; the job says what went wrong.
        if is_shown_already(&version) {
            return Ok(tx.commit().await?);
        }
        let asset_id = version.asset_id;
        asset_version::ActiveModel {
            id: Set(version.id),
            state: Set(VersionState::Failed),
            failure_code: Set(Some(code.to_owned())),
            failure_detail: Set(Some(detail.to_owned())),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        enqueue_comparison(&tx, now, asset_id).await?;
        append_change(&tx, "asset", asset_id.0).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether it was converted before. Its pages are shown while it is converted again, and whatever comes of that.
fn is_shown_already(version: &asset_version::Model) -> bool {
    version.state == VersionState::Ready
}

async fn upsert_page<C: sea_orm::ConnectionTrait>(tx: &C, page: page::Model) -> Result<()> {
    use page::Column;
    let key = OnConflict::columns([Column::VersionId, Column::Number])
        .update_columns([
            Column::Title,
            Column::Text,
            Column::Width,
            Column::Height,
            Column::Image480,
            Column::Image960,
            Column::Image1600,
            Column::PictureHash,
        ])
        .to_owned();
    page::Entity::insert(page.into_active_model().reset_all())
        .on_conflict(key)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// Where the page's words and links stand, as it is kept; nothing for a page that does not say.
fn layout_text(page: &ConvertedPage) -> Result<Option<String>> {
    if page.layout.is_empty() {
        return Ok(None);
    }
    // PostgreSQL's text takes no NUL, which JSON writes as an escape.
    let text = serde_json::to_string(&page.layout).map_err(Error::internal)?;
    Ok(Some(text))
}

/// Keeps where a page's words stand, or forgets it.
async fn put_layout<C: sea_orm::ConnectionTrait>(
    tx: &C,
    version: VersionId,
    number: i32,
    layout: Option<String>,
) -> Result<()> {
    let Some(layout) = layout else {
        page_layout::Entity::delete_by_id((version, number))
            .exec(tx)
            .await?;
        return Ok(());
    };
    let row = page_layout::ActiveModel {
        version_id: Set(version),
        number: Set(number),
        layout: Set(layout),
    };
    let key = OnConflict::columns([page_layout::Column::VersionId, page_layout::Column::Number])
        .update_column(page_layout::Column::Layout)
        .to_owned();
    page_layout::Entity::insert(row)
        .on_conflict(key)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// The document's own title, where the asset still has the one made of the file's name.
fn better_title(
    asset: &asset::Model,
    payload: &ConvertPayload,
    conversion: &Conversion,
) -> Option<String> {
    if payload.provisional_title.as_ref() != Some(&asset.title) {
        return None;
    }
    let title = clipped_title(conversion.title.as_deref()?).replace('\0', "");
    (!title.is_empty()).then_some(title)
}
