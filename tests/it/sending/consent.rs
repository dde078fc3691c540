//! Who must not be contacted: refused by the server, overridden by a manager with a reason, kept through imports.

use lastmile::entities::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Desk, filled, id, send};

const DAY: &str = "2999-01-15";

async fn restrict(desk: &Desk, body: Value) -> Value {
    let path = format!("{}/restrictions", desk.contact_path());
    desk.rep.post(&path, &body).await.ok()
}

async fn audit(desk: &Desk, action: &str) -> Vec<Value> {
    let admin = desk.server.person(Role::Admin).await;
    let page = admin
        .get(&format!("/api/v1/audit?action={action}"))
        .await
        .ok();
    page["items"].as_array().unwrap().clone()
}

#[actix_web::test]
async fn do_not_contact_before_stops_the_mail_and_only_a_manager_overrides_it() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    let kind = "do_not_contact_before";
    let path = format!("{}/restrictions", desk.contact_path());
    for (wrong, field) in [
        (json!({ "kind": kind, "reason": "Later" }), "until"),
        (
            json!({ "kind": kind, "reason": "Later", "until": "2020-01-01" }),
            "until",
        ),
        (
            json!({ "kind": kind, "reason": " ", "until": DAY }),
            "reason",
        ),
    ] {
        let reply = desk.rep.post(&path, &wrong).await;
        assert_eq!(reply.body["errors"][0]["field"], field, "{}", reply.body);
    }
    let contact = restrict(
        &desk,
        json!({ "kind": kind, "reason": "Budget round", "until": DAY }),
    )
    .await;
    assert_eq!(contact["restrictions"][0]["set_by"]["name"], "Sam");
    assert_eq!(contact["restrictions"][0]["in_force"], true);

    let refused = send(&desk.rep, &link).await;
    assert_eq!(
        (refused.status, refused.code()),
        (StatusCode::CONFLICT, "contact_refused")
    );
    let detail = refused.body["detail"].as_str().unwrap();
    assert_eq!(
        detail,
        "Do not contact before 15 January 2999: Budget round"
    );
    assert_eq!(
        send(&desk.manager, &link).await.code(),
        "contact_refused",
        "a role is no reason"
    );

    // It shows wherever a contact is chosen.
    let list = desk.rep.get("/api/v1/contacts").await.ok();
    assert_eq!(list["items"][0]["obstacles"][0]["kind"], kind);

    let grant = format!("/api/v1/links/{}/override", id(&link));
    let reason = json!({ "reason": "She asked for it on the phone" });
    assert_eq!(desk.rep.post(&grant, &reason).await.code(), "forbidden");
    let foreign = desk
        .server
        .person_named(Role::Manager, "Far", Some("South"))
        .await;
    assert_eq!(foreign.post(&grant, &reason).await.code(), "not_found");
    assert_eq!(
        desk.manager
            .post(&grant, &json!({ "reason": "" }))
            .await
            .code(),
        "invalid"
    );
    assert_eq!(desk.manager.post(&grant, &reason).await.status, 201);
    assert_eq!(send(&desk.rep, &link).await.status, 202);
    let again = desk.manager.post(&grant, &reason).await;
    assert_eq!(
        again.code(),
        "conflict",
        "nothing stands against it any more"
    );

    let entries = audit(&desk, "send_override_granted").await;
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["user"]["name"], "Mia");
    assert_eq!(
        entries[0]["detail"]["reason"],
        "She asked for it on the phone"
    );
    assert_eq!(entries[0]["detail"]["against"][0], detail);
    assert_eq!(audit(&desk, "contact_restricted").await.len(), 1);

    // The word stands for this link only, and not against what comes later.
    let other = desk.contact_link().await;
    assert_eq!(send(&desk.rep, &other).await.code(), "contact_refused");
    restrict(&desk, json!({ "kind": "opt_out", "reason": "Told us so" })).await;
    let path = format!("/api/v1/links/{}/send", id(&link));
    let later = desk.rep.post(&path, &json!({ "after": 1 })).await;
    assert_eq!(later.code(), "contact_refused");
}

