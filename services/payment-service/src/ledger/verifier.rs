//! Verifies the books: compares what is stored with the sums of the entries. Pure.

use std::collections::HashMap;

use reelscope_contracts::payments::BetStatus;
use reelscope_contracts::{Day, Money, PlayerId, RoundId};

use super::{Account, Balances};

/// The result, as `reelscope ledger verify` prints it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Number of wallets.
    pub accounts: u64,
    /// Number of ledger entries.
    pub entries: u64,
    /// Number of open bets: neither posted nor voided, or voided here but still settled at the provider.
    pub pending: u64,
    /// Sum of all differences between stored balances, ledger, bets, lists of open bets and totals by day, in minor
    /// units; 0 is right.
    pub imbalance: i128,
}

/// A bet as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct RecordedBet<'a> {
    /// The round.
    pub round: RoundId,
    /// Its status.
    pub status: BetStatus,
    /// The stake.
    pub stake: Money,
    /// The payout, once it is known.
    pub payout: Option<Money>,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// The day on which it ended.
    pub posted_on: Option<Day>,
    /// Whether the provider has settled it although it was voided here, and has not reversed that.
    pub reversal_due: bool,
}

/// Stakes, payouts and number of the bets that were posted in a currency on a day.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Sum of the stakes, in minor units.
    pub stakes: i128,
    /// Sum of the payouts, in minor units.
    pub payouts: i128,
    /// Number of bets.
    pub bets: i128,
}

impl Totals {
    fn distance(self, other: Self) -> i128 {
        (self.stakes - other.stakes).abs()
            + (self.payouts - other.payouts).abs()
            + (self.bets - other.bets).abs()
    }
}

/// How often a bet is in the lists of open bets, and how often it should be.
#[derive(Debug, Default, Clone, Copy)]
struct Listing {
    listed: i128,
    expected: i128,
    stake: i128,
}

/// Recomputes every balance from the entries and compares it with the stored one, every bet with its entries, and the
/// lists of open bets and the totals by day with the bets.
#[derive(Debug, Default)]
pub struct Verifier {
    derived: HashMap<String, i128>,
    by_round: HashMap<RoundId, ByKind>,
    listings: HashMap<RoundId, Listing>,
    /// Sums of the bets, by day and currency.
    totals: HashMap<(Day, String), Totals>,
    /// The stored totals; `None` if an older build stored none.
    stored_totals: Option<HashMap<(Day, String), Totals>>,
    entries: u64,
    accounts: u64,
    pending: u64,
    imbalance: i128,
}

/// Sum of a round's entries by kind.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct ByKind {
    reserve: i128,
    stake: i128,
    payout: i128,
    void: i128,
}

impl ByKind {
    fn distance(self, other: Self) -> i128 {
        (self.reserve - other.reserve).abs()
            + (self.stake - other.stake).abs()
            + (self.payout - other.payout).abs()
            + (self.void - other.void).abs()
    }
}

impl Verifier {
    /// Adds a ledger entry. The whole amount of an unknown `kind` is a difference.
    pub fn entry(&mut self, kind: &str, debit: &str, credit: &str, amount: Money, round: Option<RoundId>) {
        let minor = i128::from(amount.minor());
        self.entries += 1;
        *self.derived.entry(debit.to_owned()).or_default() -= minor;
        *self.derived.entry(credit.to_owned()).or_default() += minor;
        if minor <= 0 {
            self.imbalance += minor.abs().max(1);
        }
        match (kind, round) {
            ("deposit", None) => {}
            ("reserve", Some(round)) => self.by_round.entry(round).or_default().reserve += minor,
            ("stake", Some(round)) => self.by_round.entry(round).or_default().stake += minor,
            ("payout", Some(round)) => self.by_round.entry(round).or_default().payout += minor,
            ("void", Some(round)) => self.by_round.entry(round).or_default().void += minor,
            _ => self.imbalance += minor.abs().max(1),
        }
    }

