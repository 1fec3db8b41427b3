//! Checks for cycles between the modules of a crate, because modules that name each other cannot be read one by one.
#![allow(clippy::unwrap_used)]

#[path = "support/files.rs"]
mod files;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Returns the code of a file without comments and inline tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().take_while(|line| !line.starts_with("mod tests {"));
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// Returns the code of each top-level module of a crate, including its submodules.
fn modules(source: &Path) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::<String, String>::new();
    for path in files::below(source, ".rs").filter(|path| !path.ends_with("tests.rs")) {
        let below = path.strip_prefix(source).unwrap();
        let first = below.components().next().unwrap().as_os_str();
        let name = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
        modules.entry(name).or_default().push_str(&code(&path));
    }
    modules
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// Returns the module of each name that the root of the crate re-exports, as in `pub use stack::Stack`.
fn given_on(root: &str) -> BTreeMap<&str, &str> {
    let mut names = BTreeMap::new();
    for item in root.split(';') {
        if let Some(path) = item.rsplit("use ").next().filter(|_| item.contains("pub")) {
            let path = path.trim_start_matches("self::").trim_start_matches("crate::");
            if let Some((module, given)) = path.split_once("::") {
                names.extend(words(given).map(|name| (name, module)));
            }
        }
    }
    names
}

/// Returns the modules that a module names as `crate::…`.
fn named<'a>(code: &'a str, given_on: &BTreeMap<&str, &'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let list = after.strip_prefix('{').and_then(|list| list.split(';').next());
        // A list contains several paths, separated by commas. Only the first word of each is a module.
        let paths = list.map_or_else(|| vec![after], |list| list.split(',').collect());
        for path in paths {
            let first = words(path.trim_start()).next().unwrap_or_default();
            found.insert(given_on.get(first).copied().unwrap_or(first));
        }
    }
    found
}

/// Returns the modules in cycles: those left after repeatedly removing modules that name none or that none names.
fn circles(mut edges: BTreeMap<&str, BTreeSet<&str>>) -> BTreeSet<String> {
    loop {
        let all: BTreeSet<&str> = edges.keys().copied().collect();
        let named: BTreeSet<&str> = edges.values().flatten().copied().collect();
        let before = edges.len();
        edges.retain(|name, to| named.contains(name) && to.iter().any(|to| all.contains(to)));
        let left: BTreeSet<&str> = edges.keys().copied().collect();
        for to in edges.values_mut() {
            to.retain(|to| left.contains(to));
        }
        if edges.len() == before {
            return edges.into_keys().map(str::to_owned).collect();
        }
    }
}

#[test]
fn no_module_is_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let services = std::fs::read_dir(root.join("services")).unwrap();
    let packages = services.map(|entry| entry.unwrap().path());
    let mut found = BTreeMap::new();
    for package in packages.chain([root.join("src-tauri")]) {
        let mut modules = modules(&package.join("src"));
        let root = modules.remove("lib").unwrap_or_default();
        modules.remove("main");
        let given_on = given_on(&root);
        let edges = modules.iter().map(|(name, code)| {
            let mut named = named(code, &given_on);
            named.retain(|other| *other != name && modules.contains_key(*other));
            (name.as_str(), named)
        });
        let circles = circles(edges.collect());
        if !circles.is_empty() {
            found.insert(package.file_name().unwrap().to_str().unwrap().to_owned(), circles);
        }
    }
    assert_eq!(found, BTreeMap::new());
}

#[test]
fn two_modules_that_name_each_other_are_a_circle() {
    let edges = |pairs: &[(&'static str, &'static str)]| {
        let mut edges = BTreeMap::<_, BTreeSet<_>>::new();
        for (from, to) in pairs {
            edges.entry(*from).or_default().insert(*to);
            edges.entry(*to).or_default();
        }
        circles(edges)
    };
    assert_eq!(edges(&[("a", "b"), ("b", "c"), ("c", "d")]).len(), 0);
    let circle = edges(&[("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")]);
    assert_eq!(circle, ["b", "c"].map(str::to_owned).into());
}
