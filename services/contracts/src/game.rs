//! What the game engine takes and answers.

use serde::{Deserialize, Serialize};

use crate::{Money, RoundId, UnixMillis};

/// `POST /v1/rounds`: draw a round, once per id.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawRound {
    /// The id; asking again with the same id gives the same round.
    pub round_id: RoundId,
    /// The stake of the whole round.
    pub stake: Money,
    /// A round whose seed is drawn from again: the same board.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_seed_as: Option<RoundId>,
}

/// A symbol by its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SymbolName {
    /// Stands for every symbol but the scatter.
    Wild,
    /// Pays anywhere on the board.
    Scatter,
    /// The highest regular symbol.
    Seven,
    /// Regular.
    Gem,
    /// Regular.
    Bell,
    /// Regular.
    Bar,
    /// Regular.
    Star,
    /// The lowest regular symbol.
    Cherry,
}

impl std::fmt::Display for SymbolName {
    /// The name as it stands in JSON.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(formatter)
    }
}

/// What a symbol is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SymbolKind {
    /// It stands for others.
    Wild,
    /// It pays wherever it is.
    Scatter,
    /// It pays on a payline.
    Regular,
}

/// By which rule something won.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WinKind {
    /// On a payline.
    Line,
    /// By scatters anywhere.
    Scatter,
}

/// One winning combination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Win {
    /// By which rule.
    pub kind: WinKind,
    /// Number of the payline, from 1; absent for a scatter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub payline: Option<u8>,
    /// The symbol that pays.
    pub symbol: SymbolName,
    /// How many of it.
    pub count: u8,
    /// Multiple of the stake per line (line) or of the whole stake (scatter).
    pub multiplier: i64,
    /// What it pays.
    pub payout: Money,
    /// The cells, as `[reel, row]`, both from 0, row 0 on top.
    pub cells: Vec<(u8, u8)>,
}

/// A round as drawn. It says nothing of money that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Round {
    /// Its id.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    pub round_id: RoundId,
    /// The stake of the whole round.
    pub stake: Money,
    /// Sum of all wins.
    pub payout: Money,
    /// 64-bit seed of the draw, 16 hex digits; the round can be replayed from it.
    pub seed: String,
    /// Where each reel stopped: index of the strip's symbol in the top row.
    pub stops: Vec<u16>,
    /// Symbols by reel, top row first.
    pub board: Vec<Vec<SymbolName>>,
    /// What won.
    pub wins: Vec<Win>,
    /// When it was drawn.
    pub drawn_at: UnixMillis,
    /// The round whose seed was drawn from again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uuid", nullable = false))]
    pub same_seed_as: Option<RoundId>,
}

/// `POST /v1/rounds/lookup`: many rounds by id in one request.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookUpRounds {
    /// At most 100 ids; unknown ones are left out of the reply.
    pub round_ids: Vec<RoundId>,
}

/// `POST /v1/replays`: evaluate a seed again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replay {
    /// 16 hex digits.
    pub seed: String,
    /// The stake of the whole round.
    pub stake: Money,
}

/// An exact fraction; decimal strings, because the integers do not fit a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fraction {
    /// Above the line.
    pub numerator: String,
    /// Below the line, positive; the fraction is in lowest terms.
    pub denominator: String,
}

/// How many of a symbol pay how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pay {
    /// This many of a kind.
    pub count: u8,
    /// Multiple of the stake per line, or of the whole stake for the scatter.
    pub pays: i64,
}

/// A symbol and what it pays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SymbolPays {
    /// Name of the symbol.
    pub symbol: SymbolName,
    /// What it is to the rules.
    pub kind: SymbolKind,
    /// Pays by count.
    pub pays: Vec<Pay>,
}

/// What one symbol adds to the RTP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contribution {
    /// Name of the symbol.
    pub symbol: SymbolName,
    /// This many of a kind.
    pub count: u8,
    /// Wins of this kind in the full cycle, summed over the paylines.
    pub hits: String,
    /// Percentage points of RTP.
    pub rtp_percent: f64,
    /// The same, exact, as a part of 1.
    pub rtp: Fraction,
}

/// How much the payout of a round varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Volatility {
    /// Standard deviation of the payout of one round, in stakes.
    pub standard_deviation: f64,
    /// Variance of the payout of one round, in stakes squared, exact.
    pub variance: Fraction,
    /// 1.645 standard deviations: the volatility index at 90 % confidence.
    pub index_90: f64,
    /// `low`, `medium` or `high`.
    pub class: String,
}

/// The probability accounting report of the game, exact over the full cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ParSheet {
    /// Number of stop combinations, all equally likely.
    pub cycle: String,
    /// Return to player in per cent.
    pub rtp_percent: f64,
    /// Return to player, exact, as a part of 1.
    pub rtp: Fraction,
    /// Share of rounds that pay anything, in per cent.
    pub hit_frequency_percent: f64,
    /// The same, exact.
    pub hit_frequency: Fraction,
    /// How much a round varies.
    pub volatility: Volatility,
    /// Largest payout of one round as a multiple of its stake.
    pub max_payout: f64,
    /// How many combinations of the cycle pay the largest payout.
    pub max_payout_combinations: String,
    /// What each symbol and count adds.
    pub contributions: Vec<Contribution>,
}

/// Everything an auditor needs to compute the game again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paytable {
    /// Name of the game.
    pub game: String,
    /// Number of reels.
    pub reels: u8,
    /// Visible rows.
    pub rows: u8,
    /// Stakes the machine offers.
    pub stakes: Vec<Money>,
    /// Symbols with their pays.
    pub symbols: Vec<SymbolPays>,
    /// Row index (0 on top) by reel, for each payline.
    pub paylines: Vec<Vec<u8>>,
    /// Symbols of each reel strip in order.
    pub reel_strips: Vec<Vec<SymbolName>>,
    /// The exact figures.
    pub par_sheet: ParSheet,
}
