//! Customers' data in bulk: CSV files as CRMs export them, one file per kind of row.
//!
//! A file is read into typed rows, compared with what is stored under the same external ids, and written in a few
//! statements. The route and the command line go through the same [`import`]; both hand in a transaction, and both
//! roll it back for a dry run. What is not in the file is left alone; nothing is ever deleted.
//!
//! Invariant: with one wrong row, nothing of the file is written.

mod records;
mod references;
mod route;
mod upsert;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use sea_orm::DatabaseTransaction;
use serde::{Serialize, Serializer};

use crate::error::Result;
use crate::imports::RowProblem;

pub use route::{__path_import_file, ImportForm, import_file};

/// The name under which rows from files keep their external ids.
const SYSTEM: &str = "csv";

/// What the rows of a file are. In this order, each kind refers only to kinds before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ImportKind {
    /// Lead sources with their cost.
    Campaigns,
    /// Companies.
    Accounts,
    /// People at accounts.
    Contacts,
    /// Deals.
    Opportunities,
    /// Who has a part in which deal.
    OpportunityContacts,
    /// The deals' moves along their stages.
    StageChanges,
    /// Calls, meetings, notes, mails, statuses.
    Activities,
    /// What accounts bought.
    Purchases,
}

impl ImportKind {
    /// Every kind, in the order in which to import them.
    pub const ALL: &'static [Self] = &[
        Self::Campaigns,
        Self::Accounts,
        Self::Contacts,
        Self::Opportunities,
        Self::OpportunityContacts,
        Self::StageChanges,
        Self::Activities,
        Self::Purchases,
    ];

    /// The name, which is also the file's, without `.csv`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::Accounts => "accounts",
            Self::Contacts => "contacts",
            Self::Opportunities => "opportunities",
            Self::OpportunityContacts => "opportunity_contacts",
            Self::StageChanges => "stage_changes",
            Self::Activities => "activities",
            Self::Purchases => "purchases",
        }
    }
}

impl FromStr for ImportKind {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let kinds = || Self::ALL.iter().copied();
        kinds().find(|kind| kind.as_str() == text).ok_or_else(|| {
            let names: Vec<_> = kinds().map(Self::as_str).collect();
            format!("must be one of {}", names.join(", "))
        })
    }
}

impl Serialize for ImportKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What became of a file, or would have in a dry run.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    /// What its rows are.
    pub kind: ImportKind,
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// How many rows it has.
    pub rows: u64,
    /// How many rows are new.
    pub created: u64,
    /// How many rows differ from what was stored.
    pub updated: u64,
    /// How many rows are stored already as they are.
    pub unchanged: u64,
    /// What is wrong, by row. If there is anything, nothing of the file is written.
    pub errors: Vec<RowProblem>,
    /// What is doubtful; it hinders nothing.
    pub warnings: Vec<RowProblem>,
}

/// Writes a file's rows into `tx`, unless one of them is wrong. Whether they stay is the caller's to decide by
/// committing `tx` or dropping it.
pub async fn import(
    tx: &DatabaseTransaction,
    kind: ImportKind,
    bytes: Vec<u8>,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<ImportReport> {
    let outcome = match kind {
        ImportKind::Campaigns => upsert::run::<records::Campaign>(tx, bytes, now).await,
        ImportKind::Accounts => upsert::run::<records::Account>(tx, bytes, now).await,
        ImportKind::Contacts => upsert::run::<records::Contact>(tx, bytes, now).await,
        ImportKind::Opportunities => upsert::run::<records::Opportunity>(tx, bytes, now).await,
        ImportKind::OpportunityContacts => {
            upsert::run::<records::OpportunityContact>(tx, bytes, now).await
        }
        ImportKind::StageChanges => upsert::run::<records::StageChange>(tx, bytes, now).await,
        ImportKind::Activities => upsert::run::<records::Activity>(tx, bytes, now).await,
        ImportKind::Purchases => upsert::run::<records::Purchase>(tx, bytes, now).await,
    }?;
    Ok(ImportReport {
        kind,
        dry_run,
        rows: outcome.rows,
        created: outcome.created,
        updated: outcome.updated,
        unchanged: outcome.unchanged,
        errors: outcome.errors,
        warnings: outcome.warnings,
    })
}
