//! Computes the sizes of the window and of its page, which never exceed the screen. Pure; lengths are logical
//! pixels.

use serde::{Deserialize, Serialize};

/// The smallest page on which every layout holds, in CSS pixels.
const LEAST_PAGE: Size = Size {
    width: 1024.0,
    height: 640.0,
};
/// Size of the first window, for text of the usual size.
const USUAL: Size = Size {
    width: 1280.0,
    height: 800.0,
};
/// The smallest window in which text can be read.
const LEAST_WINDOW: Size = Size {
    width: 640.0,
    height: 400.0,
};
/// Assumed height of the title bar; the real one is known only once the window is open.
const TITLE_BAR: f64 = 40.0;
/// The zoom steps of browsers.
const STEPS: [f64; 10] = [0.5, 0.67, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0];

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Size {
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Size {
    fn within(self, most: Self) -> Self {
        Self {
            width: self.width.min(most.width),
            height: self.height.min(most.height),
        }
    }

    fn at_least(self, least: Self) -> Self {
        Self {
            width: self.width.max(least.width),
            height: self.height.max(least.height),
        }
    }

    fn times(self, factor: f64) -> Self {
        Self {
            width: self.width * factor,
            height: self.height * factor,
        }
    }
}

/// The free area of a screen, without panels and docks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) size: Size,
}

impl Area {
    /// The room for the inside of a window.
    fn inside(&self) -> Size {
        Size {
            width: self.size.width,
            height: self.size.height - TITLE_BAR,
        }
    }

    /// Whether a window of this size fills the area, which counts as maximised.
    pub(crate) fn is_filled_by(&self, size: Size) -> bool {
        size.width >= self.size.width && size.height >= self.inside().height
    }
}

/// The stored state of the window. The position is absent while it is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedWindow {
    #[serde(flatten)]
    pub(crate) size: Size,
    pub(crate) position: Option<(f64, f64)>,
    #[serde(default)]
    pub(crate) maximized: bool,
    #[serde(default = "unzoomed")]
    pub(crate) zoom: f64,
}

fn unzoomed() -> f64 {
    1.0
}

impl SavedWindow {
    /// The state of the first start.
    pub(crate) fn usual(text_scale: f64) -> Self {
        Self {
            size: USUAL.times(text_scale),
            position: None,
            maximized: false,
            zoom: unzoomed(),
        }
    }

    /// The state fitted to the present screens; the first of them is the main one.
    pub(crate) fn on(self, areas: &[Area]) -> Self {
        let holds = |area: &&Area| {
            self.position.is_some_and(|(x, y)| {
                (area.x..area.x + area.size.width).contains(&x)
                    && (area.y..area.y + area.size.height).contains(&y)
            })
        };
        // Without its screen, the window gets a position from the system.
        let there = areas.iter().find(holds);
        let Some(area) = there.or(areas.first()) else {
            return self;
        };
        let size = self.size.at_least(LEAST_WINDOW).within(area.inside());
        let position = there.and(self.position).map(|(x, y)| {
            let last_x = area.x + area.size.width - size.width;
            let last_y = area.y + area.inside().height - size.height;
            (x.min(last_x), y.min(last_y))
        });
        Self {
            size,
            position,
            zoom: self.zoom.clamp(STEPS[0], STEPS[STEPS.len() - 1]),
            ..self
        }
    }
}

/// The smallest window that a user can make on these screens.
pub(crate) fn least_window(areas: &[Area]) -> Size {
    areas
        .iter()
        .fold(LEAST_WINDOW, |least, area| least.within(area.inside()))
}

/// The scale of a page in a window of this size, so that its layout has room. `text_scale` is the factor that the
/// system applies already.
pub(crate) fn fit(window: Size, text_scale: f64) -> f64 {
    let least = LEAST_PAGE.times(text_scale);
    (window.width / least.width)
        .min(window.height / least.height)
        .min(1.0)
}

/// The effect of a key on the zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zoom {
    In,
    Out,
    Reset,
}

