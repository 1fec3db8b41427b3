//! What the splash page says, in Russian and in English.

use std::path::{Path, PathBuf};

use reelscope_stack::StartError;
use serde::Serialize;
use tauri::Url;

use crate::language::Language;

/// The argument of `say` in splash.js.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    lang: Language,
    kind: Kind,
    title: &'static str,
    sentences: Vec<String>,
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
    /// The start takes longer than a moment.
    pub(crate) fn waiting(lang: Language) -> Self {
        let title = lang.pick("Запускаем сервисы…", "Starting the services…");
        Self::of(lang, Kind::Waiting, title)
    }

    /// The stack runs, but its page cannot be seen. `home` is where to try again.
    pub(crate) fn unshown(lang: Language, why: Unshown, home: Option<Url>) -> Self {
        let sentence = match why {
            Unshown::NotCome => lang.pick(
                "Страница не загрузилась вовремя. Сервисы работают.",
                "The page did not load in time. The services are running.",
            ),
            Unshown::Died => lang.pick(
                "Процесс страницы несколько раз подряд завершился аварийно. Сервисы работают.",
                "The process of the page crashed several times in a row. The services are running.",
            ),
        };
        let title = lang.pick("Не удалось показать страницу", "The page cannot be shown");
        Self {
            sentences: vec![sentence.to_owned()],
            advice_title: lang.pick("Что делать", "What to do"),
            advice: vec![
                lang.pick(
                    "Выполните «reelscope doctor», чтобы узнать причину.",
                    "Run “reelscope doctor” to find out what is wrong.",
                ),
                lang.pick(
                    "Или откройте Reelscope в браузере: закройте это окно, выполните «reelscope serve» и откройте адрес, который он напечатает.",
                    "Or open Reelscope in a browser: close this window, run “reelscope serve”, and open the address that it prints.",
                ),
            ],
            onward: home.map(|url| Onward {
                label: lang.pick("Повторить", "Try again"),
                url,
            }),
            ..Self::of(lang, Kind::Failure, title)
        }
    }

    /// The stack does not run.
    pub(crate) fn failure(lang: Language, failure: &Failure) -> Self {
        let title = if failure.code == STOPPED {
            lang.pick("Reelscope остановился", "Reelscope has stopped")
        } else {
            lang.pick("Не удалось запустить Reelscope", "Reelscope cannot start")
        };
        let (sentence, advice) = explain(lang, failure.code);
        let mut facts = vec![Fact {
            name: lang.pick("Код", "Code"),
            value: format!("{} ({})", failure.code, failure.exit_code),
        }];
        if let Some(dir) = &failure.data_dir {
            facts.push(Fact {
                name: lang.pick("Папка с данными", "Data directory"),
                value: dir.display().to_string(),
            });
        }
        facts.push(Fact {
            name: lang.pick("Подробности", "Details"),
            value: failure.details.clone(),
        });
        Self {
            sentences: vec![sentence.to_owned()],
            advice_title: lang.pick("Что делать", "What to do"),
            advice,
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
            advice_title: "",
            advice: Vec::new(),
            facts: Vec::new(),
            onward: None,
        }
    }
}

/// Why the stack's page cannot be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unshown {
    /// It did not come, or did not draw itself.
    NotCome,
    /// Its process ends whenever it is started.
    Died,
}

/// Code of a stack that ran and ended by itself: it can be started again, so it is not said that it cannot.
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

    /// The system knows no place for the user's data.
    pub(crate) fn no_data_dir() -> Self {
        Self {
            code: "data_dir_unknown",
            exit_code: 13,
            details: "the system provides no data directory for this user".to_owned(),
            data_dir: None,
        }
    }

    /// A part of the stack ended by itself.
    pub(crate) fn stopped(last_words: String, data_dir: Option<PathBuf>) -> Self {
        Self {
            code: STOPPED,
            exit_code: 1,
            details: last_words,
            data_dir,
        }
    }

    /// The exit code of the process once its window is closed.
    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code
    }

    /// One line for the log.
    pub(crate) fn details(&self) -> &str {
        &self.details
    }
}

