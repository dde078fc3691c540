//! The stage-gate model: what an asset adds to the chance that a deal passes its next stage decision.
//!
//! ```text
//! logit p = alpha_stage + x'gamma + sum over the sends before the decision, in order k = 0, 1, ...:
//!           0.7^k (beta_asset + theta'm(deal, asset))
//! ```
//!
//! x are the deal's own facets, m says which facets of the asset hit or miss the deal. There is one row per decision, and
//! only sends made before it count, so that a deal that lived longer does not credit what was sent late ("immortal time",
//! Suissa 2008). It is a discrete-time survival regression (Cox 1972; Singer and Willett 1993) with normal priors: on the
//! first day the prior of theta makes it facet matching, and data takes over. How far assets differ, and so how much a few
//! sends may say of one, is told by the history itself (empirical Bayes): tags that say little leave more to the assets.
//!
//! It says what goes together with success among comparable deals, not what causes it.

use std::collections::HashMap;

use crate::statistics::{Belief, Estimate, Prior, Sparse, fit, precision, refit, sigmoid};

/// The number of stage decisions of a deal.
pub const STAGES: usize = 4;
/// How much less each further send counts than the one before it.
const DECAY: f64 = 0.7;
const INTERCEPT: Prior = Prior {
    mean: 0.0,
    precision: 1e-6,
};
/// Of what the deal is.
const GAMMA: Prior = Prior {
    mean: 0.0,
    precision: 1.0,
};
/// How far assets differ in their own strength, as a precision around none. The history moves it, slowly.
const BETA: Belief = Belief {
    median: 15.0,
    spread: 0.3,
};
/// How often the history is asked for that, with what was fitted by its answer before.
const ROUNDS: usize = 2;
/// Of whom hardly anything was seen, nothing is to be learnt about how far assets differ.
const LEAST_INFORMATION: f64 = 0.05;
/// Of a facet of the asset that is the deal's.
const HIT: Prior = Prior {
    mean: 0.15,
    precision: 100.0,
};
/// Of a facet of the asset that is not.
const MISS: Prior = Prior {
    mean: -0.05,
    precision: 100.0,
};
/// Of the stage an asset is meant for: known to mislead, so it must be learnt.
const STAGE: Prior = Prior {
    mean: 0.0,
    precision: 100.0,
};

/// A facet by which assets fit deals. The values are numbers that stand for words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The customer's industry.
    Industry,
    /// What is sold.
    Product,
    /// Who is talked to.
    Persona,
    /// Who else is in the race.
    Competitor,
    /// How far the deal is.
    Stage,
}

impl Match {
    /// Every facet, in the order of the coefficients.
    pub const ALL: [Self; 5] = [
        Self::Industry,
        Self::Product,
        Self::Persona,
        Self::Competitor,
        Self::Stage,
    ];
}

/// A deal as far as the model sees it.
#[derive(Clone, Debug, Default)]
pub struct Deal {
    /// Industry, product, persona and competitor, in the order of [`Match::ALL`], where known.
    pub facets: [Option<u32>; 4],
    /// Further facets that assets are not matched by: size, region.
    pub others: [Option<u32>; 2],
    /// Whatever else is known of it at the time, on a scale of about one: engagement so far.
    pub health: f64,
}

/// An asset as far as the model sees it: its values of every facet of [`Match::ALL`]; none means for everybody.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// The values.
    pub facets: [Vec<u32>; 5],
}

/// An asset was sent in a deal.
#[derive(Clone, Copy, Debug)]
pub struct Send {
    /// Index of the deal.
    pub deal: usize,
    /// Index of the asset.
    pub piece: usize,
    /// When; only the order counts.
    pub at: i64,
    /// Where the deal stood, 0 to 3.
    pub stage: usize,
}

/// A deal passed a stage, or was lost in it.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// Index of the deal.
    pub deal: usize,
    /// The stage that ended, 0 to 3.
    pub stage: usize,
    /// When.
    pub at: i64,
    /// Whether it went on (or was won).
    pub advanced: bool,
}

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every deal.
    pub deals: Vec<Deal>,
    /// Every asset.
    pub pieces: Vec<Piece>,
    /// Every first send of an asset in a deal.
    pub sends: Vec<Send>,
    /// Every decision.
    pub gates: Vec<Gate>,
}

/// What was learnt.
#[derive(Clone, Debug)]
pub struct GateModel {
    columns: Columns,
    coefficients: Vec<f64>,
    /// What the coefficients were taken to be before anything was seen.
    believed: Vec<f64>,
}

/// Which column stands for what.
#[derive(Clone, Debug)]
struct Columns {
    levels: HashMap<(usize, u32), usize>,
    health: usize,
    matches: usize,
    pieces: usize,
    width: usize,
}

