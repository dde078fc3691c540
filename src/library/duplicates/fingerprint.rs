//! The job that makes the sketches of an asset's current version and finds what is like it.
//!
//! It is a reconciler: it has no input but the asset, and doing it again gives the same.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, JoinType,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, RelationTrait as _,
};
use serde::{Deserialize, Serialize};

use super::alike::{Likeness, compare};
use super::pair_of;
use super::sketch::Sketch;
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{
    JobState, VersionState, asset, asset_fingerprint, asset_version, duplicate_pair, job, page,
    page_band, page_fingerprint,
};
use crate::error::{Error, Result};
use crate::ids::AssetId;
use crate::jobs::{Claim, Handler, NewJob, enqueue};

/// The kind of the job.
pub const COMPARE: &str = "compare";
/// What such a job is about.
const SUBJECT: &str = "asset";
const ATTEMPTS: i32 = 5;
/// Pages of one document that are compared; more of them say no more.
const MOST_PAGES: u64 = 300;
/// Assets that an asset is compared with: those that share the most.
const MOST_CANDIDATES: u64 = 20;
/// Rows of one insert: few enough for the parameters of either engine.
const ROWS: usize = 500;
/// Jobs that the reconciler writes in one go.
const MISSING_AT_ONCE: u64 = 2_000;

#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    asset_id: AssetId,
}

/// Leaves the comparison of an asset to a worker, in the caller's transaction.
pub(in crate::library) async fn enqueue_comparison<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    asset_id: AssetId,
) -> Result<()> {
    // Somebody may be looking at the upload, and it is done in no time.
    enqueue_with(tx, now, asset_id, 20).await
}

async fn enqueue_with<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    asset_id: AssetId,
    priority: i32,
) -> Result<()> {
    let job = NewJob {
        kind: COMPARE,
        subject: (SUBJECT, asset_id.0),
        priority,
        max_attempts: ATTEMPTS,
    };
    enqueue(tx, now, job, &Payload { asset_id }).await?;
    Ok(())
}

/// Writes jobs for assets whose current version was never compared, such as those of a former release; says how many.
pub async fn enqueue_missing_comparisons(db: &Db, now: DateTime<Utc>) -> Result<usize> {
    let waiting = Query::select()
        .column(job::Column::SubjectId)
        .from(job::Entity)
        .and_where(job::Column::Kind.eq(COMPARE))
        .and_where(job::Column::State.is_in([JobState::Queued, JobState::Running]))
        .to_owned();
    let seen = Query::select()
        .expr(Expr::val(1))
        .from(asset_fingerprint::Entity)
        .and_where(
            Expr::col((
                asset_fingerprint::Entity,
                asset_fingerprint::Column::AssetId,
            ))
            .equals((asset::Entity, asset::Column::Id)),
        )
        .and_where(
            Expr::col((
                asset_fingerprint::Entity,
                asset_fingerprint::Column::VersionId,
            ))
            .equals((asset::Entity, asset::Column::CurrentVersionId)),
        )
        .to_owned();
    let missing: Vec<AssetId> = asset::Entity::find()
        .select_only()
        .column(asset::Column::Id)
        .join(JoinType::InnerJoin, asset::Relation::CurrentVersion.def())
        .filter(asset_version::Column::State.is_in([VersionState::Ready, VersionState::Failed]))
        .filter(Expr::exists(seen).not())
        .filter(asset::Column::Id.not_in_subquery(waiting))
        .limit(MISSING_AT_ONCE)
        .into_tuple()
        .all(db.read())
        .await?;
    if missing.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    for id in &missing {
        enqueue_with(&tx, now, *id, 0).await?;
    }
    tx.commit().await?;
    Ok(missing.len())
}

/// What comparisons work with.
#[derive(Clone, Debug)]
pub struct Comparisons {
    db: Db,
    clock: Clock,
}

/// An asset to be compared, with its sketches by page number.
struct Subject {
    asset: asset::Model,
    version: asset_version::Model,
    sketches: Vec<(i32, Sketch)>,
}

