//! Embeds the splash page, the icons, the configuration, and the shell's texts in each language.

use std::path::Path;
use std::{env, fs};

#[allow(dead_code)] // read here, and used by the program
#[path = "src/words.rs"]
mod words;

/// Folder of the page's languages, one subfolder each.
const LANGUAGES: &str = "../ui/src/app/core/i18n/languages";
/// Language for users of other languages.
const FALLBACK: &str = "en";

fn main() {
    println!("cargo::rerun-if-changed={LANGUAGES}");
    let folders = fs::read_dir(LANGUAGES).expect("the page's languages are beside the shell");
    let mut codes: Vec<String> = folders
        .map(|folder| {
            folder
                .expect("a folder of a language")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    codes.sort_by_key(|code| (code != FALLBACK, code.clone()));
    let files = codes.iter().map(|code| {
        let file = format!("{LANGUAGES}/{code}/shell.json");
        println!("cargo::rerun-if-changed={file}");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        if let Err(error) = serde_json::from_str::<words::Words>(&text) {
            panic!("{file}: {error}");
        }
        format!("({code:?}, {text:?}),\n")
    });
    let list = format!("&[\n{}]", files.collect::<String>());
    let out = env::var("OUT_DIR").expect("cargo says where what is generated belongs");
    fs::write(Path::new(&out).join("languages.rs"), list).expect("the list of languages can be written");
    tauri_build::build();
}
