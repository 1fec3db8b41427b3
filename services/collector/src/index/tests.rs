//! The tables by themselves: content is written once, and removed again.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use reelscope_page_api::telemetry::{IssueDecision, IssueStatus, IssueSummary, Micros, TraceSummary};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::digests::Digests;
use super::keeper::{Keeper, counters};
use super::progress::Progress;
use super::taking::EnvelopeProgress;
use super::traces::Whose;
use super::traces::{self, Attribute, ListPosition, TraceFilter};
use super::{decisions, issues, points, schema};
use crate::envelope::{Envelope, format_id};
use crate::facts::{self, Facts, Source};

/// Start of all times in these tests, in seconds, in November 2025.
const BEGAN: u64 = 1_764_000_000;

/// An index of its own, in memory.
pub(crate) struct Scratch {
    connection: Connection,
    keeper: Keeper,
    /// Time of arrival of the next envelope.
    received_us: Micros,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        let connection = schema::in_memory().unwrap();
        let keeper = Keeper::new(Progress::read(&connection).unwrap());
        Self {
            connection,
            keeper,
            received_us: Micros::MAX,
        }
    }

    /// Indexes an envelope; returns the ids of the traces that it changed.
    pub(crate) fn add(&mut self, seq: u64, facts: Facts) -> Vec<String> {
        let mut taking = EnvelopeProgress::new(seq, self.received_us, true);
        for piece in facts.pieces(8) {
            self.keeper.add(&self.connection, &mut taking, &piece).unwrap();
        }
        self.keeper.flush(&self.connection).unwrap();
        let touched = self.keeper.touched();
        self.keeper.settle();
        touched.traces.into_iter().map(|trace| trace.trace_id).collect()
    }

    /// The tables of [`Scratch::rows`] that have rows, or those that have none.
    fn tables_with_rows(&self, with: bool) -> Vec<String> {
        let rows = self.rows().into_iter();
        rows.filter(|(_, rows)| (*rows > 0) == with)
            .map(|(name, _)| name)
            .collect()
    }

    fn remove(&mut self, seq: u64) {
        self.keeper.remove(&self.connection, seq).unwrap();
        self.keeper.flush(&self.connection).unwrap();
        self.keeper.settle();
    }

    pub(crate) fn page(
        &self,
        before: Option<ListPosition>,
        limit: usize,
    ) -> (Vec<TraceSummary>, Option<ListPosition>) {
        traces::page(&self.connection, &TraceFilter::default(), before, limit).unwrap()
    }

    fn with_attribute(&self, attribute: &str) -> Vec<TraceSummary> {
        let filter = TraceFilter {
            attribute: Some(Attribute::of(attribute).unwrap()),
            ..TraceFilter::default()
        };
        traces::page(&self.connection, &filter, None, 100).unwrap().0
    }

    fn issues(&self) -> Vec<IssueSummary> {
        issues::newest(&self.connection, 100).unwrap()
    }

    /// Returns the result of every query.
    pub(crate) fn everything(&self) -> impl PartialEq + std::fmt::Debug + use<> {
        (
            self.page(None, 100),
            self.issues(),
            points::names(&self.connection).unwrap(),
            points::since(&self.connection, None, Micros::MIN, 100).unwrap(),
            counters(&self.connection).unwrap(),
        )
    }

    /// Returns the envelopes of a trace; none for an unknown one.
    fn envelopes(&self, trace: u128) -> Vec<u64> {
        let found = traces::envelopes(&self.connection, trace).unwrap();
        found.map_or_else(Vec::new, |(seqs, _)| seqs)
    }

    /// Returns the number of rows of each table of the index whose rows go with their envelopes.
    fn rows(&self) -> BTreeMap<String, i64> {
        // Where the index stands, envelopes to be removed, sums of everything that ever came, and what people have decided.
        let stay = [
            "progress",
            "removed",
            "counters",
            "releases",
            "requests",
            "decisions",
        ];
        let others = [stay.as_slice(), &crate::log::NAMES].concat();
        let names = tables(&self.connection).into_iter();
        let names = names.filter(|name| !others.contains(&name.as_str()));
        let count = |name: String| {
            let sql = format!("SELECT count(*) FROM {name}");
            let rows = self.connection.query_row(&sql, (), |row| row.get(0)).unwrap();
            (name, rows)
        };
        names.map(count).collect()
    }
}

