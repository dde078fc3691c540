//! A collection as a library: every document an approved asset with its pages, in a database of its own.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait as _;

use super::collection::Document;
use crate::db::Db;
use crate::entities::{AssetKind, AssetState, VersionState, asset, asset_version, page};
use crate::error::Result;
use crate::ids::{AssetId, VersionId};

/// How many documents are written in one transaction.
const BATCH: usize = 100;
/// How many pages one statement writes; databases bound the number of values.
const PAGES: usize = 500;

/// A library with the names of its assets.
pub(super) struct Library {
    pub(super) db: Db,
    /// The document of each asset.
    pub(super) documents: HashMap<AssetId, String>,
}

/// Fills a new database in `dir`. A page has at most `page_words` words; nothing means one page per document.
pub(super) async fn store(
    dir: &Path,
    documents: &[Document],
    page_words: Option<usize>,
    language: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Library> {
    let url = format!("sqlite://{}?mode=rwc", dir.join("eval.db").display());
    let db = Db::connect(&url, 1).await?;
    db.migrate().await?;
    let mut names = HashMap::new();
    let mut at = now;
    for batch in documents.chunks(BATCH) {
        let (mut assets, mut versions, mut pages) = (Vec::new(), Vec::new(), Vec::new());
        for document in batch {
            at += TimeDelta::milliseconds(1);
            let (id, version) = (AssetId::new(at), VersionId::new(at));
            names.insert(id, document.id.clone());
            let texts = split(&document.text, page_words);
            assets.push(asset_row(id, version, document, language, at));
            versions.push(version_row(version, id, texts.len(), at));
            pages.extend(
                (1..)
                    .zip(texts)
                    .map(|(number, text)| page_row(version, number, &document.title, text)),
            );
        }
        let tx = db.begin().await?;
        asset::Entity::insert_many(assets).exec(&tx).await?;
        asset_version::Entity::insert_many(versions)
            .exec(&tx)
            .await?;
        let mut rest = pages;
        while !rest.is_empty() {
            let behind = rest.split_off(rest.len().min(PAGES));
            page::Entity::insert_many(rest).exec(&tx).await?;
            rest = behind;
        }
        tx.commit().await?;
    }
    Ok(Library {
        db,
        documents: names,
    })
}

fn split(text: &str, page_words: Option<usize>) -> Vec<String> {
    let Some(words) = page_words else {
        return vec![text.to_owned()];
    };
    let all: Vec<_> = text.split_whitespace().collect();
    if all.is_empty() {
        return vec![String::new()];
    }
    all.chunks(words.max(1))
        .map(|page| page.join(" "))
        .collect()
}

fn asset_row(
    id: AssetId,
    version: VersionId,
    document: &Document,
    language: Option<&str>,
    at: DateTime<Utc>,
) -> asset::ActiveModel {
    asset::ActiveModel {
        id: Set(id),
        title: Set(document.title.clone()),
        description: Set(String::new()),
        kind: Set(AssetKind::Other),
        state: Set(AssetState::Approved),
        internal_only: Set(false),
        language: Set(language.map(str::to_owned)),
        current_version_id: Set(Some(version)),
        revision: Set(1),
        created_at: Set(at),
        updated_at: Set(at),
        ..Default::default()
    }
}

fn version_row(
    id: VersionId,
    asset: AssetId,
    pages: usize,
    at: DateTime<Utc>,
) -> asset_version::ActiveModel {
    let pages = i32::try_from(pages).unwrap_or(i32::MAX);
    asset_version::ActiveModel {
        id: Set(id),
        asset_id: Set(asset),
        number: Set(1),
        file_name: Set(String::new()),
        media_type: Set("text/plain".to_owned()),
        format: Set("text".to_owned()),
        byte_size: Set(0),
        blob: Set(String::new()),
        state: Set(VersionState::Ready),
        page_count: Set(Some(pages)),
        pages_done: Set(pages),
        created_at: Set(at),
        ..Default::default()
    }
}

fn page_row(version: VersionId, number: i32, title: &str, text: String) -> page::ActiveModel {
    page::ActiveModel {
        version_id: Set(version),
        number: Set(number),
        title: Set(title.to_owned()),
        text: Set(text),
        width: Set(0),
        height: Set(0),
        image_480: Set(String::new()),
        image_960: Set(String::new()),
        image_1600: Set(String::new()),
        ..Default::default()
    }
}
