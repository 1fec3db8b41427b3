//! Open sessions, in memory: they end with the process, as the tokens that name them do.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reelscope_contracts::UnixMillis;

/// Sessions by id.
#[derive(Debug)]
pub struct Sessions {
    lifetime_ms: i64,
    open: HashMap<String, (String, UnixMillis)>,
    sweep_at: usize,
}

impl Sessions {
    /// No sessions; each that is opened lasts `lifetime_ms`.
    #[must_use]
    pub fn new(lifetime_ms: i64) -> Self {
        Self {
            lifetime_ms,
            open: HashMap::new(),
            sweep_at: 1_024,
        }
    }

    /// Opens a session for an account; returns when it ends.
    pub fn open(&mut self, id: String, account_code: String, now: UnixMillis) -> UnixMillis {
        // Swept when it has doubled, so that the cost of a sweep is spread over the openings before it.
        if self.open.len() >= self.sweep_at {
            self.open.retain(|_, (_, ends)| *ends > now);
            self.sweep_at = (self.open.len() * 2).max(1_024);
        }
        let ends = now + self.lifetime_ms;
        self.open.insert(id, (account_code, ends));
        ends
    }

    /// Ends all that are open, before their time.
    pub fn end_all(&mut self) {
        self.open.clear();
    }

    /// Whether this session of this account is open.
    #[must_use]
    pub fn is_open(&self, id: &str, account_code: &str, now: UnixMillis) -> bool {
        self.open
            .get(id)
            .is_some_and(|(account, ends)| account == account_code && *ends > now)
    }
}

/// Ends sessions on cue; clones end the same ones. A trace shows the next spin of a session that is over answered with
/// 401 `session_expired` by `POST /v1/eligibility`, its stake untouched, and then the log-in anew.
#[derive(Debug, Clone)]
pub struct SessionsInForce {
    sessions: Arc<Mutex<Sessions>>,
}

impl SessionsInForce {
    pub(crate) fn new(sessions: Arc<Mutex<Sessions>>) -> Self {
        Self { sessions }
    }

    /// Ends all of them, though their tokens say that they go on.
    pub fn end_all(&self) {
        self.sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .end_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_open_for_its_account_until_it_ends() {
        let mut sessions = Sessions::new(1_000);
        assert_eq!(sessions.open("s".into(), "RS-000001".into(), 5_000), 6_000);
        assert!(sessions.is_open("s", "RS-000001", 5_999));
        assert!(!sessions.is_open("s", "RS-000001", 6_000));
        assert!(!sessions.is_open("s", "RS-000002", 5_500));
        assert!(!sessions.is_open("t", "RS-000001", 5_500));
        sessions.end_all();
        assert!(!sessions.is_open("s", "RS-000001", 5_500));
    }

    #[test]
    fn sessions_that_ended_are_forgotten() {
        let mut sessions = Sessions::new(10);
        for n in 0..10_000 {
            sessions.open(n.to_string(), "a".into(), n);
        }
        assert!(sessions.open.len() <= 1_100, "{}", sessions.open.len());
    }
}
