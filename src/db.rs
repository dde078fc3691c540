//! The connection to the database, and the few things in which SQLite and PostgreSQL differ.
//!
//! It knows no table but the change log. Queries stand in the features; they run on any [`ConnectionTrait`], so the
//! same function serves a reader and a transaction.
//!
//! Invariant: on SQLite every write goes through the one writer connection in an immediate transaction, synced to
//! disk before it is acknowledged (`synchronous=FULL`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lastmile_migrations::{Migrator, MigratorTrait as _};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, IntoColumnRef, LikeExpr, Query};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectOptions, ConnectionTrait, Database,
    DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait as _,
};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use uuid::Uuid;

use crate::entities::change;
use crate::error::{Error, Result};

/// How many readers SQLite gets; every one is a thread.
const SQLITE_READERS: u32 = 4;
/// The writer's cache: what a batch of signals touches. Four times as much gained nothing.
const WRITER_CACHE_KIB: u32 = 8_192;
/// A reader's cache. What it lacks is in the system's.
const READER_CACHE_KIB: u32 = 2_048;
/// From so many pages of 4 KiB on the writer brings SQLite's log back into its file, whose sync takes many times as long as
/// the log's.
const LONGEST_LOG_PAGES: u32 = 4_000;
/// Entries of the change log in one statement, far below what either engine binds.
const CHANGES_AT_ONCE: usize = 1_000;

/// A database: where to read, and where to write. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: DatabaseConnection,
    writer: DatabaseConnection,
    writes: Arc<Writes>,
}

/// How often and when this process began to write what others may have read.
#[derive(Debug)]
struct Writes {
    count: AtomicU64,
    since: Instant,
    /// Milliseconds after `since`.
    last: AtomicU64,
}

/// How things stood when something was read, to tell whether it may have changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadMark {
    /// Changes with every transaction of this process that writes.
    pub writes: u64,
    /// For how long none had begun.
    pub quiet: Duration,
    /// When this was, by a clock of the process.
    pub at: Duration,
}

impl Writes {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            count: AtomicU64::new(0),
            since: Instant::now(),
            last: AtomicU64::new(0),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn note(&self) {
        self.last.store(self.now(), Ordering::Release);
        self.count.fetch_add(1, Ordering::AcqRel);
    }
}

impl Db {
    /// Opens `sqlite://path` (made if missing) or `postgres://...`.
    pub async fn connect(url: &str, connections: u32) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let writer = Database::connect(sqlite_options(url, 1, WRITER_CACHE_KIB)).await?;
            let options = sqlite_options(url, SQLITE_READERS, READER_CACHE_KIB);
            let reader = Database::connect(options).await?;
            return Ok(Self {
                reader,
                writer,
                writes: Writes::new(),
            });
        }
        let mut options = ConnectOptions::new(url.to_owned());
        options
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(Duration::from_secs(10))
            .sqlx_logging(false);
        let connection = Database::connect(options).await?;
        Ok(Self {
            reader: connection.clone(),
            writer: connection,
            writes: Writes::new(),
        })
    }

    /// Brings the schema up to this program's version.
    pub async fn migrate(&self) -> Result<()> {
        Ok(Migrator::up(&self.writer, None).await?)
    }

    /// How many migrations [`Db::migrate`] would run.
    pub async fn pending_migrations(&self) -> Result<usize> {
        Ok(Migrator::get_pending_migrations(&self.reader).await?.len())
    }

    /// A connection for queries that change nothing.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// Begins a transaction that writes. Dropping it rolls back.
    pub async fn begin(&self) -> Result<DatabaseTransaction> {
        let transaction = self.begin_aside().await?;
        self.writes.note();
        Ok(transaction)
    }

    /// The same for what goes on all the time and changes nothing that anybody keeps ready: readers' signals and what is
    /// told of them, workers that look for work.
    pub async fn begin_aside(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.backend() == DbBackend::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// To be asked before something is read that is to be kept: it may have changed when the count of writes has. A
    /// transaction that began a moment ago may not have ended yet; hence the time.
    pub fn read_mark(&self) -> ReadMark {
        let last = self.writes.last.load(Ordering::Acquire);
        let now = self.writes.now();
        ReadMark {
            writes: self.writes.count.load(Ordering::Acquire),
            quiet: Duration::from_millis(now.saturating_sub(last)),
            at: Duration::from_millis(now),
        }
    }

    /// Which engine this is, for the few statements that each engine needs its own of.
    pub fn backend(&self) -> DbBackend {
        self.writer.get_database_backend()
    }

    /// Answers whether the database can be reached.
    pub async fn ping(&self) -> Result<()> {
        Ok(self.reader.ping().await?)
    }

    /// Closes the connections, writing SQLite's log back into its file.
    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// How many rows SQLite goes ahead of whoever reads them: a switch between two threads costs more than a row.
const ROWS_AT_ONCE: usize = 1_000;

fn sqlite_options(url: &str, connections: u32, cache_kib: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url.to_owned());
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        // SQLite itself rolls a transaction back when the disk is full. The driver then counts one that is none, what
        // follows are savepoints, and one that is rolled back leaves a transaction open that nobody commits: all that
        // is acknowledged from there on would be lost. Such a connection is closed, and another one opened.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            Box::pin(std::future::ready(Ok(!connection.is_in_transaction())))
        })
        .map_sqlx_sqlite_opts(move |options| {
            options
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(10))
                // The thread of the connection stops for the reader of its rows whenever so many wait.
                .row_buffer_size(ROWS_AT_ONCE)
                .pragma("cache_size", format!("-{cache_kib}"))
                .pragma("wal_autocheckpoint", LONGEST_LOG_PAGES.to_string())
                .pragma("temp_store", "memory")
        });
    options
}

