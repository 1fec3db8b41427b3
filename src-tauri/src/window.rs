//! The one window: what it shows and where it may go.
//!
//! It shows either the splash page, which is inside this program, or the page of the stack. Everything else on this
//! earth is opened in the user's browser or not at all.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tauri::webview::{Color, DownloadEvent, NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, Manager, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use tauri_plugin_opener::OpenerExt;
use tokio::sync::Notify;

use crate::message::Message;

const MAIN: &str = "main";
const TITLE: &str = "Reelscope";
/// The ground of both pages: painted from the first frame, so that nothing flashes white in a dark room.
const GROUND: Color = Color(10, 12, 17, 255);

/// The window and what is known of its pages.
#[derive(Clone)]
pub(crate) struct Shown {
    window: WebviewWindow,
    home: Home,
    splash: Arc<Notify>,
}

/// Where the stack's page is; nothing while the splash page is shown.
type Home = Arc<Mutex<Option<Url>>>;

/// Opens the window on the splash page.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn open(app: &AppHandle) -> tauri::Result<Shown> {
    let home = Home::default();
    let splash = Arc::new(Notify::new());
    let opened = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(1280.0, 800.0)
        .min_inner_size(1100.0, 700.0)
        .center()
        .theme(Some(Theme::Dark))
        .background_color(GROUND)
        // Shown below, once the window-state plugin has put it where it was.
        .visible(false)
        .devtools(cfg!(debug_assertions))
        .on_navigation({
            let (app, home) = (app.clone(), Arc::clone(&home));
            move |url| match destination(url, current(&home).as_ref()) {
                Destination::Here => true,
                elsewhere => leave(&app, url, elsewhere),
            }
        })
        .on_new_window({
            let (app, home) = (app.clone(), Arc::clone(&home));
            move |url, _features| {
                leave(&app, &url, destination(&url, current(&home).as_ref()));
                NewWindowResponse::Deny
            }
        })
        .on_download({
            let app = app.clone();
            move |_webview, event| {
                if let DownloadEvent::Requested { destination, .. } = event {
                    // Without an answer WebKitGTK saves into the working directory where no folder is configured.
                    let paths = app.path();
                    if let Ok(folder) = paths.download_dir().or_else(|_| paths.home_dir()) {
                        *destination = free_place(&folder, destination, Path::exists);
                    }
                }
                true
            }
        })
        .on_page_load({
            let splash = Arc::clone(&splash);
            move |_window, load| {
                if load.event() == PageLoadEvent::Finished && is_splash(load.url()) {
                    splash.notify_one();
                }
            }
        })
        .build()?;
    opened.show()?;
    Ok(Shown {
        window: opened,
        home,
        splash,
    })
}

/// Brings the window to the front, wherever it is.
pub(crate) fn raise(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    for done in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = done {
            tracing::warn!(%error, "the window could not be raised");
        }
    }
}

impl Shown {
    /// Waits until the splash page can be spoken to.
    pub(crate) async fn splash_painted(&self) {
        self.splash.notified().await;
    }

    /// Says something on the splash page.
    pub(crate) fn say(&self, message: &Message) {
        // A JSON text is also a JavaScript expression; the page sets what is in it as text.
        let spoken = serde_json::to_string(message)
            .map_err(tauri::Error::from)
            .and_then(|json| self.window.eval(format!("say({json})")));
        if let Err(error) = spoken {
            tracing::warn!(%error, "the splash page did not take the message");
        }
    }

    /// From now on the window belongs to the stack's page; `url` is opened unless a notice is read first.
    pub(crate) fn settle(&self, url: &Url) {
        self.set_home(Some(url.clone()));
    }

    /// Opens the stack's page.
    pub(crate) fn go(&self, url: Url) {
        if let Err(error) = self.window.navigate(url) {
            tracing::warn!(%error, "the window did not open the page");
        }
    }

    /// Goes back to the splash page; [`Shown::splash_painted`] tells when it is there.
    pub(crate) fn back_to_splash(&self) {
        self.set_home(None);
        match Url::parse(SPLASH) {
            Ok(url) => self.go(url),
            Err(error) => tracing::warn!(%error, "the splash page has no address"),
        }
    }

    fn set_home(&self, home: Option<Url>) {
        *self.home.lock().unwrap_or_else(PoisonError::into_inner) = home;
    }
}

fn current(home: &Home) -> Option<Url> {
    home.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Where an address may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    Here,
    Browser,
    Nowhere,
}

/// Where a file with the name of `suggested` can be saved in `folder` without taking another's place.
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

/// The splash page is left for good once the stack's page is there: going back in the history would strand the
/// player on it.
fn destination(url: &Url, home: Option<&Url>) -> Destination {
    match home {
        Some(home) if url.origin() == home.origin() => Destination::Here,
        None if is_splash(url) => Destination::Here,
        _ if is_splash(url) => Destination::Nowhere,
        _ if matches!(url.scheme(), "http" | "https" | "mailto") => Destination::Browser,
        _ => Destination::Nowhere,
    }
}

/// The address of the splash page, as Tauri serves files of the program on this system.
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

/// Opens what belongs into the browser there. Always false: the window does not follow.
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
            let home = home.map(|home| Url::parse(home).unwrap());
            let found = destination(&Url::parse(url).unwrap(), home.as_ref());
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
        check(SPLASH, home, Destination::Nowhere);
        check(SPLASH, None, Destination::Here);
        check("http://127.0.0.1:4200/", None, Destination::Browser);
    }
}
