//! Telling those who searched in vain when the same search would find something new.
//!
//! A reconciler: it follows the change log, asks again what was asked in vain, and tells each person once for the same
//! words. Whoever asked for the content in so many words hears of it from `requests` too.
//!
//! Invariant: nobody is told of content that they could not find by the search that they made.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use serde_json::{Value, json};

use super::log::{InVain, searches_in_vain};
use crate::config::Config;
use crate::db::Db;
use crate::entities::{
    AssetState, VersionState, asset, asset_step, asset_version, change, setting,
};
use crate::error::Result;
use crate::ids::{AssetId, UserId};
use crate::index::{Dimension, FoundAsset, Index, SYNONYMS, SearchRequest};
use crate::notices::{self, Notice, Subject};

/// Where it is kept up to which change this was done.
const SETTING: &str = "searches_answered";
/// How long a search in vain is remembered.
const MEMORY: TimeDelta = TimeDelta::days(90);
/// How many different searches are asked again at once, the newest.
const QUESTIONS: usize = 300;
/// An answer must be among so many.
const TOP: usize = 5;
/// How long the index may take to see the changes.
const PATIENCE: Duration = Duration::from_secs(5);
/// How many ids go into one statement.
const CHUNK: usize = 500;

/// What has changed in the library.
#[derive(Default)]
struct News {
    /// Approved content that changed, with when it came or was approved last.
    since: HashMap<AssetId, DateTime<Utc>>,
    /// Words have got other meanings.
    synonyms: bool,
}

/// Tells of what has come since the last time; says how many were told.
pub async fn tell_searchers(
    db: &Db,
    index: &Index,
    config: &Config,
    now: DateTime<Utc>,
) -> Result<usize> {
    let done = done_up_to(db.read()).await?;
    let Some(last) = last_change(db.read()).await?.filter(|last| *last > done) else {
        return Ok(0);
    };
    // What the index does not see yet is for the next time.
    if !index.wait_for(last, PATIENCE).await {
        return Ok(0);
    }
    let news = news(db.read(), done, last).await?;
    let (loud, quiet) = if news.since.is_empty() && !news.synonyms {
        (Vec::new(), Vec::new())
    } else {
        answers(db, index, &news, now).await?
    };
    let tx = db.begin().await?;
    let told = notices::write_and_mail(&tx, config, now, loud).await?
        + notices::write(&tx, quiet).await?.len();
    keep(&tx, last).await?;
    tx.commit().await?;
    Ok(told)
}

/// What to tell: of searches that found nothing by mail too, of those whose results nobody wanted in the bell only.
async fn answers(
    db: &Db,
    index: &Index,
    news: &News,
    now: DateTime<Utc>,
) -> Result<(Vec<Notice>, Vec<Notice>)> {
    let mut questions: HashMap<(String, String), Vec<InVain>> = HashMap::new();
    for search in searches_in_vain(db, now - MEMORY, now).await? {
        let question = (search.query.to_lowercase(), search.filters.to_string());
        if questions.len() < QUESTIONS || questions.contains_key(&question) {
            questions.entry(question).or_default().push(search);
        }
    }
    let (mut loud, mut quiet) = (Vec::new(), Vec::new());
    let mut told: HashSet<(UserId, AssetId)> = HashSet::new();
    for searches in questions.into_values() {
        let Some(first) = searches.first() else {
            continue;
        };
        let found = index.search(again(first)).await?;
        // What was corrected is not what they looked for.
        if found.spelling.is_some_and(|spelling| spelling.applied) {
            continue;
        }
        for search in &searches {
            let answer = found.assets.iter().find(|one| news.answers(one, search));
            let Some(answer) = answer.filter(|one| told.insert((search.user, one.asset))) else {
                continue;
            };
            let notice = notice(db.read(), search, answer, now).await?;
            if search.is_empty() {
                loud.extend(notice);
            } else {
                quiet.extend(notice);
            }
        }
    }
    Ok((loud, quiet))
}

impl News {
    /// Whether this is what the search has missed.
    fn answers(&self, found: &FoundAsset, search: &InVain) -> bool {
        if search.is_empty() {
            return self.synonyms || self.since.contains_key(&found.asset);
        }
        let since = self.since.get(&found.asset);
        since.is_some_and(|since| *since > search.at) && !search.shown.contains(&found.asset)
    }
}

