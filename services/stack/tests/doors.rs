//! Without the secret of the launch, no route of any service does anything.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use support::{Demo, files};

/// Every path in a `.route("…", …)` of a service's source, with an id in place of its parameters.
fn routes_of(service: &str) -> Vec<String> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(service)
        .join("src");
    let mut found = Vec::new();
    for path in files::below(&sources, ".rs") {
        let source = fs::read_to_string(path).unwrap();
        for after in source.split(".route(").skip(1) {
            let Some(path) = after
                .trim_start()
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next())
            else {
                continue;
            };
            let filled = path.split('/').map(|segment| match segment.starts_with('{') {
                true => "0190c0de-0000-7000-8000-000000000000",
                false => segment,
            });
            found.push(filled.collect::<Vec<_>>().join("/"));
        }
    }
    found
}

async fn answer(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, response.json().await.unwrap_or(Value::Null))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_route_of_a_service_answers_another_program() {
    let demo = Demo::start_with(|config| {
        config.players = Some(600);
        config.rate = None;
    })
    .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for service in [
        "user-service",
        "game-engine",
        "payment-service",
        "payment-provider",
    ] {
        let at = demo.stack.address(service).unwrap();
        let routes = routes_of(service);
        assert!(
            routes.len() > 1 && routes.contains(&"/health".to_owned()),
            "{service}: {routes:?}"
        );
        for path in routes.iter().map(String::as_str).chain(["/", "/nowhere"]) {
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                let plain = || {
                    http.request(method.clone(), format!("http://{at}{path}"))
                        .json(&json!({}))
                };
                let wrong = || plain().header("x-reelscope-service-token", "0".repeat(32));
                let launch = || plain().header("x-reelscope-token", demo.stack.token());
                let of_launch = || plain().header("x-reelscope-service-token", demo.stack.token());
                let foreign = || plain().header("host", "evil.example");
                for request in [plain(), wrong(), launch(), of_launch(), foreign()] {
                    let (status, problem) = answer(request).await;
                    assert_eq!(
                        status,
                        StatusCode::UNAUTHORIZED,
                        "{method} {service}{path}: {problem}"
                    );
                    assert_eq!(problem["code"], "unauthorized", "{method} {service}{path}");
                }
            }
        }
    }
    // The refused requests changed nothing, and the services still answer each other.
    assert_eq!(demo.spin().await.0, 200);
    demo.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_answers_only_what_needs_no_secret_to_another_program() {
    let demo = Demo::start_with(|config| {
        config.players = Some(600);
        config.rate = None;
    })
    .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let document: Value = demo.client.get("/api/openapi.json").await;
    let origin = demo.stack.origin();
    let (mut asked, mut open) = (0, Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else {
                continue;
            };
            let url = format!("{origin}{}", path.replace(['{', '}'], ""));
            let (status, problem) = answer(http.request(method.clone(), url.as_str()).json(&json!({}))).await;
            if operation["security"] == json!([{}]) {
                assert_eq!(status, StatusCode::OK, "{path}");
                open.push(path);
            } else {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}: {problem}");
            }
            let foreign = http
                .request(method.clone(), url.as_str())
                .header("host", "evil.example");
            assert_eq!(answer(foreign).await.0, StatusCode::FORBIDDEN, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked}");
    assert_eq!(open, ["/api/openapi.json", "/api/v1/health"]);
    demo.end().await;
}
