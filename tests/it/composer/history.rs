//! The history of a pitch: kept, told in words, brought back.

use lastmile::entities::{AssetState, Role};
use reqwest::Method;
use serde_json::json;

use super::Desk;
use crate::support::Content;

#[actix_web::test]
async fn every_save_is_kept_and_an_old_one_comes_back_as_a_new_one() {
    let desk = Desk::new(json!({})).await;
    let (revision, mut edit) = desk.edit().await;
    edit["title"] = json!("Another title");
    edit["message"] = json!("Hello");
    edit["items"] = json!([]);
    edit["steps"] = json!([{ "side": "ours", "what": "Call" }]);
    desk.rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();

    let list = desk
        .rep
        .get(&format!("{}/revisions", desk.path()))
        .await
        .ok();
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        items[0]["changes"],
        json!(["title", "message", "1 item removed", "next steps"])
    );
    assert_eq!(items[1]["changes"], json!(["Made"]));
    assert_eq!(items[0]["saved_by"]["name"], "Ann-Lee");

    let old = desk
        .rep
        .get(&format!("{}/revisions/1", desk.path()))
        .await
        .ok();
    assert_eq!(
        (&old["title"], &old["items"][0]["title"]),
        (&json!("For Noor"), &json!("Overview"))
    );

    let restore = format!("{}/revisions/1/restore", desk.path());
    let stale = desk.rep.edit(Method::POST, &restore, 1, &json!({})).await;
    assert_eq!(stale.code(), "stale");
    let back = desk
        .rep
        .edit(Method::POST, &restore, 2, &json!({}))
        .await
        .ok();
    assert_eq!(back["pitch"]["title"], "For Noor");
    assert_eq!(back["pitch"]["revision"], 3);
    assert_eq!(back["pitch"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(back["pitch"]["steps"], json!([]));
    let list = desk
        .rep
        .get(&format!("{}/revisions", desk.path()))
        .await
        .ok();
    assert_eq!(list["items"][0]["restored_from"], 1);
}

#[actix_web::test]
async fn the_saves_of_one_tab_are_one_entry_and_those_of_another_are_the_next() {
    let desk = Desk::new(json!({})).await;
    for (tab, title) in [("one", "A"), ("one", "B"), ("two", "C"), ("one", "D")] {
        let (revision, mut edit) = desk.edit().await;
        edit["title"] = json!(title);
        edit["editing"] = json!(tab);
        desk.rep
            .edit(Method::PUT, &desk.path(), revision, &edit)
            .await
            .ok();
    }
    let list = desk
        .rep
        .get(&format!("{}/revisions", desk.path()))
        .await
        .ok();
    let titles: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].clone())
        .collect();
    assert_eq!(titles, ["D", "C", "B", "For Noor"]);
}

#[actix_web::test]
async fn what_must_not_be_sent_any_more_is_left_out_and_told() {
    let desk = Desk::new(json!({})).await;
    let gone = desk
        .server
        .content(Content {
            title: "Price list",
            ..Content::default()
        })
        .await;
    let (revision, mut edit) = desk.edit().await;
    edit["items"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "asset_id": gone }));
    desk.rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    let (revision, mut edit) = desk.edit().await;
    edit["items"] = json!([]);
    desk.rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    desk.server
        .change_asset(gone, |asset| asset.state = AssetState::Archived)
        .await;
    let restore = format!("{}/revisions/2/restore", desk.path());
    let back = desk
        .rep
        .edit(Method::POST, &restore, 3, &json!({}))
        .await
        .ok();
    assert_eq!(back["pitch"]["items"].as_array().unwrap().len(), 1);
    assert_eq!(back["left_out"][0]["title"], "Price list");

    let stranger = desk
        .server
        .person_named(Role::Rep, "Else-One", Some("South"))
        .await;
    assert_eq!(
        stranger
            .get(&format!("{}/revisions", desk.path()))
            .await
            .status,
        404
    );
}
