//! The table of faults: one row for everything that a presenter switches or fires.
//!
//! A new fault needs a variant of [`FaultId`], a row here, a knob in its service, arms in `knobs.rs` and
//! `evidence.rs`, and phrases on the page. The compiler or a test names these. A problem of the story is known by its
//! id in more places, where a default stands in for one that is missing: `CONTRIBUTING.md` lists them (A fault).

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};
use utoipa::ToSchema;

/// A fault: a real cause in one service, behind one knob there. The order is that of the display.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum FaultId {
    /// Players are looked up without an index.
    MissingIndex,
    /// The generator repeats its start-up for every stop.
    SlowRng,
    /// The player waits for a slow provider.
    SlowProvider,
    /// One payment in ten fails at the provider.
    PaymentErrors,
    /// Six payments in ten fail at the provider.
    ProviderSpike,
    /// The game pays by a wrong paytable.
    RtpAnomaly,
    /// The next round panics in the gateway.
    GatewayPanic,
    /// All sessions end at once.
    ExpiredToken,
    /// The provider refuses connections.
    ProviderDown,
    /// The history requests every round by itself.
    NPlusOne,
    /// The daily report reads every bet.
    SlowReport,
    /// The gateway keeps every response in memory.
    MemoryLeak,
    /// Three hundred players log in within ten seconds.
    SessionSurge,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// Whether the fault belongs to the story of the demo.
    pub group: Group,
    /// The service that has the fix; the cause may be the provider's.
    pub service: &'static str,
    /// Whether it is switched, fired, or both.
    pub how: How,
    /// What is wrong in the service.
    pub cause: &'static str,
    /// What shows the fault in a trace.
    pub evidence: &'static str,
    /// What our code does about it while the cause stays; `None` for a fault that can only be on or off.
    pub fix: Option<&'static str>,
}

/// Which of the two lists a fault is in.
#[derive(Debug, Clone, Copy)]
pub enum Group {
    /// A problem of the story. The window begins with all of them on, releases have them or their fixes, and
    /// figures with and without each are compared. Each has a promised figure.
    Story(Promise),
    /// A fault beside the story, initially off.
    Extra,
}

/// How a fault is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It stays on until it is switched off.
    Switch,
    /// It happens once.
    Fire,
    /// It is switched, and can also be fired once.
    SwitchOrFire,
}

impl How {
    /// Whether the fault can be switched on and off.
    #[must_use]
    pub const fn is_switched(self) -> bool {
        matches!(self, Self::Switch | Self::SwitchOrFire)
    }

    /// Whether the fault can be fired.
    #[must_use]
    pub const fn is_fired(self) -> bool {
        matches!(self, Self::Fire | Self::SwitchOrFire)
    }
}

/// The figure that spins have with this problem alone on an idle machine; `reelscope bench --only problems` checks it.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// Number of measured spins, chosen so that they take about a quarter of a minute.
    pub spins: u64,
    /// Number of these spins under way at the same time.
    pub at_once: u64,
    /// The service or peer that the problem slows down; `None` for one that makes spins fail.
    pub slows: Option<&'static str>,
    /// The figure and its bounds.
    pub band: Band,
}

/// The bounds of a figure, both included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Which figure.
    pub figure: Figure,
    /// Lower bound, in the figure's unit.
    pub least: f64,
    /// Upper bound, in the figure's unit.
    pub most: f64,
}

/// A figure of measured spins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Figure {
    /// Median of the time that players wait, in milliseconds.
    P50Ms,
    /// 95th percentile of the time that players wait, in milliseconds.
    P95Ms,
    /// Median duration of looking the player up, in milliseconds.
    LookUpP50Ms,
    /// Median duration of drawing the stops, in milliseconds.
    DrawP50Ms,
    /// Share of the waiting time that the provider takes, in percent.
    ProviderSharePercent,
    /// Share of the spins that fail, in percent.
    FailedPercent,
}

