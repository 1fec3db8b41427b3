//! The scripts that are built in, and a presenter's own.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::reading::{self, PICTURES, ScriptMistake};
use crate::script::{Script, ScriptLanguage};

/// The text of the built-in script in a language.
#[must_use]
pub const fn built_in(language: ScriptLanguage) -> &'static str {
    match language {
        ScriptLanguage::En => include_str!("../scripts/en.toml"),
        ScriptLanguage::Ru => include_str!("../scripts/ru.toml"),
    }
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file cannot be read.
    #[error("the script {file} cannot be read: {reason}")]
    Unreadable {
        /// Path of the file.
        file: String,
        /// The system's reason.
        reason: String,
    },
    /// The script has mistakes.
    #[error("the script has mistakes: {}", told(.0))]
    Mistaken(Vec<ScriptMistake>),
}

fn told(mistakes: &[ScriptMistake]) -> String {
    let sentences: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    sentences.join(" ")
}

/// A script with its text.
#[derive(Debug, Clone)]
pub struct OwnScript {
    /// The text, as it was written, with the logo in it.
    pub text: String,
    /// The same as data.
    pub script: Script,
}

impl OwnScript {
    /// Reads a script from its text.
    ///
    /// # Errors
    /// All mistakes.
    pub fn read(text: String) -> Result<Self, Vec<ScriptMistake>> {
        let script = reading::read(&text)?;
        Ok(Self { text, script })
    }

    /// Opens the script in a file. Its logo may be the path of a picture beside it.
    ///
    /// # Errors
    /// [`ScriptError`].
    pub fn open(file: &Path) -> Result<Self, ScriptError> {
        let unreadable = |error: std::io::Error| ScriptError::Unreadable {
            file: file.display().to_string(),
            reason: error.to_string(),
        };
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let beside = file.parent().unwrap_or(Path::new("."));
        let script =
            reading::read_with(&text, |logo| picture(&beside.join(logo))).map_err(ScriptError::Mistaken)?;
        Ok(Self { text, script })
    }
}

/// Reads a picture as a data URI.
fn picture(file: &Path) -> Result<String, String> {
    let ending = file
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let known = PICTURES
        .iter()
        .find(|(known, _)| ending.eq_ignore_ascii_case(known));
    let (_, head) = known.ok_or("a logo is a PNG, JPEG, WebP or SVG file")?;
    let unreadable = |error| format!("the logo {} cannot be read: {error}", file.display());
    Ok(format!(
        "{head}{}",
        STANDARD.encode(std::fs::read(file).map_err(unreadable)?)
    ))
}
