//! Folders and archives: what becomes of each file, the same again changes nothing, hostile archives harm nobody.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use lastmile::app::App;
use lastmile::auth::{NewUser, add_user, hash_password};
use lastmile::clock::Clock;
use lastmile::entities::{ImportOutcome, Role, asset, import_key, job};
use lastmile::library::ImportTotals;
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::kill::Serving;
use crate::library::converted;
use crate::support::{PASSWORD, Person, TestServer, config_in, import_lines};
use crate::uploads::uploaded;

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

async fn import(
    app: &App,
    source: &Path,
    dry_run: bool,
) -> (ImportTotals, Vec<(String, ImportOutcome)>) {
    let (totals, lines) = import_lines(app, source, dry_run).await;
    let lines = lines.into_iter().map(|line| (line.file, line.outcome));
    (totals, lines.collect())
}

async fn assets(app: &App) -> u64 {
    asset::Entity::find().count(app.db.read()).await.unwrap()
}

#[actix_web::test]
async fn a_folder_comes_in_once_however_often_it_is_imported() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    write("guides/rooms.md", "# Rooms");
    write("guides/.DS_Store", "clutter");
    write("plan.txt", "The plan of the year.");
    write("tool.exe", "MZ\u{0}\u{1}\u{2}");
    write("stray.md", "# Stray");
    write(
        "manifest.csv",
        "file,title,kind,state,industry,owner\nguides/rooms.md,The rooms,guide,approved,banking;retail,nobody@example.com\n\
         plan.txt,,,archived,,\ntool.exe,,,,,\nmissing.pdf,,,,,\n",
    );

    let (totals, _) = import(&server.app, folder.path(), true).await;
    let expected = ImportTotals {
        created: 2,
        refused: 3,
        ..ImportTotals::default()
    };
    assert_eq!(
        (totals, assets(&server.app).await),
        (expected, 0),
        "a dry run writes nothing"
    );
    let (totals, _) = import(&server.app, folder.path(), false).await;
    assert_eq!((totals, assets(&server.app).await), (expected, 2));
    let rooms = marketer.get("/api/v1/assets?kind=guide").await.ok()["items"][0].clone();
    assert_eq!(
        (&rooms["title"], &rooms["state"]),
        (&json!("The rooms"), &json!("approved"))
    );
    assert_eq!(rooms["facets"]["industry"], json!(["banking", "retail"]));
    let archived = marketer.get("/api/v1/assets?state=archived").await.ok();
    assert_eq!(
        archived["items"].as_array().unwrap().len(),
        1,
        "what was over is over"
    );

    let (totals, _) = import(&server.app, folder.path(), false).await;
    assert_eq!((totals.created, totals.unchanged), (0, 2));
    write("guides/rooms.md", "# Rooms\n\nMore of them.");
    let (totals, lines) = import(&server.app, folder.path(), false).await;
    assert_eq!((totals.new_versions, totals.unchanged), (1, 1));
    assert_eq!(
        lines[0],
        ("guides/rooms.md".to_owned(), ImportOutcome::NewVersion)
    );
    assert_eq!(assets(&server.app).await, 2);
}

#[actix_web::test]
async fn a_bad_row_of_the_manifest_stops_no_other_and_is_foreseen() {
    let server = TestServer::start().await;
    let admin = server.person(Role::Admin).await;
    let word = json!({ "facet": "product", "value": "Ledger" });
    let word = admin.post("/api/v1/vocabulary", &word).await.ok();
    let path = format!("/api/v1/vocabulary/{}", word["id"]);
    let retire = json!({ "retired": true });
    admin.edit(Method::PATCH, &path, 1, &retire).await.ok();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content);
    for name in ["a.md", "b.md", "c.md", "d.md"] {
        write(name, &format!("# {name}")).unwrap();
    }
    write(
        "manifest.csv",
        "file,stage,product,owner\na.md,discovry,,\nb.md,discovery,,nobody@example.com\n\
         c.md,,Ledger,\nd.md,,,\n",
    )
    .unwrap();
    let expected = ImportTotals {
        created: 2,
        refused: 2,
        ..ImportTotals::default()
    };
    for dry_run in [true, false] {
        let (totals, lines) = import_lines(&server.app, folder.path(), dry_run).await;
        assert_eq!(totals, expected, "{lines:?}");
        let detail = |index: usize| lines[index].detail.clone().unwrap_or_default();
        assert!(detail(0).contains("Did you mean discovery?"), "{lines:?}");
        assert!(detail(1).contains("nobody@example.com"), "{lines:?}");
        assert!(detail(2).contains("retired"), "{lines:?}");
        assert_eq!(detail(3), "");
    }
    assert_eq!(assets(&server.app).await, 2);
}