impl FaultId {
    /// All faults, in the order of the display.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The service or peer that a problem of the story slows down; `None` for one that makes spins fail, and for other
    /// faults.
    #[must_use]
    pub const fn slows(self) -> Option<&'static str> {
        match self.row().group {
            Group::Story(Promise { slows, .. }) => slows,
            Group::Extra => None,
        }
    }

    /// Returns the row of this fault.
    #[must_use]
    // Long because it is the table: one row for each fault, all on one page.
    pub const fn row(self) -> &'static Fault {
        match self {
            Self::MissingIndex => &Fault {
                group: Group::Story(Promise {
                    spins: 30,
                    at_once: 1,
                    slows: Some("user-service"),
                    band: Band {
                        figure: Figure::LookUpP50Ms,
                        least: 350.0,
                        most: 650.0,
                    },
                }),
                service: "user-service",
                how: How::Switch,
                cause: "players are looked up by account code without an index, so that all of them are read",
                evidence: "`db.query` with `db.index_used: false` and every row scanned",
                fix: Some("the index, created while everything runs"),
            },
            Self::SlowRng => &Fault {
                group: Group::Story(Promise {
                    spins: 40,
                    at_once: 1,
                    slows: Some("game-engine"),
                    band: Band {
                        figure: Figure::DrawP50Ms,
                        least: 150.0,
                        most: 400.0,
                    },
                }),
                service: "game-engine",
                how: How::Switch,
                cause: "a new generator is keyed for every stop, tested as at its start and wound forward word by word",
                evidence: "`game.rng`: hundreds of milliseconds of CPU; the same seed gives the same board",
                fix: Some("one generator, seeded once"),
            },
            Self::SlowProvider => &Fault {
                group: Group::Story(Promise {
                    spins: 60,
                    at_once: 20,
                    slows: Some("payment-provider"),
                    band: Band {
                        figure: Figure::P50Ms,
                        least: 2_000.0,
                        most: 5_000.0,
                    },
                }),
                service: "payment-service",
                how: How::Switch,
                cause: "the player waits for a provider that takes 2.4 to 4.4 s",
                evidence: "`External payment provider API` as most of the trace",
                fix: Some(
                    "the payout is written down, the player answered, and the settlement goes on in the same trace",
                ),
            },
            Self::PaymentErrors => &Fault {
                group: Group::Story(Promise {
                    spins: 300,
                    at_once: 1,
                    slows: None,
                    band: Band {
                        figure: Figure::FailedPercent,
                        least: 10.0,
                        most: 10.0,
                    },
                }),
                service: "payment-service",
                how: How::SwitchOrFire,
                cause: "the provider fails exactly one payment in ten (a shuffled bag)",
                evidence: "an issue with its stack, player and trace",
                fix: Some("another try with the same reference, with backoff and jitter"),
            },
            Self::ProviderSpike => &Fault {
                group: Group::Extra,
                service: "payment-provider",
                how: How::Switch,
                cause: "six payments in ten fail at the provider; afterwards what `payment-errors` says holds again",
                evidence: "issues of the payment service, so many that a spike alert fires",
                fix: None,
            },
            Self::RtpAnomaly => &Fault {
                group: Group::Extra,
                service: "game-engine",
                how: How::Switch,
                cause: "the game pays by the paytable of release 1.3.0; the later of dial and switch wins",
                evidence: "only the RTP: no request fails and no span is slow",
                fix: None,
            },
            Self::GatewayPanic => &Fault {
                group: Group::Extra,
                service: "api-gateway",
                how: How::Fire,
                cause: "the next round's board is read out of bounds, after its money was settled",
                evidence: "an issue with the stack of the panic, 500 for the player; the same key again answers the round",
                fix: None,
            },
            Self::ExpiredToken => &Fault {
                group: Group::Extra,
                service: "user-service",
                how: How::Fire,
                cause: "all sessions end before their time",
                evidence: "401 `session_expired` with the stake untouched, then a log-in",
                fix: None,
            },
            Self::ProviderDown => &Fault {
                group: Group::Extra,
                service: "payment-provider",
                how: How::Switch,
                cause: "the provider's listener is closed, and bound to the same port again",
                evidence: "an issue with `provider.code: unreachable`; stakes are returned",
                fix: None,
            },
            Self::NPlusOne => &Fault {
                group: Group::Extra,
                service: "api-gateway",
                how: How::Switch,
                cause: "the history asks the game-engine for every round by itself",
                evidence: "up to 50 equal `http.client` and `db.query` spans in `GET /api/v1/rounds`",
                fix: Some("one request for all rounds"),
            },
            Self::SlowReport => &Fault {
                group: Group::Extra,
                service: "payment-service",
                how: How::Switch,
                cause: "`GET /api/v1/reports/daily` reads every bet",
                evidence: "one `db.query` whose `db.rows_scanned` grows with every spin",
                fix: Some("totals that posting keeps up to date"),
            },
            Self::MemoryLeak => &Fault {
                group: Group::Extra,
                service: "api-gateway",
                how: How::Switch,
                cause: "every answer is kept in a buffer of 256 KiB, up to 256 MiB; switching it off frees them",
                evidence: "the gauges `cache.entries` and `process.memory`",
                fix: None,
            },
            Self::SessionSurge => &Fault {
                group: Group::Extra,
                service: "api-gateway",
                how: How::Fire,
                cause: "300 log-ins of different accounts within ten seconds, which the rate limit just lets through",
                evidence: "sessions in release health, traces `log in`",
                fix: None,
            },
        }
    }

    /// Stable name of the fault on the wire, in traces and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The service that has the fix.
    #[must_use]
    pub const fn service(self) -> &'static str {
        self.row().service
    }

    /// Whether it is a problem of the story.
    #[must_use]
    pub const fn is_story(self) -> bool {
        matches!(self.row().group, Group::Story(_))
    }

    /// Parses the name of one of `these`.
    ///
    /// # Errors
    /// A sentence with the possible names; it calls them `what`.
    pub fn named(text: &str, these: &[Self], what: &str) -> Result<Self, String> {
        let found = text.parse().ok().filter(|id| these.contains(id));
        found.ok_or_else(|| {
            let names: Vec<_> = these.iter().map(|id| id.as_str()).collect();
            format!("`{text}` is none of the {what}; they are {}", names.join(", "))
        })
    }
}

