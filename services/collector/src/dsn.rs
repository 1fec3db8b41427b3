//! The address of a Sentry project: `{scheme}://{public_key}[:secret]@{host}[:port]{/path}/{project_id}`.
//!
//! Source: <https://develop.sentry.dev/sdk/foundations/transport/authentication/#parsing-the-dsn>.

use std::fmt;
use std::str::FromStr;

use reelscope_contracts::{ApiProblem, Code};
use reqwest::Url;

/// Number of characters of the key that a masked DSN shows.
const SHOWN: usize = 4;
/// Limit of the length of a DSN, in bytes.
const MAX_DSN: usize = 2_048;

/// Why a text is no DSN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DsnError {
    /// The text is empty.
    #[error("The DSN is empty; copy it from Sentry under Settings → Client Keys.")]
    Empty,
    /// It is no URL.
    #[error("This is not a URL; a DSN looks like https://<key>@<host>/<project>.")]
    NotAUrl,
    /// The scheme is neither http nor https.
    #[error("A DSN begins with https:// or http://.")]
    Scheme,
    /// There is no public key.
    #[error("The DSN has no key before the @; copy the whole line from Sentry under Settings → Client Keys.")]
    NoKey,
    /// The key contains characters that no key has.
    #[error("The key before the @ contains invalid characters; copy the DSN again.")]
    OddKey,
    /// There is no host.
    #[error("The DSN has no host after the @.")]
    NoHost,
    /// There is no project.
    #[error("The DSN has no project ID; copy the whole line from Sentry.")]
    NoProject,
    /// The project is not a number.
    #[error("The DSN must end with the project ID (a number), not the project name.")]
    OddProject,
    /// There is a query or a fragment.
    #[error("There is extra text after the project ID; remove it.")]
    Trailing,
}

impl DsnError {
    /// Stable code, as the test of delivery returns it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NotAUrl => "not_a_url",
            Self::Scheme => "scheme",
            Self::NoKey => "no_key",
            Self::OddKey => "odd_key",
            Self::NoHost => "no_host",
            Self::NoProject => "no_project",
            Self::OddProject => "odd_project",
            Self::Trailing => "trailing",
        }
    }
}

impl From<DsnError> for ApiProblem {
    fn from(error: DsnError) -> Self {
        Self::new(Code::DsnInvalid, error.to_string()).field("dsn")
    }
}

/// A valid DSN.
#[derive(Clone, PartialEq, Eq)]
pub struct Dsn {
    url: Url,
    project: String,
    /// Path between host and project, with a slash at its beginning and none at its end.
    path: String,
}

impl FromStr for Dsn {
    type Err = DsnError;

    fn from_str(text: &str) -> Result<Self, DsnError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DsnError::Empty);
        }
        if text.len() > MAX_DSN {
            return Err(DsnError::NotAUrl);
        }
        let url = Url::parse(text).map_err(|error| {
            // Compared by text, because the crate of this error is no dependency.
            if error.to_string().contains("empty host") {
                DsnError::NoHost
            } else {
                DsnError::NotAUrl
            }
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(DsnError::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(DsnError::NoHost);
        }
        if url.username().is_empty() {
            return Err(DsnError::NoKey);
        }
        if !url
            .username()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            return Err(DsnError::OddKey);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(DsnError::Trailing);
        }
        let whole = url.path().trim_end_matches('/');
        let (path, project) = whole.rsplit_once('/').ok_or(DsnError::NoProject)?;
        if project.is_empty() {
            return Err(DsnError::NoProject);
        }
        if !project.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DsnError::OddProject);
        }
        let (path, project) = (path.to_owned(), project.to_owned());
        Ok(Self { url, project, path })
    }
}

impl Dsn {
    /// The public key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.url.username()
    }

    /// The number of the project.
    #[must_use]
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The URL that envelopes are sent to.
    #[must_use]
    pub fn envelope_url(&self) -> String {
        format!("{}/api/{}/envelope/", self.origin(), self.project)
    }

    /// The DSN without its secret, as an envelope's header has it.
    #[must_use]
    pub fn public(&self) -> String {
        self.with_key(self.key())
    }

    /// The DSN for display: with a shortened key and without the secret.
    #[must_use]
    pub fn masked(&self) -> String {
        // A key is ASCII, because parsing accepts nothing else.
        self.with_key(&format!("{}…", &self.key()[..SHOWN.min(self.key().len())]))
    }

    /// Number of the destination in the log. It is the same in every version for equal host, path, project and key,
    /// and never 0, which means no destination.
    #[must_use]
    pub fn id(&self) -> u64 {
        let text = format!("{}\n{}\n{}", self.origin(), self.project, self.key());
        fnv1a(text.as_bytes()).max(1)
    }

    fn origin(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{host}{port}{}", self.url.scheme(), self.path)
    }

    fn with_key(&self, key: &str) -> String {
        let origin = self.origin();
        let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
        format!("{}://{key}@{rest}/{}", self.url.scheme(), self.project)
    }
}

impl fmt::Debug for Dsn {
    /// Masked, because the text may appear in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// 64-bit FNV-1a hash: stable over versions and platforms, unlike the standard hasher, and not safe against
/// attackers. Source: <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    fnv1a_of(bytes.iter().copied())
}

/// The same of bytes from an iterator.
pub(crate) fn fnv1a_of(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: DsnError) {
        assert_eq!(text.parse::<Dsn>(), Err(expected), "{text}");
    }

    #[test]
    fn each_mistake_has_its_sentence() {
        check("", DsnError::Empty);
        check("   ", DsnError::Empty);
        check("sentry", DsnError::NotAUrl);
        check("abc@host/1", DsnError::NotAUrl);
        check("ftp://abc@host/1", DsnError::Scheme);
        check("https://host/1", DsnError::NoKey);
        check("https://:secret@host/1", DsnError::NoKey);
        check("https://a%20b@host/1", DsnError::OddKey);
        check("https://abc@/1", DsnError::NoHost);
        check("https://abc@host", DsnError::NoProject);
        check("https://abc@host/", DsnError::NoProject);
        check("https://abc@host/my-project", DsnError::OddProject);
        check("https://abc@host/1?x=1", DsnError::Trailing);
        check("https://abc@host/1#top", DsnError::Trailing);
    }

    #[test]
    fn a_dsn_gives_its_parts() {
        let dsn: Dsn = " https://ab12cd34:secret@o1.ingest.sentry.io:8443/relay/42/ "
            .parse()
            .unwrap();
        assert_eq!(dsn.key(), "ab12cd34");
        assert_eq!(dsn.project(), "42");
        assert_eq!(
            dsn.envelope_url(),
            "https://o1.ingest.sentry.io:8443/relay/api/42/envelope/"
        );
        assert_eq!(dsn.public(), "https://ab12cd34@o1.ingest.sentry.io:8443/relay/42");
        assert_eq!(dsn.masked(), "https://ab12…@o1.ingest.sentry.io:8443/relay/42");
        assert_eq!(format!("{dsn:?}"), dsn.masked());
        let same: Dsn = dsn.public().parse().unwrap();
        assert_eq!(same.id(), dsn.id());
        assert_eq!(
            "http://abc@[::1]:9000/1".parse::<Dsn>().unwrap().envelope_url(),
            "http://[::1]:9000/api/1/envelope/"
        );
    }

    #[test]
    fn the_id_is_the_same_in_every_version() {
        assert_eq!(fnv1a(b"foobar"), 0x85944171f73967e8);
    }
}