fn skimmed(seq: u64, slot: &str, items: &[(&str, Value)]) -> Facts {
    // As the Python SDK writes it, with ASCII only.
    let ascii = |payload: &Value| {
        let escaped = |c: char| match c {
            '\0'..='\x7f' => c.to_string(),
            _ => format!("\\u{:04x}", u32::from(c)),
        };
        payload.to_string().chars().map(escaped).collect::<String>()
    };
    let items = items
        .iter()
        .map(|(kind, payload)| format!("{{\"type\":\"{kind}\"}}\n{}\n", ascii(payload)));
    let text = format!("{{}}\n{}", items.collect::<String>());
    facts::skim(Source::at(seq, slot), &Envelope::framed(text.as_bytes()).unwrap())
}

/// Returns a spin's transaction of `trace`, begun `at` seconds after [`BEGAN`], with a query.
fn spin(seq: u64, trace: u128, at: u64) -> Facts {
    let payload = json!({
        "transaction": "spin", "release": "1.0.0", "measurements": { "stake": { "value": 100.0 } },
        "start_timestamp": BEGAN + at, "timestamp": BEGAN + at + 1, "event_id": format_id(u128::from(seq)),
        "contexts": { "trace": {
            "trace_id": format_id(trace), "span_id": format!("a{at}"), "data": { "http.status": 500 },
        } },
        "spans": [{
            "trace_id": format_id(trace), "span_id": format!("b{at}"), "parent_span_id": format!("a{at}"), "op": "db",
            "start_timestamp": BEGAN + at, "timestamp": BEGAN + at + 1, "data": { "db.system": "polodb", "cached": false, "город": "Казань" },
        }],
    });
    skimmed(seq, "frontend", &[("transaction", payload)])
}

fn failure(seq: u64, event: u128, trace: u128, release: &str) -> Facts {
    let payload = json!({
        "event_id": format_id(event), "timestamp": BEGAN + seq, "transaction": "spin", "release": release,
        "exception": { "values": [{ "type": "Timeout", "value": "no answer" }] }, "user": { "id": "p1" },
        "contexts": { "trace": { "trace_id": format_id(trace), "span_id": "a" } },
    });
    skimmed(seq, "frontend", &[("event", payload)])
}

fn logs_and_metrics(seq: u64, trace: u128) -> Facts {
    let log = json!({ "timestamp": BEGAN, "trace_id": format_id(trace), "level": "info", "body": "spun" });
    let metric = json!({
        "timestamp": BEGAN, "trace_id": format_id(trace), "name": "win", "value": 10, "type": "distribution",
    });
    let [logs, metrics] = [log, metric].map(|one| json!({ "items": [one, one] }));
    skimmed(
        seq,
        "payment-service",
        &[("log", logs), ("trace_metric", metrics)],
    )
}

fn listed_and_counted(seq: u64) -> Facts {
    let check_in = json!({ "check_in_id": format_id(9), "monitor_slug": "report", "status": "ok" });
    let session = json!({ "sid": format_id(8), "init": true, "status": "ok", "started": BEGAN });
    skimmed(seq, "frontend", &[("check_in", check_in), ("session", session)])
}

/// Returns the starts in seconds after [`BEGAN`].
fn starts(traces: &[TraceSummary]) -> Vec<Micros> {
    let starts = traces.iter().map(|trace| trace.start_us / 1_000_000);
    starts.map(|start| start - BEGAN.cast_signed()).collect()
}

#[test]
fn a_trace_stands_where_it_arrived_whatever_its_clock_says() {
    let mut index = Scratch::new();
    index.add(2, spin(2, 7, 7));
    index.add(3, spin(3, 1, 1));
    // Indexed later, captured earlier.
    index.add(1, spin(1, 7, 3));
    index.add(4, spin(4, 9, 2));
    let (first, next) = index.page(None, 2);
    assert_eq!((starts(&first), next), (vec![2, 1], Some((3, 1))));
    let (second, next) = index.page(next, 2);
    assert_eq!((starts(&second), next), (vec![3], None));
    assert_eq!(second[0].first_envelope, 1);
    let after = traces::revisions_after(&index.connection, 2, Whose::All, 100).unwrap();
    assert_eq!(after.len(), 2);
    let (newest, minute) = traces::newest(
        &index.connection,
        1,
        &((BEGAN.cast_signed() + 2) * 1_000_000..Micros::MAX),
    )
    .unwrap();
    assert_eq!(newest, [(9, vec![4])]);
    assert_eq!((minute.traces, minute.drawn), (2, 1));
}

