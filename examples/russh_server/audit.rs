//! The log's lines: one for each decision, and each word of a peer in it through the one encoder.
//!
//! russh itself logs by the crate `log`, to which this server listens not at all: what peers say stands there as it came.

use std::fmt::Display;
use std::net::IpAddr;

use hostbased::escape::escape;
use hostbased::key::PublicKey;
use hostbased::name::address_text;
use hostbased::wire::Request;

/// What came of an attempt, for the log.
#[derive(Clone, Copy)]
pub enum Outcome {
    Accepted,
    /// The method has succeeded, and AuthenticationMethods asks for another.
    Partial,
    Refused,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partial => "partial",
            Self::Refused => "refused",
        }
    }
}

/// A decision over hostbased. The client is told nothing of the code and the detail.
pub fn hostbased(outcome: Outcome, code: &str, detail: &dyn Display, request: &Request<'_>, address: IpAddr) {
    let fingerprint = PublicKey::from_blob(request.public_key).map(|key| key.fingerprint().to_string());
    tracing::info!(
        decision = outcome.name(),
        code,
        user = ?escape(request.user),
        client_user = ?escape(request.client_user),
        client_host = ?escape(request.client_host),
        address = address_text(address),
        fingerprint = fingerprint.unwrap_or_default(),
        algorithm = ?escape(request.algorithm),
        %detail,
        "hostbased"
    );
}

/// A decision over publickey.
pub fn public_key(outcome: Outcome, code: &str, user: &str, address: IpAddr, key: &PublicKey) {
    let (address, fingerprint) = (address_text(address), key.fingerprint().to_string());
    tracing::info!(decision = outcome.name(), code, user = ?escape(user), address, fingerprint, "publickey");
}
