//! The external payment provider, simulated: a real server with faults of its own.