/// Whether the fault of this name changes waiting times or failures. A wrong paytable changes neither, and an unknown
/// fault may.
pub(crate) fn is_felt(fault: &str) -> bool {
    let Ok(id) = fault.parse::<FaultId>() else {
        return true;
    };
    match id {
        FaultId::RtpAnomaly => false,
        FaultId::MissingIndex
        | FaultId::SlowRng
        | FaultId::SlowProvider
        | FaultId::PaymentErrors
        | FaultId::ProviderSpike
        | FaultId::GatewayPanic
        | FaultId::ExpiredToken
        | FaultId::ProviderDown
        | FaultId::NPlusOne
        | FaultId::SlowReport
        | FaultId::MemoryLeak
        | FaultId::SessionSurge => true,
    }
}

/// Number of problems of the story.
const STORY_LENGTH: usize = {
    let (mut length, mut next) = (0, 0);
    while next < FaultId::ALL.len() {
        length += FaultId::ALL[next].is_story() as usize;
        next += 1;
    }
    length
};

/// The problems of the story, in its order.
pub const STORY: [FaultId; STORY_LENGTH] = {
    let mut story = [FaultId::MissingIndex; STORY_LENGTH];
    let (mut found, mut next) = (0, 0);
    while next < FaultId::ALL.len() {
        if FaultId::ALL[next].is_story() {
            story[found] = FaultId::ALL[next];
            found += 1;
        }
        next += 1;
    }
    story
};

