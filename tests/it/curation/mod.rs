//! Keeping a library in order: vocabularies, the list of all content, edits of many at once, and collections.

mod bulk;
mod collections;
mod list;
mod vocabulary;

use lastmile::ids::AssetId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Content, Person, TestServer};

/// An asset that is converted and ready, described so by `marketer`.
async fn described(
    server: &TestServer,
    marketer: &Person,
    title: &'static str,
    facets: Value,
) -> AssetId {
    let id = server
        .content(Content {
            title,
            ..Content::default()
        })
        .await;
    let path = format!("/api/v1/assets/{id}");
    marketer
        .edit(Method::PATCH, &path, 1, &json!({ "facets": facets }))
        .await
        .ok();
    id
}

/// What the asset says of itself now.
async fn asset(person: &Person, id: AssetId) -> Value {
    person.get(&format!("/api/v1/assets/{id}")).await.ok()
}

/// The titles of a list, in its order.
fn titles(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap())
        .collect()
}
