//! A budget of bytes for bodies that are being received, shared so that slow senders cannot block others.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

/// A budget of bytes. When it is exhausted, the body with the largest product of size and duration is dropped, if
/// it has had the grace period; otherwise the new body is refused.
#[derive(Clone)]
pub(crate) struct BodyBudget {
    most: usize,
    /// Time during which no body is dropped.
    grace: Duration,
    senders: Arc<Mutex<Senders>>,
}

#[derive(Default)]
struct Senders {
    used: usize,
    next: u64,
    all: HashMap<u64, Held>,
}

struct Held {
    bytes: usize,
    since: Instant,
    leave: Arc<Notify>,
}

impl BodyBudget {
    pub(crate) fn new(most: usize, grace: Duration) -> Self {
        Self {
            most,
            grace,
            senders: Arc::default(),
        }
    }

    pub(crate) fn enter(&self) -> BudgetGuard {
        let leave = Arc::<Notify>::default();
        let mut senders = self.senders.lock();
        let id = senders.next;
        senders.next += 1;
        let held = Held {
            bytes: 0,
            since: Instant::now(),
            leave: Arc::clone(&leave),
        };
        senders.all.insert(id, held);
        drop(senders);
        let room = self.clone();
        BudgetGuard { room, id, leave }
    }
}

/// The share of one body in the budget; released when dropped.
pub(crate) struct BudgetGuard {
    room: BodyBudget,
    id: u64,
    leave: Arc<Notify>,
}

impl BudgetGuard {
    /// Takes more bytes; returns `false` when there are none, or when this body was dropped.
    pub(crate) fn grow(&self, bytes: usize) -> bool {
        let mut senders = self.room.senders.lock();
        while senders.used.saturating_add(bytes) > self.room.most {
            let cost = |held: &Held| {
                held.since
                    .elapsed()
                    .as_millis()
                    .saturating_mul(held.bytes as u128)
            };
            let slow = senders.all.iter().filter(|(id, held)| {
                **id != self.id && held.bytes > 0 && held.since.elapsed() >= self.room.grace
            });
            let Some(id) = slow.max_by_key(|(_, held)| cost(held)).map(|(id, _)| *id) else {
                return false;
            };
            if let Some(held) = senders.all.remove(&id) {
                senders.used -= held.bytes;
                held.leave.notify_one();
            }
        }
        let Some(held) = senders.all.get_mut(&self.id) else {
            return false;
        };
        held.bytes += bytes;
        senders.used += bytes;
        true
    }

    /// Completes when this body is dropped in favour of others.
    pub(crate) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }
}

impl Drop for BudgetGuard {
    fn drop(&mut self) {
        let mut senders = self.room.senders.lock();
        if let Some(held) = senders.all.remove(&self.id) {
            senders.used -= held.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slowest_makes_way_and_nobody_within_the_grace() {
        let room = BodyBudget::new(100, Duration::ZERO);
        let (slow, other) = (room.enter(), room.enter());
        assert!(slow.grow(60));
        std::thread::yield_now();
        while slow_since(&room).is_zero() {
            std::thread::yield_now();
        }
        assert!(other.grow(10) && other.grow(60));
        assert!(!slow.grow(1), "it had to make way");
        drop((slow, other));
        assert_eq!(room.senders.lock().used, 0);

        let room = BodyBudget::new(100, Duration::from_secs(3_600));
        let (first, second) = (room.enter(), room.enter());
        assert!(first.grow(60) && !second.grow(60) && second.grow(40));
        drop(first);
        assert!(second.grow(60));
        drop(second);
        assert_eq!(room.senders.lock().used, 0);
    }

    /// Time since the start of the longest body, in whole milliseconds.
    fn slow_since(room: &BodyBudget) -> Duration {
        let senders = room.senders.lock();
        let longest = senders.all.values().map(|held| held.since.elapsed()).max();
        Duration::from_millis(u64::try_from(longest.unwrap_or_default().as_millis()).unwrap_or(0))
    }
}
