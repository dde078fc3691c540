//! A run: load the collection, ask every query as it is and with slips, and step by step with less and more help.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Serialize;

use super::collection::{Collection, Document, Topic};
use super::metrics::{average_precision, ndcg, recall, relevant};
use super::store::{Library, store};
use super::typos::with_typos;
use crate::clock::Clock;
use crate::documents::language_of;
use crate::entities::Role;
use crate::error::Result;
use crate::http::{Credential, Principal};
use crate::ids::{SessionId, UserId};
use crate::index::{Depth, Follower, Index, Matching};
use crate::search::{SearchQuery, answer};

/// How many results a person is shown at once; latency is measured for so many.
const SHOWN: usize = 20;
/// From how many documents the language of a collection is told,
const SAMPLES: usize = 100;
/// by so many characters of each.
const SAMPLE: usize = 500;

/// What to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// The collection.
    pub folder: PathBuf,
    /// Whether it is in the form of the classic collections.
    pub classic: bool,
    /// The fields of a document that count.
    pub fields: Vec<String>,
    /// How many slips per query, each a column of its own.
    pub typos: Vec<usize>,
    /// What the slips are drawn from.
    pub seed: u64,
    /// Whether to measure every step on the way to the search as it is.
    pub steps: bool,
    /// How many results are looked at.
    pub depth: usize,
    /// How many words make a page; nothing means one page per document.
    pub page_words: Option<usize>,
    /// The language of the documents; nothing means that it is told from their text.
    pub language: Option<String>,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// How many documents.
    pub documents: usize,
    /// How many queries.
    pub queries: usize,
    /// How many documents judges found relevant, over all queries.
    pub relevant: u32,
    /// How many results were looked at.
    pub depth: usize,
    /// Documents indexed per second, for the last row.
    pub documents_per_second: f64,
    /// One row per step; the last is the search as it is.
    pub rows: Vec<Row>,
    /// How long the search as it is took.
    pub latency: Latency,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What it adds.
    pub name: String,
    /// For queries as they are.
    pub clean: Figures,
    /// For queries with slips.
    pub typos: Vec<TypoFigures>,
}

/// How good the rankings are, as means over the queries.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Figures {
    /// nDCG of the first ten.
    pub ndcg_10: f64,
    /// Mean average precision.
    pub map: f64,
    /// The share of relevant documents among the first hundred.
    pub recall_100: f64,
}

/// The same with slips.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TypoFigures {
    /// How many slips in each query.
    pub typos: usize,
    /// The figures.
    pub figures: Figures,
    /// What share of the clean nDCG was kept.
    pub kept: f64,
}

/// How long answers took, in milliseconds; one query after the other.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Latency {
    /// Half were faster.
    pub p50_ms: f64,
    /// One in twenty was slower.
    pub p95_ms: f64,
    /// One in a hundred was slower.
    pub p99_ms: f64,
}

/// Measures.
pub async fn measure(options: &Options, clock: &Clock) -> Result<Report> {
    let collection = Collection::load(&options.folder, &options.fields, options.classic)?;
    let dir = tempfile::tempdir()?;
    let language = options
        .language
        .as_deref()
        .or_else(|| language_of(&sample(&collection.documents)));
    let library = store(
        dir.path(),
        &collection.documents,
        options.page_words,
        language,
        clock.now(),
    )
    .await?;
    let mut rows = Vec::new();
    let mut latency = Latency::default();
    let mut seconds = f64::INFINITY;
    for (number, (name, matching)) in steps(options.steps).into_iter().enumerate() {
        let place = dir.path().join(number.to_string());
        let (searching, took) = Searching::open(&place, matching, &library, clock).await?;
        seconds = took;
        let clean = searching.figures(&collection.topics, options, 0).await?;
        let mut typos = Vec::new();
        for count in &options.typos {
            let figures = searching
                .figures(&collection.topics, options, *count)
                .await?;
            let kept = if clean.ndcg_10 > 0.0 {
                figures.ndcg_10 / clean.ndcg_10
            } else {
                0.0
            };
            typos.push(TypoFigures {
                typos: *count,
                figures,
                kept,
            });
        }
        latency = searching.latency(&collection.topics).await?;
        rows.push(Row {
            name: name.to_owned(),
            clean,
            typos,
        });
    }
    Ok(Report {
        documents: collection.documents.len(),
        queries: collection.topics.len(),
        relevant: collection
            .topics
            .iter()
            .map(|topic| relevant(&topic.judged))
            .sum(),
        depth: options.depth,
        documents_per_second: as_f64(collection.documents.len()) / seconds,
        rows,
        latency,
    })
}

