//! The window of the machine: what it shows, and where it may navigate.
//!
//! It shows the splash page, which is embedded in this program, or the stack's page, and an empty page before
//! either. Every other URL is opened in the user's browser or not at all.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tauri::webview::{DownloadEvent, NewWindowFeatures, NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager, Theme, Url, Webview, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};

use crate::frame::{self, GROUND, NOTHING};
use crate::message::Message;
use crate::presenter;
use crate::screen::Size;

const MAIN: &str = "main";
const TITLE: &str = "Reelscope";

/// The window and the state of its pages. Clones share them.
#[derive(Clone)]
pub(crate) struct Shown {
    window: WebviewWindow,
    place: Arc<Mutex<WindowState>>,
    /// Whether the splash page has loaded and can show messages.
    painted: watch::Receiver<bool>,
}

/// An event of the window's pages that the shell did not cause.
#[derive(Debug)]
pub(crate) enum Event {
    /// The stack's page is being opened.
    Opening,
    /// The process of the page has ended, for this reason.
    Died(&'static str),
    /// The program was started again, so a person wants to see the page.
    WantedAgain,
}

/// The pages of the window.
#[derive(Default)]
struct WindowState {
    /// URL of the stack's page; `None` while there is none.
    home: Option<Url>,
    /// Whether the window shows the splash page.
    on_splash: bool,
    /// The message that the splash page shows when it is opened.
    said: Option<String>,
}

/// Opens the window on an empty page, while the engine starts its processes. The splash page would be visible for a
/// moment only and would delay the page that follows.
///
/// # Errors
/// The system opens no window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<(Shown, UnboundedReceiver<Event>)> {
    let place = Arc::new(Mutex::new(WindowState::default()));
    let (events, happening) = unbounded_channel();
    let (paint, painted) = watch::channel(false);
    let begun = frame::begin(app);
    let Size { width, height } = begun.kept.size;
    let nothing = Url::parse(NOTHING).map_err(tauri::Error::InvalidUrl)?;
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::External(nothing))
        .title(TITLE)
        .inner_size(width, height)
        .min_inner_size(begun.least.width, begun.least.height)
        .maximized(begun.kept.maximized)
        .theme(Some(Theme::Dark))
        .background_color(GROUND)
        .zoom_hotkeys_enabled(cfg!(windows))
        .devtools(cfg!(debug_assertions))
        .on_navigation(navigation(app, &place, &events))
        .on_new_window(new_window(app, &place))
        .on_download(download(app))
        .on_page_load({
            let place = Arc::clone(&place);
            move |window, load| {
                if load.event() == PageLoadEvent::Finished && is_splash(load.url()) {
                    let said = locked(&place).said.clone();
                    if let Some(said) = said {
                        speak(&window, &said);
                    }
                    paint.send_replace(true);
                }
            }
        });
    let builder = match begun.kept.position {
        Some((x, y)) => builder.position(x, y),
        None => builder.center(),
    };
    let window = built(app, builder)?;
    let frame = begun.follow(&window);
    presenter::close_with(&window);
    #[cfg(target_os = "linux")]
    {
        crate::webkit::prepare(&window, Follower(events.clone(), frame.clone()))?;
        crate::webkit::close_with_page(&window)?;
    }
    app.manage(events);
    app.manage(frame);
    let shown = Shown {
        window,
        place,
        painted,
    };
    Ok((shown, happening))
}

/// Tells the shell, and the frame, what the engine reports.
#[cfg(target_os = "linux")]
#[derive(Clone)]
struct Follower(UnboundedSender<Event>, frame::Frame);

#[cfg(target_os = "linux")]
impl crate::webkit::Listener for Follower {
    fn died(&self, reason: &'static str) {
        // The receiver is gone when the program is ending.
        let _ = self.0.send(Event::Died(reason));
    }

    fn rescaled(&self) {
        self.1.scale_page();
    }

    fn zoomed(&self, zoom: crate::screen::Zoom) {
        self.1.zoom(zoom);
    }
}

fn built(app: &AppHandle, builder: WebviewWindowBuilder<'_, Wry, AppHandle>) -> tauri::Result<WebviewWindow> {
    match storage(app) {
        Ok(_) => builder.build(),
        Err(error) => {
            // The page works without storage, because the program keeps the preferences.
            tracing::warn!(%error, "the web view keeps nothing on the disk");
            builder
                .incognito(true)
                .data_directory(std::env::temp_dir())
                .build()
        }
    }
}

