//! The life of the program, from the first window to the exit code.
//!
//! The window opens on an empty page while the stack starts, and then shows the stack's page. The splash page
//! appears only when there is something to tell. Every way to end the program (closing the window, SIGTERM, Ctrl-C)
//! passes through [`RunEvent::ExitRequested`]: the stack drains first, and then the process exits.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_demo::faults::arguments;
use reelscope_demo::faults::dial::RELEASES;
use reelscope_stack::{
    Config, OwnScript, STOP_PATIENCE, Settings, Stack, StartError, StopError, default_data_dir, durable,
};
use tauri::async_runtime::{JoinHandle, block_on, spawn};
use tauri::{AppHandle, Manager, RunEvent, Url};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::Arguments;
use crate::again::{self, Again};
use crate::frame::Frame;
use crate::language::Language;
use crate::message::{Failure, Message};
use crate::page;
use crate::window::{self, Event, Shown};

/// After this time the splash page explains a start under way; a quicker start does not flash another page.
const SILENT_START: Duration = Duration::from_millis(700);
/// Time for the page to appear before players are written; a page that needs longer is slow anyway.
const PAGE_FIRST: Duration = Duration::from_secs(5);
/// Interval of checking whether the data directory is free.
const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// Time beyond [`STOP_PATIENCE`], after which the program exits although the stack has not stopped.
const SLACK: Duration = Duration::from_secs(1);
/// Exit code when the shell itself fails, or a running stack.
const FAILED: u8 = 1;
const NO_WINDOW: &str = "no window can be opened; `reelscope serve` runs without one";

/// Runs until the window is closed and the services have drained.
// Long because it is the life of the program, from the first plugin to the exit code.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let again = Again::default();
    let app = tauri::Builder::default()
        // The first plugin, so that a second start ends before it opens anything.
        .plugin(tauri_plugin_single_instance::init({
            let again = again.clone();
            move |app, words, directory| {
                if is_ending(app) || !window::raise(app) {
                    again.ask(words, directory);
                }
            }
        }))
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .setup(move |app| {
            // Registered before there is anything that a signal must stop in order.
            spawn(exit_on(block_on(signals()), app.handle().clone()));
            // The stack and the window start concurrently, because each takes time and neither needs the other.
            let data_dir = arguments.data_dir.clone().or_else(default_data_dir);
            let starting = Starting {
                stack: spawn(start(arguments, data_dir.clone())),
                data_dir,
            };
            // The error is handled here, because Tauri panics with an error from `setup`.
            match window::open(app.handle()) {
                Ok((shown, happening)) => {
                    let stop = CancellationToken::new();
                    let services = spawn(serve(shown, happening, starting, stop.clone()));
                    app.manage(Lifecycle {
                        stop,
                        course: Mutex::new(Course::Running(services)),
                    });
                }
                Err(error) => {
                    tracing::error!(%error, "{NO_WINDOW}");
                    spawn(end_without_window(starting, app.handle().clone()));
                }
            }
            Ok(())
        })
        .build(tauri::generate_context!());
    match app {
        Ok(app) => {
            let code = app.run_return(|app, event| {
                if let RunEvent::ExitRequested { api, .. } = event
                    && !may_exit(app)
                {
                    api.prevent_exit();
                }
            });
            again.or_end(ExitCode::from(u8::try_from(code).unwrap_or(FAILED)))
        }
        // The other program ended while this one contacted it, so this one is the first.
        Err(tauri::Error::PluginInitialization(plugin, error)) if plugin == "single-instance" => {
            tracing::warn!(%error, "another Reelscope was there and is gone; starting anew");
            again::as_it_was(ExitCode::from(FAILED))
        }
        Err(error) => {
            tracing::error!(%error, "{NO_WINDOW}");
            ExitCode::from(FAILED)
        }
    }
}

/// A stack that is being started.
struct Starting {
    stack: JoinHandle<Result<(Stack, Url), Failure>>,
    data_dir: Option<PathBuf>,
}

/// Runs the stack from its start to its stop; returns the exit code of the process.
async fn serve(
    shown: Shown,
    mut happening: UnboundedReceiver<Event>,
    Starting { mut stack, data_dir }: Starting,
    stop: CancellationToken,
) -> u8 {
    let language = Language::of_the_system();
    let started = tokio::select! {
        started = &mut stack => started,
        () = sleep(SILENT_START) => {
            shown.say(&Message::waiting(language));
            stack.await
        }
    };
    // A task without a result has panicked.
    let started = started.unwrap_or_else(|error| Err(Failure::defect(error.to_string(), data_dir.clone())));
    let failure = match started {
        Ok((mut stack, page)) => {
            shown.settle(page);
            shown.open_home();
            let refused = stack.refused();
            let last_words = tokio::select! {
                () = stop.cancelled() => None,
                words = stack.failed() => Some(words),
                () = page::keep_open(&shown, &mut happening, refused, language) => None,
            };
            let stopped = stack.shutdown().await;
            let Some(last_words) = last_words else {
                return stopped.map_or_else(
                    |error| {
                        tracing::error!("{error}");
                        error.exit_code()
                    },
                    |()| 0,
                );
            };
            shown.unsettle();
            Failure::stopped(last_words, data_dir)
        }
        Err(failure) => failure,
    };
    tracing::error!(details = failure.details(), "the services do not run");
    shown.say(&Message::failure(language, &failure));
    tokio::select! {
        () = stop.cancelled() => {}
        // No stack runs, so no request can be refused.
        () = page::keep_open(&shown, &mut happening, Arc::default(), language) => {}
    }
    failure.exit_code()
}

