//! What is due goes out: one mail or chat message for each bundle.
//!
//! Safe to run on every node at once. Who writes takes the gate of (user, opportunity, channel) and the items in one
//! transaction with the mail; a second node finds the gate shut or the items gone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::channel::Said;
use super::plan::when;
use super::settings::settings_of;
use super::text::{CHAT, Names, Text, mail_key, names_of};
use crate::config::Config;
use crate::db::{Db, retry};
use crate::entities::{
    AlertChannel, WebhookFormat, alert_gate, alert_item, opportunity_score, signal, user, webhook,
};
use crate::error::Result;
use crate::ids::{OpportunityId, SignalId, UserId, uuid_at};
use crate::mail::{self, NewMail, Recipient};
use crate::webhooks;

/// The most items that one pass looks at.
const AT_ONCE: u64 = 500;

/// What goes out together: to whom, by which channel, about which deal; everything that quiet hours held is one.
type Bundle = (UserId, AlertChannel, Option<OpportunityId>);

/// Sends what is due `now`; says how many messages that made.
pub async fn deliver_due(db: &Db, config: &Config, now: DateTime<Utc>) -> Result<usize> {
    let due = alert_item::Entity::find()
        .filter(is_due(now))
        .order_by_asc(alert_item::Column::DueAt)
        .limit(AT_ONCE)
        .all(db.read())
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let mut bundles: BTreeMap<Bundle, BTreeSet<OpportunityId>> = BTreeMap::new();
    let held: BTreeSet<(UserId, AlertChannel)> = due
        .iter()
        .filter(|item| item.held && item.channel == AlertChannel::Mail)
        .map(|item| (item.user_id, item.channel))
        .collect();
    for item in &due {
        let whole = held.contains(&(item.user_id, item.channel));
        let deal = (!whole).then_some(item.opportunity_id);
        bundles
            .entry((item.user_id, item.channel, deal))
            .or_default()
            .insert(item.opportunity_id);
    }
    let people = user::Entity::find()
        .filter(user::Column::Id.is_in(due.iter().map(|item| item.user_id)))
        .all(db.read())
        .await?;
    let settings = settings_of(db.read(), &people).await?;
    let people: HashMap<UserId, user::Model> = people
        .into_iter()
        .map(|person| (person.id, person))
        .collect();
    let mut sent = 0;
    for ((user, channel, _), deals) in bundles {
        let (Some(person), Some(settings)) = (people.get(&user), settings.get(&user)) else {
            continue;
        };
        let (due_at, quiet) = when(settings, person, now);
        if quiet {
            retry(|| put_off(db, now, user, channel, &deals, due_at, true)).await?;
            continue;
        }
        let going = Going {
            config,
            now,
            person,
            channel,
        };
        sent += usize::from(retry(|| going.send(db, &deals)).await?);
    }
    Ok(sent)
}

fn is_due(now: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(alert_item::Column::SettledAt.is_null())
        .add(alert_item::Column::DueAt.lte(now))
}

async fn put_off(
    db: &Db,
    now: DateTime<Utc>,
    user: UserId,
    channel: AlertChannel,
    deals: &BTreeSet<OpportunityId>,
    until: DateTime<Utc>,
    held: bool,
) -> Result<()> {
    let tx = db.begin_aside().await?;
    postpone(&tx, now, user, channel, deals.iter().copied(), until, held).await?;
    Ok(tx.commit().await?)
}

async fn postpone<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    user: UserId,
    channel: AlertChannel,
    deals: impl IntoIterator<Item = OpportunityId>,
    until: DateTime<Utc>,
    held: bool,
) -> Result<()> {
    let mut update = alert_item::Entity::update_many()
        .col_expr(alert_item::Column::DueAt, Expr::value(until))
        .filter(is_due(now))
        .filter(alert_item::Column::UserId.eq(user))
        .filter(alert_item::Column::Channel.eq(channel))
        .filter(alert_item::Column::OpportunityId.is_in(deals));
    if held {
        update = update.col_expr(alert_item::Column::Held, Expr::value(true));
    }
    update.exec(tx).await?;
    Ok(())
}

