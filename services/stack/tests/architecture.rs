//! Checks which crates each crate imports, by `cargo metadata`, and that files named in documents exist.
#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;

use std::collections::BTreeMap;

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

/// The dependencies of each of our crates, without those of its tests.
fn declared() -> BTreeMap<String, Vec<Dependency>> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .other_options(vec!["--offline".to_owned()])
        .exec()
        .unwrap();
    let of = |mut package: Package| {
        package
            .dependencies
            .retain(|dependency| dependency.kind != DependencyKind::Development);
        (package.name.to_string(), package.dependencies)
    };
    metadata.packages.into_iter().map(of).collect()
}

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let names = |declared: Vec<Dependency>| declared.into_iter().map(|dependency| dependency.name).collect();
    declared()
        .into_iter()
        .map(|(package, declared)| (package, names(declared)))
        .collect()
}

/// Returns our own crates that a crate may import.
fn allowed(name: &str) -> &'static [&'static str] {
    match name {
        "contracts" | "telemetry" | "store" => &[],
        "http" | "page-api" => &["contracts"],
        "api-gateway" => &["contracts", "page-api", "http", "telemetry"],
        "payment-provider" => &["contracts", "http"],
        "collector" => &["contracts", "page-api", "http"],
        "user-service" | "game-engine" | "payment-service" => &["contracts", "http", "telemetry", "store"],
        "demo" => &[
            "contracts",
            "page-api",
            "http",
            "telemetry",
            "api-gateway",
            "user-service",
            "game-engine",
            "payment-service",
            "payment-provider",
            "collector",
        ],
        "presenter" => &["contracts", "page-api", "http", "store", "collector", "demo"],
        "stack" => &[
            "presenter",
            "demo",
            "contracts",
            "page-api",
            "http",
            "telemetry",
            "store",
            "api-gateway",
            "user-service",
            "game-engine",
            "payment-service",
            "payment-provider",
            "collector",
        ],
        "cli" => &[
            "contracts",
            "page-api",
            "telemetry",
            "store",
            "game-engine",
            "payment-service",
            "collector",
            "demo",
            "stack",
        ],
        "desktop" => &["demo", "stack"],
        other => panic!("{other} is new: give it its place in this table"),
    }
}

#[test]
fn dependencies_point_downward_only() {
    let all = dependencies();
    assert_eq!(all.len(), 16, "{:?}", all.keys());
    for (package, dependencies) in &all {
        let name = package.strip_prefix("reelscope-").unwrap();
        for ours in dependencies
            .iter()
            .filter_map(|dependency| dependency.strip_prefix("reelscope-"))
        {
            assert!(allowed(name).contains(&ours), "{name} may not import {ours}");
        }
    }
}

#[test]
fn each_foreign_name_has_one_home() {
    for (package, dependencies) in &dependencies() {
        for dependency in dependencies {
            let home = match dependency.as_str() {
                "polodb_core" => "reelscope-store",
                "rusqlite" | "libsqlite3-sys" => "reelscope-collector",
                name if name == "sentry" || name.starts_with("sentry-") => "reelscope-telemetry",
                name if name == "tauri" || name.starts_with("tauri-") => "reelscope-desktop",
                _ => continue,
            };
            assert_eq!(package, home, "{dependency} is named by {home} only");
        }
    }
}

#[test]
fn what_services_say_to_each_other_knows_no_server() {
    let contracts = &dependencies()["reelscope-contracts"];
    for server in ["axum", "http", "hyper", "tokio", "tower"] {
        assert!(!contracts.iter().any(|name| name == server), "{server}");
    }
}

#[test]
fn only_what_describes_routes_of_the_page_has_schemas() {
    let all = declared();
    let schemas = |dependency: &&Dependency| dependency.name.starts_with("utoipa");
    for (package, declared) in &all {
        let contracts = declared
            .iter()
            .find(|dependency| dependency.name == "reelscope-contracts");
        let asks = contracts.is_some_and(|contracts| contracts.features == ["openapi"]);
        match package.as_str() {
            "reelscope-contracts" => assert!(declared.iter().find(schemas).unwrap().optional),
            _ => assert_eq!(declared.iter().any(|each| schemas(&each)), asks, "{package}"),
        }
    }
}

