//! Requests that a real OpenSSH 10.5 signed: each verifies, and each near-miss fails for its own reason.
