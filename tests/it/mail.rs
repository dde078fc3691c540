//! The outbox: sent once, tried again, held without a server, refused for good; seen by administrators alone.

use lastmile::config::Secret;
use lastmile::entities::{Role, mail};
use lastmile::ids::{LinkId, MailId};
use lastmile::mail::{Button, LINK_TOKEN, Letter, NewMail, Recipient, queue};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use crate::support::{Person, PostOffice, TestServer};

impl TestServer {
    async fn queue(&self, to: &str, key: &str) -> MailId {
        let now = self.app.clock.now();
        let tx = self.app.db.begin().await.unwrap();
        let new = NewMail {
            to: Recipient::parse(Some("Noor Haddad"), to).unwrap(),
            from_name: Some("Sam Rivera"),
            reply_to: Some(Recipient::parse(None, "sam@vendor.example").unwrap()),
            subject: "Two pages changed",
            letter: Letter {
                paragraphs: vec!["Page 3 has new prices.".to_owned()],
                button: Some(Button {
                    label: "See the page".to_owned(),
                    url: format!("https://sales.example/p/{LINK_TOKEN}#p3"),
                }),
                ..Letter::default()
            },
            link: Some(LinkId::new(now)),
            purpose: "test",
            about: None,
            dedupe_key: key,
        };
        let id = queue(&tx, now, new).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    async fn mail(&self, id: MailId) -> mail::Model {
        mail::Entity::find_by_id(id)
            .one(self.app.db.read())
            .await
            .unwrap()
            .unwrap()
    }
}

/// The mail in the outbox, once it is in this state.
async fn in_state(admin: &Person, id: MailId, state: &str) -> Value {
    for _ in 0..200 {
        let body = admin
            .get(&format!("/api/v1/mails?state={state}"))
            .await
            .ok();
        let found = body["items"]
            .as_array()
            .unwrap()
            .iter()
            .find(|mail| mail["id"] == json!(id))
            .cloned();
        if let Some(found) = found {
            return found;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the mail never became {state}");
}

async fn server_with(office: &PostOffice) -> TestServer {
    let url = office.url();
    TestServer::start_with(|config| {
        config.smtp_url = Some(Secret::new(url));
        config.mail_from = Some("Lastmile <sales@vendor.example>".to_owned());
    })
    .await
}

#[actix_web::test]
async fn a_mail_is_sent_once_however_often_it_is_asked_for() {
    let office = PostOffice::open(0).await;
    let server = server_with(&office).await;
    let admin = server.person(Role::Admin).await;
    let first = server.queue("noor@northwind.example", "k").await;
    let second = server.queue("noor@northwind.example", "k").await;
    assert_eq!(first, second);
    in_state(&admin, first, "sent").await;
    let other = server.queue("noor@northwind.example", "another").await;
    in_state(&admin, other, "sent").await;
    let delivered = office.delivered(2).await;
    assert_eq!(delivered.len(), 2);
    assert_eq!(delivered[0].recipients, ["<noor@northwind.example>"]);
    let source = &delivered[0].source;
    assert!(
        source.contains("From: \"Sam Rivera\" <sales@vendor.example>"),
        "{source}"
    );
    assert!(source.contains("Reply-To: sam@vendor.example"), "{source}");
    assert!(!source.contains(LINK_TOKEN), "{source}");
}

#[actix_web::test]
async fn a_busy_mail_server_is_asked_again() {
    let office = PostOffice::open(1).await;
    let server = server_with(&office).await;
    let admin = server.person(Role::Admin).await;
    let id = server.queue("noor@northwind.example", "k").await;
    in_state(&admin, id, "sent").await;
    assert_eq!(office.delivered(1).await.len(), 1);
}

#[actix_web::test]
async fn an_address_that_is_refused_for_good_is_given_up_with_the_reason() {
    let office = PostOffice::open(0).await;
    let server = server_with(&office).await;
    let admin = server.person(Role::Admin).await;
    let id = server.queue("noor@gone.example", "k").await;
    let mail = in_state(&admin, id, "failed").await;
    assert!(
        mail["failure"]
            .as_str()
            .unwrap()
            .contains("no such mailbox"),
        "{mail}"
    );
    let again = admin
        .post(&format!("/api/v1/mails/{id}/send"), &json!({}))
        .await;
    assert_eq!(again.status, 202);
    in_state(&admin, id, "failed").await;
}

#[actix_web::test]
async fn without_a_mail_server_mails_are_held_and_shown_to_administrators() {
    let server = TestServer::start().await;
    let admin = server.person(Role::Admin).await;
    let id = server.queue("noor@northwind.example", "k").await;
    let mail = in_state(&admin, id, "held").await;
    let stored = server.mail(id).await;
    // The database alone opens no link; who may see every link sees the mail as it would have gone out.
    assert!(stored.text.contains(LINK_TOKEN) && stored.html.contains(LINK_TOKEN));
    let token = server.app.keys.link_token(stored.link_id.unwrap());
    assert!(mail["text"].as_str().unwrap().contains(&token), "{mail}");
    let page = admin.get("/api/v1/mails").await.ok();
    assert_eq!(page["configured"], json!(false));
    let again = admin
        .post(&format!("/api/v1/mails/{id}/send"), &json!({}))
        .await;
    assert_eq!(again.code(), "conflict");
    let rep = server.person(Role::Rep).await;
    assert_eq!(rep.get("/api/v1/mails").await.code(), "forbidden");
}
