//! How fast the index takes pages in and finds them, beside the full-text searches of SQLite and PostgreSQL on the same
//! pages in the same run.
//!
//! The library is made up, but its words are spread as in real text (a few are everywhere, most are rare). Its size is
//! 100,000 pages, or what `LASTMILE_BENCH_PAGES` says; PostgreSQL takes part if `LASTMILE_TEST_DATABASE_URL` names a
//! server, SQLite if it was built with FTS5. It is a table of figures and not a criterion bench, since latency is
//! asked for under load and as percentiles.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may fail where it stands, and answers a person"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::db::Db;
use lastmile::entities::{
    AssetKind, AssetState, Facet, VersionState, asset, asset_facet, asset_version, page,
};
use lastmile::ids::{AssetId, VersionId};
use lastmile::index::{
    Dimension, Follower, Index, Preference, SearchRequest, Sort, SuggestRequest,
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sea_orm::{ActiveValue::Set, ConnectionTrait as _, DbBackend, EntityTrait as _, Statement};
use tempfile::TempDir;

/// As the program has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const PAGES_PER_ASSET: usize = 10;
const WORDS_PER_PAGE: usize = 150;
const VOCABULARY: usize = 30_000;
/// How many ask at once.
const CLIENTS: usize = 8;
/// How many questions each case is asked.
const QUESTIONS: usize = 2_000;
/// How many the others are asked, which take longer.
const QUESTIONS_OF_OTHERS: usize = 80;
/// How many results a question shows.
const SHOWN: usize = 20;

/// The word of this rank: pronounceable, and the same in every run.
fn word(rank: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "ka", "lo", "mi", "ter", "ran", "sol", "ver", "du", "ne", "pro", "qui", "bel", "hag",
        "sto", "fi", "gru",
    ];
    let mut text = String::new();
    let mut rest = rank + 16;
    while rest > 0 {
        text.push_str(SYLLABLES[rest % 16]);
        rest /= 16;
    }
    text
}

/// A rank drawn as Zipf's law has it, near enough.
fn draw(random: &mut ChaCha8Rng) -> usize {
    let uniform: f64 = random.random();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank between 0 and the vocabulary's size"
    )]
    let rank = ((VOCABULARY as f64).powf(uniform) - 1.0) as usize;
    rank.min(VOCABULARY - 1)
}

/// The made-up library in a database of the program's own schema.
async fn fill(db: &Db, pages: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut now: DateTime<Utc> = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
    let mut tx = db.begin().await.unwrap();
    for number in 0..pages.div_ceil(PAGES_PER_ASSET) {
        now += TimeDelta::minutes(7);
        let (id, version) = (AssetId::new(now), VersionId::new(now));
        let mut words = |count: usize| -> String {
            let words: Vec<_> = (0..count).map(|_| word(draw(&mut random))).collect();
            words.join(" ")
        };
        let asset = asset::ActiveModel {
            id: Set(id),
            title: Set(words(4)),
            description: Set(words(20)),
            kind: Set(AssetKind::ALL[number % AssetKind::ALL.len()]),
            state: Set(AssetState::Approved),
            internal_only: Set(false),
            language: Set(Some("en".to_owned())),
            current_version_id: Set(Some(version)),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
            ..Default::default()
        };
        let pages: Vec<_> = (1..)
            .take(PAGES_PER_ASSET)
            .map(|number| page::ActiveModel {
                version_id: Set(version),
                number: Set(number),
                title: Set(words(5)),
                text: Set(words(WORDS_PER_PAGE)),
                width: Set(1600),
                height: Set(900),
                image_480: Set(String::new()),
                image_960: Set(String::new()),
                image_1600: Set(String::new()),
                ..Default::default()
            })
            .collect();
        let version = asset_version::ActiveModel {
            id: Set(version),
            asset_id: Set(id),
            number: Set(1),
            file_name: Set("deck.pptx".to_owned()),
            media_type: Set(String::new()),
            format: Set("pptx".to_owned()),
            byte_size: Set(1),
            blob: Set(String::new()),
            state: Set(VersionState::Ready),
            page_count: Set(Some(10)),
            pages_done: Set(10),
            created_at: Set(now),
            ..Default::default()
        };
        let facets = [
            (Facet::Industry, 12),
            (Facet::Product, 6),
            (Facet::Stage, 4),
            (Facet::Tag, 80),
        ]
        .map(|(facet, values)| asset_facet::ActiveModel {
            asset_id: Set(id),
            facet: Set(facet),
            value: Set(word(number % values)),
        });
        asset::Entity::insert(asset).exec(&tx).await.unwrap();
        asset_version::Entity::insert(version)
            .exec(&tx)
            .await
            .unwrap();
        page::Entity::insert_many(pages).exec(&tx).await.unwrap();
        asset_facet::Entity::insert_many(facets)
            .exec(&tx)
            .await
            .unwrap();
        if number % 100 == 99 {
            tx.commit().await.unwrap();
            tx = db.begin().await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

/// Two words for the question of this number: one that is in some pages in a hundred, one that is rarer.
fn two_words(number: usize) -> (String, String) {
    (word(20 + number % 40), word(200 + number % 400))
}

fn request(text: String) -> SearchRequest {
    SearchRequest {
        text,
        states: vec![AssetState::Approved, AssetState::Expired],
        limit: SHOWN,
        ..SearchRequest::default()
    }
}

/// Asks by so many clients at once and prints how long answers took, in milliseconds.
async fn measure<F, Fut>(name: &str, clients: usize, questions: usize, ask: F)
where
    F: Fn(usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    for number in 0..20 {
        ask(number).await;
    }
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (next, ask) = (Arc::clone(&next), ask.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= questions {
                        return times;
                    }
                    let started = Instant::now();
                    ask(number).await;
                    times.push(started.elapsed());
                }
            })
        })
        .collect();
    let mut times: Vec<Duration> = Vec::new();
    for task in tasks {
        times.extend(task.await.unwrap());
    }
    let took = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |percent: usize| {
        times[(times.len() * percent).div_ceil(100).max(1) - 1].as_secs_f64() * 1_000.0
    };
    #[allow(clippy::cast_precision_loss, reason = "for people")]
    let rate = times.len() as f64 / took;
    println!(
        "{name:<44} {clients} clients: p50 {:7.2}  p95 {:7.2}  p99 {:7.2} ms  {rate:8.0}/s",
        at(50),
        at(95),
        at(99)
    );
}