#[actix_web::test]
async fn an_old_folder_brings_nothing_back_and_words_for_what_is_known_are_not_lost_in_silence() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| std::fs::write(folder.path().join(name), content);
    write("plan.md", "# The plan").unwrap();
    write(
        "manifest.csv",
        "file,title,industry\nplan.md,Plan,banking\n",
    )
    .unwrap();
    import(&server.app, folder.path(), false).await;
    let listed = marketer.get("/api/v1/assets").await.ok();
    let id = listed["items"][0]["id"].as_str().unwrap().to_owned();
    converted(&marketer, &id).await;
    let versions = format!("/api/v1/assets/{id}/versions");
    let newer = marketer
        .upload(&versions, "plan.md", "# The plan of next year", &json!({}))
        .await;
    newer.ok();
    converted(&marketer, &id).await;

    let (totals, lines) = import_lines(&server.app, folder.path(), false).await;
    assert_eq!((totals.unchanged, totals.new_versions), (1, 0), "{lines:?}");
    let detail = lines[0].detail.as_deref().unwrap();
    assert_eq!(detail, "A newer version is there and stays");
    let shown = marketer.get(&format!("/api/v1/assets/{id}")).await.ok();
    assert_eq!(shown["current_version"]["number"], 2);

    write(
        "manifest.csv",
        "file,title,industry\nplan.md,The plan of all plans,banking;retail\n",
    )
    .unwrap();
    for dry_run in [true, false] {
        let (_, lines) = import_lines(&server.app, folder.path(), dry_run).await;
        let detail = lines[0].detail.as_deref().unwrap();
        assert!(
            detail.ends_with(
                "The manifest's words were not applied (title, industry); edit the asset"
            ),
            "{detail}"
        );
    }
}

