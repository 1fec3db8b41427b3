//! The texts of the shell. Each language's texts are `shell.json` in its folder of the page's languages. The build
//! script reads all of them, so a missing text fails the build.

use serde::Deserialize;

/// The texts of one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    /// Languages whose users see this one, because they have no texts of their own.
    pub(crate) stands_in_for: Vec<String>,
    pub(crate) starting: String,
    pub(crate) page_not_come: String,
    pub(crate) page_died: String,
    pub(crate) page_not_shown: String,
    pub(crate) what_to_do: String,
    pub(crate) run_doctor: String,
    pub(crate) or_in_a_browser: String,
    pub(crate) try_again: String,
    pub(crate) has_stopped: String,
    pub(crate) cannot_start: String,
    pub(crate) code: String,
    pub(crate) data_directory: String,
    pub(crate) details: String,
    pub(crate) or_another_directory: String,
    pub(crate) failures: Failures,
}

/// Texts about failures, by code.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Failures {
    pub(crate) data_dir_locked: Explained,
    pub(crate) data_dir_unwritable: Explained,
    pub(crate) disk_full: Explained,
    pub(crate) data_dir_newer: Explained,
    pub(crate) data_dir_unreadable: Explained,
    pub(crate) database_damaged: Explained,
    pub(crate) system_error: Explained,
    pub(crate) path_not_utf8: Explained,
    pub(crate) data_dir_missing: Explained,
    pub(crate) problem_not_switched: Explained,
    pub(crate) defect: Explained,
    pub(crate) database_error: Explained,
    pub(crate) wallets_unreadable: Explained,
    pub(crate) recording_unreadable: Explained,
    pub(crate) recording_not_written: Explained,
    pub(crate) script_invalid: Explained,
    pub(crate) data_dir_unknown: Explained,
    pub(crate) settings_invalid: Explained,
    pub(crate) port_in_use: Explained,
    pub(crate) stopped: Explained,
}

/// A cause in one sentence, and what a person can do about it. In an advice, `{dir}` stands for the data directory.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Explained {
    pub(crate) sentence: String,
    pub(crate) advice: Vec<String>,
}
