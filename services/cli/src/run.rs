//! Helpers of the commands that run a stack for a limited time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reelscope_stack::Stack;

/// Interval of checking whether settlements have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Number of attempts to remove a directory.
const TRIES: usize = 50;

/// The data directory of a run: the given one, or a temporary one that is removed with this value.
pub(crate) struct RunDir {
    path: PathBuf,
    is_temporary: bool,
}

impl RunDir {
    /// Chooses the directory; `purpose` names a temporary one.
    pub(crate) fn new(given: Option<PathBuf>, purpose: &str) -> Self {
        let is_temporary = given.is_none();
        let path = given.unwrap_or_else(|| {
            std::env::temp_dir().join(format!("reelscope-{purpose}-{}", uuid::Uuid::new_v4()))
        });
        Self { path, is_temporary }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunDir {
    fn drop(&mut self) {
        // The threads of a stack that was given up may write for a moment more.
        for _ in 0..TRIES {
            if !self.is_temporary || !self.path.exists() || std::fs::remove_dir_all(&self.path).is_ok() {
                return;
            }
            std::thread::sleep(LOOK_AGAIN);
        }
    }
}

/// Waits until no settlement is under way, for `limit` at most. Returns whether none is.
pub(crate) async fn settled(stack: &Stack, limit: Duration) -> bool {
    let settled = async {
        while stack.payments().settlement().under_way() > 0 {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    tokio::time::timeout(limit, settled).await.is_ok()
}
