//! The payment service: wallets with an immutable ledger, and the settlement of every round with the external
//! payment provider.
//!
//! A round's money moves in three steps. Each is durable before it is answered, and happens once for each round id: the
//! stake is **reserved**; once the payout is known, it is recorded and the provider is asked to settle; then stake and
//! payout are **posted** in one transaction. A known failure **voids** the reservation. A bet with an unknown outcome
//! stays pending, and [`recovery`] asks again with the same key, until the provider's record of the round has the
//! outcome.
//!
//! ```text
//! http ──> journal      the rules of the ledger applied to the store, one write for each step; totals by day
//!      │     └─> ledger     the rules, pure
//!      ├─> settlement   payout written down ──> provider ──> posted or voided
//!      │     ├─> provider     client of the external provider
//!      │     ├─> round_locks  one task settles a round at a time
//!      │     └─> backlog      rounds whose players are answered before they are settled
//!      ├─> background   settles the rounds of the backlog
//!      ├─> recovery     ends what no request works on any more
//!      └─> faults       what the demo can break, and the fixes
//! ```
//!
//! ```
//! use reelscope_contracts::Money;
//! use reelscope_payment_service::ledger::{Balances, Movement, apply};
//!
//! let before = Balances { available: Money(1_000), reserved: Money(0) };
//! let (after, transfers) = apply(before, &"player-000001".into(), Movement::Reserve(Money(100)))?;
//! assert_eq!((after.available, after.reserved), (Money(900), Money(100)));
//! assert_eq!(transfers[0].amount, Money(100));
//! # Ok::<(), reelscope_payment_service::ledger::LedgerError>(())
//! ```

pub mod background;
pub mod backlog;
pub mod error;
pub mod faults;
pub mod http;
pub mod journal;
pub mod ledger;
pub mod provider;
pub mod recovery;
mod round_locks;
pub mod settlement;

pub use error::PaymentError;
pub use faults::{Knobs, ReportSource, Retrying, Settling};
pub use http::{State, router};
