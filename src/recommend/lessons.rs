//! What the history has taught about every asset for one deal, for those who rank something else by it: searches.
//!
//! It never reads the history itself. What the recommender has read last is good enough, and a search cannot wait for
//! more; before anything was read there are no lessons.

use std::collections::HashMap;
use std::sync::Arc;

use super::knowledge::{Knowledge, stage_place};
use super::recommender::closed;
use super::similar::{Evidence, Neighbourhood};
use super::views::EvidenceView;
use crate::ids::AssetId;
use crate::index::Weights;

/// How far the history may raise or lower an asset: by a third at most, so that the words still decide.
const MOST: f64 = 0.3;

/// What is known of every asset for one deal.
#[derive(Debug)]
pub struct Lessons {
    pub(super) source: Arc<Knowledge>,
    weights: Arc<Weights>,
    pieces: HashMap<AssetId, usize>,
    evidence: HashMap<usize, Evidence>,
    nothing_used: Evidence,
}

impl Lessons {
    /// Draws them for the deal in this place. Arithmetic over the whole library; call it where that does no harm.
    pub(super) fn draw(source: Arc<Knowledge>, place: usize) -> Option<Self> {
        let (deal, seen) = (source.deals.get(place)?, source.history.deals.get(place)?);
        let stage = stage_place(deal.row.stage);
        let (mut pieces, mut weights) = (HashMap::new(), Vec::new());
        for candidate in &source.candidates {
            let piece = candidate.piece;
            pieces.insert(candidate.asset.id, piece);
            if let Some(facets) = source.history.pieces.get(piece) {
                let learnt = source.model.learnt(seen, stage, piece, facets);
                weights.push((candidate.asset.id, weight(learnt)));
            }
        }
        let closed = closed(&source);
        let near = Neighbourhood::of(seen, &closed);
        let (evidence, nothing_used) = (near.used(), near.evidence(usize::MAX));
        Some(Self {
            weights: Arc::new(weights.into_iter().collect()),
            pieces,
            evidence,
            nothing_used,
            source,
        })
    }

    /// What to multiply the score of each asset with.
    pub fn weights(&self) -> Arc<Weights> {
        Arc::clone(&self.weights)
    }

    /// What the most similar closed deals tell of the asset.
    pub fn evidence(&self, asset: AssetId) -> Option<EvidenceView> {
        let piece = *self.pieces.get(&asset)?;
        let sends = self.source.sends.get(piece).copied().unwrap_or(0);
        Some(EvidenceView::new(self.of(piece), sends))
    }

    fn of(&self, piece: usize) -> Evidence {
        let known = self.evidence.get(&piece);
        known.copied().unwrap_or(self.nothing_used)
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "a weight needs no precision"
)]
fn weight(learnt: f64) -> f32 {
    learnt.clamp(-MOST, MOST).exp() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_learnt_changes_nothing_and_much_learnt_changes_it_by_a_third() {
        assert!((weight(0.0) - 1.0).abs() < 1e-6);
        assert!((weight(9.0) - 1.35).abs() < 0.01);
        assert!((weight(-9.0) - 0.74).abs() < 0.01);
    }
}
