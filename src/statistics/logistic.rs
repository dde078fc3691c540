//! Logistic regression with a normal prior on every coefficient, by Newton's method.
//!
//! A Newton step solves (X'WX + L) d = X'(y - p) - L (b - b0), where L holds the priors' precisions. The system is solved
//! by conjugate gradients with a diagonal preconditioner (Hestenes and Stiefel 1952; Nocedal and Wright, Numerical
//! Optimization, 2nd ed., algorithm 5.3), so the Hessian is never written out: the cost of a step is that of a few dozen
//! passes over the stored entries, however many columns there are.

use super::sparse::Sparse;

/// Newton steps; with these priors the fifth changes nothing that anybody could see.
const STEPS: usize = 5;
/// Newton steps from what was fitted with other priors; each makes the error about its square.
const STEPS_MORE: usize = 2;
/// Where the solution of one step is close enough, relative to its right-hand side.
const TOLERANCE: f64 = 1e-6;
/// The least weight of a row, so that a certain outcome does not make the system singular.
const LEAST_WEIGHT: f64 = 1e-6;

/// What is believed of a coefficient before anything was seen: normal, with this mean and precision (1 / variance).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The mean.
    pub mean: f64,
    /// One over the variance.
    pub precision: f64,
}

/// The most likely coefficients of logit P(outcome = 1) = row x coefficients, given the priors; one prior a column, one
/// outcome a row.
pub fn fit(rows: &Sparse, outcomes: &[bool], priors: &[Prior]) -> Vec<f64> {
    let start = priors.iter().map(|prior| prior.mean).collect();
    newton(rows, outcomes, priors, start, STEPS)
}

/// The same for other priors than those with which `fitted` was found: cheaper than from the beginning.
pub fn refit(rows: &Sparse, outcomes: &[bool], priors: &[Prior], fitted: Vec<f64>) -> Vec<f64> {
    newton(rows, outcomes, priors, fitted, STEPS_MORE)
}

/// The probability that belongs to a logit.
pub fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

fn newton(
    rows: &Sparse,
    outcomes: &[bool],
    priors: &[Prior],
    mut coefficients: Vec<f64>,
    steps: usize,
) -> Vec<f64> {
    for _ in 0..steps {
        let fitted: Vec<f64> = rows.times(&coefficients).into_iter().map(sigmoid).collect();
        let weights: Vec<f64> = fitted
            .iter()
            .map(|p| (p * (1.0 - p)).max(LEAST_WEIGHT))
            .collect();
        let residuals: Vec<f64> = outcomes
            .iter()
            .zip(&fitted)
            .map(|(outcome, p)| f64::from(u8::from(*outcome)) - p)
            .collect();
        let mut gradient = rows.transposed_times(&residuals);
        for ((slope, coefficient), prior) in gradient.iter_mut().zip(&coefficients).zip(priors) {
            *slope -= prior.precision * (coefficient - prior.mean);
        }
        let step = solve(rows, &weights, priors, &gradient);
        for (coefficient, change) in coefficients.iter_mut().zip(step) {
            *coefficient += change;
        }
    }
    coefficients
}

