//! Authorises, orchestrates a spin, serves the UI.
