//! The second group of faults: conditions beside the four problems of the story, for whoever wants to show more. Some
//! are switched, some are fired once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problems::ProblemState;

/// A fault: a real cause in one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FaultId {
    /// Six payments in ten fail at the provider.
    ProviderSpike,
    /// The game pays by a paytable that nobody has certified.
    RtpAnomaly,
    /// The next round that is played meets a defect of the gateway.
    GatewayPanic,
    /// All sessions in force end before their time.
    ExpiredToken,
    /// The provider refuses connections.
    ProviderDown,
    /// The history asks for every round by itself.
    NPlusOne,
    /// The daily report reads every bet.
    SlowReport,
    /// The gateway keeps every answer for ever.
    MemoryLeak,
    /// Three hundred players log in within ten seconds.
    SessionSurge,
}

/// How a fault is brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FaultKind {
    /// It holds until it is switched off.
    Switch,
    /// It happens once.
    Fire,
}

impl FaultId {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::ProviderSpike,
        Self::RtpAnomaly,
        Self::GatewayPanic,
        Self::ExpiredToken,
        Self::ProviderDown,
        Self::NPlusOne,
        Self::SlowReport,
        Self::MemoryLeak,
        Self::SessionSurge,
    ];

    /// Stable name, as on the wire and in traces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The service whose knob it is.
    #[must_use]
    pub const fn service(self) -> &'static str {
        self.row().1
    }

    /// How it is brought about.
    #[must_use]
    pub const fn kind(self) -> FaultKind {
        self.row().2
    }

    /// Whether our code has a way to cope with it, so that it can be `fixed`; the others are only there or not.
    #[must_use]
    pub const fn has_fix(self) -> bool {
        self.row().3
    }

    /// The whole table on one page: name, service, kind, whether it can be fixed.
    const fn row(self) -> (&'static str, &'static str, FaultKind, bool) {
        match self {
            Self::ProviderSpike => ("provider-spike", "payment-provider", FaultKind::Switch, false),
            Self::RtpAnomaly => ("rtp-anomaly", "game-engine", FaultKind::Switch, false),
            Self::GatewayPanic => ("gateway-panic", "api-gateway", FaultKind::Fire, false),
            Self::ExpiredToken => ("expired-token", "user-service", FaultKind::Fire, false),
            Self::ProviderDown => ("provider-down", "payment-provider", FaultKind::Switch, false),
            Self::NPlusOne => ("n-plus-one", "api-gateway", FaultKind::Switch, true),
            Self::SlowReport => ("slow-report", "payment-service", FaultKind::Switch, true),
            Self::MemoryLeak => ("memory-leak", "api-gateway", FaultKind::Switch, false),
            Self::SessionSurge => ("session-surge", "api-gateway", FaultKind::Fire, false),
        }
    }
}

impl std::str::FromStr for FaultId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|id| id.as_str() == text);
        found.ok_or_else(|| {
            let names = Self::ALL.map(Self::as_str).join(", ");
            format!("`{text}` is none of the faults; they are {names}")
        })
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaultView {
    /// Which.
    pub id: FaultId,
    /// Whose knob it is.
    pub service: String,
    /// How it is brought about.
    pub kind: FaultKind,
    /// Whether our code has a way to cope with it: it can be `fixed`, and not only off.
    pub fixable: bool,
    /// Where a switch stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub state: Option<ProblemState>,
    /// How often it was fired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub fired: Option<u64>,
    /// The newest trace that shows it since it was last switched or fired, 32 hexadecimal digits; `null` while there is
    /// none.
    #[schema(required)]
    pub last_trace_id: Option<String>,
}

/// `GET /api/faults`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Faults {
    /// All of them, in the order in which they are shown.
    pub faults: Vec<FaultView>,
}

/// `PUT /api/faults/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchFault {
    /// The state that is wanted.
    pub state: ProblemState,
}