#[test]
fn what_is_sent_again_is_counted_once() {
    let mut index = Scratch::new();
    let all = |seq| {
        let facts = [
            spin(seq, 7, 7),
            failure(seq, 1, 7, "1.0.0"),
            logs_and_metrics(seq, 7),
        ];
        facts.into_iter().reduce(|mut all, more| {
            all.spans.extend(more.spans);
            all.errors.extend(more.errors);
            all.logs.extend(more.logs);
            all.metrics.extend(more.metrics);
            all
        })
    };
    assert_eq!(index.add(1, all(1).unwrap()), [format_id(7)]);
    let (once, rows) = (format!("{:?}", index.everything()), index.rows());
    assert_eq!(index.add(2, all(2).unwrap()), [] as [String; 0]);
    assert_eq!(format!("{:?}", index.everything()), once);
    assert_eq!(index.rows(), rows);
    let trace = &index.page(None, 1).0[0];
    assert_eq!((trace.spans, trace.errors, trace.logs), (2, 1, 2));
    assert_eq!(index.envelopes(7), [1]);
    let issue = &index.issues()[0];
    let share = issue.share.as_ref().unwrap();
    assert_eq!((issue.events, share.failed, share.requests), (1, 1, 1));
}

#[test]
fn what_the_log_has_removed_leaves_nothing_behind() {
    let mut index = Scratch::new();
    index.add(1, spin(1, 7, 7));
    index.add(2, failure(2, 1, 7, "1.0.0"));
    index.add(3, logs_and_metrics(3, 7));
    index.add(4, failure(4, 2, 8, "1.1.0"));
    index.add(5, listed_and_counted(5));
    // Of a trace that does not come.
    index.add(
        6,
        Facts {
            logs: Vec::new(),
            ..logs_and_metrics(6, 9)
        },
    );
    // A table that is new gets rows here, so that what removes them is tried.
    assert_eq!(index.tables_with_rows(false), [""; 0]);
    index.remove(1);
    let (traces, _) = index.page(None, 9);
    assert_eq!(traces.len(), 2);
    assert!(traces[1].oddities.contains(&"incomplete".to_owned()));
    assert_eq!(index.envelopes(7), [2, 3]);
    for seq in 2..=6 {
        index.remove(seq);
    }
    assert_eq!(index.tables_with_rows(true), [""; 0]);
}

#[test]
fn a_trace_goes_with_the_last_envelope_that_tells_of_it_whatever_that_tells() {
    let mut index = Scratch::new();
    let mut metrics = logs_and_metrics(2, 7);
    metrics.logs.clear();
    index.add(1, spin(1, 7, 7));
    index.add(2, metrics);
    index.remove(1);
    assert_eq!(index.envelopes(7), [2]);
    index.remove(2);
    assert_eq!(index.page(None, 9).0, []);
    assert_eq!(index.tables_with_rows(true), [""; 0]);
}

#[test]
fn a_trace_of_very_many_envelopes_stays_until_the_last_of_them_has_gone() {
    let mut index = Scratch::new();
    let line = |seq| {
        let log = json!({ "timestamp": BEGAN - 1_000 + seq, "trace_id": format_id(7), "level": "info", "body": "spun" });
        skimmed(seq, "frontend", &[("log", json!({ "items": [log] }))])
    };
    for seq in 1..=600 {
        index.add(seq, line(seq));
    }
    let (seqs, is_more) = traces::envelopes(&index.connection, 7).unwrap().unwrap();
    assert_eq!((seqs.len(), seqs[0], is_more), (500, 1, true));
    for seq in 1..=599 {
        index.remove(seq);
    }
    assert_eq!(
        (index.page(None, 9).0[0].logs, index.envelopes(7)),
        (600, vec![600])
    );
    index.remove(600);
    assert_eq!(index.page(None, 9).0, []);
    assert_eq!(index.tables_with_rows(true), [""; 0]);
}

