//! The critical path of a trace: what determined how long whoever began it waited.
//!
//! From the end of the root it takes the child that ends last, follows its path, and continues from its start. This is
//! the algorithm of CRISP (Zhang, Ramanathan et al., USENIX ATC 2022). The page draws the path of an opened trace span
//! by span (`ui/src/app/traces/tree/critical-path.ts`); `tests/critical-path-cases.json` holds both to the same shares.

use std::cmp::Reverse;
use std::collections::HashMap;

use reelscope_page_api::telemetry::{Micros, PathShare, Span};

use crate::bounds;
use crate::peer::peer;

/// Limit of spans of a trace whose path is computed, because it is computed again with each of its envelopes.
pub(crate) const MOST_SPANS: u32 = 1_000;
/// Limit of the JSON of the shares in a summary, in bytes.
const MOST_BYTES: usize = 450;
/// Size of a share's JSON without the name in bytes: its time has below 18 digits.
const SHARE_BYTES: usize = 42;

/// What the path needs of a span.
#[derive(Debug, Clone)]
pub struct PathSpan {
    pub(crate) id: String,
    pub(crate) parent: Option<String>,
    pub(crate) service: String,
    /// The peer, of a span that is a call.
    pub(crate) peer: Option<String>,
    pub(crate) start: Micros,
    pub(crate) end: Micros,
}

impl PathSpan {
    /// Takes it from a span.
    #[must_use]
    pub fn of(span: &Span) -> Self {
        Self {
            id: span.span_id.clone(),
            parent: span.parent_span_id.clone(),
            service: span.service.clone(),
            peer: peer(&span.service, &span.op, &span.data),
            start: span.start_us,
            end: span.end_us.max(span.start_us),
        }
    }
}

/// A stretch of time in which a trace waited for one span and for none of its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Place of the span among those of the tree.
    pub place: usize,
    /// Its start.
    pub start: Micros,
    /// Its end.
    pub end: Micros,
}

/// The spans of a trace below its root, each with its children.
pub struct Tree<'a> {
    spans: &'a [PathSpan],
    root: usize,
    children: Vec<Vec<usize>>,
}

/// A span on the way, of whose time until `cursor` it is not known yet who had it.
struct Visit {
    place: usize,
    start: Micros,
    cursor: Micros,
    /// Children that were not visited, each cut to this span; the one that ends last is last.
    children: Vec<Segment>,
}

impl Visit {
    /// What this span has from `start` to the cursor.
    fn segment(&self, start: Micros) -> Segment {
        Segment {
            place: self.place,
            start,
            end: self.cursor,
        }
    }
}

impl<'a> Tree<'a> {
    /// Builds the tree below the span `root`; `None` where there is no such span, or where it has a parent. `spans` are in
    /// the order of their arrival; children of a repeated id belong to the first span with it.
    #[must_use]
    pub fn of(spans: &'a [PathSpan], root: &str) -> Option<Self> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, span) in spans.iter().enumerate() {
            places.entry(&span.id).or_insert(place);
        }
        let root = places.get(root).copied()?;
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); spans.len()];
        for (place, span) in spans.iter().enumerate() {
            match span.parent.as_deref().and_then(|parent| places.get(parent)) {
                Some(_) if place == root => return None,
                Some(parent) => children[*parent].push(place),
                None => {}
            }
        }
        Some(Self {
            spans,
            root,
            children,
        })
    }

    /// Place of the root.
    #[must_use]
    pub fn root(&self) -> usize {
        self.root
    }

    /// Places of the children of a span, in the order of their arrival.
    #[must_use]
    pub fn children(&self, place: usize) -> &[usize] {
        self.children.get(place).map_or(&[], Vec::as_slice)
    }

    /// The service that a span's own time belongs to: its own, or for a call that no other span continues the peer.
    #[must_use]
    pub fn actor(&self, place: usize) -> &'a str {
        let span = &self.spans[place];
        // Nobody waited for what began after the root had ended.
        let is_waited_for = |child: &usize| self.spans[*child].start < self.spans[self.root].end;
        let is_continued = self.children[place].iter().any(is_waited_for);
        span.peer
            .as_deref()
            .filter(|_| !is_continued)
            .unwrap_or(&span.service)
    }

    /// Computes the critical path, the last segment first. Iterative, because a trace may be deep.
    #[must_use]
    pub fn critical_path(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        let root = &self.spans[self.root];
        let mut visits = vec![self.visit(self.root, root.start, root.end)];
        while let Some(last) = visits.last_mut() {
            let Some(child) = last.children.pop() else {
                segments.push(last.segment(last.start));
                visits.pop();
                continue;
            };
            // One that ends later ran beside the child that was taken.
            if child.end <= last.cursor {
                segments.push(last.segment(child.end));
                last.cursor = child.start;
                let visit = self.visit(child.place, child.start, child.end);
                visits.push(visit);
            }
        }
        segments.retain(|segment| segment.start < segment.end);
        segments
    }

    fn visit(&self, place: usize, start: Micros, end: Micros) -> Visit {
        let cut = self.children[place].iter().map(|child| Segment {
            place: *child,
            start: self.spans[*child].start.max(start),
            end: self.spans[*child].end.min(end),
        });
        let mut children: Vec<_> = cut.filter(|child| child.start < child.end).collect();
        children.sort_by_key(|child| {
            let whole = &self.spans[child.place];
            (
                child.end,
                child.start,
                Reverse(whole.start),
                whole.end,
                Reverse(child.place),
            )
        });
        Visit {
            place,
            start,
            cursor: end,
            children,
        }
    }
}

