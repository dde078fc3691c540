//! How fast a large library answers those who keep it, over HTTP, on the server as it is.
//!
//! It is made up: 10,000 assets (or what `LASTMILE_BENCH_ASSETS` says) of ten pages each, with facets, owners, dates,
//! collections and pitches spread as in a library that is years old. On SQLite, or on the empty database that
//! `LASTMILE_BENCH_DATABASE_URL` names. Every request is made twenty times, one after the other, once the search index
//! is complete; the table says how long callers on the same machine waited.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::too_many_lines,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a bench may fail where it stands, and prints"
)]

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, TimeDelta, Utc};
use lastmile::app::App;
use lastmile::auth::{NewUser, add_user, hash_password};
use lastmile::clock::Clock;
use lastmile::config::Config;
use lastmile::entities::{
    AssetKind, AssetState, Facet, Outcome, Role, Stage, VersionState, account, asset, asset_facet,
    asset_version, collection, collection_item, facet_value, opportunity, page, pitch, pitch_item,
};
use lastmile::ids::{
    AccountId, AssetId, CollectionId, OpportunityId, PitchId, PitchItemId, UserId, VersionId,
};
use lastmile::node::Node;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _,
};
use serde_json::{Value, json};

const PAGES: i32 = 10;
const TIMES: usize = 20;
const PASSWORD: &str = "a password for benches";

/// Each facet with how many words it has, and how many of them an asset has at the most.
const FACETS: [(Facet, usize, usize); 6] = [
    (Facet::Product, 25, 2),
    (Facet::Industry, 14, 3),
    (Facet::Persona, 10, 2),
    (Facet::Region, 12, 2),
    (Facet::Competitor, 15, 1),
    (Facet::Tag, 400, 4),
];
const STAGES: [&str; 4] = ["discovery", "evaluation", "proposal", "negotiation"];

fn main() {
    let assets = std::env::var("LASTMILE_BENCH_ASSETS")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(10_000);
    actix_web::rt::System::new().block_on(run(assets));
}

async fn run(assets: usize) {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        listen: "127.0.0.1:0".parse().unwrap(),
        data_dir: dir.path().to_owned(),
        database_url: std::env::var("LASTMILE_BENCH_DATABASE_URL").ok(),
        ..Config::default()
    };
    let app = App::open(config, Clock::system()).await.unwrap();
    let library = Library::fill(&app, assets).await;
    let node = Node::start(app.clone()).unwrap();
    let base = format!("http://{}", node.address());
    let handle = node.handle();
    actix_web::rt::spawn(node.run());

    let caller = Caller::sign_in(base).await;
    let begin = Instant::now();
    while caller.get("/api/v1/search?limit=1").await["total_assets"] != assets {
        assert!(begin.elapsed() < Duration::from_mins(30), "no index");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    println!(
        "\nindexed {assets} assets, {} pages in {:.0?}",
        assets as i32 * PAGES,
        begin.elapsed()
    );
    println!("{:<52} {:>8} {:>8} {:>8}", "", "median", "p95", "longest");
    measure(&caller, &library).await;
    handle.stop(false).await;
}

/// What requests are made of.
struct Library {
    assets: Vec<AssetId>,
    owner: UserId,
    collection: CollectionId,
}

