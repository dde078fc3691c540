//! Writing visits and rollups in bulk: few statements, rows in the order of their keys, so that two writers that
//! touch the same rows take them in the same order.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, Iterable as _, PrimaryKeyToColumn, Value,
};

use super::CHUNK;
use super::contribution::Deltas;
use super::statements::Rows;
use crate::entities::{
    VisitClass, rollup_asset_day, rollup_opportunity_asset, rollup_page, visit, visit_page,
};
use crate::error::Result;

const INTO_VISITS: &str = "INSERT INTO visits (id, link_id, started_at, last_seen_at, updated_at, user_agent, network, browser_id, \
        level, class, score, reasons, features, class_override, rule_id, classifier, continues, \
        verified_email, unnamed, active_ms, pages_read, page_total, shares, downloads, questions, \
        current_item_id, current_page) VALUES";

const NEW_VISITS: Rows = Rows {
    head: INTO_VISITS,
    json: VISIT_COLUMNS,
    tail: "",
};

const KNOWN_VISITS: Rows = Rows {
    head: INTO_VISITS,
    json: VISIT_COLUMNS,
    tail: "ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, updated_at = excluded.updated_at, user_agent = \
        excluded.user_agent, network = excluded.network, browser_id = excluded.browser_id, level \
        = excluded.level, class = excluded.class, score = excluded.score, reasons = \
        excluded.reasons, features = excluded.features, class_override = \
        excluded.class_override, rule_id = excluded.rule_id, classifier = excluded.classifier, \
        continues = excluded.continues, verified_email = excluded.verified_email, unnamed = excluded.unnamed, active_ms = \
        excluded.active_ms, pages_read = excluded.pages_read, page_total = excluded.page_total, \
        shares = excluded.shares, downloads = excluded.downloads, questions = \
        excluded.questions, current_item_id = excluded.current_item_id, current_page = \
        excluded.current_page",
};

/// Reasons and features are JSON.
const VISIT_COLUMNS: &[bool] = &[
    false, false, false, false, false, false, false, false, false, false, false, true, true, false,
    false, false, false, false, false, false, false, false, false, false, false, false, false,
];

const PAGES: Rows = Rows {
    head: "INSERT INTO visit_pages (visit_id, item_id, page_number, asset_id, version_id, active_ms, views) VALUES",
    json: &[false, false, false, false, false, false, false],
    tail: "ON CONFLICT (visit_id, item_id, page_number) DO UPDATE SET version_id = excluded.version_id, \
        active_ms = excluded.active_ms, views = excluded.views",
};

/// Adds visits that nobody has written yet; one that exists is an error ([`crate::error::Code::Duplicate`]).
pub async fn insert_visits<C: ConnectionTrait>(db: &C, rows: Vec<visit::Model>) -> Result<()> {
    NEW_VISITS.run(db, visit_values(rows)).await
}

/// Writes visits anew whose rows exist and are locked.
pub async fn overwrite_visits<C: ConnectionTrait>(db: &C, rows: Vec<visit::Model>) -> Result<()> {
    KNOWN_VISITS.run(db, visit_values(rows)).await
}

fn visit_values(rows: Vec<visit::Model>) -> Vec<Value> {
    let mut values = Vec::with_capacity(rows.len() * VISIT_COLUMNS.len());
    for row in rows {
        values.extend::<[Value; VISIT_COLUMNS.len()]>([
            row.id.0.into(),
            row.link_id.0.into(),
            row.started_at.into(),
            row.last_seen_at.into(),
            row.updated_at.into(),
            row.user_agent.into(),
            row.network.into(),
            row.browser_id.into(),
            row.level.as_str().into(),
            row.class.as_str().into(),
            row.score.into(),
            row.reasons.to_string().into(),
            row.features.to_string().into(),
            row.class_override
                .map(VisitClass::as_str)
                .map(str::to_owned)
                .into(),
            row.rule_id.map(|id| id.0).into(),
            row.classifier.into(),
            row.continues.map(|id| id.0).into(),
            row.verified_email.into(),
            row.unnamed.into(),
            row.active_ms.into(),
            row.pages_read.into(),
            row.page_total.into(),
            row.shares.into(),
            row.downloads.into(),
            row.questions.into(),
            row.current_item_id.into(),
            row.current_page.into(),
        ]);
    }
    values
}

