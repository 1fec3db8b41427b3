//! Small files that are written atomically, also across a power cut, and that only their owner can read.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

/// Replaces the content of `file`; creates its directory when missing. On Unix the mode is 0600.
///
/// # Errors
/// The system's error; `file` is unchanged.
pub fn write(file: &Path, content: &[u8]) -> io::Result<()> {
    let dir = match file.parent() {
        Some(dir) if dir != Path::new("") => dir,
        _ => Path::new("."),
    };
    fs::create_dir_all(dir)?;
    // Its mode is 0600 from the beginning.
    let mut new = NamedTempFile::new_in(dir)?;
    new.write_all(content)?;
    new.as_file().sync_all()?;
    new.persist(file)?;
    // Windows cannot open directories and makes a rename durable without this step.
    #[cfg(unix)]
    fs::File::open(dir)?.sync_all()?;
    Ok(())
}

/// Reads `file`. If others on the machine could read it, sets its mode to 0600; a failure of that is logged only.
///
/// # Errors
/// The system's error.
pub fn read(file: &Path) -> io::Result<Vec<u8>> {
    let content = fs::read(file)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let permissions = fs::metadata(file)?.permissions();
        if permissions.mode() & 0o077 != 0
            && let Err(error) = fs::set_permissions(file, fs::Permissions::from_mode(0o600))
        {
            tracing::warn!(file = %file.display(), %error, "others on this machine can read this file");
        }
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_belongs_to_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("deeper").join("settings.json");
        for content in ["first", "second"] {
            write(&file, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
            }
            assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_could_read_is_its_owners_once_it_is_read() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("settings.json");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        assert_eq!(read(&file).unwrap(), b"old");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