/// Runs `attempt` again while the engine says that only timing was at fault (a deadlock, a serialization failure, a
/// busy file), at most five times.
pub async fn retry<T, F, Fut>(mut attempt: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    for pause in [5_u64, 20, 80, 320] {
        match attempt().await {
            Err(error) if is_transient(&error) => {
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
            outcome => return outcome,
        }
    }
    attempt().await
}

fn is_transient(error: &Error) -> bool {
    let Some(
        DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner))
        | DbErr::Conn(RuntimeErr::SqlxError(inner)),
    ) = error
        .cause
        .as_deref()
        .and_then(|cause| cause.downcast_ref::<DbErr>())
    else {
        return false;
    };
    let code = inner
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .unwrap_or_default();
    // PostgreSQL: serialization failure, deadlock. SQLite: SQLITE_BUSY and its extended codes.
    matches!(code.as_ref(), "40001" | "40P01" | "5" | "261" | "517")
}

/// Notes in the change log that `subject` changed and returns the entry's sequence number. In the same transaction
/// as the change itself; the counter's row lock makes the numbers follow the order of commits.
pub async fn append_change<C: ConnectionTrait>(db: &C, kind: &str, subject: Uuid) -> Result<i64> {
    let seq = advance_changes(db, 1).await?;
    change::ActiveModel {
        seq: Set(seq),
        kind: Set(kind.to_owned()),
        subject_id: Set(subject),
    }
    .insert(db)
    .await?;
    Ok(seq)
}

/// As [`append_change`] for many subjects at once; the number is the last entry's, or 0 without subjects.
pub async fn append_changes<C: ConnectionTrait>(
    db: &C,
    kind: &str,
    subjects: &[Uuid],
) -> Result<i64> {
    if subjects.is_empty() {
        return Ok(0);
    }
    let count = i64::try_from(subjects.len()).map_err(Error::internal)?;
    let last = advance_changes(db, count).await?;
    let mut seq = last - count;
    for subjects in subjects.chunks(CHANGES_AT_ONCE) {
        let rows: Vec<_> = subjects
            .iter()
            .map(|subject| {
                seq += 1;
                change::ActiveModel {
                    seq: Set(seq),
                    kind: Set(kind.to_owned()),
                    subject_id: Set(*subject),
                }
            })
            .collect();
        change::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await?;
    }
    Ok(last)
}

/// Takes the next `count` numbers of the change log and returns the last of them.
async fn advance_changes<C: ConnectionTrait>(db: &C, count: i64) -> Result<i64> {
    let bump = Query::update()
        .table("change_counter")
        .value("seq", Expr::col("seq").add(count))
        .and_where(Expr::col("id").eq(1))
        .returning(Query::returning().column("seq"))
        .to_owned();
    let row = db
        .query_one(&bump)
        .await?
        .ok_or_else(|| Error::internal("the change counter has no row"))?;
    Ok(row.try_get("", "seq")?)
}

/// Whether the column has `text` in it, whatever the case of Latin letters; `%` and `_` mean themselves.
pub fn contains_text(column: impl IntoColumnRef, text: &str) -> Expr {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Expr::expr(Func::lower(Expr::col(column))).like(LikeExpr::new(pattern).escape('\\'))
}
