//! Lastmile: self-hosted sales enablement with engagement tracking.
//!
//! One binary, four flows: collateral in, pitch out, signals back, outcome in. `ARCHITECTURE.md` walks through them;
//! the order of the modules below is the order of who may import whom, highest floor first.

pub mod app;
pub mod cli;
pub mod demo;
pub mod eval;
pub mod node;
pub mod openapi;
pub mod ops;
pub mod routes;
pub mod server;
pub mod simulation;
pub mod telemetry;
pub mod webapp;
pub mod worker;

pub mod admin;
pub mod alerts;
pub mod analytics;
pub mod auth;
pub mod brands;
pub mod crm;
pub mod engagement;
pub mod library;
pub mod pitches;
pub mod recommend;
pub mod search;
pub mod signals;
pub mod viewer;

pub mod http;

pub mod audit;
pub mod blobs;
pub mod documents;
pub mod imports;
pub mod index;
pub mod jobs;
pub mod mail;
pub mod notices;
pub mod outside;
pub mod rollup;
pub mod webhooks;

pub mod db;
pub mod entities;

pub mod clock;
pub mod config;
pub mod error;
pub mod ids;
pub mod keys;
pub mod markdown;
pub mod money;
pub mod statistics;
