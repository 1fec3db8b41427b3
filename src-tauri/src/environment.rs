//! The environment of the window on Linux: the variables for WebKitGTK, and the display.

use std::io::Write;

use reelscope_stack::drawing::{Drawing, VARIABLE};

/// Keeps GTK from asking an OpenGL driver for its visuals. Without a graphics processor that driver is an
/// emulation, and loading it takes a tenth of a second of the start.
const WITHOUT_OPENGL: (&str, &str) = ("GDK_GL", "disable");

/// Sets the variables that make GTK and WebKitGTK draw plainly where they have to. The environment of a process
/// must not be read while it is changed, so `main` calls this first, before there is a second thread.
pub(crate) fn settle() {
    let drawing = Drawing::of_this_machine();
    if drawing.is_to_be_set() {
        set(VARIABLE, "1");
    }
    let (name, value) = WITHOUT_OPENGL;
    if drawing == Drawing::PlainWithoutGraphics && std::env::var_os(name).is_none() {
        set(name, value);
    }
}

fn set(name: &str, value: &str) {
    if let Err(error) = gtk::glib::setenv(name, value, true) {
        // Without the variable the window is merely slower.
        let _ = writeln!(
            std::io::stderr(),
            "reelscope-desktop: {name} could not be set: {error}"
        );
    }
}

/// Connects to the display. Tauri panics without one.
///
/// # Errors
/// A sentence about what is missing.
pub(crate) fn display() -> Result<(), String> {
    gtk::init().map_err(|_| no_display(|name| std::env::var(name).ok()))
}

fn no_display(variable: impl Fn(&str) -> Option<String>) -> String {
    let set: Vec<_> = ["GDK_BACKEND", "WAYLAND_DISPLAY", "DISPLAY"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", variable(name)?)))
        .collect();
    let set = if set.is_empty() {
        "neither DISPLAY nor WAYLAND_DISPLAY is set".to_owned()
    } else {
        set.join(", ")
    };
    format!(
        "there is no display for the window ({set}); run `reelscope serve` and open its address in a browser"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_display_is_told_with_what_was_set() {
        let check = |set: &[(&str, &str)], words: &str| {
            let told = no_display(|name| {
                let (_, value) = set.iter().find(|(set, _)| *set == name)?;
                Some((*value).to_owned())
            });
            assert!(told.contains(words), "{told}");
            assert!(told.contains("reelscope serve"), "{told}");
        };
        check(&[], "neither DISPLAY nor WAYLAND_DISPLAY is set");
        check(
            &[("GDK_BACKEND", "wayland"), ("DISPLAY", ":0")],
            "(GDK_BACKEND=wayland, DISPLAY=:0)",
        );
    }
}
