//! The log's lines: one for each decision, and each word of a peer in it through the one encoder.
//!
//! russh itself logs by the crate `log`, to which this server does not listen: what peers say stands there as it came.

use std::net::SocketAddr;

use hostbased::escape::escape;
use hostbased::judge::{Outcome, Verdict};
use hostbased::key::PublicKey;
use hostbased::name::address_text;
use hostbased::wire::Request;
use tracing::field::{DisplayValue, display};

/// A decision over hostbased. The client is told nothing of the code, the detail and the hint.
pub fn hostbased(verdict: &Verdict, request: &Request<'_>, peer: SocketAddr) {
    let detail = verdict.reason.as_str();
    line_of_hostbased(&verdict.outcome, (verdict.code, detail, verdict.hint.as_deref()), request, peer);
}

/// A request that breaks the rules of the protocol, so that there is nothing to decide.
pub fn malformed(detail: &str, request: &Request<'_>, peer: SocketAddr) {
    line_of_hostbased(&Outcome::Refused, ("request-malformed", detail, None), request, peer);
}

fn line_of_hostbased(
    outcome: &Outcome,
    (code, detail, hint): (&str, &str, Option<&str>),
    request: &Request<'_>,
    peer: SocketAddr,
) {
    let fingerprint = PublicKey::from_blob(request.public_key).map(|key| key.fingerprint().to_string());
    tracing::info!(
        decision = decision(outcome),
        code,
        user = ?escape(request.user),
        client_user = ?escape(request.client_user),
        client_host = ?escape(request.client_host),
        address = address_text(peer.ip()),
        fingerprint = fingerprint.unwrap_or_default(),
        algorithm = ?escape(request.algorithm),
        detail = quoted(detail),
        hint = hint.map(quoted),
        "hostbased"
    );
}

/// A decision over publickey; without a key where it does not decode.
pub fn public_key(outcome: &Outcome, code: &str, user: &[u8], key: Option<&PublicKey>, peer: SocketAddr) {
    tracing::info!(
        decision = decision(outcome),
        code,
        user = ?escape(user),
        address = address_text(peer.ip()),
        fingerprint = key.map(|key| key.fingerprint().to_string()),
        "publickey"
    );
}

/// What is escaped already, in quotes as the other fields; quotes inside become single ones.
fn quoted(text: &str) -> DisplayValue<String> {
    display(format!("\"{}\"", text.replace('"', "'")))
}

const fn decision(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Accepted(_) => "accepted",
        // The method has succeeded, and AuthenticationMethods asks for another.
        Outcome::Partial => "partial",
        Outcome::Refused => "refused",
    }
}