impl Zoom {
    pub(crate) fn of(self, zoom: f64) -> f64 {
        /// Tolerance of comparing zoom steps.
        const NEAR: f64 = 0.001;
        match self {
            Self::Reset => unzoomed(),
            Self::In => *STEPS.iter().find(|step| **step > zoom + NEAR).unwrap_or(&zoom),
            Self::Out => *STEPS.iter().rfind(|step| **step < zoom - NEAR).unwrap_or(&zoom),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn size(width: f64, height: f64) -> Size {
        Size { width, height }
    }

    fn area(x: f64, y: f64, width: f64, height: f64) -> Area {
        Area {
            x,
            y,
            size: size(width, height),
        }
    }

    fn kept(width: f64, height: f64, position: Option<(f64, f64)>) -> SavedWindow {
        SavedWindow {
            size: size(width, height),
            position,
            maximized: false,
            zoom: 1.0,
        }
    }

    #[test]
    fn no_window_is_larger_than_what_is_free_on_its_screen() {
        for text_scale in [1.0, 1.25, 1.5, 2.0] {
            for (width, height) in [
                (1366.0, 768.0),
                (1280.0, 680.0),
                (1024.0, 768.0),
                (800.0, 600.0),
                (960.0, 540.0),
                (3840.0, 2160.0),
                (1080.0, 1920.0),
                (640.0, 360.0),
            ] {
                let areas = [area(0.0, 24.0, width, height)];
                let first = SavedWindow::usual(text_scale).on(&areas);
                assert!(first.size.width <= width && first.size.height + TITLE_BAR <= height);
                let least = least_window(&areas);
                assert!(least.width <= first.size.width && least.height <= first.size.height);
                // The page's room in CSS pixels, whatever the size of the window is.
                let zoom = fit(first.size, text_scale) * text_scale;
                assert!(
                    first.size.width / zoom >= LEAST_PAGE.width - 0.5,
                    "{width}×{height}"
                );
                assert!(
                    first.size.height / zoom >= LEAST_PAGE.height - 0.5,
                    "{width}×{height}"
                );
            }
        }
    }

    #[test]
    fn a_window_comes_back_where_it_was_as_far_as_there_is_room() {
        let screens = [area(0.0, 0.0, 1920.0, 1050.0), area(1920.0, 0.0, 1280.0, 1024.0)];
        let check = |kept: SavedWindow, size: (f64, f64), position: Option<(f64, f64)>| {
            let found = kept.on(&screens);
            assert_eq!((found.size.width, found.size.height), size, "{kept:?}");
            assert_eq!(found.position, position, "{kept:?}");
        };
        let there = Some((100.0, 60.0));
        check(kept(1200.0, 700.0, there), (1200.0, 700.0), there);
        let second = Some((1950.0, 10.0));
        check(kept(1900.0, 1000.0, second), (1280.0, 984.0), Some((1920.0, 0.0)));
        // Its screen is gone.
        check(kept(1200.0, 700.0, Some((4000.0, 0.0))), (1200.0, 700.0), None);
        check(kept(1200.0, 700.0, None), (1200.0, 700.0), None);
        assert_eq!(kept(5.0, 5.0, there).on(&[]), kept(5.0, 5.0, there));
    }

    #[test]
    fn a_page_is_made_smaller_only_where_its_layout_has_no_room() {
        let check = |width, height, text_scale, expected: f64| {
            let found = fit(size(width, height), text_scale);
            assert!(
                (found - expected).abs() < 0.001,
                "{width}×{height} at {text_scale}: {found}"
            );
        };
        check(1280.0, 800.0, 1.0, 1.0);
        check(1024.0, 640.0, 1.0, 1.0);
        check(800.0, 560.0, 1.0, 0.781);
        check(1280.0, 800.0, 1.5, 0.833);
        check(1920.0, 1040.0, 1.5, 1.0);
        check(1920.0, 1040.0, 2.0, 0.8125);
    }

    #[test]
    fn keys_go_through_the_steps_and_stop_at_the_ends() {
        let check = |zoom: Zoom, from: f64, expected: f64| {
            let found = zoom.of(from);
            assert!((found - expected).abs() < 0.0001, "{zoom:?} of {from}: {found}");
        };
        check(Zoom::In, 1.0, 1.1);
        check(Zoom::Out, 1.0, 0.9);
        check(Zoom::In, 2.0, 2.0);
        check(Zoom::Out, 0.5, 0.5);
        check(Zoom::In, 0.93, 1.0);
        check(Zoom::Reset, 1.5, 1.0);
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let text = serde_json::to_string(&kept(1200.0, 700.0, Some((1.0, 2.0)))).unwrap();
        assert_eq!(
            serde_json::from_str::<SavedWindow>(&text).unwrap(),
            kept(1200.0, 700.0, Some((1.0, 2.0)))
        );
        // Sizes that no window can have are ignored.
        let wild: SavedWindow =
            serde_json::from_str(r#"{"width":-5,"height":1e9,"position":null,"zoom":90}"#).unwrap();
        let found = wild.on(&[area(0.0, 0.0, 1280.0, 720.0)]);
        assert!(found.size.height <= 680.0 && found.size.width >= LEAST_WINDOW.width && found.zoom <= 2.0);
    }
}
