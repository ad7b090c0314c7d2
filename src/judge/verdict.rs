//! What a judge says.

use std::fmt::Display;

use super::Progress;
use crate::escape::escape;
use crate::store::account::SystemAccount;
use crate::verify::{Decision, Refusal};

/// The code of a success.
pub const ACCEPTED: &str = "accepted";
/// The user's name is none that an account can have. The codes of other refusals are [`Refusal::code`].
pub const USER_NAME_INVALID: &str = "user-name-invalid";
/// It is not known whether there is such an account, or what groups it is in.
pub const ACCOUNT_NOT_ASKED: &str = "account-not-asked";

/// What the client is told, and no more than that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// In, as this account.
    Accepted(Box<SystemAccount>),
    /// "partial success": [`Progress::methods`] has what must follow.
    Partial,
    /// Refused; the client may try its next key.
    Refused,
}

/// A decision, and what a log should say of it. It owns what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub struct Verdict {
    /// What the client is told.
    pub outcome: Outcome,
    /// A word that stays the same: [`ACCEPTED`], a [`Refusal::code`], [`USER_NAME_INVALID`], [`ACCOUNT_NOT_ASKED`].
    pub code: &'static str,
    /// Who was let in and by which lines, or why not; for people, with foreign text escaped.
    pub reason: String,
    /// What would mend a refusal, where that is known.
    pub hint: Option<String>,
    /// Where the connection stands now, for its next attempt.
    pub progress: Progress,
}

impl Verdict {
    /// A refusal before there is anything to decide.
    pub(super) fn not_asked(code: &'static str, reason: &dyn Display, progress: Progress) -> Self {
        Self { outcome: Outcome::Refused, code, reason: reason.to_string(), hint: None, progress }
    }

    /// What was decided over an attempt at `account`; `closed` is the server's own reason, if it has one to refuse.
    pub(super) fn of(
        decision: &Decision<'_>,
        progress: Progress,
        account: Option<SystemAccount>,
        closed: Option<&str>,
    ) -> Self {
        let refusal = match (decision.outcome(), account) {
            (Ok(user), Some(account)) => {
                let outcome = Outcome::Accepted(Box::new(account));
                return Self { outcome, code: ACCEPTED, reason: user.to_string(), hint: None, progress };
            }
            // Never: nobody is let into an account that is not there.
            (Ok(_), None) => Refusal::OtherAccount,
            (Err(refusal), _) => refusal,
        };
        if let Some((user, methods)) = decision.partial_success() {
            let progress = progress.further(methods.clone(), Some(user.key().clone()));
            let reason = format!("{refusal}: {methods} (by hostbased alone: {user})");
            return Self { outcome: Outcome::Partial, code: refusal.code(), reason, hint: None, progress };
        }
        let (reason, hint) = match closed {
            // What would mend it is nothing but the server's own to know.
            Some(closed) if refusal == Refusal::ApplicationDenies => (escape(closed).to_string(), None),
            _ => (refusal.to_string(), decision.explanation().hint()),
        };
        Self { outcome: Outcome::Refused, code: refusal.code(), reason, hint, progress }
    }
}
