//! Where the problems of the story are to stand, as a command line says it.

use super::States;
use super::table::{FaultId, FaultState, STORY};

/// One `--problem` of a command line: a problem, or all of them, and where it is to stand.
pub type Argument = (Option<FaultId>, FaultState);

/// Reads `slow-rng=on` or `all=fixed`.
///
/// # Errors
/// A sentence that names what there is.
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

/// What these arguments come to; later ones win over earlier ones.
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
