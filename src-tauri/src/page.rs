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

/// The page is there within a second on a machine that is not busy. After this somebody who waits is told.
const PATIENCE: Duration = Duration::from_secs(15);
/// Between two looks whether it has come.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// A page that does not say within this whether it is there hangs.
const ANSWER: Duration = Duration::from_secs(2);
/// A page that has to be opened anew more often than this is not mended by it.
const MOST_REPAIRS: usize = 3;
/// Within which so many are too many.
const REPAIRS_WITHIN: Duration = Duration::from_secs(60);

/// Follows the page from the moment it may be opened; never ends by itself. `refused` is notified when the gateway has
/// refused somebody for want of the launch's token.
pub(crate) async fn keep_open(
    shown: &Shown,
    happening: &mut UnboundedReceiver<Event>,
    refused: Arc<Notify>,
    language: Language,
) {
    let mut repairs = Repairs::default();
    // A web view that hangs does not even begin to open it.
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
                    // Whoever starts the program again may try as often as he likes.
                    repairs = Repairs::default();
                    // The splash page stays where it has something to say that has not been read.
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
                // The window is gone, and the program with it.
                None => std::future::pending().await,
            },
            () = refused.notified() => {
                // Anybody can be refused; it concerns the page only when its own cookie is gone. A page that has lost it is
                // refused many times at once.
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

/// When the page was opened anew lately.
#[derive(Default)]
struct Repairs(VecDeque<Instant>);

impl Repairs {
    /// Whether one more is worth it; it is counted then.
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
        // One that was refused does not count; the first is over by now.
        assert!(repairs.allow(at(61)));
        assert!(!repairs.allow(at(62)));
        assert!(repairs.allow(at(1_000)));
    }
}
