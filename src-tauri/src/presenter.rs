//! The window with the presenter's notes, for a second screen. The page opens it and closes with it; the window of the
//! machine stays the program.

use tauri::webview::{NewWindowFeatures, NewWindowResponse};
use tauri::{
    AppHandle, Manager, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry,
};

use crate::frame::{GROUND, NOTHING};

const LABEL: &str = "presenter";
/// Path of its page.
const PATH: &str = "/presenter";
/// Size in CSS pixels where the page asks for none.
const SIZE: (f64, f64) = (1180.0, 760.0);

/// Whether the page at this URL of the stack has a window of its own.
pub(crate) fn is_its_page(url: &Url) -> bool {
    url.path() == PATH
}

/// Answers the page's wish for the window: opens it, or brings the one that is open to the front. `may_go` decides about
/// its navigations, and `raise_machine` is called when its page asks for the window of the machine.
pub(crate) fn open(
    app: &AppHandle,
    features: NewWindowFeatures,
    may_go: impl Fn(&Url) -> bool + Send + 'static,
    raise_machine: impl Fn() + Send + 'static,
) -> NewWindowResponse<Wry> {
    if let Some(window) = app.get_webview_window(LABEL) {
        for done in [window.unminimize(), window.set_focus()] {
            if let Err(error) = done {
                tracing::warn!(%error, "the presenter's window could not be raised");
            }
        }
        return NewWindowResponse::Deny;
    }
    match build(app, features, may_go, raise_machine) {
        Ok(window) => NewWindowResponse::Create { window },
        Err(error) => {
            tracing::warn!(%error, "the presenter's window could not be opened");
            NewWindowResponse::Deny
        }
    }
}

fn build(
    app: &AppHandle,
    features: NewWindowFeatures,
    may_go: impl Fn(&Url) -> bool + Send + 'static,
    raise_machine: impl Fn() + Send + 'static,
) -> tauri::Result<WebviewWindow> {
    let nothing = Url::parse(NOTHING).map_err(tauri::Error::InvalidUrl)?;
    let (width, height) = SIZE;
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::External(nothing))
        .inner_size(width, height)
        // Shares the engine's processes, and so the token of the launch, with the window that opens it.
        .window_features(features)
        .theme(Some(Theme::Dark))
        .background_color(GROUND)
        .devtools(cfg!(debug_assertions))
        .on_navigation(move |url| url.as_str() == NOTHING || may_go(url))
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::warn!(%error, "the presenter's window has no title");
            }
        })
        .on_new_window(move |_url, _features| {
            // The only window that it asks for is that of the machine.
            raise_machine();
            NewWindowResponse::Deny
        })
        .build()?;
    #[cfg(target_os = "linux")]
    crate::webkit::close_with_page(&window)?;
    Ok(window)
}

/// Closes the presenter's window with the one of the machine, so that the program ends.
pub(crate) fn close_with(window: &WebviewWindow) {
    let app = window.app_handle().clone();
    window.on_window_event(move |event| {
        if let (WindowEvent::Destroyed, Some(presenter)) = (event, app.get_webview_window(LABEL))
            && let Err(error) = presenter.close()
        {
            tracing::warn!(%error, "the presenter's window could not be closed");
        }
    });
}
