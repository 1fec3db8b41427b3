//! What the demo measured of the calculator's inputs.

use std::collections::BTreeMap;

use reelscope_contracts::{UnixMillis, now};
use reelscope_demo::costs::{MeanStake, StakeSizes};
use reelscope_demo::faults::table::FaultId;
use reelscope_demo::wire::{AllProblems, BeforeAfter, ComparedProblem, Figures};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inputs::InputId;
use crate::chance::LEAST_SPINS;
use crate::facts::Observer;

/// A value that the demo measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MeasuredInput {
    /// In the unit of the input.
    pub value: f64,
    /// Number of spins that it was measured over.
    pub spins: u64,
    /// When it was measured.
    pub at: UnixMillis,
}

/// Gathers what is measured. Money is measured in the currency of the demo.
pub(crate) async fn measured(observer: &Observer, money: bool) -> BTreeMap<InputId, MeasuredInput> {
    let facts = observer.facts().await;
    let session = observer.session.clone();
    let captured = observer.captured_before();
    let read =
        tokio::task::spawn_blocking(move || session.read(|| captured, |spins| StakeSizes::of(spins)).0);
    let sizes = read.await.unwrap_or_else(|error| {
        tracing::error!(%error, "the stakes of the session could not be read");
        StakeSizes::default()
    });
    // All problems at once, or else the one that makes spins fail.
    let compared = [
        ComparedProblem::All(AllProblems::All),
        ComparedProblem::One(FaultId::PaymentErrors),
    ];
    let at = now();
    let failing = |side: fn(&BeforeAfter) -> Option<&Figures>| {
        let pairs = compared.iter().filter_map(|problem| {
            let pair = facts.pairs.iter().find(|pair| pair.problem == *problem);
            side(pair?)
        });
        let mut figures = pairs.filter(|figures| figures.recorded >= LEAST_SPINS);
        let figures = figures.next()?;
        Some(MeasuredInput {
            value: figures.error_rate_percent,
            spins: figures.recorded,
            at,
        })
    };
    let mean = |mean: Option<MeanStake>| {
        mean.filter(|_| money)
            .map(|MeanStake { minor, spins }| MeasuredInput {
                value: minor.round(),
                spins,
                at,
            })
    };
    let overhead = facts.cost.and_then(|cost| {
        Some(MeasuredInput {
            value: cost.cpu_ms?.max(0.0),
            spins: cost.spins,
            at: cost.at,
        })
    });
    let found = [
        (InputId::AverageStake, mean(sizes.all)),
        (InputId::LossPerFailedSpin, mean(sizes.failed)),
        (
            InputId::FailureBeforePercent,
            failing(|pair| pair.before.as_ref()),
        ),
        (InputId::FailureAfterPercent, failing(|pair| pair.after.as_ref())),
        (InputId::OverheadCpuMs, overhead),
    ];
    found
        .into_iter()
        .filter_map(|(id, measurement)| Some((id, measurement?)))
        .collect()
}
