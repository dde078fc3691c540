//! Sending: mails with links, whom they may go to, what comes back, how far a pitch spreads.

mod bounces;
mod briefing;
mod consent;
mod last_look;
mod previews;
mod send;
mod spread;

use std::time::Duration;

use lastmile::config::{Config, Secret};
use lastmile::entities::Role;
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, PostOffice, TestServer};

/// A pitch for one deal, its rep, and everybody else whom it takes.
pub(crate) struct Desk {
    pub(crate) server: TestServer,
    pub(crate) office: PostOffice,
    pub(crate) rep: Person,
    pub(crate) manager: Person,
    pub(crate) deal: Deal,
    pub(crate) pitch: String,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    pub(crate) async fn open_with(configure: impl FnOnce(&mut Config)) -> Self {
        let office = PostOffice::open(0).await;
        let url = office.url();
        let server = TestServer::start_with(|config| {
            config.smtp_url = Some(Secret::new(url));
            config.mail_from = Some("Vendor Sales <sales@vendor.example>".to_owned());
            config.public_url = Some("https://sales.example".parse().unwrap());
            configure(config);
        })
        .await;
        let rep = server.person_named(Role::Rep, "Sam", Some("North")).await;
        let manager = server
            .person_named(Role::Manager, "Mia", Some("North"))
            .await;
        let deal = server.deal(rep.id).await;
        let asset = server.content(Content::default()).await;
        let pitch = rep
            .post(
                "/api/v1/pitches",
                &json!({ "opportunity_id": deal.opportunity, "title": "Cold chain for Northwind",
                    "message": "As promised: three pages.\n\nBest on a large screen.", "items": [{ "asset_id": asset }] }),
            )
            .await
            .ok();
        Self {
            server,
            office,
            rep,
            manager,
            deal,
            pitch: pitch["id"].as_str().unwrap().to_owned(),
        }
    }

    /// A link for this recipient.
    pub(crate) async fn link(&self, recipient: Value) -> Value {
        let path = format!("/api/v1/pitches/{}/links", self.pitch);
        let body = json!({ "recipients": [recipient] });
        self.rep.post(&path, &body).await.ok()["items"][0].clone()
    }

    /// A link for the deal's contact.
    pub(crate) async fn contact_link(&self) -> Value {
        self.link(json!({ "contact_id": self.deal.contact })).await
    }

    pub(crate) fn contact_path(&self) -> String {
        format!("/api/v1/contacts/{}", self.deal.contact)
    }

    /// The link, once its mail is in this state.
    pub(crate) async fn link_in(&self, link: &Value, state: &str) -> Value {
        let path = format!("/api/v1/links/{}", id(link));
        for _ in 0..200 {
            let view = self.rep.get(&path).await.ok();
            if view["mail"]["state"] == state {
                return view;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {state}: {}", self.rep.get(&path).await.body);
    }

    /// Where opting out stands in the newest mail that arrived.
    pub(crate) async fn opt_out_path(&self, mails: usize) -> String {
        let delivered = self.office.delivered(mails).await;
        let source = &delivered.last().unwrap().source;
        let (_, rest) = source
            .split_once("List-Unsubscribe: <https://sales.example")
            .unwrap_or_else(|| panic!("no way out in {source}"));
        rest.split_once('>').unwrap().0.to_owned()
    }
}

pub(crate) fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

/// Sends a link with nothing special said.
pub(crate) async fn send(person: &Person, link: &Value) -> crate::support::Reply {
    person
        .post(&format!("/api/v1/links/{}/send", id(link)), &json!({}))
        .await
}

/// The request with a form filled in.
pub(crate) fn filled(
    request: reqwest::RequestBuilder,
    fields: &[(&str, &str)],
) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    request
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}