/// Writes what visits saw of pages; the visits' rows must be locked.
pub async fn replace_pages<C: ConnectionTrait>(db: &C, rows: Vec<visit_page::Model>) -> Result<()> {
    let mut values = Vec::with_capacity(rows.len() * PAGES.json.len());
    for row in rows {
        values.extend::<[Value; 7]>([
            row.visit_id.0.into(),
            row.item_id.0.into(),
            row.page_number.into(),
            row.asset_id.0.into(),
            row.version_id.0.into(),
            row.active_ms.into(),
            row.views.into(),
        ]);
    }
    PAGES.run(db, values).await
}

/// Adds to the rollups; two writers' additions to one row both count.
pub async fn add_deltas<C: ConnectionTrait>(db: &C, deltas: &Deltas) -> Result<()> {
    let rows = deltas
        .asset_days
        .iter()
        .map(|((asset, day), sums)| rollup_asset_day::ActiveModel {
            asset_id: Set(*asset),
            day: Set(*day),
            reads: Set(sums.reads),
            completions: Set(sums.completions),
            completion_milli: Set(sums.completion_milli),
            page_views: Set(sums.page_views),
            active_ms: Set(sums.active_ms),
            shares: Set(sums.shares),
            downloads: Set(sums.downloads),
            excluded_visits: Set(sums.excluded_visits),
        });
    add_rows::<rollup_asset_day::Entity, _, _>(db, rows.collect()).await?;

    let rows = deltas
        .pages
        .iter()
        .map(|((version, number, day), sums)| rollup_page::ActiveModel {
            version_id: Set(*version),
            page_number: Set(*number),
            day: Set(*day),
            views: Set(sums.views),
            active_ms: Set(sums.active_ms),
            exits: Set(sums.exits),
        });
    add_rows::<rollup_page::Entity, _, _>(db, rows.collect()).await?;

    let rows = deltas
        .opportunity_assets
        .iter()
        .map(
            |((opportunity, asset, day), sums)| rollup_opportunity_asset::ActiveModel {
                opportunity_id: Set(*opportunity),
                asset_id: Set(*asset),
                day: Set(*day),
                reads: Set(sums.reads),
                completions: Set(sums.completions),
                completion_milli: Set(sums.completion_milli),
                page_views: Set(sums.page_views),
                active_ms: Set(sums.active_ms),
                shares: Set(sums.shares),
                downloads: Set(sums.downloads),
                excluded_visits: Set(sums.excluded_visits),
            },
        );
    add_rows::<rollup_opportunity_asset::Entity, _, _>(db, rows.collect()).await
}

/// Upserts `rows`; every column that is not a key is added to what stands there.
async fn add_rows<E, A, C>(db: &C, rows: Vec<A>) -> Result<()>
where
    E: EntityTrait,
    A: sea_orm::ActiveModelTrait<Entity = E> + Send,
    C: ConnectionTrait,
    E::PrimaryKey: PrimaryKeyToColumn<Column = E::Column>,
{
    let mut add = OnConflict::columns(E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column));
    let sums = E::Column::iter().filter(|column| E::PrimaryKey::from_column(*column).is_none());
    for column in sums {
        let sum = Expr::col((E::default(), column)).add(Expr::col(("excluded", column)));
        add.value(column, sum);
    }
    for chunk in rows.chunks(CHUNK) {
        E::insert_many(chunk.iter().cloned())
            .on_conflict(add.clone())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}
