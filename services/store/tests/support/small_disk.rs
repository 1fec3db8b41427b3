//! A small disk: a tmpfs in a mount namespace of its own, which ends with the process.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Variable with the directory of the disk.
pub(crate) const DIR: &str = "REELSCOPE_SMALL_DISK";

/// A shell that runs `script` in a mount namespace of its own, with the arguments that are added, the first as `$0`. `None`,
/// which is printed, where this system lets nobody mount a file system.
#[allow(clippy::print_stderr)] // that nothing was checked must be seen
pub(crate) fn mounting(script: &str) -> Option<Command> {
    let shell = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "--mount", "sh", "-euc"])
            .arg(script);
        command
    };
    let dir = tempfile::tempdir().unwrap();
    let probe = shell("mount -t tmpfs none \"$0\"").arg(dir.path()).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("CI").is_none(),
            "this system lets nobody mount a file system"
        );
        eprintln!("skipped: this system lets nobody mount a file system");
        return None;
    }
    Some(shell(script))
}

/// Runs an ignored test of this program in a process that has the disk, where that is possible.
pub(crate) fn on_a_small_disk(megabytes: u32, test: &str) {
    let script = format!(
        "mount -t tmpfs -o size={megabytes}m none \"$0\"; exec \"$1\" --exact \"$2\" --ignored --nocapture"
    );
    let Some(mut command) = mounting(&script) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let output = command
        .arg(dir.path())
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
