//! How far things of a kind differ among themselves, told from estimates that each have an error of their own.
//!
//! The estimates are taken as drawn around zero and then measured: their spread is what is left of it when the errors are
//! taken off. This is the random-effects model of meta-analysis (`DerSimonian` and Laird 1986) with the precision at its
//! most likely value instead of a difference of moments, which few estimates make negative. A belief holds it where there
//! is little to be seen.

/// Half as many candidates as are looked at, on either side of what is believed.
const STEPS: i32 = 30;
/// How far apart candidates are, as a logarithm: from an eighth to eight times the belief.
const STEP: f64 = 0.07;

/// What is believed of a precision before anything was seen: log-normal.
#[derive(Clone, Copy, Debug)]
pub struct Belief {
    /// Its median.
    pub median: f64,
    /// The standard deviation of its logarithm.
    pub spread: f64,
}

/// An estimate and its information: one over its squared error.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// How much is known of it; above zero.
    pub information: f64,
}

/// The most likely precision of what was estimated.
pub fn precision(estimates: &[Estimate], belief: Belief) -> f64 {
    let mut best = (f64::NEG_INFINITY, belief.median);
    for step in -STEPS..=STEPS {
        let away = STEP * f64::from(step);
        let candidate = belief.median * away.exp();
        let likely: f64 = estimates
            .iter()
            .map(|estimate| {
                let variance = 1.0 / candidate + 1.0 / estimate.information;
                -0.5 * (variance.ln() + estimate.value * estimate.value / variance)
            })
            .sum();
        let likely = likely - 0.5 * (away / belief.spread).powi(2);
        if likely > best.0 {
            best = (likely, candidate);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELIEF: Belief = Belief {
        median: 15.0,
        spread: 0.5,
    };

    /// Values as far apart as such a precision and such errors make them: equal steps of a normal distribution's spread.
    fn estimates(count: u32, precision: f64, information: f64) -> Vec<Estimate> {
        let deviation = (1.0 / precision + 1.0 / information).sqrt();
        (0..count)
            .map(|at| Estimate {
                value: if at % 2 == 0 { deviation } else { -deviation },
                information,
            })
            .collect()
    }

    #[test]
    fn many_estimates_tell_how_far_things_differ() {
        for true_precision in [5.0, 15.0, 40.0] {
            let told = precision(&estimates(5_000, true_precision, 40.0), BELIEF);
            assert!(
                (told / true_precision).ln().abs() < 0.1,
                "{told} of {true_precision}"
            );
        }
    }

    #[test]
    fn few_and_vague_estimates_leave_the_belief() {
        let told = precision(&estimates(20, 3.0, 0.5), BELIEF);
        assert!((told / 15.0).ln().abs() < 0.3, "{told}");
        assert!((precision(&[], BELIEF) - 15.0).abs() < 1e-9);
    }
}
