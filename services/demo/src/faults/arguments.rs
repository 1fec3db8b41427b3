//! States of the problems of the story, as arguments of a command line.

use super::States;
use super::table::{FaultId, FaultState, STORY};

/// One `--problem` argument: a problem, or `None` for all, and its state.
pub type Argument = (Option<FaultId>, FaultState);

/// Parses `slow-rng=on` or `all=fixed`.
///
/// # Errors
/// A sentence with the possible values.
pub fn argument(text: &str) -> Result<Argument, String> {
    let (id, state) = text
        .split_once('=')
        .ok_or("write ID=on, ID=off or ID=fixed, such as slow-rng=on")?;
    let id = match id {
        "all" => None,
        id => Some(FaultId::named(id, &STORY, "problems")?),
    };
    Ok((id, FaultState::named(state)?))
}

/// Combines the arguments; a later one overrides an earlier one.
#[must_use]
pub fn states(arguments: &[Argument]) -> States {
    let mut states = States::new();
    for (id, state) in arguments {
        match id {
            Some(id) => states.extend([(*id, *state)]),
            None => states.extend(STORY.map(|id| (id, *state))),
        }
    }
    states
}
