//! Pitch templates: made from a pitch, shared, filled, and honest about what they cannot fill.

use lastmile::entities::{AssetState, Role};
use reqwest::Method;
use serde_json::{Value, json};

use super::Desk;

async fn template(desk: &Desk, more: Value) -> Value {
    let mut new = json!({ "name": "Second talk" });
    new.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    desk.rep.post("/api/v1/pitch-templates", &new).await.ok()
}

fn path(template: &Value) -> String {
    format!(
        "/api/v1/pitch-templates/{}",
        template["id"].as_str().unwrap()
    )
}

#[actix_web::test]
async fn a_pitch_becomes_a_template_and_the_template_a_pitch_for_the_next_deal() {
    let today = lastmile::clock::Clock::system().now().date_naive();
    let due = (today + chrono::Days::new(7)).to_string();
    let desk = Desk::new(json!({
        "title": "Northwind: the next talk",
        "message": "As Ann-Lee promised for Cold chain for two depots.",
        "steps": [{ "side": "theirs", "what": "Northwind sends plans", "due_on": due }],
    }))
    .await;
    let made = template(
        &desk,
        json!({ "from_pitch": desk.pitch["id"], "audience": "team" }),
    )
    .await;
    assert_eq!(made["title"], "{{account.name}}: the next talk");
    assert_eq!(
        made["message"],
        "As {{rep.name}} promised for {{opportunity.name}}."
    );
    assert_eq!(made["steps"][0]["due_in_days"], 7);
    assert_eq!(made["items"][0]["title"], "Overview");
    assert_eq!(made["unknown_placeholders"], json!([]));

    let colleague = desk
        .server
        .person_named(Role::Rep, "Ola", Some("North"))
        .await;
    let deal = desk.server.deal(colleague.id).await;
    let used = colleague
        .post(
            &format!("{}/pitches", path(&made)),
            &json!({ "opportunity_id": deal.opportunity, "contact_id": deal.contact }),
        )
        .await
        .ok();
    assert_eq!(used["pitch"]["title"], "Northwind: the next talk");
    assert_eq!(
        used["pitch"]["message"],
        "As Ola promised for Cold chain for two depots."
    );
    assert_eq!(used["pitch"]["steps"][0]["due_on"], due);
    assert_eq!(used["pitch"]["unfilled"], json!([]));
    assert_eq!(used["left_out"], json!([]));
    let list = colleague.get("/api/v1/pitch-templates").await.ok();
    assert_eq!(list["items"][0]["uses"], 1);
    assert_eq!(list["items"][0]["may_edit"], false);
}

#[actix_web::test]
async fn a_placeholder_that_cannot_be_filled_is_flagged_and_keeps_links_from_being_made() {
    let desk = Desk::new(json!({})).await;
    let content = json!({ "message": "Dear {{contact.first_name}}, {{nonsense}}" });
    let made = template(
        &desk,
        json!({ "title": "For {{ account.name }}", "content": content }),
    )
    .await;
    assert_eq!(made["unknown_placeholders"], json!(["nonsense"]));
    let (revision, _) = desk.edit().await;
    let apply = format!("{}/template", desk.path());
    // The deal has no first contact, so nothing is known to put there.
    let applied = desk
        .rep
        .edit(
            Method::POST,
            &apply,
            revision,
            &json!({ "template_id": made["id"] }),
        )
        .await
        .ok();
    assert_eq!(applied["pitch"]["title"], "For Noor", "what is there stays");
    assert_eq!(
        applied["pitch"]["unfilled"],
        json!([
            { "placeholder": "contact.first_name", "place": "message", "reason": "no_value" },
            { "placeholder": "nonsense", "place": "message", "reason": "unknown" },
        ])
    );
    let links = format!("{}/links", desk.path());
    let refused = desk.rep.post(&links, &json!({ "recipients": [{}] })).await;
    assert_eq!(refused.code(), "conflict");
    assert!(
        refused.body["detail"]
            .as_str()
            .unwrap()
            .contains("{{contact.first_name}}")
    );

    let (revision, mut edit) = desk.edit().await;
    edit["message"] = json!("Dear Noor");
    desk.rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    desk.rep
        .post(&links, &json!({ "recipients": [{}] }))
        .await
        .ok();
}

