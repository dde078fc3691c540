//! What is kept of those who pass the gates: told to whoever has proved their address, erased, and as little as may be of
//! those who do not want to be known.

use lastmile::entities::{link_code, mail, terms_acceptance, visit};
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{House, PASSCODE, Visitor, with_form};

const NOOR: &str = "noor@northwind.example";
const OLA: &str = "ola@northwind.example";

async fn copy(visitor: &mut Visitor<'_>) -> Value {
    let seen = visitor.get("/privacy/copy").await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    serde_json::from_str(&seen.text).unwrap()
}

async fn ask(visitor: &mut Visitor<'_>, text: &str, email: &str) {
    let form = [("text", text), ("email", email)];
    let request = with_form(visitor.request(Method::POST, "/questions"), &form);
    assert_eq!(visitor.send(request).await.status, StatusCode::SEE_OTHER);
}

fn texts(copy: &Value) -> Vec<&str> {
    let all = copy["questions"].as_array().unwrap();
    all.iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect()
}

/// Waits until a visit of this address is on disk.
async fn seen(house: &House, email: &str) {
    for _ in 0..200 {
        let visits = visit::Entity::find().all(house.server.app.db.read());
        let visits = visits.await.unwrap();
        if visits
            .iter()
            .any(|one| one.verified_email.as_deref() == Some(email))
        {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("no visit of {email}");
}

async fn acceptances(house: &House) -> Vec<terms_acceptance::Model> {
    let db = house.server.app.db.read();
    terms_acceptance::Entity::find().all(db).await.unwrap()
}

#[actix_web::test]
async fn a_proved_address_gets_what_is_its_own_and_only_the_recipients_whom_the_link_is_for() {
    let house = House::new().await;
    let mut noor = house.visitor(json!({ "email_required": true })).await;
    let mut ola = noor.clone();
    noor.confirm(NOOR).await;
    ola.confirm(OLA).await;
    ask(&mut noor, "What does it cost?", "").await;
    ask(&mut ola, "Who repairs it?", "").await;
    let told = copy(&mut noor).await;
    assert_eq!(
        (&told["recipient_email"], &told["recipient_name"]),
        (&json!(NOOR), &json!("Noor Haddad"))
    );
    assert_eq!(texts(&told), ["What does it cost?"]);
    assert_eq!(told["confirmed_address"], NOOR);
    // What she read with another browser is hers as well.
    noor.get("").await;
    seen(&house, NOOR).await;
    let mut phone = Visitor {
        cookie: None,
        ..noor.clone()
    };
    phone.confirm(NOOR).await;
    assert_eq!(
        copy(&mut phone).await["visits"].as_array().unwrap().len(),
        1
    );
    assert_eq!(told["codes_sent"].as_array().unwrap().len(), 1);
    let told = copy(&mut ola).await;
    assert_eq!(told["visits"], json!([]));
    assert_eq!(told["recipient_email"], Value::Null);
    assert_eq!(texts(&told), ["Who repairs it?"]);
    assert!(!told.to_string().contains("noor"), "{told}");
}

#[actix_web::test]
async fn erasure_takes_codes_and_pass_and_leaves_of_an_acceptance_what_is_evidence() {
    let house = House::new().await;
    let terms = house.terms("Keep it to yourself.").await;
    let settings = json!({ "email_required": true, "terms_id": terms["id"] });
    let mut noor = house.visitor(settings).await;
    let mut ola = noor.clone();
    for (visitor, address) in [(&mut noor, NOOR), (&mut ola, OLA)] {
        visitor.confirm(address).await;
        visitor.accept("1").await;
    }
    let told = copy(&mut noor).await;
    let accepted = &told["accepted_terms"];
    assert_eq!(accepted.as_array().unwrap().len(), 1, "{told}");
    assert_eq!(
        (
            &accepted[0]["title"],
            &accepted[0]["version"],
            &accepted[0]["network"]
        ),
        (
            &json!("Confidentiality"),
            &json!(1),
            &json!("203.0.113.0/24")
        )
    );
    let request = noor
        .request(Method::POST, "/privacy/erase")
        .json(&json!({}));
    let erased = noor.send(request).await;
    assert!(erased.text.contains("\"acceptances\":1"), "{}", erased.text);
    assert!(
        erased
            .headers
            .get_all("set-cookie")
            .iter()
            .any(|cookie| cookie.to_str().unwrap().starts_with("lastmile_pass=;"))
    );
    assert_eq!(
        noor.get("/privacy/copy").await.status,
        StatusCode::FORBIDDEN
    );
    let kept = acceptances(&house).await;
    let of = |address: &str| {
        let found = kept
            .iter()
            .find(|one| one.email.as_deref() == Some(address));
        found.unwrap()
    };
    assert_eq!(
        (of(NOOR).user_agent.as_str(), of(NOOR).network.as_str()),
        ("", "")
    );
    assert_eq!(of(NOOR).version, 1);
    assert_eq!(of(OLA).network, "203.0.113.0/24", "another's stays");
    let db = house.server.app.db.read();
    let codes = link_code::Entity::find().all(db).await.unwrap();
    assert!(codes.iter().all(|code| code.email == OLA) && codes.len() == 1);
    let mails = mail::Entity::find().all(db).await.unwrap();
    assert!(
        mails
            .iter()
            .all(|mail| mail.to_address != NOOR || mail.state.as_str() == "queued")
    );
    // Whoever comes again with the same address finds nothing of before.
    noor.confirm(NOOR).await;
    noor.accept("1").await;
    assert!(noor.is_in().await);
}

#[actix_web::test]
async fn a_browser_has_its_own_acceptance_also_where_no_address_is_asked_for() {
    let house = House::new().await;
    let terms = house.terms("Keep it to yourself.").await;
    let settings = json!({ "passcode": PASSCODE, "terms_id": terms["id"] });
    let mut noor = house.visitor(settings).await;
    let mut ola = noor.clone();
    for visitor in [&mut noor, &mut ola] {
        visitor.passcode().await;
        visitor.accept("1").await;
    }
    for visitor in [&mut noor, &mut ola] {
        let told = copy(visitor).await;
        assert_eq!(
            told["accepted_terms"].as_array().unwrap().len(),
            1,
            "{told}"
        );
    }
}

#[actix_web::test]
async fn of_those_who_are_not_to_be_known_an_acceptance_keeps_no_browser_and_no_network() {
    let house = House::new().await;
    let terms = house.terms("Keep it to yourself.").await;
    let settings =
        json!({ "email_required": true, "terms_id": terms["id"], "nameless_allowed": true });
    let accept = [("step", "terms"), ("accept", "yes"), ("version", "1")];
    let mut private = house.visitor(settings.clone()).await;
    private.confirm(NOOR).await;
    let request = with_form(private.request(Method::POST, "/gate"), &accept);
    private.send(request.header("sec-gpc", "1")).await;
    assert!(private.is_in().await);
    let mut nameless = house.visitor(settings).await;
    nameless.confirm(NOOR).await;
    let mark = lastmile::engagement::nameless_mark(&house.server.app.keys, nameless.link);
    let pass = nameless.cookie.clone().unwrap();
    nameless.cookie = Some(format!("{pass}; lastmile_nameless={mark}"));
    nameless.accept("1").await;
    let kept = acceptances(&house).await;
    assert_eq!(kept.len(), 2);
    for one in kept {
        assert_eq!((one.user_agent.as_str(), one.network.as_str()), ("", ""));
        assert_eq!((one.email.as_deref(), one.version), (Some(NOOR), 1));
    }
}
