//! The yardstick: the rows of the same events, inserted in bare batches into a SQLite file with the same settings, and
//! nothing else. What a server takes in beside it is what everything else costs.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, Value};
use tokio::time::Instant;
use uuid::Uuid;

use crate::clock::Clock;
use crate::db::Db;
use crate::error::Result;
use crate::rollup::Rows;

/// How many events make a batch, as of the coalescer.
const BATCH: usize = 500;

const INSERT: Rows = Rows {
    head: "INSERT INTO bare (id, visit_id, link_id, kind, occurred_at, received_at, item_id, asset_id, version_id, \
        page_number, active_ms, data) VALUES",
    json: &[
        false, false, false, false, false, false, false, false, false, false, false, true,
    ],
    tail: "",
};

/// Inserts for so long and says how many rows it came to.
pub(super) async fn run(seconds: u64) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bare.db");
    let db = Db::connect(&format!("sqlite://{}?mode=rwc", file.display()), 1).await?;
    let tx = db.begin().await?;
    tx.execute_unprepared(
        "CREATE TABLE bare (id uuid PRIMARY KEY, visit_id uuid, link_id uuid, kind text, occurred_at text, \
         received_at text, item_id uuid, asset_id uuid, version_id uuid, page_number integer, active_ms bigint, \
         data text)",
    )
    .await?;
    tx.execute_unprepared("CREATE INDEX bare_visit ON bare (visit_id)")
        .await?;
    tx.execute_unprepared("CREATE INDEX bare_link ON bare (link_id)")
        .await?;
    tx.commit().await?;

    let clock = Clock::system();
    let begin = Instant::now();
    let until = begin + Duration::from_secs(seconds);
    let mut batches = 0_usize;
    while Instant::now() < until {
        let now = clock.now();
        let link = Uuid::from_u128(1);
        let mut values: Vec<Value> = Vec::with_capacity(BATCH * INSERT.json.len());
        for event in 0..BATCH {
            let visit = Uuid::from_u128(u128::try_from(batches * 10 + event / 50).unwrap_or(0));
            values.extend::<[Value; 12]>([
                Uuid::new_v4().into(),
                visit.into(),
                link.into(),
                "page_viewed".into(),
                now.into(),
                now.into(),
                link.into(),
                link.into(),
                link.into(),
                3.into(),
                1_000_i64.into(),
                r#"{"inputs":9}"#.into(),
            ]);
        }
        let tx = db.begin().await?;
        INSERT.run(&tx, values).await?;
        tx.commit().await?;
        batches += 1;
    }
    let lasted = begin.elapsed();
    db.close().await?;
    Ok(format!(
        "bare rows inserted   {} in {:.1} s: {:.0}/s, {BATCH} for each sync",
        batches * BATCH,
        lasted.as_secs_f64(),
        super::summary::per_second(batches * BATCH, lasted),
    ))
}
