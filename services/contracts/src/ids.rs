//! Ids: each a type of its own, so that the id of one thing never stands where that of another belongs. On the wire and
//! in records all of them are text.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The id of a round, of its bet and of its reservation: one name for one thing across all services.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId(Uuid);

impl RoundId {
    /// The id that no round has.
    #[must_use]
    pub const fn nil() -> Self {
        Self(Uuid::nil())
    }

    /// The id with these bits.
    #[must_use]
    pub const fn from_u128(bits: u128) -> Self {
        Self(Uuid::from_u128(bits))
    }

    /// Its bits.
    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    /// The upper and the lower half of its bits.
    #[must_use]
    pub const fn as_u64_pair(self) -> (u64, u64) {
        self.0.as_u64_pair()
    }
}

impl From<Uuid> for RoundId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for RoundId {
    /// Lower case with hyphens, as in JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RoundId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl Serialize for RoundId {
    /// Text in every format: of its own accord a UUID is bytes in binary ones, and records have always held text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl<'de> Deserialize<'de> for RoundId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = RoundId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a UUID string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RoundId, E> {
                text.parse()
                    .map_err(|error| E::custom(format_args!("UUID parsing failed: {error}")))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// What a person types to play, such as `RS-000001`.
///
/// ```
/// use reelscope_contracts::AccountCode;
///
/// let code: AccountCode = "RS-000042".parse()?;
/// assert_eq!(code, AccountCode::numbered(42));
/// assert!("RS-42".parse::<AccountCode>().is_err());
/// # Ok::<(), reelscope_contracts::ids::NotAnAccountCode>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct AccountCode(String);

impl AccountCode {
    const PREFIX: &'static str = "RS-";

    /// The code of the account with this number, from 1.
    #[must_use]
    pub fn numbered(number: u64) -> Self {
        Self(format!("{}{number:06}", Self::PREFIX))
    }

    /// The number of the account.
    #[must_use]
    pub fn number(&self) -> u64 {
        // Checked when it was made.
        Self::number_of(&self.0).unwrap_or_default()
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn number_of(text: &str) -> Option<u64> {
        let digits = text.strip_prefix(Self::PREFIX)?;
        let is_padded = digits.len() == 6 || (digits.len() > 6 && !digits.starts_with('0'));
        (is_padded && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse().ok())
            .flatten()
    }
}

/// Text that is no account code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an account code; write it as RS-000001")]
pub struct NotAnAccountCode(String);

impl TryFrom<String> for AccountCode {
    type Error = NotAnAccountCode;

    fn try_from(text: String) -> Result<Self, NotAnAccountCode> {
        match Self::number_of(&text) {
            Some(_) => Ok(Self(text)),
            None => Err(NotAnAccountCode(text)),
        }
    }
}

impl FromStr for AccountCode {
    type Err = NotAnAccountCode;

    fn from_str(text: &str) -> Result<Self, NotAnAccountCode> {
        text.to_owned().try_into()
    }
}

impl fmt::Display for AccountCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a player between services. It is the user service's to give, and any text to the others.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlayerId(String);

impl PlayerId {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for PlayerId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl fmt::Display for PlayerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a session. Its holder plays as the player, so it is never printed: it has no `Display`, and its `Debug` hides
/// it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SessionId(String);

impl SessionId {
    /// An id that cannot be guessed: 122 random bits.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4().to_string())
    }

    /// As text, for a key that is not printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for SessionId {
    fn from(id: T) -> Self {
        Self(id.into())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_code_is_written_in_one_way() {
        let check = |text: &str, number: Option<u64>| {
            let code = text.parse::<AccountCode>();
            assert_eq!(code.as_ref().ok().map(AccountCode::number), number, "{text}");
            if let (Ok(code), Some(number)) = (code, number) {
                assert_eq!(code, AccountCode::numbered(number));
            }
        };
        check("RS-000001", Some(1));
        check("RS-999999", Some(999_999));
        check("RS-1000000", Some(1_000_000));
        for text in [
            "",
            "RS-",
            "RS-1",
            "RS-0000001",
            "rs-000001",
            "RS-+00001",
            "RS-00000x",
            " RS-000001",
            "RS-99999999999999999999",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn ids_are_text_on_the_wire_and_one_that_is_none_is_refused() {
        let round = RoundId::from_u128(7);
        let text = "\"00000000-0000-0000-0000-000000000007\"";
        assert_eq!(serde_json::to_string(&round).unwrap(), text);
        assert_eq!(serde_json::from_str::<RoundId>(text).unwrap(), round);
        let refused = serde_json::from_str::<RoundId>("\"x\"").unwrap_err();
        assert!(
            refused.to_string().starts_with("UUID parsing failed"),
            "{refused}"
        );
        let code = AccountCode::numbered(1);
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"RS-000001\"");
        assert_eq!(
            serde_json::from_str::<AccountCode>("\"RS-000001\"").unwrap(),
            code
        );
        assert!(serde_json::from_str::<AccountCode>("\"RS-1\"").is_err());
        assert_eq!(serde_json::to_string(&PlayerId::from("p")).unwrap(), "\"p\"");
        let session = SessionId::from("secret");
        assert_eq!(serde_json::to_string(&session).unwrap(), "\"secret\"");
        assert!(!format!("{session:?}").contains("secret"));
    }
}
