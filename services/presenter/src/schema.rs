//! The JSON Schema of a script, derived from the same types as the OpenAPI document.

use serde_json::{Value, json};
use utoipa::openapi::schema::Components;
use utoipa::{PartialSchema, ToSchema};

use crate::script::Script;

/// Returns the schema of a script in TOML (or JSON), draft 2020-12.
#[must_use]
pub fn schema() -> Value {
    let mut named = Vec::new();
    Script::schemas(&mut named);
    let mut components = Components::new();
    components.schemas.extend(named);
    let parts = json!(components.schemas);
    let mut schema = json!(Script::schema());
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("A script of a presentation of Reelscope");
    schema["$defs"] = parts;
    relocate(&mut schema);
    schema
}

/// Points references at `$defs`.
fn relocate(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for (name, entry) in entries {
                match entry
                    .as_str()
                    .and_then(|text| text.strip_prefix("#/components/schemas/"))
                {
                    Some(part) if name == "$ref" => *entry = json!(format!("#/$defs/{part}")),
                    _ => relocate(entry),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(relocate),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When set, the test writes the file.
    const UPDATE: &str = "UPDATE_DOCS";

    #[test]
    fn the_schema_beside_the_scripts_is_that_of_the_types() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/script.schema.json");
        let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
        if std::env::var_os(UPDATE).is_some() {
            std::fs::write(file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(file).unwrap_or_default();
        assert!(kept == text, "{file} is old: run this test with {UPDATE}=1");
        for after in text.split("\"$ref\": \"#").skip(1) {
            let pointer = after.split('"').next().unwrap();
            assert!(schema().pointer(pointer).is_some(), "{pointer}");
        }
    }
}
