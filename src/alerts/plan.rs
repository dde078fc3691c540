//! Who is to hear of new signals, written in the transaction that writes the signals: the bell at once, the rest to wait.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, Condition, ConnectionTrait,
    EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
};

use super::quiet::zone;
use super::recall::recall;
use super::settings::{AlertSettings, settings_of};
use crate::config::{AlertConfig, Config};
use crate::entities::{
    AlertChannel, SignalKind, WatchMode, alert_gate, alert_item, alert_watch, notification, signal,
    user,
};
use crate::error::Result;
use crate::ids::{AlertItemId, OpportunityId, SignalId, UserId, VisitId};
use crate::notices::{self, Notice};

/// For how long a notice that nobody has read takes in more of the same visit.
const SAME_NOTICE: TimeDelta = TimeDelta::hours(1);

/// The kind of the notice that a signal was none.
const WITHDRAWN: &str = "signal_withdrawn";

/// An opportunity, and whom it concerns.
#[derive(Clone, Debug)]
pub struct Concern {
    /// The opportunity.
    pub opportunity: OpportunityId,
    /// Its name.
    pub name: String,
    /// Its owner and those who sent its pitches.
    pub owners: BTreeSet<UserId>,
    /// Those who sent its pitches: their bells ring at once for what [`heard`] lets through.
    pub senders: BTreeSet<UserId>,
}

