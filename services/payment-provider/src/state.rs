//! The provider as a whole: what its routes work on, and its owner changes while it runs.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use crate::desk::{Desk, Settled};
use crate::faults::Behaviour;

/// What the routes share; clones share it too.
#[derive(Clone)]
pub struct State {
    desk: Arc<Mutex<Desk>>,
}

impl State {
    /// A provider that behaves in this way.
    #[must_use]
    pub fn new(behaviour: Behaviour) -> Self {
        Self {
            desk: Arc::new(Mutex::new(Desk::new(behaviour))),
        }
    }

    /// What was settled since the start.
    #[must_use]
    pub fn settled(&self) -> Settled {
        self.desk().settled()
    }

    /// Behaves in this way from the next request on. What was settled stays settled. A block of ten that has begun goes on
    /// unless the share of failures or the seed changes.
    pub fn behave(&self, behaviour: Behaviour) {
        self.change(|current| *current = behaviour);
    }

    /// Changes a part of how it behaves and leaves the rest as it is. Otherwise as [`State::behave`].
    pub fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        let faults = &mut self.desk().faults;
        let mut behaviour = faults.behaviour().clone();
        change(&mut behaviour);
        faults.behave(behaviour);
    }

    /// How it behaves now.
    #[must_use]
    pub fn behaviour(&self) -> Behaviour {
        self.desk().faults.behaviour().clone()
    }

    /// Lets the next `payments` new ones fail, on cue: they show as the failures of the bag do, and the bag's own
    /// blocks of ten are neither shortened nor skipped. A new number replaces the one before.
    pub fn fail_next(&self, payments: u32) {
        self.desk().faults.armed = payments;
    }

    /// Lets one more new payment fail than were to.
    pub fn fail_one_more(&self) {
        let armed = &mut self.desk().faults.armed;
        *armed = armed.saturating_add(1);
    }

    /// New payments that are still to fail on cue.
    #[must_use]
    pub fn armed(&self) -> u32 {
        self.desk().faults.armed
    }

    /// While this holds it takes nothing back and answers reversals with 503.
    pub fn refuse_reversals(&self, refuse: bool) {
        self.desk().faults.refuses_reversals = refuse;
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock()
    }
}
