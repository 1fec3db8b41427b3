//! No circle between the modules of a crate: of two modules that name each other neither can be read first.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Modules that are in a circle today, by crate. None may be added; a crate whose circle is broken leaves the table.
const CIRCLES: [(&str, &[&str]); 1] = [(
    "stack",
    &[
        "api",
        "assembly",
        "bench",
        "config",
        "listen",
        "load",
        "overhead",
        "settings",
        "settings_http",
        "start",
        "start_error",
        "storage",
        "traces",
    ],
)];

/// The code of a file without comments and inline tests.
fn code(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().take_while(|line| !line.starts_with("mod tests {"));
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
}

/// The code of each module right below the crate, with what is below it.
fn modules(source: &Path) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::<String, String>::new();
    let mut open = vec![source.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let below = path.strip_prefix(source).unwrap();
        let first = below.components().next().unwrap().as_os_str();
        let name = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
        let is_test = path.ends_with("tests.rs");
        if path.extension().is_some_and(|kind| kind == "rs") && !is_test {
            modules.entry(name).or_default().push_str(&code(&path));
        }
    }
    modules
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

/// Which module each name is of that the root of the crate gives on: `pub use start::Stack`.
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

/// The modules that a module names as `crate::…`.
fn named<'a>(code: &'a str, given_on: &BTreeMap<&str, &'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let list = after.strip_prefix('{').and_then(|list| list.split(';').next());
        // In a list the paths are parted by commas; only the first word of each is a module.
        let paths = list.map_or_else(|| vec![after], |list| list.split(',').collect());
        for path in paths {
            let first = words(path.trim_start()).next().unwrap_or_default();
            found.insert(given_on.get(first).copied().unwrap_or(first));
        }
    }
    found
}

/// What is left once modules that name no other, and modules that no other names, are taken away.
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
fn no_module_is_in_a_circle_that_was_in_none() {
    let services = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(services).unwrap() {
        let package = entry.unwrap();
        let mut modules = modules(&package.path().join("src"));
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
            found.insert(package.file_name().into_string().unwrap(), circles);
        }
    }
    let known = CIRCLES.map(|(name, modules)| {
        let modules = modules.iter().map(|module| (*module).to_owned());
        (name.to_owned(), modules.collect::<BTreeSet<_>>())
    });
    assert_eq!(found, BTreeMap::from(known));
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