/// Decides about a navigation of the window: the page stays inside, everything else goes to the browser or nowhere.
fn navigation(
    app: &AppHandle,
    place: &Arc<Mutex<WindowState>>,
    events: &UnboundedSender<Event>,
) -> impl Fn(&Url) -> bool + Send + use<> {
    let (app, place, events) = (app.clone(), Arc::clone(place), events.clone());
    move |url| {
        let destination = locked(&place).destination(url);
        if destination != Destination::Here {
            return leave(&app, url, destination);
        }
        if !is_splash(url) && url.as_str() != NOTHING {
            locked(&place).on_splash = false;
            // The receiver is gone when the program is ending.
            let _ = events.send(Event::Opening);
        }
        true
    }
}

/// Answers the page's wish for another window: the presenter's opens, everything else goes to the browser or nowhere.
fn new_window(
    app: &AppHandle,
    place: &Arc<Mutex<WindowState>>,
) -> impl Fn(Url, NewWindowFeatures) -> NewWindowResponse<Wry> + Send + use<> {
    let (app, place) = (app.clone(), Arc::clone(place));
    move |url, features| {
        let destination = locked(&place).destination(&url);
        if destination == Destination::Here && presenter::is_its_page(&url) {
            let (inside, place, machine) = (app.clone(), Arc::clone(&place), app.clone());
            let may_go = move |url: &Url| {
                let destination = locked(&place).destination(url);
                destination == Destination::Here || leave(&inside, url, destination)
            };
            let raise_machine = move || {
                raise(&machine);
            };
            return presenter::open(&app, features, may_go, raise_machine);
        }
        leave(&app, &url, destination);
        NewWindowResponse::Deny
    }
}

/// Puts downloads into the folder for them: without one, WebKitGTK would save into the working directory.
fn download(app: &AppHandle) -> impl Fn(Webview, DownloadEvent<'_>) -> bool + Send + Sync + use<> {
    let app = app.clone();
    move |_webview, event| {
        if let DownloadEvent::Requested { destination, .. } = event {
            let paths = app.path();
            if let Ok(folder) = paths.download_dir().or_else(|_| paths.home_dir()) {
                *destination = free_place(&folder, destination, Path::exists);
            }
        }
        true
    }
}

/// Directory of the web view, if it can be written; Tauri and WebKitGTK do not check that.
fn storage(app: &AppHandle) -> io::Result<PathBuf> {
    let dir = app.path().app_local_data_dir().map_err(io::Error::other)?;
    if dir.is_relative() {
        return Err(io::Error::other(
            "the system names no data directory for this user",
        ));
    }
    std::fs::create_dir_all(&dir)?;
    let probe = dir.join(".writable");
    std::fs::write(&probe, b"")?;
    std::fs::remove_file(&probe)?;
    Ok(dir)
}

/// Brings the window to the front; returns `false` when it is gone.
pub(crate) fn raise(app: &AppHandle) -> bool {
    let Some(window) = app.get_webview_window(MAIN) else {
        return false;
    };
    for done in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be raised");
        }
    }
    if let Some(events) = app.try_state::<tokio::sync::mpsc::UnboundedSender<Event>>() {
        let _ = events.send(Event::WantedAgain);
    }
    true
}

impl Shown {
    /// Shows a message on the splash page, and opens that page if needed.
    pub(crate) fn say(&self, message: &Message) {
        // JSON is also a JavaScript expression; the page inserts its strings as text.
        let said = match serde_json::to_string(message) {
            Ok(said) => said,
            Err(error) => return tracing::warn!(%error, "a message cannot be written"),
        };
        let there = {
            let mut place = locked(&self.place);
            place.said = Some(said.clone());
            std::mem::replace(&mut place.on_splash, true)
        };
        if !there {
            self.reload_splash();
        } else if *self.painted.borrow() {
            speak(&self.window, &said);
        }
    }

    /// Reloads the splash page with its message.
    pub(crate) fn reload_splash(&self) {
        match Url::parse(SPLASH) {
            Ok(url) => self.navigate(url),
            Err(error) => tracing::warn!(%error, "the splash page has no address"),
        }
    }

