//! Settings of WebKitGTK that Tauri has no API for.

use gtk::prelude::*;
use gtk::{gdk, glib};
use tauri::WebviewWindow;
use webkit2gtk::{
    NetworkProxyMode, WebContextExt, WebProcessTerminationReason, WebView, WebViewExt, WebsiteDataManagerExt,
};

use crate::language;
use crate::screen::Zoom;

/// What the program does when the engine reports something.
pub(crate) trait Listener: Clone + Send + 'static {
    /// The process of the page has ended, for this reason.
    fn died(&self, reason: &'static str);
    /// The system enlarges text by another factor.
    fn rescaled(&self);
    /// A zoom key was pressed.
    fn zoomed(&self, zoom: Zoom);
}

/// Prepares the engine, before the stack's page is opened.
///
/// # Errors
/// The window is gone.
pub(crate) fn prepare(window: &WebviewWindow, listener: impl Listener) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        without_proxy(&view);
        if let Some(context) = view.context() {
            let languages = language::of_the_page();
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_preferred_languages(&languages);
        }
        let page = listener.clone();
        view.connect_web_process_terminated(move |_, reason| page.died(cause(reason)));
        if let Some(settings) = gtk::Settings::default() {
            let text = listener.clone();
            settings.connect_gtk_xft_dpi_notify(move |_| text.rescaled());
        }
        view.connect_key_press_event(move |_, key| match zoom_of(key) {
            Some(zoom) => {
                listener.zoomed(zoom);
                glib::Propagation::Stop
            }
            None => glib::Propagation::Proceed,
        });
    })
}

/// Closes a window with its page: the engine takes a page out of its window when the page closes itself.
///
/// # Errors
/// The window is gone.
pub(crate) fn close_with_page(window: &WebviewWindow) -> tauri::Result<()> {
    let closed = window.clone();
    window.with_webview(move |webview| {
        webview.inner().connect_destroy(move |_| {
            // It is gone already where the page was closed with it.
            let _ = closed.destroy();
        });
    })
}

/// Disables proxies. The page comes from this process and loads nothing from elsewhere, but GLib sends requests for
/// this machine through the proxies of environment and desktop too. A proxy elsewhere cannot reach this machine,
/// and would see the launch token.
fn without_proxy(view: &WebView) {
    match view.website_data_manager() {
        Some(data) => data.set_network_proxy_settings(NetworkProxyMode::NoProxy, None),
        None => tracing::warn!("the web view has no network settings"),
    }
}

fn cause(reason: WebProcessTerminationReason) -> &'static str {
    match reason {
        WebProcessTerminationReason::Crashed => "crashed",
        WebProcessTerminationReason::ExceededMemoryLimit => "exceeded its memory limit",
        WebProcessTerminationReason::TerminatedByApi => "ended by the program",
        _ => "ended",
    }
}

/// The zoom keys of browsers.
fn zoom_of(key: &gdk::EventKey) -> Option<Zoom> {
    use gdk::keys::constants as keys;
    if !key.state().contains(gdk::ModifierType::CONTROL_MASK)
        || key
            .state()
            .intersects(gdk::ModifierType::MOD1_MASK | gdk::ModifierType::SUPER_MASK)
    {
        return None;
    }
    let is = |wanted: &[gdk::keys::Key]| wanted.contains(&key.keyval());
    if is(&[keys::plus, keys::equal, keys::KP_Add]) {
        Some(Zoom::In)
    } else if is(&[keys::minus, keys::KP_Subtract]) {
        Some(Zoom::Out)
    } else if is(&[keys::_0, keys::KP_0]) {
        Some(Zoom::Reset)
    } else {
        None
    }
}

/// The factor by which the system enlarges text. WebKitGTK enlarges the whole page by it.
pub(crate) fn text_scale() -> f64 {
    const USUAL_DPI: f64 = 96.0;
    let dpi = gdk::Screen::default().map_or(USUAL_DPI, |screen| screen.resolution());
    // GDK returns -1 when it is unknown.
    if dpi > 0.0 { dpi / USUAL_DPI } else { 1.0 }
}
