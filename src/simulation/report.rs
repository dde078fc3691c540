//! What the first suggestion of several methods would really have been worth, over simulated histories.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::world::{Settings, TrueDeal, World, gumbel};
use crate::recommend::{GateModel, History};

/// How many deals are asked about per history.
const QUESTIONS: usize = 600;
const DEPTH: usize = 10;

/// A house of some size.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Deals in the history.
    pub deals: usize,
    /// The assets, and how the world is.
    pub settings: Settings,
}

/// What a method's suggestions are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worth {
    /// The chance to win after its first suggestion was sent, on the average.
    pub win_rate: f64,
    /// nDCG@10 of its list by the true gain.
    pub ndcg: f64,
}

/// Compares, by name and averaged over `seeds`: what representatives choose themselves, the raw win rate, matching facets,
/// the gate model, and the truth.
pub fn compare(
    scenario: Scenario,
    seeds: impl IntoIterator<Item = u64>,
) -> Vec<(&'static str, Worth)> {
    const NAMES: [&str; 5] = [
        "reps' own choice",
        "raw win rate",
        "facet match",
        "gate model",
        "oracle",
    ];
    let mut sums = [Worth::default(); NAMES.len()];
    let mut questions = 0_u32;
    for seed in seeds {
        let world = World::new(scenario.settings, seed);
        let (history, won) = world.run(scenario.deals, seed + 100);
        let model = GateModel::fit(&history);
        let rates = raw_rates(&history, &won);
        let mut random = ChaCha8Rng::seed_from_u64(seed + 900);
        for _ in 0..QUESTIONS {
            let deal = World::deal(&mut random);
            let stage = random.random_range(0..3);
            let base = world.chance(&deal, stage, 0.0);
            let gains: Vec<f64> = each(&world, |asset| {
                world.chance(&deal, stage, world.effect(&deal, asset)) - base
            });
            let lists = [
                each(&world, |asset| {
                    own_choice(&world, &deal, asset, stage) + gumbel(&mut random)
                }),
                rates.clone(),
                each(&world, |asset| world.facet_match(&deal, asset, stage)),
                each(&world, |asset| {
                    model.score(&deal.seen, stage, asset, &world.pieces()[asset])
                }),
                gains.clone(),
            ];
            for (sum, list) in sums.iter_mut().zip(&lists) {
                let order = descending(list);
                sum.win_rate += base + order.first().map_or(0.0, |first| gains[*first]);
                sum.ndcg += ndcg(&gains, &order);
            }
            questions += 1;
        }
    }
    let mean = |sum: f64| sum / f64::from(questions.max(1));
    NAMES
        .into_iter()
        .zip(sums)
        .map(|(name, sum)| {
            let worth = Worth {
                win_rate: mean(sum.win_rate),
                ndcg: mean(sum.ndcg),
            };
            (name, worth)
        })
        .collect()
}

fn each(world: &World, score: impl FnMut(usize) -> f64) -> Vec<f64> {
    (0..world.pieces().len()).map(score).collect()
}

/// What was sent late is chosen late; asked at any other time, nobody thinks of it.
fn own_choice(world: &World, deal: &TrueDeal, asset: usize, stage: usize) -> f64 {
    world.appeal(deal, asset, stage)
}

fn raw_rates(history: &History, won: &[bool]) -> Vec<f64> {
    let mut counts = vec![(0.0, 0.0); history.pieces.len()];
    for send in &history.sends {
        let (sends, wins) = &mut counts[send.piece];
        *sends += 1.0;
        *wins += f64::from(u8::from(won[send.deal]));
    }
    counts
        .into_iter()
        .map(|(sends, wins)| if sends > 0.0 { wins / sends } else { 0.0 })
        .collect()
}

pub(super) fn descending(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order
}

/// Normalised discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002); what does harm gains nothing.
pub(super) fn ndcg(gains: &[f64], order: &[usize]) -> f64 {
    let gain = |asset: &usize| gains[*asset].max(0.0);
    let sum = |order: &[usize]| -> f64 {
        let mut place = 1.0_f64;
        let mut sum = 0.0;
        for asset in order.iter().take(DEPTH) {
            place += 1.0;
            sum += gain(asset) / place.log2();
        }
        sum
    };
    let ideal = sum(&descending(gains));
    if ideal > 0.0 { sum(order) / ideal } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_true_order_has_an_ndcg_of_one() {
        let gains = [0.1, 0.3, -0.2];
        assert!((ndcg(&gains, &[1, 0, 2]) - 1.0).abs() < 1e-12);
        let worse = ndcg(&gains, &[0, 1, 2]);
        let expected = (0.1 + 0.3 / 3_f64.log2()) / (0.3 + 0.1 / 3_f64.log2());
        assert!((worse - expected).abs() < 1e-12);
    }

    #[test]
    fn with_some_history_the_model_beats_matching_and_far_beats_the_raw_rate() {
        let scenario = Scenario {
            deals: 2_000,
            settings: Settings {
                assets: 150,
                ..Settings::default()
            },
        };
        let worth = compare(scenario, 1..=3);
        let of = |name: &str| worth.iter().find(|(other, _)| *other == name).unwrap().1;
        let (model, facets) = (of("gate model"), of("facet match"));
        assert!(
            model.win_rate > facets.win_rate && model.ndcg > facets.ndcg,
            "{worth:?}"
        );
        assert!(model.ndcg > of("raw win rate").ndcg + 0.3, "{worth:?}");
        assert!(of("oracle").win_rate > model.win_rate, "{worth:?}");
    }
}
