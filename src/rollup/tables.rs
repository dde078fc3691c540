//! Writing visits and rollups in bulk: few statements, rows in the order of their keys, so that two writers that
//! touch the same rows take them in the same order.

use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel, Iterable as _,
    PrimaryKeyToColumn,
};

use super::CHUNK;
use super::contribution::Deltas;
use crate::entities::{rollup_asset_day, rollup_opportunity_asset, rollup_page, visit, visit_page};
use crate::error::Result;

/// Adds visits that nobody has written yet; one that exists is an error ([`crate::error::Code::Duplicate`]).
pub async fn insert_visits<C: ConnectionTrait>(db: &C, rows: Vec<visit::Model>) -> Result<()> {
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        visit::Entity::insert_many(rows)
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Writes visits anew whose rows exist and are locked.
pub async fn overwrite_visits<C: ConnectionTrait>(db: &C, rows: Vec<visit::Model>) -> Result<()> {
    let derived = visit::Column::iter().filter(|column| {
        !matches!(
            column,
            visit::Column::Id
                | visit::Column::LinkId
                | visit::Column::StartedAt
                | visit::Column::ClassOverride
        )
    });
    let overwrite = OnConflict::column(visit::Column::Id)
        .update_columns(derived)
        .to_owned();
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        visit::Entity::insert_many(rows)
            .on_conflict(overwrite.clone())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// Writes what visits saw of pages; the visits' rows must be locked.
pub async fn replace_pages<C: ConnectionTrait>(db: &C, rows: Vec<visit_page::Model>) -> Result<()> {
    let overwrite = OnConflict::columns([
        visit_page::Column::VisitId,
        visit_page::Column::ItemId,
        visit_page::Column::PageNumber,
    ])
    .update_columns([
        visit_page::Column::VersionId,
        visit_page::Column::ActiveMs,
        visit_page::Column::Views,
    ])
    .to_owned();
    for chunk in rows.chunks(CHUNK) {
        let rows = chunk
            .iter()
            .cloned()
            .map(IntoActiveModel::into_active_model);
        visit_page::Entity::insert_many(rows)
            .on_conflict(overwrite.clone())
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
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
