//! What a chat channel has been told already: several people may speak to one, and it hears of a signal once.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::text::CHAT;
use crate::entities::{AlertChannel, DeliveryState, alert_item, signal, webhook_delivery};
use crate::error::Result;
use crate::ids::{SignalId, WebhookId};

/// Which signals which channels have in other messages than a bundle's.
pub(super) struct Said(HashSet<(WebhookId, SignalId)>);

impl Said {
    /// What was said of these signals beside this bundle.
    pub(super) async fn beside<C: ConnectionTrait>(
        tx: &C,
        bundle: Uuid,
        signals: &[signal::Model],
    ) -> Result<Self> {
        let told: Vec<(Option<Uuid>, SignalId)> = alert_item::Entity::find()
            .select_only()
            .column(alert_item::Column::BundleId)
            .column(alert_item::Column::SignalId)
            .filter(alert_item::Column::SignalId.is_in(signals.iter().map(|one| one.id)))
            .filter(alert_item::Column::Channel.eq(AlertChannel::Chat))
            .filter(alert_item::Column::BundleId.ne(bundle))
            .into_tuple()
            .all(tx)
            .await?;
        let mut bundles: BTreeMap<Uuid, Vec<SignalId>> = BTreeMap::new();
        for (bundle, signal) in told {
            if let Some(bundle) = bundle {
                bundles.entry(bundle).or_default().push(signal);
            }
        }
        let messages: Vec<(Option<Uuid>, WebhookId)> = webhook_delivery::Entity::find()
            .select_only()
            .column(webhook_delivery::Column::About)
            .column(webhook_delivery::Column::WebhookId)
            .filter(webhook_delivery::Column::About.is_in(bundles.keys().copied()))
            .filter(webhook_delivery::Column::EventType.eq(CHAT))
            .filter(webhook_delivery::Column::State.ne(DeliveryState::Cancelled))
            .into_tuple()
            .all(tx)
            .await?;
        let said = messages.into_iter().flat_map(|(bundle, channel)| {
            let signals = bundle.and_then(|bundle| bundles.get(&bundle));
            signals
                .into_iter()
                .flatten()
                .map(move |one| (channel, *one))
        });
        Ok(Self(said.collect()))
    }

    /// Those that this channel has not got.
    pub(super) fn unsaid(
        &self,
        channel: WebhookId,
        signals: &[signal::Model],
    ) -> Vec<signal::Model> {
        signals
            .iter()
            .filter(|one| !self.0.contains(&(channel, one.id)))
            .cloned()
            .collect()
    }
}
