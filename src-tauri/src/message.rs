//! The messages of the splash page.

use std::path::{Path, PathBuf};

use reelscope_stack::StartError;
use serde::Serialize;
use tauri::Url;

use crate::language::Language;
use crate::words::{Explained, Words};

/// The argument of `say` in `splash.js`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    lang: Language,
    kind: Kind,
    title: &'static str,
    sentences: Vec<&'static str>,
    advice_title: &'static str,
    advice: Vec<&'static str>,
    facts: Vec<Fact>,
    onward: Option<Onward>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Waiting,
    Failure,
}

#[derive(Debug, Serialize)]
struct Fact {
    name: &'static str,
    value: String,
}

#[derive(Debug, Serialize)]
struct Onward {
    label: &'static str,
    url: Url,
}

impl Message {
    /// The start takes longer than usual.
    pub(crate) fn waiting(lang: Language) -> Self {
        Self::of(lang, Kind::Waiting, &lang.words().starting)
    }

    /// The stack runs, but its page cannot be shown. `home` is the URL to try again.
    pub(crate) fn unshown(lang: Language, why: Unshown, home: Option<Url>) -> Self {
        let words = lang.words();
        let sentence = match why {
            Unshown::NotCome => &words.page_not_come,
            Unshown::Died => &words.page_died,
        };
        Self {
            sentences: vec![sentence],
            advice: vec![&words.run_doctor, &words.or_in_a_browser],
            onward: home.map(|url| Onward {
                label: &words.try_again,
                url,
            }),
            ..Self::of(lang, Kind::Failure, &words.page_not_shown)
        }
    }

    /// The stack does not run.
    pub(crate) fn failure(lang: Language, failure: &Failure) -> Self {
        let words = lang.words();
        let title = if failure.code == STOPPED {
            &words.has_stopped
        } else {
            &words.cannot_start
        };
        let mut facts = vec![Fact {
            name: &words.code,
            value: format!("{} ({})", failure.code, failure.exit_code),
        }];
        if let Some(dir) = &failure.data_dir {
            facts.push(Fact {
                name: &words.data_directory,
                value: dir.display().to_string(),
            });
        }
        facts.push(Fact {
            name: &words.details,
            value: failure.details.clone(),
        });
        let (Explained { sentence, advice }, has_other_way) = explained(words, failure.code);
        let other_way = has_other_way.then_some(&words.or_another_directory);
        Self {
            sentences: vec![sentence],
            advice: advice.iter().chain(other_way).map(String::as_str).collect(),
            facts,
            ..Self::of(lang, Kind::Failure, title)
        }
    }

    fn of(lang: Language, kind: Kind, title: &'static str) -> Self {
        Self {
            lang,
            kind,
            title,
            sentences: Vec::new(),
            advice_title: &lang.words().what_to_do,
            advice: Vec::new(),
            facts: Vec::new(),
            onward: None,
        }
    }
}

/// Why the stack's page cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unshown {
    /// It does not load or does not draw itself.
    NotCome,
    /// Its process ends each time it is started.
    Died,
}

/// Code of a stack that ended by itself. It can be started again, so the message does not say that it cannot start.
const STOPPED: &str = "stack_stopped";

/// Why the stack does not run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    code: &'static str,
    exit_code: u8,
    details: String,
    data_dir: Option<PathBuf>,
}

impl Failure {
    /// The stack did not start.
    pub(crate) fn of_start(error: &StartError, data_dir: &Path) -> Self {
        Self {
            code: error.code(),
            exit_code: error.exit_code(),
            details: error.to_string(),
            data_dir: Some(data_dir.to_owned()),
        }
    }

    /// The system has no directory for user data.
    pub(crate) fn no_data_dir() -> Self {
        Self {
            code: "data_dir_unknown",
            exit_code: 13,
            details: "the system provides no data directory for this user".to_owned(),
            data_dir: None,
        }
    }

    /// A running stack ended by itself.
    pub(crate) fn stopped(last_words: String, data_dir: Option<PathBuf>) -> Self {
        Self {
            code: STOPPED,
            exit_code: 1,
            details: last_words,
            data_dir,
        }
    }

    /// Exit code of the process once its window is closed.
    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// One line for the log.
    pub(crate) fn details(&self) -> &str {
        &self.details
    }
}

/// The texts for a code, and whether another data directory is a remedy.
fn explained<'words>(words: &'words Words, code: &str) -> (&'words Explained, bool) {
    let failures = &words.failures;
    match code {
        "data_dir_locked" => (&failures.data_dir_locked, true),
        "data_dir_unwritable" => (&failures.data_dir_unwritable, true),
        "disk_full" => (&failures.disk_full, true),
        "data_dir_newer" => (&failures.data_dir_newer, true),
        "data_dir_unreadable" => (&failures.data_dir_unreadable, true),
        "data_dir_unknown" => (&failures.data_dir_unknown, false),
        "settings_invalid" => (&failures.settings_invalid, false),
        "port_in_use" | "cannot_listen" => (&failures.port_in_use, false),
        _ => (&failures.stopped, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_ran_is_not_said_to_be_unable_to_start() {
        let title = |failure: &Failure| Message::failure(Language::of_locale("en"), failure).title;
        assert_eq!(
            title(&Failure::stopped("last words".to_owned(), None)),
            "Reelscope has stopped"
        );
        assert_eq!(title(&Failure::no_data_dir()), "Reelscope cannot start");
    }

    #[test]
    fn a_failure_names_its_code_its_directory_and_the_way_out() {
        let failure = Failure {
            code: "data_dir_unwritable",
            exit_code: 13,
            details: "</script><b>".to_owned(),
            data_dir: Some(PathBuf::from("/tmp/d")),
        };
        for language in Language::all() {
            let json = serde_json::to_value(Message::failure(language, &failure)).unwrap();
            assert_eq!(json["kind"], "failure");
            assert_eq!(json["facts"][0]["value"], "data_dir_unwritable (13)");
            assert_eq!(json["facts"][1]["value"], "/tmp/d");
            assert_eq!(json["facts"][2]["value"], "</script><b>");
            assert_eq!(json["advice"].as_array().unwrap().len(), 2);
        }
    }
}