/// Waits until an import is in one of these states.
async fn settled(person: &Person, id: &str, states: &[&str]) -> Value {
    let started = Instant::now();
    loop {
        let import = person
            .get(&format!("/api/v1/content-imports/{id}"))
            .await
            .ok();
        if states.contains(&import["state"].as_str().unwrap()) {
            return import;
        }
        assert!(started.elapsed() < Duration::from_secs(90), "{import}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Hands an archive in and waits until it was looked through.
async fn checked(person: &Person, archive: &[u8]) -> Value {
    let upload = uploaded(person, "library.zip", archive).await;
    let looked = person.get(&format!("/api/v1/uploads/{upload}")).await.ok();
    assert_eq!(looked["format"], "zip");
    let body = json!({ "upload_id": upload, "prefix": "spring", "defaults": { "state": "approved", "facets": { "tag": ["spring"] } } });
    let import = person.post("/api/v1/content-imports", &body).await;
    assert_eq!(import.status, 202, "{}", import.body);
    let id = import.body["id"].as_str().unwrap().to_owned();
    settled(person, &id, &["checked", "failed"]).await
}

async fn rows(person: &Person, id: &str) -> Vec<(String, String)> {
    let path = format!("/api/v1/content-imports/{id}/rows");
    let rows = person.get(&path).await.ok()["items"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (text(&row["file"]), text(&row["outcome"])))
        .collect()
}

#[actix_web::test]
async fn an_archive_is_looked_through_first_and_then_comes_in_row_by_row() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let inner = zip_of(&[("x.md", b"# X")]);
    let files: Vec<(&str, &[u8])> = vec![
        ("all/a.md", b"# A"),
        ("all/b/c.txt", b"The text of c."),
        ("all/more.zip", &inner),
        ("all/../../evil.md", b"# Evil"),
        ("__MACOSX/a.md", b"clutter"),
        ("all/tool.bin", b"\x7fELF\x02\x01\x01\0\0\0\0"),
    ];
    let import = checked(&marketer, &zip_of(&files)).await;
    assert_eq!(import["state"], "checked", "{import}");
    let counts = json!({ "created": 2, "new_version": 0, "unchanged": 0, "refused": 3 });
    assert_eq!(import["counts"], counts);
    assert_eq!(
        marketer.get("/api/v1/assets").await.ok()["items"],
        json!([]),
        "nothing has come in"
    );
    let id = import["id"].as_str().unwrap();
    let start = format!("/api/v1/content-imports/{id}/start");
    assert_eq!(marketer.post(&start, &json!({})).await.status, 202);
    assert_eq!(marketer.post(&start, &json!({})).await.code(), "conflict");
    let done = settled(&marketer, id, &["done", "failed"]).await;
    assert_eq!((&done["state"], &done["counts"]), (&json!("done"), &counts));
    let approved = marketer.get("/api/v1/assets?state=approved").await.ok();
    assert_eq!(approved["items"].as_array().unwrap().len(), 2);
    assert_eq!(approved["items"][0]["facets"]["tag"], json!(["spring"]));
    assert_eq!(approved["items"][0]["owner"]["id"], json!(marketer.id));
    let keys: Vec<String> = import_key::Entity::find()
        .all(server.app.db.read())
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.import_key)
        .collect();
    assert!(
        keys.iter()
            .all(|key| key.starts_with("spring/") && key.ends_with(['d', 't'])),
        "{keys:?}"
    );
    assert!(!server.app.config.data_dir.join("evil.md").exists());

    // The same files again, one of them changed.
    let mut files = files;
    files[0].1 = b"# A, and more";
    let import = checked(&marketer, &zip_of(&files)).await;
    let rows = rows(&marketer, import["id"].as_str().unwrap()).await;
    let outcome = |end: &str| {
        let row = rows.iter().find(|(file, _)| file.ends_with(end));
        row.map(|(_, outcome)| outcome.as_str())
    };
    assert_eq!(outcome("a.md"), Some("new_version"), "{rows:?}");
    assert_eq!(outcome("c.txt"), Some("unchanged"));
    let path = format!("/api/v1/content-imports/{}", import["id"].as_str().unwrap());
    assert_eq!(marketer.delete(&path).await.status, 204);
    assert_eq!(marketer.get(&path).await.code(), "not_found");
}

/// An archive with two files of one name, which no program of ours writes.
fn with_name_twice(name: &str, other: &str) -> Vec<u8> {
    assert_eq!(name.len(), other.len());
    let mut archive = zip_of(&[(name, b"# The first"), (other, b"# The second")]);
    let (name, other) = (name.as_bytes(), other.as_bytes());
    for at in 0..archive.len() - other.len() {
        if archive[at..].starts_with(other) {
            archive[at..at + name.len()].copy_from_slice(name);
        }
    }
    archive
}

#[actix_web::test]
async fn the_second_file_of_one_path_is_told_and_does_not_come_in() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let other = zip_of(&[("b/c.md", b"# One"), ("b\\c.md", b"# Another")]);
    for archive in [with_name_twice("plan.md", "copy.md"), other] {
        let import = checked(&marketer, &archive).await;
        assert_eq!(import["state"], "checked", "{import}");
        let counts = &import["counts"];
        assert_eq!(
            (&counts["created"], &counts["refused"]),
            (&json!(1), &json!(1))
        );
        let id = import["id"].as_str().unwrap();
        let path = format!("/api/v1/content-imports/{id}/rows?outcome=refused");
        let refused = marketer.get(&path).await.ok()["items"][0].clone();
        let why = refused["detail"].as_str().unwrap();
        assert!(why.contains("very path"), "{refused}");
    }
}

