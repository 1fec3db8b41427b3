//! What a sample can say about a share, by the 95 % interval around it. Pure.

use reelscope_demo::figures::LEAST_SPINS;

use crate::script::{Claim, Range};

/// The two-sided 95 % quantile of the normal distribution.
const Z_95: f64 = 1.959_964;
/// Widest interval of a share that is stated to be none, in percent.
const WIDEST_OF_NONE: f64 = 1.0;
/// Limit of the spins that are told to be enough.
const MOST_TOLD: f64 = 1e6;

/// A measured share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Share {
    /// In percent.
    pub(crate) percent: f64,
    /// Size of the sample.
    pub(crate) of: f64,
    /// Size of the sample for each spin.
    pub(crate) per_spin: f64,
}

impl Share {
    /// The share of spins that failed.
    pub(crate) fn of_failures(percent: f64, recorded: u64) -> Self {
        #[allow(clippy::cast_precision_loss)] // spins of a session stay far below 2^53
        let of = recorded as f64;
        Self {
            percent,
            of,
            per_spin: 1.0,
        }
    }
}

/// What a sample says of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// It bears it out, or does not.
    BornOut(bool),
    /// Nothing yet; about so many spins would settle it. `None` where no number that a demo makes would.
    TooFew(Option<u64>),
}

/// What two samples say of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// The second share is smaller, beyond chance.
    Smaller,
    /// The second share is larger, beyond chance.
    Larger,
    /// Both are equal.
    None,
    /// Nothing yet; about so many spins on each side would tell.
    TooFew(u64),
}

/// The interval that contains the true share in 95 of 100 samples, in percent (Wilson's, which holds for few failures
/// too).
fn interval(percent: f64, of: f64) -> (f64, f64) {
    let (share, z2) = (percent / 100.0, Z_95 * Z_95);
    let scale = 1.0 + z2 / of;
    let middle = (share + z2 / (2.0 * of)) / scale;
    let half = Z_95 * (share * (1.0 - share) / of + z2 / (4.0 * of * of)).sqrt() / scale;
    (100.0 * (middle - half), 100.0 * (middle + half))
}

/// The share that a claim states.
fn stated(Range { from, to }: Range) -> f64 {
    let ends = [from, to].into_iter().flatten();
    let count = if from.is_some() && to.is_some() { 2.0 } else { 1.0 };
    ends.sum::<f64>() / count
}

/// Whether a sample of this size bears a claim out; `None` where chance could explain the opposite.
fn settled(claim: &Claim, percent: f64, of: f64) -> Option<bool> {
    let (low, high) = interval(percent, of);
    let band = claim.band();
    if band.holds(percent) {
        // An interval that is wider than the stated share itself bears nothing out, nor one of more than a percent that
        // it is none.
        let stated = stated(claim.stated);
        let widest = if stated > 0.0 { stated } else { WIDEST_OF_NONE };
        (high - low <= widest).then_some(true)
    } else {
        let is_apart = band.from.is_some_and(|from| high < from) || band.to.is_some_and(|to| low > to);
        is_apart.then_some(false)
    }
}

/// Tells what a measured share says of a claim.
pub(crate) fn claimed(claim: &Claim, share: Share) -> Said {
    let Share {
        percent,
        of,
        per_spin,
    } = share;
    #[allow(clippy::cast_precision_loss)] // a constant
    let least = LEAST_SPINS as f64 * per_spin;
    match settled(claim, percent, of) {
        Some(bears_out) if of >= least => Said::BornOut(bears_out),
        _ => {
            let enough = enough(claim, percent, of.max(least), per_spin);
            // The sample may be far from the true share, of which the claim is the better guess then.
            let expected = enough_for(claim, per_spin).filter(|_| !claim.band().holds(percent));
            Said::TooFew(enough.map(|enough| enough.max(expected.unwrap_or(0))))
        }
    }
}

/// Number of spins that would settle a claim of which nothing is measured, if it is true.
pub(crate) fn enough_for(claim: &Claim, per_spin: f64) -> Option<u64> {
    #[allow(clippy::cast_precision_loss)] // a constant
    enough(
        claim,
        stated(claim.stated),
        LEAST_SPINS as f64 * per_spin,
        per_spin,
    )
}

/// Number of spins with which a share would settle a claim, from a sample of `least` on.
fn enough(claim: &Claim, percent: f64, least: f64, per_spin: f64) -> Option<u64> {
    let mut enough = least;
    while settled(claim, percent, enough).is_none() {
        if enough >= MOST_TOLD * per_spin {
            return None;
        }
        enough *= 1.05;
    }
    Some(rounded(enough / per_spin))
}

/// Compares two shares of spins by the two-proportion z-test, as the page does.
pub(crate) fn change(before: Share, after: Share) -> Change {
    let (one, other) = (before.percent / 100.0, after.percent / 100.0);
    #[allow(clippy::cast_precision_loss)] // a constant
    let is_few = before.of.min(after.of) < LEAST_SPINS as f64;
    let pooled = (one * before.of + other * after.of) / (before.of + after.of);
    let deviation = (pooled * (1.0 - pooled) * (1.0 / before.of + 1.0 / after.of)).sqrt();
    if !is_few && (one - other).abs() > Z_95 * deviation {
        return if other < one {
            Change::Smaller
        } else {
            Change::Larger
        };
    }
    let differ = (one - other).abs() > f64::EPSILON;
    match (differ, is_few) {
        (true, _) => {
            let mean = one.midpoint(other);
            let enough = Z_95 * Z_95 * 2.0 * mean * (1.0 - mean) / (one - other).powi(2);
            Change::TooFew(rounded(enough).max(LEAST_SPINS))
        }
        (false, true) => Change::TooFew(LEAST_SPINS),
        (false, false) => Change::None,
    }
}

