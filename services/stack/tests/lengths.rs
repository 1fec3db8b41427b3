//! Checks the lengths of files, functions and folders. A longer file or function needs a comment that begins with
//! "Long because", in the head of the file or directly above the function; a folder is divided.
#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Limit of a file, in lines that are neither empty nor comments; its inline tests do not count.
const LINES_OF_A_FILE: usize = 400;
/// Limit of a function, in lines that are neither empty nor comments.
const LINES_OF_A_FUNCTION: usize = 60;
/// Limit of what stands directly in a folder, in lines that are neither empty nor comments.
const LINES_OF_A_FOLDER: usize = 3_000;
const REASON: &str = "Long because";

/// Returns the hand-written source files with this ending below a folder, without tests.
fn sources(folder: &Path, ending: &'static str) -> impl Iterator<Item = PathBuf> {
    let folders = ["tests", "e2e", "fuzz", "gen", "examples", "testing"];
    let of_other = move |part: &str| {
        folders.contains(&part) || ["tests.rs", "schema.ts"].contains(&part) || part.ends_with(".spec.ts")
    };
    files::below(folder, ending).filter(move |path| {
        let below = path.strip_prefix(folder).unwrap();
        !below.iter().any(|part| of_other(part.to_str().unwrap()))
    })
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !["//", "/*", "*"].iter().any(|mark| line.starts_with(mark))
}

/// The lines before the inline tests.
fn code(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.iter().enumerate().position(|(number, line)| {
        let mut below = lines[number + 1..]
            .iter()
            .skip_while(|line| line.starts_with("#["));
        let opens = |line: &&str| line.starts_with("mod ") && line.ends_with('{');
        *line == "#[cfg(test)]" && below.next().is_some_and(opens)
    });
    lines[..tests.unwrap_or(lines.len())].to_vec()
}

/// The lines of a file that are neither empty nor comments, without its inline tests.
fn length(text: &str) -> usize {
    code(text).into_iter().filter(|line| is_code(line)).count()
}

#[test]
fn no_file_is_long_without_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut long = Vec::new();
    let mut count = 0;
    for (folder, ending) in [("services", ".rs"), ("src-tauri", ".rs"), ("ui/src", ".ts")] {
        for file in sources(&root.join(folder), ending) {
            let text = std::fs::read_to_string(&file).unwrap();
            let lines = length(&text);
            let head = text.lines().take_while(|line| !is_code(line));
            let has_reason = head.into_iter().any(|line| line.contains(REASON));
            if lines > LINES_OF_A_FILE && !has_reason {
                long.push((lines, file));
            }
            count += 1;
        }
    }
    assert!(count > 300, "only {count} files were found");
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn no_folder_is_large() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = BTreeMap::<PathBuf, usize>::new();
    let page = [".ts", ".html", ".css"].map(|ending| ("ui/src", ending));
    for (folder, ending) in [("services", ".rs"), ("src-tauri", ".rs")]
        .into_iter()
        .chain(page)
    {
        for file in sources(&root.join(folder), ending) {
            let text = std::fs::read_to_string(&file).unwrap();
            let lines = length(&text);
            *folders.entry(file.parent().unwrap().to_owned()).or_default() += lines;
        }
    }
    assert!(folders.len() > 60, "only {} folders were found", folders.len());
    folders.retain(|_, lines| *lines > LINES_OF_A_FOLDER);
    assert!(folders.is_empty(), "{folders:#?}");
}

/// Returns the name and length of each function, and whether the comment above it gives a reason. Relies on rustfmt:
/// a function ends with a brace in the column in which its first line begins.
fn functions<'a>(lines: &[&'a str]) -> Vec<(&'a str, usize, bool)> {
    let mut found = Vec::new();
    for (first, line) in lines.iter().enumerate() {
        let code = line.trim_start();
        let indent = &line[..line.len() - code.len()];
        let mut words = code.split(' ').skip_while(|word| {
            word.starts_with("pub")
                || ["in", "const", "async", "unsafe"].contains(word)
                || word.ends_with(')')
        });
        if words.next() != Some("fn") || code.ends_with(';') {
            continue;
        }
        let name = words.next().unwrap_or_default();
        let name = name.split(['(', '<']).next().unwrap_or_default();
        let body = &lines[first..];
        let end = body.iter().position(|line| *line == format!("{indent}}}"));
        let length = body[..=end.unwrap_or(0)]
            .iter()
            .filter(|line| is_code(line))
            .count();
        let above = lines[..first].iter().rev();
        let mut above = above.take_while(|line| !is_code(line) || line.trim_start().starts_with("#["));
        found.push((name, length, above.any(|line| line.contains(REASON))));
    }
    found
}

#[test]
fn no_function_is_long_without_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut long = Vec::new();
    let mut count = 0;
    for folder in ["services", "src-tauri"] {
        for file in sources(&root.join(folder), ".rs") {
            let text = std::fs::read_to_string(&file).unwrap();
            for (name, length, has_reason) in functions(&code(&text)) {
                if length > LINES_OF_A_FUNCTION && !has_reason {
                    long.push((length, name.to_owned(), file.clone()));
                }
                count += 1;
            }
        }
    }
    assert!(count > 1_000, "only {count} functions were found");
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn a_long_function_is_found_unless_it_has_a_reason() {
    let body = "    let a = 1;\n".repeat(61);
    let check = |text: &str, expected: &[(&str, usize, bool)]| {
        assert_eq!(functions(&code(text)), expected);
    };
    check(
        &format!("pub(crate) async fn one() {{\n{body}}}\n"),
        &[("one", 63, false)],
    );
    check(
        &format!("/// Long because of this.\n#[must_use]\nfn two<T>() {{\n{body}}}\n"),
        &[("two", 63, true)],
    );
    check("trait A {\n    fn b();\n}\nfn c() {\n}\n", &[("c", 2, false)]);
}
