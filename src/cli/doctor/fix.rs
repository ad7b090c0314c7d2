//! `--fix`: running the mends that are safe.
