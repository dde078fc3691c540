//! The database schema, one file per migration; what each may do is in README.md.
//!
//! Invariant: every migration goes up, down and up again to the same schema, on SQLite and on PostgreSQL, in one
//! transaction, and every foreign key has an index.

#![allow(
    elided_lifetimes_in_paths,
    reason = "the trait spells its methods so, and async-trait wants the same spelling"
)]
#![allow(
    clippy::too_many_lines,
    reason = "a migration is a list of columns; cutting it up would hide the schema"
)]

mod m20261122_000001_identity;
mod m20261122_000002_library;
mod m20261122_000003_crm;
mod m20261122_000004_pitches;
mod m20261122_000005_engagement;
mod m20261122_000006_platform;
mod m20261122_000007_captions;
mod m20261122_000008_versions;
mod m20261122_000009_lifecycle;
mod m20261122_000010_intake;
mod m20261122_000011_curation;
mod m20261122_000012_search;
mod m20261122_000013_recommendations;
mod m20261125_000014_composer;
mod m20261125_000015_brands;
mod m20261125_000016_gates;
mod m20261125_000017_pdfs;
mod m20261125_000018_audit;
mod m20261125_000019_sending;
mod m20261125_000020_page_layouts;
mod m20261125_000021_questions;
mod m20261125_000022_truth;
mod m20261125_000024_signals;
mod m20261125_000025_alerts;
mod m20261125_000026_conversion_warnings;
mod m20261125_000027_evidence;
mod m20261126_000030_story_place;
mod m20261126_000031_recall;
mod m20261126_000032_kept_replies;
mod m20261126_000033_opening;
mod m20261126_000035_awaits_approval;
mod m20261127_000036_asset_counts;
mod table;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Runs the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_identity::Migration),
            Box::new(m20261122_000002_library::Migration),
            Box::new(m20261122_000003_crm::Migration),
            Box::new(m20261122_000004_pitches::Migration),
            Box::new(m20261122_000005_engagement::Migration),
            Box::new(m20261122_000006_platform::Migration),
            Box::new(m20261122_000007_captions::Migration),
            Box::new(m20261122_000008_versions::Migration),
            Box::new(m20261122_000009_lifecycle::Migration),
            Box::new(m20261122_000010_intake::Migration),
            Box::new(m20261122_000011_curation::Migration),
            Box::new(m20261122_000012_search::Migration),
            Box::new(m20261122_000013_recommendations::Migration),
            Box::new(m20261125_000014_composer::Migration),
            Box::new(m20261125_000015_brands::Migration),
            Box::new(m20261125_000016_gates::Migration),
            Box::new(m20261125_000017_pdfs::Migration),
            Box::new(m20261125_000018_audit::Migration),
            Box::new(m20261125_000019_sending::Migration),
            Box::new(m20261125_000020_page_layouts::Migration),
            Box::new(m20261125_000021_questions::Migration),
            Box::new(m20261125_000022_truth::Migration),
            Box::new(m20261125_000024_signals::Migration),
            Box::new(m20261125_000025_alerts::Migration),
            Box::new(m20261125_000026_conversion_warnings::Migration),
            Box::new(m20261125_000027_evidence::Migration),
            Box::new(m20261126_000030_story_place::Migration),
            Box::new(m20261126_000031_recall::Migration),
            Box::new(m20261126_000032_kept_replies::Migration),
            Box::new(m20261126_000033_opening::Migration),
            Box::new(m20261126_000035_awaits_approval::Migration),
            Box::new(m20261127_000036_asset_counts::Migration),
        ]
    }
}