/// The same question, asked by somebody who sees approved content only.
fn again(search: &InVain) -> SearchRequest {
    let filters = Dimension::ALL.into_iter().filter_map(|dimension| {
        let values = search.filters.get(dimension.as_str())?.as_array()?;
        let values = values.iter().filter_map(Value::as_str).map(str::to_owned);
        Some((dimension, values.collect()))
    });
    SearchRequest {
        text: search.query.clone(),
        states: vec![AssetState::Approved],
        filters: filters.collect(),
        limit: TOP,
        ..SearchRequest::default()
    }
}

async fn notice<C: ConnectionTrait>(
    db: &C,
    search: &InVain,
    answer: &FoundAsset,
    now: DateTime<Utc>,
) -> Result<Option<Notice>> {
    let Some(asset) = asset::Entity::find_by_id(answer.asset).one(db).await? else {
        return Ok(None);
    };
    let page = answer.pages.first().filter(|page| page.number > 1);
    let place = page.map_or_else(String::new, |page| format!(", page {}", page.number));
    let words = blake3::hash(search.words.as_bytes()).to_hex();
    Ok(Some(Notice {
        user: search.user,
        kind: "search_answered",
        title: format!(
            "You looked for \"{}\": now there is something",
            search.query
        ),
        body: format!("{}{place}", asset.title),
        opportunity: search.opportunity,
        visit: None,
        subject: Some(Subject::Asset(asset.id)),
        dedupe_key: format!("search_answered:{words}"),
        at: now,
    }))
}

/// What of the library has changed between two entries of the change log and can be found by everybody.
async fn news<C: ConnectionTrait>(db: &C, after: i64, last: i64) -> Result<News> {
    let changes: Vec<(String, uuid::Uuid)> = change::Entity::find()
        .select_only()
        .columns([change::Column::Kind, change::Column::SubjectId])
        .distinct()
        .filter(change::Column::Seq.gt(after))
        .filter(change::Column::Seq.lte(last))
        .filter(change::Column::Kind.is_in(["asset", SYNONYMS]))
        .into_tuple()
        .all(db)
        .await?;
    let mut news = News {
        synonyms: changes.iter().any(|(kind, _)| kind == SYNONYMS),
        ..News::default()
    };
    let assets: Vec<AssetId> = changes
        .into_iter()
        .filter(|(kind, _)| kind == "asset")
        .map(|(_, id)| AssetId(id))
        .collect();
    for ids in assets.chunks(CHUNK) {
        let came: Vec<(AssetId, DateTime<Utc>)> = asset::Entity::find()
            .select_only()
            .column(asset::Column::Id)
            .column(asset_version::Column::CreatedAt)
            .inner_join(asset_version::Entity)
            .filter(asset::Column::Id.is_in(ids.iter().copied()))
            .filter(asset::Column::State.eq(AssetState::Approved))
            .filter(asset_version::Column::State.eq(VersionState::Ready))
            .into_tuple()
            .all(db)
            .await?;
        let approved: Vec<(AssetId, DateTime<Utc>)> = asset_step::Entity::find()
            .select_only()
            .column(asset_step::Column::AssetId)
            .column_as(asset_step::Column::TakenAt.max(), "at")
            .filter(asset_step::Column::AssetId.is_in(ids.iter().copied()))
            .filter(asset_step::Column::ToState.eq(AssetState::Approved))
            .group_by(asset_step::Column::AssetId)
            .into_tuple()
            .all(db)
            .await?;
        news.since.extend(came);
        for (id, at) in approved {
            news.since
                .entry(id)
                .and_modify(|since| *since = std::cmp::max(at, *since));
        }
    }
    Ok(news)
}

async fn last_change<C: ConnectionTrait>(db: &C) -> Result<Option<i64>> {
    let last = change::Entity::find()
        .order_by_desc(change::Column::Seq)
        .one(db)
        .await?;
    Ok(last.map(|change| change.seq))
}

async fn done_up_to<C: ConnectionTrait>(db: &C) -> Result<i64> {
    let kept = setting::Entity::find_by_id(SETTING).one(db).await?;
    Ok(kept
        .and_then(|kept| kept.value.as_i64())
        .unwrap_or_default())
}

async fn keep<C: ConnectionTrait>(db: &C, seq: i64) -> Result<()> {
    let row = setting::ActiveModel {
        name: Set(SETTING.to_owned()),
        value: Set(json!(seq)),
    };
    let over = OnConflict::column(setting::Column::Name)
        .update_column(setting::Column::Value)
        .to_owned();
    setting::Entity::insert(row)
        .on_conflict(over)
        .exec_without_returning(db)
        .await?;
    Ok(())
}