/// Enough of a collection's text to tell its language.
fn sample(documents: &[Document]) -> String {
    let every = documents.len() / SAMPLES + 1;
    let parts = documents.iter().step_by(every);
    parts
        .flat_map(|document| document.text.chars().take(SAMPLE).chain(['\n']))
        .collect()
}

/// The search as it is, and what leads to it.
fn steps(all: bool) -> Vec<(&'static str, Matching)> {
    let plain = Matching {
        depth: Depth::Words,
        typos: false,
        fields: false,
    };
    let stopped = Matching {
        depth: Depth::WithoutStopWords,
        ..plain
    };
    let stemmed = Matching {
        depth: Depth::Stems,
        ..stopped
    };
    let forgiving = Matching {
        typos: true,
        ..stemmed
    };
    let mut steps = vec![
        ("plain BM25", plain),
        ("+ stop words", stopped),
        ("+ stemming", stemmed),
        ("+ typo handling", forgiving),
        ("+ fields", Matching::default()),
    ];
    if !all {
        steps.drain(..4);
    }
    steps
}

/// An index of the library, and who asks it.
struct Searching<'a> {
    library: &'a Library,
    index: Index,
    principal: Principal,
}

impl<'a> Searching<'a> {
    /// Builds the index; says how many seconds that took.
    async fn open(
        place: &Path,
        matching: Matching,
        library: &'a Library,
        clock: &Clock,
    ) -> Result<(Self, f64)> {
        let index = Index::open_with(place, matching)?;
        let started = Instant::now();
        Follower::new(index.clone(), library.db.clone())
            .rebuild()
            .await?;
        let took = started.elapsed().as_secs_f64();
        let now = clock.now();
        let principal = Principal {
            user_id: UserId::new(now),
            session_id: SessionId::new(now),
            name: String::new(),
            role: Role::Admin,
            team_id: None,
            credential: Credential::Bearer,
        };
        let searching = Self {
            library,
            index,
            principal,
        };
        Ok((searching, took))
    }

    async fn figures(&self, topics: &[Topic], options: &Options, typos: usize) -> Result<Figures> {
        let mut sum = Figures::default();
        for (seed, topic) in (options.seed..).zip(topics) {
            let text = if typos == 0 {
                topic.text.clone()
            } else {
                with_typos(&topic.text, typos, seed)
            };
            let ranking = self.ranking(text, options.depth).await?;
            sum.ndcg_10 += ndcg(&ranking, &topic.judged, 10);
            sum.map += average_precision(&ranking, &topic.judged);
            sum.recall_100 += recall(&ranking, &topic.judged, 100);
        }
        let count = as_f64(topics.len().max(1));
        Ok(Figures {
            ndcg_10: sum.ndcg_10 / count,
            map: sum.map / count,
            recall_100: sum.recall_100 / count,
        })
    }

    async fn ranking(&self, text: String, depth: usize) -> Result<Vec<&str>> {
        // A search for nothing lists everything, which is no ranking.
        if !text.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let found = answer(
            &self.library.db,
            &self.index,
            None,
            &self.principal,
            &SearchQuery::words(text, depth),
        )
        .await?;
        let names = found
            .items
            .iter()
            .filter_map(|hit| self.library.documents.get(&hit.asset.id));
        Ok(names.map(String::as_str).collect())
    }

    async fn latency(&self, topics: &[Topic]) -> Result<Latency> {
        let mut times = Vec::with_capacity(topics.len());
        for topic in topics {
            let started = Instant::now();
            self.ranking(topic.text.clone(), SHOWN).await?;
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        Ok(Latency {
            p50_ms: percentile(&times, 50),
            p95_ms: percentile(&times, 95),
            p99_ms: percentile(&times, 99),
        })
    }
}

/// The least value that so many percent do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let times: Vec<f64> = (1..=200).map(f64::from).collect();
        for (percent, value) in [(50, 100.0), (95, 190.0), (99, 198.0)] {
            assert!((percentile(&times, percent) - value).abs() < 1e-9);
        }
        assert!(percentile(&[], 50).abs() < 1e-9);
    }
}
