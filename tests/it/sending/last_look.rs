//! What comes to an end while a mail waits stops the mail.

use lastmile::entities::Role;
use lastmile::ids::{AssetId, LinkId, MailId};
use lastmile::mail::{Letter, NewMail, Recipient, opt_out_path, opt_out_token, queue};
use serde_json::{Value, json};

use super::{Desk, filled, id, send};
use crate::support::{Content, Person};

/// A mailbox whose server takes nothing, so that its mail is there to be sent again.
fn nobody() -> Value {
    json!({ "name": "Nobody", "email": "nobody@gone.example" })
}

/// Sends the mail again and waits until it has failed for this reason.
async fn fails_again(admin: &Person, mail: &str, reason: &str) {
    let again = format!("/api/v1/mails/{mail}/send");
    admin.post(&again, &json!({})).await.ok();
    let mut last = Value::Null;
    for _ in 0..200 {
        let failed = admin.get("/api/v1/mails?state=failed").await.ok();
        let items = failed["items"].as_array().unwrap();
        if let Some(found) = items.iter().find(|one| one["id"] == mail) {
            last = found["failure"].clone();
            if last.as_str().unwrap().contains(reason) {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{reason}: {last}");
}

async fn failed_mail(desk: &Desk, link: &Value) -> String {
    let view = desk.link_in(link, "failed").await;
    view["mail"]["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn a_link_that_was_taken_back_is_not_mailed() {
    let desk = Desk::open().await;
    let admin = desk.server.person(Role::Admin).await;
    let link = desk.link(nobody()).await;
    send(&desk.rep, &link).await.ok();
    let mail = failed_mail(&desk, &link).await;
    fails_again(&admin, &mail, "no such mailbox").await;
    let revoke = format!("/api/v1/links/{}/revoke", id(&link));
    desk.rep.post(&revoke, &json!({})).await.ok();
    fails_again(&admin, &mail, "no longer opens").await;
}

#[actix_web::test]
async fn who_opts_out_while_the_mail_waits_does_not_get_it() {
    let desk = Desk::open().await;
    let admin = desk.server.person(Role::Admin).await;
    let link = desk.link(nobody()).await;
    send(&desk.rep, &link).await.ok();
    let mail = failed_mail(&desk, &link).await;
    let token = opt_out_token(&desk.server.app.keys, mail.parse().unwrap());
    let url = format!("{}{}", desk.server.base, opt_out_path(&token));
    let out = filled(
        reqwest::Client::new().post(url),
        &[("List-Unsubscribe", "One-Click")],
    );
    assert!(out.send().await.unwrap().status().is_success());
    fails_again(&admin, &mail, "do not want mail").await;
}

#[actix_web::test]
async fn what_became_internal_is_not_told_any_more() {
    let desk = Desk::open().await;
    let admin = desk.server.person(Role::Admin).await;
    let link = desk.link(nobody()).await;
    let asset = desk.server.content(Content::default()).await;
    let mail = tells_of(&desk, &link, asset).await;
    fails_again(&admin, &mail, "no such mailbox").await;
    desk.server
        .change_asset(asset, |asset| asset.internal_only = true)
        .await;
    fails_again(&admin, &mail, "internal").await;
}

/// A mail that tells of changed pages, given up.
async fn tells_of(desk: &Desk, link: &Value, asset: AssetId) -> String {
    let app = &desk.server.app;
    let link: LinkId = id(link).parse().unwrap();
    let tx = app.db.begin().await.unwrap();
    let new = NewMail {
        to: Recipient::parse(None, "nobody@gone.example").unwrap(),
        from_name: None,
        reply_to: None,
        subject: "Updated since you read it",
        letter: Letter::default(),
        link: Some(link),
        purpose: "changed_page",
        about: Some(("asset", asset.0)),
        dedupe_key: "changed",
    };
    let mail: MailId = queue(&tx, app.clock.now(), new).await.unwrap();
    tx.commit().await.unwrap();
    let admin = desk.server.person(Role::Admin).await;
    for _ in 0..200 {
        let failed = admin.get("/api/v1/mails?state=failed").await.ok();
        let items = failed["items"].as_array().unwrap();
        if items.iter().any(|one| one["id"] == json!(mail)) {
            return mail.to_string();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the mail was not given up");
}