/// The state of each problem of the story, in the order of [`STORY`].
pub type StoryStates = [FaultState; STORY_LENGTH];

/// The state of a fault.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum FaultState {
    /// There is no cause.
    Off,
    /// The cause is present and has its effect.
    On,
    /// The cause is removed, or our code copes with it where it belongs to somebody else, such as a slow provider.
    Fixed,
}

impl FaultState {
    /// Stable name of the state.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Parses the name of a state.
    ///
    /// # Errors
    /// A sentence with the possible names.
    pub fn named(text: &str) -> Result<Self, String> {
        text.parse()
            .map_err(|_| format!("`{text}` is none of on, fixed and off"))
    }
}

#[cfg(test)]
mod tests {
    use reelscope_payment_provider::SLOW_MS;

    use super::*;

    #[test]
    #[allow(clippy::cast_precision_loss)] // some seconds in milliseconds
    fn a_slow_provider_is_as_slow_as_is_said() {
        let [least, most] = [*SLOW_MS.start(), *SLOW_MS.end()].map(|ms| ms as f64 / 1e3);
        let said = format!("a provider that takes {least} to {most} s");
        assert!(FaultId::SlowProvider.row().cause.contains(&said), "{said}");
    }

    #[test]
    fn the_page_knows_whom_each_problem_slows_and_each_slows_somebody_else() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/app/core/api/parts.ts");
        let page = std::fs::read_to_string(page).unwrap();
        let (_, rows) = page.split_once("export const SLOWED = {").unwrap();
        let (rows, _) = rows.split_once('}').unwrap();
        let slowed = |id: FaultId| {
            id.slows()
                .map_or_else(|| "null".to_owned(), |part| format!("'{part}'"))
        };
        let expected = STORY.map(|id| format!("'{}': {},", id.as_str(), slowed(id)));
        let rows: Vec<_> = rows
            .lines()
            .map(str::trim)
            .filter(|row| !row.is_empty())
            .collect();
        assert_eq!(rows, expected);
        // The time of a part on the critical path is counted for the one problem that slows it.
        let mut parts: Vec<_> = STORY.iter().filter_map(|id| id.slows()).collect();
        let all = parts.len();
        parts.sort_unstable();
        parts.dedup();
        assert_eq!(parts.len(), all, "two problems slow the same part");
    }

    #[test]
    fn names_on_the_wire_and_in_the_code_are_the_same() {
        for id in FaultId::ALL {
            assert_eq!(serde_json::to_value(id).unwrap(), id.as_str());
            assert_eq!(FaultId::named(id.as_str(), FaultId::ALL, "faults"), Ok(*id));
        }
        for state in [FaultState::Off, FaultState::On, FaultState::Fixed] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(FaultState::named(state.as_str()), Ok(state));
        }
    }

    #[test]
    fn every_problem_of_the_story_can_be_switched_and_fixed() {
        for id in STORY {
            assert!(id.row().how.is_switched() && id.row().fix.is_some(), "{id:?}");
        }
    }

    #[test]
    fn the_document_shows_the_table() {
        let document = include_str!("../../../../docs/faults.md");
        for id in FaultId::ALL {
            let Fault {
                cause, evidence, fix, ..
            } = id.row();
            let how = match (id.row().how, fix) {
                (How::Switch, None) => "switch",
                (How::Switch, Some(_)) => "switch, fix",
                (How::Fire, _) => "fire",
                (How::SwitchOrFire, _) => "switch, fix, fire",
            };
            let fix = fix.unwrap_or("");
            let row = format!(
                "| `{}` | {} | {how} | {cause} | {evidence} | {fix} |",
                id.as_str(),
                id.service()
            );
            assert!(
                document.contains(&row.replace("  |", " |")),
                "docs/faults.md lacks\n{row}"
            );
        }
    }
}
