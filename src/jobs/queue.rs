//! The rows: enqueue, claim, heartbeat, progress, finish, fail.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, FromQueryResult as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    UpdateMany,
};
use serde::Serialize;
use uuid::Uuid;

use crate::db::Db;
use crate::entities::{JobState, job};
use crate::error::{Error, Result};
use crate::ids::JobId;

/// How long a claim is good without a heartbeat.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);

/// The priority of what somebody waits for.
pub const AWAITED: i32 = 10;
/// The priority of what came in by the hundred.
pub const BULK: i32 = 0;

/// A job to be written.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Which handler does it.
    pub kind: &'a str,
    /// What the work is about.
    pub subject: (&'a str, Uuid),
    /// Higher goes first: [`BULK`], or [`AWAITED`].
    pub priority: i32,
    /// How often to try before giving up.
    pub max_attempts: i32,
}

/// Writes a job, in the caller's transaction.
pub async fn enqueue<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    job: NewJob<'_>,
    payload: &impl Serialize,
) -> Result<JobId> {
    enqueue_for(db, now, now, job, payload).await
}

/// The same, for a job that is not to be done before `run_after`.
pub async fn enqueue_for<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    run_after: DateTime<Utc>,
    job: NewJob<'_>,
    payload: &impl Serialize,
) -> Result<JobId> {
    let id = JobId::new(now);
    job::ActiveModel {
        id: Set(id),
        kind: Set(job.kind.to_owned()),
        payload: Set(serde_json::to_value(payload).map_err(Error::internal)?),
        subject_kind: Set(job.subject.0.to_owned()),
        subject_id: Set(job.subject.1),
        state: Set(JobState::Queued),
        priority: Set(job.priority),
        attempts: Set(0),
        max_attempts: Set(job.max_attempts),
        run_after: Set(run_after),
        lease_until: Set(None),
        fence: Set(0),
        progress_done: Set(0),
        progress_total: Set(None),
        error_code: Set(None),
        error_detail: Set(None),
        created_at: Set(now),
        finished_at: Set(None),
    }
    .insert(db)
    .await?;
    Ok(id)
}

/// The newest jobs, in a state or about a subject where asked; `before` continues a list.
pub async fn list<C: ConnectionTrait>(
    db: &C,
    state: Option<JobState>,
    subject: Option<Uuid>,
    before: Option<JobId>,
    limit: u64,
) -> Result<Vec<job::Model>> {
    let mut select = job::Entity::find()
        .order_by_desc(job::Column::Id)
        .limit(limit);
    if let Some(state) = state {
        select = select.filter(job::Column::State.eq(state));
    }
    if let Some(subject) = subject {
        select = select.filter(job::Column::SubjectId.eq(subject));
    }
    if let Some(before) = before {
        select = select.filter(job::Column::Id.lt(before));
    }
    Ok(select.all(db).await?)
}

/// Whether a job of this kind about `subject` is waiting or being done.
pub async fn is_open<C: ConnectionTrait>(db: &C, kind: &str, subject: Uuid) -> Result<bool> {
    let open = job::Entity::find()
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Running]))
        .one(db)
        .await?;
    Ok(open.is_some())
}

/// Keeps workers off the open jobs of this kind about `subject` until the caller's transaction ends; says `false` where one
/// is at it already.
pub async fn hold<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    kind: &str,
    subject: Uuid,
) -> Result<bool> {
    let open = job::Entity::find()
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::State.is_in([JobState::Queued, JobState::Running]))
        .lock_exclusive()
        .all(tx)
        .await?;
    // A claim passes by rows that are locked; whose worker has gone silent is claimed again and reads what stands then.
    let at_it = |job: &job::Model| {
        job.state == JobState::Running && job.lease_until.is_some_and(|until| until > now)
    };
    Ok(!open.iter().any(at_it))
}

/// Why a job could not be done.
#[derive(Clone, Debug)]
pub struct Failure {
    /// A name for programs.
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// Whether another try may help.
    pub retry: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            code: error.code.as_str().to_owned(),
            detail: error.to_string(),
            retry: true,
        }
    }
}

/// A job in a worker's hands.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The row as it was claimed.
    pub job: job::Model,
}

