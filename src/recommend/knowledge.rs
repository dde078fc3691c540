//! What recommendations are made from: every deal, every send, every move, every asset that may be pitched, and the model
//! learnt from them.
//!
//! Read whole and now and then, never by a request that could do without. [`Marks`] tell cheaply whether anything has
//! changed since.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, ExprTrait as _, JoinType};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, RelationTrait as _,
};

use super::gates::{Deal, Gate, GateModel, History, Match, Piece, STAGES, Send};
use crate::entities::{
    Facet, Outcome, Stage, account, asset, asset_facet, change, contact, opportunity, pitch,
    pitch_item, pitch_link, rollup_opportunity_asset, stage_change,
};
use crate::error::Result;
use crate::ids::{AssetId, ContactId, OpportunityId};
use crate::library::may_be_pitched;

/// What has changed, told from a few counts and greatest values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    /// Of the library: the newest entry of the change log.
    pub(super) library: i64,
    /// Of the moves between stages and the sends.
    pub(super) outcomes: String,
    /// Of the deals and who they are with.
    pub(super) deals: String,
}

/// An asset that may be pitched.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) asset: asset::Model,
    /// What it is for: values as they are shown, in the order of [`Match::ALL`].
    pub(super) facets: [Vec<String>; 5],
    /// Its place among the model's pieces.
    pub(super) piece: usize,
}

/// A deal with what content may be made for.
#[derive(Clone, Debug)]
pub(super) struct KnownDeal {
    pub(super) row: opportunity::Model,
    /// Industry, product, persona, competitor, stage as they are shown.
    pub(super) traits: [Option<String>; 5],
    /// What its first contact speaks, where known.
    pub(super) language: Option<String>,
    /// The pieces sent, in order.
    pub(super) sent: Vec<usize>,
    /// The pieces that somebody there has read.
    pub(super) read: HashSet<usize>,
}

/// Everything, as it stood at one moment.
#[derive(Clone, Debug)]
pub(super) struct Knowledge {
    pub(super) marks: Marks,
    /// When it was read: everything from before is in it.
    pub(super) read_at: DateTime<Utc>,
    pub(super) history: History,
    pub(super) model: GateModel,
    pub(super) candidates: Vec<Candidate>,
    /// Parallel to the history's deals.
    pub(super) deals: Vec<KnownDeal>,
    /// In how many deals each piece was sent.
    pub(super) sends: Vec<usize>,
    places: HashMap<OpportunityId, usize>,
}

impl Marks {
    /// Reads them, in a handful of small queries.
    pub(super) async fn read<C: ConnectionTrait>(db: &C) -> Result<Self> {
        let library = greatest(db, change::Entity, change::Column::Seq).await?;
        let moves = latest(db, stage_change::Entity, stage_change::Column::ChangedAt).await?;
        let links = latest(db, pitch_link::Entity, pitch_link::Column::CreatedAt).await?;
        let deals = latest(db, opportunity::Entity, opportunity::Column::UpdatedAt).await?;
        let accounts = latest(db, account::Entity, account::Column::UpdatedAt).await?;
        let contacts = latest(db, contact::Entity, contact::Column::UpdatedAt).await?;
        Ok(Self {
            library: library.unwrap_or(0),
            outcomes: format!("{moves} {links}"),
            deals: format!("{deals} {accounts} {contacts}"),
        })
    }
}

