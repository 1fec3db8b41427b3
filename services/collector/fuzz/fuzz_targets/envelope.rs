//! Bytes as an SDK, or somebody who plays one, may send them. From `services/collector`:
//!
//! `cargo install cargo-fuzz --locked && cargo +nightly fuzz run envelope fuzz/corpus/envelope fuzz/seeds -- -max_total_time=300`
//!
//! What it finds goes to `fuzz/seeds` under a name that says what it was; a test of the crate replays that directory.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reelscope_collector::fuzzing::envelope(bytes));
