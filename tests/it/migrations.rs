//! The schema goes up, down and up again to the same, on whichever engine, and the entities fit it.

use lastmile::db::Db;
use lastmile_migrations::{Migrator, MigratorTrait as _};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, EntityTrait, QuerySelect as _, Statement,
};

use crate::support::config_in;

async fn open(dir: &tempfile::TempDir) -> Db {
    let config = config_in(dir).await;
    Db::connect(&config.database_url(), 4).await.unwrap()
}

/// Tables, columns and indexes as the engine tells them.
async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT sql AS line FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1"
        }
        _ => {
            "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
             FROM information_schema.columns WHERE table_schema = 'public' \
             UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
        }
    };
    let rows = db
        .query_all_raw(Statement::from_string(db.get_database_backend(), sql))
        .await
        .unwrap();
    rows.iter()
        .map(|row| row.try_get("", "line").unwrap())
        .collect()
}

#[actix_web::test]
async fn up_down_and_up_again_gives_the_same_schema() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir).await;
    db.migrate().await.unwrap();
    let first = schema(db.read()).await;
    Migrator::down(db.read(), None).await.unwrap();
    let bare = schema(db.read()).await;
    assert!(bare.len() < 8, "left behind: {bare:?}");
    db.migrate().await.unwrap();
    assert_eq!(schema(db.read()).await, first);
}

#[actix_web::test]
async fn every_foreign_key_has_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir).await;
    db.migrate().await.unwrap();
    let sql = match db.backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
             WHERE m.type = 'table' AND NOT EXISTS ( \
               SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i \
               WHERE i.seqno = 0 AND i.name = f.\"from\")"
        }
        _ => {
            "SELECT c.conrelid::regclass || '.' || a.attname AS line FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND NOT EXISTS ( \
               SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"
        }
    };
    let rows = db
        .read()
        .query_all_raw(Statement::from_string(db.backend(), sql))
        .await
        .unwrap();
    let bare: Vec<String> = rows
        .iter()
        .map(|row| row.try_get("", "line").unwrap())
        .collect();
    assert!(bare.is_empty(), "without an index: {bare:?}");
}

async fn selects<E: EntityTrait>(db: &Db) {
    E::find().limit(1).all(db.read()).await.unwrap();
}

#[actix_web::test]
async fn every_entity_fits_its_table() {
    use lastmile::entities as e;
    let dir = tempfile::tempdir().unwrap();
    let db = open(&dir).await;
    db.migrate().await.unwrap();
    macro_rules! all {
        ($($table:ident)+) => {{
            $(selects::<e::$table::Entity>(&db).await;)+
            [$(stringify!($table)),+]
        }};
    }
    let checked = all!(
        account activity alert_gate alert_item alert_setting alert_watch asset asset_comment asset_cost asset_facet
        asset_fingerprint asset_review asset_reviewer asset_step asset_version attempt audit_entry bounce brand bulk_edit
        bulk_edit_item campaign caption change change_telling collection collection_item collection_team contact
        contact_restriction contact_score content_import content_request content_request_join duplicate_pair erasure
        event facet_value idempotency_key import_key import_row job link_code link_send mail notification opportunity
        opportunity_contact opportunity_score page page_band page_fingerprint page_layout pitch pitch_item pitch_link
        pitch_revision pitch_step pitch_template
        purchase question recommendation recommendation_impression recommendation_set rollup_asset_day
        rollup_opportunity_asset rollup_page score_crossing search search_click send_override session setting signal
        stage_change synonym team team_alert_setting terms terms_acceptance terms_version upload user version_pdf
        visit visit_page visit_rule web_source webhook webhook_delivery webhook_try
    );
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/entities"))
        .unwrap()
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "mod" && name != "values");
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(files, checked);
}