impl Knowledge {
    /// Reads everything and learns from it. The fit blocks for up to a second in a large house; call it where that does
    /// no harm.
    pub(super) async fn read<C: ConnectionTrait>(db: &C, now: DateTime<Utc>) -> Result<Self> {
        let marks = Marks::read(db).await?;
        let mut words = Words::default();
        let mut history = History::default();

        let (candidates, places_of_assets) =
            candidates(db, now.date_naive(), &mut words, &mut history).await?;
        let mut deals = deals(db, &mut words, &mut history).await?;
        let places: HashMap<_, _> = deals
            .iter()
            .enumerate()
            .map(|(place, deal)| (deal.row.id, place))
            .collect();

        let walks = walks(db, &places).await?;
        for (deal, walk) in walks.iter().enumerate() {
            history.gates.extend(walk.gates(deal));
        }
        let mut sends = vec![0; history.pieces.len()];
        for row in sent(db).await? {
            let (Some(deal), Some(piece)) = (
                places.get(&row.opportunity_id),
                places_of_assets.get(&row.asset_id),
            ) else {
                continue;
            };
            let at = row.first_at.timestamp_micros();
            let stage = walks.get(*deal).map_or(0, |walk| walk.stage_at(at));
            history.sends.push(Send {
                deal: *deal,
                piece: *piece,
                at,
                stage,
            });
            if let Some(known) = deals.get_mut(*deal) {
                known.sent.push(*piece);
            }
            if let Some(count) = sends.get_mut(*piece) {
                *count += 1;
            }
        }
        for (opportunity, asset) in read(db).await? {
            let deal = places.get(&opportunity).and_then(|at| deals.get_mut(*at));
            if let (Some(deal), Some(piece)) = (deal, places_of_assets.get(&asset)) {
                deal.read.insert(*piece);
            }
        }
        Ok(Self {
            marks,
            read_at: now,
            model: GateModel::fit(&history),
            history,
            candidates,
            deals,
            sends,
            places,
        })
    }

    /// The place of a deal.
    pub(super) fn place(&self, id: OpportunityId) -> Option<usize> {
        self.places.get(&id).copied()
    }
}

/// Numbers for words, case and blanks aside; every facet has its own.
#[derive(Debug, Default)]
struct Words(HashMap<(usize, String), u32>);

impl Words {
    fn number(&mut self, facet: usize, word: &str) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self
            .0
            .entry((facet, word.trim().to_lowercase()))
            .or_insert(next)
    }
}

async fn greatest<C, E, K>(db: &C, entity: E, column: K) -> Result<Option<i64>>
where
    C: ConnectionTrait,
    E: EntityTrait<Column = K>,
    K: sea_orm::ColumnTrait,
{
    let _ = entity;
    let greatest: Option<Option<i64>> = E::find()
        .select_only()
        .expr(column.max())
        .into_tuple()
        .one(db)
        .await?;
    Ok(greatest.flatten())
}

/// How many rows there are and the latest time among them.
async fn latest<C, E, K>(db: &C, entity: E, column: K) -> Result<String>
where
    C: ConnectionTrait,
    E: EntityTrait<Column = K>,
    K: sea_orm::ColumnTrait,
{
    let _ = entity;
    let found: Option<(i64, Option<DateTime<Utc>>)> = E::find()
        .select_only()
        .expr(column.count())
        .expr(column.max())
        .into_tuple()
        .one(db)
        .await?;
    let (count, at) = found.unwrap_or_default();
    Ok(format!(
        "{count}@{}",
        at.map_or(0, |at| at.timestamp_micros())
    ))
}

/// The assets that may be pitched; all assets become pieces, for what is archived today has been sent as well.
async fn candidates<C: ConnectionTrait>(
    db: &C,
    today: NaiveDate,
    words: &mut Words,
    history: &mut History,
) -> Result<(Vec<Candidate>, HashMap<AssetId, usize>)> {
    let mut facets: HashMap<AssetId, [Vec<String>; 5]> = HashMap::new();
    let rows = asset_facet::Entity::find()
        .order_by_asc(asset_facet::Column::Value)
        .all(db)
        .await?;
    for row in rows {
        let place = match row.facet {
            Facet::Industry => 0,
            Facet::Product => 1,
            Facet::Persona => 2,
            Facet::Competitor => 3,
            Facet::Stage => 4,
            Facet::Region | Facet::Tag => continue,
        };
        if let Some(values) = facets.entry(row.asset_id).or_default().get_mut(place) {
            values.push(row.value);
        }
    }
    let mut candidates = Vec::new();
    let mut places = HashMap::new();
    for asset in asset::Entity::find()
        .order_by_asc(asset::Column::Id)
        .all(db)
        .await?
    {
        let facets = facets.remove(&asset.id).unwrap_or_default();
        let mut piece = Piece::default();
        for (at, (numbers, values)) in piece.facets.iter_mut().zip(&facets).enumerate() {
            *numbers = values
                .iter()
                .filter_map(|value| match Match::ALL.get(at) {
                    Some(Match::Stage) => stage_number(value),
                    _ => Some(words.number(at, value)),
                })
                .collect();
        }
        let place = history.pieces.len();
        history.pieces.push(piece);
        places.insert(asset.id, place);
        if may_be_pitched(&asset, today).is_ok() {
            candidates.push(Candidate {
                asset,
                facets,
                piece: place,
            });
        }
    }
    Ok((candidates, places))
}