impl GateModel {
    /// Learns from a history. Cost: a few hundred passes over the decisions' entries.
    pub fn fit(history: &History) -> Self {
        let columns = Columns::of(history);
        let mut sends: Vec<Vec<Send>> = vec![Vec::new(); history.deals.len()];
        for send in &history.sends {
            if let Some(of_deal) = sends.get_mut(send.deal) {
                of_deal.push(*send);
            }
        }
        for of_deal in &mut sends {
            of_deal.sort_by_key(|send| send.at);
        }
        let mut rows = Sparse::new(columns.width);
        let mut outcomes = Vec::new();
        for gate in &history.gates {
            let (Some(deal), Some(of_deal)) = (history.deals.get(gate.deal), sends.get(gate.deal))
            else {
                continue;
            };
            let mut row = columns.of_deal(deal, gate.stage);
            let before = of_deal.iter().take_while(|send| send.at <= gate.at);
            let mut share = 1.0;
            for send in before {
                if let Some(piece) = history.pieces.get(send.piece) {
                    row.extend(columns.of_send(deal, send.stage, send.piece, piece, share));
                }
                share *= DECAY;
            }
            rows.push(row);
            outcomes.push(gate.advanced);
        }
        let mut beta = BETA.median;
        let mut coefficients = fit(&rows, &outcomes, &columns.priors(beta));
        for _ in 0..ROUNDS {
            beta = columns.precision(&rows, &coefficients, beta);
            coefficients = refit(&rows, &outcomes, &columns.priors(beta), coefficients);
        }
        let priors = columns.priors(beta);
        Self {
            coefficients,
            believed: priors.iter().map(|prior| prior.mean).collect(),
            columns,
        }
    }

    /// What sending the asset adds to the logit of every decision still to come.
    pub fn score(&self, deal: &Deal, stage: usize, index: usize, piece: &Piece) -> f64 {
        self.sum(self.columns.of_send(deal, stage, index, piece, 1.0))
    }

    /// How much of the score the history has taught: nothing on the first day, when the score is facet matching.
    pub fn learnt(&self, deal: &Deal, stage: usize, index: usize, piece: &Piece) -> f64 {
        self.columns
            .of_send(deal, stage, index, piece, 1.0)
            .map(|(column, value)| {
                let at = |of: &[f64]| of.get(column).copied().unwrap_or(0.0);
                value * (at(&self.coefficients) - at(&self.believed))
            })
            .sum()
    }

    /// What a score adds to the chance that the deal is won from here: the product of the chances at the decisions still
    /// to come with it, minus the same without it. `before` are the scores of what was sent already, in order.
    pub fn uplift(&self, deal: &Deal, stage: usize, before: &[f64], score: f64) -> f64 {
        let mut share = 1.0;
        let mut reached = 0.0;
        for earlier in before {
            reached += share * earlier;
            share *= DECAY;
        }
        let chance = |added: f64| -> f64 {
            (stage..STAGES)
                .map(|gate| sigmoid(self.sum(self.columns.of_deal(deal, gate)) + reached + added))
                .product()
        };
        chance(share * score) - chance(0.0)
    }

    fn sum(&self, row: impl IntoIterator<Item = (usize, f64)>) -> f64 {
        row.into_iter()
            .map(|(column, value)| value * self.coefficients.get(column).copied().unwrap_or(0.0))
            .sum()
    }
}

impl Columns {
    fn of(history: &History) -> Self {
        let mut levels = HashMap::new();
        let mut width = STAGES + 1;
        for deal in &history.deals {
            for level in levels_of(deal) {
                levels.entry(level).or_insert_with(|| {
                    width += 1;
                    width - 1
                });
            }
        }
        let health = width;
        let matches = health + 1;
        let pieces = matches + 2 * Match::ALL.len();
        Self {
            levels,
            health,
            matches,
            pieces,
            width: pieces + history.pieces.len(),
        }
    }

    /// `beta` is the precision of the assets' own strengths.
    fn priors(&self, beta: f64) -> Vec<Prior> {
        let mut priors = vec![GAMMA; self.matches];
        if let Some(first) = priors.first_mut() {
            *first = INTERCEPT;
        }
        for facet in Match::ALL {
            priors.extend(match facet {
                Match::Stage => [STAGE, STAGE],
                _ => [HIT, MISS],
            });
        }
        priors.resize(
            self.width,
            Prior {
                mean: 0.0,
                precision: beta,
            },
        );
        priors
    }

