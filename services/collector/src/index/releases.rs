//! Compares releases.

use std::cmp::Ordering;

use semver::Version;

/// Whether a release is known to be later: both are versions of the same thing, and its version is higher.
pub(super) fn is_later(release: &str, than: &str) -> bool {
    match (named_version(release), named_version(than)) {
        ((name, Some(version)), (other, Some(than))) => name == other && version > than,
        _ => false,
    }
}

/// Splits `shop@1.2.0` into name, empty where there is none, and version, if it is one.
fn named_version(release: &str) -> (&str, Option<Version>) {
    let (name, version) = release.rsplit_once('@').unwrap_or(("", release));
    (name, Version::parse(version.trim_start_matches('v')).ok())
}

/// Order of releases: first those that are no semantic versions, alphabetically, then the others by precedence. The
/// name before the version, as in `shop@1.2.0`, is ignored. Source: <https://semver.org/#spec-item-11>
pub(super) fn by_release(one: &str, other: &str) -> Ordering {
    let (one_version, other_version) = (named_version(one).1, named_version(other).1);
    one_version.cmp(&other_version).then_with(|| one.cmp(other))
}

#[cfg(test)]
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
}