    /// Allows the stack's page, which is at `url`.
    pub(crate) fn settle(&self, url: Url) {
        locked(&self.place).home = Some(url);
    }

    /// Disallows the stack's page, because the stack has ended.
    pub(crate) fn unsettle(&self) {
        locked(&self.place).home = None;
    }

    /// URL of the stack's page, with the launch token.
    pub(crate) fn home(&self) -> Option<Url> {
        locked(&self.place).home.clone()
    }

    /// Whether the window shows the splash page.
    pub(crate) fn on_splash(&self) -> bool {
        locked(&self.place).on_splash
    }

    /// Opens the stack's page with the launch token, at the path that was last shown.
    pub(crate) fn open_home(&self) {
        let Some(home) = self.home() else {
            return;
        };
        let was = self.window.url().ok();
        self.navigate(with_token(&home, was.as_ref()));
    }

    /// Whether the stack's page has drawn itself; `false` if it does not answer.
    pub(crate) async fn has_come(&self) -> bool {
        let (answer, answered) = oneshot::channel();
        let answer = Mutex::new(Some(answer));
        let asked = self.window.eval_with_callback(HAS_COME, move |drawn| {
            if let Some(answer) = answer.lock().take() {
                let _ = answer.send(drawn == "true");
            }
        });
        asked.is_ok() && answered.await.unwrap_or(false)
    }

    /// Whether the web view still has the cookie with the launch token. Its network process keeps the cookie in
    /// memory and loses it when it dies.
    pub(crate) async fn holds_token(&self) -> bool {
        let Some(home) = self.home() else {
            return false;
        };
        let window = self.window.clone();
        let token = token_of(&home);
        let looked = tokio::task::spawn_blocking(move || window.cookies_for_url(home)).await;
        match looked {
            Ok(Ok(cookies)) => cookies
                .iter()
                .any(|cookie| token.as_deref() == Some(cookie.value())),
            _ => false,
        }
    }

    fn navigate(&self, url: Url) {
        if let Err(error) = self.window.navigate(url) {
            tracing::warn!(%error, "the window did not open the page");
        }
    }
}

/// Angular inserts the page below `app-root`.
const HAS_COME: &str = "Boolean(document.querySelector('app-root')?.firstElementChild)";

fn speak(window: &WebviewWindow, said: &str) {
    if let Err(error) = window.eval(format!("say({said})")) {
        tracing::warn!(%error, "the splash page did not take the message");
    }
}

fn locked(place: &Mutex<WindowState>) -> MutexGuard<'_, WindowState> {
    place.lock()
}

fn token_of(home: &Url) -> Option<String> {
    let (_, token) = home.query_pairs().find(|(name, _)| name == "token")?;
    Some(token.into_owned())
}

/// Returns the URL `was` with the launch token, or `home` where there is none.
fn with_token(home: &Url, was: Option<&Url>) -> Url {
    match (was, token_of(home)) {
        (Some(was), Some(token)) if was.origin() == home.origin() => {
            let mut url = was.clone();
            url.query_pairs_mut().append_pair("token", &token);
            url
        }
        _ => home.clone(),
    }
}

/// Where a URL may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Here,
    Browser,
    Nowhere,
}

/// Returns a path in `folder` for a file named like `suggested`, which no other file has.
fn free_place(folder: &Path, suggested: &Path, is_taken: impl Fn(&Path) -> bool) -> PathBuf {
    let text = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem = text(suggested.file_stem()).unwrap_or_else(|| "reelscope".to_owned());
    let extension = text(suggested.extension()).map_or_else(String::new, |extension| format!(".{extension}"));
    let mut place = folder.join(format!("{stem}{extension}"));
    let mut number = 1_u32;
    while is_taken(&place) {
        place = folder.join(format!("{stem} ({number}){extension}"));
        number += 1;
    }
    place
}

impl WindowState {
    /// Once the stack's page is shown, the splash page is closed to navigation, because going back in the history
    /// would leave the player there. The shell itself can still open it.
    fn destination(&self, url: &Url) -> Destination {
        match &self.home {
            Some(home) if url.origin() == home.origin() => Destination::Here,
            _ if is_splash(url) && self.on_splash => Destination::Here,
            None if url.as_str() == NOTHING && !self.on_splash => Destination::Here,
            _ if is_splash(url) => Destination::Nowhere,
            _ if matches!(url.scheme(), "http" | "https" | "mailto") => Destination::Browser,
            _ => Destination::Nowhere,
        }
    }
}

