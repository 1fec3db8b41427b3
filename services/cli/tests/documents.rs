//! Checks what the documents say about commands: the reference is that of this build, and every command shown
//! is accepted.
#![allow(clippy::unwrap_used)]

#[path = "../../stack/tests/support/files.rs"]
mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const MARK: &str =
    "<!-- Generated from the program by `UPDATE_DOCS=1 cargo test --workspace --test documents`. -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// Returns the paths of all documents that show commands.
fn documents() -> Vec<(PathBuf, String)> {
    let at_the_root = ["README.md", "CONTRIBUTING.md"].map(|page| root().join(page));
    let pages = files::below(&root().join("docs"), ".md").chain(at_the_root);
    let read = |file: PathBuf| (file.clone(), fs::read_to_string(file).unwrap());
    pages.map(read).collect()
}

/// Returns the commands in back quotes and code blocks that begin with `program`, without what follows `#`, `|` or
/// `;`.
fn commands(text: &str, program: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
            continue;
        }
        let pieces: Vec<&str> = if in_block {
            line.split(';').collect()
        } else {
            line.split('`')
                .skip(1)
                .step_by(2)
                .flat_map(|code| code.split(';'))
                .collect()
        };
        for piece in pieces {
            let command = piece.split(['#', '…', '<']).next().unwrap_or_default().trim();
            let begins = command.strip_prefix(program);
            if begins.is_some_and(|rest| rest.starts_with([' ', '/'])) {
                found.push(command.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_reference_is_that_of_this_build() {
    let file = root().join("docs/command-line.md");
    let text = fs::read_to_string(&file).unwrap();
    let by_hand = text.split(MARK).next().unwrap();
    let whole = format!("{by_hand}{MARK}{}", reelscope_cli::reference());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &whole).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written == whole,
        "docs/command-line.md differs from the program; UPDATE_DOCS=1 writes it anew"
    );
}

#[test]
fn the_table_of_the_command_line_has_every_command() {
    let text = fs::read_to_string(root().join("docs/command-line.md")).unwrap();
    let by_hand = text.split(MARK).next().unwrap();
    for command in reelscope_cli::command().get_subcommands() {
        let name = command.get_name();
        let has_row = [' ', '`'].iter().any(|end| {
            let row = format!("| `reelscope {name}{end}");
            by_hand.contains(&row)
        });
        assert!(name == "help" || has_row, "no row for `{name}`");
    }
}

#[test]
fn every_command_of_ours_that_a_document_shows_is_understood() {
    let mut count = 0;
    for (file, text) in documents() {
        let by_hand = text.split(MARK).next().unwrap();
        for shown in commands(by_hand, "reelscope") {
            let words = shown.split_whitespace().map(example);
            let read = reelscope_cli::command().try_get_matches_from(words);
            let is_group = reelscope_cli::command()
                .find_subcommand(shown.split(' ').nth(1).unwrap_or_default())
                .is_some_and(clap::Command::has_subcommands);
            let asks_for_help = shown.ends_with("--help");
            assert!(
                read.is_ok() || asks_for_help || (is_group && shown.split(' ').count() == 2),
                "{}: `{shown}`: {}",
                file.display(),
                read.unwrap_err()
            );
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} were found");
}

/// Parts of commands that run until they are stopped, or for long.
const LONG: [&str; 3] = ["serve", "bench", "--count"];

#[test]
fn every_command_that_a_document_shows_and_that_ends_is_run() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let data = data.to_str().unwrap();
    let run = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reelscope"));
        command.args(words).env("RUST_LOG", "error");
        for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env(variable, home.path());
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{words:?}: {output:?}");
    };
    run(&["spin", "--data-dir", data, "--players", "600"]);
    let mut shown = BTreeSet::new();
    for (_, text) in documents() {
        shown.extend(commands(text.split(MARK).next().unwrap(), "reelscope"));
    }
    // Usage lines have optional parts, choices and placeholders other than the data directory.
    let is_usage = |letter: char| letter.is_uppercase() || "[|\\".contains(letter);
    shown.retain(|command| !command.replace("DIR", "").contains(is_usage));
    shown.retain(|command| !LONG.iter().any(|long| command.contains(long)));
    assert!(shown.len() >= 4, "{shown:?}");
    for command in shown {
        let words: Vec<_> = command
            .split(' ')
            .skip(1)
            .map(|word| if word == "DIR" { data } else { word })
            .collect();
        run(&words);
    }
}

/// Makes a word of a usage line concrete: optional parts are kept, the first alternative is chosen, and a placeholder
/// gets a value.
fn example(word: &str) -> String {
    let word = word.replace('\\', "");
    let word = word
        .trim_matches(['[', ']'])
        .split('|')
        .next()
        .unwrap_or_default();
    match word {
        "ID=on" => "slow-rng=on".to_owned(),
        "DSN" => "https://0123456789abcdef0123456789abcdef@sentry.example/1".to_owned(),
        "ADDRESS" => "127.0.0.1:9000".to_owned(),
        "PART" => "collector".to_owned(),
        other => other.to_owned(),
    }
}

#[test]
fn every_script_that_a_document_shows_is_there() {
    let mut count = 0;
    for (file, text) in documents() {
        for shown in commands(&text, "scripts") {
            let script = shown.split(' ').next().unwrap();
            assert!(root().join(script).is_file(), "{}: `{shown}`", file.display());
            count += 1;
        }
        let package = fs::read_to_string(root().join("ui/package.json")).unwrap();
        let package: serde_json::Value = serde_json::from_str(&package).unwrap();
        for shown in commands(&text, "npm run") {
            let script = shown.split(' ').nth(2).unwrap();
            assert!(
                package["scripts"].get(script).is_some(),
                "{}: `{shown}`",
                file.display()
            );
            count += 1;
        }
    }
    assert!(count >= 5, "only {count} were found");
}