#[actix_web::test]
async fn a_restriction_ends_by_its_day_or_by_a_managers_word() {
    let clock = lastmile::clock::Clock::manual("2026-11-25T09:00:00Z".parse().unwrap());
    let server = crate::support::TestServer::start_at(clock.clone(), |_| {}).await;
    let rep = server.person(Role::Rep).await;
    let manager = server.person(Role::Manager).await;
    let deal = server.deal(rep.id).await;
    let path = format!("/api/v1/contacts/{}", deal.contact);
    let until = json!({ "kind": "opt_out", "channel": "email", "reason": "On leave", "until": "2026-11-26" });
    let first = rep.post(&format!("{path}/restrictions"), &until).await.ok();
    assert_eq!(first["obstacles"].as_array().unwrap().len(), 1);
    let forever = json!({ "kind": "opt_out", "reason": "Said so" });
    let second = rep
        .post(&format!("{path}/restrictions"), &forever)
        .await
        .ok();
    assert_eq!(second["obstacles"].as_array().unwrap().len(), 2);
    let said_so = second["restrictions"].as_array().unwrap();
    let said_so = said_so.iter().find(|one| one["reason"] == "Said so");
    let lift = format!("/api/v1/restrictions/{}/lift", id(said_so.unwrap()));
    let why = json!({ "reason": "She wrote again" });
    assert_eq!(rep.post(&lift, &why).await.code(), "forbidden");
    let listed = manager.get("/api/v1/restrictions").await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let lifted = manager.post(&lift, &why).await.ok();
    assert_eq!(
        (&lifted["in_force"], &lifted["lift_reason"]),
        (&json!(false), &json!("She wrote again"))
    );
    assert_eq!(manager.post(&lift, &why).await.code(), "conflict");
    let left = rep.get(&path).await.ok();
    assert_eq!(left["obstacles"].as_array().unwrap().len(), 1);
    // Sessions end sooner than days do.
    clock.set("2026-11-25T23:59:59Z".parse().unwrap());
    let late = server.person(Role::Rep).await;
    let held = late.get(&path).await.ok();
    assert_eq!(held["obstacles"].as_array().unwrap().len(), 1);
    clock.set("2026-11-26T00:00:00Z".parse().unwrap());
    let fresh = server.person(Role::Rep).await;
    let over = fresh.get(&path).await.ok();
    assert_eq!(over["obstacles"], json!([]));
    assert_eq!(
        over["restrictions"].as_array().unwrap().len(),
        2,
        "the history stays"
    );
}

