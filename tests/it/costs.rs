//! What collateral cost: typed in, and imported from files.

use lastmile::entities::Role;
use lastmile::ids::AssetId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Content, Person, Reply, TestServer};

async fn import(person: &Person, file: &str, dry_run: bool) -> Reply {
    let form = reqwest::multipart::Form::new()
        .part(
            "file",
            reqwest::multipart::Part::bytes(file.as_bytes().to_vec()).file_name("costs.csv"),
        )
        .text("dry_run", dry_run.to_string());
    let request = person
        .request(Method::POST, "/api/v1/cost-imports")
        .multipart(form);
    Reply::read(request.send().await.unwrap()).await
}

fn costs_of(asset: AssetId) -> String {
    format!("/api/v1/assets/{asset}/costs")
}

fn counts(report: &Value) -> [i64; 3] {
    ["created", "updated", "unchanged"].map(|name| report[name].as_i64().unwrap())
}

#[actix_web::test]
async fn costs_are_summed_by_currency_and_corrected_under_if_match() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let rep = server.person(Role::Rep).await;
    let asset = server.content(Content::default()).await;
    let path = costs_of(asset);
    let mut ids = Vec::new();
    for (kind, minor, currency, day) in [
        ("production", 120_000, "EUR", "2026-01-10"),
        ("upkeep", 5_000, "EUR", "2026-02-01"),
        ("upkeep", 900, "JPY", "2026-02-02"),
    ] {
        let cost = json!({ "kind": kind, "amount": { "minor": minor, "currency": currency },
            "spent_on": day, "note": " Agency " });
        let made = marketer.post(&path, &cost).await.ok();
        assert_eq!(made["note"], "Agency");
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    let costs = marketer.get(&path).await.ok();
    assert_eq!(
        costs["total"],
        json!([{ "minor": 125_000, "currency": "EUR" }, { "minor": 900, "currency": "JPY" }])
    );
    assert_eq!(
        costs["production"],
        json!([{ "minor": 120_000, "currency": "EUR" }])
    );
    assert_eq!(costs["items"][0]["spent_on"], "2026-02-02");
    assert_eq!(rep.get(&path).await.code(), "forbidden");

    let one = format!("/api/v1/costs/{}", ids[0]);
    let change = json!({ "kind": "production", "amount": { "minor": 100, "currency": "EUR" }, "spent_on": "2026-01-10" });
    marketer.edit(Method::PUT, &one, 1, &change).await.ok();
    assert_eq!(
        marketer.edit(Method::PUT, &one, 1, &change).await.code(),
        "stale"
    );
    let nothing = json!({ "kind": "upkeep", "amount": { "minor": 0, "currency": "EUR" }, "spent_on": "2026-01-10" });
    assert_eq!(
        marketer.post(&path, &nothing).await.body["errors"][0]["field"],
        "amount"
    );
    assert_eq!(
        marketer
            .delete(&format!("/api/v1/costs/{}", ids[2]))
            .await
            .status,
        204
    );
    assert_eq!(
        marketer.get(&path).await.ok()["total"],
        json!([{ "minor": 5_100, "currency": "EUR" }])
    );
}

#[actix_web::test]
async fn a_file_of_costs_is_written_whole_or_not_at_all_and_only_once() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let with = async |title: &'static str| {
        server
            .content(Content {
                title,
                ..Content::default()
            })
            .await
    };
    let (deck, sheet) = (with("Deck").await, with("Sheet").await);
    let file = format!(
        "asset;kind;amount;currency;spent_on;note;id\n\
         {deck};production;1200.50;EUR;2026-01-10;Agency;A-1\n\
         Sheet.pdf;upkeep;80;EUR;2026-02-01;;\n\
         Sheet;upkeep;20;EUR;2026-02-01;Proofreading;\n"
    );
    let dry = import(&marketer, &file, true).await.ok();
    assert_eq!(counts(&dry), [3, 0, 0]);
    assert_eq!(marketer.get(&costs_of(deck)).await.ok()["items"], json!([]));
    assert_eq!(
        counts(&import(&marketer, &file, false).await.ok()),
        [3, 0, 0]
    );
    assert_eq!(
        counts(&import(&marketer, &file, false).await.ok()),
        [0, 0, 3]
    );
    assert_eq!(
        marketer.get(&costs_of(sheet)).await.ok()["total"],
        json!([{ "minor": 10_000, "currency": "EUR" }])
    );

    let newer = file.replace("1200.50", "1300");
    assert_eq!(
        counts(&import(&marketer, &newer, false).await.ok()),
        [0, 1, 2]
    );
    assert_eq!(
        marketer.get(&costs_of(deck)).await.ok()["total"],
        json!([{ "minor": 130_000, "currency": "EUR" }])
    );

    let wrong = "asset,kind,amount,currency,spent_on\n\
        Deck,production,5,EUR,2026-01-10\n\
        Nothing,hobby,x,EUR,soon\n";
    let refused = import(&marketer, wrong, false).await.ok();
    let told: Vec<_> = refused["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["row"].as_i64().unwrap(), one["field"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [(3, "asset"), (3, "kind"), (3, "amount"), (3, "spent_on")]
    );
    assert_eq!(
        marketer.get(&costs_of(deck)).await.ok()["items"]
            .as_array()
            .unwrap()
            .len(),
        1,
        "nothing of the file was written"
    );
}
