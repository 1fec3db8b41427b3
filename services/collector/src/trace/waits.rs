//! The external peers that the services of a trace waited for, which recorded nothing in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use reelscope_page_api::telemetry::{ExternalShare, Micros, Span};
use serde::{Deserialize, Serialize};

use super::length_of;
use crate::bounds;
use crate::peer;

/// Limit of calls of a trace whose other end may still arrive; beyond it, what comes first counts.
const MOST_OPEN_CALLS: usize = 1_000;
/// Limit of pairs of caller and peer, and of origins of pages.
const MOST_PAIRS: usize = 500;
/// Limit of the JSON of the peers in a summary, in bytes.
const MOST_PEER_BYTES: usize = 250;
/// Size of a peer's JSON without its name in bytes: its numbers have below 18 digits.
const PEER_BYTES: usize = 46;

/// Outgoing requests of a trace, and whether a service of the trace answered them. The two ends arrive in any
/// order, mostly in two envelopes.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Waits {
    /// Waiting time in microseconds, by caller and peer.
    unanswered: BTreeMap<String, BTreeMap<String, Micros>>,
    /// The requests in `unanswered` by span id: caller and peer, and microseconds.
    open: HashMap<String, ((String, String), Micros)>,
    /// Span ids that a transaction continues and that have not arrived.
    answered: HashSet<String>,
    /// Origins of pages, by service and address.
    origins: HashSet<(String, String)>,
}

impl Waits {
    pub(super) fn add(&mut self, span: &Span) {
        if span.transaction {
            if let Some(address) = peer::origin(span).filter(|_| self.origins.len() < MOST_PAIRS) {
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
        } else if span.op.starts_with("http.client")
            && let Some(peer) = peer::peer(&span.service, &span.op, &span.data)
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

    /// Returns the waiting time by external peer: without those that `is_service` knows, and without requests of a
    /// page to its own origin.
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

/// Returns the peers with the longest waiting times, as many as a summary has room for, sorted by name, and the
/// number of the others.
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
