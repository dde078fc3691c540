//! What a year of sending leaves behind: people who want to be left alone for a while or for good, an address that is gone,
//! a pitch that went from hand to hand, and mails that wait for a mail server.

use chrono::{DateTime, Days, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, JoinType, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use crate::app::App;
use crate::crm::{self, NewBounce, NewRestriction, OptOut};
use crate::entities::{
    BounceKind, Channel, Outcome, RestrictionKind, contact, opportunity, opportunity_contact,
    pitch, pitch_link, user,
};
use crate::error::{Code, Result};
use crate::ids::UserId;
use crate::pitches::{self, NewSend, ShareWith};

/// Whose deals the demo opens with.
const REP: &str = "rep@lastmile.example";

/// Who passed the pitch on to whom, each through the link of the one before.
const HANDS: [&str; 3] = ["Ines Farrow", "Tobias Wehr", "Karin Lindt"];

/// Plays all of it, as it would have been in the days before `now`.
pub(super) async fn add(app: &App, now: DateTime<Utc>) -> Result<()> {
    let tx = app.db.begin().await?;
    let rep = user::Entity::find()
        .filter(user::Column::Email.eq(REP))
        .one(&tx)
        .await?;
    let Some(rep) = rep else {
        return Ok(());
    };
    restrict_some(&tx, now, rep.id).await?;
    if let Some((link, pitch)) = latest_link(&tx, rep.id).await? {
        let mut parent = link.clone();
        let mut at = now - TimeDelta::days(5);
        for name in HANDS {
            at += TimeDelta::hours(26);
            let with = ShareWith {
                name: name.to_owned(),
                email: String::new(),
            };
            parent = pitches::share_link(&tx, &app.keys, at, &parent, with).await?;
        }
        let new = NewSend::default();
        // What may not be sent today is not sent in the demo either.
        match pitches::send(&tx, &app.config, now, &link, &pitch, rep.id, new).await {
            Err(error) if error.code == Code::Internal => return Err(error),
            _ => {}
        }
    }
    Ok(tx.commit().await?)
}

/// The contacts of the rep's open deals who are not the first to write to.
async fn restrict_some<C: ConnectionTrait>(tx: &C, now: DateTime<Utc>, rep: UserId) -> Result<()> {
    let rows = opportunity_contact::Entity::find()
        .find_also_related(contact::Entity)
        .find_also(opportunity_contact::Entity, opportunity::Entity)
        .filter(opportunity::Column::OwnerId.eq(rep))
        .filter(opportunity::Column::Outcome.eq(Outcome::Open))
        .filter(contact::Column::Bounced.eq(false))
        .filter(contact::Column::Email.is_not_null())
        .order_by_asc(opportunity::Column::ExternalId)
        .order_by_asc(contact::Column::ExternalId)
        .all(tx)
        .await?;
    let mut people: Vec<contact::Model> = Vec::new();
    for (_, contact, deal) in rows {
        let (Some(contact), Some(deal)) = (contact, deal) else {
            continue;
        };
        let known = people.iter().any(|one| one.id == contact.id);
        if deal.primary_contact_id != Some(contact.id) && !known {
            people.push(contact);
        }
    }
    let mut people = people.into_iter();
    if let Some(contact) = people.next() {
        let until = now.date_naive().checked_add_days(Days::new(45));
        let new = NewRestriction {
            kind: RestrictionKind::DoNotContactBefore,
            channel: Some(Channel::All),
            until,
            reason: "The budget is decided first; asked us to come back then.".to_owned(),
        };
        crm::restrict(tx, now - TimeDelta::days(12), &contact, rep, new).await?;
    }
    if let Some(contact) = people.next() {
        let address = contact.email.clone().unwrap_or_default();
        let said = OptOut {
            address: &address,
            contact: Some(contact.id),
            reason: "They said so through the address in a mail.",
        };
        crm::opt_out(tx, now - TimeDelta::days(9), said).await?;
    }
    if let Some(contact) = people.next() {
        let new = NewBounce {
            address: contact.email.clone().unwrap_or_default(),
            kind: BounceKind::Hard,
            reason: "550 5.1.1 no such user".to_owned(),
            message_id: None,
            mail: None,
            recorded_by: None,
        };
        crm::record_bounce(tx, now - TimeDelta::days(6), new).await?;
    }
    if let Some(contact) = people.next() {
        let new = NewRestriction {
            kind: RestrictionKind::OptOut,
            channel: Some(Channel::All),
            until: None,
            reason: "Told us on the phone to speak with purchasing only.".to_owned(),
        };
        crm::restrict(tx, now - TimeDelta::days(3), &contact, rep, new).await?;
    }
    Ok(())
}

/// The newest link that somebody with an address got in an open deal of the rep's.
async fn latest_link<C: ConnectionTrait>(
    tx: &C,
    rep: UserId,
) -> Result<Option<(pitch_link::Model, pitch::Model)>> {
    let found = pitch_link::Entity::find()
        .find_also_related(pitch::Entity)
        .join(JoinType::InnerJoin, pitch::Relation::Opportunity.def())
        .filter(opportunity::Column::OwnerId.eq(rep))
        .filter(opportunity::Column::Outcome.eq(Outcome::Open))
        .filter(pitch_link::Column::ParentLinkId.is_null())
        .filter(pitch_link::Column::RevokedAt.is_null())
        .filter(pitch_link::Column::ExpiresAt.is_null())
        .filter(pitch_link::Column::RecipientEmail.is_not_null())
        .filter(pitch::Column::OwnerId.eq(rep))
        .order_by_desc(pitch_link::Column::CreatedAt)
        .one(tx)
        .await?;
    Ok(found.and_then(|(link, pitch)| Some((link, pitch?))))
}
