//! What people hold of issues, in a file of its own beside the log: resolved, and whether it came back since.
//!
//! "Since" is by the numbers of envelopes, which the log gives out in order: clocks of SDKs do not matter. The file is
//! written whole or not at all.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use reelscope_contracts::telemetry::{IssueDecision, IssueStatus, IssueSummary};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::log::replace;

/// Most issues that something is held of; more would be more than the index knows.
const MOST_HELD: usize = 10_000;

/// What is held of one issue. An open one that was never resolved has no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    /// The newest envelope when it was resolved: what comes later came back.
    through_seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved_in: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<Back>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Back {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    release: Option<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    issues: BTreeMap<String, Held>,
}

/// See the module.
pub(crate) struct Statuses {
    path: PathBuf,
    kept: Kept,
}

impl Statuses {
    /// Reads the file in `dir`. One that cannot be read counts as none and is put aside; the answer then says why.
    pub(crate) fn open(dir: &Path) -> (Self, Option<String>) {
        let path = dir.join("issues.json");
        let read = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            Err(error) => Err(error.to_string()),
        };
        match read {
            Ok(kept) => (Self { path, kept }, None),
            Err(cause) => {
                let _ = fs::rename(&path, path.with_extension("damaged"));
                let kept = Kept::default();
                (Self { path, kept }, Some(cause))
            }
        }
    }

    /// Takes a decision; `through_seq` is the newest envelope of now. Nothing changes when it cannot be written.
    ///
    /// # Errors
    /// The file cannot be written, or too much is held already.
    pub(crate) fn decide(
        &mut self,
        issue: &IssueSummary,
        decision: IssueDecision,
        through_seq: u64,
    ) -> io::Result<()> {
        let held = match decision {
            IssueDecision::Unresolved => None,
            IssueDecision::Resolved => Some(Held {
                through_seq,
                resolved_in: issue.releases.last().cloned(),
                back: None,
            }),
        };
        if held.is_some()
            && self.kept.issues.len() >= MOST_HELD
            && !self.kept.issues.contains_key(&issue.issue_id)
        {
            return Err(io::Error::other("too many issues are resolved"));
        }
        let before = match held {
            Some(held) => self.kept.issues.insert(issue.issue_id.clone(), held),
            None => self.kept.issues.remove(&issue.issue_id),
        };
        self.write().inspect_err(|_| {
            match before {
                Some(before) => self.kept.issues.insert(issue.issue_id.clone(), before),
                None => self.kept.issues.remove(&issue.issue_id),
            };
        })
    }

    /// An event of an issue was met in envelope `seq`. Whether it brought the issue back; then it is to be written.
    pub(crate) fn met(&mut self, issue_id: &str, seq: u64, release: Option<&str>) -> bool {
        let Some(held) = self.kept.issues.get_mut(issue_id) else {
            return false;
        };
        if held.back.is_some() || seq <= held.through_seq {
            return false;
        }
        held.back = Some(Back {
            release: release.map(str::to_owned),
        });
        true
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// The file cannot be written; the one before stays.
    pub(crate) fn write(&self) -> io::Result<()> {
        let bytes = serde_json::to_vec(&self.kept)?;
        replace(&self.path, &bytes)
    }

    /// Says in an issue's line how it stands.
    pub(crate) fn tell(&self, issue: &mut IssueSummary) {
        let Some(held) = self.kept.issues.get(&issue.issue_id) else {
            return;
        };
        issue.resolved_in.clone_from(&held.resolved_in);
        match &held.back {
            None => issue.status = IssueStatus::Resolved,
            Some(back) => {
                issue.status = IssueStatus::Regressed;
                issue.regressed_in.clone_from(&back.release);
            }
        }
    }
}

/// Releases in order: those that are no semantic versions by the alphabet and first, then the others by precedence.
/// A name before the version, as in `shop@1.2.0`, is passed over. Source: <https://semver.org/#spec-item-11>
pub(crate) fn by_release(one: &str, other: &str) -> Ordering {
    let version = |release: &str| {
        let version = release.rsplit_once('@').map_or(release, |(_, version)| version);
        Version::parse(version.trim_start_matches('v')).ok()
    };
    version(one).cmp(&version(other)).then_with(|| one.cmp(other))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(releases: &[&str], expected: &[&str]) {
        let mut sorted = releases.to_vec();
        sorted.sort_by(|one, other| by_release(one, other));
        assert_eq!(sorted, expected);
    }

    #[test]
    fn releases_stand_in_the_order_of_their_versions() {
        check(
            &["1.10.0", "1.9.0", "1.9.0-rc.1"],
            &["1.9.0-rc.1", "1.9.0", "1.10.0"],
        );
        check(&["shop@2.0.0", "shop@10.0.0"], &["shop@2.0.0", "shop@10.0.0"]);
        check(&["1.0.0", "nightly", "9f3c"], &["9f3c", "nightly", "1.0.0"]);
    }

    proptest! {
        #[test]
        fn the_order_is_total(releases in proptest::collection::vec("[0-9a-z.@-]{0,8}", 3)) {
            let [a, b, c] = [&releases[0], &releases[1], &releases[2]];
            prop_assert_eq!(by_release(a, b), by_release(b, a).reverse());
            if by_release(a, b).is_le() && by_release(b, c).is_le() {
                prop_assert!(by_release(a, c).is_le());
            }
        }
    }

    #[test]
    fn a_damaged_file_is_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("issues.json"), b"{\"issues\":").unwrap();
        let (statuses, cause) = Statuses::open(dir.path());
        assert!(cause.is_some() && statuses.kept.issues.is_empty());
        assert!(dir.path().join("issues.damaged").exists());
        assert_eq!(Statuses::open(dir.path()).1, None);
    }
}
