//! Composing beyond the items: next steps, history, templates, customer stories, the look of a team.

mod brands;
mod history;
mod message;
mod steps;
mod stories;
mod templates;

use lastmile::entities::Role;
use serde_json::{Value, json};

use crate::support::{Content, Deal, Person, TestServer};

/// A rep with a deal and a pitch of one deck for it.
pub(crate) struct Desk {
    pub(crate) server: TestServer,
    pub(crate) rep: Person,
    pub(crate) deal: Deal,
    pub(crate) pitch: Value,
}

impl Desk {
    pub(crate) async fn new(more: Value) -> Self {
        let server = TestServer::start().await;
        let rep = server
            .person_named(Role::Rep, "Ann-Lee", Some("North"))
            .await;
        let deal = server.deal(rep.id).await;
        let deck = server.content(Content::default()).await;
        let mut new = json!({ "opportunity_id": deal.opportunity, "title": "For Noor", "items": [{ "asset_id": deck }] });
        new.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let pitch = rep.post("/api/v1/pitches", &new).await.ok();
        Self {
            server,
            rep,
            deal,
            pitch,
        }
    }

    pub(crate) fn path(&self) -> String {
        format!("/api/v1/pitches/{}", self.pitch["id"].as_str().unwrap())
    }

    /// The whole edit that the pitch is now, to be changed and sent.
    pub(crate) async fn edit(&self) -> (i64, Value) {
        let pitch = self.rep.get(&self.path()).await.ok();
        let items: Vec<Value> = pitch["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| json!({ "asset_id": item["asset_id"], "page_number": item["page_number"], "note": item["note"], "section": item["section"] }))
            .collect();
        (
            pitch["revision"].as_i64().unwrap(),
            json!({ "title": pitch["title"], "message": pitch["message"], "items": items }),
        )
    }

    /// The path of the prospect's page.
    pub(crate) async fn send(&self) -> String {
        let links = self
            .rep
            .post(
                &format!("{}/links", self.path()),
                &json!({ "recipients": [{ "contact_id": self.deal.contact }] }),
            )
            .await
            .ok();
        let url = links["items"][0]["url"].as_str().unwrap().to_owned();
        url.replace(&self.server.app.config.public_url(), &self.server.base)
    }
}
