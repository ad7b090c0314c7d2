//! Findings as text and as JSON, the same for every side.
