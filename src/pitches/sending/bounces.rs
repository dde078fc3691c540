//! The mail service's word that mails came back: a webhook with a shared secret.
//!
//! Services name things differently; they are told to send, or a small script turns what they send into, a list of
//! `{address, kind, reason, message_id}`. The same report again changes nothing.

use actix_web::http::header;
use actix_web::{Either, HttpRequest, web};
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::audit::{self, Actor, Entry};
use crate::clock::Clock;
use crate::config::Config;
use crate::crm::{self, NewBounce};
use crate::db::Db;
use crate::entities::{BounceKind, mail, pitch, pitch_link};
use crate::error::{Code, Error, Result};
use crate::http::Problem;
use crate::ids::MailId;
use crate::mail::mail_of_message_id;
use crate::notices::{self, Notice, Subject};

const MOST_REPORTS: usize = 1_000;
const LONGEST_TEXT: usize = 1_000;

/// One mail that came back.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct BounceReport {
    /// From which address.
    pub address: String,
    /// For good (`hard`), or for now (`soft`).
    pub kind: BounceKind,
    /// What the other side said.
    #[serde(default)]
    pub reason: String,
    /// The mail's `Message-ID`; with it, the link that was sent is known.
    pub message_id: Option<String>,
}

/// Several mails that came back.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct BounceReports {
    /// In any order.
    pub items: Vec<BounceReport>,
}

/// What became of the reports.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct BouncesTaken {
    /// How many were news.
    pub recorded: usize,
    /// How many were known already.
    pub known: usize,
}

/// Mails came back, says the mail service. One report or a list; with the configured secret as a bearer token or in
/// `X-Lastmile-Secret`.
#[utoipa::path(post, path = "/api/v1/bounces", tag = "contacts", request_body = BounceReports, security(()), responses(
    (status = 200, body = BouncesTaken), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 422, body = Problem),
))]
pub async fn take_bounces(
    request: HttpRequest,
    body: Either<web::Json<BounceReports>, web::Json<BounceReport>>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    config: web::Data<Config>,
) -> Result<web::Json<BouncesTaken>> {
    require_secret(&request, &config)?;
    let reports = match body {
        Either::Left(many) => many.into_inner().items,
        Either::Right(one) => vec![one.into_inner()],
    };
    let now = clock.now();
    let reports = checked(reports)?;
    let tx = db.begin().await?;
    let mut taken = BouncesTaken::default();
    for report in reports {
        if take(&tx, now, report).await? {
            taken.recorded += 1;
        } else {
            taken.known += 1;
        }
    }
    tx.commit().await?;
    Ok(web::Json(taken))
}

/// Lets nobody in who does not know the secret; without one configured there is no such address.
fn require_secret(request: &HttpRequest, config: &Config) -> Result<()> {
    let Some(secret) = &config.bounce_secret else {
        return Err(Error::new(
            Code::NotFound,
            "Bounces are not taken here: set bounce_secret.",
        ));
    };
    let text = |name: header::HeaderName| request.headers().get(name)?.to_str().ok();
    let offered = text(header::AUTHORIZATION)
        .and_then(|value| value.strip_prefix("Bearer "))
        .or_else(|| text(header::HeaderName::from_static("x-lastmile-secret")))
        .unwrap_or_default();
    // Hashes are compared in constant time.
    if blake3::hash(offered.as_bytes()) == blake3::hash(secret.expose().as_bytes()) {
        return Ok(());
    }
    Err(Error::new(
        Code::Unauthenticated,
        "Send the configured secret as a bearer token or in X-Lastmile-Secret.",
    ))
}

fn checked(mut reports: Vec<BounceReport>) -> Result<Vec<BounceReport>> {
    if reports.is_empty() || reports.len() > MOST_REPORTS {
        return Err(Error::field(
            "items",
            format!("Send 1 to {MOST_REPORTS} reports at once."),
        ));
    }
    for (index, report) in reports.iter_mut().enumerate() {
        report.address = report.address.trim().to_lowercase();
        if !report.address.contains('@') || report.address.chars().count() > LONGEST_TEXT {
            return Err(Error::field(
                format!("items[{index}].address"),
                "An e-mail address looks like name@example.com.",
            ));
        }
        report.reason = report.reason.replace('\0', "");
        report.message_id = report
            .message_id
            .take()
            .map(|id| {
                id.trim()
                    .replace('\0', "")
                    .chars()
                    .take(LONGEST_TEXT)
                    .collect()
            })
            .filter(|id: &String| !id.is_empty());
    }
    Ok(reports)
}

/// Takes one report. Says whether it is news.
async fn take<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    report: BounceReport,
) -> Result<bool> {
    let named = report.message_id.as_deref().and_then(mail_of_message_id);
    // A mail of ours came back only from where it went.
    let mail = match named {
        Some(id) => mail::Entity::find_by_id(id)
            .one(tx)
            .await?
            .filter(|mail| mail.to_address.to_lowercase() == report.address),
        None => None,
    };
    let new = NewBounce {
        address: report.address.clone(),
        kind: report.kind,
        reason: report.reason.clone(),
        message_id: report.message_id.clone(),
        mail: mail.as_ref().map(|mail| mail.id),
        recorded_by: None,
    };
    if !crm::record_bounce(tx, now, new).await? {
        return Ok(false);
    }
    let entry = Entry {
        actor: Actor::Webhook,
        action: "bounce_recorded",
        subject: ("mail", mail.as_ref().map(|mail| mail.id.0)),
        detail: json!({
            "address": report.address, "kind": report.kind, "reason": report.reason, "message_id": report.message_id,
        }),
    };
    audit::record(tx, now, entry).await?;
    if let Some(mail) = mail.filter(|_| report.kind == BounceKind::Hard) {
        tell_sender(tx, now, &mail, &report.reason).await?;
    }
    Ok(true)
}

/// Tells the owner of the pitch that their mail did not arrive.
async fn tell_sender<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    mail: &mail::Model,
    reason: &str,
) -> Result<()> {
    let Some(link) = mail.link_id else {
        return Ok(());
    };
    let found = pitch_link::Entity::find()
        .find_also_related(pitch::Entity)
        .filter(pitch_link::Column::Id.eq(link))
        .one(tx)
        .await?;
    let Some((link, Some(pitch))) = found else {
        return Ok(());
    };
    let name = link
        .recipient_name
        .unwrap_or_else(|| mail.to_address.clone());
    let mut body = format!("\u{201c}{}\u{201d} did not arrive.", mail.subject);
    if !reason.is_empty() {
        body = format!("{body} {reason}");
    }
    let notice = Notice {
        user: pitch.owner_id,
        kind: "mail_bounced",
        title: format!("Mail to {name} came back"),
        body,
        opportunity: Some(pitch.opportunity_id),
        visit: None,
        subject: Some(Subject::Pitch(pitch.id)),
        dedupe_key: dedupe_key(mail.id),
        at: now,
    };
    notices::write(tx, vec![notice]).await?;
    Ok(())
}

fn dedupe_key(mail: MailId) -> String {
    format!("mail_bounced:{mail}")
}
