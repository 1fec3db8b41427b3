//! The knobs of all services of a running stack, and the knob that each fault turns. What a knob does stands in
//! `faults.rs` of its service.

use reelscope_api_gateway as gateway;
use reelscope_game_engine as game;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_telemetry::Service;
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;

use super::SwitchError;
use super::surge::Surge;
use super::table::{FaultId, FaultState};
use crate::moment::Moments;
use crate::restartable_server::RestartableServer;

/// The knobs of all services.
pub struct Knobs {
    /// The knobs of the user-service.
    pub users: users::Knobs,
    /// The knobs of the game-engine.
    pub game: game::Knobs,
    /// The knobs of the payment-service.
    pub payments: payments::Knobs,
    /// The behaviour of the external provider.
    pub provider: provider::State,
    /// Stops and starts the provider's server.
    pub provider_server: RestartableServer,
    /// The knobs of the gateway.
    pub gateway: gateway::Knobs,
    /// Lets many players log in.
    pub surge: Surge,
    /// Progress of writing the players; the index cannot be switched before its end.
    pub seeding: Progress,
    /// The services whose envelopes carry the state as tags.
    pub services: Vec<Service>,
    /// The clock that tells traces before a switch from those after it.
    pub moments: Moments,
}

impl Knobs {
    /// The state of a fault when a stack starts: only the state of the index is stored, in its database.
    pub(super) fn at_start(&self, id: FaultId) -> FaultState {
        if id == FaultId::MissingIndex && self.users.missing_index().is_on() {
            FaultState::On
        } else {
            FaultState::Off
        }
    }

    /// Turns the knob of a fault to a state.
    pub(super) async fn turn(&self, id: FaultId, to: FaultState) -> Result<(), SwitchError> {
        let on = to == FaultState::On;
        match id {
            FaultId::MissingIndex => self.turn_index(on).await?,
            FaultId::SlowRng => self.game.draw_slowly(on).await,
            FaultId::SlowProvider => self.turn_slow_provider(to),
            FaultId::PaymentErrors => self.turn_payment_errors(to),
            FaultId::ProviderSpike => self.provider.change(|behaviour| behaviour.spike = on),
            FaultId::RtpAnomaly => self.game.pay_tenfold_cherries(on),
            FaultId::ProviderDown => {
                let moved = self.provider_server.set_running(!on).await;
                moved.map_err(|reason| SwitchError::Failed(id.as_str(), reason))?;
            }
            FaultId::NPlusOne => self.gateway.look_rounds_up_singly(on),
            FaultId::SlowReport => self.payments.set_reporting(if on {
                payments::ReportSource::ReadingAllBets
            } else {
                payments::ReportSource::FromTotals
            }),
            FaultId::MemoryLeak => self.gateway.keep_all_answers(on),
            FaultId::GatewayPanic | FaultId::ExpiredToken | FaultId::SessionSurge => {
                return Err(SwitchError::NotSwitched(id.as_str()));
            }
        }
        Ok(())
    }

    async fn turn_index(&self, missing: bool) -> Result<(), SwitchError> {
        let index = self.users.missing_index();
        if index.is_on() == missing {
            return Ok(());
        }
        let switched = if missing {
            index.switch_on().await
        } else {
            index.switch_off().await
        };
        let id = FaultId::MissingIndex.as_str();
        switched.map_err(|error| match error {
            users::UserError::Busy => SwitchError::UnderWay(id),
            users::UserError::Seeding(_) => SwitchError::NotReady,
            error => SwitchError::Failed(id, error.to_string()),
        })
    }

    fn turn_slow_provider(&self, to: FaultState) {
        self.payments.set_settling(if to == FaultState::Fixed {
            payments::Settling::InBackground
        } else {
            payments::Settling::WhilePlayerWaits
        });
        let latency_ms = if to == FaultState::Off {
            provider::Behaviour::healthy().latency_ms
        } else {
            provider::SLOW_MS
        };
        self.provider
            .change(|behaviour| behaviour.latency_ms = latency_ms);
    }

    fn turn_payment_errors(&self, to: FaultState) {
        self.payments.set_retrying(if to == FaultState::Fixed {
            payments::Retrying::WithBackoff
        } else {
            payments::Retrying::Never
        });
        self.provider.change(|behaviour| {
            behaviour.failure = provider::Failure::AcquirerTimeout;
            behaviour.failures_in_ten = u8::from(to != FaultState::Off);
        });
    }

    /// Lets a fault happen once.
    pub(super) fn fire(&self, id: FaultId) -> Result<(), SwitchError> {
        match id {
            // Fails one payment more, after those that are armed already.
            FaultId::PaymentErrors => self.provider.fail_one_more(),
            FaultId::GatewayPanic => self.gateway.panic_once(),
            FaultId::ExpiredToken => self.users.end_all_sessions(),
            FaultId::SessionSurge => {
                if !self.surge.begin() {
                    return Err(SwitchError::UnderWay(id.as_str()));
                }
            }
            FaultId::MissingIndex
            | FaultId::SlowRng
            | FaultId::SlowProvider
            | FaultId::ProviderSpike
            | FaultId::RtpAnomaly
            | FaultId::ProviderDown
            | FaultId::NPlusOne
            | FaultId::SlowReport
            | FaultId::MemoryLeak => return Err(SwitchError::NotFired(id.as_str())),
        }
        Ok(())
    }

    /// Disarms fired faults that have not happened yet, and ends a surge under way.
    pub(super) fn disarm(&self) {
        self.provider.fail_next(0);
        self.gateway.disarm();
        self.surge.end();
    }
}
