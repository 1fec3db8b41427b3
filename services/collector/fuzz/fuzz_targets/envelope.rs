//! Feeds bytes to the collector as an SDK, or an attacker, may send them. Run from `services/collector`:
//!
//! `cargo install cargo-fuzz --locked && cargo +nightly fuzz run envelope fuzz/corpus/envelope fuzz/seeds --
//! -max_total_time=300`
//!
//! An input that fails is added to `fuzz/seeds` under a descriptive name; a test of the crate replays that
//! directory.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reelscope_collector::fuzzing::envelope(bytes));
