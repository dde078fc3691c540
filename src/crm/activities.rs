//! Noting a call, meeting, note, mail or status on an opportunity.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ConnectionTrait, EntityTrait as _,
    IntoActiveModel as _,
};
use serde::Deserialize;

use super::scope::find_opportunity;
use super::timeline::{TimelineItem, activity_item};
use crate::clock::Clock;
use crate::db::Db;
use crate::entities::{ActivityKind, activity, contact, opportunity};
use crate::error::{Error, FieldError, Result};
use crate::http::Principal;
use crate::ids::{ActivityId, ContactId, OpportunityId};

const SUBJECT_LIMIT: usize = 300;
const BODY_LIMIT: usize = 20_000;

/// An activity to be noted.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActivity {
    /// What it was.
    pub kind: ActivityKind,
    /// In a few words.
    pub subject: String,
    /// In more words.
    #[serde(default)]
    pub body: String,
    /// With whom; a contact of the opportunity's account.
    pub contact_id: Option<ContactId>,
    /// When; now where not said, never in the future.
    pub occurred_at: Option<DateTime<Utc>>,
    /// What came of a call, such as `reached`, `voicemail` or `no_answer`.
    pub call_status: Option<String>,
}

/// Notes an activity.
#[utoipa::path(post, path = "/api/v1/opportunities/{id}/activities", tag = "opportunities",
    params(OpportunityId), request_body = NewActivity,
    responses((status = 201, body = TimelineItem)),
)]
pub async fn add_activity(
    principal: Principal,
    id: web::Path<OpportunityId>,
    new: web::Json<NewActivity>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
) -> Result<HttpResponse> {
    let (new, now) = (new.into_inner(), clock.now());
    check(&new, now)?;
    let tx = db.begin().await?;
    let opportunity = find_opportunity(&tx, &principal, *id).await?;
    if let Some(contact) = new.contact_id {
        require_contact(&tx, contact, &opportunity).await?;
    }
    let row = activity::ActiveModel {
        id: Set(ActivityId::new(now)),
        opportunity_id: Set(Some(opportunity.id)),
        contact_id: Set(new.contact_id),
        owner_id: Set(Some(principal.user_id)),
        kind: Set(new.kind),
        subject: Set(new.subject.trim().to_owned()),
        body: Set(new.body.trim().to_owned()),
        call_status: Set(new.call_status),
        occurred_at: Set(new.occurred_at.unwrap_or(now)),
        external_system: Set(None),
        external_id: Set(None),
        created_at: Set(now),
    }
    .insert(&tx)
    .await?;
    // It counts as movement in the list, but is no edit that another edit could overwrite: the revision stays.
    let mut touched = opportunity.into_active_model();
    touched.updated_at = Set(now);
    opportunity::Entity::update(touched).exec(&tx).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(activity_item(row, Some(principal.name))))
}

fn check(new: &NewActivity, now: DateTime<Utc>) -> Result<()> {
    let mut wrong = Vec::new();
    let mut note = |field: &str, detail: String| {
        wrong.push(FieldError {
            field: field.to_owned(),
            detail,
        });
    };
    let subject = new.subject.trim().chars().count();
    if subject == 0 || subject > SUBJECT_LIMIT {
        note(
            "subject",
            format!("Say what it was in 1 to {SUBJECT_LIMIT} characters."),
        );
    }
    if new.body.chars().count() > BODY_LIMIT {
        note(
            "body",
            format!("The text may have {BODY_LIMIT} characters at the most."),
        );
    }
    if new.occurred_at.is_some_and(|at| at > now) {
        note(
            "occurred_at",
            "Note what has happened; this is in the future.".to_owned(),
        );
    }
    if new.call_status.is_some() && new.kind != ActivityKind::Call {
        note("call_status", "Only a call has a status.".to_owned());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::fields(wrong))
}

async fn require_contact<C: ConnectionTrait>(
    db: &C,
    id: ContactId,
    opportunity: &opportunity::Model,
) -> Result<()> {
    let contact = contact::Entity::find_by_id(id).one(db).await?;
    if contact.is_some_and(|contact| contact.account_id == opportunity.account_id) {
        return Ok(());
    }
    Err(Error::field(
        "contact_id",
        "There is no such contact at the opportunity's account.",
    ))
}