/// The cause in a sentence, and what a person can do about it.
fn explain(lang: Language, code: &str) -> (&'static str, Vec<&'static str>) {
    let other_dir = lang.pick(
        "Или укажите другую папку: reelscope-desktop --data-dir ПАПКА",
        "Or use another directory: reelscope-desktop --data-dir DIR",
    );
    match code {
        "data_dir_locked" => (
            lang.pick(
                "Папка с данными занята другим запущенным Reelscope.",
                "The data directory is in use by another Reelscope.",
            ),
            vec![
                lang.pick(
                    "Закройте другой Reelscope или остановите «reelscope serve» и запустите снова.",
                    "Close the other Reelscope or stop “reelscope serve”, then start again.",
                ),
                other_dir,
            ],
        ),
        "data_dir_unwritable" => (
            lang.pick(
                "Не удаётся записать в папку с данными.",
                "Reelscope cannot write to the data directory.",
            ),
            vec![
                lang.pick(
                    "Проверьте, что это папка, а не файл, и что у вас есть право записи в неё.",
                    "Check that it is a directory, not a file, and that you have write permission.",
                ),
                other_dir,
            ],
        ),
        "disk_full" => (
            lang.pick("На диске закончилось место.", "The disk is full."),
            vec![
                lang.pick(
                    "Освободите место и запустите снова: уже записанные данные сохранены.",
                    "Free some space and start again: data written so far is kept.",
                ),
                other_dir,
            ],
        ),
        "data_dir_newer" => (
            lang.pick(
                "Эти данные записаны более новой версией Reelscope.",
                "The data was written by a newer Reelscope.",
            ),
            vec![
                lang.pick(
                    "Установите новую версию. Эта версия данные не изменила.",
                    "Install the newer version. This one did not change the data.",
                ),
                other_dir,
            ],
        ),
        "data_dir_unreadable" => (
            lang.pick("Данные не удаётся прочитать.", "The data cannot be read."),
            vec![
                lang.pick(
                    "Выполните «reelscope doctor», чтобы узнать причину.",
                    "Run “reelscope doctor” to find out what is wrong.",
                ),
                other_dir,
            ],
        ),
        "data_dir_unknown" => (
            lang.pick(
                "Не удалось определить, где хранить данные.",
                "Could not determine where to store data.",
            ),
            vec![lang.pick(
                "Укажите папку: reelscope-desktop --data-dir ПАПКА",
                "Specify a directory: reelscope-desktop --data-dir DIR",
            )],
        ),
        "settings_invalid" => (
            lang.pick(
                "В настройках ошибка.",
                "The settings are invalid.",
            ),
            vec![
                lang.pick(
                    "Исправьте или удалите файл настроек (путь — в подробностях): без него используются значения по умолчанию.",
                    "Fix or remove the settings file (see Details): without it, defaults are used.",
                ),
                lang.pick(
                    "Если файл в порядке, проверьте переменные окружения, которые начинаются с SENTRY_.",
                    "If the file is correct, check the environment variables that start with SENTRY_.",
                ),
            ],
        ),
        "port_in_use" | "cannot_listen" => (
            lang.pick(
                "Не удалось открыть порт на 127.0.0.1.",
                "Could not open a port on 127.0.0.1.",
            ),
            vec![lang.pick(
                "Проверьте, не блокирует ли его брандмауэр или антивирус. Порт доступен только с этого компьютера.",
                "Check whether a firewall or antivirus blocks it. The port is open to this computer only.",
            )],
        ),
        _ => (
            lang.pick(
                "Сервисы неожиданно остановились.",
                "The services stopped unexpectedly.",
            ),
            vec![lang.pick(
                "Закройте окно и запустите снова: незавершённые платежи будут рассчитаны или возвращены при запуске.",
                "Close the window and start again: unfinished payments are settled or returned on start.",
            )],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_that_ran_is_not_said_to_be_unable_to_start() {
        let title = |failure: &Failure| Message::failure(Language::En, failure).title;
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
        for language in [Language::Ru, Language::En] {
            let json = serde_json::to_value(Message::failure(language, &failure)).unwrap();
            assert_eq!(json["kind"], "failure");
            assert_eq!(json["facts"][0]["value"], "data_dir_unwritable (13)");
            assert_eq!(json["facts"][1]["value"], "/tmp/d");
            assert_eq!(json["facts"][2]["value"], "</script><b>");
            assert_eq!(json["advice"].as_array().unwrap().len(), 2);
        }
    }
}
