//! A world of deals and assets whose effects are known, because they were drawn.
//!
//! A deal walks four stages. In every week a decision comes with some chance; then the deal goes on with the chance
//! sigmoid(what the deal is + what is not observed + the effect of what was sent), else it is lost. The effect is the sum
//! over the assets sent so far, in order, of 0.6^k times what the asset does for this deal: its own quality, a bonus where
//! its facets hit, and a liking of its own for some industries.
//!
//! Representatives choose as people do: by visible tags, popularity, taste, the place in the list, and how well the deal
//! is going, so that good deals get certain assets (confounding). Some assets are useless but are only sent late, to deals
//! that have survived, and look splendid (immortal time).

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::recommend::{Deal, Gate, History, Piece, STAGES, Send};
use crate::statistics::sigmoid;

const INDUSTRIES: u32 = 8;
const SIZES: u32 = 3;
const REGIONS: u32 = 4;
const PRODUCTS: u32 = 5;
const PERSONAS: u32 = 6;
/// 0 stands for none.
const COMPETITORS: u32 = 5;
const REPS: usize = 60;
const WEEKS: i64 = 60;
const DECISION: f64 = 0.25;
const SENDING: f64 = 0.35;
const DECAY: f64 = 0.6;
/// How many assets a representative looks at.
const SLATE: usize = 20;
/// How steeply attention falls with the place in the list.
const PLACE: f64 = 0.7;
const POPULARITY: f64 = 0.35;
/// What makes a late asset attractive once a deal is late.
const LATE: f64 = 1.5;
/// What keeps it out before.
const NEVER: f64 = 9.0;
const STAGE_BASE: [f64; STAGES] = [0.0, -0.1, 0.2, 0.5];

/// What a world is like.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many assets there are.
    pub assets: usize,
    /// What share of its facets an asset is tagged with, relative to the usual.
    pub tagging: f64,
    /// What a fitting facet really does, relative to the usual; less makes tags weak.
    pub matching: f64,
    /// How far assets differ in quality, whatever they are tagged with.
    pub quality: f64,
    /// How far an asset's effect differs between industries in ways that no tag tells.
    pub liking: f64,
    /// How strongly the assets that are sent depend on how well the deal is going anyway.
    pub confounding: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            assets: 500,
            tagging: 1.0,
            matching: 1.0,
            quality: 0.25,
            liking: 0.20,
            confounding: 0.6,
        }
    }
}

/// A weight for each facet that assets are matched by: industry, product, persona, competitor.
type Weights = [f64; 4];
/// What a hit really does.
const TRUE_WEIGHTS: Weights = [0.20, 0.20, 0.25, 0.35];
/// What representatives believe that it does.
const SEEN_WEIGHTS: Weights = [1.0, 1.2, 0.8, 1.5];
/// What a miss takes away, relative to a hit.
const MISSES: Weights = [0.6, 0.6, 0.4, 0.8];

/// The assets, what they do, and how representatives are.
#[derive(Clone, Debug)]
pub struct World {
    pieces: Vec<Piece>,
    quality: Vec<f64>,
    liking: Vec<[f64; INDUSTRIES as usize]>,
    late: Vec<bool>,
    confounding: Vec<f64>,
    popularity: Vec<f64>,
    taste: Vec<Vec<f64>>,
    skill: Vec<f64>,
    base: [Vec<f64>; 6],
    matching: f64,
}

/// A deal with what the model never sees.
#[derive(Clone, Debug)]
pub(super) struct TrueDeal {
    /// What is seen.
    pub(super) seen: Deal,
    rep: usize,
    observed: f64,
    hidden: f64,
}