/// Plans who hears of these new signals of one opportunity, in the caller's transaction; says whose bell rang.
pub async fn plan<C: ConnectionTrait>(
    tx: &C,
    config: &AlertConfig,
    now: DateTime<Utc>,
    concern: &Concern,
    signals: &[signal::Model],
) -> Result<Vec<UserId>> {
    if signals.is_empty() {
        return Ok(Vec::new());
    }
    let people = listeners(tx, concern).await?;
    let settings = settings_of(tx, &people).await?;
    let mut rung = Vec::new();
    let mut items = Vec::new();
    let mut gates = BTreeSet::new();
    for person in &people {
        let Some(settings) = settings.get(&person.id) else {
            continue;
        };
        let in_bell: Vec<&signal::Model> = signals
            .iter()
            .filter(|one| settings.wants(one.kind, AlertChannel::App))
            .collect();
        if ring(tx, now, person.id, concern, &in_bell).await? {
            rung.push(person.id);
        }
        for one in in_bell {
            items.push(item(
                person.id,
                one,
                AlertChannel::App,
                Some(now),
                now,
                now,
                false,
            ));
        }
        let wait = now + TimeDelta::seconds(i64::from(config.bundle_secs));
        let (due_at, held) = when(settings, person, wait);
        for channel in [AlertChannel::Mail, AlertChannel::Chat] {
            // A channel is everybody's: only who is in charge speaks to it.
            if channel == AlertChannel::Chat && !concern.owners.contains(&person.id) {
                continue;
            }
            for one in signals
                .iter()
                .filter(|one| settings.wants(one.kind, channel))
            {
                items.push(item(person.id, one, channel, None, due_at, now, held));
                gates.insert((person.id, channel));
            }
        }
    }
    for chunk in items.chunks(500) {
        alert_item::Entity::insert_many(chunk.iter().cloned())
            .on_conflict(
                OnConflict::columns([
                    alert_item::Column::UserId,
                    alert_item::Column::SignalId,
                    alert_item::Column::Channel,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    let gates: Vec<alert_gate::ActiveModel> = gates
        .into_iter()
        .map(|(user, channel)| alert_gate::ActiveModel {
            user_id: Set(user),
            opportunity_id: Set(concern.opportunity),
            channel: Set(channel),
            passed_at: Set(None),
        })
        .collect();
    if !gates.is_empty() {
        alert_gate::Entity::insert_many(gates)
            .on_conflict(
                OnConflict::columns([
                    alert_gate::Column::UserId,
                    alert_gate::Column::OpportunityId,
                    alert_gate::Column::Channel,
                ])
                .do_nothing()
                .to_owned(),
            )
            .exec_without_returning(tx)
            .await?;
    }
    Ok(rung)
}

/// When a message may go out that is to go out at `at`, and whether quiet hours hold it back.
pub(super) fn when(
    settings: &AlertSettings,
    person: &user::Model,
    at: DateTime<Utc>,
) -> (DateTime<Utc>, bool) {
    let quiet = settings.quiet_hours.as_ref();
    match quiet.and_then(|quiet| quiet.quiet_until(zone(&person.time_zone), at)) {
        Some(end) => (end, true),
        None => (at, false),
    }
}

/// Says that signals were none: what was not told yet is dropped, and who was told hears of it.
pub async fn take_back<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    signals: &[signal::Model],
    reason: &str,
) -> Result<Vec<UserId>> {
    if signals.is_empty() {
        return Ok(Vec::new());
    }
    drop_untold(tx, config, now, signals).await?;
    let ids = signals.iter().map(|one| one.id);
    let told = alert_item::Entity::find()
        .filter(alert_item::Column::SignalId.is_in(ids))
        .filter(alert_item::Column::BundleId.is_not_null())
        .all(tx)
        .await?;
    let whom: BTreeSet<(UserId, SignalId)> = told
        .into_iter()
        .map(|item| (item.user_id, item.signal_id))
        .collect();
    let notices = whom.into_iter().filter_map(|(user, id)| {
        let one = signals.iter().find(|one| one.id == id)?;
        Some(Notice {
            user,
            kind: WITHDRAWN,
            title: format!("Taken back: {}", one.title),
            body: reason.to_owned(),
            opportunity: Some(one.opportunity_id),
            visit: one.visit_id,
            subject: None,
            dedupe_key: taken_back(id),
            at: now,
        })
    });
    notices::write(tx, notices.collect()).await
}

/// Drops what nobody was told yet of signals that were none.
pub async fn drop_untold<C: ConnectionTrait>(
    tx: &C,
    config: &Config,
    now: DateTime<Utc>,
    signals: &[signal::Model],
) -> Result<()> {
    let ids: Vec<SignalId> = signals.iter().map(|one| one.id).collect();
    recall(tx, config, now, &ids).await?;
    alert_item::Entity::delete_many()
        .filter(alert_item::Column::SignalId.is_in(ids))
        .filter(alert_item::Column::SettledAt.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Says that signals which were taken back are so after all: who was not told yet is told, and nobody is told twice.
pub async fn stand_again<C: ConnectionTrait>(
    tx: &C,
    config: &AlertConfig,
    now: DateTime<Utc>,
    concern: &Concern,
    signals: &[signal::Model],
) -> Result<Vec<UserId>> {
    if signals.is_empty() {
        return Ok(Vec::new());
    }
    notification::Entity::delete_many()
        .filter(notification::Column::DedupeKey.is_in(signals.iter().map(|one| taken_back(one.id))))
        .exec(tx)
        .await?;
    plan(tx, config, now, concern, signals).await
}

/// The key of the notice that a signal was none.
fn taken_back(signal: SignalId) -> String {
    format!("{WITHDRAWN}:{signal}")
}

/// Who hears of the opportunity: those in charge who have not muted it, and those who watch it.
async fn listeners<C: ConnectionTrait>(tx: &C, concern: &Concern) -> Result<Vec<user::Model>> {
    let mut who = concern.owners.clone();
    let words = alert_watch::Entity::find()
        .filter(alert_watch::Column::OpportunityId.eq(concern.opportunity))
        .all(tx)
        .await?;
    for word in words {
        match word.mode {
            WatchMode::Watch => who.insert(word.user_id),
            WatchMode::Mute => who.remove(&word.user_id),
        };
    }
    let people = user::Entity::find()
        .filter(user::Column::Id.is_in(who))
        .filter(user::Column::Active.eq(true))
        .all(tx)
        .await?;
    Ok(people)
}

/// Those of these notices of acts, told as they happen, that their users want to hear.
pub async fn heard<C: ConnectionTrait>(db: &C, notices: Vec<Notice>) -> Result<Vec<Notice>> {
    if notices.is_empty() {
        return Ok(notices);
    }
    let people = user::Entity::find()
        .filter(user::Column::Id.is_in(notices.iter().map(|one| one.user)))
        .all(db)
        .await?;
    let settings = settings_of(db, &people).await?;
    let muted: BTreeSet<(UserId, OpportunityId)> = alert_watch::Entity::find()
        .filter(alert_watch::Column::UserId.is_in(people.iter().map(|person| person.id)))
        .filter(alert_watch::Column::Mode.eq(WatchMode::Mute))
        .all(db)
        .await?
        .into_iter()
        .map(|word| (word.user_id, word.opportunity_id))
        .collect();
    let wanted = |one: &Notice| {
        let signal = match one.kind {
            "read" => SignalKind::FirstRead,
            "shared" => SignalKind::Shared,
            "downloaded" => SignalKind::Downloaded,
            _ => return true,
        };
        let muted = one
            .opportunity
            .is_some_and(|deal| muted.contains(&(one.user, deal)));
        let settings = settings.get(&one.user);
        !muted && settings.is_none_or(|settings| settings.wants(signal, AlertChannel::App))
    };
    Ok(notices.into_iter().filter(wanted).collect())
}

/// Whether the bell has rung for it already, at the moment when it happened.
fn told_at_once(kind: SignalKind) -> bool {
    matches!(
        kind,
        SignalKind::FirstRead | SignalKind::Shared | SignalKind::Downloaded
    )
}

/// Puts signals into a user's bell: into the notice of the same visit while nobody has read it, else into one of their own
/// for each visit. Says whether there is a new one.
async fn ring<C: ConnectionTrait>(
    tx: &C,
    now: DateTime<Utc>,
    user: UserId,
    concern: &Concern,
    signals: &[&signal::Model],
) -> Result<bool> {
    let mut of_visit: BTreeMap<Option<VisitId>, Vec<&signal::Model>> = BTreeMap::new();
    let sender = concern.senders.contains(&user);
    let unsaid = |one: &&&signal::Model| !(sender && told_at_once(one.kind));
    for one in signals.iter().filter(unsaid) {
        of_visit.entry(one.visit_id).or_default().push(one);
    }
    let mut notices = Vec::new();
    for (visit, signals) in of_visit {
        let signals = unheard(tx, user, visit, signals).await?;
        if signals.is_empty() {
            continue;
        }
        let same = match visit {
            Some(visit) => notification::Column::VisitId.eq(visit),
            // What the deal as a whole has come to goes with whatever was told of it last.
            None => notification::Column::OpportunityId.eq(concern.opportunity),
        };
        let unread = notification::Entity::find()
            .filter(notification::Column::UserId.eq(user))
            .filter(same)
            .filter(notification::Column::ReadAt.is_null())
            .filter(notification::Column::CreatedAt.gt(now - SAME_NOTICE))
            .filter(notification::Column::Kind.ne(WITHDRAWN))
            .order_by_desc(notification::Column::Id)
            .one(tx)
            .await?;
        let lines: Vec<&str> = signals.iter().map(|one| one.title.as_str()).collect();
        if let Some(unread) = unread {
            let body = format!("{}\n{}", unread.body, lines.join("\n"));
            let mut row = unread.into_active_model();
            row.body = Set(body);
            row.update(tx).await?;
            continue;
        }
        let Some((first, more)) = signals.split_first() else {
            continue;
        };
        let mut body = vec![concern.name.clone()];
        body.extend(more.iter().map(|one| one.title.clone()));
        if more.is_empty() {
            body.push(first.next_step.clone());
        }
        notices.push(Notice {
            user,
            kind: first.kind.as_str(),
            title: first.title.clone(),
            body: body.join("\n"),
            opportunity: Some(concern.opportunity),
            visit,
            subject: None,
            dedupe_key: own_notice(first.id),
            at: now,
        });
    }
    Ok(!notices::write(tx, notices).await?.is_empty())
}

/// Those of a visit's signals that stand in none of the user's notices: one that stands again may still be there.
async fn unheard<'s, C: ConnectionTrait>(
    tx: &C,
    user: UserId,
    visit: Option<VisitId>,
    mut signals: Vec<&'s signal::Model>,
) -> Result<Vec<&'s signal::Model>> {
    let keys = signals.iter().map(|one| own_notice(one.id));
    let mut told = Condition::any().add(notification::Column::DedupeKey.is_in(keys));
    if let Some(visit) = visit {
        told = told.add(notification::Column::VisitId.eq(visit));
    }
    let notices = notification::Entity::find()
        .filter(notification::Column::UserId.eq(user))
        .filter(notification::Column::Kind.ne(WITHDRAWN))
        .filter(told)
        .all(tx)
        .await?;
    signals.retain(|one| {
        !notices.iter().any(|notice| {
            notice.title == one.title || notice.body.lines().any(|line| line == one.title)
        })
    });
    Ok(signals)
}

/// The key of a notice of its own.
fn own_notice(signal: SignalId) -> String {
    format!("signal:{signal}")
}

fn item(
    user: UserId,
    signal: &signal::Model,
    channel: AlertChannel,
    settled_at: Option<DateTime<Utc>>,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
    held: bool,
) -> alert_item::ActiveModel {
    let id = AlertItemId::new(now);
    alert_item::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        opportunity_id: Set(signal.opportunity_id),
        signal_id: Set(signal.id),
        channel: Set(channel),
        held: Set(held),
        due_at: Set(due_at),
        settled_at: Set(settled_at),
        bundle_id: Set(settled_at.map(|_| id.0)),
        created_at: Set(now),
    }
}
