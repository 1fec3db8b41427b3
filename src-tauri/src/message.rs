//! The messages of the splash page.

use std::path::{Path, PathBuf};

use reelscope_stack::{StartError, StartErrorCode};
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
    advice: Vec<String>,
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
            advice: vec![words.run_doctor.clone(), words.or_in_a_browser.clone()],
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
        let title = if failure.cause == Cause::Stopped {
            &words.has_stopped
        } else {
            &words.cannot_start
        };
        let mut facts = vec![Fact {
            name: &words.code,
            value: format!("{} ({})", failure.cause.name(), failure.exit_code()),
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
        let (Explained { sentence, advice }, has_other_way) = explained(words, failure.cause);
        let other_way = has_other_way.then_some(&words.or_another_directory);
        let advice = advice
            .iter()
            .chain(other_way)
            .map(|phrase| match &failure.data_dir {
                Some(dir) => phrase.replace(DIRECTORY, &quoted(dir)),
                None => phrase.clone(),
            });
        Self {
            sentences: vec![sentence],
            advice: advice.collect(),
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

/// Stands in an advice for the data directory.
const DIRECTORY: &str = "{dir}";

/// What ended the stack, or kept it from starting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    Start(StartErrorCode),
    /// The system has no directory for user data.
    NoDataDir,
    /// It ended by itself. It can be started again, so the message does not say that it cannot start.
    Stopped,
}

impl Cause {
    /// Stable name, for machines.
    fn name(self) -> &'static str {
        match self {
            Self::Start(code) => code.into(),
            Self::NoDataDir => "data_dir_unknown",
            Self::Stopped => "stack_stopped",
        }
    }
}

/// Why the stack does not run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    cause: Cause,
    details: String,
    data_dir: Option<PathBuf>,
}

impl Failure {
    /// The stack did not start.
    pub(crate) fn of_start(error: &StartError, data_dir: &Path) -> Self {
        Self {
            cause: Cause::Start(error.cause()),
            details: error.to_string(),
            data_dir: Some(data_dir.to_owned()),
        }
    }

    /// The system has no directory for user data.
    pub(crate) fn no_data_dir() -> Self {
        Self {
            cause: Cause::NoDataDir,
            details: "the system provides no data directory for this user".to_owned(),
            data_dir: None,
        }
    }

    /// The start itself panicked.
    pub(crate) fn defect(details: String, data_dir: Option<PathBuf>) -> Self {
        Self {
            cause: Cause::Start(StartErrorCode::Defect),
            details,
            data_dir,
        }
    }

    /// A running stack ended by itself.
    pub(crate) fn stopped(last_words: String, data_dir: Option<PathBuf>) -> Self {
        Self {
            cause: Cause::Stopped,
            details: last_words,
            data_dir,
        }
    }

    /// Exit code of the process once its window is closed.
    pub(crate) fn exit_code(&self) -> u8 {
        match self.cause {
            Cause::Start(code) => code.exit_code(),
            Cause::NoDataDir => StartErrorCode::DataDirUnwritable.exit_code(),
            Cause::Stopped => 1,
        }
    }

    /// One line for the log.
    pub(crate) fn details(&self) -> &str {
        &self.details
    }
}

/// The path as a shell reads it as one word.
fn quoted(dir: &Path) -> String {
    let path = dir.display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/\\:._-".contains(letter);
    if path.chars().all(is_plain) {
        path
    } else {
        format!("\"{path}\"")
    }
}

/// The texts for a cause, and whether another data directory is a remedy.
fn explained(words: &Words, cause: Cause) -> (&Explained, bool) {
    let failures = &words.failures;
    match cause {
        Cause::Start(code) => match code {
            StartErrorCode::PortInUse | StartErrorCode::CannotListen => (&failures.port_in_use, false),
            StartErrorCode::DataDirLocked => (&failures.data_dir_locked, true),
            StartErrorCode::DataDirUnwritable => (&failures.data_dir_unwritable, true),
            StartErrorCode::DiskFull => (&failures.disk_full, true),
            StartErrorCode::DataDirNewer => (&failures.data_dir_newer, true),
            StartErrorCode::DataDirUnreadable => (&failures.data_dir_unreadable, true),
            StartErrorCode::SettingsInvalid => (&failures.settings_invalid, false),
            StartErrorCode::DatabaseDamaged => (&failures.database_damaged, true),
            StartErrorCode::SystemError => (&failures.system_error, true),
            StartErrorCode::PathNotUtf8 => (&failures.path_not_utf8, true),
            StartErrorCode::DataDirMissing => (&failures.data_dir_missing, true),
            StartErrorCode::ProblemNotSwitched => (&failures.problem_not_switched, false),
            StartErrorCode::Defect => (&failures.defect, false),
            StartErrorCode::DatabaseError => (&failures.database_error, true),
            StartErrorCode::WalletsUnreadable => (&failures.wallets_unreadable, true),
            StartErrorCode::RecordingUnreadable => (&failures.recording_unreadable, false),
            StartErrorCode::RecordingNotWritten => (&failures.recording_not_written, false),
            StartErrorCode::ScriptInvalid => (&failures.script_invalid, false),
        },
        Cause::NoDataDir => (&failures.data_dir_unknown, false),
        Cause::Stopped => (&failures.stopped, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

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
            cause: Cause::Start(StartErrorCode::DataDirUnwritable),
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

    #[test]
    fn every_start_that_fails_is_told_with_its_own_sentence_and_an_advice() {
        for language in Language::all() {
            let told = |cause| {
                let failure = Failure {
                    cause,
                    details: String::new(),
                    data_dir: Some(PathBuf::from("/home/ada/my data")),
                };
                Message::failure(language, &failure)
            };
            let stopped = told(Cause::Stopped);
            let mut sentences = BTreeSet::new();
            for code in StartErrorCode::ALL {
                let message = told(Cause::Start(*code));
                assert_eq!(message.title, language.words().cannot_start);
                assert_ne!(message.sentences, stopped.sentences, "{code:?}");
                assert!(!message.advice.is_empty(), "{code:?}");
                assert!(!message.advice.concat().contains(DIRECTORY), "{code:?}");
                sentences.insert(message.sentences[0]);
            }
            // A port that is in use and an address that cannot be bound have one.
            assert_eq!(sentences.len(), StartErrorCode::ALL.len() - 1);
            let unreadable = told(Cause::Start(StartErrorCode::DataDirUnreadable));
            let advice = unreadable.advice.concat();
            assert!(
                advice.contains("reelscope doctor --data-dir \"/home/ada/my data\""),
                "{advice}"
            );
        }
    }
}
