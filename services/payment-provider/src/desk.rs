//! What the provider knows of payments: each is settled at most once, however often it is asked for.

use std::collections::{HashMap, VecDeque};

use reelscope_contracts::provider::{SettlementReply, SettlementRequest, SettlementStatus};
use reelscope_contracts::{ApiProblem, Code, Money};

use crate::faults::{Behaviour, Failure, Faults, Treatment};

/// Payments remembered for callers that ask again.
const REMEMBERED: usize = 100_000;

/// Begins the provider's own references.
const OWN: &str = "PP-";

/// What was settled and not taken back, each reference once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    /// References.
    pub payments: u64,
    /// What players paid, in minor units.
    pub debit: i128,
    /// What players got, in minor units.
    pub credit: i128,
}

/// The payments, and what new ones meet.
pub(crate) struct Desk {
    pub(crate) faults: Faults,
    payments: HashMap<String, Payment>,
    /// References of `payments`, oldest first.
    order: VecDeque<String>,
    settled: Settled,
}

/// A payment that was asked for at least once.
struct Payment {
    debit: Money,
    credit: Money,
    currency: String,
    standing: Standing,
}

impl Payment {
    fn reply(&self, reference: &str) -> SettlementReply {
        SettlementReply {
            provider_reference: format!("{OWN}{reference}"),
            status: match self.standing {
                Standing::Open => SettlementStatus::Open,
                Standing::Declined => SettlementStatus::Declined,
                Standing::Settled => SettlementStatus::Settled,
                Standing::Reversed => SettlementStatus::Reversed,
            },
            reference: Some(reference.to_owned()),
            debit: Some(self.debit),
            credit: Some(self.credit),
            currency: Some(self.currency.clone()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Open,
    Declined,
    Settled,
    Reversed,
}

impl Desk {
    pub(crate) fn new(behaviour: Behaviour) -> Self {
        Self {
            faults: Faults::new(behaviour),
            payments: HashMap::new(),
            order: VecDeque::new(),
            settled: Settled::default(),
        }
    }

    /// What was settled since the start.
    pub(crate) fn settled(&self) -> Settled {
        self.settled
    }

    /// Takes a request in. Whether a payment fails is drawn when its reference is new, and never again: a caller that asks
    /// again meets a provider that has recovered.
    pub(crate) fn register(&mut self, request: &SettlementRequest) -> Result<Treatment, ApiProblem> {
        let failure = match self.payments.get(&request.reference) {
            Some(payment) if (payment.debit, payment.credit) != (request.debit, request.credit) => {
                return Err(ApiProblem::new(
                    Code::IdempotencyConflict,
                    "This reference came with other amounts before.",
                ));
            }
            Some(payment) => (payment.standing == Standing::Declined).then_some(Failure::Decline),
            None => {
                let failure = self.faults.next_failure();
                self.remember(request, failure);
                failure
            }
        };
        Ok(self.faults.treatment(request.seed, failure))
    }

    fn remember(&mut self, request: &SettlementRequest, failure: Option<Failure>) {
        let standing = match failure {
            Some(Failure::Decline) => Standing::Declined,
            _ => Standing::Open,
        };
        let payment = Payment {
            debit: request.debit,
            credit: request.credit,
            currency: request.currency.clone(),
            standing,
        };
        self.payments.insert(request.reference.clone(), payment);
        self.order.push_back(request.reference.clone());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.payments.remove(&oldest);
        }
    }

    /// Settles once, however often it is asked.
    pub(crate) fn settle(&mut self, reference: &str) {
        if let Some(payment) = self.payments.get_mut(reference)
            && payment.standing == Standing::Open
        {
            payment.standing = Standing::Settled;
            self.settled.payments += 1;
            self.settled.debit += i128::from(payment.debit.minor());
            self.settled.credit += i128::from(payment.credit.minor());
        }
    }

    /// The record of a payment, by the merchant's reference or by the provider's own.
    pub(crate) fn record(&self, reference: &str) -> Option<SettlementReply> {
        let reference = reference.strip_prefix(OWN).unwrap_or(reference);
        let payment = self.payments.get(reference)?;
        Some(payment.reply(reference))
    }

    /// Takes a settlement back, once however often it is asked.
    pub(crate) fn reverse(&mut self, reference: &str) -> Option<SettlementReply> {
        let reference = reference.strip_prefix(OWN).unwrap_or(reference);
        let payment = self.payments.get_mut(reference)?;
        if payment.standing == Standing::Settled {
            payment.standing = Standing::Reversed;
            self.settled.payments -= 1;
            self.settled.debit -= i128::from(payment.debit.minor());
            self.settled.credit -= i128::from(payment.credit.minor());
        }
        Some(payment.reply(reference))
    }
}
