//! Decides whether WebKitGTK draws the window on Linux with the graphics processor or plainly with the CPU.
//!
//! Without a graphics processor WebKitGTK draws through an emulated one, which compiles a shader for everything it
//! draws for the first time. On two cores this costs three seconds of the first start and nearly every frame of the
//! first spins. Drawn plainly, the same reels turn at forty frames a second from the first spin. With NVIDIA's own
//! driver the fast way often shows an empty window.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The environment variable that WebKitGTK reads when its first web process starts. Any value but `0` makes it draw
/// plainly.
pub const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// How the window is drawn, and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawing {
    /// The user has set [`VARIABLE`] to this value.
    AsSet(OsString),
    /// Plainly, because NVIDIA's driver is loaded.
    PlainForNvidia,
    /// Plainly, because there is no graphics processor that programs may use.
    PlainWithoutGraphics,
    /// With the graphics processor.
    Graphics,
}

impl Drawing {
    /// Decides for this process and this machine.
    #[must_use]
    pub fn of_this_machine() -> Self {
        Self::of(std::env::var_os(VARIABLE), Path::new("/"))
    }

    /// Decides for a value of [`VARIABLE`], on a machine whose file system begins at `root`.
    #[must_use]
    pub fn of(variable: Option<OsString>, root: &Path) -> Self {
        if let Some(value) = variable {
            Self::AsSet(value)
        } else if root.join("proc/driver/nvidia").exists() {
            Self::PlainForNvidia
        } else if has_graphics(&root.join("dev/dri")) {
            Self::Graphics
        } else {
            Self::PlainWithoutGraphics
        }
    }

    /// Whether the program has to set [`VARIABLE`].
    #[must_use]
    pub fn is_to_be_set(&self) -> bool {
        matches!(self, Self::PlainForNvidia | Self::PlainWithoutGraphics)
    }
}

/// Whether there is a render node: Linux has one for each graphics processor that programs may use.
fn has_graphics(devices: &Path) -> bool {
    std::fs::read_dir(devices)
        .is_ok_and(|entries| entries.flatten().any(|entry| is_render_node(&entry.file_name())))
}

fn is_render_node(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"renderD")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn who_draws_follows_the_machine_unless_somebody_has_said_it() {
        let check = |variable: Option<&str>, files: &[&str], expected: Drawing| {
            let root = tempfile::tempdir().unwrap();
            for file in files {
                std::fs::create_dir_all(root.path().join(file)).unwrap();
            }
            let found = Drawing::of(variable.map(OsString::from), root.path());
            assert_eq!(found, expected, "{variable:?} {files:?}");
        };
        let as_set = |value: &str| Drawing::AsSet(value.into());
        check(None, &[], Drawing::PlainWithoutGraphics);
        check(
            None,
            &["dev/dri/card0", "dev/dri/by-path"],
            Drawing::PlainWithoutGraphics,
        );
        check(None, &["dev/dri/renderD128"], Drawing::Graphics);
        check(
            None,
            &["dev/dri/renderD128", "proc/driver/nvidia"],
            Drawing::PlainForNvidia,
        );
        check(Some("0"), &["proc/driver/nvidia"], as_set("0"));
        check(Some("1"), &["dev/dri/renderD128"], as_set("1"));
        check(Some(""), &[], as_set(""));
    }

    #[test]
    fn only_what_nobody_has_set_is_to_be_set() {
        assert!(Drawing::PlainForNvidia.is_to_be_set() && Drawing::PlainWithoutGraphics.is_to_be_set());
        assert!(!Drawing::Graphics.is_to_be_set() && !Drawing::AsSet("0".into()).is_to_be_set());
    }
}
