//! The session that sends a request, for the routes that want one.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use reelscope_contracts::now;
use reelscope_telemetry::player;
use tracing::info_span;

use crate::auth::{Bearer, SessionClaims};
use crate::{GatewayError, State};

impl FromRequestParts<State> for Bearer {
    type Rejection = GatewayError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, GatewayError> {
        let _span = info_span!(
            "auth",
            sentry.op = "auth",
            sentry.name = "verify the session token"
        )
        .entered();
        let value = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        let token = value.strip_prefix("Bearer ").ok_or(GatewayError::Unauthorized)?;
        let bearer = state.tokens.read(token.trim(), now())?;
        player(bearer.claims.sub.as_str());
        Ok(bearer)
    }
}

/// A player whose session is open at the user service too, and who may read their own rounds and balance. A spin does not
/// use this: its check of the player includes the session.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(pub(crate) SessionClaims);

impl FromRequestParts<State> for SignedIn {
    type Rejection = GatewayError;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, GatewayError> {
        let Bearer { claims, over } = Bearer::from_request_parts(parts, state).await?;
        if over {
            return Err(GatewayError::SessionExpired);
        }
        state.limits.check(claims.sid.as_str())?;
        state.upstream.check_session(&claims.sid, &claims.account).await?;
        Ok(Self(claims))
    }
}
