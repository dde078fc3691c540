//! The tables: one file per table with its columns, its foreign keys and the finders that carry scope.
//!
//! Entities are never serialized to the outside (features have view types for that) and hold no business rule.
//!
//! Invariant: entities and migrations agree (a test selects every column of every entity).

#![allow(
    missing_docs,
    reason = "columns are named after PRODUCT terms; each file's head and doc comments say what is not obvious"
)]

pub mod account;
pub mod activity;
pub mod alert_gate;
pub mod alert_item;
pub mod alert_setting;
pub mod alert_watch;
pub mod asset;
pub mod asset_comment;
pub mod asset_cost;
pub mod asset_facet;
pub mod asset_fingerprint;
pub mod asset_review;
pub mod asset_reviewer;
pub mod asset_step;
pub mod asset_version;
pub mod attempt;
pub mod audit_entry;
pub mod bounce;
pub mod brand;
pub mod bulk_edit;
pub mod bulk_edit_item;
pub mod campaign;
pub mod caption;
pub mod change;
pub mod change_telling;
pub mod collection;
pub mod collection_item;
pub mod collection_team;
pub mod contact;
pub mod contact_restriction;
pub mod contact_score;
pub mod content_import;
pub mod content_request;
pub mod content_request_join;
pub mod duplicate_pair;
pub mod erasure;
pub mod event;
pub mod facet_value;
pub mod idempotency_key;
pub mod import_key;
pub mod import_row;
pub mod job;
pub mod link_code;
pub mod link_send;
pub mod mail;
pub mod notification;
pub mod opportunity;
pub mod opportunity_contact;
pub mod opportunity_score;
pub mod page;
pub mod page_band;
pub mod page_fingerprint;
pub mod page_layout;
pub mod pitch;
pub mod pitch_item;
pub mod pitch_link;
pub mod pitch_revision;
pub mod pitch_step;
pub mod pitch_template;
pub mod purchase;
pub mod question;
pub mod recommendation;
pub mod recommendation_impression;
pub mod recommendation_set;
pub mod rollup_asset_day;
pub mod rollup_opportunity_asset;
pub mod rollup_page;
pub mod score_crossing;
pub mod search;
pub mod search_click;
pub mod send_override;
pub mod session;
pub mod setting;
pub mod signal;
pub mod stage_change;
pub mod synonym;
pub mod team;
pub mod team_alert_setting;
pub mod terms;
pub mod terms_acceptance;
pub mod terms_version;
pub mod upload;
pub mod user;
mod values;
pub mod version_pdf;
pub mod visit;
pub mod visit_page;
pub mod visit_rule;
pub mod web_source;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhook_try;

pub use values::{
    ActivityKind, AlertChannel, AssetKind, AssetState, BounceKind, BulkOutcome, Channel, ClickKind,
    ContactRole, CostKind, DeliveryState, DownloadMode, EventKind, Facet, ImportOutcome,
    ImportState, JobState, MailState, Outcome, RequestStatus, RestrictionKind, Role, RuleField,
    SignalKind, Stage, StepSide, TemplateAudience, VersionState, VisitClass, VisitLevel, WatchMode,
    WebhookFormat,
};
