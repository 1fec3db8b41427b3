//! The error for bytes that are no envelope: the field at fault and a sentence.

use reelscope_contracts::{ApiProblem, Code};

/// Why bytes are refused as an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The envelope has no bytes.
    #[error("The envelope is empty.")]
    Empty,
    /// A header is not the expected JSON.
    #[error("{field} is not valid: {reason}.")]
    Header {
        /// The header at fault.
        field: String,
        /// The reason.
        reason: String,
    },
    /// The payload is shorter than its header declares.
    #[error("{field} says {declared} bytes, but only {left} follow.")]
    Truncated {
        /// The field with the length.
        field: String,
        /// Declared bytes.
        declared: u64,
        /// Available bytes.
        left: usize,
    },
    /// The payload is followed by neither a newline nor the end.
    #[error("{field} does not end where the next line begins.")]
    Misplaced {
        /// The field with the length.
        field: String,
    },
    /// An event or transaction is not JSON.
    #[error("{field} is not valid JSON: {reason}.")]
    Payload {
        /// The payload at fault.
        field: String,
        /// The reason.
        reason: String,
    },
    /// A limit of this module, or one of Sentry's, is exceeded.
    #[error("{field} is too much: at most {limit}.")]
    TooLarge {
        /// What is too large.
        field: String,
        /// The limit, with its unit.
        limit: String,
    },
}

impl EnvelopeError {
    /// Returns the field at fault, such as `header` or `items[3].length`.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Empty => "body",
            Self::Header { field, .. }
            | Self::Truncated { field, .. }
            | Self::Misplaced { field }
            | Self::Payload { field, .. }
            | Self::TooLarge { field, .. } => field,
        }
    }
}

impl From<&EnvelopeError> for ApiProblem {
    fn from(error: &EnvelopeError) -> Self {
        let code = match error {
            EnvelopeError::TooLarge { .. } => Code::PayloadTooLarge,
            _ => Code::EnvelopeMalformed,
        };
        Self::new(code, capitalised(&error.to_string())).field(error.field())
    }
}

/// Makes the first letter a capital, because the sentences begin with the name of a field.
fn capitalised(text: &str) -> String {
    if text.starts_with(|c: char| c.is_lowercase()) {
        format!("The field {text}")
    } else {
        text.to_owned()
    }
}