#[test]
fn what_is_counted_is_counted_once_and_rows_of_traces_have_numbers_of_their_own() {
    let mut index = Scratch::new();
    let counted = |seq, sent_at: &str, quantity: u64| {
        let session = json!({ "sid": "a", "init": true });
        let report = json!({ "discarded_events": [{ "reason": "sample_rate", "category": "error", "quantity": quantity }] });
        let text = format!(
            "{{\"sent_at\":\"{sent_at}\"}}\n{{\"type\":\"session\"}}\n{session}\n{{\"type\":\"client_report\"}}\n{report}\n"
        );
        let envelope = Envelope::framed(text.as_bytes()).unwrap();
        facts::skim(Source::external(seq), &envelope)
    };
    let (one, other) = ("2025-11-24T16:00:00Z", "2025-11-24T16:01:00Z");
    index.add(1, counted(1, one, 2));
    index.add(2, counted(2, one, 2));
    index.add(3, counted(3, other, 2));
    let counters = counters(&index.connection).unwrap();
    assert_eq!((counters["sessions"], counters["lost:sample_rate/error"]), (1, 4));
    index.add(4, spin(4, 7, 7));
    index.remove(4);
    index.add(5, spin(5, 8, 8));
    let row: i64 = index
        .connection
        .query_row("SELECT id FROM traces", (), |row| row.get(0))
        .unwrap();
    assert_eq!(row, 2);
}