/// The times of services and of external peers on the critical path below the span `root`, the largest first, and of
/// equal ones the first on the path. They sum to the length of the root; there are none where [`Tree::of`] has none.
pub(crate) fn shares(spans: &[PathSpan], root: &str) -> Vec<PathShare> {
    let Some(tree) = Tree::of(spans, root) else {
        return Vec::new();
    };
    let segments = tree.critical_path().into_iter().rev();
    summed(segments.map(|segment| (tree.actor(segment.place), segment.end - segment.start)))
}

/// Sums times by actor.
fn summed<'a>(segments: impl Iterator<Item = (&'a str, Micros)>) -> Vec<PathShare> {
    let mut shares: Vec<PathShare> = Vec::new();
    for (actor, time) in segments {
        match shares.iter_mut().find(|share| share.actor == actor) {
            Some(share) => share.time_us += time,
            None => shares.push(PathShare {
                actor: actor.to_owned(),
                time_us: time,
            }),
        }
    }
    shares.sort_by_key(|share| Reverse(share.time_us));
    shares
}

/// The largest shares, as many as a summary has room for, and the number of the others.
pub(crate) fn largest(mut shares: Vec<PathShare>) -> (Vec<PathShare>, usize) {
    let all = shares.len();
    let mut bytes = 0;
    let told = shares.iter().take_while(|share| {
        bytes += bounds::bytes(&share.actor) + SHARE_BYTES;
        bytes <= MOST_BYTES
    });
    let told = told.count();
    shares.truncate(told);
    (shares, all - told)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reelscope_page_api::telemetry::Named;
    use serde_json::{Value, json};

    /// The spec of the page (`ui/src/app/traces/tree/critical-path-cases.spec.ts`) reads the same cases.
    #[test]
    fn the_shares_are_those_of_the_cases_that_the_page_shares() {
        let cases: Value = serde_json::from_str(include_str!("../tests/critical-path-cases.json")).unwrap();
        let cases = cases.as_array().unwrap();
        assert!(cases.len() > 8);
        for case in cases {
            let spans: Vec<PathSpan> = case["spans"].as_array().unwrap().iter().map(span_of).collect();
            let found = shares(&spans, case["root"].as_str().unwrap());
            let told: Vec<_> = found
                .iter()
                .map(|share| json!([share.actor, share.time_us]))
                .collect();
            assert_eq!(json!(told), case["path"], "{}", case["name"]);
        }
    }

    fn span_of(span: &Value) -> PathSpan {
        let text = |name: &str| span[name].as_str().unwrap_or_default().to_owned();
        let data: Named<Value> = serde_json::from_value(span["data"].clone()).unwrap_or_default();
        let start = span["start_us"].as_i64().unwrap();
        PathSpan {
            id: text("span_id"),
            parent: span["parent_span_id"].as_str().map(str::to_owned),
            service: text("service"),
            peer: peer(&text("service"), &text("op"), &data),
            start,
            end: start.max(span["end_us"].as_i64().unwrap()),
        }
    }

    proptest! {
        #[test]
        fn the_times_sum_to_the_length_of_the_root_whatever_comes(
            spans in prop::collection::vec((0..9_usize, prop::option::of(0..9_usize), 0..60_i64, 0..60_i64), 0..40),
        ) {
            let spans: Vec<PathSpan> = spans.into_iter().map(|(id, parent, start, length)| PathSpan {
                id: id.to_string(),
                parent: parent.map(|parent| parent.to_string()),
                service: format!("service-{}", id % 3),
                peer: (id % 2 == 0).then(|| "peer".to_owned()),
                start,
                end: start + length,
            }).collect();
            let found: Micros = shares(&spans, "0").iter().map(|share| share.time_us).sum();
            let root = spans.iter().find(|span| span.id == "0");
            let has_parent = |span: &PathSpan| {
                spans.iter().any(|other| span.parent.as_ref() == Some(&other.id))
            };
            let length = root.filter(|root| !has_parent(root)).map_or(0, |root| root.end - root.start);
            prop_assert_eq!(found, length);
        }
    }

    #[test]
    fn a_chain_of_ten_thousand_is_walked() {
        let span = |n: i64| PathSpan {
            id: n.to_string(),
            parent: (n > 0).then(|| (n - 1).to_string()),
            service: "deep".to_owned(),
            peer: None,
            start: n,
            end: 30_000 - n,
        };
        let spans: Vec<_> = (0..10_000).map(span).collect();
        assert_eq!(shares(&spans, "0")[0].time_us, 30_000);
    }
}
