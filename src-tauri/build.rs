//! Embeds the splash page, the icons and the configuration.

fn main() {
    tauri_build::build();
}
