//! The release dial: the releases of the demo, and how one is put in force.

use std::sync::Arc;

use reelscope_contracts::{ApiProblem, Code};
use reelscope_telemetry::watched;
use tokio::sync::OwnedRwLockWriteGuard;

use super::table::{FaultId, FaultState, STORY};
use super::wire::ReleaseView;
use super::{Faults, States, SwitchError, THE_RELEASE};

/// A release of the demo's dial.
#[derive(Debug, Clone, Copy)]
pub struct Release {
    /// Version of the release.
    pub version: &'static str,
    /// Faults that are on in it. The other problems of the story are fixed, and the other faults of the dial are
    /// off.
    pub faults: &'static [FaultId],
}

/// The releases of the dial, oldest first.
pub const RELEASES: [Release; 4] = [
    Release {
        version: "1.0.0",
        faults: &STORY,
    },
    Release {
        version: "1.1.0",
        faults: &[FaultId::SlowProvider, FaultId::PaymentErrors],
    },
    Release {
        version: "1.2.0",
        faults: &[],
    },
    // A regression that only business figures show: the fix of the payments is lost in a merge, and a paytable is
    // deployed without its PAR sheet.
    Release {
        version: "1.3.0",
        faults: &[FaultId::PaymentErrors, FaultId::RtpAnomaly],
    },
];

/// The release that the demo begins with.
pub const FIRST_RELEASE: &Release = &RELEASES[0];

impl Release {
    /// Returns the release with this version.
    #[must_use]
    pub fn of(version: &str) -> Option<&'static Self> {
        RELEASES.iter().find(|release| release.version == version)
    }

    /// Whether the fault is on in this release.
    #[must_use]
    pub fn has(&self, id: FaultId) -> bool {
        self.faults.contains(&id)
    }

    /// The states of all faults of the dial in this release.
    #[must_use]
    pub fn states(&self) -> States {
        let state = |id| match (self.has(id), id.is_story()) {
            (true, _) => FaultState::On,
            (false, true) => FaultState::Fixed,
            (false, false) => FaultState::Off,
        };
        of_the_dial().map(|id| (id, state(id))).collect()
    }

    pub(super) fn view(&self) -> ReleaseView {
        ReleaseView {
            version: self.version.to_owned(),
            faults: self.faults.to_vec(),
        }
    }
}

/// The faults that releases change: the problems of the story, and every other fault of any release.
pub(crate) fn of_the_dial() -> impl Iterator<Item = FaultId> {
    let brought = |id: &FaultId| id.is_story() || RELEASES.iter().any(|release| release.has(*id));
    FaultId::ALL.iter().copied().filter(brought)
}

/// A release that is about to be put in force. It holds the lock that excludes other switches.
pub struct ReleaseSwitch {
    faults: Faults,
    release: &'static Release,
    switching: OwnedRwLockWriteGuard<()>,
}

impl Faults {
    /// Begins to put a release in force. Other switches are refused until the returned value is dropped or applied.
    /// # Errors
    /// [`SwitchError`]; nothing is changed.
    pub fn begin(&self, version: &str) -> Result<ReleaseSwitch, SwitchError> {
        let release = Release::of(version).ok_or_else(|| SwitchError::NoSuchRelease(version.to_owned()))?;
        let switching = Arc::clone(&self.shared.switching).try_write_owned();
        if let Some(id) = self.under_way() {
            return Err(SwitchError::UnderWay(id.as_str()));
        }
        let switching = switching.map_err(|_| SwitchError::UnderWay(THE_RELEASE))?;
        let is_missing = self.state(FaultId::MissingIndex) == FaultState::On;
        let switches_index = is_missing != release.has(FaultId::MissingIndex);
        if switches_index && !self.shared.knobs.seeding.is_complete() {
            return Err(SwitchError::NotReady);
        }
        Ok(ReleaseSwitch {
            faults: self.clone(),
            release,
            switching,
        })
    }
}

impl ReleaseSwitch {
    /// Switches the faults of the release and awaits `announce`, which changes the release that envelopes name.
    /// After a failure the faults are switched back as far as the services allow. Runs on a task of its own, so
    /// that a caller that goes away does not interrupt it.
    ///
    /// # Errors
    /// The [`ApiProblem`] of the step that failed.
    pub async fn apply(
        self,
        announce: impl Future<Output = Result<(), ApiProblem>> + Send + 'static,
    ) -> Result<(), ApiProblem> {
        let Self {
            faults,
            release,
            switching,
        } = self;
        let defect = || ApiProblem::new(Code::Internal, "The release could not be put in force.");
        let task = tokio::spawn(async move {
            let before = faults.states();
            let apply = async {
                faults.bring_all(&release.states()).await?;
                announce.await
            };
            let applied: Result<(), ApiProblem> = watched("switch of the release", apply)
                .await
                .unwrap_or_else(|_| Err(defect()));
            if applied.is_err()
                && let Err(refusal) = faults.bring_all(&before).await
            {
                tracing::error!(%refusal, "faults could not be brought back to where they stood");
            }
            drop(switching);
            applied
        });
        task.await.unwrap_or_else(|_| Err(defect()))
    }
}
