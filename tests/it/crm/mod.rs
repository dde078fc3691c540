//! Customers: who sees which opportunity, edits, the history, the import of files.

mod imports;
mod opportunities;

use chrono::{DateTime, TimeDelta, Utc};
use lastmile::entities::Role;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Person, Reply, TestServer};

const ACCOUNTS: &str = "\
external_id,name,domain,industry,size,owner_email
A-1,Nordlicht Bank,nordlicht.example,banking,enterprise,ada@example.com
A-2,Schule am Deich,,education,small,
";

const CONTACTS: &str = "\
external_id,account_external_id,first_name,last_name,email,persona,bounced
C-1,A-1,Heike,Lüders,Heike@Nordlicht.example,finance,true
C-2,A-1,Matthis,Siebert,matthis@nordlicht.example,operations,false
C-3,A-2,Ines,Brandt,,quality,false
";

const OPPORTUNITIES: &str = "\
external_id,account_external_id,name,owner_email,stage,outcome,amount,currency,opened_on,closed_on,expected_close_on,primary_contact_external_id
O-1,A-1,Branches,ada@example.com,evaluation,open,12500.50,EUR,2026-01-10,,2026-02-01,C-1
O-2,A-2,Classrooms,bo@example.com,negotiation,won,,EUR,2026-01-11,2026-03-01,,
O-3,A-1,Data centre,cy@example.com,discovery,open,900000,JPY,2026-01-12,,,
";

const ROLES: &str = "\
opportunity_external_id,contact_external_id,role
O-1,C-2,champion
";

const STAGE_CHANGES: &str = "\
opportunity_external_id,from_stage,to_stage,changed_at
O-1,,discovery,2026-01-10T09:00:00Z
O-1,discovery,evaluation,2026-01-20T09:00:00Z
";

const ACTIVITIES: &str = "\
external_id,opportunity_external_id,contact_external_id,owner_email,kind,subject,body,occurred_at,call_status
T-1,O-1,C-1,ada@example.com,call,First call,They count by hand.,2026-01-12T10:00:00Z,
T-2,,C-3,,note,Met at the fair,,2026-01-13T10:00:00Z,
";

/// A small set of customers, and the people who look after them: Ada and Bo of team North, Cy of team South.
struct Customers {
    server: TestServer,
    ada: Person,
    bo: Person,
    cy: Person,
    admin: Person,
}

impl Customers {
    async fn start() -> Self {
        let server = TestServer::start().await;
        let customers = Self {
            ada: server.person_named(Role::Rep, "ada", Some("North")).await,
            bo: server.person_named(Role::Rep, "bo", Some("North")).await,
            cy: server.person_named(Role::Rep, "cy", Some("South")).await,
            admin: server.person(Role::Admin).await,
            server,
        };
        for (kind, text) in [
            ("accounts", ACCOUNTS),
            ("contacts", CONTACTS),
            ("opportunities", OPPORTUNITIES),
            ("opportunity_contacts", ROLES),
            ("stage_changes", STAGE_CHANGES),
            ("activities", ACTIVITIES),
        ] {
            let report = import(&customers.admin, kind, text, false).await.ok();
            assert_eq!(report["errors"], serde_json::json!([]), "{kind}");
            assert_eq!(report["created"], report["rows"], "{kind}");
        }
        customers
    }

    /// The id of the opportunity of this name.
    async fn opportunity(&self, name: &str) -> String {
        let list = self.admin.get("/api/v1/opportunities").await.ok();
        find(&list, name)["id"].as_str().unwrap().to_owned()
    }
}

/// Imports a file.
pub(crate) async fn import(
    person: &Person,
    kind: &str,
    text: impl Into<Vec<u8>>,
    dry_run: bool,
) -> Reply {
    let file = reqwest::multipart::Part::bytes(text.into()).file_name(format!("{kind}.csv"));
    let form = reqwest::multipart::Form::new()
        .text("kind", kind.to_owned())
        .text("dry_run", dry_run.to_string())
        .part("file", file);
    let request = person.request(Method::POST, "/api/v1/imports");
    Reply::read(request.multipart(form).send().await.unwrap()).await
}

/// The item of this name in a list.
#[track_caller]
fn find<'a>(list: &'a Value, name: &str) -> &'a Value {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .find(|item| item["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {list}"))
}

/// The names in a list, sorted.
fn names(list: &Value) -> Vec<String> {
    let mut names = in_order(list);
    names.sort();
    names
}

/// The names in a list.
fn in_order(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    let name = |item: &Value| item["name"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

fn days_ago(days: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::days(days)
}
