//! Whatever happens to visits and to what is known of people, in whatever order: what is kept live equals what is made
//! anew from the events, and what is made from nothing.
//!
//! Every step goes through the real server, as the people concerned would take it.

use chrono::TimeDelta;
use lastmile::clock::Clock;
use lastmile::entities::{
    Role, SignalKind, account, contact_score, opportunity, opportunity_score, score_crossing,
    signal,
};
use lastmile::ids::{AccountId, OpportunityId, VisitId};
use lastmile::rollup::rebuild;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::Method;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::{Value, json};

use crate::crm::import;
use crate::engagement::Derived;
use crate::fixtures::{SentPitch, sent_again, sent_pitch};
use crate::signals::{monday, second_link, signals, standing};
use crate::support::{Person, Reply, TestServer};
use crate::tab::{Tab, opened, viewed};

const BROWSERS: [&str; 4] = ["first", "second", "third", ""];
const NETWORKS: [&str; 3] = ["198.51.100.20", "203.0.113.9", "192.0.2.7"];
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (compatible; Barracuda Sentinel)",
];
const CLASSES: [&str; 3] = ["human", "machine", "unverified"];
const ROLES: [&str; 4] = ["champion", "economic_buyer", "blocker", ""];

/// Two accounts with two deals each, two contacts with links of their own, and who looks after them.
struct World {
    server: TestServer,
    clock: Clock,
    random: StdRng,
    rep: lastmile::ids::UserId,
    manager: lastmile::ids::UserId,
    links: Vec<SentPitch>,
    visits: Vec<VisitId>,
    rules: Vec<String>,
}

