//! The map of services: who calls whom, how often and how fast, computed from the spans of the newest traces.
//!
//! A service is what records transactions. A call is a client span, whose callee is every service with a
//! transaction that continues it, or a transaction that continues one of another service directly. Otherwise the
//! callee is the peer that the span names; it is a service if another call of the same caller to the same address
//! is continued by one, for example the requests of a page to its gateway, which have no trace there. Until then,
//! requests of a page to its own origin are left out. A database belongs to the service that uses it, because
//! services do not share one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use reelscope_page_api::telemetry::{
    MapEdge, MapNode, MapTraffic, Micros, NodeKind, PathShare, ServiceMap, Span, is_failure, nearest_rank,
    weight,
};
use serde_json::Value;

use crate::bounds;
use crate::critical_path::{self, PathSpan};
use crate::facts::is_without_length;
use crate::peer;
use crate::service;
use crate::trace::root_of;

/// Limit of nodes; more cannot be drawn.
const MOST_NODES: usize = 60;
/// The last minute, in microseconds.
pub(crate) const MINUTE: Micros = 60_000_000;

/// Number of traces that began in the last minute, and of those among them that the map is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastMinute {
    pub(crate) traces: u64,
    pub(crate) drawn: u64,
}

impl LastMinute {
    fn is_whole(self) -> bool {
        self.drawn >= self.traces
    }

    /// Extrapolates a count in these traces to all traces of the last minute, and rounds it.
    // Never negative, and far below 2^53.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    fn scaled(self, counted: f64) -> u64 {
        let share = if self.is_whole() {
            1.0
        } else {
            self.traces as f64 / self.drawn.max(1) as f64
        };
        (counted * share).round() as u64
    }
}

/// Calls of one edge while they are counted.
#[derive(Default)]
struct Calls {
    calls: u64,
    /// Durations of those with a known one, in microseconds.
    durations: Vec<Micros>,
    /// Number of calls in the last minute, weighted.
    last_minute: f64,
    errors: u64,
}

impl Calls {
    /// Counts a call of a trace that stands for `weight` traces.
    fn add(&mut self, span: &Span, now: Micros, weight: f64) {
        self.calls += 1;
        if !is_without_length(span) {
            self.durations
                .push(span.end_us.saturating_sub(span.start_us).max(0));
        }
        if span.start_us > now.saturating_sub(MINUTE) {
            self.last_minute += weight;
        }
        self.errors += u64::from(is_failure(&span.status));
    }

    fn traffic(mut self, minute: LastMinute) -> MapTraffic {
        self.durations.sort_unstable();
        let rank = |percent| (!self.durations.is_empty()).then(|| nearest_rank(&self.durations, percent));
        MapTraffic {
            calls: self.calls,
            per_minute: minute.scaled(self.last_minute),
            errors: self.errors,
            p50_us: rank(50),
            p95_us: rank(95),
        }
    }
}

/// A trace that the map is computed from.
#[derive(Default)]
pub(crate) struct Drawn {
    pub(crate) spans: Vec<Span>,
    /// Sample rate of the trace; `None` where all are recorded.
    pub(crate) sample_rate: Option<f64>,
}

impl Drawn {
    /// Number of traces that it stands for.
    fn weight(&self) -> f64 {
        weight(self.sample_rate)
    }
}

