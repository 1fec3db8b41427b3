//! Files of a store's directory.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Returns the directory of PoloDB's files below `dir`.
pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("db")
}

/// Writes the file `name` in `dir` atomically: after a power cut it holds either the old or the new content.
///
/// # Errors
/// The system's error; the file is unchanged.
pub(crate) fn replace(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let new = dir.join(format!("{name}.new"));
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(new, dir.join(name))?;
    // Windows cannot open directories and makes a rename durable without this step.
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(())
}