/// Every deal with its account's and first contact's facets.
async fn deals<C: ConnectionTrait>(
    db: &C,
    words: &mut Words,
    history: &mut History,
) -> Result<Vec<KnownDeal>> {
    let contacts: HashMap<_, _> = contact::Entity::find()
        .select_only()
        .columns([
            contact::Column::Id,
            contact::Column::Persona,
            contact::Column::Language,
        ])
        .into_tuple::<(ContactId, Option<String>, Option<String>)>()
        .all(db)
        .await?
        .into_iter()
        .map(|(id, persona, language)| (id, (persona, language)))
        .collect();
    let rows = opportunity::Entity::find()
        .find_also_related(account::Entity)
        .order_by_asc(opportunity::Column::Id)
        .all(db)
        .await?;
    let mut deals = Vec::with_capacity(rows.len());
    for (row, account) in rows {
        let (persona, language) = row
            .primary_contact_id
            .and_then(|contact| contacts.get(&contact).cloned())
            .unwrap_or_default();
        let (industry, size, region) = account.map_or((None, None, None), |account| {
            (account.industry, account.size, account.region)
        });
        let stage = Some(row.stage.as_str().to_owned());
        let traits = [
            said(industry),
            said(row.product.clone()),
            said(persona),
            said(row.competitor.clone()),
            stage,
        ];
        let mut deal = Deal::default();
        for (at, (number, value)) in deal.facets.iter_mut().zip(&traits).enumerate() {
            *number = value.as_ref().map(|value| words.number(at, value));
        }
        let others = [said(size), said(region)];
        for (at, (number, value)) in deal.others.iter_mut().zip(&others).enumerate() {
            let facet = Match::ALL.len() + at;
            *number = value.as_ref().map(|value| words.number(facet, value));
        }
        history.deals.push(deal);
        deals.push(KnownDeal {
            row,
            traits,
            language: said(language).map(|language| primary_language(&language)),
            sent: Vec::new(),
            read: HashSet::new(),
        });
    }
    Ok(deals)
}

/// `de` of `de-AT`.
pub(super) fn primary_language(tag: &str) -> String {
    tag.split(['-', '_'])
        .next()
        .unwrap_or(tag)
        .trim()
        .to_lowercase()
}

fn said(value: Option<String>) -> Option<String> {
    value.filter(|value| !value.trim().is_empty())
}

#[derive(FromQueryResult)]
struct Sent {
    opportunity_id: OpportunityId,
    asset_id: AssetId,
    first_at: DateTime<Utc>,
}

/// When each asset was first sent in each deal, earliest first. What a prospect shares on is no send of ours.
async fn sent<C: ConnectionTrait>(db: &C) -> Result<Vec<Sent>> {
    let pitch_of_item = Expr::col((pitch_item::Entity, pitch_item::Column::PitchId))
        .equals((pitch::Entity, pitch::Column::Id));
    let mut select = pitch_link::Entity::find()
        .select_only()
        .column(pitch::Column::OpportunityId)
        .column(pitch_item::Column::AssetId)
        .column_as(pitch_link::Column::CreatedAt.min(), "first_at")
        .join(JoinType::InnerJoin, pitch_link::Relation::Pitch.def())
        .filter(pitch_link::Column::ParentLinkId.is_null())
        .group_by(pitch::Column::OpportunityId)
        .group_by(pitch_item::Column::AssetId);
    sea_orm::QueryTrait::query(&mut select).join(
        JoinType::InnerJoin,
        pitch_item::Entity,
        pitch_of_item,
    );
    let mut rows: Vec<Sent> = select.into_model().all(db).await?;
    rows.sort_by_key(|row| (row.first_at, row.asset_id));
    Ok(rows)
}