/// Those of these deals at which the signals are to be looked at again: what stands there may not be so any more, and
/// nothing goes out until that is known.
async fn unsettled<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    deals: &BTreeSet<OpportunityId>,
) -> Result<BTreeSet<OpportunityId>> {
    let ids: Vec<OpportunityId> = opportunity_score::Entity::find()
        .select_only()
        .column(opportunity_score::Column::OpportunityId)
        .filter(opportunity_score::Column::OpportunityId.is_in(deals.iter().copied()))
        .filter(opportunity_score::Column::DueAt.lte(now))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(ids.into_iter().collect())
}

/// One bundle on its way.
struct Going<'a> {
    config: &'a Config,
    now: DateTime<Utc>,
    person: &'a user::Model,
    channel: AlertChannel,
}

impl Going<'_> {
    async fn send(&self, db: &Db, deals: &BTreeSet<OpportunityId>) -> Result<bool> {
        let tx = db.begin_aside().await?;
        let unsettled = unsettled(&tx, self.now, deals).await?;
        let mut open = Vec::new();
        for deal in deals.difference(&unsettled) {
            if self.pass_gate(&tx, *deal).await? {
                open.push(*deal);
            }
        }
        let bundle = uuid_at(self.now);
        let signals = self.claim(&tx, &open, bundle).await?;
        if signals.is_empty() {
            // Another node was quicker, or there is nothing left to say; what is shut waits for its hour.
            tx.rollback().await?;
            let tx = db.begin_aside().await?;
            self.wait_for_gates(&tx, deals).await?;
            tx.commit().await?;
            return Ok(false);
        }
        let names = names_of(&tx, open).await?;
        match self.channel {
            AlertChannel::Mail => self.mail(&tx, bundle, &signals, &names).await?,
            AlertChannel::Chat => self.chat(&tx, bundle, &signals, &names).await?,
            AlertChannel::App => {}
        }
        self.wait_for_gates(&tx, deals).await?;
        tx.commit().await?;
        Ok(true)
    }

    fn pause(&self) -> TimeDelta {
        let alerts = &self.config.alerts;
        TimeDelta::seconds(i64::from(match self.channel {
            AlertChannel::Mail => alerts.mail_every_secs,
            AlertChannel::Chat | AlertChannel::App => alerts.chat_every_secs,
        }))
    }

    /// Takes the gate, if the last message about this deal is long enough ago.
    async fn pass_gate<C: ConnectionTrait>(&self, tx: &C, deal: OpportunityId) -> Result<bool> {
        let passed = alert_gate::Entity::update_many()
            .col_expr(alert_gate::Column::PassedAt, Expr::value(self.now))
            .filter(alert_gate::Column::UserId.eq(self.person.id))
            .filter(alert_gate::Column::OpportunityId.eq(deal))
            .filter(alert_gate::Column::Channel.eq(self.channel))
            .filter(
                Condition::any()
                    .add(alert_gate::Column::PassedAt.is_null())
                    .add(alert_gate::Column::PassedAt.lte(self.now - self.pause())),
            )
            .exec(tx)
            .await?;
        Ok(passed.rows_affected == 1)
    }

    /// Lets what is due behind a shut gate wait until it opens.
    async fn wait_for_gates<C: ConnectionTrait>(
        &self,
        tx: &C,
        deals: &BTreeSet<OpportunityId>,
    ) -> Result<()> {
        let shut = alert_gate::Entity::find()
            .filter(alert_gate::Column::UserId.eq(self.person.id))
            .filter(alert_gate::Column::Channel.eq(self.channel))
            .filter(alert_gate::Column::OpportunityId.is_in(deals.iter().copied()))
            .filter(alert_gate::Column::PassedAt.gt(self.now - self.pause()))
            .all(tx)
            .await?;
        for gate in shut {
            let Some(passed_at) = gate.passed_at else {
                continue;
            };
            let deal = [gate.opportunity_id];
            let until = passed_at + self.pause();
            postpone(
                tx,
                self.now,
                self.person.id,
                self.channel,
                deal,
                until,
                false,
            )
            .await?;
        }
        Ok(())
    }

    /// Makes the due items of these deals this bundle's, and returns their signals, the earliest first.
    async fn claim<C: ConnectionTrait>(
        &self,
        tx: &C,
        deals: &[OpportunityId],
        bundle: Uuid,
    ) -> Result<Vec<signal::Model>> {
        alert_item::Entity::update_many()
            .col_expr(alert_item::Column::SettledAt, Expr::value(self.now))
            .col_expr(alert_item::Column::BundleId, Expr::value(bundle))
            .filter(is_due(self.now))
            .filter(alert_item::Column::UserId.eq(self.person.id))
            .filter(alert_item::Column::Channel.eq(self.channel))
            .filter(alert_item::Column::OpportunityId.is_in(deals.iter().copied()))
            .exec(tx)
            .await?;
        let ids: Vec<SignalId> = alert_item::Entity::find()
            .select_only()
            .column(alert_item::Column::SignalId)
            .filter(alert_item::Column::BundleId.eq(bundle))
            .into_tuple()
            .all(tx)
            .await?;
        let signals = signal::Entity::find()
            .filter(signal::Column::Id.is_in(ids))
            .filter(signal::Column::WithdrawnAt.is_null())
            .order_by_asc(signal::Column::HappenedAt)
            .order_by_asc(signal::Column::Id)
            .all(tx)
            .await?;
        Ok(signals)
    }

    fn text(&self) -> Text<'_> {
        Text {
            config: self.config,
            person: self.person,
        }
    }

    async fn mail<C: ConnectionTrait>(
        &self,
        tx: &C,
        bundle: Uuid,
        signals: &[signal::Model],
        names: &Names,
    ) -> Result<()> {
        // An account may stand under an address that no mail can be sent to, or be closed; the bell has told already.
        let to = Recipient::parse(Some(&self.person.name), &self.person.email);
        let (Some(first), Ok(to), true) = (signals.first(), to, self.person.active) else {
            return Ok(());
        };
        let text = self.text();
        let mail = NewMail {
            to,
            from_name: None,
            reply_to: None,
            subject: &Text::subject(signals, names),
            letter: text.letter(signals, names),
            link: None,
            purpose: "alert",
            about: Some(("opportunity", first.opportunity_id.0)),
            dedupe_key: &mail_key(bundle),
        };
        mail::queue(tx, self.now, mail).await?;
        Ok(())
    }

    /// One message for each deal to every channel that is the house's or the person's team's.
    async fn chat<C: ConnectionTrait>(
        &self,
        tx: &C,
        bundle: Uuid,
        signals: &[signal::Model],
        names: &Names,
    ) -> Result<()> {
        let channels: Vec<webhook::Model> = webhook::Entity::find()
            .filter(webhook::Column::DisabledAt.is_null())
            .filter(webhook::Column::Format.ne(WebhookFormat::Standard))
            .all(tx)
            .await?
            .into_iter()
            .filter(|channel| channel.team_id.is_none() || channel.team_id == self.person.team_id)
            .collect();
        let text = self.text();
        let said = Said::beside(tx, bundle, signals).await?;
        for channel in &channels {
            let signals = said.unsaid(channel.id, signals);
            for (deal, name) in names {
                let message = text.chat(*deal, name, &signals);
                if let Some(body) = message.and_then(|message| message.body(channel.format)) {
                    webhooks::publish_to(tx, self.now, channel.id, CHAT, Some(bundle), body)
                        .await?;
                }
            }
        }
        Ok(())
    }
}
