//! Generates the reference of the command line from clap's definitions. `docs/command-line.md` ends with it.

use std::fmt::Write;

use clap::builder::PossibleValue;
use clap::{Arg, Command};

/// Returns all commands with their arguments as Markdown, in the order of `--help`.
#[must_use]
pub fn reference() -> String {
    let mut text = String::new();
    describe(&crate::command(), "", &mut text);
    text
}

fn describe(command: &Command, above: &str, text: &mut String) {
    let name = format!("{above}{}", command.get_name());
    let shown = |command: &&Command| !command.is_hide_set() && command.get_name() != "help";
    let mut below = command.get_subcommands().filter(shown).peekable();
    if below.peek().is_none() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "\n### `{name}`\n\n{}.\n", about.trim_end_matches('.'));
        let mut arguments = command.get_arguments().filter(|one| is_shown(one)).peekable();
        if arguments.peek().is_some() {
            text.push_str("| argument | what it does |\n|---|---|\n");
        }
        for argument in arguments {
            let _ = writeln!(
                text,
                "| `{}` | {} |",
                cell(&usage(argument)),
                cell(&help(argument))
            );
        }
    }
    for command in below {
        describe(command, &format!("{name} "), text);
    }
}

fn is_shown(argument: &Arg) -> bool {
    !argument.is_hide_set() && argument.get_id() != "help" && argument.get_id() != "version"
}

/// Returns how the argument is written: its flag and its value.
fn usage(argument: &Arg) -> String {
    let names = argument.get_value_names().unwrap_or_default();
    let value = names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>();
    let flag = argument.get_long().map(|long| format!("--{long}"));
    let takes_value = argument.get_action().takes_values();
    flag.into_iter()
        .chain(value.into_iter().filter(|_| takes_value))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Returns what the argument does, its possible values and its default.
fn help(argument: &Arg) -> String {
    let mut text = argument.get_help().map(ToString::to_string).unwrap_or_default();
    let takes_value = argument.get_action().takes_values();
    let values = argument.get_possible_values();
    let values: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    if takes_value && !values.is_empty() {
        let _ = write!(text, " [values: {}]", values.join(", "));
    }
    let defaults = argument.get_default_values().iter();
    let defaults: Vec<_> = defaults.map(|value| value.to_string_lossy()).collect();
    if takes_value && !defaults.is_empty() {
        let _ = write!(text, " [default: {}]", defaults.join(", "));
    }
    text
}

/// Escapes a text for one cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