/// URL of the splash page, as Tauri serves embedded files on this system.
const SPLASH: &str = if cfg!(windows) {
    "http://tauri.localhost/index.html"
} else {
    "tauri://localhost/index.html"
};

fn is_splash(url: &Url) -> bool {
    let local = if cfg!(windows) {
        ("http", "tauri.localhost")
    } else {
        ("tauri", "localhost")
    };
    (url.scheme(), url.host_str()) == (local.0, Some(local.1))
}

/// Opens a URL in the browser where allowed. Returns `false`, so that the window stays.
fn leave(app: &AppHandle, url: &Url, destination: Destination) -> bool {
    if destination == Destination::Browser
        && let Err(error) = app.opener().open_url(url.as_str(), None::<&str>)
    {
        tracing::warn!(%error, "the browser did not open a link");
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_takes_no_other_files_place() {
        let check = |suggested: &str, taken: &[&str], expected: &str| {
            let is_taken = |place: &Path| taken.iter().any(|name| place == Path::new("/d").join(name));
            let found = free_place(Path::new("/d"), Path::new(suggested), is_taken);
            assert_eq!(found, Path::new("/d").join(expected));
        };
        check("trace.json", &[], "trace.json");
        check("/elsewhere/trace.json", &["trace.json"], "trace (1).json");
        check("trace.json", &["trace.json", "trace (1).json"], "trace (2).json");
        check("", &[], "reelscope");
    }

    #[test]
    fn only_our_own_pages_open_in_the_window() {
        let check = |url: &str, home: Option<&str>, expected| {
            let place = WindowState {
                home: home.map(|home| Url::parse(home).unwrap()),
                on_splash: home.is_none(),
                said: None,
            };
            let found = place.destination(&Url::parse(url).unwrap());
            assert_eq!(found, expected, "{url} with {home:?}");
        };
        let home = Some("http://127.0.0.1:4200/?token=t");
        check("http://127.0.0.1:4200/", home, Destination::Here);
        check("http://127.0.0.1:4200/api/openapi.json", home, Destination::Here);
        check("http://127.0.0.1:4201/", home, Destination::Browser);
        check("http://localhost:4200/", home, Destination::Browser);
        check("https://127.0.0.1:4200/", home, Destination::Browser);
        check("http://127.0.0.1:4200@evil.example/", home, Destination::Browser);
        check("https://docs.sentry.io/", home, Destination::Browser);
        check("mailto:demo@example.com", home, Destination::Browser);
        check("file:///etc/passwd", home, Destination::Nowhere);
        check("javascript:alert(1)", home, Destination::Nowhere);
        check("data:text/html,hi", home, Destination::Nowhere);
        check("about:blank", home, Destination::Nowhere);
        // Navigation back from the splash page is refused.
        check("about:blank", None, Destination::Nowhere);
        let first = WindowState::default().destination(&Url::parse(NOTHING).unwrap());
        assert_eq!(first, Destination::Here);
        check(SPLASH, home, Destination::Nowhere);
        check(SPLASH, None, Destination::Here);
        check("http://127.0.0.1:4200/", None, Destination::Browser);
    }

    #[test]
    fn the_page_is_opened_anew_where_it_was() {
        let check = |was: Option<&str>, expected: &str| {
            let was = was.map(|was| Url::parse(was).unwrap());
            let home = Url::parse("http://127.0.0.1:4200/?token=t").unwrap();
            assert_eq!(with_token(&home, was.as_ref()).as_str(), expected, "{was:?}");
        };
        check(None, "http://127.0.0.1:4200/?token=t");
        check(Some(SPLASH), "http://127.0.0.1:4200/?token=t");
        check(Some("about:blank"), "http://127.0.0.1:4200/?token=t");
        check(
            Some("http://127.0.0.1:4200/traces?service=game-engine"),
            "http://127.0.0.1:4200/traces?service=game-engine&token=t",
        );
        check(
            Some("http://127.0.0.1:4201/traces"),
            "http://127.0.0.1:4200/?token=t",
        );
    }
}
