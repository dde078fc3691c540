//! Keeping a large library in order: the vocabularies of facets, collections for some teams only, edits of many assets
//! at once, and the indexes of the list of all content.

use std::collections::BTreeMap;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::TryGetable as _;

use crate::table::{Table, drop_all};

/// The stages of the CRM, in their order; content is made for these and no others.
const STAGES: [&str; 4] = ["discovery", "evaluation", "proposal", "negotiation"];
/// The place of values that nobody has put in order: behind the others, by alphabet.
const UNPLACED: i32 = 1_000_000;

/// Index, table, columns.
const INDEXES: [(&str, &str, &[&str]); 6] = [
    (
        "ix_asset_facets_facet_value_asset_id",
        "asset_facets",
        &["facet", "value", "asset_id"],
    ),
    (
        "ix_assets_state_updated_at_id",
        "assets",
        &["state", "updated_at", "id"],
    ),
    (
        "ix_assets_kind_updated_at_id",
        "assets",
        &["kind", "updated_at", "id"],
    ),
    ("ix_assets_language", "assets", &["language"]),
    ("ix_assets_review_by", "assets", &["review_by"]),
    ("ix_assets_expires_at", "assets", &["expires_at"]),
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Table::new("facet_values")
            .serial()
            .text("facet")
            .text("value")
            .text("folded")
            .int("position")
            .bool("retired")
            .big("revision")
            .unique("uq_facet_values_folded", &["facet", "folded"])
            .create(manager)
            .await?;
        Table::new("collection_teams")
            .uuid("collection_id")
            .uuid("team_id")
            .key(&["collection_id", "team_id"])
            .part_of("collection_id", "collections")
            .refers("team_id", "teams")
            .create(manager)
            .await?;
        Table::new("bulk_edits")
            .id()
            .uuid("user_id")
            .uuid("session_id")
            .json("change")
            .int("total")
            .time("created_at")
            .time_null("finished_at")
            .refers("user_id", "users")
            .create(manager)
            .await?;
        Table::new("bulk_edit_items")
            .uuid("bulk_edit_id")
            .int("position")
            .uuid("asset_id")
            .text_null("outcome")
            .text_null("reason")
            .key(&["bulk_edit_id", "position"])
            .part_of("bulk_edit_id", "bulk_edits")
            .create(manager)
            .await?;
        for column in added_to_collections() {
            let alter = sea_query::Table::alter()
                .table("collections")
                .add_column(column)
                .to_owned();
            manager.alter_table(alter).await?;
        }
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        seed_vocabulary(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            let drop = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(drop).await?;
        }
        for column in ["cover_page", "cover_asset_id", "restricted", "revision"] {
            let alter = sea_query::Table::alter()
                .table("collections")
                .drop_column(column)
                .to_owned();
            manager.alter_table(alter).await?;
        }
        drop_all(
            manager,
            &[
                "bulk_edit_items",
                "bulk_edits",
                "collection_teams",
                "facet_values",
            ],
        )
        .await
    }
}

fn added_to_collections() -> [ColumnDef; 4] {
    [
        ColumnDef::new("revision")
            .big_integer()
            .not_null()
            .default(1)
            .to_owned(),
        ColumnDef::new("restricted")
            .boolean()
            .not_null()
            .default(false)
            .to_owned(),
        ColumnDef::new("cover_asset_id").uuid().null().to_owned(),
        ColumnDef::new("cover_page").integer().null().to_owned(),
    ]
}

/// Every value in use becomes part of its vocabulary. Values that differ only in case are one from now on.
async fn seed_vocabulary(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let mut values: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut places: BTreeMap<(String, String), i32> = BTreeMap::new();
    for (place, stage) in (1..).zip(STAGES) {
        let key = ("stage".to_owned(), stage.to_owned());
        values.insert(key.clone(), stage.to_owned());
        places.insert(key, place);
    }
    let used = Query::select()
        .distinct()
        .columns(["facet", "value"])
        .from("asset_facets")
        .order_by("facet", Order::Asc)
        .order_by("value", Order::Asc)
        .to_owned();
    let mut respelled = Vec::new();
    for row in db.query_all(&used).await? {
        let facet = String::try_get(&row, "", "facet")?;
        let value = String::try_get(&row, "", "value")?;
        let kept = values
            .entry((facet.clone(), value.to_lowercase()))
            .or_insert_with(|| value.clone());
        if *kept != value {
            respelled.push((facet, value, kept.clone()));
        }
    }
    let rows: Vec<_> = values.into_iter().collect();
    for rows in rows.chunks(500) {
        let mut insert = Query::insert()
            .into_table("facet_values")
            .columns([
                "facet", "value", "folded", "position", "retired", "revision",
            ])
            .to_owned();
        for (key, value) in rows {
            let place = places.get(key).copied().unwrap_or(UNPLACED);
            insert.values_panic([
                key.0.as_str().into(),
                value.as_str().into(),
                key.1.as_str().into(),
                place.into(),
                false.into(),
                1_i64.into(),
            ]);
        }
        db.execute(&insert).await?;
    }
    for (facet, old, new) in respelled {
        respell(db, &facet, &old, &new).await?;
    }
    Ok(())
}

/// Gives the assets that spell a value in another way the spelling that is kept.
async fn respell(
    db: &SchemaManagerConnection<'_>,
    facet: &str,
    old: &str,
    new: &str,
) -> Result<(), DbErr> {
    let has = |value: &str| {
        Query::select()
            .column("asset_id")
            .from("asset_facets")
            .and_where(Expr::col("facet").eq(facet))
            .and_where(Expr::col("value").eq(value))
            .to_owned()
    };
    let of = |value: &str| {
        Expr::col("facet")
            .eq(facet)
            .and(Expr::col("value").eq(value))
    };
    let doubled = Query::delete()
        .from_table("asset_facets")
        .and_where(of(old))
        .and_where(Expr::col("asset_id").in_subquery(has(new)))
        .to_owned();
    db.execute(&doubled).await?;
    let update = Query::update()
        .table("asset_facets")
        .value("value", new)
        .and_where(of(old))
        .to_owned();
    db.execute(&update).await?;
    Ok(())
}
