//! Files that a command writes for people to take along.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::failure::Failure;

/// Writes `file`, whole or not at all, and replaces an earlier one, also behind a link. What is no regular file, such as
/// `/dev/stdout`, is written to.
///
/// # Errors
/// A [`Failure`]: `file` is within `data_dir`, whose files are the program's own, or the system refuses.
pub(crate) fn write(file: &Path, content: &[u8], data_dir: &Path) -> Result<(), Failure> {
    let place = file.display();
    let failed = |error: io::Error| format!("{place} could not be written: {error}");
    // `/dev/stdout` may lead to a file that others write too, where output is redirected.
    if ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc"]
        .iter()
        .any(|open| file.starts_with(open))
    {
        let place = OpenOptions::new().append(true).open(file);
        return Ok(place
            .and_then(|mut place| place.write_all(content))
            .map_err(failed)?);
    }
    // Behind a link is where the content belongs, also where it is the first.
    let target = match (fs::canonicalize(file), fs::read_link(file)) {
        (Ok(target), _) => target,
        (Err(_), Ok(link)) => file.parent().unwrap_or(file).join(link),
        (Err(error), Err(_)) if error.kind() == io::ErrorKind::NotFound => file.to_owned(),
        (Err(error), Err(_)) => return Err(failed(error).into()),
    };
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let (folder, data_dir) = (
        fs::canonicalize(folder).map_err(failed)?,
        fs::canonicalize(data_dir).map_err(failed)?,
    );
    if folder.starts_with(&data_dir) {
        let sentence = format!(
            "{place} is within the data directory {}, where it could replace what is stored; choose another place",
            data_dir.display()
        );
        return Err(sentence.into());
    }
    let about = fs::metadata(&target).ok();
    let written = if about.as_ref().is_some_and(|about| !about.is_file()) {
        OpenOptions::new()
            .write(true)
            .open(&target)
            .and_then(|mut place| place.write_all(content))
    } else {
        replace(&folder, &target, about.map(|about| about.permissions()), content)
    };
    Ok(written.map_err(failed)?)
}

fn replace(
    folder: &Path,
    target: &Path,
    permissions: Option<fs::Permissions>,
    content: &[u8],
) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    // As a file that an editor makes: what the user's umask allows.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut new = builder.tempfile_in(folder)?;
    new.write_all(content)?;
    if let Some(permissions) = permissions {
        new.as_file().set_permissions(permissions)?;
    }
    new.as_file().sync_all()?;
    new.persist(target)?;
    // Windows cannot open directories and makes a rename durable without this step.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_of_the_programs_own_is() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir_all(data.join("wallets/db")).unwrap();
        let own = data.join("wallets/db/CURRENT");
        fs::write(&own, "own").unwrap();
        let file = dir.path().join("report.html");
        for content in ["first", "second"] {
            write(&file, content.as_bytes(), &data).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
        }
        for within in [
            own.clone(),
            data.join("new.html"),
            data.join("wallets/../wallets/db/CURRENT"),
        ] {
            assert!(
                write(&within, b"report", &data)
                    .unwrap_err()
                    .sentence
                    .contains("data directory")
            );
        }
        assert_eq!(fs::read_to_string(&own).unwrap(), "own");
        assert!(!data.join("new.html").exists());
        assert!(write(&dir.path().join("none/report.html"), b"report", &data).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_its_file_and_a_device_stays_one() {
        use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (data, file) = (dir.path().join("data"), dir.path().join("report.html"));
        fs::create_dir(&data).unwrap();
        let link = dir.path().join("link");
        fs::write(&file, "first").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        let first = dir.path().join("first");
        symlink(&first, dir.path().join("dangling")).unwrap();
        write(&dir.path().join("dangling"), b"first", &data).unwrap();
        assert!(fs::symlink_metadata(&first).unwrap().is_file());
        symlink(&file, &link).unwrap();
        write(&link, b"second", &data).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "second");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        // Into the data directory by a link.
        symlink(&data, dir.path().join("elsewhere")).unwrap();
        assert!(write(&dir.path().join("elsewhere/report.html"), b"report", &data).is_err());
        write(Path::new("/dev/null"), b"report", &data).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        #[cfg(target_os = "linux")]
        assert!(write(Path::new("/dev/full"), b"report", &data).is_err());
    }
}
