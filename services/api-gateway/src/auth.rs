//! Who is playing: a signed, short-lived token that names the session, the player and the account.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use reelscope_contracts::users::Session;
use reelscope_contracts::{AccountCode, PlayerId, SessionId, UnixMillis};
use serde::{Deserialize, Serialize};

use crate::GatewayError;

/// What a token says (JWT, RFC 7519, signed with HMAC-SHA-256).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClaims {
    /// Player id.
    pub sub: PlayerId,
    /// Account code.
    pub account: AccountCode,
    /// Session id.
    pub sid: SessionId,
    /// Unix seconds after which the token is void.
    pub exp: i64,
}

/// Signs and reads tokens. The key is made anew at every launch, so a token ends with the process at the latest.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Tokens {
    /// With a secret of random bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let keys = EncodingKey::from_secret(secret).and_then(|encoding| {
            let decoding = DecodingKey::from_secret(secret)?;
            Ok(Self { encoding, decoding })
        });
        keys.unwrap_or_else(|_| unreachable!("only an empty secret is refused"))
    }

    /// A token for a session.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`] when the claims cannot be signed.
    pub fn issue(&self, session: &Session) -> Result<String, GatewayError> {
        let claims = SessionClaims {
            sub: session.player.player_id.clone(),
            account: session.player.account_code.clone(),
            sid: session.session_id.clone(),
            exp: session.expires_at / 1_000,
        };
        encode(&Header::default(), &claims, &self.encoding).map_err(|_| GatewayError::Unauthorized)
    }

    /// What a token says, once its signature is checked, and whether it is over at this time.
    ///
    /// # Errors
    /// [`GatewayError::Unauthorized`].
    pub fn read(&self, token: &str, now: UnixMillis) -> Result<Bearer, GatewayError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let claims = decode::<SessionClaims>(token, &self.decoding, &validation)
            .map(|data| data.claims)
            .map_err(|_| GatewayError::Unauthorized)?;
        Ok(Bearer {
            over: claims.exp <= now.div_euclid(1_000),
            claims,
        })
    }
}

/// The session that sent a request, by a token that this gateway has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// What the token says.
    pub claims: SessionClaims,
    /// The token has expired: the session may do nothing any more.
    pub over: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_contracts::Money;
    use reelscope_contracts::users::{Limits, Player};

    fn session(expires_at: i64) -> Session {
        Session {
            session_id: "s".into(),
            expires_at,
            player: Player {
                player_id: "p".into(),
                account_code: AccountCode::numbered(1),
                display_name: "A".into(),
                currency: "RUB".into(),
                balance: Money(0),
                reserved: Money(0),
                limits: Limits {
                    min_stake: Money(1),
                    max_stake: Money(2),
                    stake_step: Money(1),
                },
            },
        }
    }

    #[test]
    fn a_token_is_read_by_its_signer_until_it_expires() {
        let tokens = Tokens::new(&[1; 32]);
        let token = tokens.issue(&session(60_000)).unwrap();
        for (now, over) in [
            (0, false),
            (59_999, false),
            (60_000, true),
            (-1, false),
            (i64::MAX, true),
        ] {
            let bearer = tokens.read(&token, now).unwrap();
            assert_eq!(
                (bearer.claims.account.as_str(), bearer.over),
                ("RS-000001", over),
                "{now}"
            );
        }
        assert_eq!(
            Tokens::new(&[2; 32]).read(&token, 0),
            Err(GatewayError::Unauthorized)
        );
        // `alg: none` is the classic way in.
        let unsigned =
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJwIiwiYWNjb3VudCI6ImEiLCJzaWQiOiJzIiwiZXhwIjo5OTk5OTk5OTk5fQ.";
        assert_eq!(tokens.read(unsigned, 0), Err(GatewayError::Unauthorized));
        assert_eq!(tokens.read("garbage", 0), Err(GatewayError::Unauthorized));
    }
}
