//! Mail that came back: told by the mail service or by hand, once, and seen wherever somebody could be chosen.

use lastmile::config::Secret;
use lastmile::entities::{Role, bounce, mail};
use lastmile::mail::message_id;
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::{Desk, id, send};
use crate::support::{Reply, TestServer};

const SECRET: &str = "a secret of the mail service";

async fn desk() -> Desk {
    Desk::open_with(|config| config.bounce_secret = Some(Secret::new(SECRET))).await
}

async fn report(server: &TestServer, secret: &str, body: &Value) -> Reply {
    let request = reqwest::Client::new()
        .post(format!("{}/api/v1/bounces", server.base))
        .bearer_auth(secret)
        .json(body);
    Reply::read(request.send().await.unwrap()).await
}

#[actix_web::test]
async fn the_webhook_is_closed_without_the_secret() {
    let desk = desk().await;
    let body = json!({ "address": "noor@northwind.example", "kind": "hard" });
    for wrong in ["", "a secret", "A SECRET OF THE MAIL SERVICE"] {
        let reply = report(&desk.server, wrong, &body).await;
        assert_eq!(reply.code(), "unauthenticated", "{wrong:?}");
    }
    let bare = reqwest::Client::new()
        .post(format!("{}/api/v1/bounces", desk.server.base))
        .json(&body);
    assert_eq!(Reply::read(bare.send().await.unwrap()).await.status, 401);
    let unset = TestServer::start().await;
    assert_eq!(report(&unset, "", &body).await.code(), "not_found");
    let by_header = reqwest::Client::new()
        .post(format!("{}/api/v1/bounces", desk.server.base))
        .header("x-lastmile-secret", SECRET)
        .json(&body);
    assert_eq!(
        Reply::read(by_header.send().await.unwrap()).await.ok()["recorded"],
        1
    );
}

#[actix_web::test]
async fn a_hard_bounce_marks_link_and_contact_tells_the_rep_and_stops_further_mail() {
    let desk = desk().await;
    let link = desk.contact_link().await;
    send(&desk.rep, &link).await.ok();
    desk.link_in(&link, "sent").await;
    let mail = mail::Entity::find()
        .one(desk.server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let told = json!({ "items": [{
        "address": "Noor@Northwind.example", "kind": "hard", "reason": "550 5.1.1 unknown user",
        "message_id": message_id(mail.id, "vendor.example"),
    }] });
    let taken = report(&desk.server, SECRET, &told).await.ok();
    assert_eq!(taken, json!({ "recorded": 1, "known": 0 }));
    let again = report(&desk.server, SECRET, &told).await.ok();
    assert_eq!(again, json!({ "recorded": 0, "known": 1 }));

    let view = desk.link_in(&link, "bounced").await;
    assert_eq!(view["mail"]["detail"], "550 5.1.1 unknown user");
    let contact = desk.rep.get(&desk.contact_path()).await.ok();
    assert_eq!(contact["bounced"], true);
    assert_eq!(contact["bounces"].as_array().unwrap().len(), 1);
    let list = desk.rep.get("/api/v1/contacts").await.ok();
    assert_eq!(list["items"][0]["obstacles"][0]["kind"], "bounced");
    let news = desk.rep.get("/api/v1/notifications").await.ok();
    assert_eq!(news["items"].as_array().unwrap().len(), 1);
    assert_eq!(news["items"][0]["kind"], "mail_bounced");

    let other = desk.contact_link().await;
    let refused = send(&desk.rep, &other).await;
    assert_eq!(refused.code(), "address_bounced");
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("unknown user")
    );
    // No word of a manager's makes a mailbox.
    let grant = format!("/api/v1/links/{}/override", id(&other));
    let reply = desk.manager.post(&grant, &json!({ "reason": "Try" })).await;
    assert_eq!(reply.code(), "address_bounced");

    let path = format!("{}/bounces", desk.contact_path());
    let cleared = desk.rep.delete(&path).await.ok();
    assert_eq!(
        (&cleared["bounced"], &cleared["obstacles"]),
        (&json!(false), &json!([]))
    );
    assert_eq!(send(&desk.rep, &other).await.status, 202);
}

#[actix_web::test]
async fn a_soft_bounce_is_kept_and_stops_nothing() {
    let desk = desk().await;
    let body =
        json!({ "address": "noor@northwind.example", "kind": "soft", "reason": "mailbox full" });
    report(&desk.server, SECRET, &body).await.ok();
    report(&desk.server, SECRET, &body).await.ok();
    let contact = desk.rep.get(&desk.contact_path()).await.ok();
    assert_eq!(contact["bounced"], false);
    assert_eq!(
        contact["bounces"].as_array().unwrap().len(),
        1,
        "told twice a day is told once"
    );
    let link = desk.contact_link().await;
    assert_eq!(send(&desk.rep, &link).await.status, 202);
}

#[actix_web::test]
async fn what_is_no_report_is_refused_whole_and_a_foreign_message_id_names_no_mail_of_ours() {
    let desk = desk().await;
    let half = json!({ "items": [
        { "address": "noor@northwind.example", "kind": "hard" }, { "address": "nonsense", "kind": "hard" },
    ] });
    let reply = report(&desk.server, SECRET, &half).await;
    assert_eq!(reply.body["errors"][0]["field"], "items[1].address");
    assert!(
        !report(
            &desk.server,
            SECRET,
            &json!({ "address": "a@b.example", "kind": "odd" })
        )
        .await
        .status
        .is_success()
    );
    let count = bounce::Entity::find()
        .count(desk.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(count, 0);

    // Somebody else's address with the id of a mail to Noor says nothing of that mail.
    let link = desk.contact_link().await;
    send(&desk.rep, &link).await.ok();
    desk.link_in(&link, "sent").await;
    let mail = mail::Entity::find()
        .one(desk.server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    let told = json!({ "address": "other@northwind.example", "kind": "hard",
        "message_id": message_id(mail.id, "vendor.example") });
    report(&desk.server, SECRET, &told).await.ok();
    desk.link_in(&link, "sent").await;
}

#[actix_web::test]
async fn a_bounce_noted_by_hand_counts_and_is_in_the_audit_log() {
    let desk = desk().await;
    let path = format!("{}/bounces", desk.contact_path());
    let body = json!({ "kind": "hard", "reason": "She has left, says the desk" });
    let marketer = desk.server.person(Role::Marketer).await;
    assert_eq!(marketer.post(&path, &body).await.code(), "forbidden");
    let contact = desk.rep.post(&path, &body).await.ok();
    assert_eq!(contact["bounces"][0]["recorded_by"]["name"], "Sam");
    let link = desk.contact_link().await;
    assert_eq!(send(&desk.rep, &link).await.code(), "address_bounced");
    let deal = desk
        .rep
        .get(&format!("/api/v1/pitches/{}/briefing", desk.pitch))
        .await
        .ok();
    assert_eq!(deal["people"][0]["obstacles"][0]["kind"], "bounced");
    let admin = desk.server.person(Role::Admin).await;
    let entries = admin.get("/api/v1/audit?subject_kind=contact").await.ok();
    assert_eq!(entries["items"][0]["action"], "bounce_recorded");
    assert_eq!(desk.rep.get("/api/v1/audit").await.code(), "forbidden");
}
