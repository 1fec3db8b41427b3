//! Open sessions, in memory. They end with the process, as do the tokens that name them. Their lifetime is measured by
//! the monotonic clock; the gateway's token also expires by the wall clock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use reelscope_contracts::{AccountCode, SessionId};

/// Sessions by id.
#[derive(Debug)]
pub struct Sessions {
    lifetime: Duration,
    open: HashMap<SessionId, (AccountCode, Instant)>,
    sweep_at: usize,
}

impl Sessions {
    /// Creates an empty set of sessions, each of which lasts for `lifetime`.
    #[must_use]
    pub fn new(lifetime: Duration) -> Self {
        Self {
            lifetime,
            open: HashMap::new(),
            sweep_at: 1_024,
        }
    }

    /// Opens a session for an account.
    pub fn open(&mut self, id: SessionId, account_code: AccountCode, now: Instant) {
        // Expired sessions are removed when the number has doubled, so that the cost is spread over the openings before.
        if self.open.len() >= self.sweep_at {
            self.open.retain(|_, (_, ends)| *ends > now);
            self.sweep_at = (self.open.len() * 2).max(1_024);
        }
        self.open.insert(id, (account_code, now + self.lifetime));
    }

    /// Ends all open sessions, before they expire.
    pub fn end_all(&mut self) {
        self.open.clear();
    }

    /// Whether this account has this session open.
    #[must_use]
    pub fn is_open(&self, id: &SessionId, account_code: &AccountCode, now: Instant) -> bool {
        self.open
            .get(id)
            .is_some_and(|(account, ends)| account == account_code && *ends > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_open_for_its_account_until_it_ends() {
        let mut sessions = Sessions::new(Duration::from_millis(1_000));
        let began = Instant::now();
        let after = |ms| began + Duration::from_millis(ms);
        let (id, account) = (SessionId::from("s"), AccountCode::numbered(1));
        sessions.open(id.clone(), account.clone(), began);
        assert!(sessions.is_open(&id, &account, after(999)));
        assert!(!sessions.is_open(&id, &account, after(1_000)));
        assert!(!sessions.is_open(&id, &AccountCode::numbered(2), after(500)));
        assert!(!sessions.is_open(&"t".into(), &account, after(500)));
        sessions.end_all();
        assert!(!sessions.is_open(&id, &account, after(500)));
    }

    #[test]
    fn sessions_that_ended_are_forgotten() {
        let mut sessions = Sessions::new(Duration::from_millis(10));
        let began = Instant::now();
        for n in 0..10_000 {
            sessions.open(
                n.to_string().into(),
                AccountCode::numbered(1),
                began + Duration::from_millis(n),
            );
        }
        assert!(sessions.open.len() <= 1_100, "{}", sessions.open.len());
    }
}
