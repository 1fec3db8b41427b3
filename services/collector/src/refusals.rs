//! The refusals of the routes, for the viewer: how many by code, and the newest.

use std::collections::VecDeque;

use parking_lot::Mutex;
use reelscope_contracts::{ApiProblem, now};
use reelscope_page_api::telemetry::{Named, Refusal};

/// Limit of refusals that are kept with their sentences; the oldest are dropped.
const MOST_TOLD: usize = 10;
/// Limit of a sentence in bytes.
const MOST_DETAIL: usize = 400;
/// Limit of the name of a client in bytes.
const MOST_CLIENT: usize = 100;
/// Number of hexadecimal digits in a client's name from which they may be a key.
const KEY_LIKE: usize = 16;

#[derive(Default)]
pub(crate) struct Refusals(Mutex<RefusalCounts>);

#[derive(Default)]
struct RefusalCounts {
    by_code: Named<u64>,
    newest: VecDeque<Refusal>,
}

impl Refusals {
    /// Counts a refusal; `client` is the sender's name for itself.
    pub(crate) fn note(&self, problem: &ApiProblem, client: Option<&str>) {
        let refusal = Refusal {
            code: problem.code.as_str().to_owned(),
            detail: bounded(&problem.detail, MOST_DETAIL),
            field: problem.field.as_deref().map(|field| bounded(field, MOST_CLIENT)),
            client: client.map(named).filter(|name| !name.is_empty()),
            at: now(),
        };
        let mut kept = self.0.lock();
        *kept.by_code.entry(refusal.code.clone()).or_default() += 1;
        kept.newest.truncate(MOST_TOLD - 1);
        kept.newest.push_front(refusal);
    }

    /// Returns the number by code, and the newest, newest first.
    pub(crate) fn told(&self) -> (Named<u64>, Vec<Refusal>) {
        let kept = self.0.lock();
        (kept.by_code.clone(), kept.newest.iter().cloned().collect())
    }
}

fn bounded(text: &str, most: usize) -> String {
    text[..text.floor_char_boundary(most)].to_owned()
}

/// The sender's name for itself, without what may be a key, which some senders append.
fn named(client: &str) -> String {
    let is_key = |run: &str| run.len() >= KEY_LIKE && run.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut name = String::new();
    for run in client.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_key(word) {
            name.push('…');
            name.push_str(&run[word.len()..]);
        } else {
            name.extend(run.chars().filter(|c| !c.is_control()));
        }
    }
    bounded(name.trim(), MOST_CLIENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reelscope_contracts::Code;

    #[test]
    fn the_newest_are_kept_and_no_key_is() {
        let refusals = Refusals::default();
        for n in 0..25 {
            let problem = ApiProblem::new(Code::DsnRejected, format!("{n}{}", "é".repeat(400)));
            let client = format!("raven/{n} 0123456789abcdef0123456789abcdef {}", "x".repeat(500));
            refusals.note(&problem, Some(&client));
        }
        let (by_code, newest) = refusals.told();
        assert_eq!(by_code["dsn_rejected"], 25);
        assert_eq!(newest.len(), MOST_TOLD);
        assert!(newest[0].detail.starts_with("24") && newest[9].detail.starts_with("15"));
        assert!(newest.iter().all(|refusal| refusal.detail.len() <= MOST_DETAIL));
        let client = newest[0].client.clone().unwrap_or_default();
        assert!(
            client.starts_with("raven/24 … x") && client.len() <= MOST_CLIENT,
            "{client}"
        );
    }
}
