//! What surrounds the window on Linux: the variables that WebKitGTK is started with, and the display.

use std::os::unix::process::CommandExt;
use std::process::Command;

use reelscope_stack::drawing::{Drawing, VARIABLE};

/// Starts this program anew, as the same process, with the variable that makes WebKitGTK draw plainly where it has to;
/// returns when there is no need. A process that has threads cannot set a variable of its own safely, so this comes
/// first in `main`.
pub(crate) fn settle() {
    if !Drawing::of_this_machine().is_to_be_set() {
        return;
    }
    let Ok(program) = std::env::current_exe() else {
        return;
    };
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_else(|| program.clone().into());
    // It returns only when it has failed; then the window is merely slower.
    let _ = Command::new(program)
        .arg0(name)
        .args(words)
        .env(VARIABLE, "1")
        .exec();
}

/// Connects to the display, which Tauri takes for granted.
///
/// # Errors
/// A sentence on what is missing.
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
