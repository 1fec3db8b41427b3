//! For whom the services of a trace waited that recorded nothing in it themselves.

use std::collections::{BTreeMap, HashMap, HashSet};

use reelscope_contracts::telemetry::{ExternalShare, Micros, Span};
use serde::{Deserialize, Serialize};

use super::length_of;
use crate::bounds;
use crate::service_map;

/// Most calls of a trace of which the other end may come later; of more the first word counts.
const MOST_OPEN_CALLS: usize = 1_000;
/// Most pairs of caller and peer, and most addresses of pages, that are told apart.
const MOST_PAIRS: usize = 500;
/// Most bytes of JSON that the peers of a trace's line take.
const MOST_PEER_BYTES: usize = 250;
/// Bytes of JSON of a peer without its name: its numbers are below 18 digits.
const PEER_BYTES: usize = 46;

/// Outgoing requests of a trace, told apart by whether a service of the trace answered them. The two ends come in any
/// order, mostly in two envelopes.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Waits {
    /// Microseconds, by who asks, then by whom.
    unanswered: BTreeMap<String, BTreeMap<String, Micros>>,
    /// The requests in `unanswered`, by span: who asks whom, and its microseconds.
    open: HashMap<String, ((String, String), Micros)>,
    /// Spans that a transaction continues and that have not come.
    answered: HashSet<String>,
    /// Where the pages of a service came from, by service and address.
    origins: HashSet<(String, String)>,
}

impl Waits {
    pub(super) fn add(&mut self, span: &Span) {
        if span.transaction {
            if let Some(address) = service_map::origin(span).filter(|_| self.origins.len() < MOST_PAIRS) {
                self.origins.insert((span.service.clone(), address));
            }
            let Some(caller) = &span.parent_span_id else {
                return;
            };
            if let Some(((asks, whom), length)) = self.open.remove(caller) {
                let peers = self.unanswered.get_mut(&asks);
                if let Some(total) = peers.and_then(|peers| peers.get_mut(&whom)) {
                    *total = total.saturating_sub(length);
                }
            } else if self.answered.len() < MOST_OPEN_CALLS {
                self.answered.insert(caller.clone());
            }
        } else if let Some(peer) = service_map::peer(span)
            && !self.answered.remove(&span.span_id)
        {
            let known = self.unanswered.get(&span.service);
            let is_new = known.is_none_or(|peers| !peers.contains_key(&peer));
            if is_new && self.unanswered.values().map(BTreeMap::len).sum::<usize>() >= MOST_PAIRS {
                return;
            }
            let peers = self.unanswered.entry(span.service.clone()).or_default();
            let length = length_of(span);
            let total = peers.entry(peer.clone()).or_default();
            *total = total.saturating_add(length);
            if self.open.len() < MOST_OPEN_CALLS {
                let pair = (span.service.clone(), peer);
                self.open.insert(span.span_id.clone(), (pair, length));
            }
        }
    }

    /// What is left, by peer, but for those that `is_service` knows and what a page asks of where it came from.
    pub(super) fn external(&self, is_service: impl Fn(&str) -> bool) -> Vec<ExternalShare> {
        let mut peers: BTreeMap<&str, Micros> = BTreeMap::new();
        let pairs = self
            .unanswered
            .iter()
            .flat_map(|(asks, peers)| peers.iter().map(move |(peer, length)| (asks, peer, *length)));
        for (asks, peer, length) in pairs.filter(|(.., length)| *length > 0) {
            if !is_service(peer) && !self.origins.contains(&(asks.clone(), peer.clone())) {
                let total = peers.entry(peer).or_default();
                *total = total.saturating_add(length);
            }
        }
        let share = |(peer, waiting_us): (&str, Micros)| ExternalShare {
            peer: peer.to_owned(),
            waiting_us,
        };
        peers.into_iter().map(share).collect()
    }
}

/// Those that were waited for longest, as many as a line has room for, by name; and how many there are more.
pub(super) fn longest(mut peers: Vec<ExternalShare>) -> (Vec<ExternalShare>, usize) {
    let all = peers.len();
    let mut bytes = 0;
    peers.sort_by(|one, other| {
        other
            .waiting_us
            .cmp(&one.waiting_us)
            .then_with(|| one.peer.cmp(&other.peer))
    });
    let told = peers.iter().take_while(|share| {
        bytes += bounds::bytes(&share.peer) + PEER_BYTES;
        bytes <= MOST_PEER_BYTES
    });
    let told = told.count();
    peers.truncate(told);
    peers.sort_by(|one, other| one.peer.cmp(&other.peer));
    (peers, all - told)
}