async fn indexed(db: &Db, dir: &TempDir, pages: usize) -> Index {
    let index = Index::open(&dir.path().join("index")).unwrap();
    let started = Instant::now();
    Follower::new(index.clone(), db.clone())
        .rebuild()
        .await
        .unwrap();
    #[allow(clippy::cast_precision_loss, reason = "for people")]
    let rate = pages as f64 / started.elapsed().as_secs_f64();
    println!("lastmile: indexed {pages} pages, {rate:.0} pages/s");
    come_to_rest(&dir.path().join("index")).await;
    index
}

/// Waits for the merges of segments that follow on the last commit: what comes then is asked of an index at rest.
async fn come_to_rest(folder: &Path) {
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|file| (file.file_name(), file.metadata().map_or(0, |it| it.len())))
            .collect();
        files.sort();
        files
    };
    let mut before = Vec::new();
    while before != files() {
        before = files();
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

async fn ours(index: Index) {
    let search = {
        let index = index.clone();
        move |request: SearchRequest| {
            let index = index.clone();
            async move {
                index.search(request).await.unwrap();
            }
        }
    };
    let two = |number| {
        let (a, b) = two_words(number);
        request(format!("{a} {b}"))
    };
    let faceted = move |number| SearchRequest {
        filters: vec![
            (Dimension::Industry, vec![word(number % 12)]),
            (Dimension::Kind, vec!["deck".to_owned(), "guide".to_owned()]),
        ],
        preferences: vec![Preference {
            dimension: Dimension::Product,
            value: word(1),
            weight: 0.12,
        }],
        ..two(number)
    };
    let ask = search.clone();
    measure(
        "lastmile: two words, facet counts, snippets",
        CLIENTS,
        QUESTIONS,
        move |number| ask(two(number)),
    )
    .await;
    let ask = search.clone();
    measure(
        "lastmile: the same with filters, for a deal",
        CLIENTS,
        QUESTIONS,
        move |number| ask(faceted(number)),
    )
    .await;
    let ask = search.clone();
    measure(
        "lastmile: five words",
        CLIENTS,
        QUESTIONS / 4,
        move |number| {
            let ((a, b), (c, d)) = (two_words(number), two_words(number + 7));
            ask(request(format!("{a} {b} {c} {d} {}", word(900 + number))))
        },
    )
    .await;
    for (name, text) in [
        (
            "lastmile: two rare words",
            format!("{} {}", word(4_000), word(9_000)),
        ),
        ("lastmile: a phrase", format!("\"{} {}\"", word(0), word(1))),
        ("lastmile: a mistyped word", format!("{}x", word(9_000))),
    ] {
        let ask = search.clone();
        measure(name, CLIENTS, QUESTIONS / 4, move |_| {
            ask(request(text.clone()))
        })
        .await;
    }
    let ask = search.clone();
    measure(
        "lastmile: everything, newest first",
        CLIENTS,
        QUESTIONS / 4,
        move |_| {
            ask(SearchRequest {
                sort: Sort::Newest,
                ..request(String::new())
            })
        },
    )
    .await;
    let typed = ["mi", "mit", "ka l", "ver so", "dura", "neka b"];
    measure("lastmile: suggestions", CLIENTS, QUESTIONS, move |number| {
        let index = index.clone();
        async move {
            let request = SuggestRequest {
                typed: typed[number % typed.len()].to_owned(),
                states: AssetState::ALL,
                limit: 8,
            };
            index.suggest(request).await.unwrap();
        }
    })
    .await;
}

/// The two words in SQLite's FTS5: the best pages with snippets, and the counts of one facet. `CROSS JOIN` has it find the
/// pages first; by itself it asks for the words once per facet.
async fn sqlite(db: &Db) {
    let run = async |sql: &str| {
        let connection = db.begin().await.unwrap();
        let done = connection.execute_unprepared(sql).await;
        connection.commit().await.unwrap();
        done
    };
    let create = "CREATE VIRTUAL TABLE bench_pages USING fts5(title, text, version UNINDEXED, tokenize = 'porter unicode61')";
    if let Err(error) = run(create).await {
        println!("SQLite FTS5: left out ({error})");
        return;
    }
    let started = Instant::now();
    run("INSERT INTO bench_pages SELECT title, text, version_id FROM pages")
        .await
        .unwrap();
    println!(
        "SQLite FTS5: indexed in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let db = db.clone();
    measure("SQLite FTS5: two words, one facet, snippets", CLIENTS, QUESTIONS_OF_OTHERS, move |number| {
        let db = db.clone();
        async move {
            let (a, b) = two_words(number);
            let words = format!("{a} OR {b}");
            for sql in [
                format!("SELECT version, snippet(bench_pages, 1, '<', '>', '…', 30) FROM bench_pages \
                    WHERE bench_pages MATCH '{words}' ORDER BY bm25(bench_pages) LIMIT {SHOWN}"),
                format!("SELECT f.value, COUNT(DISTINCT v.asset_id) FROM bench_pages p \
                    CROSS JOIN asset_versions v ON v.id = p.version \
                    CROSS JOIN asset_facets f ON f.asset_id = v.asset_id AND f.facet = 'industry' \
                    WHERE bench_pages MATCH '{words}' GROUP BY f.value"),
            ] {
                let statement = Statement::from_string(DbBackend::Sqlite, sql);
                db.read().query_all_raw(statement).await.unwrap();
            }
        }
    })
    .await;
}

/// The same in PostgreSQL's full-text search, on a database of its own.
async fn postgres(url: &str, pages: usize) {
    let name = format!("bench_{}", std::process::id());
    let admin = Db::connect(url, 1).await.unwrap();
    let create = format!("CREATE DATABASE {name}");
    admin.read().execute_unprepared(&create).await.unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    let clients = u32::try_from(CLIENTS).unwrap();
    let db = Db::connect(&format!("{server}/{name}"), clients)
        .await
        .unwrap();
    db.migrate().await.unwrap();
    fill(&db, pages).await;
    let started = Instant::now();
    for sql in [
        "ALTER TABLE pages ADD COLUMN bench tsvector",
        "UPDATE pages SET bench = setweight(to_tsvector('english', title), 'A') || to_tsvector('english', text)",
        "CREATE INDEX bench_index ON pages USING gin (bench)",
        "ANALYZE",
    ] {
        db.read().execute_unprepared(sql).await.unwrap();
    }
    println!(
        "PostgreSQL: indexed in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let asked = db.clone();
    measure("PostgreSQL: two words, one facet, snippets", CLIENTS, QUESTIONS_OF_OTHERS, move |number| {
        let db = asked.clone();
        async move {
            let (a, b) = two_words(number);
            let words = format!("to_tsquery('english', '{a} | {b}')");
            for sql in [
                format!("SELECT version_id, ts_headline('english', text, {words}) FROM (SELECT * FROM pages \
                    WHERE bench @@ {words} ORDER BY ts_rank(bench, {words}) DESC LIMIT {SHOWN}) AS best"),
                format!("SELECT f.value, COUNT(DISTINCT v.asset_id) FROM pages p \
                    JOIN asset_versions v ON v.id = p.version_id \
                    JOIN asset_facets f ON f.asset_id = v.asset_id AND f.facet = 'industry' \
                    WHERE p.bench @@ {words} GROUP BY f.value"),
            ] {
                let statement = Statement::from_string(DbBackend::Postgres, sql);
                db.read().query_all_raw(statement).await.unwrap();
            }
        }
    })
    .await;
    db.close().await.unwrap();
    let drop = format!("DROP DATABASE {name}");
    admin.read().execute_unprepared(&drop).await.unwrap();
}

#[tokio::main]
async fn main() {
    let pages = std::env::var("LASTMILE_BENCH_PAGES")
        .ok()
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(100_000);
    let dir = tempfile::tempdir().unwrap();
    let url = format!(
        "sqlite://{}?mode=rwc",
        dir.path().join("bench.db").display()
    );
    let db = Db::connect(&url, 1).await.unwrap();
    db.migrate().await.unwrap();
    fill(&db, pages).await;
    ours(indexed(&db, &dir, pages).await).await;
    sqlite(&db).await;
    if let Ok(url) = std::env::var("LASTMILE_TEST_DATABASE_URL") {
        postgres(&url, pages).await;
    } else {
        println!("PostgreSQL: left out (LASTMILE_TEST_DATABASE_URL names no server)");
    }
}