/// Computes the map of the newest traces; `minute` tells how many they are. `now` is microseconds since the Unix
/// epoch.
// Long because nodes and edges are made in one pass over the spans.
pub(crate) fn draw(traces: &[Drawn], now: Micros, minute: LastMinute) -> ServiceMap {
    let mut nodes: BTreeMap<String, (NodeKind, Calls)> = BTreeMap::new();
    let mut edges: BTreeMap<(String, String), Calls> = BTreeMap::new();
    let known = addresses(traces);
    let origins = origins(traces);
    for trace in traces {
        let (spans, weight) = (&trace.spans, trace.weight());
        let continued = continued(spans);
        add_direct(&mut edges, trace, now);
        for span in spans {
            if span.transaction {
                let (known, calls) = nodes
                    .entry(span.service.clone())
                    .or_insert((NodeKind::Service, Calls::default()));
                if *known != NodeKind::Service {
                    (*known, *calls) = (NodeKind::Service, Calls::default());
                }
                calls.add(span, now, weight);
                continue;
            }
            for (callee, kind) in called(span, &continued, &known, &origins) {
                if kind != NodeKind::Service {
                    let (known, calls) = nodes.entry(callee.clone()).or_insert((kind, Calls::default()));
                    // What records transactions is a service, with figures of its own instead of its callers'.
                    if *known == kind {
                        calls.add(span, now, weight);
                    }
                }
                let edge = edges.entry((span.service.clone(), callee)).or_default();
                edge.add(span, now, weight);
            }
        }
    }
    let paths: Vec<_> = traces.iter().filter_map(path_of).collect();
    let on_paths = |of: &dyn Fn(&PathShare) -> bool| {
        let shares = paths.iter().flatten().filter(|share| of(share));
        shares.fold(0, |sum: Micros, share| sum.saturating_add(share.time_us))
    };
    let starts = traces
        .iter()
        .flat_map(|trace| &trace.spans)
        .map(|span| span.start_us);
    let mut map = ServiceMap {
        nodes: nodes
            .into_iter()
            .map(|(id, (kind, calls))| MapNode {
                path_us: on_paths(&|share| share.actor == id),
                id,
                kind,
                traffic: calls.traffic(minute),
            })
            .collect(),
        edges: edges
            .into_iter()
            .map(|((from, to), calls)| MapEdge {
                from,
                to,
                traffic: calls.traffic(minute),
            })
            .collect(),
        traces: traces.len() as u64,
        path_traces: paths.len() as u64,
        path_us: on_paths(&|_| true),
        from_us: starts.min().unwrap_or(0),
        left_out: 0,
        estimated: !minute.is_whole() || traces.iter().any(|trace| trace.sample_rate.is_some()),
        indexed: false,
    };
    if map.nodes.len() > MOST_NODES {
        map.left_out = (map.nodes.len() - MOST_NODES) as u64;
        map.nodes
            .sort_by_key(|node| std::cmp::Reverse(node.traffic.calls));
        map.nodes.truncate(MOST_NODES);
        map.nodes.sort_by(|one, other| one.id.cmp(&other.id));
    }
    let is_told = |id: &String| map.nodes.iter().any(|node| node.id == *id);
    map.edges.retain(|edge| is_told(&edge.from) && is_told(&edge.to));
    map
}

/// The shares of the critical path of a trace; `None` while its root is not there.
fn path_of(trace: &Drawn) -> Option<Vec<PathShare>> {
    let root = root_of(&trace.spans)?;
    let mut spans: Vec<_> = trace.spans.iter().collect();
    spans.sort_by_key(|span| span.seq);
    let spans: Vec<_> = spans.into_iter().map(PathSpan::of).collect();
    Some(critical_path::shares(&spans, root))
}

/// Services by the span that their transactions continue; a message may have several consumers.
type Continued<'a> = HashMap<&'a str, BTreeSet<&'a str>>;

fn continued(spans: &[Span]) -> Continued<'_> {
    let mut continued = Continued::new();
    for span in spans.iter().filter(|span| span.transaction) {
        if let Some(parent) = &span.parent_span_id {
            continued.entry(parent).or_default().insert(&span.service);
        }
    }
    continued
}

/// Counts transactions that continue one of another service without a client span; the duration is the callee's.
fn add_direct(edges: &mut BTreeMap<(String, String), Calls>, trace: &Drawn, now: Micros) {
    let transactions = || trace.spans.iter().filter(|span| span.transaction);
    let services: HashMap<&str, &str> = transactions()
        .map(|span| (span.span_id.as_str(), span.service.as_str()))
        .collect();
    for span in transactions() {
        let caller = span
            .parent_span_id
            .as_deref()
            .and_then(|parent| services.get(parent));
        if let Some(caller) = caller.filter(|caller| **caller != span.service) {
            let edge = edges.entry(((*caller).to_owned(), span.service.clone()));
            edge.or_default().add(span, now, trace.weight());
        }
    }
}

/// The service that answers at an address, by caller and address.
fn addresses(traces: &[Drawn]) -> HashMap<(&str, String), &str> {
    let mut known = HashMap::new();
    for Drawn { spans, .. } in traces {
        let continued = continued(spans);
        for span in spans.iter().filter(|span| !span.transaction) {
            let address = fact(span, &["server.address"]);
            let services = continued
                .get(span.span_id.as_str())
                .filter(|services| services.len() == 1);
            let service = services.and_then(|services| services.first());
            if let (Some(address), Some(service)) = (address, service) {
                known.insert(
                    (span.service.as_str(), service::peer(&span.service, address)),
                    *service,
                );
            }
        }
    }
    known
}