impl Comparisons {
    /// Comparisons with these means.
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock }
    }

    /// What workers do for jobs of the kind [`COMPARE`].
    pub fn handler(self) -> Handler {
        let comparisons = Arc::new(self);
        Arc::new(move |claim| {
            let comparisons = Arc::clone(&comparisons);
            Box::pin(async move { Ok(comparisons.work(&claim).await?) })
        })
    }

    async fn work(&self, claim: &Claim) -> Result<()> {
        let payload: Payload =
            serde_json::from_value(claim.job.payload.clone()).map_err(Error::internal)?;
        let begun = self.clock.now();
        let Some(subject) = self.load(payload.asset_id).await? else {
            return Ok(());
        };
        self.keep_sketches(claim, &subject).await?;
        // Only now: of two that are compared at once, the later one sees the sketches of the earlier one.
        let found = self.find(&subject).await?;
        self.keep_pairs(claim, &subject, found, begun).await
    }

    /// The asset, if it is still there and its current version has come to its end. A conversion that goes on writes
    /// another job when it ends.
    async fn load(&self, id: AssetId) -> Result<Option<Subject>> {
        let db = self.db.read();
        let Some(asset) = asset::Entity::find_by_id(id).one(db).await? else {
            return Ok(None);
        };
        let version = match asset.current_version_id {
            Some(version) => asset_version::Entity::find_by_id(version).one(db).await?,
            None => None,
        };
        let Some(version) = version else {
            return Ok(None);
        };
        if !matches!(version.state, VersionState::Ready | VersionState::Failed) {
            return Ok(None);
        }
        let pages: Vec<(i32, String, Option<i64>)> = page::Entity::find()
            .select_only()
            .columns([
                page::Column::Number,
                page::Column::Text,
                page::Column::PictureHash,
            ])
            .filter(page::Column::VersionId.eq(version.id))
            .order_by_asc(page::Column::Number)
            .limit(MOST_PAGES)
            .into_tuple()
            .all(db)
            .await?;
        let sketches = tokio::task::spawn_blocking(move || {
            pages
                .into_iter()
                .map(|(number, text, picture)| (number, Sketch::of(&text, picture)))
                .collect()
        })
        .await
        .map_err(Error::internal)?;
        Ok(Some(Subject {
            asset,
            version,
            sketches,
        }))
    }

    async fn keep_sketches(&self, claim: &Claim, subject: &Subject) -> Result<()> {
        let (id, now) = (subject.asset.id, self.clock.now());
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        page_fingerprint::Entity::delete_many()
            .filter(page_fingerprint::Column::AssetId.eq(id))
            .exec(&tx)
            .await?;
        page_band::Entity::delete_many()
            .filter(page_band::Column::AssetId.eq(id))
            .exec(&tx)
            .await?;
        let telling: Vec<_> = subject
            .sketches
            .iter()
            .filter(|(_, sketch)| sketch.says_something())
            .collect();
        for some in telling.chunks(ROWS) {
            let rows = some
                .iter()
                .map(|(number, sketch)| page_fingerprint::ActiveModel {
                    asset_id: Set(id),
                    number: Set(*number),
                    words: Set(i32::try_from(sketch.words).unwrap_or(i32::MAX)),
                    signature: Set(sketch.signature()),
                    picture: Set(sketch.picture),
                });
            page_fingerprint::Entity::insert_many(rows)
                .exec(&tx)
                .await?;
        }
        let bands: Vec<(i64, i32)> = telling
            .iter()
            .flat_map(|(number, sketch)| sketch.bands().into_iter().map(|band| (band, *number)))
            .collect();
        for some in bands.chunks(ROWS) {
            let rows = some.iter().map(|(hash, number)| page_band::ActiveModel {
                hash: Set(*hash),
                asset_id: Set(id),
                number: Set(*number),
            });
            page_band::Entity::insert_many(rows).exec(&tx).await?;
        }
        let row = asset_fingerprint::ActiveModel {
            asset_id: Set(id),
            version_id: Set(subject.version.id),
            pages: Set(i32::try_from(telling.len()).unwrap_or(i32::MAX)),
            made_at: Set(now),
        };
        asset_fingerprint::Entity::insert(row)
            .on_conflict(
                OnConflict::column(asset_fingerprint::Column::AssetId)
                    .update_columns([
                        asset_fingerprint::Column::VersionId,
                        asset_fingerprint::Column::Pages,
                        asset_fingerprint::Column::MadeAt,
                    ])
                    .to_owned(),
            )
            .exec_without_returning(&tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// What is like the asset: in four queries, however large the library is.
    async fn find(&self, subject: &Subject) -> Result<Vec<(AssetId, bool, Likeness)>> {
        let same = self.same_file(subject).await?;
        let mut candidates = self.candidates(subject.asset.id).await?;
        candidates.extend(same.iter().copied());
        candidates.sort_unstable();
        candidates.dedup();
        let rows = page_fingerprint::Entity::find()
            .filter(page_fingerprint::Column::AssetId.is_in(candidates.iter().copied()))
            .order_by_asc(page_fingerprint::Column::Number)
            .all(self.db.read())
            .await?;
        let mut sketches: HashMap<AssetId, Vec<Sketch>> = HashMap::new();
        for row in rows {
            let sketch = Sketch::stored(row.words, &row.signature, row.picture);
            sketches.entry(row.asset_id).or_default().push(sketch);
        }
        let mine: Vec<Sketch> = subject
            .sketches
            .iter()
            .map(|(_, sketch)| sketch.clone())
            .collect();
        tokio::task::spawn_blocking(move || {
            candidates
                .into_iter()
                .filter_map(|id| {
                    let others = sketches.get(&id).map(Vec::as_slice).unwrap_or_default();
                    let likeness = compare(&mine, others);
                    let exact = same.contains(&id);
                    (exact || likeness.is_worth_telling()).then_some((id, exact, likeness))
                })
                .collect()
        })
        .await
        .map_err(Error::internal)
    }

    /// Assets that show this very file.
    async fn same_file(&self, subject: &Subject) -> Result<Vec<AssetId>> {
        Ok(asset::Entity::find()
            .select_only()
            .column(asset::Column::Id)
            .join(JoinType::InnerJoin, asset::Relation::CurrentVersion.def())
            .filter(asset_version::Column::Blob.eq(&subject.version.blob))
            .filter(asset::Column::Id.ne(subject.asset.id))
            .order_by_asc(asset::Column::Id)
            .limit(MOST_CANDIDATES)
            .into_tuple()
            .all(self.db.read())
            .await?)
    }

    /// Assets of which pages share a band with pages of this one; those with the most such pages.
    async fn candidates(&self, id: AssetId) -> Result<Vec<AssetId>> {
        let (mine, theirs) = (Alias::new("mine"), Alias::new("theirs"));
        let column = |table: &Alias, column| Expr::col((table.clone(), column));
        let select = Query::select()
            .column((theirs.clone(), page_band::Column::AssetId))
            .from_as(page_band::Entity, mine.clone())
            .join_as(
                JoinType::InnerJoin,
                page_band::Entity,
                theirs.clone(),
                Condition::all()
                    .add(
                        column(&theirs, page_band::Column::Hash)
                            .equals((mine.clone(), page_band::Column::Hash)),
                    )
                    .add(
                        column(&theirs, page_band::Column::AssetId)
                            .not_equals((mine.clone(), page_band::Column::AssetId)),
                    ),
            )
            .and_where(column(&mine, page_band::Column::AssetId).eq(id))
            .group_by_col((theirs.clone(), page_band::Column::AssetId))
            .order_by_expr(
                column(&mine, page_band::Column::Number).count_distinct(),
                sea_orm::Order::Desc,
            )
            .order_by((theirs, page_band::Column::AssetId), sea_orm::Order::Asc)
            .limit(MOST_CANDIDATES)
            .to_owned();
        let rows = self.db.read().query_all(&select).await?;
        rows.iter()
            .map(|row| Ok(row.try_get::<AssetId>("", "asset_id")?))
            .collect()
    }

    async fn keep_pairs(
        &self,
        claim: &Claim,
        subject: &Subject,
        found: Vec<(AssetId, bool, Likeness)>,
        begun: DateTime<Utc>,
    ) -> Result<()> {
        let (id, now) = (subject.asset.id, self.clock.now());
        let tx = self.db.begin().await?;
        claim.guard(&tx, now).await?;
        let of_asset = Condition::any()
            .add(duplicate_pair::Column::AssetId.eq(id))
            .add(duplicate_pair::Column::OtherId.eq(id));
        let known = duplicate_pair::Entity::find()
            .filter(of_asset)
            .all(&tx)
            .await?;
        let is_found = |pair: &duplicate_pair::Model| {
            found
                .iter()
                .any(|(other, ..)| *other == pair.asset_id || *other == pair.other_id)
        };
        let gone: Vec<_> = known
            .into_iter()
            .filter(|pair| !is_found(pair) && pair.dismissed_at.is_none())
            .collect();
        // What was sketched since this comparison began may have found this asset without being found by it.
        let later = sketched_since(&tx, id, &gone, begun).await?;
        for pair in gone {
            if !later.contains(&pair.asset_id) && !later.contains(&pair.other_id) {
                duplicate_pair::Entity::delete_by_id((pair.asset_id, pair.other_id))
                    .exec(&tx)
                    .await?;
            }
        }
        for (other, exact, likeness) in found {
            upsert_pair(&tx, now, id, other, exact, likeness).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The assets of these pairs, other than the one that is compared, that were sketched at `begun` or after it.
async fn sketched_since<C: ConnectionTrait>(
    tx: &C,
    id: AssetId,
    pairs: &[duplicate_pair::Model],
    begun: DateTime<Utc>,
) -> Result<Vec<AssetId>> {
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let others = pairs
        .iter()
        .flat_map(|pair| [pair.asset_id, pair.other_id])
        .filter(|other| *other != id);
    Ok(asset_fingerprint::Entity::find()
        .select_only()
        .column(asset_fingerprint::Column::AssetId)
        .filter(asset_fingerprint::Column::AssetId.is_in(others))
        .filter(asset_fingerprint::Column::MadeAt.gte(begun))
        .into_tuple()
        .all(tx)
        .await?)
}

/// Writes or freshens the pair; what somebody said of it stays.
async fn upsert_pair<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    id: AssetId,
    other: AssetId,
    exact: bool,
    likeness: Likeness,
) -> Result<()> {
    use duplicate_pair::Column;
    let (older, newer) = pair_of(id, other);
    let (pages, other_pages) = if older == id {
        (likeness.pages, likeness.other_pages)
    } else {
        (likeness.other_pages, likeness.pages)
    };
    let row = duplicate_pair::ActiveModel {
        asset_id: Set(older),
        other_id: Set(newer),
        exact: Set(exact),
        alike: Set(likeness.alike),
        pages: Set(pages),
        other_pages: Set(other_pages),
        found_at: Set(now),
        dismissed_at: Set(None),
        dismissed_by: Set(None),
    };
    duplicate_pair::Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::AssetId, Column::OtherId])
                .update_columns([
                    Column::Exact,
                    Column::Alike,
                    Column::Pages,
                    Column::OtherPages,
                ])
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
