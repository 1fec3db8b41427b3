//! Who is playing, within which limits.
