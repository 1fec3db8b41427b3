//! The threads of a collector, and what happens when one panics.

use std::fs;
use std::sync::{Arc, mpsc};

use super::parts::Parts;
use crate::delivery;
use crate::index::{self, Defects};
use crate::log::{Job, Pen, Writer};
use crate::notice::notice;
use crate::supervised;

pub(super) type Work = Box<dyn FnOnce() + Send>;

pub(super) fn writing(
    parts: &Arc<Parts>,
    writer: Writer<Arc<Parts>>,
    pen: Pen,
    jobs: mpsc::Receiver<Job>,
    held_lock: fs::File,
) -> Work {
    let parts = Arc::clone(parts);
    Box::new(move || {
        if let Err(words) = supervised::once(|| writer.run(&jobs)) {
            let said = format!("telemetry can no longer be written because of a defect: {words}");
            parts.failed.send_replace(Some(said));
        }
        pen.close();
        drop(held_lock);
    })
}

pub(super) fn indexing(parts: &Arc<Parts>, wakes: mpsc::Receiver<index::Wake>) -> Work {
    let parts = Arc::clone(parts);
    Box::new(move || {
        let run = |defects: &mut Defects| index::run(&parts.index, &wakes, defects);
        let ended = supervised::again(&mut Defects::default(), run, |defects, words| {
            let seq = defects.pass_over();
            tracing::error!(
                words,
                seq,
                "an envelope met a defect of the index and is not shown"
            );
            let detail = format!("Envelope {seq} is not shown because of a defect of Reelscope.");
            parts.keep(
                notice("index_defect", detail)
                    .with("seq", seq)
                    .with("cause", words),
            );
        });
        if let Err(words) = ended {
            let said = format!("telemetry can no longer be shown because of a defect: {words}");
            parts.failed.send_replace(Some(said));
        }
    })
}

pub(super) fn sending(parts: &Arc<Parts>, context: delivery::Context, inbox: delivery::Inbox) -> Work {
    let parts = Arc::clone(parts);
    Box::new(move || {
        let host: Arc<dyn delivery::Host> = parts.clone();
        if let Err(words) = delivery::run(context, &parts.delivery, inbox, &host) {
            let said = format!("telemetry can no longer be delivered because of a defect: {words}");
            parts.failed.send_replace(Some(said));
        }
    })
}