    /// How far assets differ, by what was `fitted` when that was taken to be `before`.
    fn precision(&self, rows: &Sparse, fitted: &[f64], before: f64) -> f64 {
        let weights: Vec<f64> = rows
            .times(fitted)
            .into_iter()
            .map(|logit| sigmoid(logit) * (1.0 - sigmoid(logit)))
            .collect();
        let estimates: Vec<_> = rows
            .weighted_squares(&weights)
            .into_iter()
            .zip(fitted)
            .skip(self.pieces)
            .filter(|(information, _)| *information > LEAST_INFORMATION)
            .map(|(information, shrunk)| Estimate {
                // What the prior has taken off is put on again.
                value: shrunk * (1.0 + before / information),
                information,
            })
            .collect();
        precision(&estimates, BETA)
    }

    /// The intercept, the stage, and the facets of a deal. A facet value that nobody has met yet counts nothing.
    fn of_deal(&self, deal: &Deal, stage: usize) -> Vec<(usize, f64)> {
        let mut row = vec![
            (0, 1.0),
            (1 + stage.min(STAGES - 1), 1.0),
            (self.health, deal.health),
        ];
        row.extend(levels_of(deal).filter_map(|level| Some((*self.levels.get(&level)?, 1.0))));
        row
    }

    /// One send with the share at which it counts.
    fn of_send(
        &self,
        deal: &Deal,
        stage: usize,
        index: usize,
        piece: &Piece,
        share: f64,
    ) -> impl Iterator<Item = (usize, f64)> {
        let stage = u32::try_from(stage).ok();
        let [industry, product, persona, competitor] = deal.facets;
        let wanted = [industry, product, persona, competitor, stage];
        let first = self.matches;
        let matches: Vec<_> = piece
            .facets
            .iter()
            .zip(wanted)
            .enumerate()
            .filter(|(_, (values, _))| !values.is_empty())
            .map(|(at, (values, wanted))| {
                let hit = wanted.is_some_and(|wanted| values.contains(&wanted));
                (first + 2 * at + usize::from(!hit), share)
            })
            .collect();
        matches.into_iter().chain([(self.pieces + index, share)])
    }
}

fn levels_of(deal: &Deal) -> impl Iterator<Item = (usize, u32)> {
    deal.facets
        .into_iter()
        .chain(deal.others)
        .enumerate()
        .filter_map(|(facet, value)| Some((facet, value?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deal(industry: u32) -> Deal {
        Deal {
            facets: [Some(industry), None, None, None],
            ..Deal::default()
        }
    }

    fn piece(industry: &[u32]) -> Piece {
        let mut piece = Piece::default();
        piece.facets[0] = industry.to_vec();
        piece
    }

    /// Deals of one stage; every other one was sent asset 0, and of those `with` in ten go on, of the others `without`.
    fn history(with: usize, without: usize) -> History {
        let mut history = History {
            pieces: vec![piece(&[]), piece(&[1]), piece(&[2])],
            ..History::default()
        };
        for index in 0..400 {
            let sent = index % 2 == 0;
            let place = index / 2 % 10;
            history.deals.push(deal(1));
            if sent {
                let send = Send {
                    deal: index,
                    piece: 0,
                    at: 0,
                    stage: 0,
                };
                history.sends.push(send);
            }
            let advanced = place < if sent { with } else { without };
            history.gates.push(Gate {
                deal: index,
                stage: 0,
                at: 1,
                advanced,
            });
        }
        history
    }

    #[test]
    fn on_the_first_day_it_is_facet_matching() {
        let history = History {
            pieces: vec![piece(&[]), piece(&[1]), piece(&[2])],
            ..History::default()
        };
        let model = GateModel::fit(&history);
        let scores: Vec<f64> = (0..3)
            .map(|at| model.score(&deal(1), 0, at, &history.pieces[at]))
            .collect();
        assert_eq!(scores, [0.0, 0.15, -0.05]);
    }

    #[test]
    fn what_goes_together_with_success_is_learnt_and_shrunk() {
        let history = history(8, 5);
        let model = GateModel::fit(&history);
        let score = model.score(&deal(1), 0, 0, &history.pieces[0]);
        let raw = (0.8_f64 / 0.2).ln() - (0.5_f64 / 0.5).ln();
        assert!(0.5 * raw < score && score < raw, "{score} of {raw}");
        let learnt = model.learnt(&deal(1), 0, 0, &history.pieces[0]);
        assert!(
            (learnt - score).abs() < 1e-9,
            "it fits nobody by its facets"
        );
        assert!(model.learnt(&deal(1), 0, 2, &history.pieces[2]).abs() < 1e-9);
        let uplift = model.uplift(&deal(1), 3, &[], score);
        assert!(uplift > 0.0);
        assert!(model.uplift(&deal(1), 3, &[0.5], score) < uplift);
    }

    #[test]
    fn what_was_sent_after_a_decision_does_not_count_for_it() {
        let mut history = history(8, 5);
        for send in &mut history.sends {
            send.at = 2;
        }
        let model = GateModel::fit(&history);
        assert!(model.score(&deal(1), 0, 0, &history.pieces[0]).abs() < 1e-9);
    }
}
