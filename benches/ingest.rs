//! How many events become durable: reports handed to the coalescer of an installation of its own on SQLite.
//!
//! `lastmile load` measures the same through HTTP; this leaves out everything but the write path.

#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot be set up has nothing to measure"
)]

#[path = "../tests/it/fixtures.rs"]
#[allow(
    dead_code,
    reason = "shared with the integration tests, which use all of it"
)]
mod fixtures;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use futures::future::join_all;
use lastmile::app::App;
use lastmile::clock::Clock;
use lastmile::config::Config;
use lastmile::engagement::{Candidate, Place, Report, begin_visit};
use lastmile::entities::{EventKind, Role};
use lastmile::ids::EventId;
use lastmile::rollup::SignalData;

use fixtures::{SentPitch, a_user, sent_pitch};

const EVENTS_PER_REPORT: usize = 5;

async fn installation(dir: &std::path::Path) -> (App, SentPitch) {
    let config = Config {
        data_dir: dir.to_owned(),
        ..Config::default()
    };
    let app = App::open(config, Clock::system()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let owner = a_user(&tx, Role::Rep, app.clock.now()).await;
    tx.commit().await.unwrap();
    let sent = sent_pitch(&app, owner, &[10]).await;
    (app, sent)
}

/// A visit's first report.
fn report(app: &App, sent: &SentPitch) -> Report {
    let now = app.clock.now();
    let item = &sent.items[0];
    let events = (1..=i32::try_from(EVENTS_PER_REPORT).unwrap())
        .map(|page| Candidate {
            id: EventId::new(now),
            kind: EventKind::PageViewed,
            occurred_at: now,
            place: Some(Place {
                item: item.item,
                asset: item.asset,
                version: item.version,
                page: Some(page),
            }),
            active_ms: 1_000,
            data: SignalData::default(),
        })
        .collect();
    Report {
        visit: begin_visit(&app.keys, sent.link, now - chrono::TimeDelta::minutes(1)).visit,
        link: sent.link,
        received_at: now,
        events,
    }
}

fn ingest(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (app, sent) = runtime.block_on(installation(dir.path()));
    let mut group = criterion.benchmark_group("ingest");
    group.sample_size(20);
    for reports in [1_usize, 20, 200] {
        let events = reports * EVENTS_PER_REPORT;
        group.throughput(Throughput::Elements(u64::try_from(events).unwrap()));
        group.bench_function(BenchmarkId::new("reports at once", reports), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    let sending = (0..reports).map(|_| app.ingest.submit(report(&app, &sent)));
                    for receipt in join_all(sending).await {
                        black_box(receipt.unwrap());
                    }
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, ingest);
criterion_main!(benches);
