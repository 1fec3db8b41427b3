//! The files of the repository, for tests that read them.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// Every file below `folder` whose name ends with `ending`, without what a build or a download has put there.
pub(crate) fn below(folder: &Path, ending: &'static str) -> impl Iterator<Item = PathBuf> + use<> {
    let is_ours = |entry: &DirEntry| {
        let name = entry.file_name().to_string_lossy();
        !name.starts_with('.') && !["target", "node_modules", "dist"].contains(&&*name)
    };
    let entries = WalkDir::new(folder).into_iter().filter_entry(is_ours);
    let paths = entries.map(|entry| entry.unwrap().into_path());
    paths.filter(move |path| path.to_string_lossy().ends_with(ending))
}