impl World {
    async fn new(seed: u64) -> Self {
        let clock = Clock::manual(monday());
        let server = TestServer::start_at(clock.clone(), |config| config.scores.ready = 6.0).await;
        let rep = server.person_named(Role::Rep, "own", None).await;
        let admin = server.person_named(Role::Admin, "boss", None).await;
        let first = sent_pitch(&server.app, rep.id, &[3]).await;
        let mut links = vec![first.clone()];
        for _ in 0..3 {
            links.push(sent_again(&server.app, rep.id, &first).await);
        }
        for (at, link) in links.iter().enumerate() {
            name_in_crm(&server, link.opportunity, at).await;
        }
        import(
            &admin,
            "contacts",
            "external_id,account_external_id,first_name,last_name,email\n\
             C0,A0,Noor,Haddad,noor@acme.example\nC1,A0,Ben,Okri,ben@acme.example\n",
            false,
        )
        .await
        .ok();
        let contacts = admin.get("/api/v1/contacts").await.ok();
        for (at, name) in [(0, "Noor Haddad"), (1, "Ben Okri")] {
            let items = contacts["items"].as_array().unwrap();
            let one = items.iter().find(|item| item["name"] == name).unwrap();
            let id = one["id"].as_str().unwrap().parse().unwrap();
            let address = one["email"].as_str().unwrap();
            let link = second_link(&server.app, &links[at], Some(id), name, address).await;
            links.push(link);
        }
        Self {
            server,
            clock,
            random: StdRng::seed_from_u64(seed),
            rep: rep.id,
            manager: admin.id,
            links,
            visits: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        *from.choose(&mut self.random).unwrap()
    }

    /// Time passes in leaps here, and ends every session.
    async fn rep(&self) -> Person {
        Person::sign_in(&self.server.base, "own@example.com", self.rep).await
    }

    async fn manager(&self) -> Person {
        Person::sign_in(&self.server.base, "boss@example.com", self.manager).await
    }

    async fn step(&mut self) {
        let minutes = self.random.random_range(1..2_000);
        self.clock.advance(TimeDelta::minutes(minutes));
        match self.random.random_range(0..20) {
            0..=9 => self.visit().await,
            10..=12 => self.reclassify().await,
            13 => self.make_rule().await,
            14 => self.revoke_rule().await,
            15 | 16 => self.erase().await,
            17 => self.change_role().await,
            18 => self.edit_contact().await,
            _ => self.move_deal().await,
        }
        if self.random.random_bool(0.5) {
            self.server.app.signaler.sweep().await.unwrap();
        }
    }

    async fn visit(&mut self) {
        let link = self.random.random_range(0..self.links.len());
        let sent = self.links[link].clone();
        let (agent, network) = (self.pick(&AGENTS), self.pick(&NETWORKS));
        let tab = Tab::open(&self.server.app, &self.server.base, &sent, 60)
            .calling_itself(agent)
            .at_address(network);
        let tab = match self.pick(&BROWSERS) {
            "" => tab,
            name => tab.in_browser(name),
        };
        let mut events = vec![opened(self.random.random_range(0..9))];
        for page in 1..=self.random.random_range(1..=3) {
            let active = self.random.random_range(500..9_000);
            events.push(viewed(&sent.items[0], page, active));
        }
        tab.report(&events).await.ok();
        self.visits.push(tab.visit);
    }

    async fn reclassify(&mut self) {
        let Some(visit) = self.visits.choose(&mut self.random).copied() else {
            return;
        };
        let class = self.pick(&CLASSES);
        let said = if self.random.random_bool(0.3) {
            Value::Null
        } else {
            json!(class)
        };
        let rep = self.rep().await;
        let request = rep
            .request(Method::PUT, &format!("/api/v1/visits/{visit}/class"))
            .json(&json!({ "class": said }));
        let reply = Reply::read(request.send().await.unwrap()).await;
        // Its reader may have had it erased.
        assert!(reply.status == 200 || reply.code() == "not_found");
    }

    async fn make_rule(&mut self) {
        let link = self.random.random_range(0..self.links.len());
        let (field, value) = match self.random.random_range(0..3) {
            0 => ("network", self.pick(&NETWORKS).to_owned()),
            1 => ("agent", "iphone".to_owned()),
            _ => ("link", self.links[link].link.to_string()),
        };
        let rule = json!({ "field": field, "value": value, "class": self.pick(&CLASSES) });
        let made = self
            .manager()
            .await
            .post("/api/v1/visit-rules", &rule)
            .await;
        let id = made.ok()["rule"]["id"].as_str().unwrap().to_owned();
        self.rules.push(id);
    }

    async fn revoke_rule(&mut self) {
        if self.rules.is_empty() {
            return;
        }
        let at = self.random.random_range(0..self.rules.len());
        let path = format!("/api/v1/visit-rules/{}", self.rules.swap_remove(at));
        self.manager().await.delete(&path).await.ok();
    }

    /// A reader has what is recorded of their browser erased, from the page of their link.
    async fn erase(&mut self) {
        let link = self.random.random_range(0..self.links.len());
        let browser = self.pick(&BROWSERS[..3]);
        let url = format!(
            "{}/p/{}/privacy/erase",
            self.server.base, self.links[link].token
        );
        let reply = reqwest::Client::new()
            .post(url)
            .header("cookie", format!("lastmile_browser={browser}"))
            .json(&json!({}))
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 200);
    }

    async fn import(&self, kind: &str, text: String) {
        import(&self.manager().await, kind, text, false).await.ok();
    }

    async fn change_role(&mut self) {
        let (deal, contact) = (
            self.random.random_range(0..4),
            self.random.random_range(0..2),
        );
        let role = self.pick(&ROLES);
        let text = format!(
            "opportunity_external_id,contact_external_id,role\nO{deal},C{contact},{role}\n"
        );
        self.import("opportunity_contacts", text).await;
    }

    async fn edit_contact(&mut self) {
        let contact = self.random.random_range(0..2);
        let (account, number) = (
            self.random.random_range(0..4),
            self.random.random_range(0..3),
        );
        let text = format!(
            "external_id,account_external_id,first_name,last_name,email\n\
             C{contact},A{account},Noor,Number {number},noor{number}@acme.example\n"
        );
        self.import("contacts", text).await;
    }