    /// Adds a wallet, after all entries.
    pub fn wallet(&mut self, player: &PlayerId, balances: Balances) {
        self.accounts += 1;
        let pairs = [
            (Account::Available(player.clone()), balances.available),
            (Account::Reserved(player.clone()), balances.reserved),
        ];
        for (account, stored) in pairs {
            let stored = i128::from(stored.minor());
            let derived = self.derived.remove(&account.to_string()).unwrap_or_default();
            self.imbalance += (stored - derived).abs();
            // A negative balance is wrong even if the ledger agrees with it.
            self.imbalance += (-stored).max(0);
        }
    }

    /// Adds a bet, after all entries.
    pub fn bet(&mut self, bet: RecordedBet<'_>) {
        let round = bet.round;
        let stake = i128::from(bet.stake.minor());
        let payout = i128::from(bet.payout.unwrap_or_default().minor());
        let open = matches!(bet.status, BetStatus::Reserved | BetStatus::Pending) || bet.reversal_due;
        if open {
            self.pending += 1;
            let listing = self.listings.entry(round).or_default();
            listing.expected += 1;
            listing.stake = stake;
        }
        if bet.status == BetStatus::Posted
            && bet.payout.is_some()
            && let Some(day) = bet.posted_on
        {
            let key = (day, bet.currency.to_owned());
            let totals = self.totals.entry(key).or_default();
            totals.stakes += stake;
            totals.payouts += payout;
            totals.bets += 1;
        }
        let expected = match bet.status {
            BetStatus::Reserved | BetStatus::Pending => ByKind {
                reserve: stake,
                ..ByKind::default()
            },
            BetStatus::Posted => ByKind {
                reserve: stake,
                stake,
                payout,
                void: 0,
            },
            BetStatus::Voided => ByKind {
                reserve: stake,
                void: stake,
                ..ByKind::default()
            },
        };
        let found = self.by_round.remove(&round).unwrap_or_default();
        self.imbalance += found.distance(expected);
    }

    /// Adds an occurrence of a round in a list of open bets.
    pub fn listed_as_open(&mut self, round: RoundId) {
        self.listings.entry(round).or_default().listed += 1;
    }

    /// Notes that totals by day are stored: the sums of the bets must be among those that [`Verifier::total`] adds.
    pub fn totals_are_kept(&mut self) {
        self.stored_totals.get_or_insert_default();
    }

    /// Adds the stored totals of a currency on a day.
    pub fn total(&mut self, day: Day, currency: &str, totals: Totals) {
        let key = (day, currency.to_owned());
        let stored = self.stored_totals.get_or_insert_default();
        if let Some(twice) = stored.insert(key, totals) {
            self.imbalance += twice.distance(Totals::default()).max(1);
        }
    }

    /// Adds stored totals whose id is not a day.
    pub fn totals_of_no_day(&mut self) {
        self.imbalance += 1;
    }

    /// Returns the result. Entries of wallets or bets that were not added are differences.
    #[must_use]
    pub fn finish(self) -> Verification {
        let orphaned_accounts: i128 = self
            .derived
            .iter()
            .filter(|(name, _)| *name != "external" && *name != "house")
            .map(|(_, balance)| balance.abs())
            .sum();
        let orphaned_rounds: i128 = self
            .by_round
            .values()
            .map(|sums| sums.distance(ByKind::default()))
            .sum();
        // Recovery never ends a bet that is in no list, and never finishes with one that is listed without need.
        let listings: i128 = self
            .listings
            .values()
            .map(
                |Listing {
                     listed,
                     expected,
                     stake,
                 }| (listed - expected).abs() * (*stake).max(1),
            )
            .sum();
        let totals: i128 = self.stored_totals.map_or(0, |mut stored| {
            let missing: i128 = self
                .totals
                .into_iter()
                .map(|(key, totals)| totals.distance(stored.remove(&key).unwrap_or_default()))
                .sum();
            let of_no_bet: i128 = stored
                .values()
                .map(|totals| totals.distance(Totals::default()))
                .sum();
            missing + of_no_bet
        });
        Verification {
            accounts: self.accounts,
            entries: self.entries,
            pending: self.pending,
            imbalance: self.imbalance + orphaned_accounts + orphaned_rounds + listings + totals,
        }
    }
}
