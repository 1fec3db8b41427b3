//! The OpenAPI document describes exactly what is mounted, and the files that repeat it agree with it.
#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{Demo, files};

/// When set, the test writes the document: `UPDATE_OPENAPI=1 cargo test -p reelscope-stack --test contract`.
const UPDATE: &str = "UPDATE_OPENAPI";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The document that the page's types are generated from.
fn saved() -> Value {
    serde_json::from_str(&read("ui/openapi.json")).unwrap()
}

/// Every operation with its description, by method and URL such as `GET /api/settings`.
fn operations(document: &Value) -> BTreeMap<(String, String), &Value> {
    let paths = document["paths"].as_object().unwrap().iter();
    let each = paths.flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .iter()
            .map(move |(method, operation)| ((path.clone(), method.to_uppercase()), operation))
    });
    each.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_saved_document_is_that_of_the_running_stack() {
    let demo = Demo::starting_with(|config| config.players = Some(600)).await;
    let document = demo.client.get("/api/openapi.json").await;
    demo.stack.shutdown().await.unwrap();
    if std::env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&document).unwrap();
        fs::write(root().join("ui/openapi.json"), text + "\n").unwrap();
        return;
    }
    assert!(
        saved() == document,
        "ui/openapi.json is not what the stack says: run this test with {UPDATE}=1, then `npm run api` in ui/"
    );
}

#[test]
fn the_table_of_routes_leads_from_every_url_to_its_file() {
    let document = saved();
    let source = read("services/stack/src/api.rs");
    let rows: BTreeMap<(String, String), String> = source
        .lines()
        .filter_map(|line| line.strip_prefix("//! | "))
        .map(|line| line.trim_end_matches(" |").split(" | ").collect::<Vec<_>>())
        .filter(|cells| cells[0] != "method")
        .map(|cells| {
            let [method, path, file] = cells[..] else {
                panic!("{cells:?}")
            };
            let bare = |cell: &str| cell.trim_matches('`').to_owned();
            ((bare(path), bare(method)), bare(file))
        })
        .collect();
    let operations = operations(&document);
    let tabled: BTreeSet<_> = rows.keys().collect();
    let described: BTreeSet<_> = operations.keys().collect();
    assert_eq!(tabled, described, "the table in services/stack/src/api.rs");
    for (route, file) in &rows {
        let handler = operations[route]["operationId"].as_str().unwrap();
        let is_there = read(file).contains(&format!("async fn {handler}("));
        assert!(is_there, "{route:?}: {handler} is not in {file}");
    }
}

#[test]
fn every_operation_says_its_errors_and_has_a_name_of_its_own() {
    let document = saved();
    let mut names = BTreeSet::new();
    for (route, operation) in operations(&document) {
        let error = &operation["responses"]["default"]["$ref"];
        assert_eq!(error, "#/components/responses/ApiProblem", "{route:?}");
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{route:?}: two operations are {name}");
        let described = operation["summary"].as_str().is_some_and(|text| !text.is_empty());
        assert!(described, "{route:?} is not described");
    }
}

#[test]
fn whatever_the_document_refers_to_is_in_it() {
    let document = saved();
    let text = document.to_string();
    for after in text.split("\"$ref\":\"#").skip(1) {
        let pointer = after.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    // `propertyNames` must be text, whatever the values of a map are.
    for after in text.split("\"propertyNames\":").skip(1) {
        assert!(after.starts_with("{\"type\":\"string\"}"), "{}", &after[..60]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_in_a_path_is_a_problem_like_any_other() {
    let demo = Demo::starting_with(|config| config.players = Some(600)).await;
    let document = saved();
    let mut asked = 0;
    for (path, method) in operations(&document).into_keys() {
        let Some((before, after)) = path.split_once('{') else {
            continue;
        };
        let rest = after.split_once('}').unwrap().1;
        let method = method.parse::<reqwest::Method>().unwrap();
        let request = demo.client.request(method, &format!("{before}%FF{rest}"));
        let answer = request.json(&serde_json::json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(
            answer.headers()["content-type"],
            "application/problem+json",
            "{path}"
        );
        asked += 1;
    }
    assert!(asked >= 8, "{asked}");
    demo.stack.shutdown().await.unwrap();
}

/// The sources of these crates, without tests.
fn sources<const N: usize>(services: [&str; N]) -> impl Iterator<Item = (PathBuf, String)> {
    let folders = services.map(|service| root().join("services").join(service).join("src"));
    let files = folders
        .into_iter()
        .flat_map(|folder| files::below(&folder, ".rs"));
    files.filter(|path| !path.ends_with("tests.rs")).map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        (path, code.to_owned())
    })
}

/// Only routes for a whole tree, and those of a recording for paths that the document has, are mounted by hand,
/// because such a route has no description.
#[test]
fn no_route_is_mounted_without_its_description() {
    let document = saved();
    let mut by_hand = 0;
    for (file, text) in sources(["api-gateway", "collector", "demo", "presenter", "stack"]) {
        for call in [".route(", ".route_service(", ".nest_service("] {
            for after in text.split(call).skip(1) {
                let Some(path) = after
                    .trim_start()
                    .strip_prefix('"')
                    .and_then(|rest| rest.split('"').next())
                else {
                    // This is a route of a network, not of a server.
                    continue;
                };
                let is_known = path == "/api/{*rest}" || document["paths"].get(path).is_some();
                assert!(is_known, "{}: {path} goes through OpenApiRouter", file.display());
                by_hand += 1;
            }
        }
    }
    assert!(by_hand > 0);
}

/// Schemas are identified by name alone: of two with one name, the document silently loses one.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut homes = BTreeMap::<String, PathBuf>::new();
    for (file, text) in sources([
        "contracts",
        "api-gateway",
        "collector",
        "demo",
        "presenter",
        "stack",
    ]) {
        for after in text.split("ToSchema)]").skip(1) {
            let line = after
                .lines()
                .map(|line| line.trim_start_matches("pub(crate) ").trim_start_matches("pub "))
                .find(|line| line.starts_with("struct ") || line.starts_with("enum "))
                .unwrap();
            let name = line.split([' ', '(', '{', ';']).nth(1).unwrap();
            if let Some(other) = homes.insert(name.to_owned(), file.clone()) {
                panic!("{name} is a schema in {} and {}", other.display(), file.display());
            }
        }
    }
    assert!(homes.len() > 50, "{homes:?}");
}