/// Number of spins with which there is a verdict on an RTP, where further stakes are like those so far; `half` is half the
/// width of its interval, in percent.
pub(crate) fn enough_for_rtp(spins: u64, half: f64) -> u64 {
    #[allow(clippy::cast_precision_loss)] // spins of a session stay far below 2^53
    rounded(spins as f64 * (half / WIDEST_RTP).powi(2))
}

/// With a wider interval, to either side in percent, an observed RTP says nothing yet.
pub(crate) const WIDEST_RTP: f64 = 20.0;

/// A number of spins to two significant digits, and at least those without which nothing is said.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
fn rounded(spins: f64) -> u64 {
    let spins = spins.min(MOST_TOLD);
    let unit = 10_f64.powf((spins.max(1.0).log10().floor() - 1.0).max(0.0));
    ((spins / unit).ceil() * unit) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::ClaimedFigure;

    fn claim(stated: (Option<f64>, Option<f64>), holds: (Option<f64>, Option<f64>)) -> Claim {
        let range = |(from, to)| Range { from, to };
        Claim {
            figure: ClaimedFigure::FailedSpinsPercent,
            label: String::new(),
            stated: range(stated),
            holds: Some(range(holds)),
        }
    }

    fn one_in_ten() -> Claim {
        claim((Some(10.0), Some(10.0)), (Some(8.0), Some(12.0)))
    }

    fn share(percent: f64, of: u64) -> Share {
        Share::of_failures(percent, of)
    }

    #[test]
    fn a_share_of_a_small_sample_says_nothing_whatever_it_is() {
        for percent in [0.0, 5.0, 10.0, 20.0] {
            let said = claimed(&one_in_ten(), share(percent, 20));
            let Said::TooFew(Some(enough)) = said else {
                panic!("{percent}: {said:?}")
            };
            assert!((30..=2_000).contains(&enough), "{percent}: {enough}");
        }
        assert_eq!(claimed(&one_in_ten(), share(10.0, 20)), Said::TooFew(Some(150)));
        assert_eq!(enough_for(&one_in_ten(), 1.0), Some(150));
    }

    #[test]
    fn a_share_beyond_chance_says_what_it_is() {
        assert_eq!(claimed(&one_in_ten(), share(10.0, 200)), Said::BornOut(true));
        assert_eq!(claimed(&one_in_ten(), share(20.0, 200)), Said::BornOut(false));
        assert_eq!(claimed(&one_in_ten(), share(0.0, 200)), Said::BornOut(false));
    }

    #[test]
    fn what_is_said_to_be_enough_is() {
        for percent in [0.0, 3.0, 9.0, 10.0, 14.0, 20.0] {
            let Said::TooFew(Some(enough)) = claimed(&one_in_ten(), share(percent, 20)) else {
                panic!("{percent}")
            };
            let said = claimed(&one_in_ten(), share(percent, enough));
            assert!(matches!(said, Said::BornOut(_)), "{percent}: {enough}");
        }
    }

    #[test]
    fn a_claim_of_none_is_borne_out_by_many_and_refuted_by_some() {
        let none = claim((Some(0.0), Some(0.0)), (Some(0.0), Some(0.0)));
        assert!(matches!(
            claimed(&none, share(0.0, 20)),
            Said::TooFew(Some(300..=500))
        ));
        assert_eq!(claimed(&none, share(0.0, 500)), Said::BornOut(true));
        assert_eq!(claimed(&none, share(10.0, 200)), Said::BornOut(false));
    }

    #[test]
    fn what_no_sample_of_a_demo_settles_promises_no_number() {
        assert_eq!(claimed(&one_in_ten(), share(12.05, 200)), Said::TooFew(None));
    }

    #[test]
    fn requests_are_more_than_spins() {
        let least = claim((Some(0.5), Some(0.5)), (None, Some(0.5)));
        let of = |of| Share {
            percent: 0.0,
            of,
            per_spin: 6.0,
        };
        assert!(matches!(
            claimed(&least, of(120.0)),
            Said::TooFew(Some(100..=200))
        ));
        assert_eq!(claimed(&least, of(1_200.0)), Said::BornOut(true));
    }

    #[test]
    fn a_fix_has_to_bring_more_than_chance_does() {
        assert_eq!(change(share(10.0, 20), share(0.0, 20)), Change::TooFew(37));
        assert_eq!(change(share(10.0, 200), share(0.0, 200)), Change::Smaller);
        assert_eq!(change(share(10.0, 200), share(30.0, 200)), Change::Larger);
        assert_eq!(change(share(0.0, 200), share(0.0, 200)), Change::None);
        assert_eq!(change(share(0.0, 3), share(0.0, 200)), Change::TooFew(20));
    }
}
