//! What came of an attempt, and the way there.

use super::inputs::{Inputs, Peer};
use super::names::Lookup;
use super::policy::{MethodsProgress, Policy};
use super::proof::Authenticated;
use super::refusal::{Refusal, hint, message};
use super::step::{Note, Step, Trace, Trail};
use crate::key::PublicKey;
use crate::name::UserName;
use crate::wire::Request;

/// What messages and hints speak of.
#[derive(Clone, Debug)]
pub(super) struct Facts<'a> {
    pub(super) request: Request<'a>,
    pub(super) peer: Peer<'a>,
    pub(super) account: &'a UserName,
    pub(super) policy: &'a Policy,
    /// The names that sshd would look up, once that is known.
    pub(super) lookup: Option<Lookup>,
    /// The presented key, once it is decoded.
    pub(super) key: Option<PublicKey>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(inputs: &Inputs<'a>) -> Self {
        Self {
            request: inputs.request,
            peer: inputs.peer,
            account: inputs.account.name,
            policy: inputs.policy,
            lookup: None,
            key: None,
        }
    }
}

/// Why an attempt ends as it does.
#[derive(Clone, Debug)]
pub struct Explanation<'a> {
    refusal: Option<Refusal<'a>>,
    facts: Facts<'a>,
    traces: Vec<Trace<'a>>,
}

impl<'a> Explanation<'a> {
    pub(super) fn new(refused: Option<(Step, Refusal<'a>)>, facts: Facts<'a>, mut trail: Trail<'a>) -> Self {
        if let Some((step, refusal)) = &refused {
            trail.no(*step, refusal.place());
        }
        Self { refusal: refused.map(|(_, refusal)| refusal), facts, traces: trail.into_traces() }
    }

    /// Why the attempt is refused; `None` when nothing refuses it.
    #[must_use]
    pub const fn refusal(&self) -> Option<Refusal<'a>> {
        self.refusal
    }

    /// The way to the decision, in order. The last `no` is the refusal; behind it nothing was reached.
    #[must_use]
    pub fn traces(&self) -> &[Trace<'a>] {
        &self.traces
    }

    /// A trace's note as text; that of the refusal where it refuses.
    #[must_use]
    pub fn detail(&self, trace: &Trace<'a>) -> String {
        match (&trace.note, self.refusal) {
            (Note::Refused, Some(refusal)) => refusal.to_string(),
            (note, _) => note.to_string(),
        }
    }

    /// What sshd says to its log at this refusal, without the function's name that may stand in front; `None` where it
    /// says nothing, or there is no such refusal in sshd. Everything that a peer chose is escaped.
    #[must_use]
    pub fn sshd_message(&self) -> Option<String> {
        message::of(&self.refusal?, &self.facts)
    }

    /// The LogLevel (sshd_config(5)) that sshd needs for saying [so](Self::sshd_message); `None` where it says so at INFO, its
    /// default.
    #[must_use]
    pub fn sshd_level(&self) -> Option<&'static str> {
        message::level(&self.refusal?)
    }

    /// What to do so that the attempt would be let in, if it should be; `None` when nothing refuses it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(hint::of(&self.refusal?, &self.facts))
    }
}

/// The decision over an attempt.
#[derive(Clone, Debug)]
#[must_use]
pub struct Decision<'a> {
    user: Option<Authenticated<'a>>,
    /// What AuthenticationMethods still asks for.
    further: Option<MethodsProgress>,
    explanation: Explanation<'a>,
}

impl<'a> Decision<'a> {
    pub(super) fn refused(refused: (Step, Refusal<'a>), facts: Facts<'a>, trail: Trail<'a>) -> Self {
        Self { user: None, further: None, explanation: Explanation::new(Some(refused), facts, trail) }
    }

    pub(super) fn partial(
        user: Authenticated<'a>,
        further: MethodsProgress,
        facts: Facts<'a>,
        trail: Trail<'a>,
    ) -> Self {
        let refused = (Step::FurtherMethods, Refusal::PartialSuccess);
        let explanation = Explanation::new(Some(refused), facts, trail);
        Self { user: Some(user), further: Some(further), explanation }
    }

    pub(super) fn let_in(user: Authenticated<'a>, facts: Facts<'a>, mut trail: Trail<'a>) -> Self {
        trail.ok(Step::FurtherMethods, Note::Plain);
        Self { user: Some(user), further: None, explanation: Explanation::new(None, facts, trail) }
    }

    /// The user who is let in.
    ///
    /// # Errors
    /// The [`Refusal`] of the first step that refuses. [`Refusal::PartialSuccess`] is one: this user is not in yet, see
    /// [`partial_success`](Self::partial_success).
    pub fn outcome(&self) -> Result<&Authenticated<'a>, Refusal<'a>> {
        match (&self.user, self.explanation.refusal) {
            (_, Some(refusal)) => Err(refusal),
            (Some(user), None) => Ok(user),
            (None, None) => Err(Refusal::OtherAccount),
        }
    }

    /// The user, and what AuthenticationMethods still asks for: hostbased has succeeded, and the client is to be told
    /// "partial success" with these methods. For the connection's next attempt, see [`Inputs::after`].
    #[must_use]
    pub fn partial_success(&self) -> Option<(&Authenticated<'a>, &MethodsProgress)> {
        self.user.as_ref().zip(self.further.as_ref())
    }

    /// The way there, sshd's own message, and what would mend it.
    #[must_use]
    pub const fn explanation(&self) -> &Explanation<'a> {
        &self.explanation
    }
}