impl World {
    /// Draws a world.
    pub fn new(settings: Settings, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let r = &mut random;
        let tag = |r: &mut ChaCha8Rng, values: u32, share: f64, first: u32| -> Vec<u32> {
            let tagged = r.random::<f64>() < share;
            let value = r.random_range(first..values);
            if tagged { vec![value] } else { Vec::new() }
        };
        let mut world = Self {
            matching: settings.matching,
            pieces: Vec::new(),
            quality: Vec::new(),
            liking: Vec::new(),
            late: Vec::new(),
            confounding: Vec::new(),
            popularity: Vec::new(),
            taste: Vec::new(),
            skill: (0..REPS).map(|_| normal(r, 0.25)).collect(),
            base: [
                (INDUSTRIES, 0.35),
                (PRODUCTS, 0.25),
                (PERSONAS, 0.15),
                (COMPETITORS, 0.2),
                (SIZES, 0.25),
                (REGIONS, 0.15),
            ]
            .map(|(values, spread)| (0..values).map(|_| normal(r, spread)).collect()),
        };
        // A deal without a competitor is easier, one with a competitor harder.
        for (at, base) in world.base[3].iter_mut().enumerate() {
            *base = if at == 0 { 0.2 } else { *base - 0.2 };
        }
        for _ in 0..settings.assets {
            let late = r.random::<f64>() < 0.08;
            let useless = late || r.random::<f64>() < 0.3;
            let share = settings.tagging;
            let mut piece = Piece {
                facets: [
                    tag(r, INDUSTRIES, 0.6 * share, 0),
                    tag(r, PRODUCTS, 0.75 * share, 0),
                    tag(r, PERSONAS, 0.6 * share, 0),
                    tag(r, COMPETITORS, 0.15 * share, 1),
                    tag(r, 4, 0.6 * share, 0),
                ],
            };
            if late {
                piece.facets[4] = vec![3];
            }
            world.pieces.push(piece);
            let quality = normal(r, settings.quality);
            world.quality.push(if useless { 0.0 } else { quality });
            let mut liking = [0.0; INDUSTRIES as usize];
            for value in &mut liking {
                let drawn = normal(r, settings.liking);
                *value = if late { 0.0 } else { drawn };
            }
            world.liking.push(liking);
            world.late.push(late);
            world.confounding.push(normal(r, settings.confounding));
            world
                .popularity
                .push(POPULARITY * (1.0 - 3.0 * (1.0 - r.random::<f64>()).ln()).ln());
        }
        world.taste = (0..REPS)
            .map(|_| (0..settings.assets).map(|_| normal(r, 0.8)).collect())
            .collect();
        world
    }

    /// The assets.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Draws a deal.
    pub(super) fn deal(r: &mut ChaCha8Rng) -> TrueDeal {
        let competitor = if r.random::<bool>() {
            0
        } else {
            r.random_range(1..COMPETITORS)
        };
        let observed = normal(r, 1.0);
        TrueDeal {
            seen: Deal {
                facets: [
                    Some(r.random_range(0..INDUSTRIES)),
                    Some(r.random_range(0..PRODUCTS)),
                    Some(r.random_range(0..PERSONAS)),
                    Some(competitor),
                ],
                others: [
                    Some(r.random_range(0..SIZES)),
                    Some(r.random_range(0..REGIONS)),
                ],
                health: observed,
            },
            rep: r.random_range(0..REPS),
            observed,
            hidden: normal(r, 0.5),
        }
    }

    /// What sending an asset really adds to the logit of each decision.
    pub(super) fn effect(&self, deal: &TrueDeal, asset: usize) -> f64 {
        if self.late[asset] {
            return self.quality[asset];
        }
        let industry = deal.seen.facets[0].unwrap_or(0) as usize;
        self.quality[asset]
            + self.matching * self.matches(deal, asset, TRUE_WEIGHTS)
            + self.liking[asset][industry]
    }

    /// The chance that the deal is won from `stage`, with this added to the logit of each decision.
    pub(super) fn chance(&self, deal: &TrueDeal, stage: usize, effect: f64) -> f64 {
        (stage..STAGES)
            .map(|gate| sigmoid(self.base_of(deal) + STAGE_BASE[gate] + effect))
            .product()
    }

    /// What representatives see in an asset, without chance and without what they have sent already.
    pub(super) fn appeal(&self, deal: &TrueDeal, asset: usize, stage: usize) -> f64 {
        let by_stage = match (self.late[asset], stage >= 2) {
            (true, true) => LATE,
            (true, false) => -NEVER,
            (false, _) => self.stage_match(asset, stage),
        };
        self.matches(deal, asset, SEEN_WEIGHTS)
            + by_stage
            + self.popularity[asset]
            + self.taste[deal.rep][asset]
            + self.confounding[asset] * deal.observed
    }

    /// Facet matching, as a plain recommender does it.
    pub(super) fn facet_match(&self, deal: &TrueDeal, asset: usize, stage: usize) -> f64 {
        self.matches(deal, asset, SEEN_WEIGHTS) + self.stage_match(asset, stage)
    }

