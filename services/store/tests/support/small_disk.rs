//! A small disk: a tmpfs in a mount namespace of its own, which ends with the process.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Variable with the directory of the disk.
pub(crate) const DIR: &str = "REELSCOPE_SMALL_DISK";

/// Runs an ignored test of this program in a process that has the disk, or prints that this system does not allow that.
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
pub(crate) fn on_a_small_disk(megabytes: u32, test: &str) {
    let dir = tempfile::tempdir().unwrap();
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-euc"])
            .arg(format!(
                "mount -t tmpfs -o size={megabytes}m none \"$0\"; {script}"
            ))
            .arg(dir.path());
        command
    };
    if !in_namespace("true")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        assert!(
            std::env::var_os("CI").is_none(),
            "this system lets nobody mount a small disk"
        );
        eprintln!("skipped: this system lets nobody mount a small disk");
        return;
    }
    let output = in_namespace("exec \"$1\" --exact \"$2\" --ignored --nocapture")
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .env(DIR, dir.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("1 passed"),
        "{said}"
    );
}

/// Fills all room that is left.
pub(crate) fn fill(dir: &Path) {
    let mut ballast = File::create(dir.join("ballast")).unwrap();
    for size in [64 * 1024, 4 * 1024, 1] {
        while ballast.write_all(&vec![1; size]).is_ok() {}
    }
}
