//! Helpers of the commands that run a stack for a limited time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use parking_lot::Mutex;
use reelscope_stack::Stack;

/// Interval of checking whether settlements have ended.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The directories that are removed at the end of the program; `None` while each is removed as soon as it is not needed.
static DEFERRED: Mutex<Option<Vec<PathBuf>>> = Mutex::new(None);

/// Has directories removed by [`remove_deferred`] from now on, because the databases of a stack that is given up close later
/// than the command ends.
pub(crate) fn defer_removal() {
    DEFERRED.lock().get_or_insert_default();
}

/// Removes the directories of [`defer_removal`].
pub(crate) fn remove_deferred() {
    for path in DEFERRED.lock().take().into_iter().flatten() {
        let _ = std::fs::remove_dir_all(path);
    }
}

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
        if !self.is_temporary {
            return;
        }
        match &mut *DEFERRED.lock() {
            Some(deferred) => deferred.push(self.path.clone()),
            None => {
                let _ = std::fs::remove_dir_all(&self.path);
            }
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
