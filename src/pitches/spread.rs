//! How far the pitches of an opportunity have spread: the links that were sent, and those that readers made by sharing, as
//! a tree. Four queries, whatever its size.

use std::collections::HashMap;

use actix_web::web;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde::Serialize;

use super::load::link_view;
use super::reads::link_reads;
use super::scope::may_change_pitches_of;
use super::sending::attach_mails;
use super::views::LinkView;
use crate::clock::Clock;
use crate::config::Config;
use crate::crm;
use crate::db::Db;
use crate::entities::{pitch, pitch_link, user};
use crate::error::Result;
use crate::http::{Principal, Problem};
use crate::ids::{LinkId, OpportunityId, PitchId};
use crate::keys::Keys;

/// How far an opportunity's pitches have spread.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Spread {
    /// The pitches that have links, the latest first.
    pub pitches: Vec<PitchSpread>,
}

/// How far one pitch has spread.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PitchSpread {
    /// The pitch.
    pub id: PitchId,
    /// Its title.
    pub title: String,
    /// Whether the caller may take its links back.
    pub may_revoke: bool,
    /// Its links in the order of a tree: parents before their children, each level oldest first.
    pub nodes: Vec<SpreadNode>,
}

/// One link in the tree.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct SpreadNode {
    /// The link.
    pub link: LinkView,
    /// How many shares lie between it and the sender: 0 was sent, 1 was shared by its recipient, and so on.
    pub depth: usize,
    /// Who shared it, as far as they are known; absent for what was sent.
    pub shared_by: Option<String>,
    /// How many links were shared on from it, directly.
    pub children: usize,
    /// How many, over all levels below it.
    pub descendants: usize,
}

/// How far the pitches of an opportunity have spread, through whom, and who read.
#[utoipa::path(get, path = "/api/v1/opportunities/{id}/spread", tag = "pitches", params(OpportunityId), responses(
    (status = 200, body = Spread), (status = 404, body = Problem),
))]
pub async fn opportunity_spread(
    principal: Principal,
    id: web::Path<OpportunityId>,
    db: web::Data<Db>,
    clock: web::Data<Clock>,
    keys: web::Data<Keys>,
    config: web::Data<Config>,
) -> Result<web::Json<Spread>> {
    let db = db.read();
    let now = clock.now();
    let deal = crm::find_opportunity(db, &principal, *id).await?;
    let pitches = pitch::Entity::find()
        .find_also_related(user::Entity)
        .filter(pitch::Column::OpportunityId.eq(deal.id))
        .order_by_desc(pitch::Column::CreatedAt)
        .order_by_desc(pitch::Column::Id)
        .all(db)
        .await?;
    let ids: Vec<PitchId> = pitches.iter().map(|(pitch, _)| pitch.id).collect();
    let links = pitch_link::Entity::find()
        .filter(pitch_link::Column::PitchId.is_in(ids.iter().copied()))
        .order_by_asc(pitch_link::Column::CreatedAt)
        .order_by_asc(pitch_link::Column::Id)
        .all(db)
        .await?;
    let reads = link_reads(db, &ids).await?;
    let mut views: Vec<LinkView> = links
        .into_iter()
        .map(|link| link_view(&config, &keys, now, &reads, link))
        .collect();
    attach_mails(db, &mut views).await?;
    let mut of_pitch: HashMap<PitchId, Vec<LinkView>> = HashMap::new();
    for view in views {
        of_pitch.entry(view.pitch_id).or_default().push(view);
    }
    let pitches = pitches
        .into_iter()
        .filter_map(|(pitch, owner)| {
            let links = of_pitch.remove(&pitch.id)?;
            Some(PitchSpread {
                id: pitch.id,
                title: pitch.title,
                may_revoke: owner.is_some_and(|owner| may_change_pitches_of(&principal, &owner)),
                nodes: tree(links),
            })
        })
        .collect();
    Ok(web::Json(Spread { pitches }))
}

