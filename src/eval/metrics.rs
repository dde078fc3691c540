//! The usual figures of a ranking against judgements. Pure.

use std::collections::HashMap;

/// What judges said of the documents for one query; what is not there was found useless.
pub(super) type Judgements = HashMap<String, u32>;

/// Discounted cumulated gain of the first `depth` against the best that was possible; the gain is the judgement itself,
/// as `trec_eval` has it.
pub(super) fn ndcg(ranking: &[&str], judged: &Judgements, depth: usize) -> f64 {
    let mut ideal: Vec<u32> = judged.values().copied().filter(|gain| *gain > 0).collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best = dcg(ideal.into_iter().take(depth));
    if best == 0.0 {
        return 0.0;
    }
    let gains = ranking
        .iter()
        .map(|id| judged.get(*id).copied().unwrap_or(0));
    dcg(gains.take(depth)) / best
}

fn dcg(gains: impl Iterator<Item = u32>) -> f64 {
    gains
        .zip(2_u32..)
        .map(|(gain, place)| f64::from(gain) / f64::from(place).log2())
        .sum()
}

/// The mean of the precision at each relevant document; those that were not found count 0.
pub(super) fn average_precision(ranking: &[&str], judged: &Judgements) -> f64 {
    let relevant = relevant(judged);
    if relevant == 0 {
        return 0.0;
    }
    let (mut found, mut sum) = (0_u32, 0.0);
    for (id, place) in ranking.iter().zip(1_u32..) {
        if judged.get(*id).is_some_and(|gain| *gain > 0) {
            found += 1;
            sum += f64::from(found) / f64::from(place);
        }
    }
    sum / f64::from(relevant)
}

/// The share of the relevant documents that are among the first `depth`.
pub(super) fn recall(ranking: &[&str], judged: &Judgements, depth: usize) -> f64 {
    let relevant = relevant(judged);
    if relevant == 0 {
        return 0.0;
    }
    let found: u32 = ranking
        .iter()
        .take(depth)
        .map(|id| u32::from(judged.get(*id).is_some_and(|gain| *gain > 0)))
        .sum();
    f64::from(found) / f64::from(relevant)
}

/// How many documents are relevant.
pub(super) fn relevant(judged: &Judgements) -> u32 {
    judged.values().map(|gain| u32::from(*gain > 0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged() -> Judgements {
        [("a", 2), ("b", 1), ("c", 1), ("x", 0)]
            .map(|(id, gain)| (id.to_owned(), gain))
            .into()
    }

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} is not {b}");
    }

    #[test]
    fn figures_are_those_that_one_gets_by_hand() {
        let ranking = ["b", "x", "a", "u", "c"];
        // Gains 1 0 2 0 1: 1/log2(2) + 2/log2(4) + 1/log2(6); best 2 1 1: 2/1 + 1/log2(3) + 1/2.
        let best = 2.0 + 1.0 / 3_f64.log2() + 0.5;
        close(
            ndcg(&ranking, &judged(), 10),
            (1.0 + 1.0 + 1.0 / 6_f64.log2()) / best,
        );
        // Only the first three: c is not seen, but the best still has three.
        close(ndcg(&ranking, &judged(), 3), 2.0 / best);
        // Precision 1/1, 2/3, 3/5.
        close(
            average_precision(&ranking, &judged()),
            (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0,
        );
        close(recall(&ranking, &judged(), 3), 2.0 / 3.0);
        close(recall(&ranking, &judged(), 100), 1.0);
    }

    #[test]
    fn nothing_found_and_nothing_to_find_are_zero() {
        close(ndcg(&[], &judged(), 10), 0.0);
        close(average_precision(&["x", "u"], &judged()), 0.0);
        close(ndcg(&["a"], &Judgements::new(), 10), 0.0);
        close(recall(&["a"], &Judgements::new(), 10), 0.0);
    }

    #[test]
    fn the_best_order_is_one() {
        close(ndcg(&["a", "c", "b", "x"], &judged(), 10), 1.0);
        close(average_precision(&["a", "c", "b"], &judged()), 1.0);
    }
}
