//! Starts and stops all of it; the reelscope command line.
