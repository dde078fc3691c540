//! The mail with a link: once, in the rep's name, with a way out, and refused where it must be.

use lastmile::entities::{Role, link_send, mail};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};

use super::{Desk, id, send};
use crate::support::TestServer;

#[actix_web::test]
async fn a_link_is_sent_in_the_reps_name_with_a_button_and_a_way_out() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    assert_eq!(link["mail"], Value::Null);
    let body = json!({ "subject": "The three pages", "message": "Dear Noor,\n\nhere they **are** & stay." });
    let path = format!("/api/v1/links/{}/send", id(&link));
    let reply = desk.rep.post(&path, &body).await;
    assert_eq!(reply.status, 202);
    assert_eq!(reply.ok()["mail"]["count"], 1);
    let sent = desk.link_in(&link, "sent").await;
    assert_eq!(sent["mail"]["subject"], "The three pages");
    let delivered = desk.office.delivered(1).await;
    assert_eq!(delivered[0].recipients, ["<noor@northwind.example>"]);
    let source = &delivered[0].source;
    for part in [
        "From: Sam <sales@vendor.example>",
        "Reply-To: Sam <sam@example.com>",
        "Subject: The three pages",
        "multipart/alternative",
        "List-Unsubscribe: <https://sales.example/opt-out/",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(source.contains(part), "{part} is missing in {source}");
    }
    let row = mail::Entity::find()
        .one(desk.server.app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert!(
        row.html
            .contains("here they <strong>are</strong> &amp; stay.")
    );
    assert!(row.html.contains("/cover.jpg\" alt=\"First page of"));
    assert!(row.text.contains(
        "Open \u{201c}Cold chain for Northwind\u{201d}:\nhttps://sales.example/p/LINK-TOKEN"
    ));
    assert!(
        row.text
            .contains("No more mail like this: https://sales.example/opt-out/OPT-OUT-TOKEN")
    );
    assert_eq!(row.purpose, "pitch");
}

#[actix_web::test]
async fn a_second_click_sends_no_second_mail_and_a_wish_to_send_again_does() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let (first, second) = futures::join!(send(&desk.rep, &link), send(&desk.rep, &link));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 202]);
    desk.link_in(&link, "sent").await;
    assert_eq!(send(&desk.rep, &link).await.status, 200);
    assert_eq!(desk.office.delivered(1).await.len(), 1);
    let path = format!("/api/v1/links/{}/send", id(&link));
    let again = desk.rep.post(&path, &json!({ "after": 1 })).await;
    assert_eq!(again.status, 202);
    assert_eq!(again.ok()["mail"]["count"], 2);
    assert_eq!(desk.office.delivered(2).await.len(), 2);
    let sends = link_send::Entity::find()
        .count(desk.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(sends, 2);
}

#[actix_web::test]
async fn only_whoever_may_change_the_pitch_sends_it() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let mate = desk
        .server
        .person_named(Role::Rep, "Mate", Some("North"))
        .await;
    assert_eq!(send(&mate, &link).await.code(), "forbidden");
    let stranger = desk.server.person(Role::Rep).await;
    assert_eq!(send(&stranger, &link).await.code(), "not_found");
    let marketer = desk.server.person(Role::Marketer).await;
    assert_eq!(send(&marketer, &link).await.code(), "forbidden");
    assert_eq!(send(&desk.manager, &link).await.status, 202);
    let source = &desk.office.delivered(1).await[0].source;
    assert!(
        source.contains("From: Sam <sales@vendor.example>"),
        "{source}"
    );
}

#[actix_web::test]
async fn what_cannot_arrive_is_refused_before_it_is_written() {
    let desk = Desk::open().await;
    let nobody = desk.link(json!({ "name": "Somebody" })).await;
    assert_eq!(send(&desk.rep, &nobody).await.code(), "conflict");
    let revoked = desk.contact_link().await;
    let path = format!("/api/v1/links/{}/revoke", id(&revoked));
    desk.rep.post(&path, &json!({})).await.ok();
    assert_eq!(send(&desk.rep, &revoked).await.code(), "gone");
    let link = desk.contact_link().await;
    let long = json!({ "subject": "s".repeat(201) });
    let reply = desk
        .rep
        .post(&format!("/api/v1/links/{}/send", id(&link)), &long)
        .await;
    assert_eq!(reply.code(), "invalid");
    assert_eq!(reply.body["errors"][0]["field"], "subject");
    let mails = mail::Entity::find()
        .count(desk.server.app.db.read())
        .await
        .unwrap();
    assert_eq!(mails, 0);
}

#[actix_web::test]
async fn an_address_that_the_server_refuses_is_said_on_the_link() {
    let desk = Desk::open().await;
    let link = desk
        .link(json!({ "name": "Gone", "email": "gone@gone.example" }))
        .await;
    send(&desk.rep, &link).await.ok();
    let failed = desk.link_in(&link, "failed").await;
    let detail = failed["mail"]["detail"].as_str().unwrap();
    assert!(detail.contains("no such mailbox"), "{detail}");
}

#[actix_web::test]
async fn without_a_mail_server_the_mail_is_held_and_the_rep_is_told() {
    let server = TestServer::start().await;
    let rep = server.person(Role::Rep).await;
    let deal = server.deal(rep.id).await;
    let asset = server.content(crate::support::Content::default()).await;
    let pitch = rep
        .post(
            "/api/v1/pitches",
            &json!({ "opportunity_id": deal.opportunity, "items": [{ "asset_id": asset }] }),
        )
        .await
        .ok();
    let body = json!({ "recipients": [{ "contact_id": deal.contact }] });
    let links = format!("/api/v1/pitches/{}/links", id(&pitch));
    let link = rep.post(&links, &body).await.ok()["items"][0].clone();
    let briefing = rep
        .get(&format!("/api/v1/pitches/{}/briefing", id(&pitch)))
        .await
        .ok();
    assert_eq!(briefing["mail_configured"], false);
    assert!(briefing["message"].as_str().unwrap().contains("Northwind"));
    send(&rep, &link).await.ok();
    for _ in 0..200 {
        let view = rep.get(&format!("/api/v1/links/{}", id(&link))).await.ok();
        if view["mail"]["state"] == "held" {
            let detail = view["mail"]["detail"].as_str().unwrap();
            assert!(detail.contains("No mail server is configured"), "{detail}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the mail was never held");
}