#[actix_web::test]
async fn an_archive_that_unpacks_to_too_much_is_stopped() {
    let server = TestServer::start_with(|config| {
        config.upload_limit = 1 << 20;
        config.import_limit = 3 << 20;
    })
    .await;
    let marketer = server.person(Role::Marketer).await;
    let large = vec![b' '; 2 << 20];
    let import = checked(
        &marketer,
        &zip_of(&[("a.md", b"# A"), ("large.txt", &large)]),
    )
    .await;
    assert_eq!(import["state"], "checked", "{import}");
    assert_eq!(import["counts"]["refused"], 1, "one file that is too large");

    let bomb: Vec<(String, Vec<u8>)> = (0..8)
        .map(|n| (format!("{n}.txt"), vec![b'x'; 900 << 10]))
        .collect();
    let bomb: Vec<(&str, &[u8])> = bomb
        .iter()
        .map(|(name, content)| (name.as_str(), content.as_slice()))
        .collect();
    let import = checked(&marketer, &zip_of(&bomb)).await;
    assert_eq!(import["state"], "failed");
    assert!(
        import["failure"]["detail"]
            .as_str()
            .unwrap()
            .contains("unpacks"),
        "{import}"
    );
    let import = checked(&marketer, b"PK\x03\x04 and then nothing that makes sense").await;
    assert_eq!(import["state"], "failed");
    let incoming = server.app.config.data_dir.join("incoming");
    assert_eq!(
        std::fs::read_dir(incoming).unwrap().count(),
        0,
        "nothing is left behind"
    );
}

#[actix_web::test]
async fn an_import_that_a_crash_has_cut_off_goes_on_and_doubles_nothing() {
    const FILES: usize = 150;
    let dir = tempfile::tempdir().unwrap();
    let config = config_in(&dir).await;
    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let new = NewUser {
        email: "marketer@example.com".to_owned(),
        name: "Marketer".to_owned(),
        role: Role::Marketer,
        team: None,
        time_zone: "Europe/Berlin".to_owned(),
        active: true,
        password_hash: Some(hash_password(PASSWORD.to_owned()).await.unwrap()),
    };
    let user = add_user(&tx, app.clock.now(), new).await.unwrap();
    tx.commit().await.unwrap();
    app.close().await.unwrap();

    let files: Vec<(String, String)> = (0..FILES)
        .map(|n| (format!("{n}.md"), format!("# Number {n}")))
        .collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let serving = Serving::start(&config).await;
    let marketer = Person::sign_in(&serving.base, "marketer@example.com", user).await;
    let import = checked(&marketer, &zip_of(&files)).await;
    let id = import["id"].as_str().unwrap().to_owned();
    marketer
        .post(&format!("/api/v1/content-imports/{id}/start"), &json!({}))
        .await
        .ok();
    loop {
        let import = marketer
            .get(&format!("/api/v1/content-imports/{id}"))
            .await
            .ok();
        if import["rows_done"].as_i64().unwrap() > 10 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    serving.kill();

    let app = App::open(config.clone(), Clock::system()).await.unwrap();
    let half = assets(&app).await;
    assert!(
        half > 0 && half < FILES as u64,
        "{half}: the kill came too early or too late"
    );
    // Its lease would run out in a minute; the test does not wait for it.
    let past = app.clock.now() - chrono::TimeDelta::minutes(5);
    let tx = app.db.begin().await.unwrap();
    job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(past))
        .filter(job::Column::LeaseUntil.is_not_null())
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    app.close().await.unwrap();

    let serving = Serving::start(&config).await;
    let marketer = Person::sign_in(&serving.base, "marketer@example.com", user).await;
    let done = settled(&marketer, &id, &["done", "failed"]).await;
    assert_eq!(done["state"], "done", "{done}");
    serving.kill();
    let app = App::open(config, Clock::system()).await.unwrap();
    assert_eq!(assets(&app).await, FILES as u64);
    let keys = import_key::Entity::find()
        .count(app.db.read())
        .await
        .unwrap();
    assert_eq!(keys, FILES as u64);
    app.close().await.unwrap();
}
