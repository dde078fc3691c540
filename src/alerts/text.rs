//! What a bundle of signals says, by mail and in a chat channel: pure, so that it can be said again with less in it.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::config::Config;
use crate::entities::{opportunity, signal, user};
use crate::error::Result;
use crate::ids::OpportunityId;
use crate::mail::{Letter, Point};
use crate::webhooks::{ChatLine, ChatMessage};

/// What the log of deliveries calls a message to a chat channel.
pub(super) const CHAT: &str = "alert";

/// The deals of a bundle with what they are called.
pub(super) type Names = BTreeMap<OpportunityId, String>;

/// The key of a bundle's mail.
pub(super) fn mail_key(bundle: Uuid) -> String {
    format!("alert:{bundle}")
}

/// What these deals are called.
pub(super) async fn names_of<C: ConnectionTrait>(
    db: &C,
    deals: impl IntoIterator<Item = OpportunityId>,
) -> Result<Names> {
    let rows = opportunity::Entity::find()
        .filter(opportunity::Column::Id.is_in(deals))
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|deal| (deal.id, deal.name)).collect())
}

/// Words for one user.
pub(super) struct Text<'a> {
    pub(super) config: &'a Config,
    pub(super) person: &'a user::Model,
}

impl Text<'_> {
    /// What mail programs list.
    pub(super) fn subject(signals: &[signal::Model], names: &Names) -> String {
        let Some(first) = signals.first() else {
            return String::new();
        };
        match (signals.len(), names.len()) {
            (1, _) => first.title.clone(),
            (count, 1) => format!("{}: {count} signals", name(names, first.opportunity_id)),
            (count, deals) => format!("{count} signals in {deals} deals"),
        }
    }

    pub(super) fn letter(&self, signals: &[signal::Model], names: &Names) -> Letter {
        let point = |one: &signal::Model| Point {
            title: one.title.clone(),
            detail: format!(
                "{} {} ({})",
                one.detail,
                one.next_step,
                name(names, one.opportunity_id)
            ),
            url: Some(self.place(one.opportunity_id)),
        };
        Letter {
            greeting: format!("Hello {},", self.person.name),
            points: signals.iter().map(point).collect(),
            footer: format!(
                "You choose what you hear, and when, at {}/settings/alerts.",
                self.config.public_url()
            ),
            ..Letter::default()
        }
    }

    /// The message about one deal; nothing where none of the signals is its.
    pub(super) fn chat(
        &self,
        deal: OpportunityId,
        name: &str,
        signals: &[signal::Model],
    ) -> Option<ChatMessage> {
        let of_deal = signals.iter().filter(|one| one.opportunity_id == deal);
        let lines: Vec<ChatLine> = of_deal
            .map(|one| ChatLine {
                title: one.title.clone(),
                detail: one.detail.clone(),
                next_step: one.next_step.clone(),
            })
            .collect();
        (!lines.is_empty()).then(|| ChatMessage {
            title: format!("{name} ({})", self.person.name),
            lines,
            button: Some(("Open in Lastmile".to_owned(), self.place(deal))),
        })
    }

    fn place(&self, deal: OpportunityId) -> String {
        format!("{}/opportunities/{deal}", self.config.public_url())
    }
}

fn name(names: &Names, deal: OpportunityId) -> &str {
    names.get(&deal).map_or("", String::as_str)
}