/// Which assets somebody has read in which deals.
async fn read<C: ConnectionTrait>(db: &C) -> Result<Vec<(OpportunityId, AssetId)>> {
    use rollup_opportunity_asset::Column;
    Ok(rollup_opportunity_asset::Entity::find()
        .select_only()
        .columns([Column::OpportunityId, Column::AssetId])
        .distinct()
        .filter(Column::Reads.gt(0))
        .into_tuple()
        .all(db)
        .await?)
}

/// How a deal went from stage to stage: when it entered which, and how it ended.
#[derive(Clone, Debug, Default)]
struct Walk {
    entered: Vec<(i64, usize)>,
    ended: Option<(i64, bool)>,
}

impl Walk {
    fn stage_at(&self, at: i64) -> usize {
        self.entered
            .iter()
            .take_while(|(entered, _)| *entered <= at)
            .last()
            .map_or(0, |(_, stage)| *stage)
    }

    /// The decisions: every stage that a step forward passed, and the one in which the deal was lost. A step back is
    /// somebody's correction and no decision; a deal that is won has passed what was left.
    fn gates(&self, deal: usize) -> Vec<Gate> {
        let mut gates = Vec::new();
        let mut stage = 0;
        let mut pass = |from: usize, to: usize, at: i64| {
            gates.extend((from..to).map(|stage| Gate {
                deal,
                stage,
                at,
                advanced: true,
            }));
        };
        for (at, entered) in &self.entered {
            pass(stage, *entered, *at);
            stage = *entered;
        }
        match self.ended {
            Some((at, true)) => pass(stage, STAGES, at),
            Some((at, false)) => gates.push(Gate {
                deal,
                stage,
                at,
                advanced: false,
            }),
            None => {}
        }
        gates
    }
}

/// The walks of all deals, parallel to `places`.
async fn walks<C: ConnectionTrait>(
    db: &C,
    places: &HashMap<OpportunityId, usize>,
) -> Result<Vec<Walk>> {
    let mut walks = vec![Walk::default(); places.len()];
    let rows = stage_change::Entity::find()
        .order_by_asc(stage_change::Column::ChangedAt)
        .order_by_asc(stage_change::Column::Id)
        .all(db)
        .await?;
    for row in rows {
        let walk = places
            .get(&row.opportunity_id)
            .and_then(|place| walks.get_mut(*place));
        let Some(walk) = walk else { continue };
        let at = row.changed_at.timestamp_micros();
        match (stage_number(&row.to_stage), row.to_stage.parse()) {
            (Some(stage), _) => {
                // Whoever moves a deal on has taken its end back.
                walk.ended = None;
                walk.entered.push((at, usize::try_from(stage).unwrap_or(0)));
            }
            (None, Ok(Outcome::Won)) => walk.ended = Some((at, true)),
            (None, Ok(Outcome::Lost)) => walk.ended = Some((at, false)),
            (None, _) => {}
        }
    }
    Ok(walks)
}

fn stage_number(value: &str) -> Option<u32> {
    let value = value.trim().to_lowercase();
    Stage::ALL
        .iter()
        .position(|stage| stage.as_str() == value)
        .and_then(|place| u32::try_from(place).ok())
}

/// The place of a stage among all.
pub(super) fn stage_place(stage: Stage) -> usize {
    Stage::ALL
        .iter()
        .position(|other| *other == stage)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_makes_one_decision_per_stage_passed_and_one_for_the_end() {
        let walk = Walk {
            entered: vec![(1, 0), (5, 2), (7, 1)],
            ended: Some((9, false)),
        };
        let gates: Vec<_> = walk
            .gates(3)
            .into_iter()
            .map(|gate| (gate.stage, gate.at, gate.advanced))
            .collect();
        assert_eq!(gates, [(0, 5, true), (1, 5, true), (1, 9, false)]);
        assert_eq!([0, 5, 6, 8].map(|at| walk.stage_at(at)), [0, 2, 2, 1]);
    }

    #[test]
    fn who_wins_has_passed_all_that_was_left() {
        let walk = Walk {
            entered: vec![(1, 1)],
            ended: Some((2, true)),
        };
        let stages: Vec<_> = walk.gates(0).into_iter().map(|gate| gate.stage).collect();
        assert_eq!(stages, [0, 1, 2, 3]);
    }
}
