//! A trace as a waterfall, reduced to the rows that a reader needs.

use reelscope_collector::critical_path::{PathSpan, Tree};
use reelscope_page_api::telemetry::{Micros, TraceDetail, is_failure};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Limit of rows.
const MOST_ROWS: usize = 24;
/// A span of less than this share of the trace, in percent, is left out unless it failed.
const LEAST_PERCENT: i64 = 1;

/// The waterfall of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Waterfall {
    /// Id of the trace.
    pub trace_id: String,
    /// What the player waited, in microseconds.
    pub waited_us: Micros,
    /// From the start to the end of all rows, in microseconds.
    pub length_us: Micros,
    /// The rows, each below its parent.
    pub rows: Vec<WaterfallRow>,
    /// Number of spans that are left out, because they are short.
    pub left_out: u64,
}

/// A row of a waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WaterfallRow {
    /// Depth in the tree; 0 for the root.
    pub depth: u32,
    /// The service that its time belongs to.
    pub service: String,
    /// Description of the span.
    pub label: String,
    /// Start after that of the root, in microseconds.
    pub start_us: Micros,
    /// Duration, in microseconds.
    pub duration_us: Micros,
    /// The part of it on the critical path, in microseconds.
    pub critical_us: Micros,
    /// Whether it failed.
    pub failed: bool,
}

impl Waterfall {
    /// Draws a trace; `None` for one without a root.
    #[must_use]
    pub fn of(trace: &TraceDetail) -> Option<Self> {
        let spans: Vec<_> = trace.spans.iter().map(PathSpan::of).collect();
        let tree = Tree::of(&spans, trace.summary.root_span_id.as_deref()?)?;
        let path = tree.critical_path();
        let root = &trace.spans[tree.root()];
        let waited = root.end_us - root.start_us;
        let mut rows = Vec::new();
        let (mut left_out, mut length) = (0, waited);
        let mut open = vec![(tree.root(), 0)];
        while let Some((place, depth)) = open.pop() {
            let span = &trace.spans[place];
            let duration = span.end_us - span.start_us;
            let failed = is_failure(&span.status);
            if (duration * 100 < waited * LEAST_PERCENT && !failed) || rows.len() == MOST_ROWS {
                left_out += 1 + below(&tree, place);
                continue;
            }
            let of_span = path.iter().filter(|segment| segment.place == place);
            length = length.max(span.end_us - root.start_us);
            rows.push(WaterfallRow {
                depth,
                service: tree.actor(place).to_owned(),
                label: span.description.clone(),
                start_us: span.start_us - root.start_us,
                duration_us: duration,
                critical_us: of_span.map(|segment| segment.end - segment.start).sum(),
                failed,
            });
            let children = tree.children(place).iter().rev();
            open.extend(children.map(|child| (*child, depth + 1)));
        }
        Some(Self {
            trace_id: trace.summary.trace_id.clone(),
            waited_us: waited,
            length_us: length,
            rows,
            left_out,
        })
    }
}

/// Number of spans below a span.
fn below(tree: &Tree<'_>, place: usize) -> u64 {
    let mut count = 0;
    let mut open = tree.children(place).to_vec();
    while let Some(next) = open.pop() {
        count += 1;
        open.extend(tree.children(next));
    }
    count
}
