//! Keeps the stack's page open, whatever happens to the processes of the web view.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep, timeout};

use crate::language::Language;
use crate::message::{Message, Unshown};
use crate::window::{Event, Shown};

/// Time for the page to appear, after which the splash page tells that it has not; on an idle machine the page
/// needs a second.
const PATIENCE: Duration = Duration::from_secs(15);
/// Interval of checking whether the page has appeared.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Time for the page to answer that check; a page that needs longer hangs.
const ANSWER: Duration = Duration::from_secs(2);
/// Limit of repairs within [`REPAIRS_WITHIN`]; more of them would not help.
const MOST_REPAIRS: usize = 3;
/// Window of counting repairs.
const REPAIRS_WITHIN: Duration = Duration::from_secs(60);

/// Watches the page from the time when it may be opened; never returns. `refused` is notified when the gateway
/// refuses a request without the launch token.
// Long because it is one loop over everything that can happen to the page.
pub(crate) async fn keep_open(
    shown: &Shown,
    happening: &mut UnboundedReceiver<Event>,
    refused: Arc<Notify>,
    language: Language,
) {
    let mut repairs = Repairs::default();
    // Begins with the stack's page, because a web view that hangs sends no event at all.
    let mut to_come_until = shown.home().map(|_| Instant::now() + PATIENCE);
    let mut given_up = false;
    loop {
        tokio::select! {
            event = happening.recv() => match event {
                Some(Event::Opening) => {
                    given_up = false;
                    to_come_until = Some(Instant::now() + PATIENCE);
                }
                Some(Event::Died(cause)) => {
                    to_come_until = None;
                    if !repairs.allow(Instant::now()) {
                        tracing::error!(cause, "the page's process ended again; it is not opened any more");
                        given_up = true;
                        shown.say(&Message::unshown(language, Unshown::Died, shown.home()));
                    } else if shown.on_splash() {
                        tracing::warn!(cause, "the splash page's process ended; it is opened anew");
                        shown.reload_splash();
                    } else {
                        tracing::warn!(cause, "the page's process ended; it is opened anew");
                        shown.open_home();
                    }
                }
                Some(Event::WantedAgain) => {
                    // A person who starts the program again may do so as often as they like.
                    repairs = Repairs::default();
                    // The splash page stays while it shows an error.
                    let is_well = if to_come_until.is_some() {
                        true
                    } else if shown.on_splash() {
                        !given_up
                    } else {
                        has_come(shown).await && shown.holds_token().await
                    };
                    if !is_well {
                        tracing::warn!("the program was started again and its page is not there; it is opened anew");
                        shown.open_home();
                    }
                }
                // The window is gone, and the program is ending.
                None => std::future::pending().await,
            },
            () = refused.notified() => {
                // Any client can be refused. This matters only when the page's own cookie is gone, and such a page
                // is refused many times at once.
                if to_come_until.is_none()
                    && !shown.on_splash()
                    && !shown.holds_token().await
                    && repairs.allow(Instant::now())
                {
                    tracing::warn!("the web view has lost the token of the launch; the page is opened anew");
                    to_come_until = Some(Instant::now() + PATIENCE);
                    shown.open_home();
                }
            }
            () = sleep(LOOK_AGAIN), if to_come_until.is_some() => {
                if has_come(shown).await {
                    to_come_until = None;
                } else if to_come_until.is_some_and(|until| Instant::now() > until) {
                    to_come_until = None;
                    given_up = true;
                    tracing::error!(seconds = PATIENCE.as_secs(), "the page has not come");
                    shown.say(&Message::unshown(language, Unshown::NotCome, shown.home()));
                }
            }
        }
    }
}

async fn has_come(shown: &Shown) -> bool {
    timeout(ANSWER, shown.has_come()).await.unwrap_or(false)
}

/// The times of the latest repairs.
#[derive(Default)]
struct Repairs(VecDeque<Instant>);

impl Repairs {
    /// Whether another repair may be tried; counts it if so.
    fn allow(&mut self, now: Instant) -> bool {
        self.0.retain(|at| now.duration_since(*at) < REPAIRS_WITHIN);
        let few = self.0.len() < MOST_REPAIRS;
        if few {
            self.0.push_back(now);
        }
        few
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_opened_anew_a_few_times_a_minute_and_no_more() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut repairs = Repairs::default();
        for seconds in [0, 10, 20] {
            assert!(repairs.allow(at(seconds)), "{seconds}");
        }
        assert!(!repairs.allow(at(21)) && !repairs.allow(at(59)));
        // The refused one does not count, and the first is a minute ago.
        assert!(repairs.allow(at(61)));
        assert!(!repairs.allow(at(62)));
        assert!(repairs.allow(at(1_000)));
    }
}