/// The origins of the pages that a service loads, by service and address.
fn origins(traces: &[Drawn]) -> HashSet<(&str, String)> {
    let spans = traces.iter().flat_map(|trace| &trace.spans);
    spans
        .filter_map(|span| Some((span.service.as_str(), peer::origin(span)?)))
        .collect()
}

/// The first of these members in the span's data.
fn fact<'a>(span: &'a Span, names: &[&str]) -> Option<&'a str> {
    let values = names.iter().filter_map(|name| span.data.get(*name));
    values.filter_map(Value::as_str).find(|text| !text.is_empty())
}

/// The callees of a span: every service that continues it, otherwise the peer that it names.
fn called(
    span: &Span,
    continued: &Continued<'_>,
    known: &HashMap<(&str, String), &str>,
    origins: &HashSet<(&str, String)>,
) -> Vec<(String, NodeKind)> {
    if let Some(services) = continued.get(span.span_id.as_str()) {
        // A span that its own service continues is no call.
        let others = services.iter().filter(|service| **service != span.service);
        return others
            .map(|service| ((*service).to_owned(), NodeKind::Service))
            .collect();
    }
    if span.op == "db" || span.op.starts_with("db.") {
        let system = fact(span, &["db.system.name", "db.system"]).unwrap_or("db");
        let system = bounds::cut(system, bounds::WORD);
        return vec![(format!("{}/{system}", span.service), NodeKind::Database)];
    }
    let Some(peer) = peer::peer(&span.service, &span.op, &span.data) else {
        return Vec::new();
    };
    let pair = (span.service.as_str(), peer);
    if let Some(service) = known.get(&pair) {
        return vec![((*service).to_owned(), NodeKind::Service)];
    }
    if origins.contains(&pair) {
        return Vec::new();
    }
    vec![(pair.1, NodeKind::External)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn span(service: &str, id: &str, parent: Option<&str>, op: &str, data: &[(&str, &str)]) -> Span {
        Span {
            span_id: id.to_owned(),
            parent_span_id: parent.map(str::to_owned),
            transaction: op == "http.server" || op == "pageload",
            service: service.to_owned(),
            op: op.to_owned(),
            description: String::new(),
            start_us: MINUTE * 3,
            end_us: MINUTE * 3 + 1_000,
            status: "ok".to_owned(),
            data: data
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
                .collect(),
            tags: BTreeMap::new(),
            measurements: BTreeMap::new(),
            release: None,
            environment: None,
            player: None,
            user: BTreeMap::new(),
            resource: BTreeMap::new(),
            oddities: Vec::new(),
            seq: 1,
        }
    }

    fn draw_all(traces: &[Vec<Span>], now: Micros) -> ServiceMap {
        let count = traces.len() as u64;
        let minute = LastMinute {
            traces: count,
            drawn: count,
        };
        draw(&drawn(traces, None), now, minute)
    }

    fn drawn(traces: &[Vec<Span>], sample_rate: Option<f64>) -> Vec<Drawn> {
        let of = |spans: &Vec<Span>| Drawn {
            spans: spans.clone(),
            sample_rate,
        };
        traces.iter().map(of).collect()
    }

    fn edges(map: &ServiceMap) -> Vec<(&str, &str)> {
        map.edges
            .iter()
            .map(|edge| (edge.from.as_str(), edge.to.as_str()))
            .collect()
    }

    #[test]
    fn calls_lead_to_services_databases_and_strangers() {
        let trace = vec![
            span("gateway", "1", None, "http.server", &[]),
            // The caller names the peer differently; the service that continues the span decides.
            span(
                "gateway",
                "2",
                Some("1"),
                "http.client",
                &[("server.address", "127.0.0.1")],
            ),
            span("payments", "3", Some("2"), "http.server", &[]),
            span("payments", "4", Some("3"), "db.query", &[("db.system", "polodb")]),
            span(
                "payments",
                "5",
                Some("3"),
                "http.client",
                &[("peer.service", "bank")],
            ),
            span("payments", "6", Some("3"), "function", &[]),
        ];
        let map = draw_all(&[trace], MINUTE * 3 + 5);
        assert_eq!(
            edges(&map),
            [
                ("gateway", "payments"),
                ("payments", "bank"),
                ("payments", "payments/polodb")
            ]
        );
        let kinds: Vec<_> = map
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                ("bank", NodeKind::External),
                ("gateway", NodeKind::Service),
                ("payments", NodeKind::Service),
                ("payments/polodb", NodeKind::Database)
            ]
        );
        assert_eq!((map.traces, map.from_us), (1, MINUTE * 3));
    }

    #[test]
    fn what_has_no_trace_at_a_known_address_is_a_call_of_the_service_there() {
        let ask = |id| {
            span(
                "page",
                id,
                None,
                "http.client",
                &[("server.address", "127.0.0.1:4200")],
            )
        };
        let spin = vec![ask("1"), span("gateway", "2", Some("1"), "http.server", &[])];
        let root = span("page", "0", None, "http.server", &[]);
        let map = draw_all(&[vec![ask("3"), root], spin], 0);
        assert_eq!(edges(&map), [("page", "gateway")]);
        assert_eq!(map.edges[0].traffic.calls, 2);
    }

    #[test]
    fn what_a_page_loads_from_where_it_came_from_is_no_stranger() {
        let page = |call: &str| {
            let mut load = span("page", "1", None, "pageload", &[]);
            load.data.insert(
                "url.full".to_owned(),
                Value::from("http://127.0.0.1:4200/?token=#a"),
            );
            vec![
                load,
                span("page", "2", Some("1"), "http.client", &[("server.address", call)]),
            ]
        };
        assert_eq!(edges(&draw_all(&[page("127.0.0.1:4200")], 0)), []);
        assert_eq!(
            edges(&draw_all(&[page("127.0.0.1:9")], 0)),
            [("page", "127.0.0.1:9")]
        );
        // Once one call to the address is continued, all calls to it are calls of that service.
        let spin = vec![
            span(
                "page",
                "3",
                None,
                "http.client",
                &[("server.address", "127.0.0.1:4200")],
            ),
            span("gateway", "4", Some("3"), "http.server", &[]),
        ];
        let map = draw_all(&[page("127.0.0.1:4200"), spin], 0);
        assert_eq!(edges(&map), [("page", "gateway")]);
        assert_eq!(map.edges[0].traffic.calls, 2);
    }

    #[test]
    fn a_node_has_its_time_on_the_critical_paths_of_the_traces_whose_root_is_there() {
        let trace = |root: Option<&str>, bank_us: Micros| {
            let mut call = span(
                "gateway",
                "2",
                Some("1"),
                "http.client",
                &[("peer.service", "bank")],
            );
            call.end_us = call.start_us + bank_us;
            vec![call, span("gateway", "1", root, "http.server", &[])]
        };
        let map = draw_all(&[trace(None, 900), trace(None, 400), trace(Some("0"), 1_000)], 0);
        let paths: Vec<_> = map
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node.path_us))
            .collect();
        assert_eq!(paths, [("bank", 1_300), ("gateway", 700)]);
        assert_eq!((map.path_us, map.path_traces, map.traces), (2_000, 2, 3));
    }

    #[test]
    fn rates_errors_and_percentiles_are_counted() {
        let traces: Vec<Vec<Span>> = (1..=100)
            .map(|n| {
                let mut one = span("gateway", "1", None, "http.server", &[]);
                one.start_us = MINUTE * n / 50;
                one.end_us = one.start_us + n * 10;
                one.status = match n % 10 {
                    0 => "deadline_exceeded",
                    5 => "cancelled",
                    _ => "ok",
                }
                .to_owned();
                vec![one]
            })
            .collect();
        let map = draw_all(&traces, MINUTE * 2);
        let expected = MapTraffic {
            calls: 100,
            per_minute: 50,
            errors: 10,
            p50_us: Some(500),
            p95_us: Some(950),
        };
        assert_eq!(map.nodes[0].traffic, expected);
        assert!(!map.estimated);
        // With four times as many traces in the last minute, the rate is four times as high.
        let minute = LastMinute {
            traces: 200,
            drawn: 50,
        };
        let newest = draw(&drawn(&traces[50..], None), MINUTE * 2, minute);
        let rate = |map: &ServiceMap| (map.nodes[0].traffic.per_minute, map.estimated);
        assert_eq!(rate(&newest), (200, true));
        // One in four of these traces is recorded.
        let sampled = draw(&drawn(&traces[50..], Some(0.25)), MINUTE * 2, minute);
        assert_eq!(rate(&sampled), (800, true));
        assert_eq!(draw_all(&[], 0).nodes, []);
    }

    #[test]
    fn a_call_of_unknown_duration_is_counted_and_not_taken_for_a_quick_one() {
        let request = |length: Option<Micros>| {
            let mut one = span("gateway", "1", None, "http.server", &[]);
            one.end_us = one.start_us + length.unwrap_or(0);
            one.oddities
                .extend(length.is_none().then(|| "missing_end".to_owned()));
            vec![one]
        };
        let traffic = |traces: &[Vec<Span>]| {
            let MapTraffic {
                calls,
                p50_us,
                p95_us,
                ..
            } = draw_all(traces, 0).nodes[0].traffic;
            (calls, p50_us, p95_us)
        };
        let ended = request(Some(500));
        assert_eq!(
            traffic(&[request(None), ended, request(None)]),
            (3, Some(500), Some(500))
        );
        assert_eq!(traffic(&[request(None)]), (1, None, None));
    }

    #[test]
    fn a_peer_that_speaks_for_itself_counts_as_it_speaks() {
        let calls = |id, parent| {
            span(
                "gateway",
                id,
                Some(parent),
                "http.client",
                &[("peer.service", "payments")],
            )
        };
        let trace = vec![
            calls("2", "1"),
            calls("4", "1"),
            span("payments", "5", Some("4"), "http.server", &[]),
        ];
        let map = draw_all(&[trace], 0);
        let payments = map.nodes.iter().find(|node| node.id == "payments").unwrap();
        assert_eq!((payments.kind, payments.traffic.calls), (NodeKind::Service, 1));
        assert_eq!(map.edges, [], "the gateway itself recorded nothing here");
    }

    #[test]
    fn every_consumer_and_every_direct_continuation_is_an_edge() {
        let mut trace = vec![
            span("orders", "1", None, "http.server", &[]),
            span(
                "orders",
                "2",
                Some("1"),
                "queue.publish",
                &[("messaging.system", "kafka")],
            ),
            // The mailer receives it twice.
            span("mailer", "3", Some("2"), "http.server", &[]),
            span("mailer", "4", Some("2"), "http.server", &[]),
            span("stock", "5", Some("2"), "http.server", &[]),
            // The worker continues the transaction directly, and has a second span that continues its own.
            span("worker", "6", Some("1"), "http.server", &[]),
            span("worker", "7", Some("6"), "http.server", &[]),
            // The span that this one continues is not recorded.
            span("lost", "8", Some("none"), "http.server", &[]),
        ];
        let map = draw_all(std::slice::from_ref(&trace), 0);
        let expected = [("orders", "mailer"), ("orders", "stock"), ("orders", "worker")];
        assert_eq!(edges(&map), expected);
        assert!(map.edges.iter().all(|edge| edge.traffic.calls == 1), "{map:?}");
        trace.reverse();
        assert_eq!(edges(&draw_all(&[trace], 0)), expected);
        assert_eq!(map.left_out, 0);
    }

    #[test]
    fn what_a_map_leaves_out_is_counted() {
        let traces: Vec<Vec<Span>> = (0..MOST_NODES + 7)
            .map(|n| vec![span(&format!("s{n}"), "1", None, "http.server", &[])])
            .collect();
        let map = draw_all(&traces, 0);
        assert_eq!((map.nodes.len(), map.left_out), (MOST_NODES, 7));
    }

    #[test]
    fn a_stranger_that_calls_its_peer_like_one_of_ours_does_not_call_ours() {
        let drawn = |service| {
            let peer = &[("peer.service", "payment-service")];
            let trace = vec![
                span(service, "1", None, "http.server", &[]),
                span(service, "2", Some("1"), "http.client", peer),
            ];
            let ours = vec![span("payment-service", "9", None, "http.server", &[])];
            draw_all(&[trace, ours], 0)
        };
        assert_eq!(edges(&drawn("shop")), [("shop", "payment-service (external)")]);
        assert_eq!(edges(&drawn("api-gateway")), [("api-gateway", "payment-service")]);
    }
}
