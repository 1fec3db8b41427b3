//! Where this program keeps its files unless it is told otherwise.

use std::path::PathBuf;

use directories::ProjectDirs;

/// The operating system's directory for user data of this program; `None` without a home directory.
#[must_use]
pub fn default_data_dir() -> Option<PathBuf> {
    project().map(|dirs| dirs.data_dir().to_owned())
}

/// Path of the settings file; `None` without a home directory.
pub(crate) fn settings_file() -> Option<PathBuf> {
    project().map(|dirs| dirs.config_dir().join("settings.json"))
}

/// The directories of this program; `None` for a relative home directory, which would depend on where the program
/// starts.
fn project() -> Option<ProjectDirs> {
    ProjectDirs::from("dev", "Reelscope", "Reelscope").filter(|dirs| dirs.data_dir().is_absolute())
}
