//! Marks which frames of a stack are our own code, and names their modules.
//!
//! The SDK decides by the name of the function. Most functions of an optimised build are inlined, and line tables
//! have only the bare name of an inlined function, so this decides by the path of the source.

use sentry::protocol::{Event, Frame};

/// Prefix of the paths of our sources, relative to the workspace that the compiler runs in.
const SERVICES: &str = "services/";
/// Path of this crate. Its frames are not the cause of a failure but report it.
const TELEMETRY: &str = "services/telemetry/";

/// Marks the frames of all stacks of an event, and removes the frames at their end that report the failure.
pub(crate) fn mark(mut event: Event<'static>) -> Event<'static> {
    for exception in &mut event.exception.values {
        if let Some(stack) = &mut exception.stacktrace {
            while stack.frames.last().is_some_and(is_reporting) {
                stack.frames.pop();
            }
            stack.frames.iter_mut().for_each(mark_frame);
        }
    }
    event
}

/// The path relative to the workspace; `None` for a source that is not ours.
fn own_path(frame: &Frame) -> Option<&str> {
    let path = frame.abs_path.as_deref()?;
    let foreign = path.contains("/registry/") || path.contains("/rustc/");
    path.find(SERVICES)
        .filter(|_| !foreign)
        .map(|start| &path[start..])
}

/// Whether the frame belongs to this crate, or to the SDK.
fn is_reporting(frame: &Frame) -> bool {
    own_path(frame).is_some_and(|path| path.starts_with(TELEMETRY))
        || frame
            .abs_path
            .as_deref()
            .is_some_and(|path| path.contains("/sentry-") || path.contains("/backtrace-"))
}

fn mark_frame(frame: &mut Frame) {
    let Some(path) = own_path(frame).map(ToOwned::to_owned) else {
        frame.in_app = Some(false);
        return;
    };
    frame.in_app = Some(!path.starts_with(TELEMETRY));
    if frame.module.is_none() {
        frame.module = module(&path);
    }
    frame.filename = Some(path);
}

/// Derives the module from the path: `services/payment-service/src/provider.rs` is
/// `reelscope_payment_service::provider`.
fn module(path: &str) -> Option<String> {
    let (service, file) = path.strip_prefix(SERVICES)?.split_once("/src/")?;
    let service = service.replace('-', "_");
    let inner = file.strip_suffix(".rs")?.replace('/', "::");
    Some(match inner.as_str() {
        "lib" => format!("reelscope_{service}"),
        inner => format!("reelscope_{service}::{inner}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use sentry::protocol::{Exception, Stacktrace};

    fn frame(path: &str) -> Frame {
        Frame {
            abs_path: Some(path.to_owned()),
            function: Some("f".to_owned()),
            ..Frame::default()
        }
    }

    #[test]
    fn a_stack_ends_at_the_place_and_names_its_module() {
        let frames = [
            "/root/.cargo/registry/src/x/tokio-1.0.0/src/runtime.rs",
            "/home/a/reelscope/services/api-gateway/src/lib.rs",
            "services/payment-service/src/provider.rs",
            "services/telemetry/src/report.rs",
            "/root/.cargo/registry/src/x/sentry-backtrace-0.49.5/src/lib.rs",
        ];
        let stack = Stacktrace {
            frames: frames.map(frame).to_vec(),
            ..Stacktrace::default()
        };
        let exception = Exception {
            stacktrace: Some(stack),
            ..Exception::default()
        };
        let event = mark(Event {
            exception: vec![exception].into(),
            ..Event::default()
        });
        let frames = &event.exception.values[0].stacktrace.as_ref().unwrap().frames;
        let found: Vec<_> = frames.iter().map(|f| (f.in_app, f.module.as_deref())).collect();
        assert_eq!(
            found,
            [
                (Some(false), None),
                (Some(true), Some("reelscope_api_gateway")),
                (Some(true), Some("reelscope_payment_service::provider")),
            ]
        );
        assert_eq!(
            frames[2].filename.as_deref(),
            Some("services/payment-service/src/provider.rs")
        );
    }
}