impl Claim {
    /// Takes the most urgent job of these kinds, of no less than this priority, that is due or whose worker has gone
    /// silent.
    pub(super) async fn take(
        db: &Db,
        kinds: &[&'static str],
        least: i32,
        now: DateTime<Utc>,
    ) -> Result<Option<Self>> {
        let due = Condition::any()
            .add(
                Condition::all()
                    .add(job::Column::State.eq(JobState::Queued))
                    .add(job::Column::RunAfter.lte(now)),
            )
            .add(
                Condition::all()
                    .add(job::Column::State.eq(JobState::Running))
                    .add(job::Column::LeaseUntil.lt(now)),
            );
        let mut next: SelectStatement = Query::select()
            .column(job::Column::Id)
            .from(job::Entity)
            .and_where(job::Column::Kind.is_in(kinds.iter().copied()))
            .and_where(job::Column::Priority.gte(least))
            .cond_where(due)
            .order_by(job::Column::Priority, sea_orm::Order::Desc)
            .order_by(job::Column::RunAfter, sea_orm::Order::Asc)
            .limit(1)
            .to_owned();
        // SQLite has one writer anyway; its builder leaves the lock out.
        next.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        let claim = Query::update()
            .table(job::Entity)
            .value(job::Column::State, JobState::Running)
            .value(job::Column::LeaseUntil, now + LEASE)
            .value(job::Column::Fence, Expr::col(job::Column::Fence).add(1))
            .value(
                job::Column::Attempts,
                Expr::col(job::Column::Attempts).add(1),
            )
            .and_where(Expr::col(job::Column::Id).in_subquery(next))
            .returning_all()
            .to_owned();
        // Every worker does this every second, and nothing but jobs changes by it.
        let tx = db.begin_aside().await?;
        let row = tx.query_one(&claim).await?;
        let job = row
            .map(|row| job::Model::from_query_result(&row, ""))
            .transpose()?;
        tx.commit().await?;
        Ok(job.map(|job| Self { job }))
    }

    /// An update that only takes effect while this claim is the job's last.
    fn update(&self) -> UpdateMany<job::Entity> {
        job::Entity::update_many()
            .filter(job::Column::Id.eq(self.job.id))
            .filter(job::Column::Fence.eq(self.job.fence))
            .filter(job::Column::State.eq(JobState::Running))
    }

    /// Holds on to the job; an error says that another worker has it.
    pub(super) async fn extend(&self, db: &Db, now: DateTime<Utc>) -> Result<()> {
        let tx = db.begin().await?;
        self.guard(&tx, now).await?;
        Ok(tx.commit().await?)
    }

    /// Makes the caller's transaction depend on the claim: it fails when another worker has taken the job over.
    pub async fn guard<C: ConnectionTrait>(&self, db: &C, now: DateTime<Utc>) -> Result<()> {
        let update = self
            .update()
            .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE));
        Self::held(update.exec(db).await?.rows_affected)
    }

    /// Says how far the work has come, in the caller's transaction, under the same condition as [`Claim::guard`].
    pub async fn progress<C: ConnectionTrait>(
        &self,
        db: &C,
        now: DateTime<Utc>,
        done: i32,
        total: Option<i32>,
    ) -> Result<()> {
        let update = self
            .update()
            .col_expr(job::Column::LeaseUntil, Expr::value(now + LEASE))
            .col_expr(job::Column::ProgressDone, Expr::value(done))
            .col_expr(job::Column::ProgressTotal, Expr::value(total));
        Self::held(update.exec(db).await?.rows_affected)
    }

    pub(super) async fn finish(&self, db: &Db, now: DateTime<Utc>) -> Result<()> {
        let tx = db.begin().await?;
        let update = self
            .update()
            .col_expr(job::Column::State, Expr::value(JobState::Done))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>))
            .col_expr(job::Column::FinishedAt, Expr::value(now));
        Self::held(update.exec(&tx).await?.rows_affected)?;
        Ok(tx.commit().await?)
    }

    /// Puts the job back for another try, or gives it up; says whether it was given up.
    pub(super) async fn fail(
        &self,
        db: &Db,
        now: DateTime<Utc>,
        failure: &Failure,
    ) -> Result<bool> {
        let given_up = !failure.retry || self.job.attempts >= self.job.max_attempts;
        let mut update = self
            .update()
            .col_expr(job::Column::ErrorCode, Expr::value(failure.code.clone()))
            .col_expr(
                job::Column::ErrorDetail,
                Expr::value(failure.detail.clone()),
            )
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<DateTime<Utc>>));
        update = if given_up {
            update
                .col_expr(job::Column::State, Expr::value(JobState::Failed))
                .col_expr(job::Column::FinishedAt, Expr::value(now))
        } else {
            let exponent = u32::try_from(self.job.attempts.clamp(0, 8)).unwrap_or(0);
            let pause = TimeDelta::seconds(2_i64.pow(exponent));
            update
                .col_expr(job::Column::State, Expr::value(JobState::Queued))
                .col_expr(job::Column::RunAfter, Expr::value(now + pause))
        };
        let tx = db.begin().await?;
        Self::held(update.exec(&tx).await?.rows_affected)?;
        tx.commit().await?;
        Ok(given_up)
    }

    fn held(rows: u64) -> Result<()> {
        if rows == 1 {
            return Ok(());
        }
        Err(Error::internal("another worker has taken this job over"))
    }
}
