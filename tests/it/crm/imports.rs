//! Files of customers' data.

use lastmile::entities::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    ACCOUNTS, ACTIVITIES, CONTACTS, Customers, OPPORTUNITIES, STAGE_CHANGES, import, names,
};
use crate::support::{Reply, TestServer};

/// New, changed and unchanged rows.
fn counts(report: &Value) -> [u64; 3] {
    ["created", "updated", "unchanged"].map(|field| report[field].as_u64().unwrap())
}

#[actix_web::test]
async fn the_same_file_again_changes_nothing_and_a_changed_row_is_one_change() {
    let customers = Customers::start().await;
    for (kind, text, rows) in [
        ("accounts", ACCOUNTS, 2),
        ("contacts", CONTACTS, 3),
        ("opportunities", OPPORTUNITIES, 3),
        ("stage_changes", STAGE_CHANGES, 2),
        ("activities", ACTIVITIES, 2),
    ] {
        let again = import(&customers.admin, kind, text, false).await.ok();
        assert_eq!(counts(&again), [0, 0, rows], "{kind}");
    }
    let id = customers.opportunity("Branches").await;
    let changed = OPPORTUNITIES.replace("12500.50", "13000");
    let report = import(&customers.admin, "opportunities", changed, false)
        .await
        .ok();
    assert_eq!(counts(&report), [0, 1, 2]);
    let page = customers
        .ada
        .get(&format!("/api/v1/opportunities/{id}"))
        .await
        .ok();
    assert_eq!(page["amount"]["minor"], 1_300_000);
    let stale = json!({ "needs": "written before the import" });
    let path = format!("/api/v1/opportunities/{id}");
    let late = customers.ada.edit(Method::PATCH, &path, 1, &stale).await;
    assert_eq!(late.code(), "stale");
}

#[actix_web::test]
async fn columns_that_the_file_lacks_are_left_alone_and_empty_cells_empty() {
    let customers = Customers::start().await;
    let few = "external_id,name,industry\nA-1,Nordlicht Bank AG,\n";
    let report = import(&customers.admin, "accounts", few, false).await.ok();
    assert_eq!(counts(&report), [0, 1, 0]);
    let list = customers
        .admin
        .get("/api/v1/accounts?q=nordlicht")
        .await
        .ok();
    let account = &list["items"][0];
    assert_eq!(account["industry"], Value::Null);
    assert_eq!(account["domain"], "nordlicht.example");
    assert_eq!(account["owner"]["name"], "ada");
}

#[actix_web::test]
async fn a_dry_run_tells_everything_and_writes_nothing() {
    let server = TestServer::start().await;
    let marketer = server.person(Role::Marketer).await;
    let report = import(&marketer, "accounts", ACCOUNTS, true).await.ok();
    assert_eq!(
        (counts(&report), &report["dry_run"]),
        ([2, 0, 0], &json!(true))
    );
    let list = marketer.get("/api/v1/accounts").await.ok();
    assert_eq!(list["items"], json!([]));
}

#[actix_web::test]
async fn one_wrong_row_and_nothing_of_the_file_is_written() {
    let customers = Customers::start().await;
    let text = "\
external_id;account_external_id;name;stage;outcome;amount;currency;opened_on;closed_on
O-8;A-1;Good;discovery;open;1;EUR;2026-01-01;
O-9;A-9;Bad;thinking;open;1,50;EUR;01.02.2026;2026-03-01
O-8;A-1;Twice;discovery;open;1.005;EUR;2026-01-01;
O-7;A-1;Short;discovery
";
    let report = import(&customers.admin, "opportunities", text, false)
        .await
        .ok();
    let errors: Vec<_> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            (
                error["row"].as_u64().unwrap(),
                error["field"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        errors,
        [
            (3, "account_external_id"),
            (3, "stage"),
            (3, "opened_on"),
            (3, "amount"),
            (3, "closed_on"),
            (4, "amount"),
            (4, "external_id"),
            (5, ""),
        ]
    );
    assert_eq!(counts(&report), [0, 0, 0]);
    let list = customers.admin.get("/api/v1/opportunities").await.ok();
    assert_eq!(names(&list), ["Branches", "Classrooms", "Data centre"]);
}

#[actix_web::test]
async fn an_unknown_owner_is_warned_of_once_and_the_rows_are_written() {
    let server = TestServer::start().await;
    let admin = server.person(Role::Admin).await;
    let text = "\u{feff}external_id;name;owner_email;mood\r\nA-1;One;gone@example.com;fine\r\nA-2;Two;gone@example.com;\r\n";
    let report = import(&admin, "accounts", text, false).await.ok();
    assert_eq!(counts(&report), [2, 0, 0]);
    let fields: Vec<_> = report["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["field"])
        .collect();
    assert_eq!(fields, ["mood", "owner_email"]);
}

#[actix_web::test]
async fn what_is_no_table_is_refused_as_a_whole() {
    let server = TestServer::start().await;
    let admin = server.person(Role::Admin).await;
    for (kind, bytes) in [
        ("accounts", &b""[..]),
        ("accounts", b"\xff\xfe\x00"),
        ("accounts", b"name\nNo id\n"),
        ("mysteries", b"external_id,name\nA-1,One\n"),
    ] {
        let reply = import(&admin, kind, bytes, false).await;
        assert_eq!(reply.code(), "invalid");
    }
    let form = reqwest::multipart::Form::new().text("kind", "accounts");
    let request = admin
        .request(Method::POST, "/api/v1/imports")
        .multipart(form);
    let reply = Reply::read(request.send().await.unwrap()).await;
    assert_eq!(reply.body["errors"][0]["field"], "file");
}

#[actix_web::test]
async fn reps_do_not_import() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let reply = import(&rep, "accounts", ACCOUNTS, true).await;
    assert_eq!(reply.code(), "forbidden");
}
