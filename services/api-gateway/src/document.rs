//! What the OpenAPI document says beside the descriptions of single routes.

use std::sync::OnceLock;

use axum::body::Bytes;
use reelscope_contracts::ApiProblem;
use serde_json::{Map, Value, json};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::access::TOKEN_HEADER;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Reelscope",
        description = "What the page and other clients ask. Amounts are integers in minor units. Every error is a problem (RFC 9457) with a stable code."
    ),
    components(schemas(ApiProblem)),
    modifiers(&Security),
    security(("launch_token" = []))
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let launch = ApiKeyValue::with_description(TOKEN_HEADER, "The token of the launch URL.");
        components.add_security_scheme("launch_token", SecurityScheme::ApiKey(ApiKey::Header(launch)));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("session", SecurityScheme::Http(bearer));
    }
}

/// The document before any route is in it.
pub(crate) fn of_this_server() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The document of all routes. Its JSON takes milliseconds to make and few launches ask for it, so it is made for the first
/// request and kept.
pub(crate) struct LazyDocument {
    routes: utoipa::openapi::OpenApi,
    json: OnceLock<Bytes>,
}

impl LazyDocument {
    pub(crate) fn new(routes: utoipa::openapi::OpenApi) -> Self {
        Self {
            routes,
            json: OnceLock::new(),
        }
    }

    pub(crate) fn json(&self) -> Bytes {
        self.json
            .get_or_init(|| completed(&self.routes).to_string().into())
            .clone()
    }
}

/// The document with what holds for every route.
fn completed(document: &utoipa::openapi::OpenApi) -> Value {
    let mut document = json!(document);
    spell_aliases_out(&mut document);
    describe_problems(&mut document);
    document
}

/// Door, router and handlers all refuse a request with a problem, so that it is described here, once for all operations.
fn describe_problems(document: &mut Value) {
    document["components"]["responses"]["ApiProblem"] = json!({
        "description": "Why it was not done",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/ApiProblem" } } },
    });
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for operation in paths.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()) {
        operation.1["responses"]["default"] = json!({ "$ref": "#/components/responses/ApiProblem" });
    }
}

/// An alias of Rust, such as `Micros`, comes as a schema that is named after the type behind it, such as `i64`. It says more
/// where it is used. A number without a sign gets the name that its format has in the registry of OpenAPI, and its bound.
fn spell_aliases_out(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    let is_alias = |name: &str| name.starts_with("BTreeMap_") || name.starts_with(char::is_lowercase);
    let (aliases, named) = std::mem::take(schemas)
        .into_iter()
        .partition::<Map<_, _>, _>(|(name, _)| is_alias(name));
    *schemas = named;
    spell_out(document, &aliases);
}

fn spell_out(value: &mut Value, aliases: &Map<String, Value>) {
    if let Value::Object(members) = value {
        let name = members.get("$ref").and_then(Value::as_str);
        let alias = name.and_then(|name| aliases.get(name.strip_prefix("#/components/schemas/")?));
        if let Some(Value::Object(meant)) = alias {
            members.remove("$ref");
            // Names of members are text in JSON; utoipa takes them for what the values are.
            for (name, each) in meant.iter().filter(|(name, _)| *name != "propertyNames") {
                members.entry(name).or_insert_with(|| each.clone());
            }
        }
        let format = members.get("format").and_then(Value::as_str);
        let bits = format.and_then(|format| format.strip_prefix("u-int")?.parse::<u32>().ok());
        if let Some(bits) = bits {
            members.insert("format".to_owned(), json!(format!("uint{bits}")));
            members
                .entry("maximum")
                .or_insert_with(|| json!(u64::MAX >> 64_u32.saturating_sub(bits)));
        }
        for (_, each) in members {
            spell_out(each, aliases);
        }
    } else if let Value::Array(elements) = value {
        for each in elements {
            spell_out(each, aliases);
        }
    }
}