/// Solves (X'WX + L) d = `right` by preconditioned conjugate gradients.
fn solve(rows: &Sparse, weights: &[f64], priors: &[Prior], right: &[f64]) -> Vec<f64> {
    let product = |vector: &[f64]| -> Vec<f64> {
        let weighted: Vec<f64> = rows
            .times(vector)
            .iter()
            .zip(weights)
            .map(|(value, weight)| value * weight)
            .collect();
        let mut sums = rows.transposed_times(&weighted);
        for ((sum, value), prior) in sums.iter_mut().zip(vector).zip(priors) {
            *sum += prior.precision * value;
        }
        sums
    };
    let diagonal: Vec<f64> = rows
        .weighted_squares(weights)
        .into_iter()
        .zip(priors)
        .map(|(square, prior)| square + prior.precision)
        .collect();
    let precondition = |vector: &[f64]| -> Vec<f64> {
        vector
            .iter()
            .zip(&diagonal)
            .map(|(value, scale)| value / scale)
            .collect()
    };
    let mut solution = vec![0.0; right.len()];
    let mut residual = right.to_vec();
    let mut preconditioned = precondition(&residual);
    let mut direction = preconditioned.clone();
    let mut progress = dot(&residual, &preconditioned);
    let enough = TOLERANCE * TOLERANCE * dot(right, right);
    // In exact arithmetic it ends after as many rounds as there are columns.
    for _ in 0..right.len() {
        if dot(&residual, &residual) <= enough {
            break;
        }
        let image = product(&direction);
        let length = progress / dot(&direction, &image);
        add_scaled(&mut solution, length, &direction);
        add_scaled(&mut residual, -length, &image);
        preconditioned = precondition(&residual);
        let next = dot(&residual, &preconditioned);
        let keep = next / progress;
        progress = next;
        for (value, new) in direction.iter_mut().zip(&preconditioned) {
            *value = new + keep * *value;
        }
    }
    solution
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

fn add_scaled(target: &mut [f64], factor: f64, vector: &[f64]) {
    for (value, change) in target.iter_mut().zip(vector) {
        *value += factor * change;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAT: Prior = Prior {
        mean: 0.0,
        precision: 1e-9,
    };

    #[test]
    fn an_intercept_is_the_logit_of_the_rate() {
        let mut rows = Sparse::new(1);
        let outcomes: Vec<bool> = (0..100).map(|at| at < 30).collect();
        outcomes.iter().for_each(|_| rows.push([(0, 1.0)]));
        let fitted = fit(&rows, &outcomes, &[FLAT]);
        assert!((sigmoid(fitted[0]) - 0.3).abs() < 1e-6);
    }

    #[test]
    fn two_groups_differ_by_their_log_odds_ratio() {
        let mut rows = Sparse::new(2);
        let mut outcomes = Vec::new();
        for (group, wins) in [(0.0, 20), (1.0, 60)] {
            for at in 0..100 {
                rows.push([(0, 1.0), (1, group)]);
                outcomes.push(at < wins);
            }
        }
        let fitted = fit(&rows, &outcomes, &[FLAT, FLAT]);
        let expected = (0.6_f64 / 0.4).ln() - (0.2_f64 / 0.8).ln();
        assert!((fitted[1] - expected).abs() < 1e-4, "{fitted:?}");
    }

    #[test]
    fn without_data_the_prior_stands() {
        let prior = Prior {
            mean: 0.15,
            precision: 100.0,
        };
        assert_eq!(fit(&Sparse::new(1), &[], &[prior]), [0.15]);
    }

    #[test]
    fn fitted_again_with_other_priors_is_as_if_fitted_with_them() {
        let mut rows = Sparse::new(2);
        let outcomes: Vec<bool> = (0..60).map(|at| at % 3 == 0).collect();
        (0..60).for_each(|at| rows.push([(0, 1.0), (1, f64::from(at % 7) - 3.0)]));
        let of = |precision| {
            let mean = 0.2;
            [FLAT, Prior { mean, precision }]
        };
        let again = refit(
            &rows,
            &outcomes,
            &of(40.0),
            fit(&rows, &outcomes, &of(15.0)),
        );
        let fresh = fit(&rows, &outcomes, &of(40.0));
        for (again, fresh) in again.iter().zip(&fresh) {
            assert!((again - fresh).abs() < 1e-6, "{again} {fresh}");
        }
    }

    #[test]
    fn a_strong_prior_holds_against_little_data() {
        let mut rows = Sparse::new(1);
        let outcomes = vec![true; 10];
        outcomes.iter().for_each(|_| rows.push([(0, 1.0)]));
        let weak = fit(
            &rows,
            &outcomes,
            &[Prior {
                mean: 0.0,
                precision: 1.0,
            }],
        );
        let strong = fit(
            &rows,
            &outcomes,
            &[Prior {
                mean: 0.0,
                precision: 100.0,
            }],
        );
        assert!(
            0.0 < strong[0] && strong[0] < 0.06 && weak[0] > 1.0,
            "{weak:?} {strong:?}"
        );
    }
}