#[test]
fn the_domains_know_no_http_clock_or_entropy() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let pure = [
        "game-engine/src/reels.rs",
        "game-engine/src/paytable.rs",
        "game-engine/src/evaluate.rs",
        "game-engine/src/par_sheet.rs",
        "game-engine/src/rng.rs",
        "payment-service/src/ledger.rs",
        "payment-service/src/ledger/verifier.rs",
        "user-service/src/players.rs",
        "user-service/src/sessions.rs",
    ];
    for file in pure {
        let text = std::fs::read_to_string(format!("{root}/{file}")).unwrap();
        let code: String = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        let domain = code.split("#[cfg(test)]").next().unwrap();
        for word in [
            "axum",
            "serde::",
            "now()",
            "SystemTime",
            "Instant::",
            "rand::random",
            "rand::rng",
            "tokio",
        ] {
            assert!(!domain.contains(word), "{file} names {word}");
        }
    }
}

/// Type names that several crates use, each with the reason.
const SHARED_NAMES: [(&str, &str); 10] = [
    ("State", "what the routes of a service act on"),
    ("Knobs", "what a presenter turns, of a service and of all of them"),
    ("Player", "as records have one, and as the wire does"),
    ("Win", "as it is evaluated, and as the wire has it"),
    ("WinKind", "as it is evaluated, and as the wire has it"),
    ("ParSheet", "as it is enumerated, and as the wire has it"),
    ("Paytable", "as rounds are evaluated, and as the wire has it"),
    ("Contribution", "a row of a PAR sheet"),
    ("Limits", "of a stake, and of what a collector takes"),
    ("Traffic", "of virtual players, and of an edge of the map"),
];

#[test]
fn a_public_name_means_one_thing() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut homes: BTreeMap<String, std::collections::BTreeSet<String>> = BTreeMap::new();
    for package in std::fs::read_dir(&root).unwrap() {
        let package = package.unwrap();
        for file in files::below(&package.path().join("src"), ".rs") {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                let mut words = line.split(|of: char| !of.is_alphanumeric() && of != '_');
                let kinds = ["struct", "enum", "trait", "type"];
                if words.next() == Some("pub")
                    && words.next().is_some_and(|word| kinds.contains(&word))
                    && let Some(name) = words.next()
                {
                    let home = package.file_name().into_string().unwrap();
                    homes.entry(name.to_owned()).or_default().insert(home);
                }
            }
        }
    }
    assert!(homes.len() > 150, "{}", homes.len());
    homes.retain(|name, of| of.len() > 1 && !SHARED_NAMES.iter().any(|(shared, _)| shared == name));
    assert_eq!(homes, BTreeMap::new(), "each has to get a name of its own");
}

/// Every file that a document names in back quotes from the root, and every page that it links to, exists.
#[test]
fn what_documents_name_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let at_the_root = ["README.md", "CONTRIBUTING.md"].map(|page| root.join(page));
    let mut named = 0;
    for document in files::below(&root.join("docs"), ".md").chain(at_the_root) {
        let text = std::fs::read_to_string(&document).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let of_the_root = |name: &&str| {
            let tops = ["services/", "ui/", "src-tauri/", "scripts/", "docs/"];
            let is_a_pattern = name.contains(['*', ' ', '…', '{']);
            tops.iter().any(|top| name.starts_with(top)) && !is_a_pattern
        };
        for file in quoted.filter(of_the_root) {
            // A build creates it.
            if !file.starts_with("ui/dist") {
                assert!(root.join(file).exists(), "{}: {file}", document.display());
                named += 1;
            }
        }
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if !target.contains("://") && !target.is_empty() {
                let from = document.parent().unwrap();
                assert!(from.join(target).exists(), "{}: {target}", document.display());
                named += 1;
            }
        }
    }
    assert!(named > 30, "{named}");
}
