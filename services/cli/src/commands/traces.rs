//! `reelscope traces`.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use reelscope_page_api::telemetry::{Span, TraceDetail};
use reelscope_stack::traces as viewer;
use serde_json::json;

use crate::failure::Failure;
use crate::output::{self, say};

/// Look at the traces of a data directory that no Reelscope has open.
#[derive(Subcommand)]
pub(crate) enum Traces {
    /// The newest traces, newest first.
    List {
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Most traces to print.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One trace as a tree.
    Show {
        /// 32 hexadecimal digits.
        trace_id: String,
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// One trace with everything that is known of it, as JSON.
    Export {
        /// 32 hexadecimal digits.
        trace_id: String,
        /// Where the databases are.
        #[arg(long)]
        data_dir: PathBuf,
    },
}

impl Traces {
    pub(crate) async fn run(self) -> Result<ExitCode, Failure> {
        traces(self).await
    }
}

async fn traces(command: Traces) -> Result<ExitCode, Failure> {
    match command {
        Traces::List {
            data_dir,
            limit,
            json,
        } => {
            let collector = viewer::open(&data_dir).await?;
            let found = viewer::list(&collector, limit).await;
            collector.shutdown().await;
            let found = found?;
            if json {
                output::json(&json!({"traces": found}));
            } else {
                for trace in &found {
                    say!(
                        "{}  {}  {:>9.1} ms  {:>3} spans  {:<8} {} {}",
                        trace.trace_id,
                        reelscope_contracts::rfc3339(trace.start_us / 1_000),
                        milliseconds(trace.duration_us),
                        trace.spans,
                        trace.status,
                        trace.service,
                        trace.name,
                    );
                }
            }
        }
        Traces::Show {
            trace_id,
            data_dir,
            json: false,
        } => {
            let trace = one_trace(&trace_id, &data_dir).await?;
            print_tree(&trace);
        }
        Traces::Show {
            trace_id, data_dir, ..
        }
        | Traces::Export { trace_id, data_dir } => {
            output::json(&json!(one_trace(&trace_id, &data_dir).await?));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one_trace(trace_id: &str, data_dir: &Path) -> Result<TraceDetail, Failure> {
    let collector = viewer::open(data_dir).await?;
    let found = viewer::one(&collector, trace_id).await;
    collector.shutdown().await;
    Ok(found?)
}

#[allow(clippy::cast_precision_loss)] // spans last far less than 2^53 microseconds
fn milliseconds(micros: i64) -> f64 {
    micros as f64 / 1_000.0
}

/// Prints the spans below their parents, in the order of their starts; a span whose parent is missing is a root.
fn print_tree(trace: &TraceDetail) {
    let known: HashSet<&str> = trace.spans.iter().map(|span| span.span_id.as_str()).collect();
    let mut children: HashMap<&str, Vec<&Span>> = HashMap::new();
    let mut stack = Vec::new();
    for span in &trace.spans {
        match span.parent_span_id.as_deref() {
            Some(parent) if known.contains(parent) && parent != span.span_id => {
                children.entry(parent).or_default().push(span);
            }
            _ => stack.push((0, span)),
        }
    }
    stack.sort_by_key(|(_, span)| std::cmp::Reverse(span.start_us));
    while let Some((depth, span)) = stack.pop() {
        say!(
            "{:indent$}{:<16} {:<14} {:>9.2} ms  {}",
            "",
            span.service,
            span.op,
            milliseconds(span.end_us - span.start_us),
            span.description,
            indent = 2 * depth,
        );
        let mut under = children.remove(span.span_id.as_str()).unwrap_or_default();
        under.sort_by_key(|span| std::cmp::Reverse(span.start_us));
        stack.extend(under.into_iter().map(|span| (depth + 1, span)));
    }
}
