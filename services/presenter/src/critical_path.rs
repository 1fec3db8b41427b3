//! Who a trace waited for, moment by moment.

use std::collections::{BTreeMap, BTreeSet};

use reelscope_page_api::telemetry::{Micros, Span, TraceDetail};

/// Attribute of a call with the name of the service that it reaches.
const PEER: &str = "peer.service";

/// A stretch of time in which a trace waited for one span and for none of its children.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment<'a> {
    /// The span.
    pub span: &'a Span,
    /// Its start.
    pub start: Micros,
    /// Its end.
    pub end: Micros,
}

/// The spans of a trace below its root, each with its children.
pub struct Tree<'a> {
    /// The root.
    pub root: &'a Span,
    children: BTreeMap<&'a str, Vec<&'a Span>>,
}

impl<'a> Tree<'a> {
    /// Builds it; `None` for a trace without a root.
    #[must_use]
    pub fn of(trace: &'a TraceDetail) -> Option<Self> {
        let root = trace.summary.root_span_id.as_deref()?;
        let root = trace.spans.iter().find(|span| span.span_id == root)?;
        let mut children: BTreeMap<&str, Vec<&Span>> = BTreeMap::new();
        let mut known = BTreeSet::from([root.span_id.as_str()]);
        for span in &trace.spans {
            // An id that is there twice would make a circle.
            if let Some(parent) = span.parent_span_id.as_deref()
                && known.insert(&span.span_id)
            {
                children.entry(parent).or_default().push(span);
            }
        }
        Some(Self { root, children })
    }

    /// The children of a span, by start.
    #[must_use]
    pub fn children(&self, span: &Span) -> &[&'a Span] {
        self.children
            .get(span.span_id.as_str())
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The service that a span's own time belongs to: the external one that it calls, or its own.
    #[must_use]
    pub fn actor(&self, span: &'a Span) -> &'a str {
        let peer = span.data.get(PEER).and_then(serde_json::Value::as_str);
        peer.filter(|_| self.children(span).is_empty())
            .unwrap_or(&span.service)
    }

    /// Computes the spans that determined the duration of the root, the last first. From the end of the root it takes
    /// the child that ends last, follows its path, and continues from its start. This is the algorithm of CRISP (Zhang,
    /// Ramanathan et al., USENIX ATC 2022). A child that ends after the start of the next one ran beside it and is
    /// skipped.
    #[must_use]
    pub fn critical_path(&self) -> Vec<Segment<'a>> {
        let mut segments = Vec::new();
        let mut visits = vec![self.visit(self.root, self.root.start_us, self.root.end_us)];
        while let Some(last) = visits.last_mut() {
            let Some(child) = last.children.pop() else {
                segments.push(last.segment(last.start));
                visits.pop();
                continue;
            };
            if child.end > last.cursor {
                continue;
            }
            segments.push(last.segment(child.end));
            last.cursor = child.start;
            let visit = self.visit(child.span, child.start, child.end);
            visits.push(visit);
        }
        segments.retain(|segment| segment.start < segment.end);
        segments
    }

    fn visit(&self, span: &'a Span, start: Micros, end: Micros) -> Visit<'a> {
        let cut = self.children(span).iter().map(|child| Segment {
            span: child,
            start: child.start_us.max(start),
            end: child.end_us.min(end),
        });
        let mut children: Vec<_> = cut.filter(|child| child.start < child.end).collect();
        children.sort_by_key(|child| (child.end, child.start));
        Visit {
            span,
            start,
            children,
            cursor: end,
        }
    }
}

struct Visit<'a> {
    span: &'a Span,
    start: Micros,
    /// The children that were not visited, by end, each cut to its parent.
    children: Vec<Segment<'a>>,
    /// What lies after it has its segments.
    cursor: Micros,
}

impl<'a> Visit<'a> {
    fn segment(&self, start: Micros) -> Segment<'a> {
        Segment {
            span: self.span,
            start,
            end: self.cursor,
        }
    }
}