#[actix_web::test]
async fn a_template_is_seen_and_changed_by_those_it_is_for() {
    let desk = Desk::new(json!({})).await;
    let mine = template(&desk, json!({})).await;
    let team = template(&desk, json!({ "name": "Of the team", "audience": "team" })).await;
    let near = desk
        .server
        .person_named(Role::Rep, "Near", Some("North"))
        .await;
    let far = desk
        .server
        .person_named(Role::Rep, "Far", Some("South"))
        .await;
    let boss = desk
        .server
        .person_named(Role::Manager, "Boss", Some("North"))
        .await;
    let marketer = desk.server.person_named(Role::Marketer, "Mia", None).await;
    for (person, template, status) in [
        (&near, &mine, 404),
        (&near, &team, 200),
        (&far, &team, 404),
        (&boss, &team, 200),
        (&marketer, &team, 404),
    ] {
        assert_eq!(person.get(&path(template)).await.status, status);
    }
    let edit = json!({ "name": "Renamed", "audience": "team", "title": "T", "content": {} });
    assert_eq!(
        near.edit(Method::PUT, &path(&team), 1, &edit).await.status,
        403
    );
    assert_eq!(
        boss.edit(Method::PUT, &path(&team), 1, &edit).await.ok()["name"],
        "Renamed"
    );
    assert_eq!(
        desk.rep
            .edit(Method::PUT, &path(&team), 1, &edit)
            .await
            .code(),
        "stale"
    );
    assert_eq!(near.delete(&path(&team)).await.status, 403);
    assert_eq!(desk.rep.delete(&path(&team)).await.status, 204);

    let none = marketer
        .post(
            "/api/v1/pitch-templates",
            &json!({ "name": "X", "audience": "team" }),
        )
        .await;
    assert_eq!(none.body["errors"][0]["field"], "audience");
    marketer
        .post(
            "/api/v1/pitch-templates",
            &json!({ "name": "X", "audience": "everyone" }),
        )
        .await
        .ok();
    assert_eq!(
        far.get("/api/v1/pitch-templates").await.ok()["items"][0]["name"],
        "X"
    );
}

#[actix_web::test]
async fn what_a_template_must_not_send_any_more_is_left_out_and_told() {
    let desk = Desk::new(json!({})).await;
    let made = template(&desk, json!({ "from_pitch": desk.pitch["id"] })).await;
    let asset = desk.pitch["items"][0]["asset_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    desk.server
        .change_asset(asset, |asset| asset.state = AssetState::Expired)
        .await;
    let used = desk
        .rep
        .post(
            &format!("{}/pitches", path(&made)),
            &json!({ "opportunity_id": desk.deal.opportunity }),
        )
        .await
        .ok();
    assert_eq!(used["pitch"]["items"], json!([]));
    assert_eq!(used["left_out"][0]["title"], "Overview");
    let shown = desk.rep.get(&path(&made)).await.ok();
    assert_eq!(shown["items"][0]["problems"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn a_template_that_asks_for_a_story_keeps_its_place_open_until_somebody_says_otherwise() {
    let desk = Desk::new(json!({})).await;
    assert_eq!(desk.pitch["story_wanted"], false);
    let asks = template(&desk, json!({ "content": { "story": true } })).await;
    let (revision, _) = desk.edit().await;
    let applied = desk
        .rep
        .edit(
            Method::POST,
            &format!("{}/template", desk.path()),
            revision,
            &json!({ "template_id": asks["id"] }),
        )
        .await
        .ok();
    assert_eq!(applied["pitch"]["story_wanted"], true);
    let deal = desk.server.deal(desk.rep.id).await;
    let used = desk
        .rep
        .post(
            &format!("{}/pitches", path(&asks)),
            &json!({ "opportunity_id": deal.opportunity }),
        )
        .await
        .ok();
    assert_eq!(used["pitch"]["story_wanted"], true);

    // An edit that says nothing of it leaves it; what was asked for goes on into the next template.
    let (revision, mut edit) = desk.edit().await;
    let kept = desk
        .rep
        .edit(Method::PUT, &desk.path(), revision, &edit)
        .await
        .ok();
    assert_eq!(kept["story_wanted"], true);
    let next = template(&desk, json!({ "from_pitch": desk.pitch["id"] })).await;
    assert_eq!(next["story"], true);
    edit["story_wanted"] = json!(false);
    let without = desk
        .rep
        .edit(Method::PUT, &desk.path(), revision + 1, &edit)
        .await
        .ok();
    assert_eq!(without["story_wanted"], false);
}
