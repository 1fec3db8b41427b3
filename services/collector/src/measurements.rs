//! The numbers of the business over time, the newest ones in memory.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use reelscope_contracts::telemetry::{MeasurementPoint, Micros, Named};

use crate::envelope::{format_id, parse_id};

/// Most points that are kept; the oldest go.
const MOST_POINTS: usize = 50_000;
/// Most different texts; more would be a defect of the sender, and share one name.
const MOST_TEXTS: usize = 2_000;

/// A point, with its texts shared.
struct Point {
    at_us: Micros,
    name: Arc<str>,
    value: f64,
    unit: Arc<str>,
    kind: Arc<str>,
    trace_id: Option<u128>,
    service: Arc<str>,
    release: Option<Arc<str>>,
}

/// All points, by time.
#[derive(Default)]
pub(crate) struct Series {
    points: VecDeque<Point>,
    texts: BTreeMap<String, Arc<str>>,
}

impl Series {
    pub(crate) fn add(&mut self, point: &MeasurementPoint) {
        let full = self.points.len() >= MOST_POINTS;
        if full
            && self
                .points
                .front()
                .is_some_and(|oldest| oldest.at_us >= point.at_us)
        {
            return;
        }
        let shared = Point {
            at_us: point.at_us,
            name: self.share(&point.name),
            value: point.value,
            unit: self.share(&point.unit),
            kind: self.share(&point.kind),
            trace_id: point.trace_id.as_deref().and_then(parse_id),
            service: self.share(&point.service),
            release: point.release.as_deref().map(|release| self.share(release)),
        };
        if full {
            self.points.pop_front();
        }
        let position = self.points.partition_point(|known| known.at_us <= point.at_us);
        self.points.insert(position, shared);
    }

    /// How many points each name has.
    pub(crate) fn names(&self) -> Named<u64> {
        let mut names = Named::new();
        for point in &self.points {
            *names.entry(point.name.as_ref().to_owned()).or_default() += 1;
        }
        names
    }

    /// Points of a name, or of all, from `since` on, newest first.
    pub(crate) fn points(&self, name: Option<&str>, since: Micros, limit: usize) -> Vec<MeasurementPoint> {
        let recent = self.points.iter().rev().take_while(|point| point.at_us >= since);
        let wanted = recent
            .filter(|point| name.is_none_or(|name| *point.name == *name))
            .take(limit);
        wanted
            .map(|point| MeasurementPoint {
                at_us: point.at_us,
                name: point.name.as_ref().to_owned(),
                value: point.value,
                unit: point.unit.as_ref().to_owned(),
                kind: point.kind.as_ref().to_owned(),
                trace_id: point.trace_id.map(format_id),
                service: point.service.as_ref().to_owned(),
                release: point.release.as_deref().map(str::to_owned),
            })
            .collect()
    }

    fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        if self.texts.len() >= MOST_TEXTS {
            return Arc::from("(other)");
        }
        let shared: Arc<str> = Arc::from(text);
        self.texts.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }
}
