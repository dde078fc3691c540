//! A pitch as the API shows it, in a handful of queries whatever its length.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::items::Found;
use super::placeholders::{unfilled, words_of};
use super::reads::{Reads, link_reads};
use super::rules;
use super::sending::attach_mails;
use super::steps::steps_of;
use super::token::link_url;
use super::views::{
    LinkSettingsView, LinkState, LinkView, PitchDetail, PitchItem, PitchOpportunity, Recipient,
};
use crate::auth::{UserRef, user_refs};
use crate::config::Config;
use crate::entities::{
    account, asset, asset_version, opportunity, page, pitch, pitch_item, pitch_link,
};
use crate::error::{Error, Result};
use crate::ids::{LinkId, PitchId, UserId, VersionId};
use crate::keys::Keys;
use crate::library;

/// The whole view of `pitch`.
pub(super) async fn load_pitch<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    keys: &Keys,
    now: DateTime<Utc>,
    pitch: pitch::Model,
) -> Result<PitchDetail> {
    let (opportunity, account) = opportunity::Entity::find_by_id(pitch.opportunity_id)
        .find_also_related(account::Entity)
        .one(db)
        .await?
        .ok_or_else(|| Error::internal("a pitch without its opportunity"))?;
    let mut owners = user_refs(db, [pitch.owner_id]).await?;
    let items = load_items(db, now.date_naive(), pitch.id).await?;
    let steps = steps_of(db, pitch.id, now.date_naive()).await?;
    let words = words_of(
        &pitch,
        items
            .iter()
            .map(|item| (item.note.as_str(), item.section.as_str())),
        steps
            .iter()
            .map(|step| (step.what.as_str(), step.who.as_str())),
    );
    Ok(PitchDetail {
        unfilled: unfilled(words),
        steps,
        id: pitch.id,
        opportunity: PitchOpportunity {
            id: opportunity.id,
            name: opportunity.name,
            account_name: account.map(|account| account.name).unwrap_or_default(),
        },
        owner: owner_ref(&mut owners, pitch.owner_id),
        items,
        links: load_links(db, config, keys, now, pitch.id).await?,
        title: pitch.title,
        message: pitch.message,
        story_wanted: pitch.story_wanted,
        revision: pitch.revision,
        created_at: pitch.created_at,
        updated_at: pitch.updated_at,
        preview_url: format!("/preview/pitches/{}", pitch.id),
    })
}

/// The links of `pitch`, newest first.
async fn load_links<C: ConnectionTrait>(
    db: &C,
    config: &Config,
    keys: &Keys,
    now: DateTime<Utc>,
    pitch: PitchId,
) -> Result<Vec<LinkView>> {
    let links = pitch_link::Entity::find()
        .filter(pitch_link::Column::PitchId.eq(pitch))
        .order_by_desc(pitch_link::Column::CreatedAt)
        .order_by_desc(pitch_link::Column::Id)
        .all(db)
        .await?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let reads = link_reads(db, &[pitch]).await?;
    let mut views: Vec<LinkView> = links
        .into_iter()
        .map(|link| link_view(config, keys, now, &reads, link))
        .collect();
    attach_mails(db, &mut views).await?;
    Ok(views)
}

/// One link as the API shows it.
pub(super) fn link_view(
    config: &Config,
    keys: &Keys,
    now: DateTime<Utc>,
    reads: &HashMap<LinkId, Reads>,
    link: pitch_link::Model,
) -> LinkView {
    let reads = reads.get(&link.id).copied().unwrap_or_default();
    LinkView {
        id: link.id,
        pitch_id: link.pitch_id,
        url: link_url(config, keys, link.id),
        state: LinkState::of(&link, now),
        settings: LinkSettingsView::of(&link),
        revision: link.revision,
        recipient: Recipient {
            contact_id: link.contact_id,
            name: link.recipient_name,
            email: link.recipient_email,
        },
        parent_link_id: link.parent_link_id,
        created_at: link.created_at,
        opens_at: link.opens_at,
        expires_at: link.expires_at,
        revoked_at: link.revoked_at,
        download_allowed: link.download_allowed,
        reads: reads.people,
        machine_visits: reads.machines,
        last_read_at: reads.last_read_at,
        mail: None,
    }
}

/// The owner's name, from those that were looked up.
pub(super) fn owner_ref(owners: &mut HashMap<UserId, UserRef>, id: UserId) -> UserRef {
    owners.get(&id).cloned().unwrap_or_else(|| UserRef {
        id,
        name: String::new(),
    })
}

async fn load_items<C: ConnectionTrait>(
    db: &C,
    today: NaiveDate,
    pitch: PitchId,
) -> Result<Vec<PitchItem>> {
    let items = pitch_item::Entity::find()
        .filter(pitch_item::Column::PitchId.eq(pitch))
        .order_by_asc(pitch_item::Column::Position)
        .all(db)
        .await?;
    let found = Found::load(db, &items).await?;
    let chosen = items
        .iter()
        .filter_map(|item| Some((found.shown(item)?.id, item.page_number?)));
    let titles = page_titles(db, chosen).await?;
    items
        .into_iter()
        .map(|item| {
            let asset = found.asset(item.asset_id);
            let (asset, version) = asset
                .zip(found.shown(&item))
                .ok_or_else(|| Error::internal("an asset in a pitch has no version"))?;
            let newest = found.current(asset.id);
            Ok(item_view(item, asset, (version, newest), &titles, today))
        })
        .collect()
}

fn item_view(
    item: pitch_item::Model,
    asset: &asset::Model,
    (version, newest): (&asset_version::Model, Option<&asset_version::Model>),
    titles: &HashMap<(VersionId, i32), String>,
    today: NaiveDate,
) -> PitchItem {
    let page_count = version.page_count.unwrap_or(version.pages_done);
    let first = item.page_number.unwrap_or(1);
    PitchItem {
        id: item.id,
        asset_id: asset.id,
        page_number: item.page_number,
        page_title: item
            .page_number
            .and_then(|page| titles.get(&(version.id, page)).cloned())
            .filter(|title| !title.is_empty()),
        note: item.note,
        section: item.section,
        version_id: version.id,
        version_number: version.number,
        current_version_number: newest.map(|newest| newest.number),
        keeps_version: item.version_id.is_some(),
        title: asset.title.clone(),
        kind: asset.kind,
        page_count,
        thumbnail_url: (1..=page_count)
            .contains(&first)
            .then(|| library::page_thumbnail_url(version.id, first)),
        problems: rules::objections(asset, Some(version), item.page_number, today)
            .into_iter()
            .chain(rules::outdated(version, newest))
            .map(|objection| objection.to_string())
            .collect(),
    }
}

/// The titles of single pages, in one query.
async fn page_titles<C: ConnectionTrait>(
    db: &C,
    pages: impl Iterator<Item = (VersionId, i32)>,
) -> Result<HashMap<(VersionId, i32), String>> {
    let mut any = Condition::any();
    for (version, number) in pages {
        any = any.add(
            Condition::all()
                .add(page::Column::VersionId.eq(version))
                .add(page::Column::Number.eq(number)),
        );
    }
    if any.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(VersionId, i32, String)> = page::Entity::find()
        .select_only()
        .column(page::Column::VersionId)
        .column(page::Column::Number)
        .column(page::Column::Title)
        .filter(any)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(version, number, title)| ((version, number), title))
        .collect())
}
