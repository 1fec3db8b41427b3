//! Who draws the window: the graphics processor where there is one, else the processor in the plainest way.
//!
//! Without a graphics processor WebKitGTK draws through an emulated one, which compiles a shader for everything it
//! meets for the first time. On two cores that costs three seconds of the first start and nearly every frame of the
//! first spins. Drawn plainly the same reels turn with forty frames a second from the first spin.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// WebKitGTK reads it once, when its first web process starts.
const PLAIN: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// Starts this program anew, as the same process, with the variable that makes WebKitGTK draw plainly; returns when
/// there is no need. A process that has threads cannot set a variable of its own safely, so this comes first in `main`.
pub(crate) fn plainly_without_graphics() {
    if std::env::var_os(PLAIN).is_some() || has_graphics(Path::new("/dev/dri")) {
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
        .env(PLAIN, "1")
        .exec();
}

/// Linux shows each graphics processor that programs may use as a render node.
fn has_graphics(devices: &Path) -> bool {
    std::fs::read_dir(devices)
        .is_ok_and(|entries| entries.flatten().any(|entry| is_render_node(&entry.file_name())))
}

fn is_render_node(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"renderD")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_render_node_is_a_graphics_processor_and_a_screen_alone_is_none() {
        let check = |name, expected| assert_eq!(is_render_node(OsStr::new(name)), expected, "{name}");
        check("renderD128", true);
        check("card0", false);
        check("by-path", false);
        assert!(!has_graphics(Path::new("/nowhere/at/all")));
    }
}