    fn stage_match(&self, asset: usize, stage: usize) -> f64 {
        match self.pieces[asset].facets[4].first() {
            None => 0.0,
            Some(meant) if *meant as usize == stage => 0.8,
            Some(_) => -0.4,
        }
    }

    fn matches(&self, deal: &TrueDeal, asset: usize, weights: Weights) -> f64 {
        let facets = self.pieces[asset].facets.iter().zip(deal.seen.facets);
        facets
            .zip(weights.into_iter().zip(MISSES))
            .map(
                |((values, wanted), (weight, miss))| match (values.first(), wanted) {
                    (None, _) => 0.0,
                    (Some(value), Some(wanted)) if *value == wanted => weight,
                    _ => -weight * miss,
                },
            )
            .sum()
    }

    fn base_of(&self, deal: &TrueDeal) -> f64 {
        let facets = deal.seen.facets.into_iter().chain(deal.seen.others);
        let base: f64 = facets
            .zip(&self.base)
            .map(|(value, base)| base[value.unwrap_or(0) as usize])
            .sum();
        0.55 + base + 0.35 * deal.observed + self.skill[deal.rep] + deal.hidden
    }

    /// Lets `count` deals run their course.
    pub fn run(&self, count: usize, seed: u64) -> (History, Vec<bool>) {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let r = &mut random;
        let mut history = History {
            pieces: self.pieces.clone(),
            ..History::default()
        };
        let mut won = Vec::new();
        for index in 0..count {
            let deal = Self::deal(r);
            won.push(self.run_deal(&deal, index, &mut history, r));
            history.deals.push(deal.seen);
        }
        (history, won)
    }

    fn run_deal(
        &self,
        deal: &TrueDeal,
        index: usize,
        history: &mut History,
        r: &mut ChaCha8Rng,
    ) -> bool {
        let mut sent: Vec<usize> = Vec::new();
        let (mut stage, mut effect) = (0, 0.0);
        for at in 0..WEEKS {
            if r.random::<f64>() < SENDING {
                let chosen = self.choose(deal, stage, &sent, r);
                if !sent.contains(&chosen) {
                    let order = i32::try_from(sent.len()).unwrap_or(i32::MAX);
                    effect += self.effect(deal, chosen) * DECAY.powi(order);
                    sent.push(chosen);
                    history.sends.push(Send {
                        deal: index,
                        piece: chosen,
                        at,
                        stage,
                    });
                }
            }
            if r.random::<f64>() >= DECISION {
                continue;
            }
            let p = sigmoid(self.base_of(deal) + effect + STAGE_BASE[stage]);
            let advanced = r.random::<f64>() < p;
            history.gates.push(Gate {
                deal: index,
                stage,
                at,
                advanced,
            });
            if !advanced {
                return false;
            }
            stage += 1;
            if stage == STAGES {
                return true;
            }
        }
        false
    }

    /// The representative looks down a list by appeal and takes something from it, rather from its top.
    fn choose(&self, deal: &TrueDeal, stage: usize, sent: &[usize], r: &mut ChaCha8Rng) -> usize {
        let mut appeals: Vec<(f64, usize)> = (0..self.pieces.len())
            .filter(|asset| !sent.contains(asset))
            .map(|asset| (self.appeal(deal, asset, stage) + gumbel(r), asset))
            .collect();
        appeals.sort_by(|a, b| b.0.total_cmp(&a.0));
        appeals.truncate(SLATE);
        let mut best = (f64::NEG_INFINITY, 0);
        for (place, (_, asset)) in appeals.iter().enumerate() {
            let place = f64::from(u32::try_from(place + 1).unwrap_or(u32::MAX));
            let attraction = -PLACE * place.ln() + gumbel(r);
            if attraction > best.0 {
                best = (attraction, *asset);
            }
        }
        best.1
    }
}

/// A draw from a normal distribution with mean 0, by Box and Muller.
fn normal(r: &mut ChaCha8Rng, spread: f64) -> f64 {
    let radius = (-2.0 * (1.0 - r.random::<f64>()).ln()).sqrt();
    spread * radius * (std::f64::consts::TAU * r.random::<f64>()).cos()
}

/// A draw from the standard Gumbel distribution.
pub(super) fn gumbel(r: &mut ChaCha8Rng) -> f64 {
    -(-(1.0 - r.random::<f64>()).ln()).ln()
}