    /// A deal comes to belong to another account, as after a merger there.
    async fn move_deal(&mut self) {
        let (deal, account) = (
            self.random.random_range(0..4),
            self.random.random_range(0..2),
        );
        let text = format!(
            "external_id,account_external_id,name,stage,outcome,opened_on\n\
             O{deal},A{account},Acme rollout,evaluation,open,2026-01-02\n"
        );
        self.import("opportunities", text).await;
    }
}

/// Gives a deal and its account the numbers by which imports know them.
async fn name_in_crm(server: &TestServer, deal: OpportunityId, number: usize) {
    let tx = server.app.db.begin().await.unwrap();
    let row = opportunity::Entity::find_by_id(deal)
        .one(&tx)
        .await
        .unwrap()
        .unwrap();
    let account: AccountId = row.account_id;
    opportunity::Entity::update_many()
        .col_expr(opportunity::Column::ExternalSystem, Expr::value("csv"))
        .col_expr(
            opportunity::Column::ExternalId,
            Expr::value(format!("O{number}")),
        )
        .filter(opportunity::Column::Id.eq(deal))
        .exec(&tx)
        .await
        .unwrap();
    account::Entity::update_many()
        .col_expr(account::Column::ExternalSystem, Expr::value("csv"))
        .col_expr(
            account::Column::ExternalId,
            Expr::value(format!("A{number}")),
        )
        .filter(account::Column::Id.eq(account))
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What is said of the visits, without what depends on when a deal became ready, and without the words: they stay as they
/// were told.
async fn said(world: &World) -> Vec<String> {
    let mut said: Vec<String> = signals(&world.server.app)
        .await
        .into_iter()
        .filter(|row| row.withdrawn_at.is_none() && row.kind != SignalKind::SalesReady)
        .map(|row| format!("{} {:?} {:?}", row.cause_key, row.visit_id, row.happened_at))
        .collect();
    said.sort();
    said
}

/// The scores' numbers.
async fn scores(world: &World) -> Vec<String> {
    let lines = standing(&world.server.app).await;
    // A deal or contact without reads has the same score as one that was never looked at.
    let mut scores: Vec<String> = lines
        .into_iter()
        .filter(|line| !line.contains(':') && !line.contains("0.000000000e0 0 "))
        .collect();
    scores.sort();
    scores
}

async fn forget_all(world: &World) {
    let tx = world.server.app.db.begin().await.unwrap();
    signal::Entity::delete_many().exec(&tx).await.unwrap();
    opportunity_score::Entity::delete_many()
        .exec(&tx)
        .await
        .unwrap();
    contact_score::Entity::delete_many()
        .exec(&tx)
        .await
        .unwrap();
    score_crossing::Entity::delete_many()
        .exec(&tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn holds(seed: u64, steps: usize) {
    let mut world = World::new(seed).await;
    for _ in 0..steps {
        world.step().await;
    }
    // Every visit is over, and everything that was due has been looked at.
    world.clock.advance(TimeDelta::hours(1));
    world.server.app.signaler.sweep().await.unwrap();

    let derived = Derived::read(&world.server.app).await;
    rebuild(&world.server.app.db).await.unwrap();
    assert_eq!(
        derived,
        Derived::read(&world.server.app).await,
        "seed {seed}"
    );
    let live = standing(&world.server.app).await;
    world.server.app.signaler.rebuild().await.unwrap();
    assert_eq!(live, standing(&world.server.app).await, "seed {seed}");

    let (said_live, scores_live) = (said(&world).await, scores(&world).await);
    forget_all(&world).await;
    world.server.app.signaler.rebuild().await.unwrap();
    assert_eq!(said_live, said(&world).await, "seed {seed}");
    assert_eq!(scores_live, scores(&world).await, "seed {seed}");
}

#[actix_web::test]
async fn what_is_kept_live_equals_what_is_made_anew_whatever_happens() {
    Box::pin(holds(7, 60)).await;
    let runs: u64 = std::env::var("LASTMILE_TEST_SEQUENCES")
        .ok()
        .and_then(|runs| runs.parse().ok())
        .unwrap_or(2);
    for _ in 0..runs {
        Box::pin(holds(rand::rng().random(), 50)).await;
    }
}
