//! Which crates of others stand in the tree, read from `cargo metadata`.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand, PackageId};

/// Crates that only we use in the version that we name, while others bring another: why ours is the other one.
const NEWER_THAN_OTHERS: [(&str, &str); 3] = [
    ("cargo_metadata", "tauri-utils stays at 0.19"),
    ("rand_chacha", "goes with rand, of which bson has 0.9"),
    ("tower-http", "reqwest stays at 0.6"),
];

/// The tree of this system: what other systems need may not be there without a network.
fn metadata() -> Metadata {
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let options = ["--offline", "--locked", "--filter-platform", host];
    MetadataCommand::new()
        .other_options(options.map(str::to_owned))
        .exec()
        .unwrap()
}

/// Who depends on each package of the tree.
fn dependents(metadata: &Metadata) -> BTreeMap<&PackageId, BTreeSet<&PackageId>> {
    let mut dependents = BTreeMap::<_, BTreeSet<_>>::new();
    for node in &metadata.resolve.as_ref().unwrap().nodes {
        dependents.entry(&node.id).or_default();
        for dependency in &node.dependencies {
            dependents.entry(dependency).or_default().insert(&node.id);
        }
    }
    dependents
}

#[test]
fn no_crate_stands_twice_for_a_reason_of_ours() {
    let metadata = metadata();
    let ours: BTreeSet<&PackageId> = metadata.workspace_members.iter().collect();
    let dependents = dependents(&metadata);
    let mut versions = BTreeMap::<String, Vec<&PackageId>>::new();
    for package in &metadata.packages {
        if dependents.contains_key(&package.id) {
            versions
                .entry(package.name.to_string())
                .or_default()
                .push(&package.id);
        }
    }
    versions.retain(|_, versions| versions.len() > 1);
    let is_ours_alone = |id: &PackageId| {
        let who = &dependents[id];
        !who.is_empty() && who.is_subset(&ours)
    };
    let found: BTreeSet<&str> = versions
        .iter()
        .filter(|(_, versions)| versions.iter().any(|id| is_ours_alone(id)))
        .map(|(name, _)| name.as_str())
        .collect();
    let known: BTreeSet<&str> = NEWER_THAN_OTHERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, known, "take the version that others have, or say why not");
}