#[actix_web::test]
async fn looking_at_the_way_out_changes_nothing_and_one_request_opts_out() {
    let desk = Desk::open().await;
    let link = desk.contact_link().await;
    send(&desk.rep, &link).await.ok();
    let path = desk.opt_out_path(1).await;
    let client = reqwest::Client::new();
    let url = format!("{}{path}", desk.server.base);
    for _ in 0..3 {
        let page = client.get(&url).send().await.unwrap();
        assert_eq!(page.status(), 200);
        let text = page.text().await.unwrap();
        assert!(
            text.contains("noor@northwind.example") && text.contains("method=\"post\""),
            "{text}"
        );
    }
    client.head(&url).send().await.unwrap();
    let contact = desk.rep.get(&desk.contact_path()).await.ok();
    assert_eq!(contact["obstacles"], json!([]), "a scanner opts nobody out");

    // As mail programs do it: no cookie, no page before, this one field.
    let one_click = filled(client.post(&url), &[("List-Unsubscribe", "One-Click")])
        .send()
        .await
        .unwrap();
    assert_eq!(one_click.status(), 200);
    let again = client.post(&url).send().await.unwrap();
    assert_eq!(again.status(), 200);
    let contact = desk.rep.get(&desk.contact_path()).await.ok();
    let restrictions = contact["restrictions"].as_array().unwrap();
    assert_eq!(restrictions.len(), 1, "once, however often they say so");
    assert_eq!(restrictions[0]["channel"], "email");
    assert_eq!(restrictions[0]["set_by"], Value::Null);
    let entries = audit(&desk, "opted_out").await;
    assert_eq!(
        (entries.len(), &entries[0]["actor"]),
        (1, &json!("recipient"))
    );
    let told = desk.rep.get("/api/v1/notifications").await.ok();
    assert_eq!(told["items"][0]["kind"], "opted_out");

    let next = desk.contact_link().await;
    assert_eq!(send(&desk.rep, &next).await.code(), "contact_refused");

    // Whoever lifts it hears them again.
    let lift = format!("/api/v1/restrictions/{}/lift", id(&restrictions[0]));
    desk.manager
        .post(&lift, &json!({ "reason": "A mistake" }))
        .await
        .ok();
    assert_eq!(send(&desk.rep, &next).await.status, 202);
    client.post(&url).send().await.unwrap();
    let contact = desk.rep.get(&desk.contact_path()).await.ok();
    assert_eq!(contact["obstacles"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn an_address_that_is_no_contact_can_opt_out_and_stays_out_when_it_becomes_one() {
    let desk = Desk::open().await;
    let stranger = json!({ "name": "Olga", "email": "olga@northwind.example" });
    let link = desk.link(stranger.clone()).await;
    send(&desk.rep, &link).await.ok();
    let path = desk.opt_out_path(1).await;
    let client = reqwest::Client::new();
    client
        .post(format!("{}{path}", desk.server.base))
        .send()
        .await
        .unwrap();
    let again = desk.link(stranger).await;
    assert_eq!(send(&desk.rep, &again).await.code(), "contact_refused");
    let account = desk.rep.get("/api/v1/accounts").await.ok()["items"][0]["id"].clone();
    let new = json!({ "account_id": account, "name": "Olga", "email": "Olga@Northwind.example" });
    let contact = desk.rep.post("/api/v1/contacts", &new).await.ok();
    assert_eq!(contact["obstacles"][0]["kind"], "opt_out");

    let forged = format!("{}{}x", desk.server.base, &path[..path.len() - 1]);
    assert_eq!(client.get(&forged).send().await.unwrap().status(), 404);
    assert_eq!(client.post(&forged).send().await.unwrap().status(), 404);
}

#[actix_web::test]
async fn an_import_lifts_nothing() {
    let desk = Desk::open().await;
    let admin = desk.server.person(Role::Admin).await;
    let import = async |kind: &str, csv: &str| {
        let path = "/api/v1/imports";
        let form = reqwest::multipart::Form::new()
            .text("kind", kind.to_owned())
            .part(
                "file",
                reqwest::multipart::Part::bytes(csv.to_owned().into_bytes())
                    .file_name("export.csv"),
            );
        let reply = admin
            .request(reqwest::Method::POST, path)
            .multipart(form)
            .send()
            .await
            .unwrap();
        assert!(
            reply.status().is_success(),
            "{}",
            reply.text().await.unwrap()
        );
    };
    let contacts = "external_id,account_external_id,first_name,last_name,email,bounced\n\
        C-1,A-1,Ada,Berg,ada@berg.example,false\n";
    import("accounts", "external_id,name\nA-1,Berg\n").await;
    import("contacts", contacts).await;
    let ada = desk.rep.get("/api/v1/contacts?q=ada").await.ok()["items"][0].clone();
    let path = format!("/api/v1/contacts/{}", id(&ada));
    let body = json!({ "kind": "opt_out", "reason": "By letter" });
    desk.rep
        .post(&format!("{path}/restrictions"), &body)
        .await
        .ok();
    let bounce = json!({ "kind": "hard", "reason": "No such mailbox" });
    desk.rep
        .post(&format!("{path}/bounces"), &bounce)
        .await
        .ok();
    import("contacts", contacts).await;
    let kept = desk.rep.get(&path).await.ok();
    assert_eq!(kept["bounced"], true);
    assert_eq!(kept["obstacles"].as_array().unwrap().len(), 2);
    // Even under another id over there, the address is known.
    let moved = contacts.replace("C-1", "C-2");
    import("contacts", &moved).await;
    let list = desk.rep.get("/api/v1/contacts?q=ada").await.ok();
    for contact in list["items"].as_array().unwrap() {
        assert_eq!(
            contact["obstacles"].as_array().unwrap().len(),
            2,
            "{contact}"
        );
    }
}
