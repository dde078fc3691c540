//! Messages that are on their way when what they tell turns out not to be so.
//!
//! A mail or chat message that nobody has begun to send is written anew without it, or does not go out at all, and what
//! was taken out of it waits again: should it be so after all, it is told with the next bundle. What is out is out; whoever
//! was told hears of it ([`super::take_back`]).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
};
use uuid::Uuid;

use super::channel::Said;
use super::text::{CHAT, Text, mail_key, names_of};
use crate::config::Config;
use crate::entities::{AlertChannel, alert_gate, alert_item, mail, signal, user};
use crate::error::Result;
use crate::ids::{OpportunityId, SignalId, UserId};
use crate::mail::{discard, rewrite, unsent};
use crate::webhooks;

/// How many signals are asked for in one statement.
const CHUNK: usize = 500;

/// What was told together: the bundle, by which channel, and to whom.
type Told = (Uuid, AlertChannel, UserId);

/// Takes these signals out of every message that is not out yet, in the caller's transaction.
pub async fn recall<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    signals: &[SignalId],
) -> Result<()> {
    let recalled: BTreeSet<SignalId> = signals.iter().copied().collect();
    for (bundle, channel, user) in told(tx, signals).await? {
        let Some(person) = user::Entity::find_by_id(user).one(tx).await? else {
            continue;
        };
        let message = Message {
            now,
            text: Text {
                config,
                person: &person,
            },
            bundle,
            channel,
        };
        message.take_out(tx, &recalled).await?;
    }
    Ok(())
}

/// Takes out of the messages, and out of the record of those that are out, what was told of these signals.
pub async fn erase_told<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    signals: &[SignalId],
) -> Result<()> {
    recall(tx, config, now, signals).await?;
    for (bundle, channel, _) in told(tx, signals).await? {
        match channel {
            AlertChannel::Mail => {
                mail::Entity::delete_many()
                    .filter(mail::Column::DedupeKey.eq(mail_key(bundle)))
                    .exec(tx)
                    .await?;
            }
            AlertChannel::Chat => webhooks::erase(tx, &[bundle]).await?,
            AlertChannel::App => {}
        }
    }
    Ok(())
}

/// The bundles in which these signals were told by mail or chat.
async fn told<C: ConnectionTrait>(tx: &C, signals: &[SignalId]) -> Result<BTreeSet<Told>> {
    let mut bundles = BTreeSet::new();
    for chunk in signals.chunks(CHUNK) {
        let items = alert_item::Entity::find()
            .filter(alert_item::Column::SignalId.is_in(chunk.iter().copied()))
            .filter(alert_item::Column::BundleId.is_not_null())
            .filter(alert_item::Column::Channel.ne(AlertChannel::App))
            .all(tx)
            .await?;
        let bundle = |item: alert_item::Model| Some((item.bundle_id?, item.channel, item.user_id));
        bundles.extend(items.into_iter().filter_map(bundle));
    }
    Ok(bundles)
}

/// One message that may not be out yet.
struct Message<'a> {
    now: DateTime<Utc>,
    text: Text<'a>,
    bundle: Uuid,
    channel: AlertChannel,
}

impl Message<'_> {
    async fn take_out<C: ConnectionTrait>(
        &self,
        tx: &C,
        recalled: &BTreeSet<SignalId>,
    ) -> Result<()> {
        let items = alert_item::Entity::find()
            .filter(alert_item::Column::BundleId.eq(self.bundle))
            .all(tx)
            .await?;
        let (out, left): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|item| recalled.contains(&item.signal_id));
        let left = signal::Entity::find()
            .filter(signal::Column::Id.is_in(left.iter().map(|item| item.signal_id)))
            .filter(signal::Column::WithdrawnAt.is_null())
            .order_by_asc(signal::Column::HappenedAt)
            .order_by_asc(signal::Column::Id)
            .all(tx)
            .await?;
        let untold = match self.channel {
            AlertChannel::Mail => self.mail(tx, &left).await?,
            AlertChannel::Chat => self.chat(tx, &left).await?,
            AlertChannel::App => false,
        };
        if !untold {
            return Ok(());
        }
        alert_item::Entity::update_many()
            .col_expr(
                alert_item::Column::SettledAt,
                Expr::value(None::<DateTime<Utc>>),
            )
            .col_expr(alert_item::Column::BundleId, Expr::value(None::<Uuid>))
            .filter(alert_item::Column::Id.is_in(out.iter().map(|item| item.id)))
            .exec(tx)
            .await?;
        if left.is_empty() {
            // Nothing went out, so nothing has to wait for its hour.
            let deals: BTreeSet<OpportunityId> =
                out.iter().map(|item| item.opportunity_id).collect();
            alert_gate::Entity::update_many()
                .col_expr(
                    alert_gate::Column::PassedAt,
                    Expr::value(None::<DateTime<Utc>>),
                )
                .filter(alert_gate::Column::UserId.eq(self.text.person.id))
                .filter(alert_gate::Column::Channel.eq(self.channel))
                .filter(alert_gate::Column::OpportunityId.is_in(deals))
                .exec(tx)
                .await?;
        }
        Ok(())
    }

    /// Leaves only these in the mail; says whether it is not out.
    async fn mail<C: ConnectionTrait>(&self, tx: &C, left: &[signal::Model]) -> Result<bool> {
        let Some(mail) = unsent(tx, self.now, &mail_key(self.bundle)).await? else {
            return Ok(false);
        };
        if left.is_empty() {
            discard(tx, mail).await?;
            return Ok(true);
        }
        let names = names_of(tx, left.iter().map(|one| one.opportunity_id)).await?;
        let letter = self.text.letter(left, &names);
        rewrite(tx, mail, &Text::subject(left, &names), letter).await?;
        Ok(true)
    }

    /// Leaves only these in the messages to channels that have not got theirs yet; says whether none has.
    async fn chat<C: ConnectionTrait>(&self, tx: &C, left: &[signal::Model]) -> Result<bool> {
        let unsent = webhooks::unsent(tx, self.now, CHAT, &[self.bundle]).await?;
        let names = names_of(tx, left.iter().map(|one| one.opportunity_id)).await?;
        let said = Said::beside(tx, self.bundle, left).await?;
        for (delivery, channel) in unsent.waiting {
            let left = said.unsaid(channel.id, left);
            // In a channel, a message is about one deal.
            let message = names
                .iter()
                .find_map(|(deal, name)| self.text.chat(*deal, name, &left));
            match message.and_then(|message| message.body(channel.format)) {
                Some(body) => {
                    webhooks::rewrite(tx, delivery, body).await?;
                }
                None => webhooks::cancel(tx, self.now, delivery).await?,
            }
        }
        Ok(unsent.all)
    }
}
