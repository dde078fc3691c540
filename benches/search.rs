//! How fast the index takes pages in and finds them.
//!
//! The library is made up, but its words are spread as in real text (a few are everywhere, most are rare). Its size is
//! 20,000 pages, or what `LASTMILE_BENCH_PAGES` says.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "criterion's macros; and a bench may fail where it stands"
)]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use lastmile::db::Db;
use lastmile::entities::{
    AssetKind, AssetState, Facet, VersionState, asset, asset_facet, asset_version, page,
};
use lastmile::ids::{AssetId, VersionId};
use lastmile::index::{Dimension, Follower, Index, Preference, SearchRequest, Sort};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const PAGES_PER_ASSET: usize = 10;
const WORDS_PER_PAGE: usize = 150;
const VOCABULARY: usize = 30_000;

struct Library {
    runtime: Runtime,
    db: Db,
    index: Index,
    _dir: TempDir,
}

impl Library {
    fn of(pages: usize) -> Self {
        let runtime = Runtime::new().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let db = runtime.block_on(async {
            let url = format!(
                "sqlite://{}?mode=rwc",
                dir.path().join("bench.db").display()
            );
            let db = Db::connect(&url, 1).await.unwrap();
            db.migrate().await.unwrap();
            fill(&db, pages).await;
            db
        });
        let index = Index::open(&dir.path().join("index")).unwrap();
        Self {
            runtime,
            db,
            index,
            _dir: dir,
        }
    }

    fn rebuild(&self) -> Duration {
        let started = Instant::now();
        let follower = Follower::new(self.index.clone(), self.db.clone());
        self.runtime.block_on(follower.rebuild()).unwrap();
        started.elapsed()
    }

    fn search(&self, request: SearchRequest) -> usize {
        let found = self.runtime.block_on(self.index.search(request)).unwrap();
        found.total_assets
    }
}

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

async fn fill(db: &Db, pages: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut now: DateTime<Utc> = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
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
            owner_id: Set(None),
            current_version_id: Set(Some(version)),
            review_by: Set(None),
            expires_at: Set(None),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
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
                picture_hash: Set(None),
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
            failure_code: Set(None),
            failure_detail: Set(None),
            created_by: Set(None),
            created_at: Set(now),
            change_note: Set(None),
            restored_from: Set(None),
            duration_ms: Set(None),
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
        let tx = db.begin().await.unwrap();
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
        tx.commit().await.unwrap();
    }
}

fn request(text: String) -> SearchRequest {
    SearchRequest {
        text,
        states: vec![AssetState::Approved, AssetState::Expired],
        limit: 20,
        ..SearchRequest::default()
    }
}

fn benches(criterion: &mut Criterion) {
    let pages = std::env::var("LASTMILE_BENCH_PAGES")
        .ok()
        .and_then(|pages| pages.parse().ok())
        .unwrap_or(20_000);

    let small = Library::of(2_000);
    let mut group = criterion.benchmark_group("take in");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(2_000));
    group.bench_function("2000 pages", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| small.rebuild()).sum());
    });
    group.finish();

    let library = Library::of(pages);
    library.rebuild();
    let mut group = criterion.benchmark_group(format!("search in {pages} pages"));
    let cases = [
        (
            "two rare words",
            request(format!("{} {}", word(4_000), word(9_000))),
        ),
        (
            "two frequent words",
            request(format!("{} {}", word(20), word(60))),
        ),
        (
            "two words, two facets, for a deal",
            SearchRequest {
                filters: vec![
                    (Dimension::Industry, vec![word(3)]),
                    (Dimension::Kind, vec!["deck".to_owned(), "guide".to_owned()]),
                ],
                preferences: vec![Preference {
                    dimension: Dimension::Product,
                    value: word(1),
                    weight: 0.12,
                }],
                ..request(format!("{} {}", word(20), word(60)))
            },
        ),
        ("a phrase", request(format!("\"{} {}\"", word(0), word(1)))),
        ("a mistyped word", request(format!("{}x", word(9_000)))),
        (
            "everything, newest first",
            SearchRequest {
                sort: Sort::Newest,
                ..request(String::new())
            },
        ),
    ];
    for (name, request) in cases {
        group.bench_function(name, |bencher| {
            bencher.iter(|| library.search(request.clone()));
        });
    }
    group.bench_function("suggest", |bencher| {
        bencher.iter(|| {
            let suggesting = library
                .index
                .suggest("mit k".to_owned(), AssetState::ALL, 8);
            library.runtime.block_on(suggesting).unwrap().len()
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