/// Ends the program when no window can be opened; the stack has started by then.
async fn end_without_window(starting: Starting, app: AppHandle) {
    if let Ok(Ok((stack, _))) = starting.stack.await
        && let Err(error) = stack.shutdown().await
    {
        tracing::error!("{error}");
    }
    app.exit(i32::from(FAILED));
}

/// Starts the stack; returns it with the URL of its page.
async fn start(arguments: Arguments, data_dir: Option<PathBuf>) -> Result<(Stack, Url), Failure> {
    let data_dir = data_dir.ok_or_else(Failure::no_data_dir)?;
    let mut config = Config::new(data_dir.clone()).seeded(arguments.seed);
    if arguments.players.is_some() {
        config.players = arguments.players;
    }
    config.page_first = PAGE_FIRST;
    let script = arguments.script.as_deref().map(OwnScript::open).transpose();
    config.script = script.map_err(|error| Failure::of_start(&StartError::from(error), &data_dir))?;
    config.traffic = arguments.traffic.wish();
    config.settings_file = Settings::file();
    let settings = arguments
        .settings
        .over_this_machine()
        .map_err(|error| Failure::of_start(&StartError::from(error), &data_dir))?;
    // Continues with the release in the settings; at the first start that is the first release.
    let release = RELEASES
        .iter()
        .find(|release| release.version == settings.release);
    config.faults = arguments::states(&arguments.problems);
    config = config.on_the_dial(release);
    config.settings = Some(settings);
    let stack = start_where_it_was(config)
        .await
        .map_err(|error| Failure::of_start(&error, &data_dir))?;
    let page =
        Url::parse(&stack.ui_url()).map_err(|error| Failure::defect(error.to_string(), Some(data_dir)))?;
    Ok((stack, page))
}

/// Starts the stack on the port of the last start while it is free, otherwise on any port, so that the URL of the
/// page usually stays the same.
async fn start_where_it_was(config: Config) -> Result<Stack, StartError> {
    let file = config.data_dir.join("port");
    let last = std::fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok());
    let mut there = config;
    there.listen.set_port(last.unwrap_or(0));
    let patience = Instant::now() + STOP_PATIENCE;
    let stack = loop {
        match Stack::start(there.clone()).await {
            Err(StartError::PortInUse { .. } | StartError::Listen { .. }) if there.listen.port() != 0 => {
                there.listen.set_port(0);
            }
            // Another Reelscope may be closing the directory, without a session bus to tell it about this start.
            Err(error) if error.code() == "data_dir_locked" && Instant::now() < patience => {
                sleep(LOOK_AGAIN).await;
            }
            started => break started?,
        }
    };
    if let Some(port) = stack.address("api-gateway").map(|address| address.port())
        && let Err(error) = durable::write(&file, port.to_string().as_bytes())
    {
        tracing::warn!(%error, "the port cannot be remembered");
    }
    Ok(stack)
}

/// What the event loop needs to stop the services.
struct Lifecycle {
    stop: CancellationToken,
    course: Mutex<Course>,
}

/// The stages of the end.
enum Course {
    Running(JoinHandle<u8>),
    Stopping,
    Stopped,
}

/// Whether the program is ending; what starts now would end with it.
fn is_ending(app: &AppHandle) -> bool {
    app.try_state::<Lifecycle>().is_some_and(|lifecycle| {
        let course = lifecycle.course.lock();
        !matches!(*course, Course::Running(_))
    })
}

/// The first request to exit starts the stop, later ones wait for it; the last one comes from [`exit_after`].
fn may_exit(app: &AppHandle) -> bool {
    // Without the state there is no window, and the stack has been stopped.
    let Some(lifecycle) = app.try_state::<Lifecycle>() else {
        return true;
    };
    let mut course = lifecycle.course.lock();
    match std::mem::replace(&mut *course, Course::Stopping) {
        Course::Running(services) => {
            if let Some(frame) = app.try_state::<Frame>() {
                frame.remember();
            }
            lifecycle.stop.cancel();
            spawn(exit_after(app.clone(), services));
            false
        }
        Course::Stopping => false,
        Course::Stopped => true,
    }
}

async fn exit_after(app: AppHandle, services: JoinHandle<u8>) {
    let code = match timeout(STOP_PATIENCE + SLACK, services).await {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            tracing::error!(%error, "the services ended with a defect");
            FAILED
        }
        Err(_) => {
            tracing::error!("{}", StopError::TooLate);
            StopError::TooLate.exit_code()
        }
    };
    *app.state::<Lifecycle>().course.lock() = Course::Stopped;
    app.exit(i32::from(code));
}

/// Exits at a signal of a terminal or a session manager.
async fn exit_on(signals: io::Result<Signals>, app: AppHandle) {
    let received = match signals {
        Ok(signals) => signals.received().await,
        Err(error) => Err(error),
    };
    match received {
        Ok(()) => app.exit(0),
        Err(error) => tracing::warn!(%error, "signals cannot be received"),
    }
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

/// Registers the signals.
#[cfg(unix)]
#[allow(clippy::unused_async)] // tokio registers signals only from within its runtime
async fn signals() -> io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};

    Ok(Signals([
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
    ]))
}

#[cfg(unix)]
impl Signals {
    async fn received(self) -> io::Result<()> {
        let Self([mut terminate, mut interrupt, mut hang_up]) = self;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hang_up.recv() => {}
        }
        Ok(())
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
async fn signals() -> io::Result<Signals> {
    Ok(Signals)
}

#[cfg(not(unix))]
impl Signals {
    async fn received(self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
