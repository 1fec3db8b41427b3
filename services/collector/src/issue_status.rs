//! What people hold of issues, in a file of its own beside the log: resolved, and whether it came back since.
//!
//! "Since" is by the numbers of envelopes, which the log gives out in order. What such an envelope tells and began
//! before is of before all the same: a request was under way, or an SDK had been offline. In a later release it is back;
//! in another it never was away, and is open again. The file is written whole or not at all.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use reelscope_contracts::telemetry::{ErrorEvent, IssueDecision, IssueStatus, IssueSummary, Micros};
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::log::replace;

/// Most issues that something is held of; more would be more than the index knows.
const MOST_HELD: usize = 10_000;

/// What is held of one issue. An open one that was never resolved has no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Held {
    /// The newest envelope when it was resolved.
    through_seq: u64,
    /// When it was resolved; 0 in files of older builds, which did not ask when an event began.
    #[serde(default)]
    at_us: Micros,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved_in: Option<String>,
    /// The first event in a later release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    back: Option<Seen>,
    /// The first event in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    still: Option<Seen>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
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

    /// Takes a decision at `now`; `through_seq` is the newest envelope of now, `in_force` the release that the issue's
    /// services run. Nothing changes when it cannot be written.
    ///
    /// # Errors
    /// The file cannot be written, or too much is held already.
    pub(crate) fn decide(
        &mut self,
        issue: &IssueSummary,
        decision: IssueDecision,
        in_force: Option<&str>,
        (through_seq, now): (u64, Micros),
    ) -> io::Result<()> {
        let held = match decision {
            IssueDecision::Unresolved => None,
            IssueDecision::Resolved => {
                let seen_in = issue.releases.last().map(String::as_str);
                let resolved_in = match (in_force, seen_in) {
                    (Some(in_force), Some(seen_in)) if is_later(seen_in, in_force) => Some(seen_in),
                    _ => in_force.or(seen_in),
                };
                Some(Held {
                    through_seq,
                    at_us: now,
                    resolved_in: resolved_in.map(str::to_owned),
                    back: None,
                    still: None,
                })
            }
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

    /// An event was met of which the work began at `began_us`, as far as that is known; `is_new` where it came just now
    /// and not before the last start. Whether something changed that is to be written.
    pub(crate) fn met(&mut self, event: &ErrorEvent, began_us: Micros, is_new: bool) -> bool {
        let Some(held) = self.kept.issues.get_mut(&event.issue_id) else {
            return false;
        };
        let is_before = |at: Micros| at != 0 && at < held.at_us;
        if held.back.is_some() || event.seq <= held.through_seq || is_before(event.at_us) {
            return false;
        }
        if is_before(began_us) {
            // After the next start its trace may not be known yet when it is met again.
            if is_new {
                held.through_seq = event.seq;
            }
            return is_new;
        }
        let came_back = match (&event.release, &held.resolved_in) {
            (Some(release), Some(resolved_in)) => is_later(release, resolved_in),
            _ => false,
        };
        let seen = if came_back {
            &mut held.back
        } else {
            &mut held.still
        };
        if seen.is_some() {
            return false;
        }
        *seen = Some(Seen {
            release: event.release.clone(),
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
        match (&held.back, &held.still) {
            (None, None) => issue.status = IssueStatus::Resolved,
            (Some(back), _) => {
                issue.status = IssueStatus::Regressed;
                issue.regressed_in.clone_from(&back.release);
            }
            (None, Some(still)) => {
                issue.status = IssueStatus::Reopened;
                issue.reopened_in.clone_from(&still.release);
            }
        }
    }
}

/// Whether a release is known to be later than another: both are versions of the same thing, and it is the higher one.
fn is_later(release: &str, than: &str) -> bool {
    match (named_version(release), named_version(than)) {
        ((name, Some(version)), (other, Some(than))) => name == other && version > than,
        _ => false,
    }
}

/// The name before the version, as in `shop@1.2.0`, empty where there is none; and the version, if it is one.
fn named_version(release: &str) -> (&str, Option<Version>) {
    let (name, version) = release.rsplit_once('@').unwrap_or(("", release));
    (name, Version::parse(version.trim_start_matches('v')).ok())
}

/// Releases in order: those that are no semantic versions by the alphabet and first, then the others by precedence.
/// A name before the version, as in `shop@1.2.0`, is passed over. Source: <https://semver.org/#spec-item-11>
pub(crate) fn by_release(one: &str, other: &str) -> Ordering {
    let (one_version, other_version) = (named_version(one).1, named_version(other).1);
    one_version.cmp(&other_version).then_with(|| one.cmp(other))
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

    #[test]
    fn a_release_is_later_only_where_that_is_known() {
        for (release, than) in [
            ("1.10.0", "1.9.0"),
            ("shop@2.0.0", "shop@2.0.0-rc.1"),
            ("v2.0.0", "1.0.0"),
        ] {
            assert!(
                is_later(release, than) && !is_later(than, release),
                "{release} {than}"
            );
        }
        for (one, other) in [
            ("1.0.0", "1.0.0"),
            ("9f3c", "1.0.0"),
            ("b", "a"),
            ("shop@2.0.0", "till@1.0.0"),
        ] {
            assert!(!is_later(one, other) && !is_later(other, one), "{one} {other}");
        }
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
