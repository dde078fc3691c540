//! The integration tests: one binary, the real server on a port of its own, a database and a folder or bucket of its
//! own per test. With `LASTMILE_TEST_DATABASE_URL` and `LASTMILE_TEST_STORAGE_URL` the same tests run on PostgreSQL
//! and S3.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "a test may fail where it stands"
)]

mod alerts;
mod analytics;
mod captions;
mod composer;
mod costs;
mod crm;
mod curation;
mod deal_search;
mod duplicates;
mod engagement;
mod equality;
mod exits;
mod file_imports;
mod fixtures;
mod gates;
mod idempotency;
mod identity;
mod index;
mod kill;
mod library;
mod lifecycle;
mod mail;
mod migrations;
mod own_data;
mod pitches;
mod privacy;
mod questions;
mod reader;
mod recommend;
mod refusals;
mod relevance;
mod requests;
mod route_table;
mod search;
mod search_log;
mod sending;
mod signals;
mod stale;
mod support;
mod synonyms;
mod tab;
mod tidy;
mod truth;
mod uploads;
mod versions;
mod viewer;
mod web_links;
mod webhooks;