async fn measure(caller: &Caller, library: &Library) {
    let owner = library.owner;
    let collection = library.collection;
    let mut cursor = String::new();
    for _ in 0..99 {
        let page = caller
            .get(&format!("/api/v1/assets?limit=50{cursor}"))
            .await;
        cursor = format!("&cursor={}", page["next_cursor"].as_str().unwrap());
    }
    let reads = [
        ("list, first page", "assets?limit=50".to_owned()),
        ("list, 100th page", format!("assets?limit=50{cursor}")),
        ("list by title", "assets?sort=title".to_owned()),
        ("list by review date", "assets?sort=review_by".to_owned()),
        (
            "list by number of pitches",
            "assets?sort=pitched".to_owned(),
        ),
        ("list of a state", "assets?state=approved".to_owned()),
        ("list of a rare state", "assets?state=in_review".to_owned()),
        (
            "list of a kind and a language",
            "assets?kind=deck&language=de".to_owned(),
        ),
        ("list of an owner", format!("assets?owner={owner}")),
        (
            "list of two industries and a tag",
            "assets?industry=industry%203&industry=industry%204&tag=tag%207".to_owned(),
        ),
        (
            "list without a persona",
            "assets?without=persona".to_owned(),
        ),
        (
            "list without a collection",
            "assets?without=collection".to_owned(),
        ),
        (
            "list with text in the title",
            "assets?q=rollout%201".to_owned(),
        ),
        (
            "list, review due",
            "assets?review=past&sort=review_by".to_owned(),
        ),
        (
            "list of a collection",
            format!("assets?collection={collection}"),
        ),
        ("counts", "assets/counts".to_owned()),
        (
            "counts of a state, two facets chosen",
            "assets/counts?state=approved&industry=industry%203&tag=tag%207".to_owned(),
        ),
        (
            "counts without a persona",
            "assets/counts?without=persona".to_owned(),
        ),
        ("asset", format!("assets/{}", library.assets[77])),
        ("collections", "collections?limit=24".to_owned()),
        ("collection of 500", format!("collections/{collection}")),
        (
            "vocabulary of industries",
            "vocabulary?facet=industry&retired=true&limit=200".to_owned(),
        ),
        (
            "vocabulary of tags",
            "vocabulary?facet=tag&retired=true&limit=200".to_owned(),
        ),
        (
            "vocabulary while typing",
            "vocabulary?facet=tag&q=tag%2011".to_owned(),
        ),
        ("search, everything with facets", "search".to_owned()),
        (
            "search, two words with facets",
            "search?q=kalo%20mite".to_owned(),
        ),
        (
            "search, two facets",
            "search?industry=industry%203&product=product%201".to_owned(),
        ),
    ];
    for (name, path) in reads {
        let path = format!("/api/v1/{path}");
        time(name, async |_| {
            caller.get(&path).await;
        })
        .await;
    }
    time("edit of one asset", async |turn| {
        let path = format!("/api/v1/assets/{}", library.assets[turn]);
        let revision = caller.get(&path).await["revision"].clone();
        let begin = Instant::now();
        let body = json!({ "title": format!("Edited {turn}"), "facets": { "tag": ["edited"] } });
        caller
            .send(Method::PATCH, &path, Some(&revision), &body)
            .await;
        begin.elapsed()
    })
    .await;
    let hundred = |turn: usize| library.assets[100 * turn..100 * (turn + 1)].to_vec();
    for (name, change) in [
        (
            "bulk edit of 100: facets, owner, date",
            json!({ "add": { "tag": ["bulk"] }, "remove": { "tag": ["tag 7"] }, "owner_id": owner, "review_by": "2031-01-31" }),
        ),
        (
            "bulk edit of 100: a step of the life cycle",
            json!({ "state": "archived" }),
        ),
    ] {
        time(name, async |turn| {
            let body = json!({ "ids": hundred(turn), "change": change });
            caller
                .send(Method::POST, "/api/v1/assets/bulk", None, &body)
                .await;
        })
        .await;
    }
    time(
        "add an asset to a collection and take it out",
        async |turn| {
            let made = json!({ "name": format!("Bench {turn}"), "asset_ids": [library.assets[1]] });
            let made = caller
                .send(Method::POST, "/api/v1/collections", None, &made)
                .await;
            let path = format!("/api/v1/collections/{}", made["id"].as_str().unwrap());
            let begin = Instant::now();
            let body = json!({ "asset_ids": [library.assets[2]] });
            caller
                .send(Method::POST, &format!("{path}/assets"), None, &body)
                .await;
            let taken = format!("{path}/assets/{}", library.assets[1]);
            caller
                .send(Method::DELETE, &taken, None, &Value::Null)
                .await;
            begin.elapsed() / 2
        },
    )
    .await;

    let words = caller.get("/api/v1/vocabulary?facet=stage").await;
    println!(
        "assets with the most frequent stage: {}",
        words["items"][0]["uses"]
    );
    let industries = caller
        .get("/api/v1/vocabulary?facet=industry&q=industry%205")
        .await;
    let word = &industries["items"][0];
    let begin = Instant::now();
    let path = format!("/api/v1/vocabulary/{}", word["id"]);
    caller
        .send(
            Method::PATCH,
            &path,
            Some(&word["revision"]),
            &json!({ "value": "Renamed" }),
        )
        .await;
    println!(
        "rename a word of {} assets: {:.0?}",
        word["uses"],
        begin.elapsed()
    );

    let begin = Instant::now();
    let all =
        json!({ "filter": {}, "change": { "add": { "tag": ["everything"] }, "language": "en" } });
    let report = caller
        .send(Method::POST, "/api/v1/assets/bulk", None, &all)
        .await;
    println!(
        "bulk edit of everything, accepted after {:.0?}",
        begin.elapsed()
    );
    let path = format!("/api/v1/bulk-edits/{}", report["id"].as_str().unwrap());
    let mut waits = Vec::new();
    while caller.get(&path).await["finished"] != true {
        let turn = Instant::now();
        let new = json!({ "facet": "tag", "value": format!("meanwhile {}", begin.elapsed().as_micros()) });
        caller
            .send(Method::POST, "/api/v1/vocabulary", None, &new)
            .await;
        waits.push(turn.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!(
        "  done after {:.1?}; meanwhile {} other writes, the slowest {:.0?}",
        begin.elapsed(),
        waits.len(),
        waits.iter().max().unwrap_or(&Duration::ZERO)
    );
}

/// How long one turn took: all of it, or what it says itself.
trait Took {
    fn took(self, all: Duration) -> Duration;
}

impl Took for () {
    fn took(self, all: Duration) -> Duration {
        all
    }
}

impl Took for Duration {
    fn took(self, _: Duration) -> Duration {
        self
    }
}

async fn time<T: Took>(name: &str, turn: impl AsyncFn(usize) -> T) {
    turn(0).await;
    let mut taken = Vec::new();
    for number in 0..TIMES {
        let begin = Instant::now();
        let said = turn(number + 1).await;
        taken.push(said.took(begin.elapsed()));
    }
    taken.sort();
    let ms = |at: usize| taken[at.min(TIMES - 1)].as_secs_f64() * 1000.0;
    println!(
        "{name:<52} {:>5.1} ms {:>5.1} ms {:>5.1} ms",
        ms(TIMES / 2),
        ms(TIMES * 95 / 100),
        ms(TIMES)
    );
}

/// A marketer with a connection.
struct Caller {
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Caller {
    async fn sign_in(base: String) -> Self {
        let mut caller = Self {
            base,
            token: String::new(),
            client: reqwest::Client::new(),
        };
        let body = json!({ "email": "user0@example.com", "password": PASSWORD });
        let signed_in = caller
            .send(Method::POST, "/api/v1/session", None, &body)
            .await;
        signed_in["access_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut caller.token);
        caller
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, None, &Value::Null).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        revision: Option<&Value>,
        body: &Value,
    ) -> Value {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token);
        if let Some(revision) = revision {
            request = request.header("if-match", format!("\"{revision}\""));
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}

impl Library {
    /// Makes the library, straight in the database.
    async fn fill(app: &App, count: usize) -> Self {
        let begin = Instant::now();
        let mut random = ChaCha8Rng::seed_from_u64(11);
        let now = app.clock.now();
        let users = add_users(app, now).await;
        add_words(app).await;
        let mut assets = Vec::with_capacity(count);
        for batch in 0..count.div_ceil(100) {
            let tx = app.db.begin().await.unwrap();
            for number in batch * 100..((batch + 1) * 100).min(count) {
                assets.push(add_asset(&tx, &mut random, now, number, &users).await);
            }
            tx.commit().await.unwrap();
        }
        let collection = add_collections(app, &mut random, now, &assets).await;
        add_pitches(app, &mut random, now, &assets, users[0]).await;
        if app.db.backend() == sea_orm::DbBackend::Postgres {
            let tx = app.db.begin().await.unwrap();
            tx.execute_unprepared("ANALYZE").await.unwrap();
            tx.commit().await.unwrap();
        }
        println!("made {count} assets in {:.0?}", begin.elapsed());
        Self {
            assets,
            owner: users[1],
            collection,
        }
    }
}

async fn add_users(app: &App, now: DateTime<Utc>) -> Vec<UserId> {
    let hash = hash_password(PASSWORD.to_owned()).await.unwrap();
    let tx = app.db.begin().await.unwrap();
    let mut users = Vec::new();
    for number in 0..20 {
        let new = NewUser {
            email: format!("user{number}@example.com"),
            name: format!("User {number}"),
            role: Role::Marketer,
            team: Some(format!("Team {}", number % 4)),
            time_zone: "Europe/Berlin".to_owned(),
            active: true,
            password_hash: Some(hash.clone()),
        };
        users.push(add_user(&tx, now, new).await.unwrap());
    }
    tx.commit().await.unwrap();
    users
}

async fn add_words(app: &App) {
    let rows = FACETS.iter().flat_map(|(facet, words, _)| {
        (0..*words).map(move |word| facet_value::ActiveModel {
            facet: Set(*facet),
            value: Set(format!("{facet} {word}")),
            folded: Set(format!("{facet} {word}")),
            position: Set(1_000_000),
            retired: Set(false),
            revision: Set(1),
            ..Default::default()
        })
    });
    let tx = app.db.begin().await.unwrap();
    facet_value::Entity::insert_many(rows)
        .exec_without_returning(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Words of two or three syllables, a few of them frequent.
fn words(random: &mut ChaCha8Rng, count: usize) -> String {
    const SYLLABLES: [&str; 12] = [
        "ka", "lo", "mi", "te", "ran", "sol", "ver", "du", "ne", "pro", "qui", "bel",
    ];
    let mut text = String::new();
    for _ in 0..count {
        for _ in 0..random.random_range(2..4) {
            let highest = random.random_range(1..=SYLLABLES.len());
            text.push_str(SYLLABLES[random.random_range(0..highest)]);
        }
        text.push(' ');
    }
    text
}

async fn add_asset<C: ConnectionTrait>(
    tx: &C,
    random: &mut ChaCha8Rng,
    now: DateTime<Utc>,
    number: usize,
    users: &[UserId],
) -> AssetId {
    let at = now - TimeDelta::minutes(random.random_range(0..2_000_000));
    let (id, version) = (AssetId::new(at), VersionId::new(at));
    let day = |random: &mut ChaCha8Rng| {
        let start = now.date_naive() - Days::new(100);
        Some(start + Days::new(random.random_range(0..800)))
    };
    let state = match number % 20 {
        0 | 1 => AssetState::Draft,
        2 => AssetState::InReview,
        3 => AssetState::Expired,
        _ => AssetState::Approved,
    };
    let row = asset::Model {
        id,
        title: format!("Rollout {number} {}", words(random, 3)),
        description: words(random, 15),
        kind: AssetKind::ALL[number % AssetKind::ALL.len()],
        state,
        internal_only: number.is_multiple_of(15),
        language: ["en", "en", "de", "fr"]
            .choose(random)
            .map(|&tag| tag.to_owned()),
        owner_id: if number.is_multiple_of(10) {
            None
        } else {
            users.choose(random).copied()
        },
        current_version_id: Some(version),
        review_by: if number.is_multiple_of(3) {
            day(random)
        } else {
            None
        },
        // Later than today, or the clock would be busy expiring them.
        expires_at: if number.is_multiple_of(4) {
            day(random).map(|day| day + Days::new(130))
        } else {
            None
        },
        revision: 1,
        created_at: at,
        updated_at: at,
    };
    asset::Entity::insert(row.into_active_model().reset_all())
        .exec(tx)
        .await
        .unwrap();
    let file = asset_version::ActiveModel {
        id: Set(version),
        asset_id: Set(id),
        number: Set(1),
        file_name: Set("deck.pptx".to_owned()),
        media_type: Set(
            "application/vnd.openxmlformats-officedocument.presentationml.presentation".to_owned(),
        ),
        format: Set("pptx".to_owned()),
        byte_size: Set(1_000_000),
        blob: Set(format!("{number:064x}")),
        state: Set(VersionState::Ready),
        page_count: Set(Some(PAGES)),
        pages_done: Set(PAGES),
        created_by: Set(users.choose(random).copied()),
        created_at: Set(at),
        ..Default::default()
    };
    asset_version::Entity::insert(file).exec(tx).await.unwrap();
    let pages: Vec<_> = (1..=PAGES)
        .map(|number| page::ActiveModel {
            version_id: Set(version),
            number: Set(number),
            title: Set(words(random, 4)),
            text: Set(words(random, 80)),
            width: Set(1600),
            height: Set(900),
            image_480: Set("0".repeat(64)),
            image_960: Set("0".repeat(64)),
            image_1600: Set("0".repeat(64)),
            ..Default::default()
        })
        .collect();
    page::Entity::insert_many(pages)
        .exec_without_returning(tx)
        .await
        .unwrap();
    let mut facets = Vec::new();
    for (facet, words, most) in FACETS {
        for _ in 0..random.random_range(0..=most) {
            facets.push((facet, format!("{facet} {}", random.random_range(0..words))));
        }
    }
    for stage in STAGES {
        if random.random_bool(0.45) {
            facets.push((Facet::Stage, stage.to_owned()));
        }
    }
    facets.sort();
    facets.dedup();
    if !facets.is_empty() {
        let rows = facets
            .into_iter()
            .map(|(facet, value)| asset_facet::ActiveModel {
                asset_id: Set(id),
                facet: Set(facet),
                value: Set(value),
            });
        asset_facet::Entity::insert_many(rows)
            .exec_without_returning(tx)
            .await
            .unwrap();
    }
    id
}

/// 200 collections of up to 60 assets, and one that is as large as may be.
async fn add_collections(
    app: &App,
    random: &mut ChaCha8Rng,
    now: DateTime<Utc>,
    assets: &[AssetId],
) -> CollectionId {
    let tx = app.db.begin().await.unwrap();
    let mut largest = None;
    for number in 0..200 {
        let id = CollectionId::new(now);
        let row = collection::Model {
            id,
            name: format!("Collection {number}"),
            description: words(random, 12),
            owner_id: None,
            created_at: now,
            revision: 1,
            restricted: false,
            cover_asset_id: None,
            cover_page: None,
        };
        collection::Entity::insert(row.into_active_model().reset_all())
            .exec(&tx)
            .await
            .unwrap();
        let size = if number == 0 {
            500
        } else {
            random.random_range(3..60)
        };
        largest.get_or_insert(id);
        let members: Vec<_> = assets
            .sample(random, size.min(assets.len()))
            .copied()
            .collect();
        let rows = (1..)
            .zip(members)
            .map(|(position, asset)| collection_item::ActiveModel {
                collection_id: Set(id),
                asset_id: Set(asset),
                position: Set(position),
            });
        collection_item::Entity::insert_many(rows)
            .exec_without_returning(&tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    largest.unwrap()
}

/// 3,000 pitches of six items.
async fn add_pitches(
    app: &App,
    random: &mut ChaCha8Rng,
    now: DateTime<Utc>,
    assets: &[AssetId],
    owner: UserId,
) {
    let tx = app.db.begin().await.unwrap();
    let account = account::ActiveModel {
        id: Set(AccountId::new(now)),
        name: Set("Northwind".to_owned()),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let account_id = account.id.clone();
    account::Entity::insert(account).exec(&tx).await.unwrap();
    let deal = OpportunityId::new(now);
    let row = opportunity::ActiveModel {
        id: Set(deal),
        account_id,
        name: Set("Cold chain".to_owned()),
        stage: Set(Stage::Evaluation),
        outcome: Set(Outcome::Open),
        opened_on: Set(now.date_naive()),
        needs: Set(String::new()),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    opportunity::Entity::insert(row).exec(&tx).await.unwrap();
    for number in 0..3_000 {
        let id = PitchId::new(now);
        let row = pitch::ActiveModel {
            id: Set(id),
            opportunity_id: Set(deal),
            owner_id: Set(owner),
            title: Set(format!("Pitch {number}")),
            message: Set(String::new()),
            story_wanted: Set(false),
            revision: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        pitch::Entity::insert(row).exec(&tx).await.unwrap();
        // A few assets are in most pitches.
        let items = (0..6).map(|position| {
            let highest = random.random_range(1..=assets.len());
            pitch_item::ActiveModel {
                id: Set(PitchItemId::new(now)),
                pitch_id: Set(id),
                position: Set(position),
                asset_id: Set(assets[random.random_range(0..highest)]),
                page_number: Set(None),
                section: Set(String::new()),
                note: Set(String::new()),
                ..Default::default()
            }
        });
        pitch_item::Entity::insert_many(items)
            .exec_without_returning(&tx)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}
