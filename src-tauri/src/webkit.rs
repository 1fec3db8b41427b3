//! What has to be said to WebKitGTK itself, since Tauri has no words for it.

use gtk::prelude::*;
use gtk::{gdk, glib};
use tauri::WebviewWindow;
use tokio::sync::mpsc::UnboundedSender;
use webkit2gtk::{
    NetworkProxyMode, WebContextExt, WebProcessTerminationReason, WebView, WebViewExt, WebsiteDataManagerExt,
};

use crate::frame::Frame;
use crate::language;
use crate::screen::Zoom;
use crate::window::Event;

/// Readies the engine, before the page of the stack is opened.
///
/// # Errors
/// When the window is gone already.
pub(crate) fn prepare(
    window: &WebviewWindow,
    events: UnboundedSender<Event>,
    frame: Frame,
) -> tauri::Result<()> {
    window.with_webview(move |webview| {
        let view = webview.inner();
        without_proxy(&view);
        if let Some(context) = view.context() {
            let languages = language::of_the_page();
            let languages: Vec<&str> = languages.iter().map(String::as_str).collect();
            context.set_preferred_languages(&languages);
        }
        view.connect_web_process_terminated(move |_, reason| {
            // Nobody listens any more when the program is ending.
            let _ = events.send(Event::Died(cause(reason)));
        });
        if let Some(settings) = gtk::Settings::default() {
            let frame = frame.clone();
            settings.connect_gtk_xft_dpi_notify(move |_| frame.scale_page());
        }
        view.connect_key_press_event(move |_, key| match zoom_of(key) {
            Some(zoom) => {
                frame.zoom(zoom);
                glib::Propagation::Stop
            }
            None => glib::Propagation::Proceed,
        });
    })
}

/// The page comes from this process and loads nothing from elsewhere. GLib asks the proxies of the environment and of
/// the desktop for addresses of this machine too: a proxy elsewhere cannot reach them, and would be told the token of
/// the launch.
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

/// The keys that browsers have for it.
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

/// By how much the system enlarges text. WebKitGTK enlarges the whole page by it, as a zoom would.
pub(crate) fn text_scale() -> f64 {
    const USUAL_DPI: f64 = 96.0;
    let dpi = gdk::Screen::default().map_or(USUAL_DPI, |screen| screen.resolution());
    // Without an answer GDK says -1.
    if dpi > 0.0 { dpi / USUAL_DPI } else { 1.0 }
}