#[test]
fn issues_of_one_envelope_have_one_order() {
    let mut index = Scratch::new();
    let event = |n| json!({ "message": "", "fingerprint": [format!("{n}")], "timestamp": BEGAN + n });
    let events: Vec<_> = (1..=32).map(|n| ("event", event(n))).collect();
    index.add(1, skimmed(1, "frontend", &events));
    let ids: Vec<_> = index.issues().into_iter().map(|issue| issue.issue_id).collect();
    assert_eq!(ids.len(), 32);
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn an_issue_that_happens_again_comes_first_whatever_the_clock_says() {
    let mut index = Scratch::new();
    let event = |name: &str, text: &str, at: u64| {
        json!({ "message": text, "fingerprint": [name], "timestamp": at, "release": text,
            "contexts": { "trace": { "trace_id": format_id(u128::from(at)), "span_id": "a" } } })
    };
    let told = |index: &Scratch| {
        let issues = index.issues().into_iter();
        let told = issues.map(|issue| (issue.value, issue.last_envelope));
        told.collect::<Vec<_>>()
    };
    let add = |index: &mut Scratch, seq, name, text, at| {
        index.add(seq, skimmed(seq, "frontend", &[("event", event(name, text, at))]));
    };
    add(&mut index, 1, "first", "1.0.0", BEGAN);
    add(&mut index, 2, "second", "1.1.0", BEGAN + 1);
    // The clock is set back by two hours.
    add(&mut index, 3, "first", "1.2.0", BEGAN - 7_200);
    let expected = |issues: &[(&str, u64)]| {
        let issues = issues.iter().map(|(text, seq)| ((*text).to_owned(), *seq));
        issues.collect::<Vec<_>>()
    };
    assert_eq!(told(&index), expected(&[("1.2.0", 3), ("1.1.0", 2)]));
    let issue = index.issues().remove(0);
    assert_eq!(issue.trace_ids[0], format_id(u128::from(BEGAN - 7_200)));
    let connection = &index.connection;
    assert_eq!(issues::envelopes(connection, &issue.issue_id).unwrap(), [3, 1]);
    let in_force = issues::release_in_force(connection, &issue.services).unwrap();
    assert_eq!(in_force.as_deref(), Some("1.2.0"));
    // An older envelope that is indexed later changes nothing of that.
    add(&mut index, 0, "second", "0.9.0", BEGAN + 9);
    assert_eq!(told(&index), expected(&[("1.2.0", 3), ("1.1.0", 2)]));
}

#[test]
fn metrics_that_come_after_their_trace_are_told_as_a_change_of_it() {
    let mut index = Scratch::new();
    let mut metrics = logs_and_metrics(1, 7);
    metrics.logs.clear();
    // A metric alone creates no trace, and is told of with the one that comes later.
    assert_eq!(index.add(1, metrics), [] as [String; 0]);
    assert_eq!(index.add(2, spin(2, 7, 7)), [format_id(7)]);
    assert_eq!(index.envelopes(7), [1, 2]);
    let mut later = logs_and_metrics(3, 7);
    later.logs.clear();
    for metric in &mut later.metrics {
        metric.told_us += 1;
    }
    assert_eq!(index.add(3, later), [format_id(7)]);
    assert_eq!(index.envelopes(7), [1, 2, 3]);
}

#[test]
fn traces_are_found_by_any_attribute_of_their_spans() {
    let mut index = Scratch::new();
    index.add(1, spin(1, 7, 7));
    let span = json!({
        "trace_id": format_id(8), "span_id": "c", "name": "GET", "start_timestamp": BEGAN + 1, "end_timestamp": BEGAN + 2,
        "attributes": { "user.plan": { "type": "string", "value": "gold" } },
    });
    let head = "{\"type\":\"span\",\"content_type\":\"application/vnd.sentry.items.span.v2+json\"}";
    let text = format!("{{}}\n{head}\n{}\n", json!({ "items": [span] }));
    let envelope = Envelope::framed(text.as_bytes()).unwrap();
    index.add(2, facts::skim(Source::external(2), &envelope));
    for (attribute, expected) in [
        ("db.system=polodb", vec![7]),
        ("http.status=500", vec![7]),
        ("cached=false", vec![7]),
        ("user.plan=gold", vec![1]),
        ("город=Казань", vec![7]),
        ("город=Каз", vec![]),
        ("db.system=polo", vec![]),
        ("system=polodb", vec![]),
        ("user.plan=", vec![]),
    ] {
        assert_eq!(starts(&index.with_attribute(attribute)), expected, "{attribute}");
        let filter = TraceFilter {
            attribute: Attribute::of(attribute),
            ..TraceFilter::default()
        };
        let always = Micros::MIN..Micros::MAX;
        let (counted, _) = traces::count_within(&index.connection, &always, &filter).unwrap();
        assert_eq!(counted, expected.len() as u64, "{attribute}");
    }
    for unknown in ["", "=", "name", "a\"b=c", "a\\b=c"] {
        assert_eq!(Attribute::of(unknown), None, "{unknown}");
    }
}

#[test]
fn an_issue_is_open_again_by_what_began_after_it_was_resolved() {
    let mut index = Scratch::new();
    let status = |index: &Scratch| {
        let issue = index.issues().remove(0);
        (issue.status, issue.regressed_in, issue.reopened_in)
    };
    index.add(1, failure(1, 1, 7, "1.0.0"));
    let issue = index.issues().remove(0);
    // In the middle of new envelopes.
    let now = (2, BEGAN.cast_signed() * 1_000_000 + 2_500_000);
    decisions::decide(
        &index.connection,
        &issue,
        IssueDecision::Resolved,
        Some("1.0.0"),
        now,
    )
    .unwrap();
    index.add(2, failure(2, 2, 7, "1.0.0"));
    assert_eq!(status(&index), (IssueStatus::Resolved, None, None));
    index.add(3, failure(3, 3, 8, "1.0.0"));
    assert_eq!(
        status(&index),
        (IssueStatus::Reopened, None, Some("1.0.0".to_owned()))
    );
    index.add(4, failure(4, 4, 9, "1.1.0"));
    assert_eq!(
        status(&index),
        (IssueStatus::Regressed, Some("1.1.0".to_owned()), None)
    );
    decisions::decide(&index.connection, &issue, IssueDecision::Unresolved, None, now).unwrap();
    assert_eq!(status(&index), (IssueStatus::Unresolved, None, None));

    // The clock is set back after the second resolution; later envelopes count as new nevertheless.
    let now = (4, BEGAN.cast_signed() * 1_000_000 + 3_600_000_000);
    decisions::decide(&index.connection, &issue, IssueDecision::Resolved, None, now).unwrap();
    index.add(5, failure(5, 5, 10, "1.1.0"));
    assert_eq!(status(&index).0, IssueStatus::Resolved);
    index.received_us = BEGAN.cast_signed() * 1_000_000 + 6_000_000;
    index.add(6, failure(6, 6, 11, "1.1.0"));
    assert_eq!(status(&index).0, IssueStatus::Regressed);
}

fn tables(connection: &Connection) -> BTreeSet<String> {
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .unwrap();
    let names = tables.query_map((), |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_change_of_the_tables_begins_them_anew_and_keeps_what_people_decided() {
    let dir = tempfile::tempdir().unwrap();
    let opened = crate::log::open(dir.path()).unwrap();
    assert_eq!(
        tables(opened.pen.turn().connection().unwrap()),
        crate::log::NAMES.map(str::to_owned).into()
    );
    schema::prepare(&opened.pen).unwrap();
    {
        let mut writing = opened.pen.turn();
        let connection = writing.connection().unwrap();
        connection
            .execute_batch(
                "INSERT INTO decisions VALUES ('a', 1, 1, NULL, 0, NULL, 0, NULL);
                 INSERT INTO tally VALUES (0, 'frontend', 0, 0, 5);
                 UPDATE progress SET version = version - 1, next_new = 3;
                 CREATE TABLE of_another_version (id INTEGER);",
            )
            .unwrap();
    }
    schema::prepare(&opened.pen).unwrap();
    let mut writing = opened.pen.turn();
    let connection = writing.connection().unwrap();
    let decisions: i64 = connection
        .query_row("SELECT count(*) FROM decisions", (), |row| row.get(0))
        .unwrap();
    let progress = Progress::read(connection).unwrap();
    assert_eq!((decisions, progress.new, progress.old), (1, (6, 0), (5, 0)));
    assert!(!connection.table_exists(None, "of_another_version").unwrap());
}

/// What is read of each seed of the fuzz target that is an envelope, as a hash.
const READ_OF_SEEDS: [(&str, u64); 29] = [
    ("a-chain-of-exceptions", 18_104_800_380_513_673_623),
    ("a-circle-of-causes", 16_215_954_341_167_959_148),
    ("address-before-card", 10_928_783_735_216_127_466),
    ("address-in-other-letters", 10_928_783_735_216_127_466),
    ("an-old-event", 9_355_814_185_532_266_232),
    ("brackets-prose-and-numbers", 10_928_783_735_216_127_466),
    ("broken-escape", 10_928_783_735_216_127_466),
    ("containers", 14_487_235_197_340_414_102),
    ("error", 16_948_697_316_513_646_752),
    ("event", 7_975_592_442_231_785_167),
    ("half-an-emoji", 8_719_722_649_631_042_852),
    ("headers-and-percents", 10_928_783_735_216_127_466),
    ("iban-after-newline", 10_928_783_735_216_127_466),
    ("iban-beside-card", 10_928_783_735_216_127_466),
    ("json-in-a-text", 10_928_783_735_216_127_466),
    ("json-in-a-text-encoded-twice", 10_928_783_735_216_127_466),
    ("key-after-filtered", 10_928_783_735_216_127_466),
    ("key-in-an-address", 10_928_783_735_216_127_466),
    ("message-with-parameters", 3_515_691_044_533_248_238),
    ("metrics", 18_228_999_245_232_856_919),
    ("nested-too-deeply", 10_297_217_204_069_558_556),
    ("no-times", 14_399_882_784_698_056_796),
    ("no-utf8-and-beyond-a-double", 2_436_514_231_652_591_210),
    ("odd", 210_833_533_037_948_824),
    ("scheme-before-filtered", 10_928_783_735_216_127_466),
    ("sessions-and-reports", 9_469_519_069_518_220_606),
    ("spans-in-families", 169_269_584_745_178_153),
    ("texts-in-texts", 10_928_783_735_216_127_466),
    ("transaction", 1_068_665_113_890_358_232),
];

#[test]
fn what_is_read_differently_is_read_again_from_what_was_captured() {
    let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds");
    let seeds = std::fs::read_dir(seeds).unwrap().map(|seed| seed.unwrap().path());
    let mut seeds: Vec<_> = seeds.collect();
    seeds.sort();
    let read = seeds.into_iter().filter_map(|seed| {
        let name = seed.file_name()?.to_str()?.to_owned();
        let bytes = std::fs::read(seed).unwrap();
        let envelope = Envelope::framed(&bytes).ok()?;
        let read = format!("{:?}", facts::skim(Source::external(1), &envelope));
        Some((name, crate::dsn::fnv1a(read.as_bytes())))
    });
    let read: Vec<_> = read.collect();
    // Where a seed is read otherwise, raise `EXTRACTION_VERSION` too: an older index has what was read before. Where only
    // a name in the code is another one, its number alone changes, and a seed that is new adds a line.
    let known = READ_OF_SEEDS.map(|(name, read)| (name.to_owned(), read));
    assert_eq!((schema::EXTRACTION_VERSION, read), (4, known.to_vec()));
}

#[test]
fn something_is_made_of_a_trace_once_and_again_when_more_came_and_outlives_it() {
    let mut index = Scratch::new();
    let mut digests = Digests::new(3);
    let made = std::cell::Cell::new(0);
    let follow = |index: &Scratch, digests: &mut Digests<String>, after| {
        made.set(0);
        let make = |line: &TraceSummary| {
            made.set(made.get() + 1);
            (line.service == "frontend").then(|| format!("{} of {}", line.spans, line.first_envelope))
        };
        let gone = |made: &mut String| *made = format!("{}, gone", made.replace(", gone", ""));
        digests
            .follow(&index.connection, (after, Whose::All), make, gone)
            .unwrap();
        let values = digests.values().cloned().collect::<Vec<_>>();
        (values, made.get(), digests.is_cut())
    };
    let some = |values: &[&str], made, is_cut| {
        let values = values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        (values, made, is_cut)
    };
    index.add(1, spin(1, 1, 0));
    index.add(2, spin(2, 2, 0));
    let elsewhere = json!({ "timestamp": BEGAN, "level": "info", "body": "x", "trace_id": format_id(9),
        "attributes": { "service.name": { "type": "string", "value": "crm" } } });
    index.add(
        3,
        skimmed(3, "external", &[("log", json!({ "items": [elsewhere] }))]),
    );
    assert_eq!(
        follow(&index, &mut digests, 0),
        some(&["2 of 1", "2 of 2"], 3, false)
    );
    assert_eq!(
        follow(&index, &mut digests, 0),
        some(&["2 of 1", "2 of 2"], 0, false)
    );
    index.add(4, spin(4, 2, 5));
    assert_eq!(
        follow(&index, &mut digests, 0),
        some(&["2 of 1", "4 of 2"], 1, false)
    );
    index.remove(1);
    index.add(5, spin(5, 5, 0));
    assert_eq!(
        follow(&index, &mut digests, 0),
        some(&["2 of 1, gone", "4 of 2", "2 of 5"], 1, false)
    );
    index.add(6, spin(6, 6, 0));
    index.add(7, spin(7, 7, 0));
    let cut = ["2 of 5", "2 of 6", "2 of 7"];
    assert_eq!(follow(&index, &mut digests, 0), some(&cut, 2, true));
    assert_eq!(follow(&index, &mut digests, 0), some(&cut, 0, true));
    assert_eq!(follow(&index, &mut digests, 6), some(&["2 of 7"], 1, false));
}

#[test]
fn what_people_did_is_followed_without_virtual_players() {
    let mut index = Scratch::new();
    index.add(1, spin(1, 1, 0));
    let payload = json!({
        "transaction": "spin", "tags": { "traffic": "virtual" }, "event_id": format_id(2),
        "start_timestamp": BEGAN, "timestamp": BEGAN + 1,
        "contexts": { "trace": { "trace_id": format_id(2), "span_id": "a" } },
    });
    index.add(2, skimmed(2, "frontend", &[("transaction", payload)]));
    let mut digests = Digests::new(3);
    let mut follow = |whose| {
        let make = |line: &TraceSummary| Some(line.first_envelope);
        digests
            .follow(&index.connection, (0, whose), make, |_| {})
            .unwrap();
        digests.values().copied().collect::<Vec<_>>()
    };
    assert_eq!(follow(Whose::People), [1]);
    assert_eq!(follow(Whose::All), [1, 2]);
}
