//! Has this crate compiled again once the page is built, because `rust_embed` looks for its folder while it compiles.

use std::path::Path;

fn main() {
    let page = "../../ui/dist/browser/index.html";
    // A file that is missing counts as changed in every build; one that is there is watched by what embeds it.
    let watched = if Path::new(page).exists() {
        "build.rs"
    } else {
        page
    };
    println!("cargo:rerun-if-changed={watched}");
}
