//! The knobs of the services, as the stack was started with them: what each fault turns.

use reelscope_api_gateway as gateway;
use reelscope_game_engine as game;
use reelscope_payment_provider as provider;
use reelscope_payment_service as payments;
use reelscope_telemetry::Service;
use reelscope_user_service as users;
use reelscope_user_service::seeding::Progress;

use super::SwitchError;
use super::table::{FaultId, FaultState};
use crate::moment::Moments;
use crate::restartable_server::RestartableServer;
use crate::traffic::surge::Surge;

/// The knobs of all services.
pub struct Knobs {
    /// Those of the user-service.
    pub users: users::Knobs,
    /// Those of the game-engine.
    pub game: game::Knobs,
    /// Those of the payment-service.
    pub payments: payments::Knobs,
    /// How the external provider behaves.
    pub provider: provider::State,
    /// The provider's server, which can be stopped.
    pub provider_server: RestartableServer,
    /// Those of the gateway.
    pub gateway: gateway::Knobs,
    /// Lets many players log in.
    pub surge: Surge,
    /// While players are being written the index cannot be switched.
    pub seeding: Progress,
    /// Tagged with what is in force.
    pub services: Vec<Service>,
    /// Tells before from after.
    pub moments: Moments,
}

impl Knobs {
    /// Where a fault stands when a stack has begun: only the index is remembered, by its database.
    pub(super) fn at_start(&self, id: FaultId) -> FaultState {
        if id == FaultId::MissingIndex && self.users.missing_index().is_on() {
            FaultState::On
        } else {
            FaultState::Off
        }
    }

    /// Brings the cause of a fault about, takes it away, or lets our code cope with it.
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
            // After those that were to fail already.
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

    /// What was fired and has not happened yet will not; a surge that goes on ends.
    pub(super) fn disarm(&self) {
        self.provider.fail_next(0);
        self.gateway.disarm();
        self.surge.end();
    }
}