/// The links, oldest first, in the order of a tree. A link whose parent is not among them counts as sent.
fn tree(links: Vec<LinkView>) -> Vec<SpreadNode> {
    let place: HashMap<LinkId, usize> = (0..).zip(&links).map(|(at, link)| (link.id, at)).collect();
    let parents: Vec<Option<usize>> = links
        .iter()
        .map(|link| place.get(&link.parent_link_id?).copied())
        .collect();
    let names: Vec<Option<String>> = links.iter().map(name).collect();
    let mut children: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (at, parent) in parents.iter().enumerate() {
        children.entry(*parent).or_default().push(at);
    }
    let below = |at: usize| {
        children
            .get(&Some(at))
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let mut links: Vec<Option<LinkView>> = links.into_iter().map(Some).collect();
    let mut nodes: Vec<SpreadNode> = Vec::with_capacity(links.len());
    // Where each node on the way from the root stands among `nodes`.
    let mut way: Vec<usize> = Vec::new();
    let roots = children.get(&None).map(Vec::as_slice).unwrap_or_default();
    let mut waiting: Vec<(usize, usize)> = roots.iter().rev().map(|at| (*at, 0)).collect();
    while let Some((at, depth)) = waiting.pop() {
        let Some(link) = links.get_mut(at).and_then(Option::take) else {
            continue;
        };
        way.truncate(depth);
        for above in &way {
            if let Some(node) = nodes.get_mut(*above) {
                node.descendants += 1;
            }
        }
        way.push(nodes.len());
        let parent = parents.get(at).copied().flatten();
        nodes.push(SpreadNode {
            shared_by: parent.and_then(|parent| names.get(parent).cloned().flatten()),
            children: below(at).len(),
            descendants: 0,
            depth,
            link,
        });
        waiting.extend(below(at).iter().rev().map(|child| (*child, depth + 1)));
    }
    nodes
}

fn name(link: &LinkView) -> Option<String> {
    let recipient = &link.recipient;
    recipient.name.clone().or_else(|| recipient.email.clone())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::entities::DownloadMode;
    use crate::pitches::views::{LinkSettingsView, LinkState, Recipient};

    fn link(number: u128, parent: Option<u128>) -> LinkView {
        let id = |number| LinkId(uuid::Uuid::from_u128(number));
        LinkView {
            id: id(number),
            pitch_id: PitchId(uuid::Uuid::nil()),
            url: String::new(),
            recipient: Recipient {
                contact_id: None,
                name: Some(format!("Reader {number}")),
                email: None,
            },
            parent_link_id: parent.map(id),
            state: LinkState::Active,
            created_at: DateTime::UNIX_EPOCH,
            opens_at: None,
            expires_at: None,
            revoked_at: None,
            download_allowed: false,
            settings: LinkSettingsView {
                download: DownloadMode::Off,
                has_passcode: false,
                email_required: false,
                allow: Vec::new(),
                deny: Vec::new(),
                terms_id: None,
                watermark: false,
                nameless_allowed: false,
            },
            revision: 1,
            reads: 0,
            machine_visits: 0,
            last_read_at: None,
            mail: None,
        }
    }

    #[test]
    fn children_stand_under_whoever_shared_however_deep() {
        let links = vec![
            link(1, None),
            link(2, None),
            link(3, Some(1)),
            link(4, Some(3)),
            link(5, Some(1)),
            link(6, Some(4)),
            link(7, Some(99)),
        ];
        let nodes = tree(links);
        let told: Vec<(String, usize, usize, usize)> = nodes
            .iter()
            .map(|node| {
                let name = name(&node.link).unwrap();
                (name, node.depth, node.children, node.descendants)
            })
            .collect();
        let node = |number: u32, depth, children, descendants| {
            (format!("Reader {number}"), depth, children, descendants)
        };
        assert_eq!(
            told,
            [
                node(1, 0, 2, 4),
                node(3, 1, 1, 2),
                node(4, 2, 1, 1),
                node(6, 3, 0, 0),
                node(5, 1, 0, 0),
                node(2, 0, 0, 0),
                node(7, 0, 0, 0),
            ]
        );
        assert_eq!(nodes[3].shared_by.as_deref(), Some("Reader 4"));
        assert_eq!(nodes[0].shared_by, None);
    }
}
