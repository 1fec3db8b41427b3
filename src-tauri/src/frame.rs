//! Size and position of the window, the scale of its page, and what is stored of them; what every window begins with.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use reelscope_stack::{Settings, durable};
use tauri::webview::Color;
use tauri::{AppHandle, LogicalPosition, LogicalSize, Manager, Monitor, WebviewWindow, WindowEvent};

use crate::screen::{Area, SavedWindow, Size, Zoom, fit, least_window};

/// Background colour of every page, painted from the first frame, so that no white flashes in a dark room.
pub(crate) const GROUND: Color = Color(10, 12, 17, 255);
/// URL of the empty page, which a window shows before it has another one.
pub(crate) const NOTHING: &str = "about:blank";
/// Name of the file, beside the settings file.
const FILE: &str = "window.json";

/// The frame of the window. Clones share it.
#[derive(Clone)]
pub(crate) struct Frame {
    window: WebviewWindow,
    file: Option<PathBuf>,
    state: Arc<Mutex<State>>,
}

struct State {
    kept: SavedWindow,
    /// The present scale of the page.
    scale: f64,
}

/// Initial position and size of the window, and its minimum size.
pub(crate) struct Begun {
    file: Option<PathBuf>,
    pub(crate) kept: SavedWindow,
    pub(crate) least: Size,
}

/// Reads the stored size and position and fits them to the present screens.
pub(crate) fn begin(app: &AppHandle) -> Begun {
    let file = Settings::file().map(|settings| settings.with_file_name(FILE));
    let read = file.as_ref().and_then(|file| std::fs::read(file).ok());
    // An unreadable file counts as missing, as at the first start.
    let kept = read.and_then(|text| serde_json::from_slice(&text).ok());
    let areas = areas(app);
    Begun {
        file,
        kept: kept
            .unwrap_or_else(|| SavedWindow::usual(text_scale()))
            .on(&areas),
        least: least_window(&areas),
    }
}

/// The free area of each screen, the main screen first.
fn areas(app: &AppHandle) -> Vec<Area> {
    let area = |monitor: &Monitor| {
        let (free, scale) = (monitor.work_area(), monitor.scale_factor());
        let size: LogicalSize<f64> = free.size.to_logical(scale);
        let position: LogicalPosition<f64> = free.position.to_logical(scale);
        Area {
            x: position.x,
            y: position.y,
            size: Size {
                width: size.width,
                height: size.height,
            },
        }
    };
    let main = app.primary_monitor().ok().flatten();
    let all = app.available_monitors().unwrap_or_default();
    let mut areas: Vec<_> = main.iter().chain(&all).map(area).collect();
    areas.dedup();
    areas
}

/// The factor by which the system enlarges text, and with it the page.
fn text_scale() -> f64 {
    #[cfg(target_os = "linux")]
    return crate::webkit::text_scale();
    #[cfg(not(target_os = "linux"))]
    return 1.0;
}

impl Begun {
    /// Follows the size and position of the window from now on.
    pub(crate) fn follow(self, window: &WebviewWindow) -> Frame {
        let frame = Frame {
            window: window.clone(),
            file: self.file,
            state: Arc::new(Mutex::new(State {
                kept: self.kept,
                scale: 1.0,
            })),
        };
        frame.scale_page();
        let follower = frame.clone();
        window.on_window_event(move |event| match event {
            WindowEvent::Resized(_) | WindowEvent::ScaleFactorChanged { .. } => {
                follower.look();
                follower.scale_page();
            }
            WindowEvent::Moved(_) => follower.look(),
            WindowEvent::CloseRequested { .. } => follower.remember(),
            _ => {}
        });
        frame
    }
}

impl Frame {
    /// Applies a zoom key.
    pub(crate) fn zoom(&self, zoom: Zoom) {
        {
            let mut state = self.locked();
            state.kept.zoom = zoom.of(state.kept.zoom);
        }
        self.scale_page();
        self.remember();
    }

    /// Scales the page to the zoom of the user and the room in the window.
    pub(crate) fn scale_page(&self) {
        let Some(size) = self.size() else {
            return;
        };
        let scale = {
            let mut state = self.locked();
            let scale = fit(size, text_scale()) * state.kept.zoom;
            if (scale - state.scale).abs() < 0.001 {
                return;
            }
            state.scale = scale;
            scale
        };
        if let Err(error) = self.window.set_zoom(scale) {
            tracing::warn!(%error, "the page could not be scaled");
        }
    }

    /// Records size and position, unless the window is minimised, maximised or full-screen.
    fn look(&self) {
        let is = |answer: tauri::Result<bool>| answer.unwrap_or(false);
        if is(self.window.is_minimized()) || is(self.window.is_fullscreen()) {
            return;
        }
        let maximized = is(self.window.is_maximized());
        self.locked().kept.maximized = maximized;
        let Some(size) = self.size().filter(|size| !maximized && size.width > 0.0) else {
            return;
        };
        // While a window is maximised, its new size is reported before its state.
        let filled = areas(self.window.app_handle())
            .iter()
            .any(|area| area.is_filled_by(size));
        if filled {
            return;
        }
        let position = self.window.outer_position().ok();
        let scale = self.window.scale_factor().unwrap_or(1.0);
        let position = position.map(|position| position.to_logical::<f64>(scale));
        let mut state = self.locked();
        state.kept.size = size;
        state.kept.position = position.map(|position| (position.x, position.y));
    }

    fn size(&self) -> Option<Size> {
        let scale = self.window.scale_factor().ok()?;
        let size: LogicalSize<f64> = self.window.inner_size().ok()?.to_logical(scale);
        Some(Size {
            width: size.width,
            height: size.height,
        })
    }

    /// Writes the file for the next start.
    pub(crate) fn remember(&self) {
        let Some(file) = &self.file else {
            return;
        };
        let kept = self.locked().kept;
        let written = serde_json::to_vec_pretty(&kept)
            .map_err(std::io::Error::from)
            .and_then(|text| durable::write(file, &text));
        if let Err(error) = written {
            tracing::warn!(%error, file = %file.display(), "the window's size cannot be remembered");
        }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }
}
